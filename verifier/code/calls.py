"""Python functions that are called: by cases, or by test code turned into calls."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, cast

from sandbox import types
from sandbox.types import Call, Execution, Outcome
from sandbox.values import TooLarge
from verifier.code.checking import Checking, Ended, ProgramEndedError, ProgramRaisedError
from verifier.code.equality import equal
from verifier.code.excerpts import brief
from verifier.code.judgement import LIMITS, MAX_STRIKES, Judged
from verifier.code.leasing import in_slot
from verifier.code.tally import Row
from verifier.code.tests import BadTests, Weighted
from verifier.model import Outcome as Found
from verifier.plaintext import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from sandbox.types import Program, Slot
    from sandbox.values import Value
    from verifier.code.asserts import Conversion
    from verifier.code.judgement import Rules
    from verifier.code.leasing import Lease
    from verifier.code.tally import Tally
    from verifier.code.tests import CallCase, Calls


def judge_calls(lease: Lease, program: Program, tests: Calls, rules: Rules) -> Judged:
    """Call the function in each case.

    Raises:
        BadTests: the arguments cannot be passed.
        SandboxFault: nothing can be concluded.
    """
    tally = in_slot(lease, program.language, lambda slot: _called(slot, program, tests, rules))
    return Judged.of(tally, "calls", tests.compare.kind)


def _called(slot: Slot, program: Program, tests: Calls, rules: Rules) -> Tally:
    tally = rules.tally(tests.cases)
    wanted = types.Calls(
        entry=tests.entry.replace("().", "."),
        calls=[Call(*tests.cases[number].data[:2]) for number in tally.cases],
        environment=tests.environment,
        watch_arguments=tests.in_place is not None,
        node_arguments=tests.node_arguments,
    )
    loaded = slot.load(program, rules.limits)
    if loaded.outcome is not Outcome.OK:
        tally.add(Row.failed(tally.cases[0], loaded))
        return tally
    for number, ended in zip(tally.cases, each_call(slot, wanted, rules), strict=True):
        if tally.wanted(number):
            tally.add(_row(number, ended, tests))
        if tally.decided:
            break
    return tally


def each_call(slot: Slot, wanted: types.Calls, rules: Rules) -> Iterator[Ended]:
    """How each call ended, in order; they run when they are asked for, as many as possible at once.

    All calls of one process share its limits. A call that ran into one beside others is tried
    again at the head of a new process, so each has the whole limit to itself.
    """
    start, strikes = 0, 0
    while start < len(wanted.calls):
        batch = replace(wanted, calls=wanted.calls[start:])
        try:
            execution = slot.call(batch, rules.limits)
        except TooLarge as error:
            raise BadTests(f"the arguments are too large to be passed: {error}") from error
        done = execution.returned[: len(batch.calls)]
        for number, returned in enumerate(done, 1):
            yield Ended(returned, execution if number == len(done) else Execution(Outcome.OK))
        start += len(done)
        if start == len(wanted.calls) or (done and execution.outcome in LIMITS):
            continue
        yield Ended(None, execution)
        start += 1
        strikes += execution.outcome in LIMITS
        if strikes == MAX_STRIKES or execution.outcome is Outcome.COMPILE_ERROR:
            for _ in wanted.calls[start:]:
                yield Ended(None, Execution(execution.outcome))
            return


def _row(number: int, ended: Ended, tests: Calls) -> Row:
    returned, execution = ended.returned, ended.execution
    if returned is None:
        return Row.failed(number, execution)
    if returned.error is not None:
        return _raised(number, execution, f"{returned.error}: {returned.message}")
    case = tests.cases[number]
    expected, got = case.data[2], returned.value
    if tests.in_place is not None:
        after = returned.arguments or ()
        got = after[tests.in_place] if tests.in_place < len(after) else None
    if _right(expected, got, tests):
        return Row.of(number, execution, Found.CORRECT)
    detail = {"call": _text(case, tests), "expected": brief(expected), "got": brief(got)}
    return Row.of(number, execution, Found.INCORRECT, **detail)


def _right(expected: Value, got: Value, tests: Calls) -> bool:
    if equal(expected, got, tests.compare):
        return True
    inner = expected[0] if tests.wrapped and isinstance(expected, list) and expected else None
    return (
        inner is not None
        and len(cast("list[Value]", expected)) == 1
        and (equal(inner, got, tests.compare))
    )


def _raised(number: int, execution: Execution, message: str) -> Row:
    return Row.of(number, execution, Found.RUNTIME_ERROR, raised=shown(message, 400))


def _text(case: CallCase, tests: Calls) -> str:
    args, named, _ = case.data
    parts = [brief(arg) for arg in args] + [f"{k}={brief(v)}" for k, v in named.items()]
    return shown(f"{tests.entry}({', '.join(parts)})")


def judge_conversion(
    lease: Lease, program: Program, conversion: Conversion, environment: str, rules: Rules
) -> Judged:
    """Make the calls that test code was turned into, and check its asserts out here.

    Raises:
        BadTests: the arguments cannot be passed.
        SandboxFault: nothing can be concluded.
    """

    def work(slot: Slot) -> Tally:
        return _checked(slot, program, conversion, environment, rules)

    return Judged.of(in_slot(lease, program.language, work), "asserts", "python")


def _checked(
    slot: Slot, program: Program, conversion: Conversion, environment: str, rules: Rules
) -> Tally:
    tally = rules.tally([Weighted()] * len(conversion.asserts))
    loaded = slot.load(program, rules.limits)
    if loaded.outcome is not Outcome.OK:
        tally.add(Row.failed(tally.cases[0], loaded))
        return tally
    wanted = types.Calls(conversion.entry, conversion.calls, environment)
    stream, ended = each_call(slot, wanted, rules), list[Ended]()
    checking = Checking(conversion, ended)
    for number in tally.cases:
        before = len(ended)
        ended += islice(stream, conversion.asserts[number].needs - before)
        fresh = [one.execution for one in ended[before:]]
        row = _assert_row(number, conversion, checking)
        cpu_seconds = sum(execution.cpu_seconds for execution in fresh)
        memory_bytes = max((execution.memory_bytes for execution in fresh), default=0)
        tally.add(replace(row, cpu_seconds=cpu_seconds, memory_bytes=memory_bytes))
        if tally.decided:
            break
    return tally


def _assert_row(number: int, conversion: Conversion, checking: Checking) -> Row:
    one = conversion.asserts[number]
    try:
        reason = checking.failure(one)
    except ProgramEndedError as error:
        row = Row.failed(number, error.execution)
        return replace(row, detail={"assert": one.text, **row.detail})
    except ProgramRaisedError as error:
        detail: dict[str, JsonValue] = {"assert": one.text, "raised": shown(str(error), 400)}
        return Row(number, Found.RUNTIME_ERROR, detail)
    if not reason:
        return Row(number, Found.CORRECT)
    got = ", ".join(brief(value) for value in checking.seen[:3])
    return Row(number, Found.INCORRECT, {"assert": one.text, "note": reason, "got": shown(got)})
