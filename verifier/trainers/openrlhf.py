"""OpenRLHF: `--reward.remote_url` may be this file instead of a URL.

    --reward.remote_url $(python -m verifier.trainers.openrlhf)

OpenRLHF has no way to leave a sample out, so a null reward raises, or becomes a number of your
choice.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from verifier.calls import Judged
from verifier.model import Status
from verifier.trainers.base import Scoring

if TYPE_CHECKING:
    from collections.abc import Sequence

_TAIL_CHARS = 48
_SPECIAL = re.compile(
    r"(?:\s*(?:<[|\uff5c][^<>\s]{1,48}[|\uff5c]>|</?s>|<(?:eos|pad|bos|end_of_turn)>|\[PAD\]))+\s*\Z"
)
"""What a template or a tokenizer puts behind the completion."""


def reward_func(
    queries: Sequence[str], prompts: Sequence[str], labels: Sequence[object]
) -> dict[str, object]:
    """Rewards of a batch, with every check's scores as extra logs.

    Args:
        queries: prompt and completion in one text, special tokens kept.
        prompts: the templated prompts.
        labels: the references.
    """
    plan = Scoring.read(on_unscored="raise").refusing_none("OpenRLHF")
    completions = [split(query, prompt) for query, prompt in zip(queries, prompts, strict=True)]
    known = [text for text in completions if text is not None]
    references = [
        label for label, text in zip(labels, completions, strict=True) if text is not None
    ]
    found = iter(plan.judge_waiting(known, references))
    lost = Judged(None, Status.INVALID, "the query does not begin with its prompt")
    judged = [lost if text is None else next(found) for text in completions]
    rewards = [plan.settle_to_number(one) for one in judged]
    logs = {"verifier_null": [float(one.reward is None) for one in judged]}
    for check in sorted({check for one in judged for check in one.scores}):
        logs[check] = [one.scores.get(check) or 0.0 for one in judged]
    if len(rewards) == 1:  # a list would get a dimension too many
        return {
            "rewards": rewards[0],
            "scores": rewards[0],
            "extra_logs": {name: values[0] for name, values in logs.items()},
        }
    return {"rewards": rewards, "scores": rewards, "extra_logs": logs}


def split(query: str, prompt: str) -> str | None:
    """The completion in a query, without special tokens behind it; None where it cannot be found.

    Decoding may have changed the prompt's beginning, so its end decides where it does not match.
    """
    if query.startswith(prompt):
        rest = query[len(prompt) :]
    else:
        tail = prompt[-_TAIL_CHARS:]
        at = query.find(tail, max(0, len(prompt) - 2 * _TAIL_CHARS)) if tail.strip() else -1
        if at < 0:
            return None
        rest = query[at + len(tail) :]
    return _SPECIAL.sub("", rest)


if __name__ == "__main__":
    sys.stdout.write(__file__ + "\n")
