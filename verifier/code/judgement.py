"""What judging goes by, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sandbox.types import Limits, Outcome
from verifier.code.comparison import Checker
from verifier.code.tally import Policy, Row, Tally
from verifier.code.tests import MAX_CASES
from verifier.model import Outcome as Found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.code.tests import Weighted

MAX_STRIKES = 3
"""After so many cases past a limit the rest counts as failed in the same way, without a run."""
LIMITS = (Outcome.TIME_LIMIT, Outcome.MEMORY_LIMIT, Outcome.OUTPUT_LIMIT)


@dataclass(frozen=True, slots=True)
class Rules:
    """How programs are run and scored."""

    limits: Limits = field(default_factory=Limits)
    policy: Policy = "all"
    run_all: bool = False
    max_cases: int = MAX_CASES
    """Where there are more, so many are taken, spread evenly from the first to the last."""
    checker: Checker = field(default_factory=Checker)
    """For stdio tests that have none of their own."""
    refuse_tamperable: bool = False

    def tally(self, cases: Sequence[Weighted]) -> Tally:
        """An empty tally of the cases that are to be run."""
        number, most = len(cases), self.max_cases
        chosen: Sequence[int] = range(number)
        if number > most:
            chosen = [i * (number - 1) // max(most - 1, 1) for i in range(most)]
        return Tally(cases, self.policy, chosen, run_all=self.run_all)


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found about one program."""

    outcome: Found
    score: float | None
    reason: str
    rows: tuple[Row, ...] = ()
    """The cases that were judged, in the order in which that happened."""
    total: int = 0
    """How many cases there were to judge."""
    method: str = ""
    """`stdio`, `calls`, `asserts` (turned into calls), `proxy`, `one_process` or `interactive`."""
    checker: str = ""

    @property
    def tamperable(self) -> bool:
        """Whether the tests ran in the program's own process."""
        return self.method == "one_process"

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return sum(row.outcome is Found.CORRECT for row in self.rows)

    @property
    def first_failure(self) -> Row | None:
        """The failed case that comes first in the tests."""
        failed = (row for row in self.rows if row.outcome is not Found.CORRECT)
        return min(failed, key=lambda row: row.case, default=None)

    @classmethod
    def of(cls, tally: Tally, method: str, checker: str = "") -> Judged:
        """The score of a tally."""
        rows = tuple(tally.rows)
        score, total = tally.score, len(tally.cases)
        passed = cls(Found.CORRECT, score, f"all {total} cases pass", rows, total, method, checker)
        failure = passed.first_failure
        if failure is None:
            return passed
        outcome = Found.PARTIAL if score > 0 else failure.outcome
        reason = f"case {failure.case + 1} of {total}: {_SENTENCES[failure.outcome]}"
        return replace(passed, outcome=outcome, reason=reason)

    @classmethod
    def abstained(cls, outcome: Found, reason: str, method: str = "") -> Judged:
        """No score: the tests or the sandbox are at fault."""
        return cls(outcome, None, reason, method=method)


_SENTENCES = {
    Found.INCORRECT: "the answer is wrong",
    Found.COMPILE_ERROR: "the program does not compile",
    Found.RUNTIME_ERROR: "the program fails while it runs",
    Found.TIME_LIMIT: "the program takes too long",
    Found.MEMORY_LIMIT: "the program needs too much memory",
    Found.OUTPUT_LIMIT: "the program writes too much",
}
