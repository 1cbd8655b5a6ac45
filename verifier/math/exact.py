r"""Pure: arithmetic that can be read as one exact rational number, or not at all."""

# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from verifier.math.cursor import Cursor
from verifier.math.lexemes import is_number
from verifier.math.limits import (
    MAX_BINOMIAL,
    MAX_BITS,
    MAX_DEPTH,
    MAX_EXPONENT,
    MAX_FACTORIAL,
    TooComplexError,
)

_SCIENTIFIC = re.compile(r"([\d.]+)[eE]([+-]?\d+)")
_MIN_SIGNIFICANT = 3


class _NotExactError(ValueError):
    """The tokens are no arithmetic over rational numbers."""


@dataclass(frozen=True, slots=True)
class Decimal:
    """How a decimal was written: its places after the point and its significant digits."""

    places: int
    significant: int

    def shows(self, value: Fraction, exact: Fraction) -> bool:
        """Whether `exact`, rounded half away from zero to these places, is written as `value`."""
        if self.significant < _MIN_SIGNIFICANT:
            return False
        unit = Fraction(10) ** -self.places
        rounded = math.floor(abs(exact) / unit + Fraction(1, 2)) * unit
        return abs(value) == rounded and (value < 0) == (exact < 0)


def evaluate(tokens: tuple[str, ...]) -> Fraction | None:
    """The exact value of numeric tokens, None where they are anything else.

    Raises `TooComplexError` where the value is beyond a limit.
    """
    if not any(map(is_number, tokens)):
        return None
    reader = _Arithmetic(tokens)
    try:
        value = reader.sum(0)
    except (_NotExactError, ZeroDivisionError):
        return None
    return value if reader.finished else None


def decimal_form(tokens: tuple[str, ...]) -> Decimal | None:
    r"""How one decimal (`-1.50`, `1.5e3`, `1.5\cdot10^{3}`) was written, None for anything else."""
    if not tokens or (len(tokens) > 2 and tokens[-1] != "}"):
        return None
    literal = tokens[1:] if tokens[0] in "+-" else tokens
    if not literal or not is_number(literal[0]) or "." not in literal[0]:
        return None
    shift = 0
    digits = literal[0].replace(",", "")
    if len(literal) > 1:
        if literal[1:5] != ("\\cdot", "10", "^", "{"):
            return None
        exponent = "".join(literal[5:-1])
        if not exponent.lstrip("+-").isdecimal():
            return None
        shift = int(exponent)
    elif scientific := _SCIENTIFIC.fullmatch(digits):
        digits, shift = scientific[1], int(scientific[2])
    whole, _, places = digits.partition(".")
    return Decimal(places=len(places) - shift, significant=len((whole + places).lstrip("0")))


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise TooComplexError(f"a number of more than {MAX_BITS} bits")
    return value


def literal(lexeme: str) -> Fraction:
    """The value of one number lexeme."""
    scientific = _SCIENTIFIC.fullmatch(lexeme)
    if not scientific:
        return Fraction(lexeme.replace(",", "").rstrip(".") or "0")
    exponent = int(scientific[2])
    if abs(exponent) > MAX_EXPONENT:
        raise TooComplexError(f"an exponent beyond {MAX_EXPONENT}")
    return _bounded(Fraction(scientific[1]) * Fraction(10) ** exponent)


