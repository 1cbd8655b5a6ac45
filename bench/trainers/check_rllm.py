# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "numpy", "omegaconf", "tqdm", "requests", "pillow", "click", "rich", "pyyaml", "httpx",
#   "fastapi", "uvicorn", "aiosqlite", "codetiming",
# ]
# [tool.rollout-verifier]
# checkout = "rllm-org/rllm"
# commit = "9beb6e0"
# ///
"""rLLM's engines run a workflow with our reward function, and an agent flow with our evaluator."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from outage import BAD_GOLD, RIGHT, UNFORMED, WRONG, down, front

CHECKOUT = Path(os.environ["CHECKOUT"])
sys.path[:0] = [str(CHECKOUT), str(CHECKOUT / "rllm-model-gateway" / "src")]

from rllm.engine.agentflow_engine import AgentFlowEngine  # noqa: E402 - its path is set above
from rllm.engine.rollout import ModelOutput  # noqa: E402
from rllm.engine.unified_workflow_engine import UnifiedWorkflowEngine  # noqa: E402
from rllm.eval._resolution import _resolve_evaluator  # noqa: E402
from rllm.eval.evaluator_loader import load_evaluator  # noqa: E402
from rllm.rewards import RewardFunction  # noqa: E402
from rllm.trainer.algorithms.transform import _build_trajectory_groups  # noqa: E402
from rllm.types import AgentConfig, Task  # noqa: E402
from rllm.workflows.simple_workflow import SimpleWorkflow  # noqa: E402
from rllm.workflows.workflow import TerminationReason  # noqa: E402
from rllm_model_gateway.models import TraceRecord  # noqa: E402

from verifier.trainers.rllm import reward  # noqa: E402

if TYPE_CHECKING:
    from rllm.types import Episode

EVALUATOR = "verifier.trainers.rllm:Evaluator"
logging.disable(logging.CRITICAL)


class Policy:
    """An engine that says what the task tells it to."""

    async def get_model_response(self, messages: list[dict], **_: object) -> ModelOutput:
        """The last message, again."""
        said = messages[-1]["content"]
        return ModelOutput(content=said, reasoning="", finish_reason="stop")


class Gateway:
    """What the engine knows of what was said: here, what the task tells."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts

    def get_session_url(self, uid: str, *, public: bool = True) -> str:
        """No flow here asks a model."""
        return f"http://127.0.0.1/{uid}/{public}"

    async def aget_traces(self, uid: str) -> list[TraceRecord]:
        """One call of the model."""
        message = {"role": "assistant", "content": self.texts[int(uid.rpartition(":")[2])]}
        tokens = {"prompt_token_ids": [1], "completion_token_ids": [2]}
        return [TraceRecord(trace_id="1", session_id=uid, response_message=message, **tokens)]

    async def adelete_session(self, uid: str) -> None:
        """Nothing."""

    async def adelete_sessions(self, uids: list[str]) -> None:
        """Nothing."""


class Flow:
    """An agent flow that leaves everything to the traces."""

    async def arun(self, task: Task, config: AgentConfig) -> None:
        """Nothing."""


def by_workflow(*texts: str, gold: str = "4", **more: object) -> list[Episode]:
    """The group's episodes, by the engine that runs workflows."""
    engine = UnifiedWorkflowEngine(
        SimpleWorkflow, {"reward_function": reward}, Policy(), n_parallel_tasks=8, **more
    )
    tasks = [{"question": text, "ground_truth": gold} for text in texts]
    try:
        return asyncio.run(engine.execute_tasks(tasks, ["group"] * len(texts)))
    finally:
        engine.executor.shutdown()


def by_flow(*texts: str, gold: str = "4", **more: object) -> list[Episode]:
    """The group's episodes, by the engine that runs agent flows."""
    evaluator = load_evaluator(EVALUATOR)
    engine = AgentFlowEngine(Flow(), evaluator, Gateway(list(texts)), "", 8, **more)
    tasks = [{"question": "What is 2 + 2?", "ground_truth": gold} for _ in texts]
    try:
        return asyncio.run(engine.execute_tasks(tasks, ["group"] * len(texts)))
    finally:
        engine.shutdown()


