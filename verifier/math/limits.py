"""What is refused before anything is parsed, so that no answer can make a reader slow."""

from __future__ import annotations

MAX_CHARS = 2_000
"""Characters of an answer or a reference."""
MAX_TOKENS = 1_000
"""Tokens (numbers, words, commands, signs) of an answer or a reference."""
MAX_DEPTH = 24
"""Nested brackets, braces and unbraced arguments."""
MAX_SYMBOLIC_DEPTH = 12
"""The same on the way to the symbolic engine; its parser takes 0.5 s at 12 and minutes at 24."""
MAX_DIGITS = 400
"""Digits of one number as written."""
MAX_EXPONENT = 10_000
"""The absolute value of a numeric exponent."""
MAX_BITS = 40_000
"""Bits of a numerator or denominator while computing exactly."""
MAX_FACTORIAL = 3_000
"""The argument of a factorial, and the lesser lower argument of a binomial coefficient."""
MAX_BINOMIAL = 10_000_000
"""The upper argument of a binomial coefficient."""
MAX_ELEMENTS = 64
"""Elements of a list, set, tuple or matrix."""


class TooComplexError(ValueError):
    """The text is beyond one of the limits above; the message says which."""
