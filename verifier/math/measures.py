"""Pure: numbers with something attached: percent, money, degrees, units, scales, ratios, times."""

# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from verifier.math.answers import Answer, Expression, Number, Percent, Quantity, Ratio
from verifier.math.exact import evaluate, literal
from verifier.math.lexemes import is_number, is_word, join, word_of
from verifier.math.spelling import spell
from verifier.math.tokens import split, trim
from verifier.math.units import (
    DEGREE,
    MONEY_SIGNS,
    ORDINAL,
    POWER_WORDS,
    SCALES,
    Unit,
    is_plausible,
    known,
    read_unit,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.math.tokens import Tokens

_PERCENT_WORDS = frozenset(("percent", "percentage", "pct"))
# In `\\sin 30^\\circ` the degrees belong to the argument.
_FUNCTIONS = frozenset(f"\\{name}" for name in ("sin", "cos", "tan", "cot", "sec", "csc"))
_HALVES = {"am": "am", "pm": "pm", "oclock": "clock", "noon": "pm"}
_CHINESE_HALVES = {
    "上午": "am", "早上": "am", "凌晨": "am", "下午": "pm", "晚上": "pm", "傍晚": "pm",
}  # fmt: skip
_JOINING = frozenset((",", "and", "\\text{and}"))
# What people say in two parts; `5 m, 3 cm` is a list.
_SUMMED = frozenset(
    known(word)
    for word in ("week", "day", "hour", "minute", "year", "foot", "yard", "lb", "dollar", "yuan")
)
_TO = frozenset(("to", "\\text{to}", "比"))
_HOURS = 12
_GLUED_TIME = re.compile(r"(\d{1,2})(am|pm)", re.IGNORECASE)
_LONGEST_UNIT = 20
_UNIT_COMMANDS = frozenset(("\\mu", "\\Omega", "\\min", "\\sec", "\\degree"))
_COUNTRIES = frozenset(("US", "USD", "AU", "CA", "HK", "NZ", "A", "C"))
_CODES = frozenset(("USD", "EUR", "GBP", "JPY", "CNY", "RMB", "INR"))
_CLOCK_PARTS = 3


def ratio(tokens: Tokens) -> Ratio | None:
    r"""`3:4`, `3 to 4`, `1:\sqrt2`, `7:30 pm`, `2 p.m.`, `3 o'clock`, `下午2点30分`."""
    timed, half = _without_half(tokens)
    pieces, colons = split(_with_colons(timed), (":",))
    if not colons and not half:
        pieces, colons = split(tokens, _TO)
    if not all(pieces) or not (colons or half):
        return None
    if not half and not all(len(part) == 1 and is_number(part[0]) for part in pieces):
        return _terms(tokens, pieces)
    if not all(len(part) == 1 and is_number(part[0]) for part in pieces):
        return None
    texts = [part[0] for part in pieces]
    clock = (
        set(colons) <= {":"}
        and len(texts) <= _CLOCK_PARTS
        and texts[0].isdecimal()
        and len(texts[0]) <= 2
        and all(len(text) == 2 and text.isdecimal() for text in texts[1:])
    )
    if half and not (clock and 0 < int(texts[0]) <= _HOURS):
        return None
    values = tuple(literal(text) for text in texts)
    if len(values) == 1:
        values = (*values, Fraction(0))
    return Ratio(join(tokens), values, clock=clock, half="" if half == "clock" else half)  # type: ignore[arg-type]


def _terms(tokens: Tokens, pieces: list[Tokens]) -> Ratio | None:
    """A ratio of fractions or of expressions; words make none."""
    values = [evaluate(piece) for piece in pieces]
    exact = tuple(value for value in values if value is not None)
    if len(exact) == len(values):
        return Ratio(join(tokens), exact, clock=False)
    if any(is_word(t) and (t[0] == "\\" or len(t) > 1) for piece in pieces for t in piece):
        return None
    if any(len(piece) == 1 and piece[0].isupper() for piece in pieces):
        return None
    return Ratio(join(tokens), (), clock=False, terms=tuple(map(join, pieces)))


def _without_half(tokens: Tokens) -> tuple[Tokens, str]:
    """A time of day without its am or pm, and which of them it had; `clock` for `o'clock`."""
    if is_word(tokens[0]) and word_of(tokens[0]) in _CHINESE_HALVES:
        return tokens[1:], _CHINESE_HALVES[word_of(tokens[0])]
    if not is_word(tokens[-1]) and (tokens[-1] != "." or not is_word(tokens[-2:][0])):
        return tokens, ""
    start = len(tokens)
    while start and not is_number(tokens[start - 1]):
        start -= 1
    after = tokens[start:]
    letters = "".join(word_of(t) for t in after if is_word(t)).lower()
    glued = start == len(tokens) - 1 and ":" not in tokens and tokens[-1][0] != "\\"
    if glued:
        # `5am` may be a product.
        return tokens, ""
    if start and letters in _HALVES and all(is_word(t) or t in " .'" for t in after):
        return tokens[:start], _HALVES[letters]
    return tokens, ""


def _with_colons(tokens: Tokens) -> Tokens:
    """`2点30分` as `2:30`."""
    if len(tokens) < 2 or word_of(tokens[1]) not in ("点", "点钟"):
        return tokens
    if len(tokens) == 2:
        return (tokens[0], ":", "00")
    rest = tokens[2:-1] if word_of(tokens[-1]) == "分" else tokens[2:]
    return (tokens[0], ":", *(("30",) if rest == ("半",) else rest))


def measured(tokens: Tokens, read: Callable[[Tokens], Answer]) -> Answer | None:
    """A percentage, an amount of money, an angle in degrees, or a number with a scale or unit."""
    last = tokens[-1]
    latex = join(tokens)
    if len(tokens) > 1 and last == "%":
        return Percent(latex, read(tokens[:-1]))
    if len(tokens) > 1 and last == "\\degree" and not _FUNCTIONS & set(tokens):
        return Quantity(latex, read(tokens[:-1]), DEGREE)
    if is_word(last) and (amount := _without_percent(tokens)):
        return Percent(latex, read(amount))
    return (
        _sexagesimal(tokens)
        or _money(tokens, read)
        or _scaled(tokens, read)
        or (_ordinal(tokens) or _with_unit(tokens, read))
    )


def _without_percent(tokens: Tokens) -> Tokens:
    """What stands before "percent" or "per cent"; nothing where neither stands at the end."""
    words = [word_of(t).lower() for t in tokens[-3:] if is_word(t)]
    if words[-1] in _PERCENT_WORDS:
        return trim(tokens[:-1])
    return trim(tokens[:-3]) if words[-2:] == ["per", "cent"] else ()


def _sexagesimal(tokens: Tokens) -> Quantity | None:
    r"""`30^\circ 15' 20''` in degrees."""
    if "\\degree" not in tokens or tokens[-1] != "'":
        return None
    signed = tokens[1:] if tokens[0] == "-" else tokens
    degrees, minutes, seconds = signed[0], "0", "0"
    rest = signed[2:]
    if signed[1:2] != ("\\degree",) or not is_number(degrees):
        return None
    if len(rest) > 1 and is_number(rest[0]) and rest[1] == "'" and rest[2:3] != ("'",):
        minutes, rest = rest[0], rest[2:]
    if len(rest) == 3 and is_number(rest[0]) and rest[1:] == ("'", "'"):
        seconds, rest = rest[0], ()
    value = literal(degrees) + literal(minutes) / 60 + literal(seconds) / 3600
    if rest or max(literal(minutes), literal(seconds)) >= 60:
        return None
    amount = Number(join(tokens), -value if tokens[0] == "-" else value)
    return Quantity(join(tokens), amount, DEGREE)


def _money(tokens: Tokens, read: Callable[[Tokens], Answer]) -> Answer | None:
    signed = tokens[1:] if tokens[0] == "-" else tokens
    if len(signed) > 2 and word_of(signed[0]).upper() in _COUNTRIES and signed[1] == "$":
        signed = signed[1:]
    if signed and signed[0] in MONEY_SIGNS and len(signed) > 1:
        unit, rest = MONEY_SIGNS[signed[0]], signed[1:]
        rest = ("-", *rest) if tokens[0] == "-" else rest
    elif len(tokens) > 1 and tokens[-1] in MONEY_SIGNS:
        unit, rest = MONEY_SIGNS[tokens[-1]], tokens[:-1]
    elif (
        len(signed) > 1 and word_of(signed[0]).upper() in _CODES and is_number(trim(signed[1:])[0])
    ):
        unit, rest = known(word_of(signed[0]).upper()) or DEGREE, signed[1:]
    else:
        return None
    amount = read(trim(rest))
    if isinstance(amount, Quantity):
        # `$5 dollars` says it twice; `$5 per hour` is money divided by time.
        per = all(power < 0 for _, power in amount.unit.dimension)
        whole = unit.times(amount.unit) if per else amount.unit
        return replace(amount, latex=join(tokens), unit=whole)
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


def compound(tokens: Tokens) -> Quantity | None:
    """`2 hours 30 minutes`, `5 feet and 6 inches`, `3 dollars, 20 cents`, `5元3角`."""
    parts: list[tuple[Fraction, Unit]] = []
    joined = False
    index, end = 0, len(tokens)
    while index < end:
        start = index
        while index < end and not is_word(tokens[index]) and tokens[index] not in _UNIT_COMMANDS:
            index += 1
        value = evaluate(trim(tokens[start:index]))
        start = index
        while index < end and not is_number(tokens[index]) and tokens[index] not in _JOINING:
            index += 1
        unit = read_unit(trim(tokens[start:index])) if index > start else None
        if value is None or unit is None or value < 0:
            return None
        parts.append((value, unit))
        while index < end and (tokens[index] in _JOINING or tokens[index] == " "):
            joined = joined or tokens[index] != " "
            index += 1
    return _sum(tokens, parts, joined=joined)


def _sum(tokens: Tokens, parts: list[tuple[Fraction, Unit]], *, joined: bool) -> Quantity | None:
    """The parts in the first one's unit, where each unit is smaller than the one before it."""
    first = parts[0][1]
    if len(parts) < 2 or (joined and first not in _SUMMED):
        return None
    total = parts[0][0]
    for (_, before), (value, unit) in pairwise(parts):
        if unit.dimension != first.dimension or unit.factor >= before.factor:
            return None
        total += value * unit.factor / first.factor
    return Quantity(join(tokens), Number(join(tokens), total), first)


def _ordinal(tokens: Tokens) -> Quantity | None:
    r"""`3rd`, `3^{rd}`, `3\text{rd}`: a number that counts a place."""
    plain = tuple(t for t in tokens if t not in ("^", "{", "}"))
    if len(plain) != 2 or not plain[0].isdecimal() or not is_word(plain[1]):
        return None
    if word_of(plain[1]).lower() not in ("st", "nd", "rd", "th"):
        return None
    return Quantity(join(tokens), Number(plain[0], literal(plain[0])), ORDINAL)


def _with_unit(tokens: Tokens, read: Callable[[Tokens], Answer]) -> Answer | None:
    """The longest unit at the end that may follow what stands in front of it.

    The first split that may be right decides, so that each piece is read once.
    """
    for start in range(max(1, len(tokens) - _LONGEST_UNIT), len(tokens)):
        head = tokens[start]
        if not is_word(head) and head not in _UNIT_COMMANDS:
            continue
        wrapped = tokens[start - 1] == "(" and tokens[-1] == ")"
        unit = read_unit(tokens[start:-1] if wrapped else tokens[start:])
        if unit and wrapped and start > 1 and is_plausible(tokens[start:-1]):
            # As in `8 (cups)`.
            return _quantity(tokens, start, unit, read(trim(tokens[: start - 1])))
        if unit and _may_follow(tokens, start):
            return _quantity(tokens, start, unit, read(trim(tokens[:start])))
    return None


def _may_follow(tokens: Tokens, start: int) -> bool:
    """Whether the words from `start` can be a unit there, and not variables or prose."""
    amount, head = trim(tokens[:start]), tokens[start]
    if amount and is_word(amount[-1]) and word_of(amount[-1]).lower() in SCALES:
        amount = trim(amount[:-1])
    if not amount:
        return False
    if head[0] == "\\":
        if head in ("\\mu", "\\degree"):
            return len(tokens) > start + 1 and (head != "\\mu" or len(tokens[start + 1]) > 1)
        return is_word(head) or evaluate(amount) is not None
    if not is_plausible(tokens[start:]):
        return False
    if not head.isascii() or (tokens[start - 1] == " " and evaluate(amount) is not None):
        return True
    return len(head) > 1 and head != "in" and (known(head) is not None or head in POWER_WORDS)


def _quantity(tokens: Tokens, start: int, unit: Unit, amount: Answer) -> Quantity | None:
    if not isinstance(amount, Number | Expression):
        return None
    if isinstance(amount, Number):
        amount = replace(amount, groups=())
    head = tokens[start]
    certain = head[0] == "\\" or not head.isascii()
    certain = certain or (tokens[start - 1] == " " and len(head) > 1)
    return Quantity(join(tokens), amount, unit, certain)


def as_time(latex: str) -> Ratio | None:
    """An expression such as `5am` as a time of day, for where the other side is one."""
    match = _GLUED_TIME.fullmatch(latex)
    return ratio((match[1], " ", match[2])) if match else None


@lru_cache(maxsize=256)
def as_quantity(latex: str) -> Quantity | None:
    """An expression such as `5m` as a quantity, for where the other side is one."""
    tokens = spell(latex)
    start = next((i for i, t in enumerate(tokens) if is_word(t) or t in _UNIT_COMMANDS), 0)
    value = evaluate(trim(tokens[:start])) if start else None
    unit = read_unit(tokens[start:]) if value is not None else None
    if value is None or unit is None:
        return None
    return Quantity(latex, Number(join(tokens[:start]), value), unit)


def in_radians(degrees: Number) -> Expression:
    """An angle in degrees as an expression in radians."""
    turned = Fraction(degrees.value, 180)
    return Expression(f"\\frac{{{turned.numerator}\\pi}}{{{turned.denominator}}}")
