"""Prometheus metrics: readable, true, and bounded whatever callers write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.api.test_score import RIGHT, WRONG

if TYPE_CHECKING:
    import httpx2
    from prometheus_client.samples import Sample


def samples(http: httpx2.Client) -> list[Sample]:
    """Every sample that the service exposes now."""
    families = text_string_to_metric_families(http.get("/metrics").text)
    return [sample for family in families for sample in family.samples]


def value(http: httpx2.Client, name: str, **labels: str) -> float:
    """The value of one series, 0 where it is not there yet."""
    found = [s.value for s in samples(http) if s.name == name and s.labels == labels]
    return found[0] if found else 0.0


def label_values(http: httpx2.Client) -> set[str]:
    """Every value of every label."""
    return {text for sample in samples(http) for text in sample.labels.values()}


def test_metrics_are_in_prometheus_text(http: httpx2.Client) -> None:
    assert http.get("/metrics").headers["content-type"].startswith("text/plain; version=")


def test_our_metrics_can_be_told_by_their_names(http: httpx2.Client) -> None:
    assert {sample.name.split("_")[0] for sample in samples(http)} == {"verifier"}


def test_rewards_are_counted_by_status(http: httpx2.Client) -> None:
    before = value(http, "verifier_rewards_total", status="scored")
    http.post("/v1/score", json={"rollouts": [RIGHT, WRONG, RIGHT]})
    assert value(http, "verifier_rewards_total", status="scored") == before + 3


def test_an_invalid_reward_is_counted_as_such(http: httpx2.Client) -> None:
    before = value(http, "verifier_rewards_total", status="invalid")
    http.post("/v1/score", json={"rollouts": [{"completion": "x"}]})
    assert value(http, "verifier_rewards_total", status="invalid") == before + 1


def test_verdicts_are_counted_by_check_and_outcome(http: httpx2.Client) -> None:
    labels = {"check": "math_equivalence", "outcome": "correct"}
    before = value(http, "verifier_verdicts_total", **labels)
    http.post("/v1/score", json={"rollouts": [RIGHT]})
    assert value(http, "verifier_verdicts_total", **labels) == before + 1


def test_requests_are_counted_by_route_and_status(http: httpx2.Client) -> None:
    labels = {"method": "GET", "path": "/v1/specs/{name}", "status": "404"}
    before = value(http, "verifier_http_requests_total", **labels)
    http.get("/v1/specs/counted-by-its-route")
    assert value(http, "verifier_http_requests_total", **labels) == before + 1


def test_nothing_is_in_flight_when_nothing_is_asked(http: httpx2.Client) -> None:
    http.post("/v1/score", json={"rollouts": [RIGHT]})
    assert value(http, "verifier_rollouts_admitted") == 0


def test_workers_are_counted_by_queue(http: httpx2.Client) -> None:
    assert value(http, "verifier_workers", queue="verifier-rules-train") >= 1


def test_ids_of_checks_and_names_of_specs_are_no_label_values(http: httpx2.Client) -> None:
    spec = {"name": "made-up-spec", "checks": [{"id": "made-up-id", "check": "exact_match"}]}
    http.post("/v1/score", json={"rollouts": [{**RIGHT, "id": "made-up-rollout"}], "spec": spec})
    assert not {text for text in label_values(http) if "made-up" in text}


def test_a_check_that_is_not_there_is_no_label_value(http: httpx2.Client) -> None:
    spec = {"name": "x", "checks": [{"id": "a", "check": "made-up-check"}]}
    http.post("/v1/score", json={"rollouts": [RIGHT], "spec": spec})
    assert "made-up-check" not in label_values(http)


@pytest.mark.parametrize("method", ["PROPFIND", "REPORT", "MKCOL"])
def test_an_odd_method_is_counted_as_other(http: httpx2.Client, method: str) -> None:
    labels = {"method": "OTHER", "path": "/livez", "status": "405"}
    before = value(http, "verifier_http_requests_total", **labels)
    http.request(method, "/livez")
    assert value(http, "verifier_http_requests_total", **labels) == before + 1


def test_a_path_that_is_not_there_is_counted_as_other(http: httpx2.Client) -> None:
    labels = {"method": "GET", "path": "other", "status": "404"}
    before = value(http, "verifier_http_requests_total", **labels)
    http.get("/made/up/path")
    assert value(http, "verifier_http_requests_total", **labels) == before + 1


def test_tickets_and_keys_add_no_series(http: httpx2.Client) -> None:
    http.get("/v1/tickets/" + "a" * 32)
    before = {(s.name, *s.labels.values()) for s in samples(http)}
    http.get("/v1/tickets/" + "b" * 32)
    http.get("/v1/tickets/" + "c" * 32, params={"wait": 0})
    assert {(s.name, *s.labels.values()) for s in samples(http)} == before
