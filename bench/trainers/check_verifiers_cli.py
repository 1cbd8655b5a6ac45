# /// script
# requires-python = ">=3.12"
# dependencies = ["verifiers==0.4.0", "uv>=0.9"]
# ///
"""verifiers' command line makes rollouts of the shipped taskset, and the service judges them.

Each run is one of `vf-eval` as users start it; what it believes is read from the traces that it
writes, which are what prime-rl trains on, and from its last screen.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

from outage import RIGHT, WRONG, down
from policy import listening

TASKSET = Path(__file__).parents[2] / "examples" / "verifiers"
UNREADABLE = "\\frac{"
TESTS = {"inputs": ["2"], "outputs": ["4"]}


def evaluate(model: str, service: str, rows: list[dict[str, Any]], samples: int) -> tuple[Any, str]:
    """The traces of a run, and the line with its rewards."""
    with tempfile.TemporaryDirectory() as folder:
        dataset = Path(folder) / "rows.jsonl"
        dataset.write_text("\n".join(map(json.dumps, rows)))
        told = subprocess.run(
            [
                *(Path(sys.executable).with_name("vf-eval"), "rollout-verifier-taskset"),
                *("--env.taskset.dataset", dataset),
                *("--env.taskset.task.resources-url", service),
                *("--env.agent.runtime.type", "subprocess", "--env.agent.harness.id", "null"),
                *("--client.base-url", f"{model}/v1", "-m", "policy", "-r", str(samples)),
                *("--push", "False", "-o", folder, "--run.name", "run"),
            ],
            env={
                **os.environ,
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "PYTHONPATH": str(TASKSET),
                # No account is needed, but without a key it asks for one.
                "PRIME_API_KEY": "none",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert not told.returncode, told.stdout[-1000:] + told.stderr[-3000:]
        episodes = (Path(folder) / "run" / "traces.jsonl").read_text().splitlines()
        traces = [trace for line in episodes for trace in json.loads(line)["traces"]]
    (summary,) = re.findall(r"reward \S+(?: \(\S+\))? · err \S+", told.stdout)
    return traces, summary


def row(question: str, **label: object) -> dict[str, Any]:
    """A row of the data set."""
    return {"responses_create_params": {"input": [{"role": "user", "content": question}]}, **label}


def believed(trace: dict[str, Any]) -> tuple[str, float | None, str]:
    """What the model wrote, its reward, and the error."""
    said = [node["message"]["content"] for node in trace["nodes"] if node["sampled"]]
    found = trace["rewards"].get("nemo_gym")
    error = trace["errors"][-1]["message"] if trace["errors"] else ""
    assert trace["ok"] == (not error)
    assert trace["task"]["type"] == "NeMoGymTask"
    return "".join(said), found and found["score"], error


def main() -> None:
    """Right and wrong, an unreadable gold, a service that is away or too slow."""
    service = os.environ["VERIFIER_URL"]
    base = f"{service}/gym/math/answer/expected_answer"
    # The service has no worker for programs, so that this ends with its deadline.
    slow = f"{service}/gym/code/tests/verifier_metadata.unit_tests"
    with down():
        away = f"{os.environ['VERIFIER_URL']}/gym/math/answer/expected_answer"
    golds = [row("2 + 2?", expected_answer="4"), row("3 + 1?", expected_answer=UNREADABLE)]
    program = [row("Double it.", verifier_metadata={"unit_tests": TESTS})]
    with listening() as model, ThreadPoolExecutor() as runs:
        judged = runs.submit(evaluate, model, base, golds, 2)
        late = runs.submit(evaluate, model, slow, program, 1)
        refused = runs.submit(evaluate, model, away, golds[:1], 1)

    traces, summary = judged.result()
    by_row = {
        name: sorted(believed(one) for one in traces if one["task"]["data"]["name"] == name)
        for name in ("rows:0", "rows:1")
    }
    assert by_row["rows:0"] == [(RIGHT, 1.0, ""), (WRONG, 0.0, "")], by_row
    assert [(said, reward) for said, reward, _ in by_row["rows:1"]] == [
        (RIGHT, None),
        (WRONG, None),
    ]
    assert all("422 Unprocessable" in error for *_, error in by_row["rows:1"]), by_row
    # The mean over what has no error, and in parentheses over all.
    assert summary == "reward 0.50 (0.25) · err 0.50", summary

    (trace,), summary = late.result()
    said, reward, error = believed(trace)
    assert (said, reward) == (RIGHT, None), said
    assert "503 Service Unavailable" in error, error
    assert summary.endswith("err 1.00"), summary

    (trace,), summary = refused.result()
    said, reward, error = believed(trace)
    assert (said, reward) == ("", None), said
    assert "ConnectError" in error, error
    assert summary.endswith("err 1.00"), summary
    print(
        f"verifiers {version('verifiers')}: vf-eval, NeMoGymTaskset; gold unreadable, deadline "
        "passed, service down: errors without a reward"
    )


if __name__ == "__main__":
    main()
