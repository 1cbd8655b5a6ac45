r"""Pure: numerals in another base than ten: `31_8`, `(1011)_2`, `\text{1A}_{16}`, `0xFF`."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.math.answers import Based, Number
from verifier.math.lexemes import is_word, join, word_of

if TYPE_CHECKING:
    from verifier.math.tokens import Tokens

_NAMES = """
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
"""
_BASES = {name: base for base, name in enumerate(_NAMES.split(), start=2)}
_MAX_BASE = 36
_MAX_DIGITS = 400
# Letters alone are a numeral only where no variable has such a name.
_DIGITS = re.compile(r"(-?)(?=.*\d|[A-F]{2,}$|[a-f]{2,}$)([0-9A-Za-z]+)(?:\.([0-9A-Za-z]+))?")
_PREFIXED = re.compile(r"(-?)0([xXbBoO])([0-9A-Fa-f]+)")
_PREFIX_BASES = {"x": 16, "b": 2, "o": 8}


def numeral(tokens: Tokens) -> Based | Number | None:
    """A numeral with its base; in base ten it is a plain number."""
    if "_" in tokens:
        at = tokens.index("_")
        digits, index = tokens[:at], tokens[at + 1 :]
        if index[:1] != ("{",) or index[-1] != "}" or index.count("{") != 1:
            return None
        return _numeral(tokens, digits, index[1:-1])
    if tokens[:1] == ("0",) or tokens[:2] == ("-", "0"):
        match = _PREFIXED.fullmatch("".join(map(_plain, tokens)))
        if match:
            return _based(tokens, match[1], match[3], "", _PREFIX_BASES[match[2].lower()])
    words = [word_of(t).lower() for t in tokens[-4:] if is_word(t)]
    if words[-1:] == ["base"] and len(tokens) > 2 and tokens[-1].isdecimal():  # noqa: PLR2004 - digits, base, number
        start = next(i for i in range(len(tokens) - 1, -1, -1) if _plain(tokens[i]) == "base")
        digits = tokens[:start]
        while digits and (digits[-1] == " " or _plain(digits[-1]) == "in"):
            digits = digits[:-1]
        return _numeral(tokens, digits, tokens[-1:])
    return None


def _plain(lexeme: str) -> str:
    return word_of(lexeme) if is_word(lexeme) else lexeme


def _numeral(tokens: Tokens, digits: Tokens, index: Tokens) -> Based | Number | None:
    name = "".join(_plain(t) for t in index if t not in ("(", ")", " "))
    base = int(name) if name.isdecimal() and len(name) < 3 else _BASES.get(name.lower(), 0)  # noqa: PLR2004 - two digits
    if digits[:1] == ("(",) and digits[-1:] == (")",):
        digits = digits[1:-1]
    match = _DIGITS.fullmatch("".join(_plain(t) for t in digits if t != " "))
    if match is None:
        return None
    return _based(tokens, match[1], match[2], match[3] or "", base)


def _based(tokens: Tokens, sign: str, whole: str, places: str, base: int) -> Based | Number | None:
    """The value, where every digit exists in the base."""
    if not 2 <= base <= _MAX_BASE or len(whole + places) > _MAX_DIGITS:  # noqa: PLR2004 - the least base
        return None
    try:
        value = Fraction(int(whole + places, base), base ** len(places))
    except ValueError:
        return None
    latex = join(tokens)
    value = -value if sign else value
    return Number(latex, value) if base == 10 else Based(latex, value, base)  # noqa: PLR2004 - ours
