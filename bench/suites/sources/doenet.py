"""Doenet's math-expressions: its corpus of texts that are equal, and of texts that are not.

Its other two lists are of equality of form, which is no question of value.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from suites.loading import Source
from suites.pairs import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.loading import Found

NAME = "Doenet"
_PATH = "packages/math-expressions-rs/tests/fixtures/equality-corpus.json"
_LABELS = {"equivalences": True, "nonequivalences": False}


def load(root: Path) -> Iterator[Found]:
    """Both lists of values."""
    corpus = json.loads((root / _PATH).read_text(encoding="utf-8"))
    for kind, equal in _LABELS.items():
        for number, (answer, gold) in enumerate(corpus[kind]):
            yield Pair(NAME, gold, answer, equal, f"{_PATH}::{kind}:{number}")


SOURCE = Source(NAME, "Doenet+math-expressions", tuned=False, load=load, opened=True)
