"""The conformance suite of backends: every promise of a sandbox as a question to one.

A backend that passes can be used. Used by tests, and by an operator on the machine at hand.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sandbox import echo
from sandbox.languages import languages
from sandbox.probes import FINE, LEAVING, LIMITS, PROBES, SEARCHING, Probe
from sandbox.types import STDERR_BYTES, Call, Calls, Case, Outcome, Program, SandboxFault, Suite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sandbox.backends.base import Backend, Sandbox
    from sandbox.types import Execution, Slot
    from sandbox.values import Value

    Question = Callable[["Ground"], str]
    """Returns what is wrong, or an empty string."""

_END_SECONDS = 10.0
_CAP = 1 << 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise, and what is wrong with it."""

    name: str
    complaint: str
    """Empty where it holds."""


class Ground:
    """Sandboxes to ask: one that serves many questions, replaced after a fault."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._sandbox: Sandbox | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def tenant(self) -> Iterator[Slot]:
        """The sandbox, clean before and after."""
        if self._sandbox is None:
            self._sandbox = self.backend.create()
        try:
            yield self._sandbox.channel
            self._sandbox.channel.clear()
            self._sandbox.channel.settle()
        except SandboxFault:
            self.close()
            raise

    def run(self, probe: Probe) -> Execution:
        """Run a probe as a tenant of its own."""
        with self.tenant() as slot:
            found = slot.load(Program(probe.source), probe.limits)
            if found.outcome is Outcome.OK:
                found = slot.run(Case(probe.stdin), probe.limits)
        return found

    def ask(self, name: str) -> Finding:
        """Look into one promise; a fault of the sandbox is a complaint too."""
        try:
            return Finding(name, QUESTIONS[name](self))
        except SandboxFault as error:
            return Finding(name, f"the sandbox failed: {error}")

    def close(self) -> None:
        """Destroy the sandbox."""
        if self._sandbox is not None:
            self._sandbox.destroy()
            self._sandbox = None


def findings(backend: Backend) -> Iterator[Finding]:
    """Ask a backend everything, one after the other.

    Raises:
        Unavailable: it makes no sandbox.
    """
    with Ground(backend) as ground, ground.tenant():
        pass
    with Ground(backend) as ground:
        for name in QUESTIONS:
            yield ground.ask(name)


def offered(slot: Slot) -> list[str]:
    """The languages that work there: whose echo program does.

    Raises:
        SandboxFault: the sandbox failed.
    """
    return [one.name for one in languages().values() if not echo.complaint(slot, one)]


def _probed(probe: Probe) -> Question:
    def question(ground: Ground) -> str:
        complaint = _unlike(ground.run(probe), probe.outcomes, probe.stdout)
        # Whatever a program did, the next one finds the sandbox well.
        return complaint or _well(ground)

    return question


def _unlike(
    found: Execution, outcomes: tuple[Outcome, ...] = (Outcome.OK,), stdout: bytes | None = FINE
) -> str:
    if found.outcome in outcomes and stdout in (None, found.stdout):
        return ""
    said = (found.stdout[-300:] + b" " + found.stderr[-300:]).decode("utf-8", "replace").strip()
    return f"ended as {found.outcome}, exit code {found.exit_code}: {said}"


def _well(ground: Ground) -> str:
    complaint = _unlike(ground.run(Probe("", "print('fine')")))
    return f"the next program does not run well: {complaint}" if complaint else ""


def _echoes(ground: Ground) -> str:
    with ground.tenant() as slot:
        found = offered(slot)
    return "" if "python" in found else f"offered are only {found}"


def _prints(size: int) -> Question:
    def question(ground: Ground) -> str:
        limits = replace(LIMITS, output_bytes=_CAP)
        source = f"import sys\nsys.stdout.write('x' * {size})"
        found = ground.run(Probe("", source, limits=limits))
        wanted = Outcome.OK if size <= _CAP else Outcome.OUTPUT_LIMIT
        if found.outcome is wanted and found.stdout == b"x" * min(size, _CAP):
            return ""
        return f"ended as {found.outcome} with {len(found.stdout)} bytes"

    return question


def _reads(ground: Ground) -> str:
    content = bytes(range(256)) * 4096
    source = "import hashlib, sys\nprint(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())"
    wanted = hashlib.sha256(content).hexdigest().encode() + b"\n"
    return _unlike(ground.run(Probe("", source, stdin=content)), stdout=wanted)


def _keeps_stderr(ground: Ground) -> str:
    source = "import sys\nsys.stderr.write('first' + 'x' * 1_000_000 + 'last')"
    found = ground.run(Probe("", source))
    kept = found.stderr.startswith(b"first") and found.stderr.endswith(b"last")
    return (
        "" if kept and len(found.stderr) < 2 * STDERR_BYTES else f"kept {len(found.stderr)} bytes"
    )


def _leaves_nothing(ground: Ground) -> str:
    left = _unlike(ground.run(Probe("", LEAVING)))
    return left or _unlike(ground.run(Probe("", SEARCHING)))


def _leaves_nothing_to_itself(ground: Ground) -> str:
    """Between two inputs of one program nothing is left either."""
    with ground.tenant() as slot:
        slot.load(
            Program(
                f"if input() == 'leave':\n    exec({LEAVING!r})\nelse:\n    exec({SEARCHING!r})"
            ),
            LIMITS,
        )
        left = _unlike(slot.run(Case(b"leave\n"), LIMITS))
        return left or _unlike(slot.run(Case(b"search\n"), LIMITS))


def _compiles(ground: Ground) -> str:
    language = languages()["c"]
    with ground.tenant() as slot:
        if echo.complaint(slot, language):
            return ""  # not offered
    for _ in range(2):  # the second time it is known
        with ground.tenant() as slot:
            found = slot.load(Program("int main(void) { return nothing; }", "c"), LIMITS)
        if found.outcome is not Outcome.COMPILE_ERROR or b"nothing" not in found.stderr:
            return _unlike(found, (Outcome.COMPILE_ERROR,), None) or "the compiler said nothing"
    return ""


_VALUES: tuple[Value, ...] = (
    None,
    True,
    1 << 80,
    -0.0,
    "ü\0",
    b"\xff",
    (1, [2]),
    {3, 4},
    {(5,): 6},
)


def _calls(ground: Ground) -> str:
    with ground.tenant() as slot:
        slot.load(Program("def f(x):\n    print('aside')\n    return x"), LIMITS)
        found = slot.call(Calls("f", [Call([value]) for value in _VALUES]), LIMITS)
    values = tuple(one.value for one in found.returned)
    same = repr(values) == repr(_VALUES) and found.outcome is Outcome.OK
    return "" if same else f"ended as {found.outcome} with {values}"


def _raises(ground: Ground) -> str:
    with ground.tenant() as slot:
        slot.load(Program("def f(x):\n    return 1 // x"), LIMITS)
        found = slot.call(Calls("f", [Call([0]), Call([1])]), LIMITS)
    said = [(one.value, one.error) for one in found.returned]
    return "" if said == [(None, "ZeroDivisionError"), (1, None)] else f"returned {said}"


_FORGING = """
import os
def f():
    for number in range(3, 64):
        try:
            os.write(number, b'P')
        except OSError:
            pass
    return 2
