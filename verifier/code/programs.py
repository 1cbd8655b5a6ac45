"""Programs that read and print: run on each case and compared, or talked to by a referee."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.types import Case, Execution, Limits, Outcome, Program
from verifier.code.comparison import Checker, CheckerProgram, difference
from verifier.code.judgement import LIMITS, MAX_STRIKES, Judged
from verifier.code.leasing import in_slot
from verifier.code.tally import Row
from verifier.code.tests import BadTests
from verifier.model import Outcome as Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.types import Match, Slot
    from verifier.code.judgement import Rules
    from verifier.code.leasing import Lease
    from verifier.code.tally import Tally
    from verifier.code.tests import Interactive, Stdio

MAX_KEPT_BYTES = 64 << 20
"""What a program may print in all cases together where a checker program looks at it."""
_CHECKER_LIMITS = Limits(cpu_seconds=10.0, wall_seconds=30.0)
_FILES = ("input", "output", "answer")


def judge_stdio(lease: Lease, program: Program, tests: Stdio, rules: Rules) -> Judged:
    """Run the program on each case.

    Raises:
        BadTests: the checker program is broken.
        SandboxFault: nothing can be concluded.
    """
    checker = tests.checker or rules.checker
    run = _Run(program, tests, rules)
    if isinstance(checker, Checker):
        tally = in_slot(lease, program.language, lambda slot: run.compared(slot, checker))
        return Judged.of(tally, "stdio", checker.kind)
    tally, printed = in_slot(lease, program.language, run.printed)
    if printed and not tally.decided:
        for row in in_slot(lease, checker.language, lambda s: _checked(s, checker, tests, printed)):
            tally.add(row)
    return Judged.of(tally, "stdio", checker.kind)


@dataclass(frozen=True, slots=True)
class _Run:
    """A program to be run on the cases of its tests."""

    program: Program
    tests: Stdio
    rules: Rules

    def compared(self, slot: Slot, checker: Checker) -> Tally:
        """The tally, each output compared as soon as it is there."""
        tally = self.rules.tally(self.tests.cases)
        for number, execution in self._executions(slot, tally):
            expected = _bytes(self.tests.cases[number].stdout)
            found = difference(expected, execution.stdout, checker)
            if found is None:
                tally.add(Row.of(number, execution, Found.CORRECT))
            else:
                tally.add(Row.of(number, execution, Found.INCORRECT, **found.evidence))
        return tally

    def printed(self, slot: Slot) -> tuple[Tally, dict[int, Execution]]:
        """What the program printed, kept for a checker that runs when this slot is free again."""
        tally = self.rules.tally(self.tests.cases)
        printed: dict[int, Execution] = {}
        kept = 0
        for number, execution in self._executions(slot, tally):
            kept += len(execution.stdout)
            if kept > MAX_KEPT_BYTES:
                tally.add(Row.failed(number, Execution(Outcome.OUTPUT_LIMIT)))
            else:
                printed[number] = execution
        return tally, printed

    def _executions(self, slot: Slot, tally: Tally) -> Iterator[tuple[int, Execution]]:
        """Run the cases until the score is decided; those that did not end well are counted."""
        loaded = slot.load(self.program, self.rules.limits)
        if loaded.outcome is not Outcome.OK:
            tally.add(Row.failed(tally.cases[0], loaded))
        execution, strikes = loaded, 0
        for number in tally.cases:
            if not tally.wanted(number):
                continue
            if strikes < MAX_STRIKES:
                case = self.tests.cases[number]
                execution = slot.run(Case(_bytes(case.stdin), case.args), self.rules.limits)
                strikes += execution.outcome in LIMITS
            else:
                execution = Execution(execution.outcome)
            if execution.outcome is Outcome.OK:
                yield number, execution
            else:
                tally.add(Row.failed(number, execution))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _checked(
    slot: Slot, checker: CheckerProgram, tests: Stdio, printed: dict[int, Execution]
) -> list[Row]:
    rows = []
    for number, execution in printed.items():
        case = tests.cases[number]
        contents = (_bytes(case.stdin), execution.stdout, _bytes(case.stdout))
        files = dict(zip(_FILES, contents, strict=True))
        loaded = slot.load(Program(checker.source, checker.language, files), _CHECKER_LIMITS)
        if loaded.outcome is not Outcome.OK:
            raise BadTests(f"the checker program does not compile: {_said(loaded)}")
        ended = slot.run(Case(args=_FILES), _CHECKER_LIMITS)
        accepted = _decision(ended)
        if accepted is None:
            raise BadTests(
                f"the checker program is broken on case {number + 1}: it has to end with exit code "
                f"0 or 1 ({ended.outcome}, exit code {ended.exit_code}: {_said(ended)})"
            )
        outcome = Found.CORRECT if accepted else Found.INCORRECT
        said = {} if accepted else {"checker": _said(ended)}
        rows.append(Row.of(number, execution, outcome, **said))
    return rows


def _decision(ended: Execution) -> bool | None:
    """What a checker or referee says by its exit code; None where it says nothing."""
    if ended.outcome is Outcome.OK:
        return True
    wrong = ended.outcome is Outcome.RUNTIME_ERROR and ended.exit_code == 1
    return False if wrong else None


def _said(ended: Execution) -> str:
    text = (ended.stderr + b"\n" + ended.stdout).decode("utf-8", "backslashreplace").strip()
    return text[-200:]


def judge_interactive(lease: Lease, program: Program, tests: Interactive, rules: Rules) -> Judged:
    """Let the referee talk to the program in each case; raises as `judge_stdio` does."""
    tally = in_slot(lease, program.language, lambda slot: _refereed(slot, program, tests, rules))
    return Judged.of(tally, "interactive", "referee")


def _refereed(slot: Slot, program: Program, tests: Interactive, rules: Rules) -> Tally:
    tally = rules.tally(tests.cases)
    referee = Program(tests.source, tests.language)
    loaded = slot.load(program, rules.limits)
    if loaded.outcome is not Outcome.OK:
        tally.add(Row.failed(tally.cases[0], loaded))
    strikes = 0
    for number in tally.cases:
        if tally.wanted(number):
            case = Case(_bytes(tests.cases[number].input))
            match = slot.interact(referee, case, rules.limits)
            strikes += match.program.outcome in LIMITS
            tally.add(_match_row(number, match))
    return tally


def _match_row(number: int, match: Match) -> Row:
    program, referee = match.program, match.referee
    if program.outcome in (*LIMITS, Outcome.COMPILE_ERROR):
        return Row.failed(number, program)
    if match.passed:
        return Row.of(number, program, Found.CORRECT)
    if referee.outcome is Outcome.COMPILE_ERROR or (referee.exit_code or 0) > 1:
        raise BadTests(f"the referee is broken on case {number + 1}: {_said(referee)}")
    if program.outcome is Outcome.RUNTIME_ERROR:
        return Row.failed(number, program)
    return Row.of(number, program, Found.INCORRECT, referee=_said(referee))
