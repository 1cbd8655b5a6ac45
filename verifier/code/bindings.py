"""What names stand for in test code, while calls of the program are noted and afterwards."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.code.operations import RefusedError, iterate

if TYPE_CHECKING:
    from collections.abc import Mapping

    Scope = Mapping[str, object]

Site = tuple[int, int, tuple[int, ...]]
"""One call: the statement's number, the node's id, and the iteration of each loop around it."""


class Unknown:
    """What a call will return, while the calls are only noted."""


class Unusable:
    """What a name stands for that only real Python could use: a helper function, a module."""


UNKNOWN = Unknown()
UNUSABLE = Unusable()


@dataclass(frozen=True, eq=False, slots=True)
class Deferred:
    """A variable whose value depends on what a call returns."""

    node: ast.expr
    scope: Scope
    statement: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name in test code that stands for a function of the program."""

    entry: str


def bound(target: ast.expr, value: object) -> dict[str, object]:
    """The names that an assignment of a value gives.

    Raises:
        RefusedError: the target is not a name or a tuple of names.
    """
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, ast.Tuple | ast.List):
        parts = [UNKNOWN] * len(target.elts) if value is UNKNOWN else list(iterate(value))
        if len(parts) != len(target.elts):
            raise ValueError("another number of values than names")
        pairs = zip(target.elts, parts, strict=True)
        return {name: one for part, given in pairs for name, one in bound(part, given).items()}
    raise RefusedError("an assignment is not to plain names")
