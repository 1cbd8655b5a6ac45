"""The preloaded process: imports the slow libraries once and forks a child per connection.

A child runs allow-listed pure functions, one at a time, under memory bounds. It is killed from
outside (`verifier.watchdog`), because sympy hangs in C code and eats exceptions and signals.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from sandbox import Bounds, confine, die_with_parent
from verifier import frames
from verifier.errors import describe

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue

FUNCTIONS = {"math": "verifier.math.symbolic"}
"""Name of a function -> its module, which has `prove(announce=..., **arguments)` and `warm()`."""

_BACKSTOP_SECONDS = 1.0


class Module(Protocol):
    """What a module of `FUNCTIONS` offers."""

    def prove(self, *, announce: Callable[[str], None], **arguments: JsonValue) -> JsonValue:
        """Compute; call `announce` with the name of each phase before it begins."""

    def warm(self) -> None:
        """Fill the caches that every child should start with."""


def serve(path: Path, memory_bytes: int) -> None:
    """Listen on a Unix socket at `path` until killed; the socket appears once all is warm."""
    modules = {name: cast("Module", importlib.import_module(m)) for name, m in FUNCTIONS.items()}
    for module in modules.values():
        module.warm()
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    listener.bind(str(fresh))
    listener.listen(128)
    fresh.rename(path)
    zygote = os.getpid()
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            try:
                listener.close()
                die_with_parent(zygote)
                confine(Bounds(memory_bytes=memory_bytes))
                # The kernel ends the child by this timer even inside C code, should nobody watch.
                signal.signal(signal.SIGPROF, signal.SIG_DFL)
                _answer(connection, modules)
            finally:
                os._exit(0)
        connection.close()


def _answer(connection: socket.socket, modules: dict[str, Module]) -> None:
    frames.send(connection, os.getpid())
    while True:
        try:
            name, arguments, cpu_seconds = cast(
                "tuple[str, dict[str, JsonValue], float]", frames.receive(connection)
            )
        except (EOFError, OSError):
            return
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds + _BACKSTOP_SECONDS)
        try:
            value = modules[name].prove(
                announce=lambda phase: frames.send(connection, ["phase", phase]), **arguments
            )
            frames.send(connection, ["done", value])
        except (MemoryError, RecursionError) as error:
            # The interpreter may be short of memory for good: a fresh child takes over.
            frames.send(connection, ["too_big", type(error).__name__])
            return
        except Exception as error:  # noqa: BLE001 - told to the watchdog, which decides
            frames.send(connection, ["failed", describe(error)])
        signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    die_with_parent(int(sys.argv[3]))
    serve(Path(sys.argv[1]), int(sys.argv[2]))
