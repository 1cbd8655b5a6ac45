# /// script
# requires-python = ">=3.12"
# dependencies = ["verifiers==0.4.0"]
# ///
"""verifiers plugs the function into a task by its path, and scores a trace with it."""

from __future__ import annotations

import asyncio
from importlib.metadata import version

from outage import RIGHT, WRONG, down
from verifiers.v1.configs.task import TaskConfig
from verifiers.v1.errors import TaskError
from verifiers.v1.task import Task, TaskData
from verifiers.v1.trace import Trace

PLUG = {"verifier": {"fn": "verifier.trainers.verifiers_rubric.task_reward", "weight": 2.0}}


class Question(TaskData):
    """A question with its answer."""

    answer: str = "4"


class Sums(Task[Question, TaskConfig]):
    """A task whose rewards are all plugged."""


def rewards(text: str) -> Trace:
    """A trace with its rewards."""
    data = Question(prompt="What is 2 + 2?")
    task = Sums(data, TaskConfig.model_validate({"rewards": PLUG}))
    trace = Trace.model_construct(task=data, root_reply=text, rewards={}, metrics={}, nodes=[])
    asyncio.run(task.score(trace))
    return trace


assert [rewards(text).reward for text in (RIGHT, WRONG)] == [2.0, 0.0]
with down():
    try:
        rewards(RIGHT)
        OUTCOME = "does not raise"
    except TaskError:
        OUTCOME = "is a TaskError"
assert OUTCOME == "is a TaskError"
print(
    f"verifiers {version('verifiers')}: Task.score with the plugged reward; service down {OUTCOME}"
)
