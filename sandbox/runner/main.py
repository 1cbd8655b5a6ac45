"""PID 1 of a sandbox: takes one tenant's program at a time, serves the host until it hangs up."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import signal
from typing import TYPE_CHECKING, Any

from sandbox import protocol
from sandbox.runner.cleaning import Place, remove
from sandbox.runner.execution import Fault, Running, conduct
from sandbox.runner.zygote import Zygote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sandbox.runner.separation import Separation

PROGRAM = "/program"
WORK = "/work"
BUILD = f"{PROGRAM}/build"
KEPT = f"{PROGRAM}/kept"
BOX = f"{WORK}/box"
REFEREE = f"{WORK}/referee"
_MAX_KEPT = 8
_MAX_KEPT_BYTES = 8 << 20
"""Of what one compilation made; together they leave most of the folder to the next program."""
_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": BOX,
    "TMPDIR": "/tmp",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
_NUMERIC = re.compile(rb"\b(?:numpy|pandas|scipy)\b")


class Runner:
    """Holds at most one loaded program; `clear` forgets it."""

    def __init__(self, config: dict[str, Any], separation: Separation) -> None:
        self._separation = separation
        self._root = root = separation.root
        self._build, self._kept = root + BUILD, root + KEPT
        self._zygotes: dict[str, Zygote] = {}
        self._modules: dict[str, list[str]] = config["zygotes"]
        for folder in (self._kept, self._build):
            if os.path.isdir(folder):
                remove(folder)
        os.mkdir(self._kept, 0o700)
        self._places = [Place(path) for path in separation.places]
        self._most_memory_bytes: int = config["memory_bytes"]
        self._oom_kills = _OomKills()
        self._settled = True
        """Whether nothing has run since the places were emptied."""
        self._language: dict[str, Any] = {}
        self._files: dict[str, bytes] = {}
        self._numeric = False
        self._key = ""
        """Of what was compiled, where that is worth keeping."""
        for name in self._modules:
            self._zygote(name)

    def _zygote(self, name: str) -> Zygote:
        if name not in self._zygotes:
            self._zygotes[name] = Zygote(self._modules[name], _ENVIRONMENT, self._separation)
        return self._zygotes[name]

    # Each operation takes a message and returns one.

    def load(self, header: dict[str, Any], blobs: list[bytes]) -> list[Any]:
        """Put the program's files in place and compile it."""
        self._language = language = header["language"]
        source, *contents = blobs
        self._files = dict(zip(header["files"], contents))  # noqa: B905 - Python 3.9
        self._numeric = bool(_NUMERIC.search(source))
        self._key = ""
        key = _digest(language, self._files, source) if language["compile"] else ""
        if key and os.path.isdir(f"{self._kept}/{key}"):
            os.rename(f"{self._kept}/{key}", self._build)
            self._key = key
            return [{"outcome": "ok"}]
        os.mkdir(self._build, 0o755)
        for name, content in {**self._files, language["source"]: source}.items():
            _write(f"{self._build}/{name}", content)
        if not language["compile"]:
            return [{"outcome": "ok"}]
        how = {"mode": "exec", "argv": language["compile"], "environment": _environment(language)}
        order = self._order(header["limits"], folder=BUILD, **how)
        self._separation.give(self._build, order)
        run = self._running(order, header["limits"], b"")
        self._settled = False
        (found,) = conduct([run], self._oom_kills)
        os.chown(self._build, 0, 0)
        os.chmod(self._build, 0o755)  # noqa: S103 - programs read it
        self._settle()
        if found["outcome"] != "ok":
            found["stderr"] = found["stderr"] + found["stdout"]
            if found["outcome"] != "runtime_error":
                found["stderr"] += b"\nthe compiler ran into its %s" % found["outcome"].encode()
            found["outcome"] = "compile_error"
        elif _size(self._build) <= _MAX_KEPT_BYTES:
            self._key = key
        return _answer(found)

    def run(self, header: dict[str, Any], blobs: list[bytes]) -> list[Any]:
        """Run the program on one input."""
        limits = header["limits"]
        order = self._own_order(limits, header["args"])
        run = self._running(order, limits, blobs[0])
        return self._conducted([run])

    def call(self, header: dict[str, Any], blobs: list[bytes]) -> list[Any]:
        """Call the Python program's functions."""
        limits = header["limits"]
        order = self._own_order(limits, []) | {"mode": "calls"}
        run = self._running(order, limits, b"")
        run.file_in(blobs[0])
        run.pipe_out(run.results)
        return self._conducted([run])

    def suite(self, header: dict[str, Any], blobs: list[bytes]) -> list[Any]:
        """Run test code in another process against the Python program."""
        limits = header["limits"]
        order = self._own_order(limits, []) | {"mode": "serve", "names": header["names"]}
        run = self._running(order, limits, b"")
        judge = self._judge(limits, "test_suite.py", blobs[0], {})
        judge.order.update(mode="referee", names=header["names"], pytest=header["pytest"])
        self._join(run, judge)
        judge.pipe_out(judge.results)
        return self._conducted([run, judge])

    def interact(self, header: dict[str, Any], blobs: list[bytes]) -> list[Any]:
        """Let the program talk with an interpreted referee, which has the input as a file."""
        limits, language = header["limits"], header["referee"]
        source, stdin = blobs
        order = self._own_order(limits, [])
        run = self._running(order, limits, None)
        judge = self._judge(limits, language["source"], source, {"input": stdin}, stdin=None)
        judge.order.update(_how(language, f"{REFEREE}/{language['source']}", ["input"]))
        self._join(run, judge)
        for one in (run, judge):
            one.pipe_out(one.stderr)
        return self._conducted([run, judge])

    def clear(self, _header: dict[str, Any], _blobs: list[bytes]) -> list[Any]:
        """Forget the program; the slot is as new, or the host hears of a fault."""
        if os.path.isdir(self._build):
            if self._key:
                kept = os.listdir(self._kept)
                if len(kept) >= _MAX_KEPT:
                    remove(f"{self._kept}/{kept[0]}")
                os.rename(self._build, f"{self._kept}/{self._key}")
            else:
                self._forget()
        self._settle()
        self._files = {}
        return [{"outcome": "ok"}]

    def _forget(self) -> None:
        """Remove the program; a program that is interpreted cannot have added anything to it."""
        if not self._language["compile"]:
            for name in (*self._files, self._language["source"]):
                os.unlink(f"{self._build}/{name}")
        try:
            os.rmdir(self._build)
        except OSError:
            remove(self._build)

    def _settle(self) -> None:
        if self._settled:
            return
        for place in self._places:
            place.clean()
        self._settled = True

    def _conducted(self, runs: list[Running]) -> list[Any]:
        found = conduct(runs, self._oom_kills)
        for run in runs:
            # Mostly that is all that there is to clean.
            with contextlib.suppress(OSError):
                os.rmdir(self._root + run.order["folder"])
        self._settle()
        return _answer(*found)

    def _own_order(self, limits: dict[str, Any], args: Iterable[str]) -> dict[str, Any]:
        """How to run the loaded program, in a fresh folder with its files."""
        how = _how(self._language, f"{BUILD}/{self._language['source']}", args)
        order = self._order(limits, **how)
        self._folder(order, self._files)
        return order

    def _judge(
        self,
        limits: dict[str, Any],
        name: str,
        source: bytes,
        files: dict[str, bytes],
        stdin: bytes | None = b"",
    ) -> Running:
        order = self._order(limits, mode="main", path=f"{REFEREE}/{name}", folder=REFEREE)
        self._folder(order, {**files, name: source})
        return self._running(order, limits, stdin, role="referee")

    def _order(self, limits: dict[str, Any], **more: Any) -> dict[str, Any]:
        spare = self._language["processes"] + self._separation.spare_processes
        return {
            "uid": 0,
            **self._separation.newcomer(),
            "path": "-",
            "folder": BOX,
            "cpu_seconds": limits["cpu_seconds"],
            "file_bytes": limits["file_bytes"],
            "processes": limits["processes"] + spare,
            "stack_bytes": limits["memory_bytes"],
            **more,
        }

    def _running(
        self, order: dict[str, Any], limits: dict[str, Any], stdin: bytes | None, role: str = ""
    ) -> Running:
        memory_bytes = min(limits["memory_bytes"], self._most_memory_bytes)
        limits = {**limits, "memory_bytes": memory_bytes}
        python = "numeric" if self._numeric else "plain"
        name = "referee" if role else "plain" if order["mode"] == "exec" else python
        run = Running(self._zygote(name), self._separation, order, limits, role)
        if stdin is not None:
            run.file_in(stdin)
            run.pipe_out(run.stdout)
            run.pipe_out(run.stderr)
        return run

    def _folder(self, order: dict[str, Any], files: dict[str, bytes]) -> None:
        path = self._root + order["folder"]
        self._settled = False
        os.mkdir(path, 0o700)
        for name, content in files.items():
            _write(f"{path}/{name}", content)
            self._separation.give(f"{path}/{name}", order)
        self._separation.give(path, order)

    def _join(self, one: Running, other: Running) -> None:
        """Pipes from each to the other, on the next file descriptors: first what it reads."""
        there, here = os.pipe2(os.O_CLOEXEC), os.pipe2(os.O_CLOEXEC)
        one.fds += [there[0], here[1]]
        other.fds += [here[0], there[1]]
        for run, fds in ((one, (there[0], here[1])), (other, (here[0], there[1]))):
            for fd in fds:
                self._separation.give(fd, run.order)


