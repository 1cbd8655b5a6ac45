"""The benchmark of math compares what both sides were seen to do, and leaves nobody's time out."""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING

import pytest

from verifier.bench import math, math_workloads
from verifier.bench.math_figures import Seen, disagreements, otherwise, speed, verdicts
from verifier.bench.math_sides import TRL_VARIABLE, Judged, peer
from verifier.bench.math_workloads import ROLLOUTS_VARIABLE, Given, halves, slices, workloads
from verifier.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from verifier.bench import Figure

GROUPS = tuple(
    Given(group, rf"so \boxed{{{answer}}}", "2")
    for group, answer in (("a", 1), ("a", 2), ("a", 2), ("b", 3), ("c", 2))
)


def values(figures: Iterable[Figure]) -> dict[str, float]:
    return {figure.name: figure.value for figure in figures}


def judged(*seconds: float, reward: float | None = 1.0) -> list[Judged]:
    return [Judged(reward, one, "exact_rational", "2") for one in seconds]


def seen(mine: Sequence[Judged], theirs: Sequence[Judged]) -> Seen:
    workload = tuple(Given(str(number), "", "2") for number in range(len(mine)))
    return Seen(workload, [list(mine)], [list(theirs)])


def test_a_slice_cuts_no_group() -> None:
    pieces = [[given.group for given in piece] for piece in slices(GROUPS, 2)]
    assert pieces == [["a", "a", "a"], ["b", "c"]]


def test_halves_share_no_group_and_lose_no_rollout() -> None:
    first, second = halves(GROUPS)
    assert [given.group for given in first] == ["a", "a", "a", "c"]
    assert [given.group for given in second] == ["b"]


def test_a_gold_is_put_between_dollars_unless_it_has_some() -> None:
    assert [Given("", "", gold).in_dollars for gold in (r"\pi", r"\$5")] == [r"$\pi$", r"\$5"]


def test_every_hard_gold_has_a_right_answer_and_a_wrong_one() -> None:
    golds: dict[str, list[bool | None]] = {}
    for given in math_workloads.hard_answers():
        golds.setdefault(given.reference, []).append(given.correct)
    assert len(golds) == 100
    assert all(found == [True, False] for found in golds.values())


def test_workloads_are_the_files_of_the_folder_and_the_hard_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"group": "g", "completion": r"\boxed{1}", "reference": "1"}
    (tmp_path / "mixed.jsonl").write_text(json.dumps(row) + "\n")
    monkeypatch.setenv(ROLLOUTS_VARIABLE, str(tmp_path))
    found = workloads()
    assert list(found) == ["mixed", "hard"]
    assert found["mixed"] == (Given("g", r"\boxed{1}", "1"),)


def test_a_line_that_is_no_rollout_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mixed.jsonl").write_text('{"completion": "1"}\n')
    monkeypatch.setenv(ROLLOUTS_VARIABLE, str(tmp_path))
    with pytest.raises(InvalidRequest, match=r"mixed\.jsonl, line 1"):
        workloads()


def test_without_completions_it_says_what_to_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ROLLOUTS_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidRequest, match=ROLLOUTS_VARIABLE):
        workloads()


def test_without_another_side_it_says_what_to_give(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TRL_VARIABLE, "/bin/true")
    with pytest.raises(InvalidRequest, match=TRL_VARIABLE):
        peer(0)


def test_rates_are_compared_round_by_round() -> None:
    found = values(speed("t", "TRL", seen(judged(0.1, 0.3), judged(1.0, 3.0))))
    assert (found["t, ours"], found["t, TRL"]) == (5.0, 0.5)
    assert found["t, ours / TRL"] == pytest.approx(10)


def test_a_rollout_that_set_off_their_alarm_counts_for_neither_rate() -> None:
    found = values(speed("t", "TRL", seen(judged(0.1, 0.1), judged(1.0, 5.2))))
    assert found["t, ours / TRL"] == pytest.approx(10)
    assert found["t, TRL: set off its alarm"] == 1
    assert found["t, TRL, slowest"] == 5200


def test_ours_may_take_a_second_for_no_rollout() -> None:
    figures = list(speed("t", "TRL", seen(judged(0.1, 1.1), judged(1.0, 1.0))))
    assert [f.name for f in figures if f.met is False] == ["t, ours, slowest"]


def test_verdicts_are_counted_by_what_decided() -> None:
    assert (
        values(verdicts("t", "TRL", seen(judged(1, 1), judged(1, 1))))[
            "t, decided by exact_rational"
        ]
        == 2
    )


def test_null_is_another_reward_than_a_number() -> None:
    both = seen(judged(1, 1), judged(1, reward=None) + judged(1))
    assert [row["theirs"] for row in disagreements("t", both)] == [None]
    assert values(verdicts("t", "TRL", both))["t, TRL: null"] == 1


def test_a_reward_that_changes_from_round_to_round_misses_the_goal() -> None:
    both = seen(judged(1), judged(1))
    both.ours.append(judged(1, reward=0.0))
    missed = [f.name for f in verdicts("t", "TRL", both) if f.met is False]
    assert missed == ["t, ours: not the same in every round"]


def test_labelled_answers_tell_who_is_wrong() -> None:
    both = seen(judged(1, 1), judged(1, 1, reward=0.0))
    both.workload = (Given("", "", "", correct=True), Given("", "", "", correct=False))
    found = values(verdicts("t", "TRL", both))
    assert found["t, ours: wrong answers accepted"] == 1
    assert found["t, TRL: right answers missed"] == 1


def test_the_way_through_http_is_compared_with_their_rate() -> None:
    both = seen(judged(0.5, 0.5), judged(1, 1))
    both.two_processes, both.served = [3.0], {1: [20.0], 2: [30.0]}
    found = values(otherwise("t", "TRL", both))
    assert found["t, two processes / one"] == 1.5
    assert found["t, HTTP + RQ, workers: 1 / TRL"] == 20
    assert found["t, HTTP + RQ, workers: 2 / TRL"] == 30


@pytest.mark.skipif(not importlib.util.find_spec("math_verify"), reason="needs Math-Verify")
def test_both_sides_judge_the_same_rollouts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(TRL_VARIABLE, raising=False)
    monkeypatch.setenv(math.DISAGREEMENTS_VARIABLE, str(tmp_path / "disagreements.jsonl"))
    hard = (Given("h", r"\boxed{\frac{1}{\sqrt{2}}}", r"\frac{\sqrt{2}}{2}", correct=True),)
    monkeypatch.setattr(math, "workloads", lambda: {"groups": GROUPS, "hard": hard})
    monkeypatch.setattr(math, "_ROUNDS", 1)
    monkeypatch.setattr(math, "_WORKERS", ())
    found = values(math.measure())
    assert found["groups, decided by normalised_string"] == 3
    assert found["groups, decided by exact_rational"] == 2
    assert found["hard, ours: right answers missed"] == 0
    assert (tmp_path / "disagreements.jsonl").read_text() == ""
