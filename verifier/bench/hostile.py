"""Answers, references and bodies that are meant to break the service, beside benign neighbours.

Every hostile text is sent as the final answer of two rollouts (for a number, and for algebra), as
the whole completion, and as a reference. Outcomes that it may have:

    as an answer or a completion   0: incorrect, no_answer, ambiguous, malformed or too_complex;
                                   null only where the service is at fault, and never above 0
    as a reference                 null (invalid), or 0 where it can be read and differs
    as a body                      4xx

Its neighbours in the batch are scored as if it were not there.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx2
import psutil

from verifier.bench import Figure
from verifier.bench.hostile_texts import BODIES, TEXTS
from verifier.bench.served import Served, served

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "hostile"

_DEADLINE_SECONDS = 10.0
_GRACE_SECONDS = 0.5
_AT_ONCE = 2
_CHILD_BYTES = 1 << 30
_OVERHEAD_MEBIBYTES = 64
_JSON = {"Content-Type": "application/json"}
_ALGEBRA = r"\sqrt{2}+x^{2}"


@dataclass
class _Seen:
    """What came of the cases so far."""

    seconds: dict[str, float] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    bad_bodies: list[str] = field(default_factory=list)


def measure() -> Iterator[Figure]:
    """All cases against one service, two at a time; then whether it still works as before."""
    seen = _Seen()
    with (
        served(VERIFIER_WORK="rules") as service,
        httpx2.Client(base_url=service.url, timeout=120) as client,
    ):
        restarts = client.get("/readyz").json()["worker_restarts"]
        peaks = _try_all(service, client, seen)
        _send_bodies(client, seen)
        time.sleep(2)  # a supervisor reports every second
        ready = client.get("/readyz").json()
        _try(client, "benign", {"completion": "none", "reference": "1"}, seen)
    late = [name for name, s in seen.seconds.items() if s > _DEADLINE_SECONDS + _GRACE_SECONDS]
    failed = sum(number for status, number in seen.statuses.items() if status >= 500)  # noqa: PLR2004 - HTTP's server errors
    yield Figure("hostile texts", len(TEXTS), "texts", at_least=40)
    yield Figure("cases", len(seen.seconds), "cases")
    yield Figure(_named("cases late", late), len(late), "cases", at_most=0)
    yield Figure("slowest case", max(seen.seconds.values()), "s")
    yield Figure(_named("neighbours missed", seen.missed), len(seen.missed), "rollouts", at_most=0)
    accepted = _named("hostile accepted as right", seen.accepted)
    yield Figure(accepted, len(seen.accepted), "rollouts", at_most=0)
    bad = _named("hostile bodies not answered with 4xx", seen.bad_bodies)
    yield Figure(bad, len(seen.bad_bodies), "bodies", at_most=0)
    yield Figure("answers 5xx", failed, "answers", at_most=0)
    yield Figure("workers lost", ready["worker_restarts"] - restarts, "workers", at_most=0)
    for outcome, number in sorted(seen.outcomes.items()):
        yield Figure(f"outcome {outcome}", number, "rollouts")
    for role, peak in sorted(peaks.items()):
        bound = _CHILD_BYTES / 2**20 + _OVERHEAD_MEBIBYTES if role == "math child" else None
        yield Figure(f"peak memory, {role}", peak / 2**20, "MiB", at_most=bound)


def _try_all(service: Served, client: httpx2.Client, seen: _Seen) -> dict[str, int]:
    """Send every text in every place; the greatest memory of each kind of process meanwhile."""
    peaks: dict[str, int] = {}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        sent = [
            pool.submit(_try, client, f"{name}, {place}", rollout, seen)
            for name, text in TEXTS.items()
            for place, rollout in _places(text)
        ]
        while not all(one.done() for one in sent):
            for pid, role in service.processes().items():
                with contextlib.suppress(psutil.Error):
                    used = psutil.Process(pid).memory_info().rss
                    peaks[role] = max(peaks.get(role, 0), used)
            time.sleep(0.05)
        for one in sent:
            one.result()
    return peaks


def _places(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    boxed = f"<think>so</think>\\boxed{{{text}}}"
    yield "as an answer", {"completion": boxed, "reference": "7"}
    yield "as an answer for algebra", {"completion": boxed, "reference": _ALGEBRA}
    yield "as a completion", {"completion": text, "reference": "1234567"}
    yield "as a reference", {"completion": "<think>so</think>\\boxed{7}", "reference": text}


def _try(client: httpx2.Client, name: str, rollout: dict[str, str], seen: _Seen) -> None:
    # Neighbours that nobody has asked about yet, so that no memory answers for the child.
    mark = len(seen.seconds) * 2
    before, after = (_neighbour(mark + place) for place in (0, 1))
    body = {"rollouts": [before, rollout, after], "deadline_seconds": _DEADLINE_SECONDS}
    started = time.perf_counter()
    # httpx2 would write a lone surrogate as bytes that are no UTF-8; JSON can write it as \\ud800.
    answer = client.post("/v1/score", content=json.dumps(body), headers=_JSON)
    seen.seconds[name] = time.perf_counter() - started
    seen.statuses[answer.status_code] += 1
    if answer.status_code != httpx2.codes.OK:
        seen.missed += [f"{name} (HTTP {answer.status_code})"] * 2
        return
    first, hostile, last = answer.json()["rewards"]
    seen.missed += [name for reward in (first, last) if reward["reward"] != 1]
    if (hostile["reward"] or 0) > 0:
        seen.accepted.append(name)
    seen.outcomes[f"{hostile['status']}: {_outcome(hostile)}"] += 1


def _outcome(reward: dict[str, list[dict[str, str]]]) -> str:
    verdicts = reward["verdicts"]
    return verdicts[0]["outcome"] if verdicts else "no verdict"


def _neighbour(mark: int) -> dict[str, str]:
    gold = f"(x+{mark})^{{2}}"
    answer = f"x^{{2}}+{2 * mark}x+{mark**2}"
    return {"completion": f"<think>so</think>\\boxed{{{answer}}}", "reference": gold}


def _send_bodies(client: httpx2.Client, seen: _Seen) -> None:
    for name, body in BODIES.items():
        started = time.perf_counter()
        answer = client.post("/v1/score", content=body, headers=_JSON)
        seen.seconds[f"{name}, as a body"] = time.perf_counter() - started
        seen.statuses[answer.status_code] += 1
        if not answer.is_client_error:
            seen.bad_bodies.append(f"{name} (HTTP {answer.status_code})")


def _named(figure: str, names: list[str]) -> str:
    """The figure's name, with what to look at where there is something."""
    return figure if not names else f"{figure}: {json.dumps(sorted(set(names)))}"
