"""One program and its tests in, one judgement out; faults of tests and sandbox are no scores."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from sandbox.types import Abandoned, Program, SandboxFault, Unavailable
from verifier.code.asserts import convert, parse
from verifier.code.calls import judge_calls, judge_conversion
from verifier.code.judgement import Judged
from verifier.code.names import entries_of
from verifier.code.programs import judge_interactive, judge_stdio
from verifier.code.source import Source, with_prelude
from verifier.code.suites import judge_suite, ready
from verifier.code.tests import Asserts, BadTests, Calls, Interactive, Pytest, Stdio, Tests
from verifier.errors import describe
from verifier.model import Outcome

if TYPE_CHECKING:
    from verifier.code.judgement import Rules
    from verifier.code.leasing import Lease

PYTHON_ONLY = (Calls, Asserts, Pytest)


def judge(lease: Lease, source: Source, tests: Tests, rules: Rules) -> Judged:
    """Whether a program passes its tests; never raises for what the program does.

    Args:
        lease: leases a slot for programs of a language.
        source: the untrusted program.
        tests: the trusted tests.
        rules: limits and scoring.
    """
    text = with_prelude(tests.prelude, source.text, source.language)
    program = Program(text, source.language)
    try:
        return _judge(lease, program, tests, rules)
    except BadTests as error:
        return Judged.abstained(Outcome.REFERENCE_INVALID, str(error))
    except Unavailable as error:
        reason = f"no sandbox could run the program: {error}"
        return Judged.abstained(Outcome.UNAVAILABLE, reason)
    except Abandoned as error:
        return Judged.abstained(Outcome.DEADLINE, str(error))
    except SandboxFault as error:
        return Judged.abstained(Outcome.CRASHED, f"two sandboxes failed: {describe(error)}")


def _judge(lease: Lease, program: Program, tests: Tests, rules: Rules) -> Judged:
    if isinstance(tests, Stdio):
        return judge_stdio(lease, program, tests, rules)
    if isinstance(tests, Interactive):
        return judge_interactive(lease, program, tests, rules)
    if program.language != "python":
        raise BadTests(
            f"tests of the kind `{tests.kind}` call Python functions, and the program is to be "
            f"{program.language}; use `stdio` tests or `language: python`"
        )
    if isinstance(tests, Calls):
        return judge_calls(lease, program, tests, rules)
    return _judge_test_code(lease, program, tests, rules)


def _judge_test_code(
    lease: Lease, program: Program, tests: Asserts | Pytest, rules: Rules
) -> Judged:
    """By calls where the test code turns into calls, which no program can tamper with."""
    code = tests.code if isinstance(tests, Pytest) else tests.source
    tree = parse(code)
    if not any(isinstance(node, ast.Assert | ast.Raise | ast.With) for node in ast.walk(tree)):
        raise BadTests("the test code asserts nothing")
    entries = _entries(tests, tree)
    conversion = convert(code, entries)
    if isinstance(conversion, str):
        return judge_suite(lease, program, ready(tests, tree, entries), rules)
    environment = "plain" if isinstance(tests, Pytest) else tests.environment
    return judge_conversion(lease, program, conversion, environment, rules)


def _entries(tests: Asserts | Pytest, tree: ast.Module) -> tuple[str, ...]:
    """The program's functions that the test code calls."""
    if isinstance(tests, Pytest):
        if not any(name.startswith("test") for name in _defined(tree)):
            raise BadTests("the test file defines no `test_...` function")
        return ()
    entries = tests.entry or entries_of(tree)
    if not entries:
        raise BadTests("the test code calls no function of the program; name it in `entry`")
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    plain = {entry.rpartition(".")[2] for entry in entries}
    if not plain & used and "check" not in _defined(tree):
        raise BadTests(f"the test code never uses {', '.join(entries)}; correct `entry`")
    return tuple(entry.replace("().", ".") for entry in entries)


def _defined(tree: ast.Module) -> set[str]:
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in ast.walk(tree) if isinstance(node, functions)}
