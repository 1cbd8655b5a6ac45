"""Without root and without an engine, programs are in namespaces, or they are not run at all."""

from __future__ import annotations

import contextlib
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from sandbox.backends.local import LocalBackend, LocalOptions
from sandbox.types import Case, Execution, Limits, Outcome, Program, SandboxFault, Unavailable
from tests.conftest import ROOT
from tests.sandbox.conftest import local_backend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.backends.base import Backend
    from sandbox.backends.local import LocalSandbox

if sys.platform != "linux":
    pytest.skip("namespaces are Linux's", allow_module_level=True)

LIMITS = Limits(cpu_seconds=4, wall_seconds=20, memory_bytes=256 << 20)
NOBODY = 65534
HELLO = """
from sandbox.backends.local import LocalBackend
from sandbox.types import Case, Limits, Program
sandbox = LocalBackend().create()
sandbox.channel.load(Program("print('hello')"), Limits())
print(sandbox.channel.run(Case(), Limits()).stdout.decode(), end="")
"""


@pytest.fixture(scope="module")
def local() -> Backend:
    return local_backend()


@pytest.fixture
def sandbox(local: LocalBackend) -> Iterator[LocalSandbox]:
    made = local.create()
    yield made
    made.destroy()


def run(sandbox: LocalSandbox, source: str, limits: Limits = LIMITS) -> Execution:
    """Run a program as a tenant of its own."""
    sandbox.channel.load(Program(source), limits)
    found = sandbox.channel.run(Case(), limits)
    sandbox.channel.clear()
    sandbox.channel.settle()
    return found


def launcher(sandbox: LocalSandbox) -> psutil.Process:
    """The process on the host that a sandbox hangs on."""
    return psutil.Process(sandbox._process._launcher.pid)


def gone(processes: list[psutil.Process]) -> bool:
    """Whether they have all ended within a moment."""
    return psutil.wait_procs(processes, timeout=10)[1] == []


