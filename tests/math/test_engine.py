r"""The child is asked where it may know more, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from verifier.math import engine
from verifier.math.engine import Engine, StoppedError
from verifier.model import Outcome
from verifier.watchdog import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

EQUAL: JsonValue = {"equal": True, "why": "values", "gold_read": "1", "answer_read": "1"}


class Child:
    """Says that all is equal, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, _arguments: dict[str, JsonValue], _cpu_seconds: float) -> Reply:
        """One more question."""
        self.asked += 1
        return Reply("done", "compare", EQUAL)


@pytest.fixture(autouse=True)
def _no_memory() -> Iterator[None]:
    engine.forget()
    yield
    engine.forget()


@pytest.mark.parametrize(
    ("gold", "answer", "asked"),
    [
        ("(x+1)^{2}", "x^{2}+2x+1", 0),
        ("1", r"\int_{0}^{1}2xdx", 1),
        ("3", r"\sin(\sin(", 0),
        ("3", r"\foo{x}", 0),
    ],
)
def test_the_child_is_asked_for_what_only_it_may_read(gold: str, answer: str, asked: int) -> None:
    child = Child()
    Engine(child, 1.0)(gold, answer)
    assert child.asked == asked


@pytest.mark.parametrize(
    ("gold", "answer", "outcome"),
    [
        (r"\foo{x}", "3", Outcome.REFERENCE_INVALID),
        ("(" * 13 + r"\int x dx" + ")" * 13, "3", Outcome.REFERENCE_INVALID),
        ("3", "(" * 13 + r"\int x dx" + ")" * 13, Outcome.TOO_COMPLEX),
    ],
)
def test_what_nobody_reads_is_told_by_whose_it_is(gold: str, answer: str, outcome: Outcome) -> None:
    child = Child()
    with pytest.raises(StoppedError) as stopped:
        Engine(child, 1.0)(gold, answer)
    assert (stopped.value.outcome, child.asked) == (outcome, 0)


def test_a_proof_is_remembered() -> None:
    child = Child()
    for _ in range(2):
        Engine(child, 1.0)("1", r"\int_{0}^{1}2xdx")
    assert child.asked == 1
