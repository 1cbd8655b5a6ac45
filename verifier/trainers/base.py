"""What adapters share: how they are set, what they send, and what becomes of a null reward."""

from __future__ import annotations

import asyncio
import math
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self

from verifier.calls import Judged, Route
from verifier.coalescing import submit
from verifier.columns import UnusableReference, reference_of, text_of
from verifier.errors import CallerError, InvalidReference, Unscored
from verifier.model import Priority, Rollout, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future

OnNull = Literal["none", "raise"] | float
"""What a null reward becomes: None, an exception, or a number of the caller's choice."""

ENVIRONMENT = {
    "url": "VERIFIER_URL",
    "api_key": "VERIFIER_API_KEY",
    "spec": "VERIFIER_SPEC",
    "priority": "VERIFIER_PRIORITY",
    "deadline_seconds": "VERIFIER_DEADLINE_SECONDS",
    "on_unscored": "VERIFIER_ON_UNSCORED",
    "on_invalid": "VERIFIER_ON_INVALID",
    "reference": "VERIFIER_REFERENCE",
    "prefix": "VERIFIER_PREFIX",
}
"""Field of `Scoring` -> the variable that sets it."""


@dataclass(frozen=True)
class Scoring:
    """How an adapter scores: where, by which spec, how long, and what a null reward becomes.

    Immutable and picklable; connections belong to the process, not to it.
    """

    url: str = "http://127.0.0.1:8080"
    api_key: str | None = field(default=None, repr=False)
    spec: str | None = None
    """The reward spec by name; None is the service's default."""
    priority: Priority = Priority.TRAIN
    deadline_seconds: float = 60.0
    """An answer comes by then and a second, tries included."""
    on_unscored: OnNull = "raise"
    """For the service's faults, which are never 0 by themselves."""
    on_invalid: OnNull | None = None
    """For references that cannot be used; None is as `on_unscored`."""
    reference: str = "reference"
    """The dataset's column with the right answers, where the trainer passes columns."""
    prefix: str = ""
    """What the chat template put in front of every completion, for example `<think>`."""

    @classmethod
    def read(cls, given: Mapping[str, object] | None = None, **defaults: object) -> Self:
        """What is given, else what the environment says, else the adapter's defaults.

        Raises:
            CallerError: a value cannot be used.
        """
        found: dict[str, object] = dict(defaults)
        for name, variable in ENVIRONMENT.items():
            text = os.environ.get(variable)
            if text:
                found[name] = text
        found |= {name: value for name, value in (given or {}).items() if value is not None}
        unknown = sorted(set(found) - set(ENVIRONMENT))
        if unknown:
            raise CallerError(f"{unknown} is no setting; there are {sorted(ENVIRONMENT)}")
        for name in ("on_unscored", "on_invalid"):
            if name in found:
                found[name] = _on_null(ENVIRONMENT[name], found[name])
        if "deadline_seconds" in found:
            found["deadline_seconds"] = _positive(found["deadline_seconds"])
        if "priority" in found:
            found["priority"] = _priority(found["priority"])
        return cls(**found)  # type: ignore[arg-type]  # the values are checked above

    @property
    def route(self) -> Route:
        """Where its rollouts go."""
        return Route(self.url, self.api_key, self.spec, self.priority)

    def refusing_none(self, trainer: str) -> Self:
        """Itself, where a null reward becomes no None, which this trainer has no use for.

        Raises:
            CallerError: it would.
        """
        for value in (self.on_unscored, self.on_invalid):
            if value == "none":
                raise CallerError(
                    f"{trainer} cannot leave a sample out: set {ENVIRONMENT['on_unscored']} to "
                    "`raise`, or to the number that you want an outage to look like"
                )
        return self

    def column(self, columns: Mapping[str, object]) -> list[object]:
        """The references among a batch's columns.

        Raises:
            CallerError: there is no such column.
        """
        found = columns.get(self.reference)
        if not isinstance(found, list | tuple):
            names = sorted(name for name, column in columns.items() if isinstance(column, list))
            raise CallerError(
                f"there is no column {self.reference!r}; set {ENVIRONMENT['reference']} to one of "
                f"{names}"
            )
        return list(found)

    async def judge(
        self, completions: Sequence[object], references: Sequence[object]
    ) -> list[Judged]:
        """One judgement for each completion, in order.

        Raises:
            CallerError: the request is wrong, whatever the completions.
        """
        places, future = self._submit(completions, references)
        return _put(places, await asyncio.wrap_future(future))

    def judge_waiting(
        self, completions: Sequence[object], references: Sequence[object]
    ) -> list[Judged]:
        """As `judge`, for callers without an event loop."""
        places, future = self._submit(completions, references)
        return _put(places, future.result())

    def settle(self, judged: Judged) -> float | None:
        """The number that the trainer gets.

        Raises:
            Unscored: the service's fault, and `on_unscored` is `raise`.
            InvalidReference: the caller's, and `on_invalid` is `raise`.
        """
        if judged.reward is not None:
            return judged.reward
        invalid = judged.status is Status.INVALID
        policy = self.on_unscored
        if invalid and self.on_invalid is not None:
            policy = self.on_invalid
        if policy == "none":
            return None
        if policy == "raise":
            raise (InvalidReference if invalid else Unscored)(judged.reason)
        return float(policy)

    def settle_to_number(self, judged: Judged) -> float:
        """As `settle`, for a `Scoring` that was made `refusing_none`."""
        number = self.settle(judged)
        if number is None:
            raise Unscored(judged.reason)
        return number

    def _submit(
        self, completions: Sequence[object], references: Sequence[object]
    ) -> tuple[list[Judged | None], Future[list[Judged]]]:
        """What is judged already (None: not yet), and the rest on its way."""
        places: list[Judged | None] = []
        rollouts = []
        for completion, reference in zip(completions, references, strict=True):
            try:
                rollouts.append(
                    Rollout(
                        completion=text_of(completion),
                        reference=reference_of(reference),
                        prefix=self.prefix,
                    )
                )
            except UnusableReference as error:
                places.append(Judged(None, Status.INVALID, str(error)))
            else:
                places.append(None)
        return places, submit(self.route, rollouts, self.deadline_seconds)


def _put(places: list[Judged | None], judged: list[Judged]) -> list[Judged]:
    rest = iter(judged)
    return [next(rest) if place is None else place for place in places]


def _on_null(variable: str, value: object) -> OnNull:
    if value == "none" or value == "raise":  # noqa: PLR1714 - mypy narrows only this way
        return value
    try:
        number = float(value)  # type: ignore[arg-type]  # what is no number raises
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise CallerError(f"{variable} is `none`, `raise` or a finite number, not {value!r}")
    return number


def _positive(value: object) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]  # what is no number raises
    except (TypeError, ValueError):
        number = math.nan
    if not 0 < number < math.inf:
        raise CallerError(f"a deadline is a number of seconds over 0, not {value!r}")
    return number


def _priority(value: object) -> Priority:
    try:
        return Priority(str(value))
    except ValueError:
        raise CallerError(f"a priority is one of {[str(p) for p in Priority]}") from None
