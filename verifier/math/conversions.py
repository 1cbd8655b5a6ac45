"""Pure: one kind of answer as another, where a comparison needs it."""

from __future__ import annotations

import re
from dataclasses import replace

from verifier.math.answers import (
    Answer,
    Brackets,
    Equation,
    Expression,
    Matrix,
    Number,
    Percent,
    Quantity,
    Several,
    Text,
)
from verifier.math.words import MAX_PRODUCT

_WRITABLE_BITS = 1_200
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


def in_base_unit(quantity: Quantity) -> Answer:
    """The amount in the unit that its dimension is measured in."""
    factor = quantity.unit.factor
    if isinstance(quantity.amount, Number):
        return Number(quantity.latex, quantity.amount.value * factor)
    return Expression(
        f"\\frac{{{factor.numerator}}}{{{factor.denominator}}}({quantity.amount.latex})"
    )


def labels(several: Several) -> tuple[str, ...]:
    """The labels of `x=1,y=2`, where every element has one and all are different."""
    found = tuple(e.label for e in several.elements if isinstance(e, Equation) and e.label)
    different = len(found) == len(several.elements) == len(set(found)) > 1
    return found if different else ()


def spread(answer: Answer, other: Answer) -> Answer:
    """An answer as several, where it can be and the other side is: `(x,y)=(1,2)`, `100,200`."""
    if not isinstance(other, Several | Brackets):
        return answer
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


def vector(answer: Answer, other: Answer) -> Answer:
    """A matrix of one column or row as a tuple, where the other side is written as one."""
    if not isinstance(answer, Matrix) or not isinstance(other, Brackets):
        return answer
    if other.kind == "interval" and (other.left, other.right) != ("[", "]"):
        return answer
    cells = tuple(cell for row in answer.rows for cell in row)
    if len(answer.rows) != 1 and any(len(row) != 1 for row in answer.rows):
        return answer
    return Brackets(answer.latex, other.left, other.right, cells)


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
