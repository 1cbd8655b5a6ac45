"""Benchmarks are found by name, and figures know whether their goal is met."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from verifier.bench import Figure, benchmarks

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ended

FIGURES = [Figure("speed", 12.5, "1/s", at_least=10), Figure("time", 0.25, "s")]
MISSED = Figure("lost", 1, "rollouts", at_most=0)


def measuring(monkeypatch: pytest.MonkeyPatch, *figures: Figure) -> None:
    """Let there be one benchmark, which measures these."""
    known = {"fake": SimpleNamespace(NAME="fake", measure=lambda: iter(figures))}
    monkeypatch.setattr("verifier.cli.bench.benchmarks", lambda: known)


def test_the_list_names_every_benchmark(call: Callable[..., Ended]) -> None:
    ended = call("bench")
    assert ended.code == 0
    assert all(name in ended.out for name in benchmarks())


def test_every_benchmark_says_what_it_measures() -> None:
    assert all(module.__doc__ for module in benchmarks().values())


def test_an_unknown_benchmark_exits_with_2_and_tells_the_known_ones(
    call: Callable[..., Ended],
) -> None:
    ended = call("bench", "nope")
    assert ended.code == 2
    assert all(name in ended.err for name in benchmarks())


def test_met_goals_exit_with_0(call: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    measuring(monkeypatch, *FIGURES)
    ended = call("bench", "fake")
    assert (ended.code, ">= 10" in ended.out) == (0, True)


def test_a_missed_goal_exits_with_1(
    call: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    measuring(monkeypatch, *FIGURES, MISSED)
    assert call("bench", "fake").code == 1


def test_figures_are_told_as_json(
    call: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    measuring(monkeypatch, *FIGURES)
    assert json.loads(call("bench", "fake", "--json").out) == {
        "figures": [
            {"name": "speed", "value": 12.5, "unit": "1/s", "goal": ">= 10", "met": True},
            {"name": "time", "value": 0.25, "unit": "s", "goal": None, "met": None},
        ]
    }


@pytest.mark.parametrize(
    ("figure", "goal", "met"),
    [
        (Figure("f", 1, "s"), None, None),
        (Figure("f", 1, "s", at_most=1), "<= 1", True),
        (Figure("f", 1.01, "s", at_most=1), "<= 1", False),
        (Figure("f", 1, "s", at_least=1), ">= 1", True),
        (Figure("f", 0.99, "s", at_least=1), ">= 1", False),
        (Figure("f", 0, "s", at_most=0), "<= 0", True),
        (Figure("f", float("nan"), "s", at_most=1), "<= 1", False),
    ],
)
def test_a_figure_knows_its_goal_and_whether_it_is_met(
    figure: Figure,
    goal: str | None,
    met: bool | None,  # noqa: FBT001 - the expectation
) -> None:
    assert (figure.goal, figure.met) == (goal, met)
