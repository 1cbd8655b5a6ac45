"""Pure: test expressions evaluated over plain data, step by step; nothing is ever compiled.

An expression is evaluated twice. First with every call of the program's functions unknown: that
notes the calls and their arguments. Then with what they returned.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, cast

from verifier.code import operations
from verifier.code.bindings import UNKNOWN, Candidate, Deferred, Unusable, bound
from verifier.code.functions import FUNCTIONS, MATH, METHOD_NAMES, TYPES, call_method
from verifier.code.operations import RefusedError, iterate, size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from verifier.code.bindings import Scope, Site


class Evaluator:
    """Evaluates expressions; subclasses say what a call of the program gives.

    Args:
        work: how many steps and parts of values may be looked at in all.
    """

    def __init__(self, work: int) -> None:
        self._work = work
        self._path: tuple[int, ...] = ()
        self._blind = False
        self.statement = 0
        """The number of the statement that is evaluated."""

    def called(self, site: Site, entry: str, args: list[object], named: Scope) -> object:
        """What a call of the program gives."""
        raise NotImplementedError

    def deferred(self, variable: Deferred) -> object:
        """What a variable gives whose value depends on a call."""
        raise NotImplementedError

    def looked_at(self, value: object) -> object:
        """A value that a name or a subscript gave."""
        return value

    def value(self, node: ast.expr, scope: Scope) -> object:
        """The value of an expression, `UNKNOWN` where that is not known yet.

        Raises:
            RefusedError: the expression is not one of those supported, or is too much work.
            Exception: what Python would raise.
        """
        self.spend(1)
        handler = _HANDLERS.get(type(node))
        if handler is None:
            raise RefusedError(f"{type(node).__name__} is not supported")
        return cast("object", getattr(self, handler)(node, scope))

    def spend(self, work: int) -> None:
        """Count work.

        Raises:
            RefusedError: it was too much.
        """
        self._work -= work
        if self._work < 0:
            raise RefusedError("the tests are too much work")

    def _measured(self, value: object) -> object:
        if value is not UNKNOWN:
            self.spend(size(value))
        return value

    def _values(self, nodes: Iterable[ast.expr], scope: Scope) -> list[object]:
        found: list[object] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                several = self.value(node.value, scope)
                found += [UNKNOWN] if several is UNKNOWN else iterate(several)
            else:
                found.append(self.value(node, scope))
        return found

    # One for each kind of expression.

    def _constant(self, node: ast.Constant, _scope: Scope) -> object:
        if node.value is Ellipsis:
            raise RefusedError("... is not supported")
        return node.value

    def _name(self, node: ast.Name, scope: Scope) -> object:
        if node.id not in scope:
            raise RefusedError(f"the name {node.id} is not known")
        found = scope[node.id]
        if isinstance(found, Deferred):
            return self.deferred(found)
        if isinstance(found, Candidate | Unusable):
            raise RefusedError(f"{node.id} is used as more than data")
        return self.looked_at(found)

    def _attribute(self, node: ast.Attribute, scope: Scope) -> object:
        if _is_math(node.value, scope) and isinstance(MATH.get(node.attr), float):
            return MATH[node.attr]
        raise RefusedError(f"the attribute {node.attr} is not supported")

    def _display(self, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> object:
        parts = self._values(node.elts, scope)
        if UNKNOWN in parts:
            return UNKNOWN
        made = {ast.List: list, ast.Tuple: tuple}.get(type(node))
        return self._measured(made(parts) if made else set(operations.hashable(parts)))

    def _dict(self, node: ast.Dict, scope: Scope) -> object:
        if None in node.keys:
            raise RefusedError("** in a dict is not supported")
        keys = self._values(cast("list[ast.expr]", node.keys), scope)
        parts = self._values(node.values, scope)
        if UNKNOWN in keys or UNKNOWN in parts:
            return UNKNOWN
        return self._measured(dict(zip(keys, parts, strict=True)))

    def _binary(self, node: ast.BinOp, scope: Scope) -> object:
        one, two = self.value(node.left, scope), self.value(node.right, scope)
        if type(node.op) not in operations.OPERATORS or (
            isinstance(node.op, ast.Mod) and isinstance(one, str | bytes)
        ):
            raise RefusedError(f"the operator {type(node.op).__name__} is not supported")
        if one is UNKNOWN or two is UNKNOWN:
            return UNKNOWN
        return self._measured(operations.binary(type(node.op), one, two))

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> object:
        one = self.value(node.operand, scope)
        return UNKNOWN if one is UNKNOWN else operations.unary(type(node.op), one)

    def _bool(self, node: ast.BoolOp, scope: Scope) -> object:
        unknown = False
        found: object = None
        for operand in node.values:
            found = self.value(operand, scope)
            if found is UNKNOWN:
                # What comes after may have calls too, and whether they are made is not known.
                unknown = True
            elif not unknown and bool(found) is isinstance(node.op, ast.Or):
                return found
        return UNKNOWN if unknown else found

    def _compare(self, node: ast.Compare, scope: Scope) -> object:
        one = self.value(node.left, scope)
        unknown = one is UNKNOWN
        for operator, left, right in zip(
            node.ops, [node.left, *node.comparators], node.comparators, strict=False
        ):
            two = self.value(right, scope)
            if isinstance(operator, ast.Is | ast.IsNot) and not (_single(left) or _single(right)):
                raise RefusedError("`is` compares to None, True and False only")
            unknown = unknown or two is UNKNOWN
            if not unknown:
                self.spend(size(one) + size(two))
                if not operations.compare(type(operator), one, two):
                    return False
            one = two
        return UNKNOWN if unknown else True

    def _if(self, node: ast.IfExp, scope: Scope) -> object:
        test = self.value(node.test, scope)
        if test is UNKNOWN:
            raise RefusedError("a condition depends on a call")
        return self.value(node.body if test else node.orelse, scope)

    def _subscript(self, node: ast.Subscript, scope: Scope) -> object:
        one = self.value(node.value, scope)
        if isinstance(node.slice, ast.Slice):
            ends = [node.slice.lower, node.slice.upper, node.slice.step]
            bounds = [None if end is None else self.value(end, scope) for end in ends]
            if one is UNKNOWN or UNKNOWN in bounds:
                return UNKNOWN
            if not isinstance(one, str | bytes | list | tuple | range):
                raise TypeError(f"{type(one).__name__} has no slices")
            return self._measured(one[slice(*cast("list[int | None]", bounds))])
        index = self.value(node.slice, scope)
        if one is UNKNOWN or index is UNKNOWN:
            return UNKNOWN
        if not isinstance(one, str | bytes | list | tuple | range | dict):
            raise TypeError(f"{type(one).__name__} has no items")
        return self.looked_at(cast("dict[object, object]", one)[index])

    def _call(self, node: ast.Call, scope: Scope) -> object:
        function = node.func
        if isinstance(function, ast.Name):
            known = scope.get(function.id)
            if isinstance(known, Candidate):
                return self._candidate(known, node, scope)
            if known is None and function.id == "isinstance":
                return self._isinstance(node, scope)
            if known is None and function.id in FUNCTIONS:
                return self._apply(FUNCTIONS[function.id], node, scope)
        elif isinstance(function, ast.Attribute):
            if _is_math(function.value, scope) and callable(MATH.get(function.attr)):
                found = MATH[function.attr]
                return self._apply(cast("Callable[..., object]", found), node, scope)
            if function.attr in METHOD_NAMES and not node.keywords:
                one = self.value(function.value, scope)
                arguments = self._arguments(node, scope)[0]
                if one is UNKNOWN or UNKNOWN in arguments:
                    return UNKNOWN
                self.spend(size(one))
                return self._measured(call_method(one, function.attr, arguments))
        raise RefusedError(f"the call {ast.unparse(function)[:60]}() is not supported")

    def _candidate(self, candidate: Candidate, node: ast.Call, scope: Scope) -> object:
        if any(isinstance(argument, ast.GeneratorExp) for argument in node.args):
            raise RefusedError("a generator is passed to the program")
        args, named = self._arguments(node, scope)
        if UNKNOWN in args or UNKNOWN in named.values():
            raise RefusedError("an argument depends on another call")
        if self._blind:
            raise RefusedError("a loop over what a call returns has calls in it")
        site = (self.statement, id(node), self._path)
        return self.called(site, candidate.entry, args, named)

    def _apply(self, function: Callable[..., object], node: ast.Call, scope: Scope) -> object:
        args, named = self._arguments(node, scope)
        if UNKNOWN in args or UNKNOWN in named.values():
            return UNKNOWN
        for argument in args:
            self.spend(size(argument))
        return self._measured(function(*args, **named))

    def _arguments(self, node: ast.Call, scope: Scope) -> tuple[list[object], dict[str, object]]:
        named = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise RefusedError("** in a call is not supported")
            named[keyword.arg] = self.value(keyword.value, scope)
        return self._values(node.args, scope), named

    def _isinstance(self, node: ast.Call, scope: Scope) -> object:
        one, kinds = node.args
        names = kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]
        wanted = [TYPES.get(name.id) for name in names if isinstance(name, ast.Name)]
        if None in wanted or len(wanted) != len(names):
            raise RefusedError("isinstance asks for a type that is not plain data")
        found = self.value(one, scope)
        return UNKNOWN if found is UNKNOWN else isinstance(found, tuple(filter(None, wanted)))

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope
    ) -> object:
        parts = self._loop(node.generators, [node.elt], scope)
        if parts is None:
            return UNKNOWN
        listed = [part for (part,) in parts]
        if isinstance(node, ast.SetComp):
            return self._measured(set(operations.hashable(listed)))
        return self._measured(listed if isinstance(node, ast.ListComp) else operations.Lazy(listed))

    def _dict_comprehension(self, node: ast.DictComp, scope: Scope) -> object:
        parts = self._loop(node.generators, [node.key, node.value], scope)
        if parts is None:
            return UNKNOWN
        operations.hashable(key for key, _ in parts)
        return self._measured(dict(cast("list[tuple[object, object]]", parts)))

    def _loop(
        self, generators: list[ast.comprehension], elements: list[ast.expr], scope: Scope
    ) -> list[list[object]] | None:
        """The elements of each iteration, or None where they are not known."""
        outside = self._path
        try:
            found = list(self._iterations(generators, elements, dict(scope)))
        finally:
            self._path = outside
        return None if any(UNKNOWN in parts for parts in found) else found

    def _iterations(
        self,
        generators: list[ast.comprehension],
        elements: list[ast.expr],
        scope: dict[str, object],
    ) -> Iterator[list[object]]:
        if not generators:
            yield [self.value(element, scope) for element in elements]
            return
        first, *rest = generators
        outside, blind = self._path, self._blind
        parts = self.value(first.iter, scope)
        if parts is UNKNOWN:
            # Once, to see that all of it is supported; how often it will be is not known.
            parts, self._blind = [UNKNOWN], True
        for number, part in enumerate(iterate(parts)):
            self._path = (*outside, number)
            scope.update(bound(first.target, part))
            conditions = [self.value(condition, scope) for condition in first.ifs]
            if UNKNOWN in conditions and not self._blind:
                raise RefusedError("a condition depends on a call")
            if all(conditions):
                yield from self._iterations(rest, elements, scope)
        self._path, self._blind = outside, blind


def _single(node: ast.expr) -> bool:
    """Whether it is one of the values that exist only once."""
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


def _is_math(node: ast.expr, scope: Scope) -> bool:
    return isinstance(node, ast.Name) and node.id == "math" and "math" not in scope


_HANDLERS: Mapping[type[ast.expr], str] = {
    ast.Attribute: "_attribute",
    ast.BinOp: "_binary",
    ast.BoolOp: "_bool",
    ast.Call: "_call",
    ast.Compare: "_compare",
    ast.Constant: "_constant",
    ast.Dict: "_dict",
    ast.DictComp: "_dict_comprehension",
    ast.GeneratorExp: "_comprehension",
    ast.IfExp: "_if",
    ast.List: "_display",
    ast.ListComp: "_comprehension",
    ast.Name: "_name",
    ast.Set: "_display",
    ast.SetComp: "_comprehension",
    ast.Subscript: "_subscript",
    ast.Tuple: "_display",
    ast.UnaryOp: "_unary",
}
