"""`make up` brings the whole service up, hardened as promised; `make down` leaves nothing."""

from __future__ import annotations

import json
import secrets
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import ROOT
from tests.deploy.deployment import (
    SERVICES,
    Deployment,
    docker,
    inspect,
    require_engine,
    sandboxes_of,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

pytestmark = pytest.mark.engine
if not (ROOT / "verifier").is_dir():
    pytest.skip("where the wheel is tested there is nothing to build", allow_module_level=True)

GIBIBYTE = 1 << 30
MEBIBYTE = 1 << 20
BOUNDS = {"redis": (4, 64), "rules": (8, 1024), "code": (4, 1024), "api": (4, 256)}
"""Memory in GiB, processes."""
NETWORKS = {"redis": {"queue"}, "rules": {"queue"}, "code": {"queue"}, "api": {"queue", "front"}}
THINKING = "<think>2x = 3</think>"
HALVES = {"value": "3/2"}
SUMS: dict[str, JsonValue] = {
    "tests": {"kind": "stdio", "cases": [{"stdin": "2 3\n", "stdout": "5\n"}]}
}
NOBODY: dict[str, JsonValue] = {
    "tests": {"kind": "stdio", "cases": [{"stdout": "no root, no rights\n"}]}
}
WHO_AM_I = """
import os
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
rights = [int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")]
print("root" if min(os.getresuid() + os.getresgid()) < 1000 else "no root", end=", ")
print("rights" if any(rights) else "no rights")
"""

every_service = pytest.mark.parametrize("service", SERVICES)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The whole service, up and ready; whatever happens, it is taken down in the end."""
    require_engine()
    deployed = Deployment(tmp_path_factory.mktemp("deployment"))
    try:
        ended = deployed.make("up")
        assert ended.returncode == 0, ended.stdout[-4000:]
        assert deployed.password not in ended.stdout
        assert deployed.key not in ended.stdout
        yield deployed
    finally:
        deployed.make("down")


@pytest.fixture(scope="module")
def sandboxes(deployment: Deployment) -> list[dict[str, Any]]:
    """What the engine says of the sandboxes, once a program has run in one."""
    assert run_a_program(deployment) == [1.0]
    found = [inspect(sandbox) for sandbox in deployment.sandboxes()]
    assert found
    return found


def program(source: str) -> str:
    """A completion that gives a program as its answer."""
    return f"{THINKING}\n```python\n{source}\n```\n"


def run_a_program(deployment: Deployment) -> list[float | None]:
    """The reward of a right program that was never judged before, so that it is really run."""
    completion = program(f"print(5)  # {secrets.token_hex(8)}")
    return deployment.rewards("code", [{"completion": completion, "reference": SUMS}])


def status(container: str) -> dict[str, str]:
    """What the kernel says of a container's first process."""
    lines = docker("exec", container, "cat", "/proc/1/status").splitlines()
    return {
        name: " ".join(rest.split()) for name, _, rest in (line.partition(":") for line in lines)
    }


# -- it works ------------------------------------------------------------------------------


def test_it_is_ready_through_the_published_port(deployment: Deployment) -> None:
    found = deployment.get("/readyz").json()
    assert found["status"] == "ready"
    assert found["sandboxes"] == ["docker"]
    assert found["workers"]["verifier-rules-train"] == 2
    assert found["workers"]["verifier-code-train"] == 2


@every_service
def test_a_service_is_healthy(deployment: Deployment, service: str) -> None:
    def state() -> str | None:
        found = str(deployment.inspect(service)["State"]["Health"]["Status"])
        return None if found == "starting" else found

    assert until(state) == "healthy"


def test_math_and_format_are_scored(deployment: Deployment) -> None:
    answers = {
        f"{THINKING}<answer>\\boxed{{1.5}}</answer>": 1.0,
        "It is \\boxed{1.5}.": 0.5,
        f"{THINKING}<answer>\\boxed{{2}}</answer>": 0.5,
        "I do not know.": 0.0,
    }
    rollouts = [{"completion": completion, "reference": HALVES} for completion in answers]
    assert deployment.rewards("r1", rollouts) == list(answers.values())


def test_programs_are_scored(deployment: Deployment) -> None:
    answers = {
        program("print(sum(map(int, input().split())))"): 1.0,
        program("print(6)"): 0.0,
        program("while True: pass"): 0.0,
        "I cannot program.": 0.0,
    }
    rollouts = [{"completion": completion, "reference": SUMS} for completion in answers]
    assert deployment.rewards("code", rollouts) == list(answers.values())


def test_a_program_is_not_root_and_has_no_right(deployment: Deployment) -> None:
    rollouts = [{"completion": program(WHO_AM_I), "reference": NOBODY}]
    assert deployment.rewards("code", rollouts) == [1.0]


def test_math_programs_and_form_are_scored_at_the_same_time(deployment: Deployment) -> None:
    right = program("print(sum(map(int, input().split())))")
    rollouts: list[dict[str, JsonValue]] = []
    for _ in range(8):
        rollouts.append({"completion": "\\boxed{3/2}", "reference": "3/2", "spec": "math"})
        rollouts.append({"completion": right, "reference": SUMS, "spec": "code"})
        rollouts.append(
            {
                "completion": f"{THINKING}<answer>\\boxed{{2}}</answer>",
                "reference": "3/2",
                "spec": "r1",
            }
        )
    assert deployment.rewards("math", rollouts) == [1.0, 1.0, 0.5] * 8


@pytest.mark.parametrize("key", ["", "wrong"])
def test_without_the_key_nobody_is_let_in(deployment: Deployment, key: str) -> None:
    body = {"spec": "math", "rollouts": [{"completion": "1", "reference": "1"}]}
    assert deployment.post("/v1/score", body, key=key).status_code == 401


# -- it is hardened ------------------------------------------------------------------------


@every_service
def test_a_service_may_do_little(deployment: Deployment, service: str) -> None:
    host = deployment.inspect(service)["HostConfig"]
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Init"] is True
    assert host["Privileged"] is False
    for opened in ("CapAdd", "Devices", "DeviceRequests", "PidMode", "UsernsMode", "UTSMode"):
        assert not host[opened], opened
    assert host["IpcMode"] in {"", "private"}
    assert host["RestartPolicy"]["Name"] == "unless-stopped"


@every_service
def test_a_service_is_bounded(deployment: Deployment, service: str) -> None:
    host = deployment.inspect(service)["HostConfig"]
    gibibytes, processes = BOUNDS[service]
    assert host["Memory"] == host["MemorySwap"] == gibibytes * GIBIBYTE
    assert host["PidsLimit"] == processes
    limits = {limit["Name"]: (limit["Soft"], limit["Hard"]) for limit in host["Ulimits"]}
    assert limits == {"core": (1, 1), "nofile": (16384, 16384)}
    assert host["LogConfig"]["Config"] == {"max-file": "3", "max-size": "10m"}


@every_service
def test_the_kernel_agrees(deployment: Deployment, service: str) -> None:
    found = status(deployment.container(service))
    uid, gid = ("999", "1000") if service == "redis" else ("10001", "10001")
    assert set(found["Uid"].split()) == {uid}
    assert set(found["Gid"].split()) == {gid}
    assert found["NoNewPrivs"] == "1"
    assert found["Seccomp"] == "2"
    for rights in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(found[rights], 16) == 0, rights


@every_service
def test_a_service_writes_where_it_has_to_and_nowhere_else(
    deployment: Deployment, service: str
) -> None:
    found = deployment.inspect(service)
    writable = {mount["Destination"] for mount in found["Mounts"] if mount["RW"]}
    if service == "redis":
        assert writable == {"/data"}
        assert not found["HostConfig"].get("Tmpfs")
        return
    assert writable == set()
    (folder, options), *others = found["HostConfig"]["Tmpfs"].items()
    assert (folder, others) == ("/tmp", [])  # noqa: S108 - the container's
    assert set(options.split(",")) == {"size=64m", "mode=1777", "noexec", "nosuid", "nodev"}


@every_service
def test_the_code_workers_alone_reach_the_engine(deployment: Deployment, service: str) -> None:
    mounts = deployment.inspect(service)["Mounts"]
    sources = {mount["Source"] for mount in mounts if mount["Type"] == "bind"}
    assert sources == ({"/var/run/docker.sock"} if service == "code" else set())
    sees = deployment.inside(
        service, "sh", "-c", "test -S /var/run/docker.sock && echo yes || echo no"
    )
    assert sees.strip() == ("yes" if service == "code" else "no")


@every_service
def test_the_api_alone_is_published_and_that_on_loopback(
    deployment: Deployment, service: str
) -> None:
    ports = deployment.inspect(service)["NetworkSettings"]["Ports"]
    published = {inside: outside for inside, outside in ports.items() if outside}
    if service != "api":
        assert published == {}
        return
    assert published == {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(deployment.port)}]}


