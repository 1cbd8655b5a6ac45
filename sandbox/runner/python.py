"""Running Python in the fork: as a script, as calls of its functions, or as a suite's other half.

Everything here shares an interpreter with the program and is in its power, but for the control
pipe, which is closed before any of its code runs. Nothing the program sends is trusted: it is
data, and judged elsewhere.
"""

from __future__ import annotations

import atexit
import builtins
import gc
import io
import linecache
import os
import sys
import traceback
import types
from typing import Any

from sandbox import values
from sandbox.runner import environments

_READ_BYTES = 1 << 16
MAIN = "/program/build/main.py"
"""Where nearly every program is."""
_AT_END = ("_shutdown_locks", "_threading_atexits")
"""Where the module threading keeps what it has to do at the end, mostly nothing."""
_ANSWER_BYTES = 4 << 20
"""The longest line that the two halves of a suite say to each other."""


def main(order: dict[str, Any], control: int) -> int:
    """Run the program as `python main.py` would."""
    module = _module("__main__", order)
    code = _compiled(order, control)
    if code is None:
        return 1
    status = _run(code, module)
    del module, code  # or it would outlive its end
    return _finish(status)


def calls(order: dict[str, Any], control: int) -> int:
    """Run the program as a module, then do the calls read from 3, and write what they return to 4.

    One line of JSON a call, see `sandbox.values`.
    """
    wanted = values.decode(_read_all(3))
    assert isinstance(wanted, dict)
    out = open(4, "wb", buffering=0)
    module = _module("solution", order)
    environments.furnish(module.__dict__, wanted["environment"])
    code = _compiled(order, control)
    if code is None:
        return 1
    status = _run(code, module)
    if status:
        return _finish(status)
    encode = values.encode
    for args, kwargs in wanted["calls"]:
        line = _one_call(module, wanted, args, kwargs, encode)
        out.write(line.encode("ascii") + b"\n")
    return _finish(0)


def _one_call(module: Any, wanted: Any, args: Any, kwargs: Any, encode: Any) -> str:
    try:
        function = _entry(module, wanted["entry"])
        arguments = list(args)
        for position, kind in wanted["node_arguments"].items():
            arguments[position] = environments.to_node(module.__dict__, kind, arguments[position])
        value = function(*arguments, **kwargs)
        value = environments.from_node(value)
        after = None
        if wanted["watch_arguments"]:
            after = [environments.from_node(argument) for argument in arguments]
        return str(encode({"value": value, "arguments": after}))
    except BaseException as error:
        if isinstance(error, values.TooLarge):
            return str(encode({"error": "TooLarge", "message": "the value is too large"}))
        traceback.print_exception(type(error), error, _without_us(error))
        return str(encode(_raised(error)))


def _raised(error: BaseException) -> dict[str, str]:
    try:
        message = str(error)[:2000]
    except BaseException:
        message = ""
    return {"error": str(type(error).__name__)[:200], "message": str(message)}


def _entry(module: Any, entry: str) -> Any:
    first, _, method = entry.partition(".")
    if method:
        return getattr(getattr(module, first)(), method)
    function = getattr(module, entry, None)
    if function is None:
        solution = getattr(module, "Solution", None)
        if solution is not None:
            return getattr(solution(), entry)
        raise NameError(f"name {entry!r} is not defined")
    return function


def serve(order: dict[str, Any], control: int) -> int:
    """Be the program's half of a suite: do the calls that come on 3, answer on 4."""
    requests = open(3, "rb")
    answers = open(4, "wb", buffering=0)
    module = _module("solution", order)
    code = _compiled(order, control)
    if code is None:
        return 1
    status = _run(code, module)
    if status:
        return _finish(status)
    encode = values.encode
    answers.write(encode([n for n in order["names"] if hasattr(module, n)]).encode() + b"\n")
    for line in requests:
        asked: Any = values.decode(line)
        name, args, kwargs = asked
        try:
            value = getattr(module, name)(*args, **kwargs)
            said = encode({"value": value})
        except BaseException as error:
            said = encode(_raised(error))
        answers.write(said.encode("ascii") + b"\n")
    return _finish(0)


