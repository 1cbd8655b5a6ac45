"""Whatever is killed, forged or full: answers come in time, and no reward is wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import httpx2
import pytest
from redis import Redis
from rq.queue import Queue as RQQueue
from rq.serializers import DefaultSerializer, JSONSerializer

from verifier import wire
from verifier.bench.served import Served, served
from verifier.embedded import private_redis, worker_processes
from verifier.model import Rollout
from verifier.settings import Settings
from verifier.spec import compile_spec
from verifier.watchdog import Reply, Watchdog
from verifier.workbench import Workbench
from verifier.worker import MAX_CRASHES, ChunkScorer

Value = TypeVar("Value")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rq.job import Job

pytestmark = pytest.mark.service

LEASE_SECONDS = 2
TRAIN = "verifier-rules-train"
ALGEBRA = {"completion": r"\boxed{\int_{0}^{1} 2x dx}", "reference": "1"}
WRONG = {"completion": r"\boxed{x^{2}+2x+2}", "reference": "(x+1)^{2}"}
SLOW = {"completion": r"\boxed{\int \frac{\sin(x^{5})}{1+x^{7}} dx}", "reference": "7"}


def patient(seconds: float) -> dict[str, Any]:
    """A spec that gives algebra so much CPU time."""
    check = {"id": "a", "check": "math_equivalence", "params": {"cpu_seconds": seconds}}
    return {"name": "patient", "checks": [check]}


class Running:
    """A service whose Redis and workers can be got at."""

    def __init__(self, url: str, redis_url: str, supervisor: int) -> None:
        self.url = url
        self.redis_url = redis_url
        self.supervisor = supervisor
        self.redis = Redis.from_url(redis_url)

    def pids(self, role: str) -> list[int]:
        """The processes of one kind below the supervisor."""
        found = Served(self.url, self.supervisor).processes()
        return [pid for pid, name in found.items() if name == role]

    def worker(self) -> int:
        """The only worker, once it is there."""
        return until(lambda: self.pids("worker"))[0]

    def post(self, *rollouts: dict[str, str], **fields: Any) -> httpx2.Response:  # noqa: ANN401 - JSON
        """The answer to a request, which has 20 seconds unless `fields` says otherwise."""
        body = {"rollouts": rollouts, "deadline_seconds": 20, **fields}
        return httpx2.post(f"{self.url}/v1/score", json=body, timeout=70)

    def rewards(self, *rollouts: dict[str, str], **fields: Any) -> list[float | None]:  # noqa: ANN401 - JSON
        """The rewards of a request that is answered with 200."""
        answer = self.post(*rollouts, **fields).raise_for_status()
        return [reward["reward"] for reward in answer.json()["rewards"]]

    def progress(self, field: str) -> int:
        """What is noted of the job under way: its `starts`, or how often a rollout was `begun`."""
        keys = self.redis.scan_iter(wire.progress_key("*"))
        found: list[Any] = [self.redis.hget(key, field) for key in keys]
        return sum(int(number or 0) for number in found)

    def has_progress(self, field: str, number: int) -> bool:
        """Whether the job under way got so far."""
        return self.progress(field) == number


def until(find: Callable[[], Value], seconds: float = 20.0) -> Value:
    """What `find` returns once it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = find()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come true")


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    settings = Settings(
        work=("rules",),
        train_workers=1,
        eval_workers=0,
        batch_workers=0,
        lease_seconds=LEASE_SECONDS,
    )
    with (
        private_redis(64 << 20) as redis_url,
        worker_processes(settings, redis_url) as supervisor,
        served(VERIFIER_REDIS_URL=redis_url, VERIFIER_MAX_QUEUED_ROLLOUTS="8") as service,
    ):
        found = Running(service.url, redis_url, supervisor.process.pid)
        yield found
        found.redis.close()


# -- a killed process -------------------------------------------------------------------------