def _how(language: dict[str, Any], path: str, args: Iterable[str]) -> dict[str, Any]:
    """The part of an order that says what to run."""
    if language["zygote"]:
        args = list(args)
        return {"mode": "main", "path": path, **({"args": args} if args else {})}
    argv = [*language["run"], *args]
    return {"mode": "exec", "argv": argv, "environment": _environment(language)}


def _environment(language: dict[str, Any]) -> dict[str, str]:
    return {**_ENVIRONMENT, **language["environment"]}


def _answer(*found: dict[str, Any]) -> list[Any]:
    """A message: what can be JSON in the header, what a program wrote as blobs."""
    blobs = [one.pop(name) for one in found for name in ("stdout", "stderr", "results")]
    return [{"outcome": "ok", "executions": list(found)}, *blobs]


def _write(path: str, content: bytes) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(fd, view) :]
    finally:
        os.close(fd)


def _digest(language: dict[str, Any], files: dict[str, bytes], source: bytes) -> str:
    import hashlib  # large, and not for the zygotes to inherit

    digest = hashlib.sha256(repr(sorted(language.items())).encode())
    for name, content in sorted({**files, "": source}.items()):
        digest.update(b"%d %d %s" % (len(name), len(content), name.encode()) + content)
    return digest.hexdigest()


