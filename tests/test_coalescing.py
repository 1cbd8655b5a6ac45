"""The calls of one process: merged, tried again, ended in time, and never in each other's way."""

from __future__ import annotations

import asyncio
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import pytest

from tests.conftest import API_KEY
from tests.test_client import Stub, stub
from tests.trainers.conftest import requests_to
from verifier import calls, coalescing
from verifier.calls import Judged, Route
from verifier.coalescing import submit
from verifier.errors import CallerError, InternalError, Unauthorized
from verifier.model import Reference, Rollout, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.bench.served import Served

RIGHT = Rollout(completion="so \\boxed{4}", reference=Reference(value="4"))
WRONG = Rollout(completion="so \\boxed{5}", reference=Reference(value="4"))


def answer(*rewards: float | None, outcome: str = "unavailable") -> dict[str, object]:
    """A response of the service, as JSON."""
    rows: list[dict[str, object]] = [
        {
            "id": str(number),
            "reward": reward,
            "status": "unscored" if reward is None else "scored",
            "reason": "the sandbox is away" if reward is None else None,
            "verdicts": []
            if reward is not None
            else [{"check": "tests", "outcome": outcome, "score": None, "reason": "away"}],
            "spec": "math",
            "fingerprint": "",
            "versions": {},
        }
        for number, reward in enumerate(rewards)
    ]
    return {"rewards": rows, "counts": {}}


def rewards(
    route: Route, rollouts: Sequence[Rollout], deadline_seconds: float = 20
) -> list[float | None]:
    """What a caller gets that waits."""
    return [one.reward for one in submit(route, rollouts, deadline_seconds).result()]


@pytest.fixture
def route(service: Served) -> Route:
    """The running service."""
    return Route(service.url, API_KEY)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "GRACE_SECONDS", 0.3)
    monkeypatch.setattr(coalescing, "_FIRST_PAUSE_SECONDS", 0.02)


def keys(server: Stub) -> list[str]:
    """The idempotency keys that a stub has seen."""
    return [headers["idempotency-key"] for headers in server.seen]


def test_judgements_come_in_order(route: Route) -> None:
    assert rewards(route, [RIGHT, WRONG, RIGHT]) == [1.0, 0.0, 1.0]


def test_nothing_wanted_is_nothing_asked(route: Route) -> None:
    assert rewards(route, []) == []


def test_every_checks_score_is_told(route: Route) -> None:
    [judged] = submit(Route(route.url, API_KEY, "r1"), [RIGHT], 20).result()
    assert judged.scores == {"accuracy": 1.0, "format": 0.0}


def test_calls_of_many_threads_share_few_requests(route: Route, service: Served) -> None:
    before = requests_to(service)
    with ThreadPoolExecutor(64) as threads:
        found = list(threads.map(lambda _: rewards(route, [RIGHT]), range(256)))
    assert found == [[1.0]] * 256
    assert requests_to(service) - before <= 128


def test_calls_of_one_loop_share_few_requests(route: Route, service: Served) -> None:
    async def ask() -> list[list[Judged]]:
        asked = [asyncio.wrap_future(submit(route, [RIGHT, WRONG], 20)) for _ in range(256)]
        return await asyncio.gather(*asked)

    before = requests_to(service)
    found = asyncio.run(ask())
    assert {tuple(one.reward for one in call) for call in found} == {(1.0, 0.0)}
    assert requests_to(service) - before <= 64


def test_a_large_call_is_cut(
    route: Route, service: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coalescing, "_MAX_ROLLOUTS", 8)
    before = requests_to(service)
    assert rewards(route, [RIGHT, WRONG] * 12) == [1.0, 0.0] * 12
    assert requests_to(service) - before == 3


def test_large_completions_are_cut_apart(
    route: Route, service: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coalescing, "_MAX_CHARS", 10)
    before = requests_to(service)
    assert rewards(route, [RIGHT, WRONG]) == [1.0, 0.0]
    assert requests_to(service) - before == 2


def test_large_tests_are_cut_apart(
    route: Route, service: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coalescing, "_MAX_CHARS", 100)
    before = requests_to(service)
    program = Rollout(completion="x", reference=Reference(tests=["assert f(1) == 1"] * 10))
    submit(route, [program, program], 20).result()
    assert requests_to(service) - before == 2


def test_one_loop_after_the_other_is_served(route: Route) -> None:
    async def ask() -> float | None:
        [judged] = await asyncio.wrap_future(submit(route, [RIGHT], 20))
        return judged.reward

    assert [asyncio.run(ask()) for _ in range(3)] == [1.0] * 3