def test_work_of_a_killed_worker_is_answered_within_its_lease_and_seconds(
    running: Running,
) -> None:
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(running.rewards, ALGEBRA, SLOW, WRONG)
        until(lambda: running.progress("starts"))
        time.sleep(0.3)  # into the slow one
        os.kill(running.worker(), signal.SIGKILL)
        killed = time.monotonic()
        assert answer.result() == [1, 0, 0]
    assert time.monotonic() - killed < LEASE_SECONDS + 20


def test_a_killed_worker_is_replaced(running: Running) -> None:
    old = running.worker()
    os.kill(old, signal.SIGKILL)
    until(lambda: running.pids("worker") not in ([], [old]))
    assert running.rewards(ALGEBRA) == [1]


def test_algebra_goes_on_after_the_zygote_was_killed(running: Running) -> None:
    assert running.rewards(ALGEBRA) == [1]
    os.kill(running.pids("zygote")[0], signal.SIGKILL)
    fresh = {"completion": r"\boxed{\int_{0}^{2} 2x dx}", "reference": "4"}
    assert running.rewards(fresh) == [1]


def test_algebra_goes_on_after_its_child_was_killed(running: Running) -> None:
    assert running.rewards({"completion": r"\boxed{\int_{0}^{1} 3 dx}", "reference": "3"}) == [1]
    for child in running.pids("math child"):
        os.kill(child, signal.SIGKILL)
    fresh = {"completion": r"\boxed{\int_{0}^{3} 2x dx}", "reference": "9"}
    assert running.rewards(fresh) == [1]


def test_a_frozen_worker_costs_no_answer(running: Running) -> None:
    frozen = running.worker()
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(running.rewards, ALGEBRA, SLOW, deadline_seconds=12)
        until(lambda: running.progress("starts"))
        os.kill(frozen, signal.SIGSTOP)
        try:
            time.sleep(LEASE_SECONDS + 2)  # its job is back in the queue, but it is the only worker
        finally:
            os.kill(frozen, signal.SIGCONT)
        assert answer.result() == [1, 0]


def test_a_rollout_that_kills_its_workers_is_set_aside_and_its_neighbours_are_scored(
    running: Running,
) -> None:
    with ThreadPoolExecutor() as pool:
        fields = {"spec": patient(60), "deadline_seconds": 50}
        answer = pool.submit(running.post, ALGEBRA, SLOW, WRONG, **fields)
        until(lambda: running.progress("starts") == 1)
        # This death is not held against any rollout, for nobody noted where it struck.
        os.kill(running.worker(), signal.SIGKILL)
        for number in range(1, MAX_CRASHES + 1):
            until(partial(running.has_progress, "begun:1", number))
            os.kill(running.worker(), signal.SIGKILL)
        rewards = answer.result().json()["rewards"]
    assert [(r["status"], r["reward"]) for r in rewards] == [
        ("scored", 1),
        ("unscored", None),
        ("scored", 0),
    ]


# -- poison, step by step ----------------------------------------------------------------------


class NoChild(Watchdog):
    """A watchdog that counts calls and makes none."""

    def __init__(self) -> None:
        super().__init__(Path("/nonexistent"))
        self.calls = 0

    def call(self, *_: object, **__: object) -> Reply:
        """Finds everything equal."""
        self.calls += 1
        return Reply("done", "compare", {"equal": True, "why": "values"})


@pytest.fixture
def own_redis(running: Running) -> Iterator[Redis]:
    """Another database of the same server, in which no worker works."""
    client = Redis.from_url(running.redis_url, db=1)
    client.flushdb()
    yield client
    client.close()


def _store(client: Redis, job: str, *rollouts: dict[str, str], seconds: float = 30) -> None:
    body = [Rollout.model_validate_json(json.dumps(r)).model_dump_json() for r in rollouts]
    units = [wire.Unit(time.time() + seconds, one.encode()) for one in body]
    spec = compile_spec(json.dumps(patient(1))).canonical
    client.set(wire.payload_key(job), wire.encode(wire.Chunk(spec, units)))


def _run(client: Redis, job: str, watchdog: Watchdog) -> list[wire.Scored]:
    """Score as a worker does; what it replied."""
    ChunkScorer(client, Workbench(watchdog), lambda: None).run(job, "reply", 60)
    replies: list[Any] = client.lrange("reply", 0, -1)
    return wire.answer_decoder.decode(replies[-1]).scored if replies else []


