"""Pure: whether two percentages, quantities, ratios or times of day are equal."""

# ruff: noqa: PLR0911 - every rule returns where it decides

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.math.answers import Answer, Expression, Number, Percent, Quantity, Ratio
from verifier.math.conversions import converted, hundredths, in_kelvin
from verifier.math.measures import as_quantity, as_time, in_radians
from verifier.math.policy import Finding, by_structure
from verifier.math.unit_table import MONEY
from verifier.math.units import CELSIUS, DEGREE, FAHRENHEIT, RADIAN, YEN_OR_YUAN, Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.math.policy import Policy

    Compare = Callable[[Answer, Answer], Finding]

_HALF_DAY = 12
_HEAT = (CELSIUS, FAHRENHEIT)
# One sign or word for two things: `¥` is yen or yuan, and 5 pounds may be money or a weight.
_EITHER = (
    {(YEN_OR_YUAN.dimension, ((name, 1),)) for name in ("yuan", "yen")}
    | {((("sterling", 1),), (("kg", 1),))}
)  # fmt: skip


def percents(gold: Answer, answer: Answer, policy: Policy, compare: Compare) -> Finding | None:
    """Percentages by their numbers; one beside a number by its hundredths."""
    if isinstance(gold, Percent) and isinstance(answer, Percent):
        return compare(gold.amount, answer.amount)
    if not isinstance(gold, Percent) and not isinstance(answer, Percent):
        return None
    if policy.percent_as_number and Quantity not in (type(gold), type(answer)):
        amounts = [side.amount if isinstance(side, Percent) else side for side in (gold, answer)]
        found = compare(amounts[0], amounts[1])
        if found.equal:
            return found
    if not policy.percent_as_fraction or Quantity in (type(gold), type(answer)):
        return by_structure(equal=False)
    return compare(hundredths(gold), hundredths(answer))


def quantities(gold: Answer, answer: Answer, policy: Policy, compare: Compare) -> Finding | None:
    """Quantities by unit and amount; one beside anything else by what it may mean without."""
    if isinstance(gold, Quantity) and isinstance(answer, Quantity):
        return _two_quantities(gold, answer, policy, compare)
    if not isinstance(gold, Quantity) and not isinstance(answer, Quantity):
        return None
    quantity, other = (gold, answer) if isinstance(gold, Quantity) else (answer, gold)
    if not isinstance(quantity, Quantity):
        return None
    last = by_structure(equal=False)
    for reading in _without_unit(quantity, other, policy):
        sides = (reading, other) if quantity is gold else (other, reading)
        found = compare(*sides)
        if found.equal is not False:
            return found
    meant = as_quantity(other.latex) if isinstance(other, Expression) else None
    if meant is not None:
        pair = (quantity, meant) if quantity is gold else (meant, quantity)
        return _two_quantities(*pair, policy, compare)
    return last


def _two_quantities(gold: Quantity, answer: Quantity, policy: Policy, compare: Compare) -> Finding:
    ours, theirs = gold.unit, answer.unit
    if ours.dimension == theirs.dimension and ours.factor == theirs.factor:
        return compare(gold.amount, answer.amount)
    if _is_either(ours, theirs):
        return compare(gold.amount, answer.amount)
    if {ours, theirs} == {DEGREE, RADIAN}:
        sides = [
            in_radians(q.amount) if q.unit == DEGREE and isinstance(q.amount, Number) else q.amount
            for q in (gold, answer)
        ]
        return compare(sides[0], sides[1])
    if DEGREE in (ours, theirs) and {ours, theirs} & set(_HEAT):
        # `25°` beside `25°C` leaves out which degrees.
        missing = policy.ignore_missing_unit
        return compare(gold.amount, answer.amount) if missing else by_structure(equal=False)
    if policy.convert_temperatures and (heat := [in_kelvin(q) for q in (gold, answer)]):
        both = [amount for amount in heat if amount is not None]
        if len(both) == len(heat):
            return compare(both[0], both[1])
    if ours.dimension != theirs.dimension or not policy.convert_units:
        return by_structure(equal=False)
    # A rounded amount is the rounding of the other one in its own unit.
    found = compare(gold.amount, converted(answer, ours))
    return found if found.equal else compare(converted(gold, theirs), answer.amount)


def _is_either(first: Unit, second: Unit) -> bool:
    """Whether both may be the same unit, written with a sign that has two meanings."""
    if "pound" in (first.name, second.name) or YEN_OR_YUAN in (first, second):
        pairs = ((first.dimension, second.dimension), (second.dimension, first.dimension))
        return any(pair in _EITHER for pair in pairs)
    return False