@every_service
def test_a_service_is_on_the_networks_that_it_needs(deployment: Deployment, service: str) -> None:
    found = deployment.inspect(service)["NetworkSettings"]["Networks"]
    assert set(found) == {f"{deployment.project}_{name}" for name in NETWORKS[service]}


def test_no_network_leads_out(deployment: Deployment) -> None:
    queue, front = (
        json.loads(docker("network", "inspect", f"{deployment.project}_{name}"))[0]
        for name in ("queue", "front")
    )
    assert queue["Internal"] is True
    assert front["Options"]["com.docker.network.bridge.enable_ip_masquerade"] == "false"


@every_service
def test_no_secret_is_in_an_argument_or_in_the_log(deployment: Deployment, service: str) -> None:
    container = deployment.container(service)
    found = deployment.inspect(service)
    shown = json.dumps([found["Path"], found["Args"], found["Config"]["Healthcheck"]])
    shown += docker("top", container, "-eo", "pid,args") + docker("logs", container)
    assert deployment.password not in shown
    assert deployment.key not in shown


def test_the_queue_lets_nobody_in_without_its_password(deployment: Deployment) -> None:
    redis = deployment.container("redis")
    assert "NOAUTH" in docker("exec", "--env", "REDISCLI_AUTH=", redis, "valkey-cli", "ping")
    assert docker("exec", redis, "valkey-cli", "ping").strip() == "PONG"


