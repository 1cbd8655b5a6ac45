"""What a sandbox runs, under which limits, and what happened: plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.values import Value

MEBIBYTE = 1 << 20


class SandboxFault(Exception):
    """The sandbox failed, not the program: nothing may be concluded about the program.

    The slot that raised it must be destroyed.
    """


class Unavailable(SandboxFault):
    """There is no sandbox to be had; the message says what to do about it."""


class Abandoned(SandboxFault):
    """Nobody waits for the program any more, or its deadline passed; trying again is no use."""


class Outcome(StrEnum):
    """How an execution ended. Closed: a caller may switch over it."""

    OK = "ok"
    """Exit code 0 within all limits; says nothing about the output."""
    RUNTIME_ERROR = "runtime_error"
    """Another exit code, or a signal."""
    TIME_LIMIT = "time_limit"
    """The CPU time ran out, or it idled past the wall clock's guard."""
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    COMPILE_ERROR = "compile_error"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one execution may use. Sizes are in bytes, times in seconds."""

    cpu_seconds: float = 4.0
    """CPU time of all its processes together; decides about `time_limit`."""
    wall_seconds: float = 20.0
    """Guards against a program that sleeps; time spent waiting for a core is not counted."""
    memory_bytes: int = 512 * MEBIBYTE
    """Peak resident memory of all its processes."""
    output_bytes: int = 4 * MEBIBYTE
    """What it may write to stdout; so much is returned exactly, one byte more is `output_limit`."""
    file_bytes: int = 16 * MEBIBYTE
    """The largest file that it may write."""
    processes: int = 64
    """Processes and threads at the same time."""


STDERR_BYTES = 64 << 10
"""Of stderr the first and last half of so many bytes are kept; writing more is no fault."""


@dataclass(frozen=True, slots=True)
class Program:
    """Source code in one language, with files that are put beside it, readable to it only."""

    source: str
    language: str = "python"
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Plain file names (no folders) and their content."""


@dataclass(frozen=True, slots=True)
class Case:
    """One input of a program. What it should print is none of the sandbox's business."""

    stdin: bytes = b""
    args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a function, with arguments as data (see `sandbox.values`)."""

    args: Sequence[Value] = ()
    kwargs: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of a Python program's function, one after the other in one process.

    `entry` is `f` for a function, or for a method of a class `Solution` where there is no such
    function; `Name.method` names a class. The program's `__name__` is `solution`, not `__main__`.
    """

    entry: str
    calls: Sequence[Call]
    environment: str = "plain"
    """`plain`, or `leetcode`: typing's names, usual modules, ListNode and TreeNode are there."""
    watch_arguments: bool = False
    """Whether to report each call's positional arguments as they are afterwards, for functions
    that change them in place."""
    node_arguments: Mapping[int, str] = field(default_factory=dict)
    """Positions of arguments to be made a `list_node` or a `tree_node` from a list first."""


@dataclass(frozen=True, slots=True)
class Returned:
    """How one call ended: with a value, which is data, or with an exception."""

    value: Value = None
    error: str | None = None
    """The exception's type name where it raised one (`AssertionError`), else None."""
    message: str = ""
    arguments: Sequence[Value] | None = None
    """The positional arguments afterwards, where they were watched."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Trusted Python test code that calls an untrusted program through a proxy.

    It runs as another uid in another process than the program; only data crosses. It passes
    when it runs to its end.
    """

    source: str
    names: Sequence[str]
    """The program's functions (and classes) that the test code may use, as globals."""
    pytest: bool = False
    """Run it by pytest as a test file instead, with a module `solution` that has the names."""


@dataclass(frozen=True, slots=True)
class Execution:
    """What happened. Times and memory are measured from outside the program."""

    outcome: Outcome
    stdout: bytes = b""
    stderr: bytes = b""
    exit_code: int | None = None
    signal: int | None = None
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    memory_bytes: int = 0
    returned: tuple[Returned, ...] = ()
    """Of `Slot.call`: one for each call that was finished, in order."""


@dataclass(frozen=True, slots=True)
class Match:
    """A program and a trusted referee that talked to each other."""

    program: Execution
    referee: Execution
    passed: bool
    """The referee itself said so, through a channel that the program does not have."""
    proxied: bool = True
    """Of `Slot.suite`: False where the test code needed something that cannot cross as data."""


class Slot(Protocol):
    """A leased place for one tenant's program; every execution in it begins clean."""

    def load(self, program: Program, limits: Limits) -> Execution:
        """Take a program in and compile it where its language is compiled.

        Outcome `ok` or `compile_error`; the compiler's messages are in `stderr`.
        """

    def run(self, case: Case, limits: Limits) -> Execution:
        """Run the loaded program on one input."""

    def call(self, calls: Calls, limits: Limits) -> Execution:
        """Call a function of the loaded Python program; all calls share the limits."""

    def suite(self, suite: Suite, limits: Limits) -> Match:
        """Run test code in a process of its own against the loaded Python program."""

    def interact(self, referee: Program, case: Case, limits: Limits) -> Match:
        """Let the loaded program and a referee program talk: stdout of one is stdin of the other.

        The referee gets the case's input as the file `input` beside it, and passes the program
        by exit code 0.
        """
