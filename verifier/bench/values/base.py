r"""What a made value is, and the pieces that values are written with."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations, product
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    Maker: TypeAlias = Callable[[Random], "Sample"]

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Sample:
    """Texts that all say the same, and texts none of which says that."""

    spellings: tuple[str, ...]
    others: tuple[str, ...]
    unread: tuple[str, ...] = ()
    """Texts that say the same, which is not understood yet."""

    def some(self, rng: Random, spellings: int, others: int) -> Sample:
        """The same value with only some of its spellings and of what differs from it."""
        return Sample(
            tuple(rng.sample(self.spellings, min(spellings, len(self.spellings)))),
            tuple(rng.sample(self.others, min(others, len(self.others)))),
        )


def flaws(
    sample: Sample, equal: Callable[[str, str], float | None]
) -> Iterator[tuple[str, str, bool]]:
    """Pairs that are not judged as they should be, as gold, answer and whether they are equal.

    Args:
        sample: a value.
        equal: the score of an answer against a gold.
    """
    for gold, answer in permutations(sample.spellings, 2):
        if equal(gold, answer) != 1:
            yield gold, answer, True
    for one, other in product(sample.spellings, sample.others):
        for gold, answer in ((one, other), (other, one)):
            if equal(gold, answer) == 1:
                yield gold, answer, False


def nonzero(rng: Random, limit: int) -> int:
    """An integer that is not 0."""
    return rng.choice((-1, 1)) * rng.randint(1, limit)


def reduced(rng: Random, limit: int) -> Fraction:
    """A fraction that is no integer."""
    bottom = rng.randint(2, limit)
    top = rng.randint(1, limit)
    while top % bottom == 0:
        top += 1
    return Fraction(top, bottom)


def frac(value: Fraction, command: str = "frac") -> str:
    """A fraction in LaTeX."""
    sign = "-" if value < 0 else ""
    return f"{sign}\\{command}{{{abs(value.numerator)}}}{{{value.denominator}}}"


def plus(number: int, *, unit: str = "") -> str:
    """`+3x`, `-x`, or nothing for 0."""
    if number == 0:
        return ""
    digits = "" if unit and abs(number) == 1 else str(abs(number))
    return f"{'-' if number < 0 else '+'}{digits}{unit}"


def led(text: str) -> str:
    """A sum without a plus before it; 0 where nothing is left."""
    return text.removeprefix("+") or "0"
