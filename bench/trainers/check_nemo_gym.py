# /// script
# requires-python = ">=3.12"
# dependencies = ["nemo-gym==0.4.0"]
# ///
"""NeMo Gym starts the shipped server beside its agent, and collects rollouts that it judges.

`ng_run` and `ng_collect_rollouts` are run as users run them, in a folder that has the example's
`resources_servers`; only the environments of the three servers are this one instead of new ones.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psutil
from outage import RIGHT, WRONG
from policy import Policy, listening

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = Path(__file__).parents[2] / "examples" / "nemo_gym" / "resources_servers"
MODEL = "responses_api_models/openai_model"
SERVERS = ("resources_servers/rollout_verifier", "responses_api_agents/simple_agent", MODEL)
CONFIGS = (
    f"{MODEL}/configs/openai_model.yaml",
    "resources_servers/rollout_verifier/configs/rollout_verifier.yaml",
)
START_SECONDS = 120
UNREADABLE = "\\frac{"


class Beside(Policy):
    """The model, and a way to the service on which rows that say `lost` get no answer."""

    def do_POST(self) -> None:  # noqa: N802 - the name of the base
        """Pass rows on."""
        if not self.path.startswith("/verify"):
            super().do_POST()
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if json.loads(body).get("lost"):
            self.close_connection = True
            return
        service = HTTPConnection(urlsplit(os.environ["VERIFIER_URL"]).netloc, timeout=60)
        service.request("POST", self.path, body, {"Content-Type": "application/json"})
        answer = service.getresponse()
        assert answer.status == HTTPStatus.OK, answer.read()
        self.reply("application/json", answer.read().decode())
        service.close()


def command(name: str, *arguments: str, folder: Path, url: str) -> dict[str, Any]:
    """What to start, and how."""
    return {
        "args": [Path(sys.executable).with_name(name), *arguments],
        "cwd": folder,
        "env": {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "REWARD_SERVICE_URL": f"{url}/verify?spec=math&mask=1",
            # Without it Ray listens on every interface.
            "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
            "RAY_USAGE_STATS_ENABLED": "0",
        },
    }


@contextmanager
def gym(folder: Path, url: str) -> Iterator[None]:
    """NeMo Gym with its three servers, started in that folder."""
    (folder / "resources_servers").symlink_to(EXAMPLE)
    environments = folder / "environments"
    for server in SERVERS:
        (environments / server).mkdir(parents=True)
        (environments / server / ".venv").symlink_to(sys.prefix)
    log = folder / "log"
    arguments = (
        f"+config_paths=[{','.join(CONFIGS)}]",
        *(f"+policy_base_url={url}/v1", "+policy_api_key=none", "+policy_model_name=policy"),
        *(f"+uv_venv_dir={environments}", "+skip_venv_if_present=true"),
    )
    with log.open("w") as output:
        started = command("ng_run", *arguments, folder=folder, url=url)
        process = subprocess.Popen(**started, stdout=output, stderr=output)
        try:
            until = time.monotonic() + START_SECONDS
            while "servers ready!" not in log.read_text():
                assert process.poll() is None, log.read_text()[-3000:]
                assert time.monotonic() < until, log.read_text()[-3000:]
                time.sleep(0.2)
            yield
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """As Ctrl-C, and whatever that leaves behind."""
    descendants = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
    _, alive = psutil.wait_procs(descendants, 3)
    for one in alive:
        one.kill()


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def text(row: dict[str, Any]) -> str:
    """What the model wrote."""
    return "".join(part["text"] for one in row["response"]["output"] for part in one["content"])


def main() -> None:
    """Two samples each of a good row, one whose gold is bad, and one that gets lost."""
    rows = [
        {"expected_answer": "4"},
        {"expected_answer": UNREADABLE},
        {"expected_answer": "4", "lost": True},
    ]
    for number, row in enumerate(rows):
        question = {"role": "user", "content": f"Question {number}: what is 2 + 2?"}
        row["responses_create_params"] = {"input": [question]}
    with tempfile.TemporaryDirectory() as name, listening(Beside) as url:
        folder = Path(name)
        (folder / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
        with gym(folder, url):
            arguments = (
                *("+agent_name=rollout_verifier_simple_agent", "+num_repeats=2"),
                *("+input_jsonl_fpath=rows.jsonl", "+output_jsonl_fpath=rollouts.jsonl"),
            )
            told = subprocess.run(
                **command("ng_collect_rollouts", *arguments, folder=folder, url=url),
                capture_output=True,
                text=True,
                check=False,
            )
            assert not told.returncode, told.stderr[-3000:] + (folder / "log").read_text()[-3000:]
        judged = read(folder / "rollouts.jsonl")
        failed = read(folder / "rollouts_failures.jsonl")
        (metrics,) = json.loads((folder / "rollouts_aggregate_metrics.json").read_text())

    assert sorted((text(row), row["reward"]) for row in judged) == [(RIGHT, 1.0), (WRONG, 0.0)]
    assert {row["_ng_task_index"] for row in judged} == {0}
    assert sorted(row["_ng_task_index"] for row in failed) == [1, 1, 2, 2], failed
    for row in failed:
        assert row["_ng_failure_class"] == "judge_failed", row
        assert row["mask_sample"] is row["instance_config"]["mask_sample"] is True, row
        reasons = {1: "cannot read the reference", 2: "no answer of the verifier"}
        assert reasons[row["_ng_task_index"]] in row["failure_reason"], row
    assert metrics["key_metrics"] == {"mean/reward": 0.5, "mean/not_judged": 2 / 3}, metrics
    assert [one["mean/reward"] for one in metrics["group_level_metrics"]] == [0.5], metrics
    print(
        f"NeMo Gym {version('nemo-gym')}: ng_run, SimpleAgent, ng_collect_rollouts; gold "
        "unreadable, service down: among the failures, masked, not in the means"
    )


if __name__ == "__main__":
    main()
