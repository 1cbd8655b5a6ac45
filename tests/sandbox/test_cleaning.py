"""Whatever a program leaves in a place, the place is empty afterwards, or it is an error."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.runner.cleaning import empty, remove
from tests.conftest import lacking

if sys.platform != "linux":
    pytest.skip("mounts are Linux's", allow_module_level=True)

PLACE = """
import os, sys
from sandbox.runner import kernel
from sandbox.runner.cleaning import Place
path = sys.argv[1]
uid, gid = os.geteuid(), os.getegid()
try:
    kernel.unshare(kernel.NEWUSER | kernel.NEWNS)
    for name, ours in (("setgroups", ""), ("uid_map", uid), ("gid_map", gid)):
        with open(f"/proc/self/{name}", "w") as file:
            file.write("deny" if name == "setgroups" else f"0 {ours} 1")
    kernel.mount("tmpfs", path, "tmpfs", 0, "mode=1777,size=64m,nr_inodes=4096")
except OSError as error:
    sys.exit(f"lacking {error}")
place = Place(path)
os.chdir(path)
"""
CHECK = """
os.chdir("/")
place.clean()
assert os.listdir(path) == []
assert os.stat(path).st_mode & 0o7777 == 0o1777
place.clean()
print("clean")
"""
ODD_NAMES = """
for name in (b"\\xff\\xfe", b"a\\nb", b"-rf", b"..a", b" ", b"x" * 255, "🙂".encode()):
    open(os.path.join(path.encode(), name), "w").close()
    os.mkdir(os.path.join(path.encode(), b"d" + name[:250]))
"""


def cleaned(folder: Path, code: str) -> str:
    """What a process says that leaves things in a fresh place, then cleans it."""
    found = subprocess.run(
        [sys.executable, "-c", PLACE + code + CHECK, str(folder)],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if found.stderr.startswith("lacking"):
        lacking(f"user namespaces: {found.stderr}")
    return found.stdout or found.stderr


@pytest.mark.parametrize(
    "code",
    [
        "",
        "open('f', 'w').write('x')",
        ODD_NAMES,
        "for _ in range(3000):\n    os.mkdir('d'); os.chdir('d')",
        "for n in range(60):\n    os.makedirs('/'.join([f'{path}/{n}'] + ['d'] * 60))",
        "for n in range(4090): open(str(n), 'w').close()",
        "try:\n    for n in range(9999): os.mkdir(str(n))\nexcept OSError: pass",
        "os.makedirs('a/b/c'); os.chmod('a/b', 0); os.chmod('a', 0)",
        "open('f', 'w'); os.chmod('f', 0)",
        "os.mkfifo('fifo'); import socket; socket.socket(socket.AF_UNIX).bind('socket')",
        "open('f', 'w'); [os.link('f', f'f{n}') for n in range(100)]",
        "open('f', 'wb').write(bytes(60 << 20))",
        # Names that a predictable flattening would meet.
        "for n in range(500): os.makedirs(f'.flattened-{n}/x/y'); os.makedirs(f'{n}/x/y')",
        "f = open('f', 'w'); os.unlink('f'); os.set_inheritable(f.fileno(), True); f.close()",
    ],
    ids=range(14),
)
def test_a_place_is_empty_afterwards(tmp_path: Path, code: str) -> None:
    assert cleaned(tmp_path, code) == "clean\n"


def test_files_that_travel_in_a_cycle_of_sockets_are_waited_for(tmp_path: Path) -> None:
    code = """
import array, socket
def send(end, *fds):
    end.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))])
if (pid := os.fork()) == 0:
    for n in range(20):
        a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        f = os.open(f"f{n}", os.O_CREAT | os.O_RDWR)
        os.unlink(f"f{n}")
        send(a, a.fileno(), b.fileno(), f)
        send(b, a.fileno(), b.fileno(), f)
        os.close(f)
    os._exit(0)
os.waitpid(pid, 0)
"""
    assert cleaned(tmp_path, code) == "clean\n"


def test_a_file_that_is_still_open_is_an_error(tmp_path: Path) -> None:
    code = "from sandbox.runner import cleaning\ncleaning._SETTLE_SECONDS = 0.1\n"
    code += "f = open('f', 'w'); os.unlink('f'); g = open('g', 'w')"
    assert "holds files that no directory lists" in cleaned(tmp_path, code)


def test_links_are_removed_and_never_followed(tmp_path: Path) -> None:
    outside, place = tmp_path / "outside", tmp_path / "place"
    (outside / "folder").mkdir(parents=True)
    (outside / "file").write_text("kept")
    (place / "inner").mkdir(parents=True)
    for link, target in (
        ("to-folder", outside / "folder"),
        ("to-file", outside / "file"),
        ("inner/up", "../.."),
        ("inner/root", "/"),
        ("nowhere", "nowhere"),
        ("self", "."),
    ):
        (place / link).symlink_to(target)
    remove(str(place))
    assert not place.exists()
    assert (outside / "file").read_text() == "kept"
    assert (outside / "folder").is_dir()


def test_an_open_folder_can_be_emptied(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/c").write_text("x")
    fd = os.open(tmp_path, os.O_RDONLY)
    try:
        empty(fd)
    finally:
        os.close(fd)
    assert list(tmp_path.iterdir()) == []
