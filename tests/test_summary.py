"""The summary counts what it is told and shows what a person looks for first."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from verifier.summary import Summary


def reward(
    value: float | None, status: str = "scored", name: str = "r", seconds: float = 0.0
) -> dict[str, Any]:
    """A reward as its JSON object."""
    outcome = "correct" if value else "incorrect"
    verdicts = [{"check": "a", "outcome": outcome, "seconds": seconds}]
    return {
        "id": name,
        "reward": value,
        "status": status,
        "reason": None if status == "scored" else f"why {name}",
        "verdicts": verdicts if status == "scored" else [],
    }


def shown(*rewards: dict[str, Any]) -> str:
    """The summary of these as text."""
    summary = Summary()
    for one in rewards:
        summary.add(one)
    console = Console(file=io.StringIO(), width=120, color_system=None)
    console.print(summary.render())
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_mean_is_over_what_was_scored() -> None:
    text = shown(reward(1.0), reward(0.0), reward(None, "unscored"), reward(None, "invalid"))
    assert "4 rollouts: 2 scored, 1 unscored, 1 invalid, mean reward 0.500" in text


def test_nothing_scored_has_no_mean() -> None:
    assert "mean" not in shown(reward(None, "unscored"))


def test_nothing_at_all_can_be_shown() -> None:
    assert "0 rollouts" in shown()


def test_statuses_are_counted() -> None:
    summary = Summary()
    for status in ("unscored", "invalid", "unscored"):
        summary.add(reward(None, status))
    assert summary.statuses == {"unscored": 2, "invalid": 1}


def test_each_outcome_has_its_share() -> None:
    text = shown(reward(1.0), reward(0.0), reward(0.0), reward(0.0))
    assert "75.0%" in text
    assert "25.0%" in text


def test_a_null_reward_is_shown_with_its_reason() -> None:
    assert "why x7" in shown(reward(None, "unscored", name="x7"))


def test_only_the_first_null_rewards_are_shown() -> None:
    text = shown(*(reward(None, "invalid", name=f"n{i}") for i in range(50)))
    assert "n4" in text
    assert "n5" not in text


def test_only_the_slowest_are_shown_and_the_slowest_first() -> None:
    text = shown(*(reward(1.0, name=f"s{i:02}", seconds=i / 1000) for i in range(20)))
    places = [text.find(f"s{i:02}") for i in (19, 18, 17, 16, 15)]
    assert places == sorted(places)
    assert -1 not in places
    assert "s14" not in text


def test_what_looks_like_markup_is_shown_as_it_is() -> None:
    text = shown(reward(None, "invalid", name="[/x]"), reward(1.0, name="[red]y"))
    assert "[/x]" in text
    assert "[red]y" in text
