"""What schemathesis finds in a running service, as figures: python bench/schema.py [EXAMPLES]."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from verifier.bench import Figure, to_json
from verifier.bench.served import served

CONFIG = Path(__file__).parents[1] / "tests" / "api" / "schemathesis.toml"
KEY = "a-key-for-schemathesis"
# Schemathesis gives every kind of failure a code (`schemathesis explain CODE`); those that are not
# here, such as ST201 (negative data accepted) and ST401 (key not asked for), are counted together.
SERVER_ERRORS = ("ST101", "ST102")
CODES = {
    "undocumented statuses": ("ST103",),
    "schema mismatches": tuple(f"ST{number}" for number in range(104, 112)),
}
RUN = "from schemathesis.cli import schemathesis; schemathesis()"


def explore(examples: int, seed: int | None, log: Path | None) -> tuple[dict[str, object], int]:
    """Start a service, let schemathesis loose on it; its report, and the service's 5xx answers."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "report.json"
        with served(VERIFIER_API_KEYS=KEY, VERIFIER_MAX_DEADLINE_SECONDS="30") as service:
            command = [
                *(sys.executable, "-c", RUN),
                *("--config-file", str(CONFIG), "run", f"{service.url}/openapi.json"),
                *("--checks", "all", "--exclude-checks", "use_after_free"),  # see the config
                # One worker: ast.parse of Python 3.11 fails at times where threads share it.
                *("--max-examples", str(examples), "--workers", "1"),
                *("--report-json-path", str(found)),
                *(() if seed is None else ("--seed", str(seed))),
            ]
            with (log or Path(os.devnull)).open("w", encoding="utf-8") as sink:
                subprocess.run(
                    command,
                    stdout=sink,
                    stderr=sink,
                    env={**os.environ, "VERIFIER_SCHEMA_KEY": KEY},
                    check=False,  # it exits with 1 where it found something, which is reported
                    cwd=folder,
                )
            failed = _server_errors(httpx2.get(f"{service.url}/metrics").text)
        if not found.exists():
            raise SystemExit("schemathesis did not report; give --log FILE and read it")
        report: dict[str, object] = json.loads(found.read_text(encoding="utf-8"))
        return report, failed


def _server_errors(metrics: str) -> int:
    """The service's own count of its 5xx answers; that it was not ready at first is none."""
    found = 0.0
    for family in text_string_to_metric_families(metrics):
        for sample in family.samples:
            if sample.name == "verifier_http_requests_total":
                starting = sample.labels["path"] == "/readyz"
                found += sample.value * (sample.labels["status"][0] == "5" and not starting)
    return int(found)


def figures(report: dict[str, object], failed: int, examples: int, seconds: float) -> list[Figure]:
    """The report as figures; every finding has the goal 0."""
    rows = [
        Figure("operations", report["operations"]["tested"], "operations"),  # type: ignore[index]
        Figure("examples per operation", examples, "examples"),
        Figure("requests", report["test_cases"]["generated"], "requests"),  # type: ignore[index]
        Figure("answers 5xx", failed, "answers", at_most=0),
    ]
    counts: dict[str, int] = {}
    for failure in report["failures"]:  # type: ignore[attr-defined]
        counts[failure["code"]] = counts.get(failure["code"], 0) + failure["count"]
    for name, codes in CODES.items():
        rows.append(Figure(name, sum(counts.pop(code, 0) for code in codes), "found", at_most=0))
    for code in SERVER_ERRORS:
        counts.pop(code, 0)  # counted by the service already
    rest = sum(counts.values()) + sum(e["count"] for e in report["errors"])  # type: ignore[attr-defined]
    rows.append(Figure("other findings and errors", rest, "found", at_most=0))
    rows.append(Figure("run time", round(seconds, 1), "s"))
    return rows


def main() -> None:
    """Print the figures as JSON; exit with 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("examples", nargs="?", type=int, default=1000, help="for each operation")
    parser.add_argument("--seed", type=int, help="repeat a run")
    parser.add_argument("--log", type=Path, help="where to write what schemathesis prints")
    given = parser.parse_args()
    started = time.monotonic()
    report, failed = explore(given.examples, given.seed, given.log and given.log.absolute())
    rows = figures(report, failed, given.examples, time.monotonic() - started)
    print(to_json(rows))
    if any(row.met is False for row in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
