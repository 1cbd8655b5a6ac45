"""The kernel keeps the bounds of a confined process, and an orphan ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform != "linux":
    pytest.skip("the kernel's bounds are Linux's", allow_module_level=True)

MEMORY_BYTES = 512 << 20
CONFINED = f"""
import os, resource, signal, sys
from sandbox import Bounds, confine
confine(Bounds(memory_bytes={MEMORY_BYTES}))
"""
FAMILY = """
import os, sys, time
from sandbox import die_with_parent
parent = os.getpid()
child = os.fork()
if child == 0:
    die_with_parent(parent)
    print(os.getpid(), flush=True)
    time.sleep(60)
    os._exit(0)
time.sleep(60)
"""


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, in that folder."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_memory_past_the_bound_raises(tmp_path: Path) -> None:
    code = f"{CONFINED}\ntry:\n    bytearray({MEMORY_BYTES})\nexcept MemoryError:\n    print('no')"
    assert run(code, tmp_path).stdout == "no\n"


def test_memory_within_the_bound_is_there(tmp_path: Path) -> None:
    code = f"{CONFINED}\nprint(len(bytearray({MEMORY_BYTES // 4})))"
    assert run(code, tmp_path).stdout == f"{MEMORY_BYTES // 4}\n"


def test_the_bound_cannot_be_raised_again(tmp_path: Path) -> None:
    code = CONFINED + "print(resource.getrlimit(resource.RLIMIT_AS))"
    assert run(code, tmp_path).stdout == f"({MEMORY_BYTES}, {MEMORY_BYTES})\n"


def test_no_file_can_be_written(tmp_path: Path) -> None:
    code = CONFINED + "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    code += "try:\n    os.write(os.open('f', os.O_CREAT | os.O_WRONLY), b'x')\n"
    code += "except OSError as error:\n    print(error.strerror)"
    assert run(code, tmp_path).stdout == "File too large\n"
    assert (tmp_path / "f").read_bytes() == b""


def test_a_file_may_be_as_large_as_allowed(tmp_path: Path) -> None:
    code = "from sandbox import Bounds, confine\nimport os\n"
    code += f"confine(Bounds(memory_bytes={MEMORY_BYTES}, file_bytes=3))\n"
    code += "print(os.write(os.open('f', os.O_CREAT | os.O_WRONLY), b'12345'))"
    assert run(code, tmp_path).stdout == "3\n"


def test_a_pipe_can_be_written(tmp_path: Path) -> None:
    assert run(CONFINED + "print('x' * 100_000)", tmp_path).stdout == "x" * 100_000 + "\n"


def test_a_crash_leaves_no_core(tmp_path: Path) -> None:
    code = CONFINED + "print(resource.getrlimit(resource.RLIMIT_CORE), flush=True)\nos.abort()"
    ended = run(code, tmp_path)
    assert (ended.returncode, ended.stdout) == (-signal.SIGABRT, "(0, 0)\n")
    assert list(tmp_path.iterdir()) == []


def test_what_is_started_is_confined_too(tmp_path: Path) -> None:
    code = CONFINED + "import subprocess\n"
    code += "inner = 'import resource; print(resource.getrlimit(resource.RLIMIT_AS)[0])'\n"
    code += "print(subprocess.run([sys.executable, '-c', inner], stdout=-1).stdout.decode())"
    assert run(code, tmp_path).stdout.strip() == str(MEMORY_BYTES)


def test_a_confined_process_is_the_first_to_go(tmp_path: Path) -> None:
    code = CONFINED + "print(open('/proc/self/oom_score_adj').read().strip())"
    assert int(run(code, tmp_path).stdout) >= 500


def test_a_stricter_bound_of_before_stays(tmp_path: Path) -> None:
    least = MEMORY_BYTES // 2
    code = f"import resource\nresource.setrlimit(resource.RLIMIT_AS, ({least}, {least}))\n"
    code += CONFINED + "print(resource.getrlimit(resource.RLIMIT_AS)[0])"
    assert run(code, tmp_path).stdout == f"{least}\n"


def test_a_child_ends_with_its_killed_parent() -> None:
    argv = [sys.executable, "-c", FAMILY]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        parent.wait()
        assert ended(child)


def test_a_child_whose_parent_is_dead_already_ends_at_once(tmp_path: Path) -> None:
    code = "from sandbox import die_with_parent\ndie_with_parent(1 << 30)\nprint('alive')"
    found = run(code, tmp_path)
    assert (found.returncode, found.stdout) == (-signal.SIGKILL, "")


def test_the_signal_may_be_another(tmp_path: Path) -> None:
    code = "import signal\nfrom sandbox import die_with_parent\n"
    code += "die_with_parent(1 << 30, signal.SIGTERM)"
    assert run(code, tmp_path).returncode == -signal.SIGTERM


def ended(process: psutil.Process) -> bool:
    """Whether a process ends within a moment; a zombie that nobody reaps has ended."""
    until = time.monotonic() + 10
    with contextlib.suppress(psutil.NoSuchProcess):
        while process.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > until:
                process.kill()
                return False
            time.sleep(0.02)
    return True