def test_a_second_try_has_the_key_of_the_first() -> None:
    with stub((503, {}), (503, {}), (200, answer(1.0))) as server:
        assert rewards(Route(server.url), [RIGHT]) == [1.0]
        first, second, third = keys(server)
    assert first == second == third


def test_what_the_service_could_not_judge_is_asked_again_alone() -> None:
    with stub((200, answer(1.0, None)), (200, answer(0.0))) as server:
        assert rewards(Route(server.url), [RIGHT, WRONG]) == [1.0, 0.0]
        sizes = [len(json.loads(body)["rollouts"]) for body in server.bodies]
    assert sizes == [2, 1]


def test_asking_anew_has_a_key_of_its_own() -> None:
    with stub((200, answer(None)), (200, answer(0.0))) as server:
        rewards(Route(server.url), [RIGHT])
        first, second = keys(server)
    assert first != second


@pytest.mark.parametrize("outcome", ["timeout", "crashed"])
def test_a_completion_that_a_check_did_not_survive_is_not_asked_again(outcome: str) -> None:
    with stub((200, answer(None, outcome=outcome))) as server:
        assert rewards(Route(server.url), [RIGHT]) == [None]
        assert len(server.seen) == 1


def test_a_service_that_never_can_leaves_it_unscored() -> None:
    with stub((200, answer(None))) as server:
        [judged] = submit(Route(server.url), [RIGHT], 0.3).result()
    assert (judged.status, judged.reason) == (Status.UNSCORED, "the sandbox is away")


def test_nobody_there_leaves_it_unscored() -> None:
    [judged] = submit(Route("http://127.0.0.1:9"), [RIGHT], 0.4).result()
    assert judged.status is Status.UNSCORED
    assert "Connect" in judged.reason


def test_a_service_that_comes_back_in_time_is_asked() -> None:
    with stub((200, answer(1.0))) as gone:
        url, port = gone.url, gone.server_address[1]
    waiting = submit(Route(url), [RIGHT], 20)
    time.sleep(0.3)
    with stub((200, answer(1.0)), port=port):
        assert [one.reward for one in waiting.result()] == [1.0]


def test_a_call_ends_at_its_deadline() -> None:
    started = time.monotonic()
    submit(Route("http://127.0.0.1:9"), [RIGHT], 0.4).result()
    assert time.monotonic() - started < 0.4 + 0.3 + 0.2


def test_a_call_does_not_wait_for_the_deadline_of_a_longer_one() -> None:
    with stub((503, {})) as server:
        longer = submit(Route(server.url), [RIGHT], 3)
        started = time.monotonic()
        submit(Route(server.url), [RIGHT], 0.3).result()
        assert time.monotonic() - started < 1
        assert not longer.done()
        longer.cancel()


def test_a_wrong_key_is_raised(service: Served) -> None:
    with pytest.raises(Unauthorized):
        submit(Route(service.url, "wrong"), [RIGHT], 5).result()


def test_an_address_without_a_scheme_is_raised() -> None:
    with pytest.raises(CallerError, match="http://host:port"):
        submit(Route("localhost:8080"), [RIGHT], 5).result()


def test_a_wrong_call_spoils_no_neighbour_in_its_request(route: Route) -> None:
    wrong = Rollout(completion="x", spec="nobodys")
    first, second, third = (submit(route, [one], 20) for one in (RIGHT, wrong, WRONG))
    wait([first, second, third])
    assert [first.result()[0].reward, third.result()[0].reward] == [1.0, 0.0]
    assert isinstance(second.exception(), CallerError)


def test_a_bug_of_ours_is_raised_and_not_waited_for() -> None:
    with stub((200, {"nonsense": 1})) as server, pytest.raises(InternalError):
        submit(Route(server.url), [RIGHT], 5).result()


def test_a_caller_that_goes_away_harms_nobody(route: Route) -> None:
    gone = submit(route, [WRONG], 20)
    gone.cancel()
    assert rewards(route, [RIGHT]) == [1.0]


@pytest.mark.filterwarnings("ignore:This process.*fork:DeprecationWarning")
def test_a_forked_child_has_connections_of_its_own(route: Route) -> None:
    assert rewards(route, [RIGHT]) == [1.0]
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if rewards(route, [RIGHT, WRONG], 10) == [1.0, 0.0] else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
