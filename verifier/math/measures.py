"""Pure: numbers with something attached: percent, money, degrees, units, scales, ratios, times."""

# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.math.answers import Answer, Expression, Number, Percent, Quantity, Ratio
from verifier.math.exact import evaluate, literal
from verifier.math.spelling import is_number, is_word, join, word_of
from verifier.math.tokens import split, trim
from verifier.math.units import DEGREE, MONEY, SCALES, Unit, known, over, read_unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.math.tokens import Tokens

_PERCENT_WORDS = frozenset(("percent", "percentage", "pct"))
# In `\\sin 30^\\circ` the degrees belong to the argument.
_FUNCTIONS = frozenset(f"\\{name}" for name in ("sin", "cos", "tan", "cot", "sec", "csc"))
_HALVES = {"am": "am", "pm": "pm"}
_LONGEST_UNIT = 12
_CLOCK_PARTS = 3


def ratio(tokens: Tokens) -> Ratio | None:
    """`3:4`, `1:2:3`, `7:30 pm`."""
    pieces, colons = split(tokens, (":",))
    if not colons or not all(pieces):
        return None
    last, half = _without_half(pieces[-1])
    parts = [*pieces[:-1], last]
    if not all(len(part) == 1 and is_number(part[0]) for part in parts):
        return None
    texts = [part[0] for part in parts]
    clock = (
        len(texts) <= _CLOCK_PARTS
        and len(texts[0]) <= 2
        and all(len(text) == 2 and text.isdecimal() for text in texts[1:])
    )
    values = tuple(literal(text) for text in texts)
    return Ratio(join(tokens), values, clock=clock or bool(half), half=half)  # type: ignore[arg-type]


def _without_half(tokens: Tokens) -> tuple[Tokens, str]:
    """A time of day without its am or pm, and which of them it had."""
    letters = "".join(word_of(t) for t in tokens[1:] if is_word(t)).lower()
    if letters in _HALVES and all(is_word(t) or t in " ." for t in tokens[1:]):
        return tokens[:1], letters
    return tokens, ""


def measured(tokens: Tokens, read: Callable[[Tokens], Answer]) -> Answer | None:
    """A percentage, an amount of money, an angle in degrees, or a number with a scale or unit."""
    last = tokens[-1]
    latex = join(tokens)
    if len(tokens) > 1 and (
        last == "%" or (is_word(last) and word_of(last).lower() in _PERCENT_WORDS)
    ):
        return Percent(latex, read(tokens[:-1]))
    if len(tokens) > 1 and last == "\\degree" and not _FUNCTIONS & set(tokens):
        return Quantity(latex, read(tokens[:-1]), DEGREE)
    return _money(tokens, read) or _scaled(tokens, read) or _with_unit(tokens, read)


def _money(tokens: Tokens, read: Callable[[Tokens], Answer]) -> Answer | None:
    signed = tokens[1:] if tokens[0] == "-" else tokens
    if signed and signed[0] in MONEY and len(signed) > 1:
        name, rest = MONEY[signed[0]], (*tokens[: len(tokens) - len(signed)], *signed[1:])
    elif len(tokens) > 1 and tokens[-1] in MONEY:
        name, rest = MONEY[tokens[-1]], tokens[:-1]
    else:
        return None
    unit = known(name) or DEGREE
    amount = read(trim(rest))
    if isinstance(amount, Quantity):
        # `$5 dollars` says it twice; `$5 per hour` is money divided by time.
        whole = over(unit, known(amount.unit.name[2:])) if amount.unit.name[:2] == "1/" else None
        return replace(amount, latex=join(tokens), unit=whole or amount.unit)
    if isinstance(amount, Number):
        amount = replace(amount, groups=())
    return Quantity(join(tokens), amount, unit)


def _scaled(tokens: Tokens, read: Callable[[Tokens], Answer]) -> Number | None:
    """`5 million` is 5000000."""
    scale = SCALES.get(word_of(tokens[-1]).lower()) if is_word(tokens[-1]) else None
    if scale is None or len(tokens) == 1:
        return None
    amount = read(trim(tokens[:-1]))
    return Number(join(tokens), amount.value * scale) if isinstance(amount, Number) else None


def _with_unit(tokens: Tokens, read: Callable[[Tokens], Answer]) -> Answer | None:
    """The longest unit at the end that may follow what stands in front of it.

    The first split that may be right decides, so that each piece is read once.
    """
    for start in range(max(1, len(tokens) - _LONGEST_UNIT), len(tokens)):
        head = tokens[start]
        if head == "\\degree" and [word_of(t) for t in tokens[start + 1 :]] in (["C"], ["F"]):
            name = f"degree {word_of(tokens[-1]).lower()}"
            return Quantity(join(tokens), read(trim(tokens[:start])), Unit(name, name))
        unit = _unit(tokens[start:]) if is_word(head) else None
        if unit and _may_follow(tokens, start, unit):
            return _quantity(tokens, start, unit, read(trim(tokens[:start])))
    return None


def _may_follow(tokens: Tokens, start: int, unit: Unit) -> bool:
    """Whether the words from `start` can be a unit there, and not variables or prose."""
    amount, word = trim(tokens[:start]), word_of(tokens[start])
    if amount and is_word(amount[-1]) and word_of(amount[-1]).lower() in SCALES:
        amount = trim(amount[:-1])
    if not amount:
        return False
    spaced, in_text = tokens[start - 1] == " ", tokens[start][0] == "\\"
    if spaced and evaluate(amount) is not None:
        return True
    recognised = known(word) is not None or "^" in unit.name or "/" in unit.name
    return in_text or (recognised and len(word) > 1)


def _quantity(tokens: Tokens, start: int, unit: Unit, amount: Answer) -> Quantity | None:
    if not isinstance(amount, Number | Expression):
        return None
    if isinstance(amount, Number):
        amount = replace(amount, groups=())
    certain = tokens[start][0] == "\\" or (
        tokens[start - 1] == " " and len(word_of(tokens[start])) > 1
    )
    return Quantity(join(tokens), amount, unit, certain)


def _unit(tokens: Tokens) -> Unit | None:
    """A unit from words, one power at the end, and one division."""
    halves, slashes = split(tokens, ("/",))
    if len(slashes) > 1 or not all(halves):
        return None
    units = [_simple_unit(half) for half in halves]
    return over(units[0], units[1]) if slashes else units[0]


def _simple_unit(tokens: Tokens) -> Unit | None:
    exponent = 1
    if len(tokens) > 4 and tokens[-4:-2] == ("^", "{") and tokens[-2].isdecimal():
        exponent, tokens = int(tokens[-2]), tokens[:-4]
    if not all(is_word(t) or t == " " for t in tokens):
        return None
    named = [(word_of(t), t[0] == "\\") for t in tokens if t != " "]
    return read_unit(named, exponent) if exponent <= 3 else None


def in_radians(degrees: Number) -> Expression:
    """An angle in degrees as an expression in radians."""
    turned = Fraction(degrees.value, 180)
    return Expression(f"\\frac{{{turned.numerator}\\pi}}{{{turned.denominator}}}")
