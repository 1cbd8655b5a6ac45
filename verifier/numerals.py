r"""Pure: a short text read as one exact number, or refused; nothing is evaluated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from verifier.plaintext import undressed

MAX_DIGITS = 400
MAX_EXPONENT = 1000
# A number with its unit is shorter than this; what is longer is only asked for its digits.
MAX_CHARS = 1000


class Refusal(StrEnum):
    """Why a text was not read."""

    NOT_A_NUMBER = "not_a_number"
    TOO_COMPLEX = "too_complex"


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as it was written."""

    value: Fraction
    """Exact; the number before a percent sign."""
    whole: bool
    """Written as a whole number, so that nothing was rounded."""
    percent: bool
    unit: str
    """The unit or currency in lower case and singular, or an empty string."""


# LaTeX to plain text. An ampersand stands where a `\frac` began, which tells `2\frac12`, a mixed
# number, from `212`.
_REWRITES = (
    (re.compile("[\u2212\u2013\uff0d]"), "-"),
    (re.compile(r"^([+-]?)\$([^$]*+)\$"), r"\1\2 "),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\\!"), ""),
    (re.compile(r"\\{1,2}%|\uff05"), "%"),
    (re.compile(r"\^(?:\{ ?\\circ ?\}|\\circ)|\\degrees?\b|°"), " degree "),
    (
        re.compile(r"\\(?:text|textbf|textrm|mathrm|mathbf|mbox|operatorname)\s*+\{([^{}]*+)\}"),
        r" \1",
    ),
    (re.compile(r"\\[,;: ]|[~\s]"), " "),
    (re.compile(r" {2,}+"), " "),
    (
        re.compile(r" ?\\[dt]?frac ?(?:\{([^{}]*+)\}|([0-9])) ?(?:\{([^{}]*+)\}|([0-9]))"),
        r"&\1\2/\3\4",
    ),
    (re.compile(r" ?(?:\\times(?![A-Za-z])|\\cdot(?![A-Za-z])|\u00d7) ?"), "*"),
    (re.compile(r"\*\*"), "^"),
    (re.compile(r"\^\{ ?([+-]?) ?([0-9]+) ?\}"), r"^\1\2"),
)
_CHARACTERS = str.maketrans(
    {0xFF10 + digit: str(digit) for digit in range(10)} | {"\u00b2": "^2", "\u00b3": "^3"}
)

_CURRENCY = re.compile(r"([+-]?) ?(\\?\$|€|£|¥|\uffe5) ?([+-]?)")
_CURRENCY_UNITS = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "\uffe5": "yen"}

_PLAIN = (
    r"(?:(?:[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+|(?:[ ][0-9]{3})+)(?![0-9])|[0-9]+)(?:\.[0-9]*)?"
    r"|\.[0-9]+)"
)
_NUMBER = re.compile(
    rf"""
    (?P<sign>[+-]?)[ ]?
    (?: (?: (?P<whole>[0-9]+)(?:&|[ ](?=[0-9]{{1,2}}/)) | & )?
          (?P<top>[+-]?{_PLAIN})[ ]?/[ ]?(?P<bottom>[+-]?{_PLAIN})
      | (?: (?P<mantissa>{_PLAIN})(?:[eE]|[ ]?[*x][ ]?10\^) | 10\^ )(?P<exponent>[+-]?[0-9]+)
      | (?P<plain>{_PLAIN})
    )
    """,
    re.VERBOSE,
)

_WORD = r"(?:[^\W\d_]{2,20}|[^\W\d_a-zA-Z]|[mgshlLNJWVAKCF])(?:\^?[23])?"
_UNIT = re.compile(rf"(?:(?:square|cubic) )?{_WORD}(?: ?/ ?{_WORD}| per {_WORD})?\.?")
# Words after a number that change it or compare it, so that they are no unit.
_NO_UNITS = frozenset(
    (
        *("and", "or", "to", "not", "if", "is", "plus", "minus", "times", "squared", "cubed"),
        *("hundred", "thousand", "million", "billion", "trillion", "dozen", "bn", "mn", "mio"),
        *("hundreds", "thousands", "millions", "billions", "trillions", "dozens", "factorial"),
        *("mod", "pi", "sqrt", "inf", "nan", "点", "分"),
    )
)
_MULTIPLIERS = frozenset("十百千万亿萬億")


def read(text: str, *, allow_unit: bool) -> Numeral | Refusal:
    """The number that the text is, within `MAX_DIGITS` and `MAX_EXPONENT`."""
    if _digit_count(text) > MAX_DIGITS:
        return Refusal.TOO_COMPLEX
    if len(text) > MAX_CHARS:
        return Refusal.NOT_A_NUMBER
    text, currency = _plain_text(text)
    number = _NUMBER.match(text)
    if number is None or (currency and not allow_unit):
        return Refusal.NOT_A_NUMBER
    unit = text[number.end() :].strip().casefold()
    percent = unit in {"%", "percent", "per cent"}
    if percent:
        unit = ""
    if unit and (currency or not allow_unit or not _is_unit(text[number.end() :].strip())):
        return Refusal.NOT_A_NUMBER
    value = _value(number)
    if isinstance(value, Refusal):
        return value
    whole = number["plain"] is not None and "." not in number["plain"]
    return Numeral(value, whole, percent, currency or _singular(unit.removesuffix(".")))


def _digit_count(text: str) -> int:
    return sum(map(text.count, "0123456789"))


def _plain_text(text: str) -> tuple[str, str]:
    """The text without LaTeX and currency sign, and the currency's unit."""
    text = undressed(text).translate(_CHARACTERS)
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    text = text.strip().rstrip(". ")
    sign = _CURRENCY.match(text)
    if sign is None:
        return text, ""
    return sign[1] + sign[3] + text[sign.end() :], _CURRENCY_UNITS[sign[2][-1]]


def _is_unit(text: str) -> bool:
    return (
        _UNIT.fullmatch(text) is not None
        and text.removesuffix(".").casefold() not in _NO_UNITS
        and _MULTIPLIERS.isdisjoint(text)
    )


def _singular(unit: str) -> str:
    return unit.removesuffix("s") if len(unit) > len("ms") else unit


def _value(number: re.Match[str]) -> Fraction | Refusal:
    sign = -1 if number["sign"] == "-" else 1
    if number["plain"] is not None:
        return sign * _decimal(number["plain"])
    if number["exponent"] is not None:
        size = number["exponent"].lstrip("+-").lstrip("0") or "0"
        if len(size) > len(str(MAX_EXPONENT)) or int(size) > MAX_EXPONENT:
            return Refusal.TOO_COMPLEX
        power = -int(size) if number["exponent"].startswith("-") else int(size)
        return sign * _decimal(number["mantissa"] or "1") * Fraction(10) ** power
    top, bottom, whole = _decimal(number["top"]), _decimal(number["bottom"]), number["whole"]
    if bottom == 0 or (whole is not None and not 0 < top < bottom):
        return Refusal.NOT_A_NUMBER
    return sign * (int(whole or "0") + top / bottom)


def _decimal(text: str) -> Fraction:
    """A number of digits, separators and one point; the caller has bounded its length."""
    return Fraction(text.replace(",", "").replace(" ", "").rstrip("."))
