"""slime and miles: `--custom-rm-path verifier.trainers.slime.reward`, with or without `--group-rm`.

With `--group-rm` and `on_unscored` = `none` a sample without a reward is removed: its loss is
masked and it gets the mean of its group, which leaves the advantages of the others where they were.
Without `--group-rm` a null reward raises, or becomes a number of your choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from verifier.trainers.base import Scoring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.calls import Judged

Value = float | dict[str, float]


class Sample(Protocol):
    """What is used of slime's `Sample`."""

    response: str
    label: object
    remove_sample: bool


async def reward(
    args: object, sample: Sample | Sequence[Sample], **_: object
) -> Value | list[Value]:
    """The reward of a sample, or of each sample of a group.

    A number, or with `--reward-key` a dict that also holds every check's score.
    """
    plan = Scoring.read(on_unscored="raise")
    key = getattr(args, "reward_key", None)
    alone = not isinstance(sample, list | tuple)
    samples: list[Sample] = [sample] if alone else list(sample)  # type: ignore[arg-type, list-item]
    found = await plan.judge([one.response for one in samples], [one.label for one in samples])
    if alone:
        return _value(
            plan.refusing_none("slime without --group-rm").settle_to_number(found[0]), found[0], key
        )
    rewards = [plan.settle(judged) for judged in found]
    scored = [value for value in rewards if value is not None]
    mean = sum(scored) / len(scored) if scored else 0.0
    values = []
    for one, judged, value in zip(samples, found, rewards, strict=True):
        if value is None:
            one.remove_sample = True
        values.append(_value(mean if value is None else value, judged, key))
    return values


def _value(number: float, judged: Judged, key: str | None) -> Value:
    if not key:
        return number
    scores = {check: score for check, score in judged.scores.items() if score is not None}
    return {**scores, key: number}