"""


def _suites(ground: Ground) -> str:
    for source, test, wanted in (
        ("def f():\n    return 1", "assert f() == 1", True),
        ("def f():\n    return 1", "assert f() == 2", False),
        ("raise SystemExit(0)", "assert f() == 1", False),
        (_FORGING, "assert f() == 1", False),
    ):
        with ground.tenant() as slot:
            slot.load(Program(source), LIMITS)
            match = slot.suite(Suite(test, ["f"]), LIMITS)
        if match.passed is not wanted:
            return f"{test!r} passed: {match.passed}, of {source!r}"
    return ""


_REFEREE = """
import sys
wanted = open('input').read()
print('go', flush=True)
sys.exit(0 if sys.stdin.readline() == wanted else 1)
"""


def _interacts(ground: Ground) -> str:
    for source, wanted in (
        ("input()\nprint('fine')", True),
        ("print(open('/work/referee/input').read())", False),
        ("raise SystemExit(0)", False),
    ):
        with ground.tenant() as slot:
            slot.load(Program(source), LIMITS)
            match = slot.interact(Program(_REFEREE), Case(FINE), LIMITS)
        if match.passed is not wanted:
            return f"passed: {match.passed}, of {source!r}"
    return ""


def _dies(ground: Ground) -> str:
    """Destroying a sandbox ends the program that runs in it, and frees whoever waits for it."""
    sandbox = ground.backend.create()
    seconds = f"{300 + time.monotonic() % 1:.9f}"
    freed = threading.Event()

    def wait() -> None:
        with contextlib.suppress(SandboxFault):
            slot = sandbox.channel
            source = f"import subprocess\nsubprocess.run(['sleep', '{seconds}'])"
            slot.load(Program(source), LIMITS)
            slot.run(Case(), replace(LIMITS, wall_seconds=60))
        freed.set()

    threading.Thread(target=wait, daemon=True).start()
    visible = _within(5.0, lambda: _runs(seconds))
    sandbox.destroy()
    if not freed.wait(_END_SECONDS):
        return "whoever waited for the program waits on"
    # An engine on another machine has its processes there.
    if visible and not _within(_END_SECONDS, lambda: not _runs(seconds)):
        return "its processes go on"
    return ""


def _runs(argument: str) -> bool:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if path.read_bytes().split(b"\0")[:2] == [b"sleep", argument.encode()]:
                return True
    return False


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


QUESTIONS: Mapping[str, Question] = {
    "languages are offered": _echoes,
    **{f"exactly {size} bytes come out": _prints(size) for size in (0, 1, 65_536, _CAP)},
    "one byte past the limit is the output limit": _prints(_CAP + 1),
    "a megabyte goes in": _reads,
    "of stderr both ends are kept": _keeps_stderr,
    **{probe.name: _probed(probe) for probe in PROBES},
    "nothing is left to the next tenant": _leaves_nothing,
    "nothing is left to the next input": _leaves_nothing_to_itself,
    "a compiler's error is a compile error, every time": _compiles,
    "functions can be called with data": _calls,
    "exceptions of functions are told": _raises,
    "test code passes and fails a program from outside": _suites,
    "a referee passes and fails a program from outside": _interacts,
    "a destroyed sandbox leaves nothing running": _dies,
}
"""Every promise, in the order in which they are looked into."""