ENGINES = (by_workflow, by_flow)


def rewards(episodes: list[Episode]) -> list[float]:
    """What the group's advantages are made of."""
    groups = _build_trajectory_groups(episodes)
    assert len(groups) <= 1, groups
    return [float(one.reward) for group in groups for one in group.trajectories]


def raised(run: object, *texts: str, **more: object) -> str:
    """What ends the step."""
    try:
        return f"no exception, but {rewards(run(*texts, **more))}"
    except Exception as error:  # noqa: BLE001 - it is the end of the run, whatever it is
        return f"{type(error).__name__}: {error}"


def judge() -> None:
    """Right and wrong, by every way in."""
    assert isinstance(reward, RewardFunction)
    config = {"import_path": EVALUATOR}
    resolved = _resolve_evaluator(Task(id="", instruction=""), None, "import", config)
    assert hasattr(resolved, "evaluate"), resolved
    for run in ENGINES:
        episodes = run(RIGHT, WRONG)
        assert rewards(episodes) == [1.0, 0.0], episodes
        assert [one.is_correct for one in episodes] == [True, False], episodes
    episode = by_flow(RIGHT)[0]
    assert episode.trajectories[0].signals == {"accuracy": 1.0}, episode
    assert episode.metrics["verifier_null"] == 0.0, episode
    os.environ["VERIFIER_SPEC"] = "r1"
    for run in ENGINES:
        assert rewards(run(RIGHT, UNFORMED, WRONG)) == [1.0, 0.5, 0.5]
    del os.environ["VERIFIER_SPEC"]


def fail() -> None:
    """What a failure becomes: three tries, then the end of the run, or of that sample."""
    for run in ENGINES:
        # A workflow's engine says no more than how often it tried; why is in its log.
        ends = {by_workflow: "failed permanently after 3 attempts", by_flow: "InvalidReference"}
        assert ends[run] in raised(run, RIGHT, gold=BAD_GOLD)
        with down():
            assert ends[run].replace("InvalidReference", "Unscored") in raised(run, RIGHT)
            [lost] = run(RIGHT, raise_on_error=False, retry_limit=1)
            assert lost.termination_reason is TerminationReason.ERROR, lost
            assert rewards([lost]) == [], "left out"
        with down(on_unscored="-1"):
            found = run(RIGHT, WRONG)
            assert (rewards(found), found[0].is_correct) == ([-1.0, -1.0], False), found
        with front(503, ill=1) as ill, down(url=ill.url, deadline_seconds="20"):
            assert rewards(run(RIGHT)) == [1.0], "the second try"
        for status in (503, 429):
            with front(status) as ill, down(url=ill.url, deadline_seconds="2"):
                [lost] = run(RIGHT, raise_on_error=False, retry_limit=1)
                assert rewards([lost]) == [], lost
                assert len(ill.posts) > 1, "tried again until the deadline"


def wait() -> SimpleNamespace:
    """The seconds that eight samples take to end, where the service is silent for two each."""
    seconds = {}
    with front() as silent, down(url=silent.url, deadline_seconds="1", on_unscored="-1"):
        for run in ENGINES:
            started = time.monotonic()
            assert rewards(run(*[RIGHT] * 8)) == [-1.0] * 8
            seconds[run.__name__] = time.monotonic() - started
    return SimpleNamespace(**seconds)


if __name__ == "__main__":
    with redirect_stdout(io.StringIO()):
        judge()
        fail()
        waited = wait()
    assert waited.by_flow < waited.by_workflow / 2, waited
    print(
        "rLLM 9beb6e0: a workflow, an agent flow; down, 429, 503, gold unreadable: three tries, "
        "then the run ends, or that sample is left out, or -1; 8 samples of a silent service: "
        f"{waited.by_workflow:.0f} s in a workflow, {waited.by_flow:.0f} s in a flow"
    )
