"""Pure: whether two dates, numerals, figures or truth values are equal."""

# ruff: noqa: PLR0911 - every rule returns where it decides

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.math.answers import Answer, Based, Boolean, Date, Figure, Number, Text
from verifier.math.policy import Finding, by_structure

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.math.policy import Policy

_NAMED = Date | Based | Figure | Boolean


def named(
    gold: Answer, answer: Answer, policy: Policy, compare: Callable[[Answer, Answer], Finding]
) -> Finding | None:
    """What two answers of these kinds say of one another; None where neither is one."""
    if not isinstance(gold, _NAMED) and not isinstance(answer, _NAMED):
        return None
    if isinstance(gold, Date) and isinstance(answer, Date):
        known = gold.month > 0 and answer.month > 0
        same = (gold.year, gold.month, gold.day) == (answer.year, answer.month, answer.day)
        return by_structure(known and same)
    if isinstance(gold, Figure) and isinstance(answer, Figure):
        return by_structure((gold.shape, gold.points) == (answer.shape, answer.points))
    if isinstance(gold, Boolean) and isinstance(answer, Boolean):
        return by_structure(gold.value == answer.value)
    if isinstance(gold, Based) or isinstance(answer, Based):
        return _numerals(gold, answer, policy, compare)
    figure, other = (gold, answer) if isinstance(gold, Figure) else (answer, gold)
    if isinstance(figure, Figure) and figure.shape == "segment" and isinstance(other, Text):
        # `AB` may name the segment, but only a line above it says so.
        return by_structure("".join(sorted(other.latex)) == figure.points)
    return None if isinstance(gold, Boolean) or isinstance(answer, Boolean) else _differ()


def _differ() -> Finding:
    return by_structure(equal=False)


def _numerals(
    gold: Answer, answer: Answer, policy: Policy, compare: Callable[[Answer, Answer], Finding]
) -> Finding:
    """Numerals by base and value; by value alone where the policy converts between bases."""
    if isinstance(gold, Based) and isinstance(answer, Based) and gold.base == answer.base:
        return by_structure(gold.value == answer.value)
    if not policy.base_conversion:
        return _differ()
    sides = [
        Number(side.latex, side.value) if isinstance(side, Based) else side
        for side in (gold, answer)
    ]
    if sides[0].latex == sides[1].latex:
        return by_structure(equal=True)
    return compare(sides[0], sides[1])
