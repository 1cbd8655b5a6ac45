"""The fork that becomes the program: gives up every right, then runs it. It never returns."""

from __future__ import annotations

import os
import resource
import signal
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
    python.prepare()


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
    # First out of the way, since a target may be the number of another.
    moved = [os.dup2(fd, 100 + number) for number, fd in enumerate(fds)]
    for number, fd in enumerate(moved[:-1]):
        os.dup2(fd, number)
    os.dup2(moved[-1], _CONTROL)
    os.closerange(len(fds) - 1, _CONTROL)
    os.closerange(_CONTROL + 1, 1024)


def _limit(order: dict[str, Any]) -> None:
    cpu = int(order["cpu_seconds"]) + 2
    stack = order["stack_bytes"]
    for limit, soft, hard in (
        (resource.RLIMIT_CPU, cpu, cpu + 1),
        (resource.RLIMIT_FSIZE, order["file_bytes"], order["file_bytes"]),
        (resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES),
        (resource.RLIMIT_NPROC, order["processes"], order["processes"]),
        (resource.RLIMIT_MEMLOCK, 0, 0),
        (resource.RLIMIT_MSGQUEUE, 0, 0),
        (resource.RLIMIT_STACK, stack, resource.RLIM_INFINITY),
    ):
        _, most = resource.getrlimit(limit)
        if most == resource.RLIM_INFINITY:
            resource.setrlimit(limit, (soft, hard))
        else:
            kept = most if hard == resource.RLIM_INFINITY else min(hard, most)
            resource.setrlimit(limit, (min(soft, most), kept))


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
