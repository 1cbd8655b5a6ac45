"""From the claims of a test file to labelled pairs."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from suites.claims import claims
from suites.literals import Unread
from suites.pairs import Form, Pair, Skipped, form_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from suites.claims import Claim
    from suites.literals import Called

Found = Pair | Skipped
Sides = tuple[object, object] | None
"""The gold and the answer."""

_FORMAT = re.compile(
    r"format|delimiter|marker|missing|no_box|without_box|no_match|empty|malformed|truncat|last_300"
    r"|incomplete|unterminated|fallback|none_|returns_none|think_tag",
    re.IGNORECASE,
)
_LABELS = {"correct": True, "incorrect": False, "success": True, "failure": False}


@dataclass(frozen=True, slots=True)
class Source:
    """A public project, and how to read its checkout.

    `tuned` where its pairs might be looked at from the beginning, `opened` where they were looked
    at after a first measurement without, `by_model` where a model labels.
    """

    name: str
    repository: str
    tuned: bool
    load: Callable[[Path], Iterator[Found]]
    by_model: bool = False
    opened: bool = False


def claimed(
    source: str,
    path: Path,
    root: Path,
    sides: Callable[[Called], Sides],
    form: Form | None = None,
) -> Iterator[Found]:
    """The pairs of a test file: `sides` takes the gold and the answer from a call, None if neither.

    Args:
        source: the name of the project.
        path: the test file.
        root: the checkout.
        sides: reads a call.
        form: what answers are; None where that has to be seen from each.
    """
    for claim in claims(path, root):
        found = sides(claim.called)
        if found is not None:
            yield pair(source, claim, found, form)


def pair(source: str, claim: Claim, sides: tuple[object, object], form: Form | None) -> Found:
    """The labelled pair that a claim makes of a gold and an answer."""
    gold, answer = (text(side) for side in sides)
    equal = label(claim.expected)
    if gold is None or answer is None:
        return Skipped(claim.origin, "no literal gold and answer")
    if equal is None:
        return Skipped(claim.origin, "no label")
    if not equal and _FORMAT.search(claim.origin.rpartition("::")[2]):
        return Skipped(claim.origin, "about the format of a completion, not about its answer")
    return Pair(source, gold, answer, equal, claim.origin, form or form_of(answer))


def text(side: object) -> str | None:
    """A gold or an answer as text: numbers are written as Python writes them."""
    if isinstance(side, bool):
        return None
    if isinstance(side, int | float):
        return str(side)
    return side if isinstance(side, str) and side.strip() else None


def label(expected: object) -> bool | None:
    """Whether what a test expects means that the answer is right."""
    if isinstance(expected, Unread):
        expected = ast.unparse(expected.node).rpartition(".")[2]
    if isinstance(expected, str):
        return _LABELS.get(expected.lower())
    if isinstance(expected, bool | int | float) and expected in {1, 0, -1}:
        return expected == 1
    return None


def argument(called: Called, position: int, name: str) -> object:
    """An argument of a call, by its position or its name."""
    if len(called.arguments) > position:
        return called.arguments[position]
    return called.keywords.get(name)


def of_rewards(name: str) -> Callable[[Called], Sides]:
    """Reads `name(completions, solutions)[index]`, where a completion may be a list of messages."""

    def sides(called: Called) -> Sides:
        if called.name != name or len(called.part) != 1 or not isinstance(called.part[0], int):
            return None
        completions, golds = called.arguments[:2]
        index = called.part[0]
        if not isinstance(completions, list) or not isinstance(golds, list):
            return None, None
        completion = completions[index]
        if isinstance(completion, list):
            completion = completion[-1]["content"]
        return golds[index], completion

    return sides
