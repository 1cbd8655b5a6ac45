r"""Pure: whether the fractions and square roots of an answer are written in lowest terms."""

from __future__ import annotations

import math
import re

# Longer numbers are no answer that anyone would ask to simplify.
_FRACTION = re.compile(
    r"\\frac\{-?(\d{1,18})\}\{-?(\d{1,18})\}|(?<![\d./])(\d{1,18})/(\d{1,18})(?![\d./])"
)
_ROOT = re.compile(r"\\sqrt\{(\d{1,9})\}")
_SQUARES = tuple(n * n for n in range(2, 1000))


def is_simple(latex: str) -> bool:
    """Whether no fraction of whole numbers reduces and no root of one has a square factor.

    `latex` is an answer's canonical LaTeX. Square factors are looked for up to 999 squared.
    """
    for match in _FRACTION.finditer(latex):
        top, bottom = (int(digits) for digits in match.groups() if digits)
        if math.gcd(top, bottom) != 1 or bottom == 1:
            return False
    for match in _ROOT.finditer(latex):
        number = int(match[1])
        if number in (0, 1) or any(number % square == 0 for square in _SQUARES if square <= number):
            return False
    return True
