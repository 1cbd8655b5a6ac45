"""Test code that does not turn into calls: run by a proxy, or as a last resort in one process."""

from __future__ import annotations

import ast
import secrets
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sandbox.types import Case, Match, Outcome, Program, Suite
from verifier.code.judgement import LIMITS, Judged
from verifier.code.leasing import in_slot
from verifier.code.names import Need, free_names, imported_names, need_of_objects
from verifier.code.tally import Row
from verifier.code.tests import Weighted
from verifier.model import Outcome as Found

if TYPE_CHECKING:
    from sandbox.types import Execution, Slot
    from verifier.code.judgement import Rules
    from verifier.code.leasing import Lease
    from verifier.code.tests import Asserts, Pytest

_REFUSAL = (
    "these tests can only run in the program's own process, where it could tamper with them; "
    "rewrite them as asserts on values, or set `refuse_tamperable: false`"
)


@dataclass(frozen=True, slots=True)
class Ready:
    """Test code, ready to be run beside a program."""

    suite: Suite
    adapters: str
    """What is added to the program: functions in the place of methods."""
    need: Need
    """Of objects: what needs them can only be run in one process with the program."""


def ready(tests: Asserts | Pytest, tree: ast.Module, entries: tuple[str, ...]) -> Ready:
    """The test code of a reference as one program."""
    free = free_names(tree)
    plain = tuple(entry.rpartition(".")[2] for entry in entries)
    if tests.kind == "pytest":
        names = imported_names(tree)
        names = free if "*" in names else names
        suite = Suite(tests.code, names, pytest=True)
        return Ready(suite, "", need_of_objects(tree, names))
    helpers, helped = _helpers(tests.prelude, plain)
    rest = [name for name in free if name not in (*plain, *helped)]
    modules = [name for name in rest if name in sys.stdlib_module_names]
    names = (*plain, *(name for name in rest if name not in modules))
    imports = "".join(f"import {module}\n" for module in modules)
    calls = "".join(f"\n{call}" for call in _missing_calls(tree, plain[0]))
    source = f"{helpers if helped & set(free) else ''}{imports}{tests.source}{calls}"
    return Ready(Suite(source, names), _adapters(entries), need_of_objects(tree, names))


def _helpers(prelude: str, entries: tuple[str, ...]) -> tuple[str, set[str]]:
    """What a task statement defines beside the functions asked for, and its names.

    Tests get these from the statement itself: those in the program may have been changed.
    """
    try:
        tree = ast.parse(prelude)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return "", set()
    definitions = ast.FunctionDef | ast.ClassDef
    kept = [n for n in tree.body if not (isinstance(n, definitions) and n.name in entries)]
    names = {node.name for node in kept if isinstance(node, definitions)}
    return ast.unparse(ast.Module(kept, [])) + "\n", names


def _missing_calls(tree: ast.Module, entry: str) -> list[str]:
    """Calls of the functions that hold the asserts, where the test code leaves them to others."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    called = {
        node.func.id
        for statement in tree.body
        if not isinstance(statement, ast.FunctionDef)
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    wanted = ["check"] if "check" in functions else [n for n in functions if n.startswith("test")]
    return [
        f"{name}({entry})" if functions[name].args.args else f"{name}()"
        for name in wanted
        if name not in called
    ]


def _adapters(entries: tuple[str, ...]) -> str:
    """Functions that call the methods which the tests are about."""
    methods = [entry.replace("().", ".").partition(".") for entry in entries]
    return "".join(
        f"\n\ndef {method}(*args, **kwargs):\n    return {name}().{method}(*args, **kwargs)\n"
        for name, dot, method in methods
        if dot
    )


def judge_suite(lease: Lease, program: Program, tests: Ready, rules: Rules) -> Judged:
    """Run the test code in a process of its own, or in the program's where only that works.

    Raises:
        SandboxFault: nothing can be concluded.
    """
    if tests.need is not Need.YES:
        match = in_slot(lease, program.language, lambda s: _proxied(s, program, tests, rules))
        if match.proxied or tests.need is Need.NO:
            return _judged(rules, _match_row(match), "proxy")
    if rules.refuse_tamperable:
        return Judged.abstained(Found.REFERENCE_INVALID, _REFUSAL, "one_process")
    nonce = secrets.token_hex(16)
    execution = in_slot(
        lease, program.language, lambda s: _in_one_process(s, program, tests, nonce, rules)
    )
    return _judged(rules, _nonce_row(execution, nonce), "one_process")


def _judged(rules: Rules, row: Row, method: str) -> Judged:
    tally = rules.tally([Weighted()])
    tally.add(row)
    return Judged.of(tally, method, "python")


def _proxied(slot: Slot, program: Program, tests: Ready, rules: Rules) -> Match:
    adapted = replace(program, source=program.source + tests.adapters)
    loaded = slot.load(adapted, rules.limits)
    if loaded.outcome is not Outcome.OK:
        return Match(loaded, loaded, passed=False)
    return slot.suite(tests.suite, rules.limits)


def _match_row(match: Match) -> Row:
    if match.passed:
        return Row.of(0, match.program, Found.CORRECT)
    if match.program.outcome in (*LIMITS, Outcome.COMPILE_ERROR):
        return Row.failed(0, match.program)
    if match.referee.outcome in LIMITS:
        return replace(Row.failed(0, match.referee), cpu_seconds=match.program.cpu_seconds)
    detail = Row.failed(0, match.referee).detail
    if not match.proxied:
        # Tests that deal in data only never need more by themselves.
        detail = {"note": "the program gave its tests a value that is no data"}
    elif "stderr" not in detail and match.referee.stdout:
        # Where pytest says what failed.
        said = replace(match.referee, stderr=match.referee.stdout)
        detail = Row.failed(0, said).detail
    return Row.of(0, match.program, Found.INCORRECT, **detail)


_DRIVER = """\
import solution as _solution
globals().update({k: v for k, v in vars(_solution).items() if k[:2] != "__"})
"""
_PYTEST_DRIVER = """\
import sys
import pytest
ended = pytest.main(["-q", "-x", "-p", "no:cacheprovider", "test_solution.py"])
if ended:
    sys.exit(ended)
"""


def _in_one_process(
    slot: Slot, program: Program, tests: Ready, nonce: str, rules: Rules
) -> Execution:
    """Run program and tests together; what follows the nonce-printing line was reached."""
    last = f"\nprint('\\n{nonce}', flush=True)\n"
    files = {"solution.py": (program.source + tests.adapters).encode("utf-8", "replace")}
    if tests.suite.pytest:
        files["test_solution.py"] = tests.suite.source.encode("utf-8", "replace")
        source = _PYTEST_DRIVER + last
    else:
        source = _DRIVER + tests.suite.source + last
    loaded = slot.load(Program(source, program.language, files), rules.limits)
    if loaded.outcome is not Outcome.OK:
        return loaded
    return slot.run(Case(), rules.limits)


def _nonce_row(execution: Execution, nonce: str) -> Row:
    """An exit code of 0 alone says nothing: a program can end the tests with it at any time."""
    if execution.outcome is Outcome.OK and execution.stdout.rstrip().endswith(nonce.encode()):
        return Row.of(0, execution, Found.CORRECT)
    # pytest tells what failed on stdout.
    said = execution.stderr or execution.stdout
    row = Row.failed(0, replace(execution, stderr=said))
    wrong = execution.outcome is Outcome.RUNTIME_ERROR and any(
        sign in said for sign in (b"AssertionError", b"\nE       assert")
    )
    return replace(row, outcome=Found.INCORRECT) if wrong else row