def _size(folder: str) -> float:
    """Bytes of the files in a folder; infinite where it has folders itself."""
    size = 0
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            return float("inf")
        size += entry.stat(follow_symlinks=False).st_size
    return size


class _OomKills:
    """How often the kernel killed a process of this container for its memory limit."""

    def __init__(self) -> None:
        self._fd = -1
        for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
            if os.path.exists(path):
                self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
                break

    def __call__(self) -> int:
        if self._fd < 0:
            return 0
        try:
            return int(os.pread(self._fd, 4096, 0).rpartition(b"oom_kill ")[2].split()[0])
        except (OSError, ValueError, IndexError):
            return 0


def _read_exactly(size: int) -> bytes:
    parts = []
    while size:
        part = os.read(0, min(size, 1 << 20))
        if not part:
            raise protocol.BrokenStream("the host hung up")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _send(message: bytes) -> None:
    view = memoryview(message)
    while view:
        view = view[os.write(1, view) :]


def main(separate: Callable[[dict[str, Any], Sequence[bytes]], Separation]) -> None:
    """Serve until the host hangs up; PID 1's end is the end of everything in the sandbox."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.umask(0o022)
    config, blobs = protocol.unpack(_read_exactly)
    runner = Runner(config, separate(config, blobs))
    gc.collect()
    gc.freeze()
    operations = {
        name: getattr(runner, name)
        for name in ("load", "run", "call", "suite", "interact", "clear")
    }
    _send(protocol.pack({"outcome": "ok", "version": 1}))
    while True:
        try:
            header, blobs = protocol.unpack(_read_exactly)
        except protocol.BrokenStream:
            return
        try:
            reply, *parts = operations[header["operation"]](header, blobs)
            if not header.get("quiet"):
                _send(protocol.pack(reply, *parts))
        except (Fault, OSError) as error:
            _send(protocol.pack({"outcome": "fault", "reason": f"{error}"[:2000]}))
            return
