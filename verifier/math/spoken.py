"""Pure: numbers in English and Chinese words, as the tokens of the numerals they stand for."""

# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them
# ruff: noqa: RUF001 - a Chinese zero looks like a letter
# ruff: noqa: PLR0911 - every rule returns where it decides

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.math.lexemes import is_word, word_of
from verifier.math.units import known

if TYPE_CHECKING:
    from verifier.math.tokens import Tokens

_SMALL_NAMES = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
"""
_SMALL = {name: value for value, name in enumerate(_SMALL_NAMES.split())}
_TENS = {
    name: 10 * value
    for value, name in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
_GROUPS = {"trillion": 10**12, "billion": 10**9, "million": 10**6, "thousand": 1000}
_ORDINAL_NAMES = """
    zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
    thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth
"""
_ORDINALS = {name: value for value, name in enumerate(_ORDINAL_NAMES.split())} | {
    f"{name.removesuffix('y')}ieth": value for name, value in _TENS.items()
} | {"hundredth": 100, "thousandth": 1000, "millionth": 10**6}  # fmt: skip
_PARTS = {name: value for name, value in _ORDINALS.items() if value > 2} | {
    "half": 2, "halve": 2, "quarter": 4,
}  # fmt: skip
_SIGNS = frozenset(("minus", "negative"))
_STARTERS = frozenset((*_SMALL, *_TENS, *_SIGNS, "half", "a", "an"))
_AFTER_A = frozenset((*_PARTS, *_GROUPS, "hundred", "dozen"))
_BETWEEN = frozenset(
    ("and", "or", "to", "percent", "per", "cent", "dozen", "over", *_GROUPS,
     "square", "squared", "cubic", "cubed", "am", "pm")
)  # fmt: skip
_MAX_WORDS = 40
_MAX_SIGNS = 40

_CHINESE_DIGITS = {d: v for v, d in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CHINESE_POWERS = {"十": 10, "百": 100, "千": 1000}
_CHINESE_GROUPS = (("亿", 10**8), ("万", 10**4))
_COUNTERS = frozenset("个只条本张件次名辆棵")
_CHINESE_NUMERAL = "[零〇一二三四五六七八九两十百千万亿点]+"
_CHINESE = re.compile(
    rf"(负?)(?:(百)分之({_CHINESE_NUMERAL})|(?:({_CHINESE_NUMERAL})又)?"
    rf"({_CHINESE_NUMERAL})分之({_CHINESE_NUMERAL})|(一?半)|(第?)({_CHINESE_NUMERAL}))"
)


def numerals(tokens: Tokens) -> Tokens | None:
    """The tokens with spoken numbers in digits; None where other words than units are left."""
    first = next((word_of(t) for t in tokens if is_word(t)), "")
    if not first.isascii():
        return _chinese(tokens)
    lower = first.lower()
    if lower in _ORDINALS or lower in _TENS:
        ordinal = _ordinal([word_of(t).lower() for t in tokens if is_word(t)])
        if ordinal and all(is_word(t) or t in " -" for t in tokens):
            return ordinal
    if lower not in _STARTERS or len(tokens) > _MAX_WORDS:
        return None
    return _english(tokens)


def _english(tokens: Tokens) -> Tokens | None:
    lexemes = [word_of(t).lower() if is_word(t) else t for t in tokens]
    out: list[str] = []
    index = 0
    while index < len(lexemes):
        found = _Number(lexemes, index)
        value = found.read()
        if value is not None:
            if out and not is_word(out[-1]) and out[-1] not in (" ", ",", "/"):
                # `five six` is no number.
                return None
            if out and is_word(out[-1]):
                out.append(" ")
            out.extend(_written(value))
            index = found.at
            continue
        lexeme = lexemes[index]
        if lexeme[0].isalpha():
            if lexeme not in _BETWEEN and known(lexeme) is None:
                return None
            out.append(f"\\text{{{lexeme}}}" if out else tokens[index])
        elif lexeme in (" ", ",", "/"):
            out.append(lexeme)
        else:
            return None
        index += 1
    return tuple(out) if any(t[0].isdecimal() or t == "\\frac" for t in out) else None


def _written(value: Fraction) -> list[str]:
    sign = ["-"] if value < 0 else []
    top, bottom = str(abs(value.numerator)), str(value.denominator)
    return [*sign, *([top] if bottom == "1" else ["\\frac", "{", top, "}", "{", bottom, "}"])]


class _Number:
    """Recursive descent over words, from one place; `at` is where the number ended."""

    def __init__(self, words: list[str], at: int) -> None:
        self._words = [*words, ""]
        self.at = at

    def _next(self) -> str:
        """The next word, past spaces and hyphens."""
        at = self.at
        while self._words[at] in (" ", "-"):
            at += 1
        return self._words[at]

    def _take(self, *wanted: str) -> bool:
        if self._next() not in wanted:
            return False
        while self._words[self.at] in (" ", "-"):
            self.at += 1
        self.at += 1
        return True

    def read(self) -> Fraction | None:
        """A sign, a whole number, a decimal or a fraction, or both."""
        start = self.at
        negative = self._take(*_SIGNS)
        value = self._value()
        if value is None:
            self.at = start
            return None
        return -value if negative else value

    def _value(self) -> Fraction | None:
        if self._take("half"):
            self._take("a", "an")
            return Fraction(6) if self._take("dozen") else Fraction(1, 2)
        whole = self._whole()
        if whole is None:
            return None
        part = self._part()
        if part:
            return Fraction(whole, part)
        if self._take("point"):
            return self._decimal(whole)
        if self._take("over"):
            bottom = self._whole()
            return Fraction(whole, bottom) if bottom else None
        if self._take("dozen"):
            return Fraction(12 * whole)
        return whole + self._and_fraction()

    def _and_fraction(self) -> Fraction:
        """The `and a half` of `one and a half`; 0 where none follows."""
        start = self.at
        if self._take("and"):
            top = self._whole()
            part = self._part() if top else 0
            if top and part and top < part:
                return Fraction(top, part)
            if top is None and self._take("half"):
                return Fraction(1, 2)
        self.at = start
        return Fraction(0)

    def _decimal(self, whole: int) -> Fraction | None:
        digits = ""
        while self._next() in _SMALL and _SMALL[self._next()] < 10:
            digits += str(_SMALL[self._next()])
            self._take(self._next())
        return Fraction(f"{whole}.{digits}") if digits else None

    def _part(self) -> int:
        """The denominator that a word such as `thirds` names; 0 where none follows."""
        word = self._next()
        part = _PARTS.get(word) or _PARTS.get(word.removesuffix("s"), 0)
        if part:
            self._take(word)
        return part

    def _whole(self) -> int | None:
        start = self.at
        if self._take("a", "an"):
            if self._next() in ("half", *_PARTS):
                return 1
            value = self._scaled(1) if self._next() in _AFTER_A else None
            self.at = start if value is None else self.at
            return value
        value = self._below_thousand()
        return None if value is None else self._scaled(value)

    def _scaled(self, value: int) -> int:
        if value == 1 and self._take("hundred"):
            value = 100
        total, limit = 0, 10**15
        group = value
        while True:
            scale = _GROUPS.get(self._next(), 0)
            if not 0 < scale < limit:
                break
            self._take(self._next())
            total, limit = total + group * scale, scale
            start = self.at
            self._take("and")
            following = self._below_thousand()
            if following is None:
                self.at, group = start, 0
                break
            group = following
        return total + group

    def _below_thousand(self) -> int | None:
        value = self._below_hundred()
        if value is None or not 0 < value < 100 or not self._take("hundred"):
            return value
        start = self.at
        joined = self._take("and")
        rest = self._below_hundred()
        if rest is None or (joined and self._next() in _PARTS):
            self.at = start
            return 100 * value
        return 100 * value + rest

    def _below_hundred(self) -> int | None:
        word = self._next()
        if word in _SMALL:
            self._take(word)
            return _SMALL[word]
        if word not in _TENS:
            return None
        self._take(word)
        unit = _SMALL.get(self._next(), 0)
        if not 0 < unit < 10:
            return _TENS[word]
        self._take(self._next())
        return _TENS[word] + unit


def _ordinal(words: list[str]) -> Tokens | None:
    """`third` and `twenty-first` as `3th`, which is how a place is read."""
    value = _ORDINALS.get(words[-1])
    if value is None or len(words) > 2:
        return None
    if len(words) == 2:
        if words[0] not in _TENS or not 0 < value < 10:
            return None
        value += _TENS[words[0]]
    return (str(value), "\\text{th}")


def _chinese(tokens: Tokens) -> Tokens | None:
    """`百分之五十`, `三分之二`, `负五`, `第三`, `五厘米`, `一百零五`."""
    if len(tokens) != 1 or len(tokens[0]) > _MAX_SIGNS:
        return None
    match = _CHINESE.match(word_of(tokens[0]))
    if match is None:
        return None
    value = _chinese_value(match)
    if value is None:
        return None
    rest = word_of(tokens[0])[match.end() :]
    written = _written(-value if match[1] else value)
    if match[2]:
        return None if rest else (*written, "%")
    if match[8]:
        return None if rest or value.denominator != 1 else (*written, "\\text{th}")
    if rest and not _is_chinese_unit(rest):
        return None
    return (*written, f"\\text{{{rest}}}") if rest else tuple(written)


def _is_chinese_unit(word: str) -> bool:
    """Whether every part of the word is a unit, as in `千米每小时`."""
    return all(
        known(part.removeprefix("平方").removeprefix("立方")) is not None
        or part in "个只条本张件次"
        for part in word.split("每")
    )


def _chinese_value(match: re.Match[str]) -> Fraction | None:
    if match[7]:
        return Fraction(1, 2)
    if match[5]:
        whole, bottom, top = (_chinese_number(match[i] or "零") for i in (4, 5, 6))
        return None if whole is None or not bottom or top is None else whole + top / bottom
    return _chinese_number(match[3] or match[9])


def _chinese_number(text: str) -> Fraction | None:
    whole, point, places = text.partition("点")
    value = _chinese_whole(whole)
    if value is None or not point:
        return None if value is None else Fraction(value)
    digits = "".join(str(_CHINESE_DIGITS.get(sign, "x")) for sign in places)
    return Fraction(f"{value}.{digits}") if digits.isdecimal() else None


def _chinese_whole(text: str) -> int | None:
    for sign, scale in _CHINESE_GROUPS:
        before, found, after = text.rpartition(sign)
        if found:
            if len(after) == 1:
                # `两万五` is colloquial for 25000.
                return None
            high, low = _chinese_whole(before), _chinese_whole(after) if after else 0
            return None if not high or low is None else high * scale + low
    if len(text) > 1 and not any(sign in _CHINESE_POWERS for sign in text):
        digits = "".join(str(_CHINESE_DIGITS.get(sign, "")) for sign in text)
        return int(digits) if digits else None
    if len(text) > 2 and text[-1] in _CHINESE_DIGITS and text[-2] in "百千":
        return None
    total, digit = 0, None
    for sign in text:
        if sign in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[sign]
        elif sign in _CHINESE_POWERS and (digit or (digit is None and sign == "十" and not total)):
            total, digit = total + (digit or 1) * _CHINESE_POWERS[sign], None
        else:
            return None
    return (total + (digit or 0)) if text else None
