"""Pure: Python test code turned into calls of the program and checks of what they return.

What converts never runs as code: the program gets the calls, and the asserts are evaluated out of
its reach. All of the test code converts or none of it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from sandbox.types import Call
from verifier.code.bindings import UNKNOWN, UNUSABLE, Candidate, Deferred, Unknown, bound
from verifier.code.expressions import Evaluator
from verifier.code.operations import Foreign, Lazy, RefusedError, iterate
from verifier.code.tests import BadTests
from verifier.errors import describe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.values import Value
    from verifier.code.bindings import Scope, Site

MAX_CODE_CHARS = 1_000_000
_MAX_CALLS = 10_000
_RECORDING_WORK = 2_000_000
_TEXT_CHARS = 200
_MUTABLE = (list, dict, set)


@dataclass(frozen=True, eq=False, slots=True)
class Assert:
    """One assert: its expression, and how many of the calls have to be done before it."""

    node: ast.expr
    scope: Scope
    statement: int
    needs: int
    """It can be checked once so many of the calls have ended."""

    @property
    def text(self) -> str:
        """The assert as a person reads it, or its beginning."""
        try:
            return ast.unparse(self.node)[:_TEXT_CHARS]
        except RecursionError:
            return "an assert"


@dataclass(frozen=True, eq=False, slots=True)
class Conversion:
    """Test code as calls of one function, and asserts about what they return."""

    entry: str
    calls: tuple[Call, ...]
    asserts: tuple[Assert, ...]
    sites: Mapping[Site, int]


def parse(code: str) -> ast.Module:
    """The syntax tree of test code.

    Raises:
        BadTests: it is not Python, or too long.
    """
    if len(code) > MAX_CODE_CHARS:
        raise BadTests(f"the test code has more than {MAX_CODE_CHARS} characters; split it")
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise BadTests(f"the test code is not Python: {describe(error)}") from error


@lru_cache(maxsize=8)
def convert(code: str, entries: tuple[str, ...]) -> Conversion | str:
    """The test code as calls and asserts, or why that cannot be done.

    Raises:
        BadTests: it is not Python.
    """
    tree = parse(code)
    recorder = _Recorder(entries)
    try:
        recorder.module(tree)
    except RefusedError as refused:
        return str(refused)
    except Exception as error:  # noqa: BLE001 - whatever Python raises in such an expression
        return f"the test code raises {describe(error)}"
    if not recorder.calls or not recorder.asserts:
        return "no assert calls the program directly"
    if len(recorder.entries) > 1:
        return "the tests call several functions"
    return Conversion(
        recorder.entries.pop(), tuple(recorder.calls), tuple(recorder.asserts), recorder.sites
    )


class _Recorder(Evaluator):
    """Runs test code with every call of the program unknown."""

    def __init__(self, entries: tuple[str, ...]) -> None:
        super().__init__(_RECORDING_WORK)
        self.calls: list[Call] = []
        self.asserts: list[Assert] = []
        self.sites: dict[Site, int] = {}
        self.entries: set[str] = set()
        self._candidates: dict[str, object] = {
            entry.rpartition(".")[2]: Candidate(entry) for entry in entries
        }
        self._passed: dict[int, object] = {}

    def called(self, site: Site, entry: str, args: list[object], named: Scope) -> object:
        for value in (*args, *named.values()):
            self._pass(value)
        self.entries.add(entry)
        self.sites[site] = len(self.calls)
        self.calls.append(Call(cast("list[Value]", args), cast("dict[str, Value]", named)))
        if len(self.calls) > _MAX_CALLS:
            raise RefusedError("the tests make too many calls")
        return UNKNOWN

    def _pass(self, value: object) -> None:
        """Note that the program may change it, and that it is data."""
        self.spend(1)
        if isinstance(value, Foreign | Lazy | Unknown | Candidate):
            raise RefusedError("an argument is no plain data")
        if isinstance(value, _MUTABLE):
            self._passed[id(value)] = value
        if isinstance(value, list | tuple | set | frozenset | dict):
            for part in value:
                self._pass(part)
        if isinstance(value, dict):
            for part in value.values():
                self._pass(part)

    def deferred(self, variable: Deferred) -> object:  # noqa: ARG002 - it is not known yet
        return UNKNOWN

    def looked_at(self, value: object) -> object:
        if id(value) in self._passed:
            raise RefusedError("a value is used again that the program may have changed")
        return value

    def module(self, tree: ast.Module) -> None:
        """Run the statements, and then `check` or the functions `test_...` where there are some."""
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        scope = dict(self._candidates) | dict.fromkeys((f.name for f in functions), UNUSABLE)
        self._run([node for node in tree.body if node not in functions], scope)
        checks = [f for f in functions if f.name == "check" and len(f.args.args) == 1]
        for function in checks or [f for f in functions if f.name.startswith("test")]:
            if function.decorator_list or len(function.args.args) != len(checks):
                raise RefusedError(f"the function {function.name} has decorators or fixtures")
            self._function(function, scope)

    def _function(self, function: ast.FunctionDef, scope: dict[str, object]) -> None:
        inside = dict(scope)
        if function.args.args:
            if len(self._candidates) != 1:
                raise RefusedError("`check` takes one function, and several are named")
            inside[function.args.args[0].arg] = next(iter(self._candidates.values()))
        self._run(function.body, inside)

    def _run(self, statements: Sequence[ast.stmt], scope: dict[str, object]) -> None:
        for node in statements:
            self.spend(1)
            self.statement += 1
            handler = _STATEMENTS.get(type(node))
            if handler is None:
                raise RefusedError(f"the statement {type(node).__name__} is not supported")
            getattr(self, handler)(node, scope)

    def _do_assert(self, node: ast.Assert, scope: dict[str, object]) -> None:
        known = self.value(node.test, scope)
        if known is UNKNOWN:
            self.spend(len(scope))
            self.asserts.append(Assert(node.test, dict(scope), self.statement, len(self.calls)))
        elif not known:
            raise RefusedError("an assert fails whatever the program does")

    def _do_assign(self, node: ast.Assign, scope: dict[str, object]) -> None:
        found = self.value(node.value, scope)
        for target in node.targets:
            if found is not UNKNOWN:
                scope.update(bound(target, found))
            elif isinstance(target, ast.Name):
                scope[target.id] = Deferred(node.value, dict(scope), self.statement)
            else:
                raise RefusedError("what a call returns is taken apart by an assignment")

    def _do_for(self, node: ast.For, scope: dict[str, object]) -> None:
        parts = self.value(node.iter, scope)
        if parts is UNKNOWN or node.orelse:
            raise RefusedError("a loop depends on a call")
        for part in iterate(parts):
            scope.update(bound(node.target, part))
            self._run(node.body, scope)

    def _do_if(self, node: ast.If, scope: dict[str, object]) -> None:
        test = self.value(node.test, scope)
        if test is UNKNOWN:
            raise RefusedError("a condition depends on a call")
        self._run(node.body if test else node.orelse, scope)

    def _do_expression(self, node: ast.Expr, _scope: dict[str, object]) -> None:
        value = node.value
        if isinstance(value, ast.Constant | ast.Name) or _calls_check(value):
            return
        # Calls for their effects would lose them between one process and another.
        raise RefusedError("a call's value is not used")

    def _do_import(self, node: ast.Import | ast.ImportFrom, scope: dict[str, object]) -> None:
        for alias in node.names:
            name = (alias.asname or alias.name).partition(".")[0]
            if isinstance(node, ast.ImportFrom) and node.module == "solution":
                scope[name] = self._candidates.setdefault(alias.name, Candidate(alias.name))
            elif name != "math" or alias.name != "math" or isinstance(node, ast.ImportFrom):
                scope[name] = UNUSABLE

    def _do_nothing(self, _node: ast.stmt, _scope: dict[str, object]) -> None:
        """A statement that does nothing by itself."""


def _calls_check(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check"
    )


_STATEMENTS: Mapping[type[ast.stmt], str] = {
    ast.Assert: "_do_assert",
    ast.Assign: "_do_assign",
    ast.Expr: "_do_expression",
    ast.For: "_do_for",
    ast.If: "_do_if",
    ast.Import: "_do_import",
    ast.ImportFrom: "_do_import",
    ast.Pass: "_do_nothing",
}