class _CannotCross(BaseException):
    """The test code needs something that is not data; no `except Exception` may swallow it."""


class _Gone(BaseException):
    """The program ended before its tests did; no test may take that for an exception it wants."""


class _Proxy:
    """Stands in the test code for one name of the program."""

    def __init__(self, name: str, ask: Any) -> None:
        self.__name__ = self.__qualname__ = name
        self._ask = ask

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(self.__name__, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        # Pytest and other tools look for marks of theirs.
        if not name.startswith("_"):
            self._ask.cannot_cross(f"{self.__name__}.{name}")
        raise AttributeError(name)


class _Asking:
    """The referee's side of the conversation with the program."""

    def __init__(self, answers: Any, requests: Any) -> None:
        self._answers = answers
        self._requests = requests
        self.gone = False
        self.proxied = True
        """False once the test code needed what cannot cross, whatever it made of that."""

    def cannot_cross(self, what: str) -> None:
        self.proxied = False
        raise _CannotCross(what)

    def hear(self) -> Any:
        line = self._answers.readline(_ANSWER_BYTES)
        if not line.endswith(b"\n"):
            self.gone = True
            raise _Gone("the program ended before its tests did")
        return values.decode(line)

    def __call__(self, name: str, args: Any, kwargs: Any) -> Any:
        if _holds_opaque([args, list(kwargs.values())]):
            # The program's own, which must not decide how it is judged.
            raise TypeError(f"{name} returned an object, and data were expected")
        said = values.encode([name, list(args), dict(kwargs)])
        if '{"$opaque"' in said:
            self.cannot_cross(f"an argument of {name}")
        self._requests.write(said.encode("ascii") + b"\n")
        answer = self.hear()
        if "error" in answer:
            raise _exception(str(answer["error"]), str(answer["message"]))
        value = answer["value"]
        return iter(value.items) if type(value) is values.Iterated else value


def _holds_opaque(value: Any) -> bool:
    if type(value) is values.Opaque:
        return True
    if isinstance(value, dict):
        return any(_holds_opaque(part) for pair in value.items() for part in pair)
    return isinstance(value, (list, tuple, set, frozenset)) and any(map(_holds_opaque, value))


def referee(order: dict[str, Any], control: int) -> int:
    """Be the trusted half of a suite: run the test code, and write the verdict to 5.

    `P`: it ran to its end. `N`: it needed what cannot cross as data. Nothing: it failed.
    """
    ask = _Asking(open(3, "rb"), open(4, "wb", buffering=0))
    verdict = os.dup(5)
    os.close(5)
    passed = False
    try:
        there = ask.hear()
        module = _module("__main__", order)
        solution = types.ModuleType("solution")
        for name in order["names"]:
            if name in there:
                setattr(solution, name, _Proxy(name, ask))
        sys.modules["solution"] = solution
        module.__dict__.update(solution.__dict__, __name__="__main__")
        code = _compiled(order, control)
        if code is not None:
            passed = _pytest(order["path"]) if order["pytest"] else _run(code, module) == 0
    except (_CannotCross, _Gone) as error:
        print(error, file=sys.stderr)
    if not ask.proxied:
        os.write(verdict, b"N")
    elif passed and not ask.gone:
        os.write(verdict, b"P")
    return _finish(0 if passed else 1)


def _pytest(path: str) -> bool:
    import pytest  # only some images have it

    plain = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib", "-x", path]
    return int(pytest.main(plain)) == 0


def _exception(name: str, message: str) -> BaseException:
    kind = getattr(builtins, name, None)
    # These steer loops and generators of the test code; raised out of order they end them.
    steering = (StopIteration, StopAsyncIteration)
    if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, steering):
        try:
            return kind(message)
        except TypeError:
            pass
    return RuntimeError(f"{name}: {message}")


MODES = {"main": main, "calls": calls, "serve": serve, "referee": referee}


