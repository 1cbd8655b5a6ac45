"""Pure: one kind of answer as another, where a comparison needs it."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.math.answers import (
    Answer,
    Brackets,
    Equation,
    Expression,
    Matrix,
    Number,
    Percent,
    Quantity,
    Ratio,
    Several,
    Text,
)
from verifier.math.grammar import parse
from verifier.math.tree import symbols
from verifier.math.units import CELSIUS, FAHRENHEIT
from verifier.math.vectors import components
from verifier.math.words import MAX_PRODUCT

if TYPE_CHECKING:
    from verifier.math.units import Unit

_TWO = 2
_INDEX = re.compile(r"_\{[^{}]*\}")
_KELVIN = (("K", 1),)
_ZERO_CELSIUS = Fraction("273.15")
_ZERO_FAHRENHEIT = Fraction("459.67")
_WRITABLE_BITS = 1_200
_INDEXED = re.compile(r"([A-Za-z])_\{?\w\}?")
_ARGUMENT = re.compile(r"([A-Za-z])\(([A-Za-z])\)")


def writable(answer: Answer) -> str:
    """LaTeX for the symbolic engine; a number is written plainly, however it was typed."""
    if not isinstance(answer, Number):
        return answer.latex
    top, bottom = answer.value.numerator, answer.value.denominator
    if max(top.bit_length(), bottom.bit_length()) > _WRITABLE_BITS:
        return answer.latex
    return str(top) if bottom == 1 else f"{'-' if top < 0 else ''}\\frac{{{abs(top)}}}{{{bottom}}}"


def is_product(text: Text, other: Expression) -> bool:
    """Whether a short word such as `xy` may be a product, seeing that the other side is algebra."""
    return (
        text.latex.isalpha()
        and text.latex.islower()
        and len(text.latex) <= MAX_PRODUCT
        and len(other.latex) > 1
    )


def hundredths(answer: Answer) -> Answer:
    """A percentage as the number it stands for; anything else as it is."""
    if not isinstance(answer, Percent):
        return answer
    amount = answer.amount
    if isinstance(amount, Number):
        written = amount.decimal
        shifted = replace(written, places=written.places + 2) if written else None
        return Number(answer.latex, amount.value / 100, shifted)
    return Expression(f"\\frac{{{amount.latex}}}{{100}}")


def converted(quantity: Quantity, unit: Unit) -> Answer:
    """The amount in another unit of the same dimension."""
    factor = quantity.unit.factor / unit.factor
    if isinstance(quantity.amount, Number):
        return Number(quantity.latex, quantity.amount.value * factor)
    return Expression(
        f"\\frac{{{factor.numerator}}}{{{factor.denominator}}}({quantity.amount.latex})"
    )


def in_kelvin(quantity: Quantity) -> Answer | None:
    """A temperature on the absolute scale; None where it is no temperature or no number."""
    amount, unit = quantity.amount, quantity.unit
    if not isinstance(amount, Number):
        return None
    if unit == CELSIUS:
        return Number(quantity.latex, amount.value + _ZERO_CELSIUS)
    if unit == FAHRENHEIT:
        return Number(quantity.latex, (amount.value + _ZERO_FAHRENHEIT) * Fraction(5, 9))
    kelvin = unit.dimension == _KELVIN
    return Number(quantity.latex, amount.value * unit.factor) if kelvin else None


def labels(several: Several) -> tuple[str, ...]:
    """The labels of `x=1,y=2`, where every element has one and all are different."""
    found = tuple(e.label for e in several.elements if isinstance(e, Equation) and e.label)
    different = len(found) == len(several.elements) == len(set(found)) > 1
    return found if different else ()


def spread(answer: Answer, other: Answer) -> Answer:
    """An answer as several, where it can be and the other side is: `(x,y)=(1,2)`, `100,200`."""
    if not isinstance(other, Several | Brackets):
        return answer
    if isinstance(answer, Several) and isinstance(other, Several):
        return _roots(answer, other)
    if isinstance(answer, Number) and answer.groups:
        return Several("", tuple(Number(str(g), g) for g in answer.groups), braced=False)
    if isinstance(answer, Equation) and answer.label.startswith("(") and len(answer.sides) == 1:
        names, value = answer.label[1:-1].split(","), answer.sides[0]
        if (
            isinstance(value, Brackets)
            and isinstance(other, Several)
            and len(names) == len(value.elements)
        ):
            pairs = zip(names, value.elements, strict=True)
            return Several(
                "", tuple(Equation(f"{n}={v.latex}", n, (v,)) for n, v in pairs), braced=False
            )
    return answer


def _roots(answer: Several, other: Several) -> Several:
    """`x_1=1,x_2=2` as `x=1,x=2`, where the other side says that all are values of one x."""
    names = {e.label for e in other.elements if isinstance(e, Equation)}
    indexed = [_INDEXED.fullmatch(name) for name in labels(answer)]
    if len(names) != 1 or not indexed or {m and m[1] for m in indexed} != names:
        return answer
    name = names.pop()
    each = tuple(replace(e, label=name) for e in answer.elements if isinstance(e, Equation))
    return Several(answer.latex, each, braced=False, joined_by_or=True)


def vector(answer: Answer, other: Answer) -> Answer:
    r"""A matrix of one column or row, or `2i+3j`, as a tuple where the other side is one."""
    if isinstance(other, Matrix):
        return _rows(answer)
    if not isinstance(other, Brackets):
        return answer
    if isinstance(answer, Expression):
        parts = components(answer.latex, len(other.elements))
        return Brackets(answer.latex, other.left, other.right, parts) if parts else answer
    square = (other.left, other.right) == ("[", "]")
    if not isinstance(answer, Matrix) or (other.kind == "interval" and not square):
        return answer
    narrow = len(answer.rows) == 1 or all(len(row) == 1 for row in answer.rows)
    cells = tuple(cell for row in answer.rows for cell in row)
    return Brackets(answer.latex, other.left, other.right, cells) if narrow else answer


def _rows(answer: Answer) -> Answer:
    """`[[1,2],[3,4]]` and `2i+3j` as matrices."""
    if isinstance(answer, Expression):
        parts = components(answer.latex, 0)
        return Matrix(answer.latex, tuple((part,) for part in parts), "matrix") if parts else answer
    if not isinstance(answer, Brackets) or answer.left != "[":
        return answer
    rows = tuple(row.elements for row in answer.elements if isinstance(row, Brackets))
    return Matrix(answer.latex, rows, "matrix") if len(rows) == len(answer.elements) else answer


def described(answer: Answer) -> Answer:
    """The value in `x+y=5` or `AB:BC=2:3`, where one side only describes what the other is."""
    if not isinstance(answer, Equation) or answer.label or len(answer.sides) != _TWO:
        return answer
    for name, value in (answer.sides, answer.sides[::-1]):
        bare = _INDEX.sub("", name.latex)
        kinds = Expression | Text | Ratio
        names = isinstance(name, kinds) and not any(map(str.isdigit, bare))
        if names and not _is_constant(name) and _is_constant(value):
            return value
    return answer


def _is_constant(answer: Answer) -> bool:
    if isinstance(answer, Expression):
        try:
            return not symbols(parse(answer.latex))
        except ValueError:
            return False
    if isinstance(answer, Ratio):
        return bool(answer.parts)
    return isinstance(answer, Number | Percent | Quantity)


def rename_argument(equation: Equation, label: str) -> Equation:
    """`f(t)=t^2` as `f(x)=x^2`, where only the name of the argument differs."""
    ours, theirs = _ARGUMENT.fullmatch(equation.label), _ARGUMENT.fullmatch(label)
    if not ours or not theirs or ours[1] != theirs[1] or ours[2] == theirs[2]:
        return equation
    if not all(
        isinstance(side, Expression | Number) and theirs[2] not in side.latex
        for side in equation.sides
    ):
        return equation
    name = re.compile(rf"(?<![A-Za-z\\]){ours[2]}(?![A-Za-z])")
    sides = tuple(
        Expression(name.sub(theirs[2], s.latex)) if isinstance(s, Expression) else s
        for s in equation.sides
    )
    return Equation(equation.latex, label, sides)
