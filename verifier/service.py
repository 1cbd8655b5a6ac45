"""What the API offers, without HTTP: a request in, one reward for each rollout out, in time."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from verifier import wire
from verifier.admission import Admission
from verifier.errors import InvalidRequest, QueueUnavailable
from verifier.model import Outcome, Rollout, ScoreRequest, Status
from verifier.queue import JobLost
from verifier.reward import null_reward

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from verifier.chunks import Pending
    from verifier.queue import Queue
    from verifier.settings import Settings
    from verifier.spec import CompiledSpec, SpecBook

_encode = msgspec.json.encode

_GRACE_SECONDS = 0.3
"""Workers stop at the deadline; this is their time to say so."""


@dataclass(frozen=True, slots=True)
class Order:
    """A validated request: its rollouts with the spec of each, and its deadline in Unix seconds."""

    request: ScoreRequest
    specs: tuple[CompiledSpec, ...]
    deadline: float

    def heading(self, position: int) -> bytes:
        """How the reward of that rollout begins: its id and group, as JSON."""
        rollout = self.request.rollouts[position]
        name = _encode(rollout.id or str(position))
        return b'{"id":' + name + b',"group":' + _encode(rollout.group) + b","


@dataclass(frozen=True, slots=True)
class Finished:
    """The reward of one rollout of an order, as JSON and as metrics see it."""

    position: int
    scored: wire.Scored
    json: bytes


class Service:
    """Turns requests into queued work and waits for it."""

    def __init__(self, settings: Settings, specs: SpecBook, queue: Queue) -> None:
        self.settings = settings
        self.specs = specs
        self.queue = queue
        self.admission = Admission(settings.max_queued_rollouts)
        self.on_finished: Callable[[list[Finished]], None] = lambda _finished: None

    def order(self, request: ScoreRequest) -> Order:
        """Check what a request asks for.

        Raises:
            InvalidRequest: too many rollouts, repeated ids, or a deadline over the limit.
            InvalidSpec: a spec written out cannot be used.
        """
        arrived = time.time()
        limits = self.settings
        if not request.rollouts:
            raise InvalidRequest("there are no rollouts; send at least one")
        if len(request.rollouts) > limits.max_rollouts:
            raise InvalidRequest(
                f"{len(request.rollouts)} rollouts; one request holds at most {limits.max_rollouts}"
            )
        seconds = request.deadline_seconds or limits.default_deadline_seconds
        if seconds > limits.max_deadline_seconds:
            raise InvalidRequest(f"deadline_seconds is over {limits.max_deadline_seconds:g}")
        ids = [rollout.id or str(i) for i, rollout in enumerate(request.rollouts)]
        if len(set(ids)) < len(ids):
            repeated = Counter(ids).most_common(1)[0][0]
            raise InvalidRequest(f"two rollouts have the id {repeated!r}; ids have to be unique")
        default = self.specs.find(limits.default_spec if request.spec is None else request.spec)
        specs = tuple(
            default if rollout.spec is None else self.specs.find(rollout.spec)
            for rollout in request.rollouts
        )
        return Order(request, specs, arrived + seconds)

    async def score(self, order: Order) -> list[Finished]:
        """Every reward of the order, in its order, by its deadline and a moment.

        Raises:
            Overloaded: the queue stayed full up to the deadline; nothing was accepted.
            QueueUnavailable: Redis stayed away; nothing was accepted.
        """
        async with self.admission.admit(len(order.specs), order.deadline):
            placed = self._place(order)
            pending = {p.future for p in placed if not isinstance(p, wire.Scored)}
            try:
                if pending:
                    await asyncio.wait(pending, timeout=_left(order))
                finished = [self._finish(order, i, place) for i, place in enumerate(placed)]
                self.on_finished(finished)
                return finished
            finally:
                self.queue.release(p for p in placed if not isinstance(p, wire.Scored))

    async def stream(self, order: Order, emit: Callable[[list[Finished]], Awaitable[None]]) -> None:
        """Like `score`, but tells `emit` of rewards as they come."""
        async with self.admission.admit(len(order.specs), order.deadline):
            placed = self._place(order)
            ready: asyncio.Queue[int] = asyncio.Queue()
            left = len(placed)
            try:
                for position, place in enumerate(placed):
                    if isinstance(place, wire.Scored):
                        ready.put_nowait(position)
                    else:
                        place.future.add_done_callback(partial(_put, ready, position))
                waiting = set(range(left))
                while waiting:
                    try:
                        # Not wait_for, which in Python 3.11 may swallow a cancellation.
                        async with asyncio.timeout(_left(order)):
                            positions = [await ready.get()]
                    except TimeoutError:
                        positions = sorted(waiting)
                    while not ready.empty():
                        positions.append(ready.get_nowait())
                    fresh = [p for p in dict.fromkeys(positions) if p in waiting]
                    waiting.difference_update(fresh)
                    finished = [self._settle(order, p, placed[p]) for p in fresh]
                    self.on_finished(finished)
                    await emit(finished)
            finally:
                self.queue.release(p for p in placed if not isinstance(p, wire.Scored))

    def unscored(self, order: Order, position: int, outcome: Outcome, reason: str) -> Finished:
        """The null reward of a rollout that the service could not judge."""
        rollout, spec = order.request.rollouts[position], order.specs[position]
        null = null_reward(rollout, spec, Status.UNSCORED, reason)
        return self._finished(order, position, wire.to_scored(null, spec, outcome))

    def _place(self, order: Order) -> list[Pending | wire.Scored]:
        """Queue what can be judged; what cannot has its null reward at once."""
        placed: dict[int, Pending | wire.Scored] = {}
        by_spec: dict[str, tuple[CompiledSpec, list[int], list[bytes]]] = {}
        for position, (rollout, spec) in enumerate(
            zip(order.request.rollouts, order.specs, strict=True)
        ):
            fault = self._over_limit(rollout)
            if fault is not None:
                reward = null_reward(rollout, spec, Status.INVALID, fault)
                placed[position] = wire.to_scored(reward, spec)
                continue
            body = _judged_part(rollout)
            if rollout.reference and rollout.reference.tests and self._over_tests(body, rollout):
                limit = self.settings.max_tests_bytes
                fault = f"the tests have more than {limit} bytes (VERIFIER_MAX_TESTS_BYTES)"
                reward = null_reward(rollout, spec, Status.INVALID, fault)
                placed[position] = wire.to_scored(reward, spec)
                continue
            _, positions, bodies = by_spec.setdefault(spec.canonical, (spec, [], []))
            positions.append(position)
            bodies.append(body)
        for spec, positions, bodies in by_spec.values():
            found = self.queue.submit(bodies, spec, order.request.priority, order.deadline)
            placed.update(zip(positions, found, strict=True))
        return [placed[position] for position in range(len(order.specs))]

    def _over_limit(self, rollout: Rollout) -> str | None:
        limits = self.settings
        size = len(rollout.text) + len(rollout.prefix)
        if size > limits.max_completion_chars:
            return (
                f"the completion has {size} characters and the limit is "
                f"{limits.max_completion_chars} (VERIFIER_MAX_COMPLETION_CHARS)"
            )
        if rollout.reference and len(rollout.reference.value) > limits.max_reference_chars:
            return f"the reference has more than {limits.max_reference_chars} characters"
        return None

    def _over_tests(self, body: bytes, rollout: Rollout) -> bool:
        """Whether what is sent, less the completion, is over the limit."""
        return len(body) - len(rollout.text) > self.settings.max_tests_bytes

    def _finish(self, order: Order, position: int, place: Pending | wire.Scored) -> Finished:
        """As `_settle`, but an unreachable queue is the whole request's failure."""
        if not isinstance(place, wire.Scored) and place.future.done():
            error = place.future.exception()
            if isinstance(error, QueueUnavailable):
                raise error
        return self._settle(order, position, place)

    def _settle(self, order: Order, position: int, place: Pending | wire.Scored) -> Finished:
        if isinstance(place, wire.Scored):
            return self._finished(order, position, place)
        if not place.future.done():
            return self.unscored(
                order, position, Outcome.DEADLINE, "the deadline passed; try again with a later one"
            )
        error = place.future.exception()
        if error is None:
            return self._finished(order, position, place.future.result())
        outcome = Outcome.CRASHED if isinstance(error, JobLost) else Outcome.UNAVAILABLE
        return self.unscored(order, position, outcome, f"{error}; try again")

    def _finished(self, order: Order, position: int, scored: wire.Scored) -> Finished:
        return Finished(position, scored, order.heading(position) + scored.body[1:])


def counts(finished: Sequence[Finished]) -> dict[str, int]:
    """How many rewards have each status."""
    found = {str(status): 0 for status in Status}
    for one in finished:
        found[one.scored.status] += 1
    return found


def _judged_part(rollout: Rollout) -> bytes:
    """What the verdict depends on; so that identical rollouts are judged once."""
    return rollout.model_dump_json(
        exclude={"id", "group", "spec", "prompt"}, exclude_defaults=True
    ).encode()


def _put(ready: asyncio.Queue[int], position: int, _: object) -> None:
    ready.put_nowait(position)


def _left(order: Order) -> float:
    return max(order.deadline - time.time(), 0) + _GRACE_SECONDS