def _without_unit(quantity: Quantity, other: Answer, policy: Policy) -> list[Answer]:
    """What a quantity may mean beside an answer that has no unit."""
    readings: list[Answer] = []
    if isinstance(other, Expression) and not quantity.certain:
        readings.append(Expression(quantity.latex.replace(" ", "")))
    unit = quantity.unit
    if unit == DEGREE and "\\pi" in other.latex:
        if isinstance(quantity.amount, Number):
            readings.append(in_radians(quantity.amount))
    elif unit == RADIAN or _is_money(unit) or policy.ignore_missing_unit:
        readings.append(quantity.amount)
    return readings


def _is_money(unit: Unit) -> bool:
    return unit == YEN_OR_YUAN or (
        unit.factor == 1 and len(unit.dimension) == 1 and unit.dimension[0][0] in MONEY
    )


def ratios(gold: Answer, answer: Answer, policy: Policy, compare: Compare) -> Finding | None:
    """Ratios up to a common factor; times of day by the clock."""
    if isinstance(gold, Ratio) and gold.half and isinstance(answer, Expression):
        answer = as_time(answer.latex) or answer
    if isinstance(answer, Ratio) and answer.half and isinstance(gold, Expression):
        gold = as_time(gold.latex) or gold
    if not isinstance(gold, Ratio) or not isinstance(answer, Ratio):
        return _one_ratio(gold, answer, policy, compare)
    if gold.half or answer.half:
        return by_structure(_same_time(gold, answer, policy))
    if gold.clock or answer.clock or len(gold.parts) != len(answer.parts):
        return by_structure(gold.parts == answer.parts)
    if not gold.parts:
        return _symbolic_ratios(gold, answer, compare)
    first, second = gold.parts, answer.parts
    return by_structure(
        all(a * second[0] == b * first[0] for a, b in zip(first, second, strict=True))
    )


def _one_ratio(gold: Answer, answer: Answer, policy: Policy, compare: Compare) -> Finding | None:
    if not isinstance(gold, Ratio) and not isinstance(answer, Ratio):
        return None
    ratio, other = (gold, answer) if isinstance(gold, Ratio) else (answer, gold)
    if isinstance(ratio, Ratio) and ratio.clock and isinstance(other, Number):
        # `2 pm` without its half of the day.
        whole = ratio.half != "" and ratio.parts == (other.value, Fraction(0))
        return by_structure(whole and policy.ignore_missing_unit)
    if not policy.ratio_as_fraction:
        return by_structure(equal=False)
    sides = [_fraction(side) for side in (gold, answer)]
    if any(isinstance(side, Ratio) for side in sides):
        return by_structure(equal=False)
    return compare(sides[0], sides[1])


def _fraction(answer: Answer) -> Answer:
    """A ratio of two numbers as their quotient."""
    if isinstance(answer, Ratio) and len(answer.parts) == 2 and answer.parts[1]:  # noqa: PLR2004 - the two parts of a fraction
        return Number(answer.latex, answer.parts[0] / answer.parts[1])
    return answer


def _symbolic_ratios(gold: Ratio, answer: Ratio, compare: Compare) -> Finding:
    r"""`1:\sqrt2` and `\sqrt2:2`, by the products of the outer and the inner terms."""
    if len(gold.terms) != len(answer.terms):
        return by_structure(equal=False)
    found = by_structure(equal=True)
    for ours, theirs in zip(gold.terms[1:], answer.terms[1:], strict=True):
        outer = Expression(f"({ours})\\cdot({answer.terms[0]})")
        inner = Expression(f"({gold.terms[0]})\\cdot({theirs})")
        found = compare(outer, inner)
        if not found.equal:
            return found
    return found


def _same_time(gold: Ratio, answer: Ratio, policy: Policy) -> bool:
    """Times of day, of which at least one says am or pm."""
    if not (gold.clock and answer.clock):
        return False
    if gold.half and answer.half:
        return _day_time(gold) == _day_time(answer)
    said, unsaid = (gold, answer) if gold.half else (answer, gold)
    if _day_time(said) == unsaid.parts and not 0 < unsaid.parts[0] <= _HALF_DAY:
        return True
    return policy.ignore_missing_unit and said.parts == unsaid.parts


def _day_time(ratio: Ratio) -> tuple[Fraction, ...]:
    """The time on a clock of 24 hours."""
    hours = ratio.parts[0] % _HALF_DAY + (_HALF_DAY if ratio.half == "pm" else 0)
    return (hours, *ratio.parts[1:])
