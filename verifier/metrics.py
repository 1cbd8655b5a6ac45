"""Metrics, for Prometheus."""

from __future__ import annotations

import time
from collections import Counter as Counted
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

if TYPE_CHECKING:
    from verifier import wire
    from verifier.service import Finished, Service

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """What one API process measures; names begin with `verifier_`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "verifier_http_requests_total",
            "HTTP requests",
            ["method", "path", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "verifier_http_request_seconds",
            "HTTP request time",
            ["path"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.rewards = Counter(
            "verifier_rewards_total", "Rewards by status", ["status"], registry=self.registry
        )
        self.verdicts = Counter(
            "verifier_verdicts_total",
            "Verdicts by check and outcome",
            ["check", "outcome"],
            registry=self.registry,
        )
        self.queue_seconds = Histogram(
            "verifier_job_queue_seconds",
            "From submission of a job to its start",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.work_seconds = Histogram(
            "verifier_job_work_seconds",
            "Work on a job",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.shared = Counter(
            "verifier_rollouts_shared_total",
            "Rollouts that shared the place of an identical one in the queue",
            registry=self.registry,
        )
        self.programs = Counter(
            "verifier_programs_total",
            "Programs judged, run or remembered from an identical one",
            ["source"],
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "verifier_rollouts_in_flight", "Distinct rollouts queued", registry=self.registry
        )
        self.admitted = Gauge(
            "verifier_rollouts_admitted", "Rollouts accepted and unfinished", registry=self.registry
        )
        self.held = Gauge("verifier_requests_held", "Requests held back", registry=self.registry)
        self.workers = Gauge("verifier_workers", "Live workers", ["queue"], registry=self.registry)

    def watch(self, service: Service) -> None:
        """Measure what a service does."""
        service.on_finished = self._on_finished
        service.queue.on_answer = self._on_answer
        service.queue.on_shared = self.shared.inc
        self.in_flight.set_function(lambda: service.queue.rollouts_in_flight)
        self.admitted.set_function(lambda: service.admission.admitted)
        self.held.set_function(lambda: service.admission.held)

    def _on_finished(self, finished: list[Finished]) -> None:
        statuses = Counted(one.scored.status for one in finished)
        for status, number in statuses.items():
            self.rewards.labels(status).inc(number)
        verdicts = Counted(verdict for one in finished for verdict in one.scored.outcomes)
        for (check, outcome), number in verdicts.items():
            self.verdicts.labels(check, outcome).inc(number)

    def _on_answer(self, answer: wire.Answer, sent_at: float) -> None:
        self.work_seconds.observe(answer.seconds)
        self.programs.labels("run").inc(answer.programs)
        self.programs.labels("remembered").inc(answer.remembered)
        waited = time.monotonic() - sent_at - answer.seconds
        self.queue_seconds.observe(max(waited, 0.0))