def _history(client: Redis, job: str, **begun: int) -> None:
    client.hset(wire.progress_key(job), "starts", 3)
    for position, number in begun.items():
        client.hset(wire.progress_key(job), f"begun:{position[1:]}", number)


def test_a_rollout_begun_too_often_is_set_aside(own_redis: Redis) -> None:
    _store(own_redis, "j", ALGEBRA, SLOW)
    _history(own_redis, "j", _0=1, _1=MAX_CRASHES)
    found = _run(own_redis, "j", NoChild())
    assert [one.status for one in found] == ["scored", "unscored"]


def test_a_rollout_set_aside_says_why(own_redis: Redis) -> None:
    _store(own_redis, "j", SLOW)
    _history(own_redis, "j", _0=MAX_CRASHES)
    assert (
        "the worker died 2 times" in json.loads(_run(own_redis, "j", NoChild())[0].body)["reason"]
    )


def test_a_rollout_begun_once_has_another_chance(own_redis: Redis) -> None:
    _store(own_redis, "j", ALGEBRA)
    _history(own_redis, "j", _0=MAX_CRASHES - 1)
    assert [one.status for one in _run(own_redis, "j", NoChild())] == ["scored"]


def test_what_was_scored_before_a_crash_is_not_scored_again(own_redis: Redis) -> None:
    _store(own_redis, "j", ALGEBRA)
    kept = wire.Scored("scored", 0.25, [], b"{}")
    _history(own_redis, "j")
    own_redis.hset(wire.progress_key("j"), "scored:0", wire.encode(kept))
    assert _run(own_redis, "j", NoChild()) == [kept]


def test_a_finished_job_leaves_no_payload_and_no_progress(own_redis: Redis) -> None:
    _store(own_redis, "j", ALGEBRA)
    _history(own_redis, "j")
    _run(own_redis, "j", NoChild())
    assert not own_redis.exists(wire.payload_key("j"), wire.progress_key("j"))


def test_expired_work_is_not_begun(own_redis: Redis) -> None:
    _store(own_redis, "j", ALGEBRA, seconds=-1)
    watchdog = NoChild()
    found = _run(own_redis, "j", watchdog)
    assert (watchdog.calls, found[0].outcomes) == (0, [("math_equivalence", "deadline")])


def test_work_that_nobody_waits_for_is_dropped_unstarted(own_redis: Redis) -> None:
    watchdog = NoChild()
    assert (_run(own_redis, "gone", watchdog), watchdog.calls) == ([], 0)


def test_work_of_a_client_that_went_away_is_dropped(running: Running) -> None:
    first, second = ({**SLOW, "reference": number} for number in ("8", "9"))
    with ThreadPoolExecutor() as pool:
        busy = pool.submit(running.post, first, spec=patient(3))
        until(lambda: running.progress("starts"))
        body = {"rollouts": [second], "spec": patient(3)}
        with pytest.raises(httpx2.TimeoutException):
            httpx2.post(f"{running.url}/v1/score", json=body, timeout=0.3)
        until(lambda: len(list(running.redis.scan_iter(wire.payload_key("*")))) == 1, 2)
        busy.result()


# -- forged work -------------------------------------------------------------------------------


class Touch:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return os.system, (f"touch {self._path}",)


def _forge(running: Running, function: str, *arguments: object, **fields: object) -> Job:
    serializer = fields.pop("serializer", JSONSerializer)
    queue = RQQueue(TRAIN, connection=running.redis, serializer=serializer)
    job = queue.create_job(function, args=arguments, timeout=5, **fields)
    return queue.enqueue_job(job)


def _survives(running: Running, job: Job, worker: int) -> bool:
    """Whether the worker has taken the job, and works on."""
    until(lambda: not running.redis.lpos(f"rq:queue:{TRAIN}", job.id))
    fresh = {"completion": rf"\boxed{{{job.id[:8]}+x-x}}", "reference": "none"}
    return running.rewards(ALGEBRA, fresh)[0] == 1 and running.worker() == worker


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "ran"


