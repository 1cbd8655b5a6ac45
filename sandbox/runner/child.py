"""The fork that becomes the program: gives up every right, then runs it. It never returns."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import traceback
from typing import TYPE_CHECKING, Any, NoReturn

from sandbox.runner import python

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.runner.separation import Separation

FAILED_EXIT = 125
_CONTROL = 63
"""Above every file descriptor that a program is given."""
_OPEN_FILES = 256
_buffer = bytearray(256 << 10)
"""Large enough for any order; allocated before it is forked."""
_ANCILLARY_BYTES = socket.CMSG_SPACE(4 * 8)
_WORDS = (
    *("cpu_seconds", "file_bytes", "processes", "stack_bytes", "uid", "mode", "folder", "path"),
)
_FIXED = {
    resource.RLIMIT_NOFILE: _OPEN_FILES,
    resource.RLIMIT_MEMLOCK: 0,
    resource.RLIMIT_MSGQUEUE: 0,
}
_ORDERED = (
    *(resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_STACK),
)
_most: dict[int, int] = {}
"""The hard limits that were there before."""


def prepare(environment: dict[str, str]) -> None:
    """Make the zygote what a fork should find itself to be."""
    for number in range(1, signal.NSIG):
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            try:
                signal.signal(number, signal.SIG_DFL)
            except (OSError, ValueError):
                continue
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_IGN)
    os.environ.clear()
    os.environ.update(environment)
    os.umask(0o022)
    for limit in (*_FIXED, *_ORDERED):
        _most[limit] = resource.getrlimit(limit)[1]
    for limit, value in _FIXED.items():
        _lower(limit, value, value)
    python.prepare()


def furnish() -> None:
    """Have ready what a program changes."""
    python.furnish()


def told(order: dict[str, Any]) -> bytes:
    """An order as bytes: what nearly every order says and nothing else, in words; the rest as JSON.

    Reading JSON would cost a fork more page faults than anything else on its way to the program.

    Raises:
        OSError: it is too long.
    """
    words = " ".join([str(order[name]) for name in _WORDS])
    rest = {name: value for name, value in order.items() if name not in _WORDS}
    message = (f"{words}\n{json.dumps(rest)}" if rest else words).encode()
    if len(message) > len(_buffer):
        raise OSError("an order is too long")
    return message


def receive(requests: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """The next order and its file descriptors; ends the process where nobody gives any more."""
    size, ancillary, _, _ = requests.recvmsg_into([_buffer], _ANCILLARY_BYTES)
    if not size:
        os._exit(0)
    words, _, rest = _buffer[:size].decode().partition("\n")
    cpu_seconds, file_bytes, processes, stack_bytes, uid, mode, folder, path = words.split(" ")
    order: dict[str, Any] = {
        "cpu_seconds": float(cpu_seconds),
        "file_bytes": int(file_bytes),
        "processes": int(processes),
        "stack_bytes": int(stack_bytes),
        "uid": int(uid),
        "mode": mode,
        "folder": folder,
        "path": path,
    }
    if rest:
        order.update(json.loads(rest))
    return order, memoryview(ancillary[0][2]).cast("i").tolist()


def become(order: dict[str, Any], fds: Sequence[int], separation: Separation) -> NoReturn:
    """Become the program that the order describes.

    The last file descriptor is the control pipe: what is written there (`F` and a reason, `C` for
    code that does not compile) is trusted, because it closes before any code of the program runs.
    The others become 0, 1, 2 and so on.
    """
    code = FAILED_EXIT
    try:
        _rearrange(fds)
        _limit(order)
        separation.give_up_rights(order)
        os.chdir(order["folder"])
        mode = order["mode"]
        if mode == "exec":
            os.set_inheritable(_CONTROL, False)  # noqa: FBT003 - os takes no keyword
            _execute(order)
        code = python.MODES[mode](order, _CONTROL)
    except BaseException as error:  # whatever it is, the host must hear of it
        try:
            reason = "".join(traceback.format_exception_only(type(error), error)).strip()
            os.write(_CONTROL, b"F" + f"{reason} in {order.get('argv', order['mode'])}".encode())
        except OSError:
            code = 1  # the control pipe is closed: it is the program that failed
    finally:
        os._exit(code & 0xFF)


def _rearrange(fds: Sequence[int]) -> None:
    os.setsid()
    # Each is higher than what it becomes, since 0, 1 and 2 were taken when they came.
    last = len(fds) - 1
    for number in range(last):
        os.dup2(fds[number], number)
    os.dup2(fds[last], _CONTROL)
    os.closerange(last, _CONTROL)
    os.closerange(_CONTROL + 1, 1024)


def _limit(order: dict[str, Any]) -> None:
    cpu = int(order["cpu_seconds"]) + 2
    _lower(resource.RLIMIT_CPU, cpu, cpu + 1)
    _lower(resource.RLIMIT_FSIZE, order["file_bytes"], order["file_bytes"])
    _lower(resource.RLIMIT_NPROC, order["processes"], order["processes"])
    _lower(resource.RLIMIT_STACK, order["stack_bytes"], resource.RLIM_INFINITY)


def _lower(limit: int, soft: int, hard: int) -> None:
    most = _most[limit]
    if most != resource.RLIM_INFINITY:
        hard = most if hard == resource.RLIM_INFINITY else min(hard, most)
        soft = min(soft, most)
    resource.setrlimit(limit, (soft, hard))


def _execute(order: dict[str, Any]) -> NoReturn:
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        os.execvpe(order["argv"][0], order["argv"], order["environment"])  # noqa: S606 - no shell
    except OSError as error:
        # Languages are tried before they are offered, so this is a compiler's broken output.
        os.write(2, f"cannot be executed: {error.strerror}\n".encode())
        os._exit(127)
