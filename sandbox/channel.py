"""The host's side of the conversation with a runner, over whatever carries bytes."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from sandbox import protocol, values
from sandbox.languages import named
from sandbox.shipping import shipment
from sandbox.types import Execution, Match, Outcome, Returned, SandboxFault, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sandbox.languages.base import Language
    from sandbox.stream import Stream
    from sandbox.types import Calls, Case, Limits, Program, Suite

_START_SECONDS = 60.0
_SLACK_SECONDS = 15.0
_BUSY_FACTOR = 10
"""The runner itself gives up at so many times the wall limit."""
_MAX_NAME_BYTES = 255
_COMPILE_SECONDS = 30.0
_COMPILE_PROCESSES = 128
_COMPILE_FILE_BYTES = 128 << 20

ZYGOTES: Mapping[str, tuple[str, ...]] = {
    "plain": (
        *("abc", "array", "bisect", "collections", "copy", "dataclasses", "datetime", "decimal"),
        *("enum", "fractions", "functools", "heapq", "io", "itertools", "json", "math"),
        *("operator", "queue", "random", "re", "statistics", "string", "threading", "typing"),
    ),
    "numeric": ("numpy",),
    "referee": ("math", "typing"),
}
"""Warm interpreters and what they import beforehand; `numeric` is for sources that name numpy."""


class Channel:
    """A runner that has been started; one program at a time. Implements `sandbox.types.Slot`."""

    def __init__(
        self,
        stream: Stream,
        memory_bytes: int,
        setup: Mapping[str, Any] | None = None,
        *blobs: bytes,
    ) -> None:
        self._stream = stream
        self._memory_bytes = memory_bytes
        self._loaded: Program | None = None
        self._dirty = False
        self._unanswered = 0
        self._unsent = b""
        self._until = time.monotonic() + _START_SECONDS
        self.watch = stream.watch
        stream.write(shipment(), self._until)
        told = {"zygotes": ZYGOTES, "memory_bytes": memory_bytes, **(setup or {})}
        stream.write(protocol.pack(told, *blobs), self._until)
        self._receive()

    # sandbox.types.Slot

    def load(self, program: Program, limits: Limits) -> Execution:
        """See `sandbox.types.Slot.load`."""
        language = _language(program)
        _check_names(program.files)
        if limits.memory_bytes > self._memory_bytes:
            granted, most = limits.memory_bytes >> 20, self._memory_bytes >> 20
            raise Unavailable(
                f"a program is granted {granted} MiB, and a sandbox here has {most} MiB: "
                "grant it less, or make the sandboxes larger"
            )
        if self._dirty:
            self.clear()
        self._dirty = True
        header = {
            "operation": "load",
            "language": language.told(program.source, limits.memory_bytes),
            "files": list(program.files),
            "limits": _compile_limits(limits),
            "quiet": not language.compile,
        }
        source = program.source.encode("utf-8", "replace")
        message = protocol.pack(header, source, *program.files.values())
        if not language.compile:
            # Nothing to wait for: it goes with the first execution.
            self._unsent = message
            return Execution(Outcome.OK)
        self._send(message, _COMPILE_SECONDS * _BUSY_FACTOR)
        reply, blobs = self._receive()
        return _executions(reply, blobs)[0] if blobs else Execution(Outcome.OK)

    def run(self, case: Case, limits: Limits) -> Execution:
        """See `sandbox.types.Slot.run`."""
        if any("\0" in argument for argument in case.args):
            raise ValueError("an argument of a program holds no NUL")
        header = {"operation": "run", "args": list(case.args)}
        return self._execute(header, limits, case.stdin)[0]

    def call(self, calls: Calls, limits: Limits) -> Execution:
        """See `sandbox.types.Slot.call`."""
        wanted = values.encode(
            {
                "entry": calls.entry,
                "environment": calls.environment,
                "watch_arguments": calls.watch_arguments,
                "node_arguments": dict(calls.node_arguments),
                "calls": [[list(call.args), dict(call.kwargs)] for call in calls.calls],
            }
        )
        return self._execute({"operation": "call"}, limits, wanted.encode())[0]

    def suite(self, suite: Suite, limits: Limits) -> Match:
        """See `sandbox.types.Slot.suite`."""
        header = {"operation": "suite", "names": list(suite.names), "pytest": suite.pytest}
        source = suite.source.encode("utf-8", "replace")
        program, referee = self._execute(header, limits, source)
        said = self._last_results[1]
        return Match(program, referee, said == b"P", said != b"N")

    def interact(self, referee: Program, case: Case, limits: Limits) -> Match:
        """See `sandbox.types.Slot.interact`."""
        header = {
            "operation": "interact",
            "referee": _language(referee).told(referee.source, limits.memory_bytes),
        }
        source = referee.source.encode("utf-8", "replace")
        one, other = self._execute(header, limits, source, case.stdin)
        return Match(one, other, other.outcome is Outcome.OK)

    def clear(self) -> None:
        """Forget the program; the runner is on its own until the next message."""
        if self._dirty:
            self._dirty = False
            self._send(protocol.pack({"operation": "clear"}), 0)

    def settle(self) -> None:
        """Wait until the runner says that the slot is clean.

        Raises:
            SandboxFault: it is not.
        """
        self._until = time.monotonic() + _SLACK_SECONDS
        while self._unanswered:
            self._receive()

    def _execute(self, header: dict[str, Any], limits: Limits, *blobs: bytes) -> list[Execution]:
        if not self._dirty:
            raise ValueError("no program is loaded")
        told = {**header, "limits": _limits(limits)}
        self._send(protocol.pack(told, *blobs), limits.wall_seconds * _BUSY_FACTOR)
        reply, parts = self._receive()
        self._last_results = parts[2::3]
        return _executions(reply, parts)

    def _send(self, message: bytes, seconds: float) -> None:
        self._until = time.monotonic() + seconds + _SLACK_SECONDS
        self._stream.write(self._unsent + message, self._until)
        self._unsent = b""
        self._unanswered += 1

    def _receive(self) -> tuple[dict[str, Any], list[bytes]]:
        """The reply to the last message; those before it only have to be no faults."""
        while True:
            try:
                reply, blobs = protocol.unpack(
                    lambda size: self._stream.read_exactly(size, self._until)
                )
            except protocol.BrokenStream as error:
                raise SandboxFault(f"the sandbox does not speak sense: {error}") from error
            if reply["outcome"] == "fault":
                raise SandboxFault(f"the sandbox failed: {reply['reason']}")
            self._unanswered -= 1
            if self._unanswered <= 0:
                self._unanswered = 0
                return reply, blobs


def _language(program: Program) -> Language:
    language = named(program.language)
    if language is None:
        raise Unavailable(f"there is no language {program.language!r} here")
    return language


def _check_names(names: Iterable[str]) -> None:
    """Refuse what is no name of a file beside the program.

    Raises:
        ValueError: a name is not plain.
    """
    for name in names:
        try:
            size = len(name.encode())
        except UnicodeEncodeError:
            size = 0
        if not 0 < size <= _MAX_NAME_BYTES or name in {".", ".."} or {"/", "\0"} & set(name):
            raise ValueError(f"{name!r} is no plain file name")


def _limits(limits: Limits) -> dict[str, Any]:
    return {
        "cpu_seconds": limits.cpu_seconds,
        "wall_seconds": limits.wall_seconds,
        "memory_bytes": limits.memory_bytes,
        "output_bytes": limits.output_bytes,
        "file_bytes": limits.file_bytes,
        "processes": limits.processes,
    }


def _compile_limits(limits: Limits) -> dict[str, Any]:
    return {
        **_limits(limits),
        "cpu_seconds": _COMPILE_SECONDS,
        "wall_seconds": _COMPILE_SECONDS * 2,
        "memory_bytes": max(limits.memory_bytes, 1 << 30),
        "processes": _COMPILE_PROCESSES,
        "file_bytes": _COMPILE_FILE_BYTES,
        "output_bytes": 1 << 20,
    }


def _executions(reply: dict[str, Any], blobs: list[bytes]) -> list[Execution]:
    found = []
    for number, one in enumerate(reply["executions"]):
        stdout, stderr, results = blobs[3 * number : 3 * number + 3]
        found.append(
            Execution(
                outcome=Outcome(one["outcome"]),
                stdout=stdout,
                stderr=stderr,
                exit_code=one["exit_code"],
                signal=one["signal"],
                cpu_seconds=one["cpu_seconds"],
                wall_seconds=one["wall_seconds"],
                memory_bytes=one["memory_bytes"],
                returned=_returned(results),
            )
        )
    return found


def _returned(results: bytes) -> tuple[Returned, ...]:
    """What a program says that its calls returned; whatever is not readable ends the list."""
    found = []
    for line in results.splitlines(keepends=True):
        try:
            said = values.decode(line)
        except (ValueError, json.JSONDecodeError):
            break
        if not line.endswith(b"\n") or not isinstance(said, dict):
            break
        error, arguments = said.get("error"), said.get("arguments")
        message = said.get("message", "")
        if not isinstance(error, str | None) or not isinstance(arguments, list | None):
            break
        if not isinstance(message, str):
            break
        found.append(Returned(said.get("value"), error, message, arguments))
    return tuple(found)