def test_a_job_that_names_another_function_runs_nothing(running: Running, marker: Path) -> None:
    worker = running.worker()
    job = _forge(running, "os.system", f"touch {marker}")
    assert _survives(running, job, worker)
    assert not marker.exists()


def test_a_job_that_calls_a_method_runs_nothing(running: Running, marker: Path) -> None:
    worker = running.worker()
    job = _forge(running, wire.JOB_FUNCTION)
    data = zlib.compress(JSONSerializer.dumps(["system", "os", [f"touch {marker}"], {}]))
    running.redis.hset(job.key, "data", data)
    assert _survives(running, job, worker)
    assert not marker.exists()


def test_a_pickled_job_is_not_unpickled(running: Running, marker: Path) -> None:
    worker = running.worker()
    job = _forge(running, wire.JOB_FUNCTION, Touch(marker), serializer=DefaultSerializer)
    assert _survives(running, job, worker)
    assert not marker.exists()


@pytest.mark.parametrize("name", ["success_callback", "failure_callback", "stopped_callback"])
def test_a_callback_of_a_job_is_not_called(running: Running, name: str) -> None:
    worker = running.worker()
    queue = RQQueue(TRAIN, connection=running.redis, serializer=JSONSerializer)
    job = queue.create_job(wire.JOB_FUNCTION, args=["nobody", "forged", 60], timeout=5)
    job.save()
    running.redis.hset(job.key, f"{name}_name", "os._exit")
    queue.enqueue_job(job)
    assert _survives(running, job, worker)


def test_a_payload_that_is_no_chunk_costs_nothing_else(running: Running) -> None:
    worker = running.worker()
    running.redis.set(wire.payload_key("forged"), b"\xc1 no msgpack", ex=2)
    job = _forge(running, wire.JOB_FUNCTION, "forged", "reply", 60)
    assert _survives(running, job, worker)


# -- a full house ------------------------------------------------------------------------------


def test_a_full_redis_is_said_with_503_and_nothing_is_half_accepted(running: Running) -> None:
    client = running.redis
    until(lambda: not list(client.scan_iter(wire.payload_key("*"))))
    client.config_set("maxmemory", "1")
    try:
        answer = running.post(ALGEBRA, WRONG, deadline_seconds=3)
        left = list(client.scan_iter(wire.payload_key("*")))
        queued = client.llen(f"rq:queue:{TRAIN}")
    finally:
        client.config_set("maxmemory", str(64 << 20))
    assert (answer.status_code, left, queued) == (503, [], 0)
    assert answer.headers["Retry-After"]


def test_the_service_works_again_once_redis_has_room(running: Running) -> None:
    running.redis.config_set("maxmemory", "1")
    time.sleep(1.5)
    running.redis.config_set("maxmemory", str(64 << 20))
    assert running.rewards(ALGEBRA, WRONG) == [1, 0]


def test_a_request_past_the_capacity_is_held_and_then_refused(running: Running) -> None:
    # Nobody works on evaluations here, so that these places stay taken up to their deadline.
    many = [{**ALGEBRA, "reference": str(number)} for number in range(8)]
    with ThreadPoolExecutor() as pool:
        first = pool.submit(running.post, *many, priority="eval", deadline_seconds=3)
        time.sleep(0.5)
        refused = pool.submit(running.post, ALGEBRA, deadline_seconds=1)
        held = pool.submit(running.post, ALGEBRA, deadline_seconds=10)
        assert first.result().json()["counts"]["unscored"] == 8
        assert (refused.result().status_code, refused.result().headers["Retry-After"]) == (429, "1")
        assert held.result().json()["counts"]["scored"] == 1


def test_rq_info_tells_the_queues_and_the_workers(running: Running) -> None:
    assert running.rewards(ALGEBRA) == [1]
    command = [str(Path(sys.executable).with_name("rq")), "info", "--url", running.redis_url]
    told = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
    assert TRAIN in told
    assert f"{TRAIN}-{os.uname().nodename}-{running.worker()}" in told
