"""What grpo_trl.py teaches: questions with their references, and how the service judges them."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Task:
    """Questions of one kind."""

    spec: str
    """The built-in reward spec."""
    work: str
    """What the service has to be able to do: rules, or code in its sandbox."""
    length: int
    """Most tokens of a completion."""
    example: tuple[str, str]
    """A question and its answer, shown before each."""
    questions: Callable[[], dict[str, str]]
    """Every question -> its reference."""

    def rows(
        self, seed: int, held_out: int = 64
    ) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
        """Rows to train on and rows held out, which have no question in common."""
        opening = turn(*self.example)
        rows = [
            {"prompt": opening + turn(question), "reference": reference}
            for question, reference in self.questions().items()
        ]
        random.Random(seed).shuffle(rows)  # noqa: S311 - chance, not secrecy
        return rows[held_out:], rows[:held_out]


def turn(question: str, reply: str = "") -> str:
    """A question in ChatML with its reply, or open for one."""
    end = f"{reply}<|im_end|>\n" if reply else ""
    return f"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n{end}"


def arithmetic() -> dict[str, str]:
    """Sums, differences and products of small numbers."""
    values = {
        **{f"{a} + {b}": a + b for a in range(1, 16) for b in range(1, 16)},
        **{f"{a} - {b}": a - b for a in range(2, 16) for b in range(1, a)},
        **{f"{a} * {b}": a * b for a in range(2, 10) for b in range(2, 10)},
    }
    return {f"What is {terms}?": str(value) for terms, value in values.items()}


def functions() -> dict[str, str]:
    """One-line functions, tested by calls."""
    wanted = {}
    for n in range(2, 20):
        wanted |= {
            f"{n} minus x": lambda x, n=n: n - x,
            f"{n} times x, plus 1": lambda x, n=n: n * x + 1,
            f"x squared, plus {n}": lambda x, n=n: x * x + n,
            f"the larger of x and {n}": lambda x, n=n: max(x, n),
            f"how far x is from {n}": lambda x, n=n: abs(x - n),
            f"x minus {n}, but never less than 0": lambda x, n=n: max(x - n, 0),
            f"the remainder of x divided by {n}": lambda x, n=n: x % n,
            f"x rounded down to a multiple of {n}": lambda x, n=n: x // n * n,
            f"whether x is a multiple of {n}": lambda x, n=n: x % n == 0,
            f"x plus {n} if x is even, else x": lambda x, n=n: x if x % 2 else x + n,
        }
    return {
        f"Write f(x) that returns {words}.": json.dumps(
            [f"assert f({x}) == {function(x)}" for x in (0, 3, 7, 26, -11)]
        )
        for words, function in wanted.items()
    }


TASKS = {
    "arithmetic": Task(
        spec="r1",
        work="rules",
        length=36,
        example=("What is 3 + 5?", "<think>3 + 5 = 8</think><answer>\\boxed{8}</answer>"),
        questions=arithmetic,
    ),
    "code": Task(
        spec="code",
        work="rules,code",
        length=44,
        example=(
            "Write f(x) that returns half of x.",
            "```python\ndef f(x):\n    return x / 2\n```",
        ),
        questions=functions,
    ),
}
