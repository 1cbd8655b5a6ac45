"""CAMEL: `verify(answer, gold)` of its math verifier, which is a success or a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.loading import Sides, Source, claimed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.literals import Called
    from suites.loading import Found

NAME = "CAMEL"


def sides(called: Called) -> Sides:
    """Gold and answer."""
    if called.name != "verify" or called.part != ("status",):
        return None
    return called.arguments[1], called.arguments[0]


def load(root: Path) -> Iterator[Found]:
    """The pairs of its tests."""
    yield from claimed(NAME, root / "test/verifiers/test_math_verifier.py", root, sides)


SOURCE = Source(NAME, "camel-ai+camel", tuned=False, load=load)