def test_files_of_the_host_are_out_of_sight(sandbox: LocalSandbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    paths = [str(secret), str(ROOT), str(Path.home()), "/etc/shadow", "/etc/machine-id", "/sys"]
    found = run(sandbox, f"import os\nprint([p for p in {paths} if os.path.exists(p)])")
    assert found.stdout == b"[]\n", found


def test_only_what_toolchains_need_is_at_the_root(sandbox: LocalSandbox) -> None:
    known = {"bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "nix", "proc", "program"}
    known |= {"sbin", "store", "tmp", "usr", "work"}
    found = run(sandbox, f"import os\nprint(sorted(set(os.listdir('/')) - {known}))")
    interpreter = {str(Path(sys.base_prefix).parts[1])}
    assert set(eval(found.stdout)) <= interpreter, found  # noqa: S307 - our own program's list


def test_processes_of_the_host_are_out_of_sight(sandbox: LocalSandbox) -> None:
    found = run(sandbox, "import os\nprint([p for p in os.listdir('/proc') if p.isdigit()])")
    assert found.stdout == b"['1', '2']\n", found


def test_the_host_s_environment_and_name_are_out_of_sight(
    local: LocalBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFIER_API_KEYS", "a-secret")
    made = local.create()
    with contextlib.closing(local):
        found = run(made, "import os\nprint('a-secret' in str(os.environ), os.uname().nodename)")
        made.destroy()
    assert found.stdout == b"False sandbox\n", found


def test_root_is_a_stranger_to_its_own_sandbox(sandbox: LocalSandbox) -> None:
    uids = set(launcher(sandbox).uids())
    assert 0 not in uids
    assert uids == {os.geteuid()} if os.geteuid() else {1_987_654_321}


def test_a_program_is_granted_no_more_than_the_operator_says(local: LocalBackend) -> None:
    made = LocalBackend(LocalOptions(memory_bytes=LIMITS.memory_bytes - 1)).create()
    with pytest.raises(Unavailable, match="granted 256 MiB, and a sandbox here has 255 MiB"):
        run(made, "print(1)", LIMITS)
    less = replace(LIMITS, memory_bytes=LIMITS.memory_bytes - 1)
    assert run(made, "print(1)", less).outcome is Outcome.OK
    made.destroy()


def test_a_large_allocation_is_refused_at_once(sandbox: LocalSandbox) -> None:
    found = run(sandbox, "held = bytearray(8 << 30)")
    assert (found.outcome, found.exit_code) == (Outcome.MEMORY_LIMIT, 1), found


def test_memory_that_nobody_is_charged_for_cannot_be_had(sandbox: LocalSandbox) -> None:
    found = run(sandbox, "import os\nos.memfd_create('x')")
    assert b"PermissionError" in found.stderr, found


def test_a_killed_launcher_takes_the_sandbox_with_it(local: LocalBackend) -> None:
    made = local.create()
    root = launcher(made)
    inside = root.children(recursive=True)
    assert len(inside) >= 4  # the runner and its warm interpreters
    root.kill()
    assert gone(inside)
    made.destroy()


def test_a_killed_host_process_takes_the_sandbox_with_it(local: LocalBackend) -> None:
    del local
    argv = [sys.executable, "-c", f"{HELLO}\nimport time, sys\nsys.stdout.flush()\ntime.sleep(60)"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=ROOT) as host:
        assert host.stdout is not None
        assert host.stdout.readline() == b"hello\n"
        inside = psutil.Process(host.pid).children(recursive=True)
        assert len(inside) >= 5
        host.send_signal(signal.SIGKILL)
    assert gone(inside)


def test_a_copy_of_the_socket_in_a_fork_keeps_nothing_alive(local: LocalBackend) -> None:
    made = local.create()
    inside = launcher(made).children(recursive=True)
    held = os.dup(made._process._socket.fileno())
    try:
        made.destroy()
        assert gone(inside)
    finally:
        os.close(held)


def test_destroying_a_sandbox_frees_whoever_waits_for_it(local: LocalBackend) -> None:
    made = local.create()
    faults = []

    def wait() -> None:
        try:
            run(made, "import time\ntime.sleep(60)", Limits(wall_seconds=60))
        except SandboxFault as error:
            faults.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.3)
    made.destroy()
    waiting.join(10)
    assert len(faults) == 1


def test_destroying_twice_is_destroying_once(local: LocalBackend) -> None:
    made = local.create()
    made.destroy()
    made.destroy()


def test_nothing_is_left_on_the_host(local: LocalBackend) -> None:
    ours = psutil.Process()
    before = ours.num_fds(), len(ours.children(recursive=True))
    for _ in range(3):
        made = local.create()
        run(made, "print(1)")
        made.destroy()
    assert (ours.num_fds(), len(ours.children(recursive=True))) == before


def test_a_user_without_rights_can_run_programs(local: LocalBackend) -> None:
    del local
    if os.geteuid() != 0:
        pytest.skip("the other tests are run by one")
    argv = ["/usr/bin/python3", "-B", "-c", HELLO]
    if not os.access("/usr/bin/python3", os.X_OK):
        pytest.skip("the only interpreter may be root's")
    found = subprocess.run(
        argv,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if "ModuleNotFoundError" in found.stderr or "cannot import name" in found.stderr:
        pytest.skip(f"{argv[0]} cannot read or run this code")
    assert found.stdout == "hello\n", found.stderr


def test_where_the_kernel_refuses_nothing_is_run(local: LocalBackend) -> None:
    """In a user namespace that may have no further ones."""
    del local
    code = f"""
import os
from sandbox.runner import kernel
uid = os.geteuid()
kernel.unshare(kernel.NEWUSER)
for name, content in (("setgroups", "deny"), ("uid_map", f"0 {{uid}} 1")):
    open(f"/proc/self/{{name}}", "w").write(content)
open("/proc/sys/user/max_user_namespaces", "w").write("0")
{HELLO}
"""
    argv = [sys.executable, "-W", "ignore", "-c", code]
    found = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert found.stdout == ""
    assert "Unavailable" in found.stderr
    assert "Docker" in found.stderr


@pytest.mark.parametrize(
    ("function", "value"), [("release", "5.10.0-1-amd64"), ("machine", "riscv64")]
)
def test_a_machine_that_cannot_is_told_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, function: str, value: str
) -> None:
    monkeypatch.setattr(platform, function, lambda: value)
    with pytest.raises(Unavailable, match="Docker"):
        LocalBackend().create()
    with pytest.raises(Unavailable, match="Docker"):
        LocalBackend().check()


def test_an_interpreter_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="/no/python"):
        LocalBackend(LocalOptions(interpreter="/no/python")).create()


def test_the_interpreter_may_be_another(local: LocalBackend) -> None:
    del local
    ours = str(Path(sys.executable).resolve())
    if not all(folder.stat().st_mode & 0o001 for folder in Path(ours).parents):
        pytest.skip("it lies where strangers have no access")
    backend = LocalBackend(LocalOptions(interpreter=ours))
    made = backend.create()
    found = run(made, "import sys\nprint(sys.version_info[:2])")
    made.destroy()
    assert found.stdout.decode().strip() == str(sys.version_info[:2])


def test_its_identity_names_the_interpreter(local: LocalBackend) -> None:
    assert "Python 3." in local.identity
