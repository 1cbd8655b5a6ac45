"""Math-Verify: `compare_strings(gold, pred, …) == expected`, `verify(parse(gold), parse(pred))`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.literals import Called
from suites.loading import Sides, Source, claimed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.loading import Found

NAME = "Math-Verify"


def sides(called: Called) -> Sides:
    """Of both ways in which its tests compare."""
    if called.name == "compare_strings":
        return called.arguments[0], called.arguments[1]
    if called.name == "verify" and all(isinstance(one, Called) for one in called.arguments[:2]):
        parsed = [one for one in called.arguments[:2] if isinstance(one, Called)]
        if all(one.name == "parse" for one in parsed):
            return parsed[0].arguments[0], parsed[1].arguments[0]
    return None


def load(root: Path) -> Iterator[Found]:
    """Every comparison of its tests."""
    for path in sorted((root / "tests").glob("test_*.py")):
        yield from claimed(NAME, path, root, sides)


SOURCE = Source(NAME, "huggingface+Math-Verify", tuned=True, load=load)
