"""Programs run through the queue for clients that want to see what they print."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.languages import languages, named
from sandbox.types import MEBIBYTE
from verifier import errors
from verifier.api.judging import fault, judge
from verifier.code.source import MAX_SOURCE_BYTES
from verifier.model import Outcome, Reference, Rollout

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import Request
    from pydantic import JsonValue

    from verifier.api.routing import State
    from verifier.model import Reward

MAX_RUNS = 1024
"""Programs in one request."""
_LEAST_BYTES, _MOST_BYTES = 16 * MEBIBYTE, 4096 * MEBIBYTE
_LEAST_SECONDS, _MOST_SECONDS = 0.01, 60.0
_ROOM_SECONDS = 7.0
"""Of a client's time this much is left for the queue and the compiler."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A program to run, with its input and limits."""

    source: str
    language: str
    stdin: str = ""
    args: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    """Plain names, and their content in base64."""
    expected: str | None = None
    seconds: float = 10.0
    """CPU time, and the guard against sleeping."""
    memory_bytes: int | None = None
    """None is as much as a program gets here."""
    output_bytes: int = 4 * MEBIBYTE

    def rollout(self, most_bytes: int, within: float) -> Rollout:
        """The rollout whose verdict tells what happened."""
        seconds = min(self.seconds, _MOST_SECONDS, max(within - _ROOM_SECONDS, 1.0))
        most_bytes = min(most_bytes, _MOST_BYTES)
        memory = most_bytes if self.memory_bytes is None else self.memory_bytes
        params: dict[str, JsonValue] = {
            "language": self.language,
            "cpu_seconds": max(seconds, _LEAST_SECONDS),
            "wall_seconds": max(seconds, _LEAST_SECONDS),
            "memory_bytes": min(max(memory, _LEAST_BYTES), most_bytes),
            "output_bytes": self.output_bytes,
        }
        check: JsonValue = {"id": "run", "check": "program_run", "params": params}
        tests: dict[str, JsonValue] = {"kind": "run", "stdin": self.stdin}
        if self.args:
            tests["args"] = list(self.args)
        if self.files:
            tests["files"] = dict(self.files)
        if self.expected is not None:
            tests["expected"] = self.expected
        return Rollout(
            completion=self.source,
            reference=Reference(tests=tests),
            spec={"name": "run", "checks": [check]},
        )


@dataclass(frozen=True, slots=True)
class Executed:
    """What a program did. Sizes are in bytes, times in seconds."""

    outcome: Outcome
    """`correct` where it ended well (and printed what was expected), or a fault of the policy's."""
    reason: str
    stage: str = "run"
    """`compile` or `run`."""
    stdout: str = ""
    stderr: str = ""
    exit_code: int | None = None
    signal: int | None = None
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    memory_bytes: int = 0

    @property
    def ran(self) -> bool:
        """Whether it ended well, whatever it printed."""
        return self.outcome in (Outcome.CORRECT, Outcome.INCORRECT)

    @classmethod
    def of(cls, reward: Reward) -> Executed:
        """What the verdict of a `Wanted` rollout says.

        Raises:
            InvalidReference: its input cannot be used.
            Unscored: it could not be run.
        """
        if reward.reward is None:
            raise fault(reward)
        (verdict,) = reward.verdicts
        known = {name: verdict.evidence[name] for name in cls.__slots__ if name in verdict.evidence}
        return cls(verdict.outcome, verdict.reason, **known)  # type: ignore[arg-type]  # as the check writes it


def known_language(tag: str) -> str:
    """Our name of a language.

    Raises:
        InvalidRequest: there is no such language.
    """
    language = named(tag)
    if language is None:
        raise errors.InvalidRequest(
            f"there is no language {tag[:60]!r}; there are {', '.join(languages())}"
        )
    return language.name


async def execute(
    request: Request, state: State, wanted: Sequence[Wanted], within: float
) -> list[Executed]:
    """What each program did, in order and in time.

    Raises:
        InvalidReference: the input of one cannot be used.
        Unscored: one could not be run.
        ServiceError: the queue is full or away.
    """
    found = await attempt(request, state, wanted, within)
    for one in found:
        if isinstance(one, errors.VerifierError):
            raise one
    return [one for one in found if isinstance(one, Executed)]


async def attempt(
    request: Request, state: State, wanted: Sequence[Wanted], within: float
) -> list[Executed | errors.VerifierError]:
    """As `execute`, with the error of a program in its place."""
    if len(wanted) > MAX_RUNS:
        raise errors.InvalidRequest(f"{len(wanted)} programs; one request holds {MAX_RUNS}")
    most = state.settings.sandbox_memory_bytes
    too_long = {i for i, one in enumerate(wanted) if len(one.source) > MAX_SOURCE_BYTES}
    rollouts = [one.rollout(most, within) for i, one in enumerate(wanted) if i not in too_long]
    rewards = iter(await judge(request, state, rollouts, None, within))
    return [
        Executed(Outcome.TOO_COMPLEX, f"the program has more than {MAX_SOURCE_BYTES} bytes")
        if i in too_long
        else _executed(next(rewards))
        for i in range(len(wanted))
    ]


def _executed(reward: Reward) -> Executed | errors.VerifierError:
    try:
        return Executed.of(reward)
    except errors.VerifierError as error:
        return error