class _Arithmetic(Cursor):
    """Recursive descent over numeric tokens; gives up on the first lexeme it does not know."""

    def need(self, *lexemes: str) -> None:
        """Pass one of these; raises `_NotExactError` where none of them is next."""
        if not self.take(*lexemes):
            raise _NotExactError

    def sum(self, depth: int) -> Fraction:
        """Terms joined by plus and minus."""
        if depth > MAX_DEPTH:
            raise TooComplexError(f"nested deeper than {MAX_DEPTH}")
        value = self._product(depth)
        while self.peek() in ("+", "-"):
            negative = self.take("-") or not self.take("+")
            term = self._product(depth)
            value = _bounded(value - term if negative else value + term)
        return value

    def _product(self, depth: int) -> Fraction:
        negative = False
        while self.peek() in ("+", "-"):
            negative ^= self.take("-") or not self.take("+")
        value = self._power(depth)
        divided = False
        while True:
            if self.take("\\cdot"):
                value *= self._signed_power(depth)
            elif self.take("/"):
                value /= self._signed_power(depth)
                divided = True
            elif self.peek() in ("(", "\\frac", "\\binom", "\\sqrt"):
                # What `1/2(3)` divides by is anybody's guess, so it is not decided here.
                if divided:
                    raise _NotExactError
                value *= self._power(depth)
            else:
                break
            value = _bounded(value)
        return -value if negative else value

    def _signed_power(self, depth: int) -> Fraction:
        negative = self.take("-")
        value = self._power(depth)
        return -value if negative else value

    def _power(self, depth: int) -> Fraction:
        base = self._postfix(self._atom(depth))
        if not self.take("^"):
            return base
        self.need("{")
        exponent = self.sum(depth + 1)
        self.need("}")
        if abs(exponent) > MAX_EXPONENT:
            raise TooComplexError(f"an exponent beyond {MAX_EXPONENT}")
        if exponent.denominator != 1:
            raise _NotExactError
        bits = max(base.numerator.bit_length(), base.denominator.bit_length())
        if abs(base) not in (0, 1) and (bits - 1) * abs(exponent) > MAX_BITS:
            raise TooComplexError(f"a number of more than {MAX_BITS} bits")
        if base == 0 and exponent <= 0:
            raise _NotExactError
        return self._postfix(_bounded(base ** int(exponent)))

    def _postfix(self, value: Fraction) -> Fraction:
        if self.peek() == "!" and self.peek(1) == "!":
            raise _NotExactError
        return _factorial(value) if self.take("!") else value

    def _atom(self, depth: int) -> Fraction:
        lexeme = self.peek()
        if lexeme and is_number(lexeme):
            return self._number(lexeme)
        self.at += 1
        if lexeme == "(":
            value = self.sum(depth + 1)
            self.need(")")
            return value
        if lexeme == "\\frac":
            top, bottom = self._argument(depth), self._argument(depth)
            return _bounded(top / bottom)
        if lexeme == "\\binom":
            return _binomial(self._argument(depth), self._argument(depth))
        if lexeme == "\\sqrt" and self.peek() == "{":
            return _root(self._argument(depth))
        raise _NotExactError

    def _argument(self, depth: int) -> Fraction:
        self.need("{")
        value = self.sum(depth + 1)
        self.need("}")
        return value

    def _number(self, lexeme: str) -> Fraction:
        self.at += 1
        if self.peek() == "\\overline":
            return self._repeating(lexeme)
        value = literal(lexeme)
        if value.denominator == 1 and lexeme.isdecimal():
            return value + self._mixed()
        return value

    def _mixed(self) -> Fraction:
        r"""The fraction of `1\frac{1}{2}` or `1 1/2`; 0 where there is none."""
        following = self.tokens[self.at : self.at + 7]
        if len(following) == 7 and following[0] == "\\frac" and following[1] == following[4] == "{":
            top, bottom, used = following[2], following[5], 7
        elif len(following) >= 4 and following[0] == " " and following[2] == "/":
            top, bottom, used = following[1], following[3], 4
        else:
            return Fraction(0)
        if not (top.isdecimal() and bottom.isdecimal() and 0 < int(top) < int(bottom)):
            raise _NotExactError
        self.at += used
        return Fraction(int(top), int(bottom))

    def _repeating(self, lexeme: str) -> Fraction:
        r"""`0.1\overline{6}`: the digits under the bar repeat for ever."""
        following = self.tokens[self.at : self.at + 4]
        if len(following) != 4 or following[1] != "{" or not following[2].isdecimal():
            raise _NotExactError
        if "." not in lexeme or not lexeme.replace(".", "").isdecimal():
            raise _NotExactError
        self.at += 4
        places = len(lexeme.partition(".")[2])
        period = following[2]
        tail = Fraction(int(period), (10 ** len(period) - 1) * 10**places)
        return literal(lexeme) + tail


def _factorial(value: Fraction) -> Fraction:
    if value.denominator != 1 or value < 0:
        raise _NotExactError
    if value > MAX_FACTORIAL:
        raise TooComplexError(f"a factorial beyond {MAX_FACTORIAL}!")
    return Fraction(math.factorial(int(value)))


def _binomial(top: Fraction, bottom: Fraction) -> Fraction:
    if top.denominator != 1 or bottom.denominator != 1 or top < 0 or bottom < 0:
        raise _NotExactError
    if top > MAX_BINOMIAL or min(bottom, top - bottom) > MAX_FACTORIAL:
        raise TooComplexError(f"a binomial coefficient beyond {MAX_BINOMIAL} or {MAX_FACTORIAL}")
    return _bounded(Fraction(math.comb(int(top), int(bottom))))


def _root(value: Fraction) -> Fraction:
    if value < 0:
        raise _NotExactError
    root = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
    if root * root != value:
        raise _NotExactError
    return root
