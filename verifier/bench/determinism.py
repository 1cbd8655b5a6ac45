"""The same rollouts, shuffled, by one worker and by two, in services that remember nothing."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2

from verifier.bench import Figure
from verifier.bench.served import served
from verifier.model import Reference, Reward, Rollout, ScoreRequest, ScoreResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

NAME = "determinism"

_RUNS = 5
_ROLLOUTS = 500
_WORKERS = ("1", "2")
_DEADLINE_SECONDS = 120.0
_SAMPLE = Path("examples/rollouts.jsonl")


def measure() -> Iterator[Figure]:
    """Every run has a service of its own, so that no run can repeat what another found."""
    rollouts = _rollouts()
    runs = [_run(rollouts, workers, seed=number) for number in range(_RUNS) for workers in _WORKERS]
    first = runs[0]
    unscored = sum(reward.reward is None for run in runs for reward in run.values())
    yield Figure("rollouts", len(rollouts), "rollouts", at_least=_ROLLOUTS)
    yield Figure("runs", len(runs), "runs", at_least=_RUNS * len(_WORKERS))
    yield Figure("differing rewards", _differing(runs, lambda r: r.reward), "rollouts", at_most=0)
    prints = _differing(runs, lambda r: r.fingerprint)
    yield Figure("differing fingerprints", prints, "rollouts", at_most=0)
    outcomes = _differing(runs, lambda r: [verdict.outcome for verdict in r.verdicts])
    yield Figure("differing verdict outcomes", outcomes, "rollouts", at_most=0)
    reasons = _differing(runs, lambda r: [(v.reason, v.evidence) for v in r.verdicts])
    yield Figure("differing reasons or evidence", reasons, "rollouts", at_most=0)
    yield Figure("rewards that are null", unscored, "rewards", at_most=0)
    right = sum(reward.verdicts[0].score == 1 for reward in first.values())
    yield Figure("right answers among them", right, "rollouts")


def _run(rollouts: Sequence[Rollout], workers: str, seed: int) -> dict[str, Reward]:
    """Every reward by the rollout's id."""
    shuffled = list(rollouts)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - an order, no secret
    request = ScoreRequest(rollouts=tuple(shuffled), spec="r1", deadline_seconds=_DEADLINE_SECONDS)
    with served(VERIFIER_WORK="rules", VERIFIER_TRAIN_WORKERS=workers) as service:
        answer = httpx2.post(
            f"{service.url}/v1/score",
            content=request.model_dump_json(),
            headers={"Content-Type": "application/json"},
            timeout=_DEADLINE_SECONDS + 10,
        )
    found = ScoreResponse.model_validate_json(answer.raise_for_status().content)
    return {reward.id: reward for reward in found.rewards}


def _differing(runs: Sequence[dict[str, Reward]], what: Callable[[Reward], object]) -> int:
    """How many rollouts have another one than in the first run, in any run."""
    first = runs[0]
    return sum(any(what(run[name]) != what(first[name]) for run in runs) for name in first)


def _rollouts() -> tuple[Rollout, ...]:
    """The example rollouts, and as many made ones that need algebra as are missing."""
    lines = _SAMPLE.read_text(encoding="utf-8").splitlines() if _SAMPLE.exists() else []
    rows = [json.loads(line) for line in lines]
    found = [_rollout(row["id"], row["completion"], row["reference"]) for row in rows]
    return tuple(found + [_made(number) for number in range(_ROLLOUTS - len(found))])


def _made(number: int) -> Rollout:
    k = number // 5
    answer, gold = (
        (f"x^{{2}}+{2 * k}x+{k * k}", f"(x+{k})^{{2}}"),
        (f"x^{{2}}+{2 * k}x+{k * k + 1}", f"(x+{k})^{{2}}"),
        (rf"\frac{{\sqrt{{{k + 2}}}}}{{{k + 2}}}", rf"\frac{{1}}{{\sqrt{{{k + 2}}}}}"),
        (rf"\sin^{{2}}({k}x)+\cos^{{2}}({k}x)", "1"),
        (rf"\ln({k + 2})+\ln(3)", rf"\ln({3 * k + 6})"),
    )[number % 5]
    text = f"<think>so</think><answer>\\boxed{{{answer}}}</answer>"
    return _rollout(f"made-{number}", text, gold)


def _rollout(name: str, completion: str, gold: str) -> Rollout:
    return Rollout(id=name, completion=completion, reference=Reference(value=gold))