def _read_all(fd: int) -> bytes:
    parts = []
    while part := os.read(fd, _READ_BYTES):
        parts.append(part)
    os.close(fd)
    return b"".join(parts)


def prepare() -> None:
    """Make the interpreter look like one just started; done once, before any fork."""
    for known in [known for known in sys.modules if known.partition(".")[0] == "sandbox"]:
        del sys.modules[known]
    sys.dont_write_bytecode = True
    lossless = {"encoding": "utf-8", "errors": "surrogateescape"}
    sys.stdin = sys.__stdin__ = open(0, closefd=False, **lossless)  # type: ignore[call-overload, misc]
    sys.stdout = sys.__stdout__ = open(1, "w", closefd=False, **lossless)  # type: ignore[call-overload, misc]
    sys.stderr = sys.__stderr__ = io.TextIOWrapper(  # type: ignore[misc]
        open(2, "wb", closefd=False), "utf-8", "backslashreplace", line_buffering=True
    )
    sys.path.insert(0, "")
    linecache.clearcache()
    # Always the same, so that the same program does the same on any worker at any time.
    for name in ("random", "numpy.random"):
        if name in sys.modules:
            sys.modules[name].seed(0)


def furnish() -> None:
    """Have a program's module ready, once all else is frozen: it has to be freed at the end."""
    sys.modules["__main__"] = _made("__main__", MAIN)


def _module(name: str, order: dict[str, Any]) -> types.ModuleType:
    """A fresh module for a program."""
    path = order["path"]
    module = sys.modules["__main__"]
    if name != "__main__" or path != MAIN:
        sys.modules[name] = module = _made(name, path)
    if "args" in order:
        sys.argv = [path, *order["args"]]
    return module


def _made(name: str, path: str) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__dict__.update(
        __builtins__=builtins, __file__=path, __annotations__={}, __cached__=None, __doc__=None
    )
    sys.argv = [path]
    sys.path[0] = os.path.dirname(path)
    return module


def _compiled(order: dict[str, Any], control: int) -> types.CodeType | None:
    """The program's code; the last thing done before the control pipe closes."""
    path = order["path"]
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    source = _read_all(fd)
    try:
        code: types.CodeType = compile(source, path, "exec", dont_inherit=True)
    except Exception as error:  # a codec that the source names may raise anything
        traceback.print_exception(type(error), error, None)
        sys.stderr.flush()
        os.write(control, b"C")
        return None
    os.close(control)
    return code


def _run(code: types.CodeType, module: types.ModuleType) -> int:
    try:
        exec(code, module.__dict__)  # noqa: S102 - what a sandbox is for
    except SystemExit as error:
        return _exit_status(error.code)
    except BaseException as error:
        if type(error) in (_CannotCross, _Gone):
            raise
        error.__traceback__ = _without_us(error)
        sys.excepthook(type(error), error, error.__traceback__)
        return 1
    return 0


def _without_us(error: BaseException) -> Any:
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename.startswith("<runner>"):
        frame = frame.tb_next
    return frame


def _exit_status(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1


def _finish(status: int) -> int:
    """What the interpreter does at its end: join threads, run exit functions, flush."""
    try:
        threading: Any = sys.modules.get("threading")
        if threading is not None and any(getattr(threading, name, True) for name in _AT_END):
            threading._shutdown()  # noqa: SLF001 - what the interpreter calls
        atexit._run_exitfuncs()  # noqa: SLF001 - likewise
    except SystemExit as error:
        status = _exit_status(error.code)
    except BaseException:
        traceback.print_exc()
        status = status or 1
    out, complaints = sys.__stdout__, sys.__stderr__
    status = _flushed(status, sys.stdout, out)
    # What the program still holds goes: files are flushed when they are closed, finalizers run.
    # Everything older than the program is frozen, so that the collector has little to look at.
    for name in ("__main__", "solution"):
        sys.modules.pop(name, None)
    gc.collect()
    return _flushed(status, sys.stdout, out, sys.stderr, complaints)


def _flushed(status: int, *streams: Any) -> int:
    for stream in streams:
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except BaseException:
            status = status or 120
    return status
