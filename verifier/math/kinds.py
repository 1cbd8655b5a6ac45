"""Pure: which readings can be of the type that a reference declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.math.answers import Answer, Choice, Expression, Number, Several, UnreadableError

if TYPE_CHECKING:
    from verifier.model import AnswerType

_COMPATIBLE: dict[str, frozenset[str]] = {
    "number": frozenset(("number", "expression", "percent", "quantity", "ratio")),
    "percent": frozenset(("percent", "number", "expression")),
    "quantity": frozenset(("quantity", "number", "expression", "ratio")),
    "expression": frozenset(
        ("expression", "number", "percent", "quantity", "matrix", "interval", "base")
    ),
    "equation": frozenset(("equation", "list")),
    "inequality": frozenset(("inequality", "list")),
    "set": frozenset(("set", "list", "inequality", "interval")),
    "list": frozenset(("list", "set", "tuple", "interval", "number", "expression")),
    "tuple": frozenset(("tuple", "interval", "matrix", "equation")),
    "interval": frozenset(("interval", "tuple", "inequality", "set", "list", "expression")),
    "matrix": frozenset(("matrix", "tuple", "interval", "expression")),
    "ratio": frozenset(("ratio", "number", "expression")),
    "time": frozenset(("time", "ratio")),
    "date": frozenset(("date",)),
    "base": frozenset(("base", "number")),
    "figure": frozenset(("figure",)),
    "boolean": frozenset(("boolean",)),
}


def conform(found: Answer, expected: AnswerType) -> Answer:
    """The reading as the declared type, where it can be one."""
    if isinstance(found, Choice):
        found = Expression(found.letter)
    if expected == "list" and isinstance(found, Number) and found.groups:
        return Several(found.latex, tuple(Number(str(g), g) for g in found.groups), braced=False)
    if found.kind not in _COMPATIBLE[expected]:
        raise UnreadableError(f"it is declared as {expected} but reads as {found.kind}")
    return found
