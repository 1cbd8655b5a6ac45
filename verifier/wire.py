"""What API and workers say to each other through Redis: keys, and values in msgpack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifier.model import Outcome, Priority, Reward
    from verifier.spec import CompiledSpec

PREFIX = "verifier"
HOSTS_KEY = f"{PREFIX}:hosts"
"""A sorted set: every supervisor, by the Unix time of its last report."""
HOST_SECONDS = 5
"""A supervisor that has not reported for so long is gone."""
JOB_FUNCTION = "verifier.worker.score_chunk"
"""The one function that a job may name."""


class Unit(msgspec.Struct, frozen=True, array_like=True):
    """One rollout to judge: its deadline (Unix seconds) and its JSON without id and group."""

    deadline: float
    rollout: bytes


class Chunk(msgspec.Struct, frozen=True, array_like=True):
    """The payload of a job: rollouts that share a spec, written out as canonical JSON."""

    spec: str
    units: list[Unit]


class Scored(msgspec.Struct, frozen=True, array_like=True):
    """One judged rollout: its reward as JSON without id and group, and what metrics need."""

    status: str
    reward: float | None
    outcomes: list[tuple[str, str]]
    body: bytes


class Host(msgspec.Struct, frozen=True, array_like=True):
    """What one supervisor reports: its live workers by queue, and whether symbolic math is warm."""

    workers: dict[str, int]
    restarts: int
    warm: bool


class SandboxReport(msgspec.Struct, frozen=True, array_like=True):
    """What one host says of its sandbox."""

    backend: str | None
    """What programs run in; None where this host has nothing for that."""
    problem: str | None
    """Why no program could run now."""


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What a worker replies for a job: one `Scored` per unit, in order."""

    job: str
    scored: list[Scored]
    started_at: float
    seconds: float
    programs: int = 0
    """Programs that were run for it, with all their cases."""
    remembered: int = 0
    """Programs whose judgement was known already."""


chunk_decoder = msgspec.msgpack.Decoder(Chunk)
answer_decoder = msgspec.msgpack.Decoder(Answer)
host_decoder = msgspec.msgpack.Decoder(Host)
sandbox_decoder = msgspec.msgpack.Decoder(SandboxReport)
scored_decoder = msgspec.msgpack.Decoder(Scored)
encode = msgspec.msgpack.encode


def live_workers(hosts: Iterable[Host]) -> dict[str, int]:
    """How many live workers each queue has on all hosts."""
    workers: dict[str, int] = {}
    for host in hosts:
        for queue, number in host.workers.items():
            workers[queue] = workers.get(queue, 0) + number
    return workers


def queue_name(kind: str, priority: Priority) -> str:
    """The RQ queue for a kind of work and a class of priority."""
    return f"{PREFIX}-{kind}-{priority}"


def payload_key(job: str) -> str:
    """Holds a `Chunk` until it is scored; without it a job is dropped unstarted."""
    return f"{PREFIX}:payload:{job}"


def progress_key(job: str) -> str:
    """A hash: how often a job was started, which units were begun, which are scored."""
    return f"{PREFIX}:progress:{job}"


def reply_key(api: str) -> str:
    """The list on which one API process waits for answers."""
    return f"{PREFIX}:reply:{api}"


def host_key(host: str) -> str:
    """A `Host`, renewed every second; gone when its supervisor is."""
    return f"{PREFIX}:host:{host}"


def sandbox_key(host: str) -> str:
    """A `SandboxReport`, renewed every second."""
    return f"{PREFIX}:sandbox:{host}"


def judged_key(digest: str) -> str:
    """The remembered judgement of a program, by what it depends on."""
    return f"{PREFIX}:judged:{digest}"


def ticket_key(ticket: str) -> str:
    """A hash: what is known of a ticket."""
    return f"{PREFIX}:ticket:{ticket}"


def events_key(ticket: str) -> str:
    """A stream: the finished rollouts of a ticket."""
    return f"{PREFIX}:events:{ticket}"


def to_scored(reward: Reward, compiled: CompiledSpec, outcome: Outcome | None = None) -> Scored:
    """A reward as it travels; `outcome` tells metrics why, where there is no verdict to."""
    # Metrics go by the check, not by its id: a caller may write any number of specs.
    outcomes = [
        (check.name, str(verdict.outcome))
        for (_, check, _), verdict in zip(compiled.steps, reward.verdicts, strict=False)
    ]
    if outcome is not None:
        outcomes.append(("", str(outcome)))
    body = reward.model_dump_json(exclude={"id", "group"}).encode()
    return Scored(str(reward.status), reward.reward, outcomes, body)
