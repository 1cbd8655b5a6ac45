"""What an answer can be, once read: one small frozen type per kind."""

# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from fractions import Fraction

    from verifier.math.exact import Decimal
    from verifier.math.units import Unit


@dataclass(frozen=True, slots=True)
class Number:
    """An exact rational number; `decimal` says how it was written, where that was a decimal."""

    latex: str
    value: Fraction
    decimal: Decimal | None = None
    groups: tuple[Fraction, ...] = ()
    """`100,200` may also be meant as a list: its parts, where the comma makes it ambiguous."""
    kind = "number"


@dataclass(frozen=True, slots=True)
class Expression:
    """Anything that only algebra can compare."""

    latex: str
    kind = "expression"


@dataclass(frozen=True, slots=True)
class Percent:
    """So many hundredths."""

    latex: str
    amount: Answer
    kind = "percent"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A magnitude with its unit; `certain` is false where the unit may be a variable (`3 m`)."""

    latex: str
    amount: Answer
    unit: Unit
    certain: bool = True
    kind = "quantity"


@dataclass(frozen=True, slots=True)
class Equation:
    """Sides joined by equals signs; `label` is what is being given a value, where there is one."""

    latex: str
    label: str
    sides: tuple[Answer, ...]
    """Without a label all sides, with one those after it."""
    kind = "equation"


@dataclass(frozen=True, slots=True)
class Inequality:
    """A chain such as `1<x<=2`."""

    latex: str
    sides: tuple[Answer, ...]
    signs: tuple[str, ...]
    kind = "inequality"


@dataclass(frozen=True, slots=True)
class Brackets:
    """Ordered elements between brackets: a tuple, a point, a vector or an interval."""

    latex: str
    left: str
    right: str
    elements: tuple[Answer, ...]

    @property
    def kind(self) -> Literal["tuple", "interval"]:
        """`(1,2)` counts as a tuple; square or mixed brackets and infinite ends as an interval."""
        infinite = any("\\infty" in element.latex for element in self.elements)
        if len(self.elements) == 2 and (infinite or "[" in self.left or "]" in self.right):
            return "interval"
        return "tuple"


@dataclass(frozen=True, slots=True)
class Union:
    """Intervals or sets joined by union signs, in any order."""

    latex: str
    parts: tuple[Answer, ...]
    kind = "interval"


@dataclass(frozen=True, slots=True)
class Several:
    """Elements in any order: a set in braces, or a bare list of solutions."""

    latex: str
    elements: tuple[Answer, ...]
    braced: bool
    joined_by_or: bool = False

    @property
    def kind(self) -> Literal["set", "list"]:
        """`set` with braces, `list` without."""
        return "set" if self.braced else "list"


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of entries; `shape` is `matrix` or `cases`."""

    latex: str
    rows: tuple[tuple[Answer, ...], ...]
    shape: Literal["matrix", "cases"]
    kind = "matrix"


@dataclass(frozen=True, slots=True)
class Ratio:
    """`3:4`, or a time of day such as `12:30`, which does not reduce."""

    latex: str
    parts: tuple[Fraction, ...]
    clock: bool
    half: Literal["", "am", "pm"] = ""
    terms: tuple[str, ...] = ()
    """The LaTeX of parts that are no numbers, as in `1:\\sqrt{2}`; `parts` is empty then."""

    @property
    def kind(self) -> Literal["ratio", "time"]:
        """`time` where it says am or pm, so that it can be nothing else."""
        return "time" if self.half else "ratio"


@dataclass(frozen=True, slots=True)
class Based:
    """A numeral in another base than ten."""

    latex: str
    value: Fraction
    base: int
    kind = "base"


@dataclass(frozen=True, slots=True)
class Date:
    """A day of the calendar; what is 0 was left out, and all 0 is a date that can be two."""

    latex: str
    year: int
    month: int
    day: int
    kind = "date"


@dataclass(frozen=True, slots=True)
class Figure:
    """An angle, triangle, segment, line or ray by the canonical name of its points."""

    latex: str
    shape: str
    points: str
    kind = "figure"


@dataclass(frozen=True, slots=True)
class Boolean:
    """Yes and true, or no and false."""

    latex: str
    value: bool
    words: str
    kind = "boolean"


@dataclass(frozen=True, slots=True)
class Choice:
    """The letter of a multiple choice, case exact."""

    latex: str
    letter: str
    kind = "choice"


@dataclass(frozen=True, slots=True)
class Text:
    """Words, never algebra; `words` is what is compared, `exact` keeps the case."""

    latex: str
    words: str
    exact: str = ""
    kind = "text"


Answer: TypeAlias = (
    Number
    | Expression
    | Percent
    | Quantity
    | Equation
    | Inequality
    | Brackets
    | Union
    | Several
    | Matrix
    | Ratio
    | Based
    | Date
    | Figure
    | Boolean
    | Choice
    | Text
)


class UnreadableError(ValueError):
    """There is nothing there to compare; the message says what is missing."""