# -- and so are the sandboxes --------------------------------------------------------------


def test_a_sandbox_may_do_little(sandboxes: list[dict[str, Any]]) -> None:
    for host in (sandbox["HostConfig"] for sandbox in sandboxes):
        assert host["ReadonlyRootfs"] is True
        assert host["CapDrop"] == ["ALL"]
        assert set(host["CapAdd"]) == {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}
        assert host["Privileged"] is False
        for opened in ("Devices", "DeviceRequests", "PidMode", "UsernsMode", "GroupAdd"):
            assert not host[opened], opened
        assert host["IpcMode"] == "private"
        assert host["AutoRemove"] is True
        assert host["LogConfig"]["Type"] == "none"
        assert host["OomScoreAdj"] == 500


def test_a_sandbox_meets_our_filter_of_system_calls(sandboxes: list[dict[str, Any]]) -> None:
    ours = json.loads((ROOT / "sandbox" / "image" / "seccomp.json").read_text(encoding="utf-8"))
    for sandbox in sandboxes:
        privileges, seccomp = sandbox["HostConfig"]["SecurityOpt"]
        assert privileges == "no-new-privileges:true"
        assert json.loads(seccomp.removeprefix("seccomp=")) == ours
        found = status(sandbox["Id"])
        assert (found["NoNewPrivs"], found["Seccomp"]) == ("1", "2")


def test_a_sandbox_is_bounded(sandboxes: list[dict[str, Any]]) -> None:
    for host in (sandbox["HostConfig"] for sandbox in sandboxes):
        assert host["Memory"] == host["MemorySwap"] == (1024 + 192) * MEBIBYTE
        assert host["PidsLimit"] == 128 + 64
        assert host["NanoCpus"] == 10**9
        limits = {limit["Name"]: limit["Hard"] for limit in host["Ulimits"]}
        assert (limits["core"], limits["nofile"]) == (1, 1024)


def test_a_sandbox_has_no_network(sandboxes: list[dict[str, Any]]) -> None:
    for sandbox in sandboxes:
        assert sandbox["HostConfig"]["NetworkMode"] == "none"
        assert set(sandbox["NetworkSettings"]["Networks"]) <= {"none"}
        assert not any((sandbox["NetworkSettings"]["Ports"] or {}).values())
        assert docker("exec", sandbox["Id"], "ls", "/sys/class/net").split() == ["lo"]


def test_a_sandbox_mounts_nothing_but_memory(sandboxes: list[dict[str, Any]]) -> None:
    for sandbox in sandboxes:
        host = sandbox["HostConfig"]
        assert sandbox["Mounts"] == []
        assert not host["Binds"]
        assert set(host["Tmpfs"]) == {"/work", "/program", "/tmp", "/dev/shm"}  # noqa: S108
        for options in host["Tmpfs"].values():
            assert {"nosuid", "nodev", "nr_inodes=4096"} <= set(options.split(","))
            assert "size=" in options


def test_a_sandbox_is_run_by_a_runner_that_makes_users(sandboxes: list[dict[str, Any]]) -> None:
    for sandbox in sandboxes:
        assert sandbox["Config"]["User"] == "0:0"
        assert not any(
            "PASSWORD" in line or "VERIFIER" in line for line in sandbox["Config"]["Env"]
        )


# -- what breaks ---------------------------------------------------------------------------


def test_a_ticket_outlives_the_queue_s_server(deployment: Deployment) -> None:
    rollouts = [{"completion": "\\boxed{1.5}", "reference": "3/2"}]
    made = deployment.post("/v1/tickets", {"spec": "math", "rollouts": rollouts}).json()
    path = f"/v1/tickets/{made['id']}?wait=20"
    assert deployment.get(path).json()["status"] == "done"
    time.sleep(2)  # the file is brought to the disk every second
    docker("kill", deployment.container("redis"))
    docker("start", deployment.container("redis"))
    until(deployment.ready)
    found = deployment.get(path).json()
    assert (found["status"], found["rewards"][0]["reward"]) == ("done", 1.0)


def test_sandboxes_end_with_a_code_worker_that_is_killed(deployment: Deployment) -> None:
    assert run_a_program(deployment) == [1.0]
    code = deployment.container("code")
    assert sandboxes_of(code)
    docker("kill", code)
    until(lambda: not sandboxes_of(code), seconds=20)
    docker("start", code)
    until(deployment.ready)
    assert run_a_program(deployment) == [1.0]


def test_nothing_is_left_in_the_end(deployment: Deployment) -> None:
    assert run_a_program(deployment) == [1.0]
    code = deployment.container("code")
    assert sandboxes_of(code)
    ended = deployment.make("down")
    assert ended.returncode == 0, ended.stdout
    assert deployment.left() == {"containers": [], "networks": [], "volumes": []}
    until(lambda: not sandboxes_of(code), seconds=20)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", deployment.port))
