"""Cases become a score, which is known as soon as nothing can change it."""

from __future__ import annotations

import pytest

from sandbox.types import Execution
from sandbox.types import Outcome as Ended
from verifier.code.judgement import Judged, Rules
from verifier.code.tally import EXCERPT_CHARS, Policy, Row
from verifier.code.tests import Weighted
from verifier.model import Outcome

GOOD, BAD = Outcome.CORRECT, Outcome.INCORRECT
GROUPS = [
    Weighted(group="a"),
    Weighted(group="a"),
    Weighted(group="b", weight=2.0),
    Weighted(),
]


def scored(policy: Policy, outcomes: list[Outcome], *, run_all: bool = False) -> tuple[float, int]:
    """The score, and how many cases were run."""
    tally = Rules(policy=policy, run_all=run_all).tally(GROUPS)
    for case, outcome in enumerate(outcomes):
        if tally.wanted(case):
            tally.add(Row(case, outcome))
    return tally.score, len(tally.rows)


@pytest.mark.parametrize(
    ("policy", "outcomes", "score", "ran"),
    [
        ("all", [GOOD, GOOD, GOOD, GOOD], 1.0, 4),
        ("all", [GOOD, BAD, GOOD, GOOD], 0.0, 2),
        ("fraction", [GOOD, GOOD, GOOD, GOOD], 1.0, 4),
        ("fraction", [GOOD, BAD, GOOD, GOOD], 0.8, 4),
        ("fraction", [BAD, BAD, BAD, BAD], 0.0, 4),
        ("groups", [GOOD, GOOD, GOOD, GOOD], 1.0, 4),
        ("groups", [GOOD, BAD, GOOD, GOOD], 0.6, 4),
        ("groups", [BAD, GOOD, GOOD, GOOD], 0.6, 3),
        ("groups", [GOOD, GOOD, BAD, GOOD], 0.6, 4),
        ("groups", [GOOD, GOOD, GOOD, BAD], 0.8, 4),
    ],
)
def test_the_policies_pay_as_they_say(
    policy: Policy, outcomes: list[Outcome], score: float, ran: int
) -> None:
    assert scored(policy, outcomes) == pytest.approx((score, ran))


@pytest.mark.parametrize("policy", ["all", "fraction", "groups"])
def test_running_everything_changes_no_score(policy: Policy) -> None:
    outcomes = [BAD, GOOD, BAD, GOOD]
    score, ran = scored(policy, outcomes, run_all=True)
    assert (score, ran) == (scored(policy, outcomes)[0], 4)


@pytest.mark.parametrize("policy", ["all", "fraction", "groups"])
def test_a_compile_error_decides_everything_at_once(policy: Policy) -> None:
    assert scored(policy, [Outcome.COMPILE_ERROR] * 4, run_all=True) == (0.0, 1)


@pytest.mark.parametrize(
    ("most", "chosen"), [(1, [0]), (2, [0, 9]), (4, [0, 3, 6, 9]), (10, list(range(10)))]
)
def test_of_too_many_cases_some_are_taken_from_first_to_last(most: int, chosen: list[int]) -> None:
    assert list(Rules(max_cases=most).tally([Weighted()] * 10).cases) == chosen


def test_the_outcome_is_that_of_the_first_failed_case() -> None:
    tally = Rules(policy="fraction").tally([Weighted()] * 2)
    tally.add(Row(1, Outcome.TIME_LIMIT))
    tally.add(Row(0, Outcome.RUNTIME_ERROR))
    judged = Judged.of(tally, "stdio")
    assert (judged.outcome, judged.score) == (Outcome.RUNTIME_ERROR, 0.0)
    assert judged.reason == "case 1 of 2: the program fails while it runs"


def test_some_of_the_score_is_partial() -> None:
    tally = Rules(policy="fraction").tally([Weighted()] * 2)
    tally.add(Row(0, GOOD))
    tally.add(Row(1, Outcome.TIME_LIMIT))
    judged = Judged.of(tally, "stdio")
    assert (judged.outcome, judged.score, judged.passed) == (Outcome.PARTIAL, 0.5, 1)


@pytest.mark.parametrize("ended", [ended for ended in Ended if ended is not Ended.OK])
def test_every_bad_end_of_a_program_is_its_own_fault(ended: Ended) -> None:
    row = Row.failed(0, Execution(ended))
    assert row.outcome == Outcome(str(ended))


def test_a_row_shows_the_end_of_what_a_program_says() -> None:
    row = Row.failed(
        0, Execution(Ended.RUNTIME_ERROR, stderr=b"x" * 10_000 + b"Error", exit_code=1)
    )
    assert row.detail["exit_code"] == 1
    assert len(str(row.detail["stderr"])) == EXCERPT_CHARS
    assert str(row.detail["stderr"]).endswith("Error")


def test_a_row_shows_the_beginning_of_what_a_compiler_says() -> None:
    row = Row.failed(0, Execution(Ended.COMPILE_ERROR, stderr=b"Error" + b"x" * 10_000))
    assert str(row.detail["stderr"]).startswith("Error")
