"""latex2sympy2_extended: LaTeX and the SymPy expression that it should be read as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.claims import claims
from suites.literals import Called
from suites.loading import Source
from suites.pairs import Pair, Skipped
from suites.printed import listed, printed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.loading import Found

NAME = "latex2sympy2_extended"


def load(root: Path) -> Iterator[Found]:
    """Pairs of all tests that state what LaTeX is equal to."""
    for path in sorted((root / "tests").glob("*_test.py")):
        yield from printed(NAME, path, root)
        yield from listed(NAME, path, root, "GOOD_PAIRS")
        yield from _symbols(path, root)


def _symbols(path: Path, root: Path) -> Iterator[Found]:
    """Two LaTeX texts that should be read the same; what normalising prints is skipped."""
    for claim in claims(path, root):
        if claim.called.name == "normalize_latex":
            yield Skipped(claim.origin, "what a normalisation prints, not an equality")
        other = claim.expected
        if claim.called.name == "latex2sympy" and isinstance(other, Called):
            answer, gold = claim.called.arguments[0], other.arguments[0]
            if isinstance(gold, str) and isinstance(answer, str):
                yield Pair(NAME, gold, answer, equal=True, origin=claim.origin)


SOURCE = Source(NAME, "huggingface+latex2sympy2_extended", tuned=True, load=load)
