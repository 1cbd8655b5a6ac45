"""Inspect AI: the cases of its math scorer, a JSON file and `_score_answer(answer, golds)`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from suites.loading import Sides, Source, claimed
from suites.pairs import Pair, form_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.literals import Called
    from suites.loading import Found

NAME = "inspect_ai"
_CASES = "tests/scorer/math_cases.json"


def sides(called: Called) -> Sides:
    """The only gold and the answer."""
    if called.name != "_score_answer" or called.part != ("status",):
        return None
    answer, golds = called.arguments[:2]
    return (golds[0] if isinstance(golds, tuple) and len(golds) == 1 else None), answer


def load(root: Path) -> Iterator[Found]:
    """All cases of both."""
    cases = json.loads((root / _CASES).read_text(encoding="utf-8"))
    for number, case in enumerate(cases):
        origin = f"{_CASES}::{number}"
        output = case["output"]
        equal = case["expected"] == "C"
        yield Pair(NAME, case["target"], output, equal, origin, form_of(output))
    yield from claimed(NAME, root / "tests/scorer/test_math.py", root, sides)


SOURCE = Source(NAME, "UKGovernmentBEIS+inspect_ai", tuned=False, load=load)
