"""DART-Math: `test_eq(evaluator.eq(gold, answer), …)` in its notebooks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from suites.claims import claims_of
from suites.loading import Source, pair
from suites.pairs import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.loading import Found

NAME = "DART-Math"
_SIDES = 2


def load(root: Path) -> Iterator[Found]:
    """The comparisons of two texts without options, but for that lists may be sets."""
    for path in sorted((root / "nbs").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for number, cell in enumerate(cells):
            for claim in claims_of("".join(cell["source"]), f"{path.name}::{number}"):
                called = claim.called
                if called.name != "eq" or claim.expected is None:
                    continue
                if len(called.arguments) > _SIDES or set(called.keywords) - {"compare_sets"}:
                    yield Skipped(claim.origin, "has options")
                else:
                    yield pair(NAME, claim, (called.arguments[0], called.arguments[1]), "answer")


SOURCE = Source(NAME, "hkust-nlp+dart-math", tuned=False, load=load)
