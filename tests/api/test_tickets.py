"""Tickets: submitted, read, followed, resumed, cancelled."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from tests.api.test_score import JSON, RIGHT, WRONG, slow
from verifier.bench.served import served

UNKNOWN = "/v1/tickets/" + "0" * 32


def submit(http: httpx2.Client, *rollouts: dict[str, Any], **fields: Any) -> str:  # noqa: ANN401 - any JSON
    """Where the ticket of a request is."""
    answer = http.post("/v1/tickets", json={"rollouts": rollouts, **fields})
    assert answer.status_code == 202, answer.text
    return answer.headers["location"]


def ended(http: httpx2.Client, location: str) -> dict[str, Any]:
    """The ticket once it has ended."""
    ticket: dict[str, Any] = http.get(location, params={"wait": 30}).json()
    return ticket


def events(
    http: httpx2.Client, location: str, last_event_id: str | None = None
) -> list[dict[str, str]]:
    """The server-sent events of a ticket, up to its end."""
    headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
    answer = http.get(f"{location}/events", headers=headers, timeout=20)
    assert answer.status_code == 200, answer.text
    blocks = [block for block in answer.text.split("\n\n") if block.strip()]
    return [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]


def test_a_ticket_is_accepted_with_its_location(http: httpx2.Client) -> None:
    answer = http.post("/v1/tickets", json={"rollouts": [RIGHT]})
    assert answer.headers["location"] == f"/v1/tickets/{answer.json()['id']}"


def test_a_ticket_knows_how_many_rollouts_it_has(http: httpx2.Client) -> None:
    assert http.post("/v1/tickets", json={"rollouts": [RIGHT, WRONG]}).json()["total"] == 2


def test_a_done_ticket_is_complete_and_in_order(http: httpx2.Client) -> None:
    rollouts = [
        {"completion": f"ticket {n} \\boxed{{{n % 2}}}", "reference": "1"} for n in range(200)
    ]
    ticket = ended(http, submit(http, *rollouts))
    found = [(r["id"], r["reward"]) for r in ticket["rewards"]]
    assert found == [(str(n), float(n % 2)) for n in range(200)]


def test_a_done_ticket_says_so(http: httpx2.Client) -> None:
    ticket = ended(http, submit(http, RIGHT, WRONG))
    assert (ticket["status"], ticket["finished"], ticket["total"]) == ("done", 2, 2)


def test_a_ticket_and_a_score_agree(http: httpx2.Client) -> None:
    body = {"rollouts": [RIGHT, WRONG, {"completion": "\\boxed{4}"}]}
    scored = http.post("/v1/score", json=body).json()["rewards"]
    ticket = ended(http, submit(http, *body["rollouts"]))
    without = [{**r, "verdicts": None} for r in scored]
    assert [{**r, "verdicts": None} for r in ticket["rewards"]] == without


def test_a_ticket_may_be_read_before_it_is_done(http: httpx2.Client) -> None:
    location = submit(http, *slow(), deadline_seconds=20)
    ticket = http.get(location).json()
    http.delete(location)
    assert ticket["status"] == "pending"


def test_waiting_ends_when_the_ticket_does(http: httpx2.Client) -> None:
    location = submit(http, {**RIGHT, "prefix": "waiting"})
    started = time.monotonic()
    ended(http, location)
    assert time.monotonic() - started < 5


def test_waiting_ends_when_its_time_is_over(http: httpx2.Client) -> None:
    location = submit(http, *slow(), deadline_seconds=20)
    started = time.monotonic()
    http.get(location, params={"wait": 0.3})
    took = time.monotonic() - started
    http.delete(location)
    assert 0.25 < took < 1.5


@pytest.mark.parametrize("wait", ["-1", "nan", "soon"])
def test_a_wait_that_is_no_time_is_refused(http: httpx2.Client, wait: str) -> None:
    assert http.get(submit(http, RIGHT), params={"wait": wait}).status_code == 422


def test_every_reward_is_an_event(http: httpx2.Client) -> None:
    found = events(http, submit(http, RIGHT, WRONG))
    rewards = [json.loads(e["data"]) for e in found if e["event"] == "reward"]
    assert {r["id"]: r["reward"] for r in rewards} == {"0": 1.0, "1": 0.0}


def test_the_last_event_is_the_end(http: httpx2.Client) -> None:
    last = events(http, submit(http, RIGHT))[-1]
    assert (last["event"], json.loads(last["data"])) == ("end", {"status": "done"})


def test_events_come_as_an_event_stream(http: httpx2.Client) -> None:
    answer = http.get(submit(http, RIGHT) + "/events")
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_a_resumed_stream_goes_on_after_the_last_event(http: httpx2.Client) -> None:
    location = submit(http, *({**RIGHT, "completion": f"resume {n}"} for n in range(20)))
    everything = events(http, location)
    assert events(http, location, everything[6]["id"]) == everything[7:]


def test_a_stream_resumed_after_its_end_ends_at_once(http: httpx2.Client) -> None:
    location = submit(http, RIGHT)
    end = events(http, location)[-1]
    assert [e["event"] for e in events(http, location, end["id"])] == ["end"]


@pytest.mark.parametrize("last", ["-", "0", "x-0", "9" * 20 + "-0", "0-" + "9" * 20])
def test_an_event_id_that_cannot_be_is_refused(http: httpx2.Client, last: str) -> None:
    answer = http.get(f"{submit(http, RIGHT)}/events", headers={"Last-Event-ID": last})
    assert answer.status_code == 422


def test_an_event_id_from_the_future_gets_the_end(http: httpx2.Client) -> None:
    location = submit(http, RIGHT)
    ended(http, location)
    assert [e["event"] for e in events(http, location, "9" * 19 + "-0")] == ["end"]


def test_two_readers_see_the_same_events(http: httpx2.Client) -> None:
    location = submit(http, *({**RIGHT, "completion": f"two {n}"} for n in range(40)))
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: events(http, location), range(2))
    assert first == second


def test_a_cancelled_ticket_is_cancelled(http: httpx2.Client) -> None:
    location = submit(http, *slow(), deadline_seconds=20)
    assert http.delete(location).json()["status"] == "cancelled"


def test_what_a_cancelled_ticket_had_not_judged_is_null_and_never_0(http: httpx2.Client) -> None:
    location = submit(http, *slow(), deadline_seconds=20)
    ticket = http.delete(location).json()
    rewards = {r["reward"] for r in ticket["rewards"] if r["status"] == "unscored"}
    assert rewards == {None}


def test_a_cancelled_ticket_is_complete_and_in_order(http: httpx2.Client) -> None:
    location = submit(http, *slow(), deadline_seconds=20)
    ticket = http.delete(location).json()
    assert [r["id"] for r in ticket["rewards"]] == [str(n) for n in range(4)]


def test_a_cancelled_ticket_stays_readable(http: httpx2.Client) -> None:
    location = submit(http, *slow(), deadline_seconds=20)
    assert http.delete(location).json() == http.get(location).json()


def test_cancelling_from_many_sides_ends_the_ticket_once(http: httpx2.Client) -> None:
    location = submit(http, *slow(), deadline_seconds=20)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: http.delete(location).json()["status"], range(8)))
    assert set(found) == {"cancelled"}


def test_cancelling_ends_the_stream(http: httpx2.Client) -> None:
    location = submit(http, *slow(), deadline_seconds=20)
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(events, http, location)
        time.sleep(0.3)
        http.delete(location)
        last = following.result(timeout=10)[-1]
    assert json.loads(last["data"]) == {"status": "cancelled"}


def test_cancelling_a_done_ticket_changes_nothing(http: httpx2.Client) -> None:
    location = submit(http, RIGHT)
    before = ended(http, location)
    assert http.delete(location).json() == before


@pytest.mark.parametrize(
    ("method", "path"), [("GET", UNKNOWN), ("DELETE", UNKNOWN), ("GET", UNKNOWN + "/events")]
)
def test_an_unknown_ticket_is_not_found(http: httpx2.Client, method: str, path: str) -> None:
    answer = http.request(method, path)
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


def test_an_unknown_ticket_is_not_waited_for(http: httpx2.Client) -> None:
    started = time.monotonic()
    http.get(UNKNOWN, params={"wait": 30})
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("name", ["x", "0" * 31, "0" * 33, "A" * 32, "0" * 32 + "%0A"])
def test_what_cannot_be_a_tickets_id_is_refused(http: httpx2.Client, name: str) -> None:
    assert http.get(f"/v1/tickets/{name}").status_code == 422


def test_the_same_key_and_body_are_the_same_ticket(http: httpx2.Client) -> None:
    body = json.dumps({"rollouts": [RIGHT]})
    headers = {**JSON, "Idempotency-Key": "ticket: the same"}
    ids = {http.post("/v1/tickets", content=body, headers=headers).json()["id"] for _ in range(3)}
    assert len(ids) == 1


def test_the_same_key_at_the_same_time_is_one_ticket_with_each_reward_once(
    http: httpx2.Client,
) -> None:
    body = json.dumps({"rollouts": [{**RIGHT, "completion": f"once {n}"} for n in range(20)]})
    headers = {**JSON, "Idempotency-Key": "ticket: at the same time"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _: http.post("/v1/tickets", content=body, headers=headers), range(8))
        )
    assert len(events(http, answers[0].headers["location"])) == 20 + 1


def test_a_score_and_a_ticket_share_a_key(http: httpx2.Client) -> None:
    body = json.dumps({"rollouts": [RIGHT, WRONG]})
    headers = {**JSON, "Idempotency-Key": "ticket: and score"}
    location = http.post("/v1/tickets", content=body, headers=headers).headers["location"]
    scored = http.post("/v1/score", content=body, headers=headers).json()["rewards"]
    assert ended(http, location)["rewards"] == scored


def test_another_key_is_another_ticket(http: httpx2.Client) -> None:
    body = json.dumps({"rollouts": [RIGHT]})
    ids = {
        http.post(
            "/v1/tickets", content=body, headers={**JSON, "Idempotency-Key": f"ticket: {n}"}
        ).json()["id"]
        for n in range(3)
    }
    assert len(ids) == 3


def test_the_same_key_with_another_body_is_refused(http: httpx2.Client) -> None:
    headers = {"Idempotency-Key": "ticket: another body"}
    http.post("/v1/tickets", json={"rollouts": [RIGHT]}, headers=headers)
    answer = http.post("/v1/tickets", json={"rollouts": [WRONG]}, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/idempotency-key-reused")


def test_a_ticket_whose_deadline_passed_is_scored_anew_under_its_key(http: httpx2.Client) -> None:
    body = json.dumps({"rollouts": slow(), "deadline_seconds": 0.05})
    headers = {**JSON, "Idempotency-Key": "ticket: anew"}
    location = http.post("/v1/tickets", content=body, headers=headers).headers["location"]
    first = {e["id"] for e in events(http, location)}
    http.post("/v1/tickets", content=body, headers=headers)
    assert first.isdisjoint({e["id"] for e in events(http, location)})


def test_a_request_that_is_refused_leaves_no_ticket_behind(http: httpx2.Client) -> None:
    headers = {"Idempotency-Key": "ticket: refused first"}
    http.post("/v1/tickets", json={"rollouts": []}, headers=headers)
    assert http.post("/v1/tickets", json={"rollouts": [RIGHT]}, headers=headers).is_success


def test_a_ticket_asked_for_again_keeps_its_rewards_as_long_as_itself() -> None:
    body = json.dumps({"rollouts": [RIGHT], "deadline_seconds": 2})
    headers = {**JSON, "Idempotency-Key": "ticket: kept"}
    with served(VERIFIER_TICKET_TTL_SECONDS="2", VERIFIER_TRAIN_WORKERS="1") as brief:
        answers = []
        for _ in range(3):
            answers.append(httpx2.post(f"{brief.url}/v1/score", content=body, headers=headers))
            time.sleep(1.2)
    assert {answer.content for answer in answers} == {answers[0].content}
