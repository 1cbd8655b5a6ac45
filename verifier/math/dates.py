"""Pure: calendar dates, with month names or in digits, in English and Chinese."""

# ruff: noqa: PLR2004 - the numbers are those of the calendar

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.math.answers import Date
from verifier.math.lexemes import is_word, join, word_of

if TYPE_CHECKING:
    from verifier.math.tokens import Tokens

_NAMES = """
    january february march april may june july august september october november december
"""
_MONTHS = {name: number for number, name in enumerate(_NAMES.split(), start=1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_WEEKDAYS = frozenset(
    f"{name}day" for name in ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
)
_FILLING = frozenset((*_WEEKDAYS, "the", "of", "st", "nd", "rd", "th"))
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_NAMING = frozenset((*_MONTHS, "月", "年"))
_MAX_TOKENS = 16


def date_in_digits(tokens: Tokens) -> Date | None:
    """`2020-03-05`, `2020/3/5`, `3/25/2020`; `3/5/2020` is two dates, so it is only itself."""
    if len(tokens) != 5 or tokens[1] != tokens[3] or tokens[1] not in "-/":
        return None
    texts = tokens[::2]
    if not all(text.isdecimal() for text in texts):
        return None
    latex, first, second, third = join(tokens), *map(int, texts)
    if len(texts[0]) == 4 and (tokens[1] != "-" or len(texts[1]) == len(texts[2]) == 2):
        return _date(latex, first, second, third)
    if len(texts[2]) != 4 or tokens[1] == "-" or max(len(texts[0]), len(texts[1])) > 2:
        return None
    american, european = _date(latex, third, first, second), _date(latex, third, second, first)
    if american and european and american != european:
        return Date(latex, 0, 0, 0)
    return american or european


def date_in_words(tokens: Tokens) -> Date | None:
    """`March 5, 2020`, `5th of March`, `2020年3月5日`."""
    if len(tokens) > _MAX_TOKENS or not any(word_of(t).lower() in _NAMING for t in tokens):
        return None
    plain = [word_of(t).lower() if is_word(t) else t for t in tokens if t not in (" ", ",", ".")]
    if "月" in plain or "年" in plain:
        return _chinese(tokens, plain)
    plain = [lexeme for lexeme in plain if lexeme not in _FILLING]
    months = [index for index, lexeme in enumerate(plain) if lexeme in _MONTHS]
    if len(months) != 1 or not 1 < len(plain) < 4:
        return None
    month = _MONTHS[plain.pop(months[0])]
    if not all(lexeme.isdecimal() and len(lexeme) <= 4 for lexeme in plain):
        return None
    numbers = [int(lexeme) for lexeme in plain]
    if len(numbers) == 1:
        year = len(plain[0]) == 4
        return _date(join(tokens), numbers[0] if year else 0, month, 0 if year else numbers[0])
    # The day stands before the year, or the year stands first as in `2020 March 5`.
    day, year_number = numbers if len(plain[1]) == 4 else numbers[::-1]
    return _date(join(tokens), year_number, month, day)


def _chinese(tokens: Tokens, plain: list[str]) -> Date | None:
    parts = dict(zip(plain[1::2], plain[::2], strict=False))
    if (
        len(plain) % 2
        or not all(value.isdecimal() for value in parts.values())
        or "月" not in parts
    ):
        return None
    if set(parts) - {"年", "月", "日", "号"} or len(parts) < 2:
        return None
    year, month = int(parts.get("年", 0)), int(parts["月"])
    return _date(join(tokens), year, month, int(parts.get("日", parts.get("号", 0))))


def _date(latex: str, year: int, month: int, day: int) -> Date | None:
    """A date that exists; a year or a day of 0 is left out."""
    if not 1 <= month <= 12 or not 0 <= day <= _DAYS[month - 1] or not 0 <= year <= 9999:
        return None
    return Date(latex, year, month, day) if year or day else None
