"""Pure: unit words, which of them are the same, and which convert into one another exactly."""

# ruff: noqa: PLR0911 - every rule returns where it decides
# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

MAX_UNIT_WORDS = 3

_KNOWN: dict[str, tuple[str, str, Fraction | int]] = {}


def _declare(dimension: str, table: dict[str, Fraction | int | str]) -> None:
    for names, factor in table.items():
        spellings = names.split(" ")
        for spelling in spellings:
            _KNOWN[spelling] = (spellings[0], dimension, Fraction(factor))


_declare("length", {
    "m meter metre": 1, "km kilometer kilometre": 1000, "cm centimeter centimetre": "1/100",
    "dm decimeter": "1/10", "mm millimeter millimetre": "1/1000", "ft foot feet": "0.3048",
    "in inch inches": "0.0254", "yd yard": "0.9144", "mi mile": "1609.344",
})  # fmt: skip
_declare("time", {
    "s sec second": 1, "min minute": 60, "h hr hour": 3600, "day": 86400, "week wk": 604800,
    "ms millisecond": "1/1000",
})  # fmt: skip
_declare("month", {"month": 1, "year yr": 12})
_declare("mass", {"kg kilogram": 1000, "g gram": 1, "mg milligram": "1/1000"})
_declare("pound", {"lb pound": 16, "oz ounce": 1})
_declare("volume", {"l liter litre": 1, "ml milliliter millilitre": "1/1000"})
_declare("money", {"dollar usd": 1, "cent": "1/100"})
_declare("euro", {"euro eur": 1})
_declare("pounds sterling", {"gbp": 1})
_declare("yuan", {"yuan rmb": 1})
_declare("rupee", {"rupee rs": 1})
_declare("angle", {"degree deg": 1})
_PLAIN_UNITS = """
    mph kph unit n j w v hz pa mol k newton joule watt volt radian rad acre gallon point person
    people
"""
for _name in _PLAIN_UNITS.split():
    _KNOWN[_name] = (_name, _name, Fraction(1))

# One letter is a unit only in text mode or after a space, and only where it is hardly a variable.
_LETTERS = {letter: letter.lower() for letter in "mgshlLNJWVK"}
_SINGLE = frozenset("mgshLlNJWV")
_POWER_WORDS = {"square": 2, "sq": 2, "squared": 2, "cubic": 3, "cu": 3, "cubed": 3}
_NOT_UNIT_WORDS = """
    is are was not no or and if but maybe perhaps possibly than less more minus plus times half
    of hundred thousand million billion trillion dozen wrong right correct incorrect
    approximately about around exactly a an the to from by per x y z for when where else
    otherwise only at least most between remainder r mod true false yes none
"""
_NOT_UNITS = frozenset(_NOT_UNIT_WORDS.split())
SCALES = {
    "dozen": 12, "hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9,
    "trillion": 10**12,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by its canonical name; `factor` converts exactly within the same `dimension`."""

    name: str
    dimension: str
    factor: Fraction = Fraction(1)


DEGREE = Unit("degree", "angle")
MONEY = {"$": "dollar", "€": "euro", "£": "gbp", "¥": "yuan", "₹": "rupee"}


def known(word: str) -> Unit | None:
    """The unit that a word names, in singular or plural."""
    if len(word) == 1:
        # Case tells a metre from a mega-something; only the litre has two.
        word = _LETTERS.get(word, "")
    lower = word.lower()
    for spelling in (lower, lower.removesuffix("s"), lower.removesuffix("es")):
        if spelling in _KNOWN:
            name, dimension, factor = _KNOWN[spelling]
            return Unit(name, dimension, Fraction(factor))
    return None


def _power(word: str, exponent: int) -> Unit | None:
    unit = known(word)
    if unit is None:
        return None
    if exponent == 1:
        return unit
    return Unit(f"{unit.name}^{exponent}", f"{unit.dimension}^{exponent}", unit.factor**exponent)


def read_unit(words: list[tuple[str, bool]], exponent: int = 1) -> Unit | None:
    """The unit that the words after a number name; each word comes with whether it was text mode.

    Up to three unknown words are a unit too (`5 red apples`), compared by their letters.
    """
    names = [word for word, _ in words]
    if not names or len(names) > MAX_UNIT_WORDS or any(n.lower() in _NOT_UNITS for n in names):
        return _per(words) if names else None
    if len(names) == 2 and names[0].lower() in _POWER_WORDS:
        found = _power(names[1], _POWER_WORDS[names[0].lower()])
        if found:
            return found
    if len(names) == 2 and names[1].lower() in _POWER_WORDS:
        found = _power(names[0], _POWER_WORDS[names[1].lower()])
        if found:
            return found
    if len(names) == 1:
        word, in_text = words[0]
        if len(word) == 1 and not (in_text or word in _SINGLE):
            return None
        found = _power(word, exponent)
        if found:
            return found
    if exponent != 1 or any(len(n) == 1 for n in names):
        return None
    name = " ".join(n.lower().removesuffix("s") for n in names)
    return Unit(name, name)


def _per(words: list[tuple[str, bool]]) -> Unit | None:
    """Two units joined by "per", or "per" and one."""
    names = [word.lower() for word, _ in words]
    if len(names) == 2 and names[0] == "per":
        return over(Unit("1", "1"), known(names[1]))
    if names.count("per") != 1 or len(names) != 3 or names[1] != "per":
        return None
    return over(known(names[0]), known(names[2]))


def over(top: Unit | None, bottom: Unit | None) -> Unit | None:
    """One unit divided by another."""
    if top is None or bottom is None:
        return None
    return Unit(
        f"{top.name}/{bottom.name}",
        f"{top.dimension}/{bottom.dimension}",
        top.factor / bottom.factor,
    )
