"""Judgements are remembered, once each, and never where there is no score."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisGone

from verifier.checks.base import Judgement, abstain, correct, policy_fault
from verifier.embedded import private_redis
from verifier.memory import Memory
from verifier.model import Outcome
from verifier.wire import judged_key

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.service

RIGHT = correct("all 2 cases pass", passed=2, first_failure={"line": 1})
WRONG = policy_fault(Outcome.TIME_LIMIT, "the program takes too long", ran=1)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with private_redis(64 << 20) as found:
        yield found


@pytest.fixture
def redis(url: str) -> Iterator[Redis]:
    with Redis.from_url(url) as client:
        client.flushdb()
        yield client


class Judge:
    """Judges as it is told to, and counts."""

    def __init__(self, judgement: Judgement, seconds: float = 0.0) -> None:
        self.judgement = judgement
        self.seconds = seconds
        self.calls = 0

    def __call__(self) -> Judgement:
        """The judgement."""
        self.calls += 1
        time.sleep(self.seconds)
        return self.judgement


def always() -> bool:
    return True


@pytest.mark.parametrize("judgement", [RIGHT, WRONG], ids=["right", "wrong"])
def test_a_score_is_remembered_with_its_reason_and_evidence(
    redis: Redis, judgement: Judgement
) -> None:
    memory, judge = Memory(redis, 60), Judge(judgement)
    assert [memory.recall("a", judge, always) for _ in range(3)] == [judgement] * 3
    assert judge.calls == 1


def test_a_fault_of_the_service_is_not_remembered(redis: Redis) -> None:
    memory, judge = Memory(redis, 60), Judge(abstain(Outcome.CRASHED, "the sandbox failed"))
    for _ in range(3):
        assert memory.recall("a", judge, always).score is None
    assert judge.calls == 3


def test_what_is_remembered_is_forgotten_in_time(redis: Redis) -> None:
    Memory(redis, 60).recall("a", Judge(RIGHT), always)
    (key,) = redis.keys("*judged*")
    assert 0 < redis.ttl(key) <= 60


def test_nothing_is_remembered_for_no_time(redis: Redis) -> None:
    memory, judge = Memory(redis, 0), Judge(RIGHT)
    memory.recall("a", judge, always)
    memory.recall("a", judge, always)
    assert judge.calls == 2
    assert redis.dbsize() == 0


def test_other_digests_are_other_judgements(redis: Redis) -> None:
    memory = Memory(redis, 60)
    assert memory.recall("a", Judge(RIGHT), always) == RIGHT
    assert memory.recall("b", Judge(WRONG), always) == WRONG


def test_identical_work_at_the_same_time_is_done_once(redis: Redis) -> None:
    judge = Judge(RIGHT, seconds=0.3)
    found: list[Judgement] = []

    def work() -> None:
        found.append(Memory(redis, 60).recall("a", judge, always))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [RIGHT] * 8
    assert judge.calls == 1


def test_who_fails_leaves_the_work_to_the_next(redis: Redis) -> None:
    memory = Memory(redis, 60)

    def fail() -> Judgement:
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        memory.recall("a", fail, always)
    started = time.monotonic()
    assert memory.recall("a", Judge(RIGHT), always) == RIGHT
    assert time.monotonic() - started < 5


def test_a_judgement_needs_no_redis() -> None:
    class Gone(Redis):
        """A server that is away."""

        def execute_command(self, *_: object, **__: object) -> object:
            """Raises."""
            raise RedisGone("away")

    assert Memory(Gone(), 60).recall("a", Judge(RIGHT), always) == RIGHT


def test_much_evidence_is_not_remembered(redis: Redis) -> None:
    """Programs print, and Redis is not for that."""
    calls: list[int] = []

    def judge() -> Judgement:
        calls.append(1)
        return Judgement(Outcome.CORRECT, 1.0, "", {"stdout": "x" * (1 << 17)})

    for _ in range(2):
        Memory(redis, 60).recall("much", judge, lambda: True)
    assert len(calls) == 2


def test_what_is_judged_and_what_is_recalled_is_counted(redis: Redis) -> None:
    memory = Memory(redis, 60)
    for digest in ("a", "b", "a", "a"):
        memory.recall(digest, Judge(RIGHT), always)
    assert memory.take_counts() == (2, 2)


def test_what_is_counted_is_counted_once(redis: Redis) -> None:
    memory = Memory(redis, 60)
    memory.recall("a", Judge(RIGHT), always)
    memory.take_counts()
    assert memory.take_counts() == (0, 0)


def test_a_claim_of_another_is_left_to_it(redis: Redis) -> None:
    redis.set(judged_key("a"), "claimed")
    unsure = Judge(abstain(Outcome.CRASHED, "the sandbox failed"))
    Memory(redis, 60).recall("a", unsure, lambda: False)
    assert redis.exists(judged_key("a"))
