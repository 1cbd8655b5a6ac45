"""A Docker seccomp profile as a BPF program, for processes that no engine puts under it.

Only what a profile of ours needs is understood; anything else is refused, never passed over.
"""

from __future__ import annotations

import json
import struct
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""What the kernel calls them (AUDIT_ARCH_*), in the order of the columns of syscalls.json."""
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM = 1
_LOAD, _AND, _JUMP, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x54, 0x05, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
"""Offsets in struct seccomp_data."""
_FARTHEST = 255
_WORD = 0xFFFFFFFF

Step = tuple[int, int, int, int]
"""One instruction: code, how many to skip if true, if false, and a constant."""


def profile() -> str:
    """The profile that all programs run under."""
    return resources.files("sandbox.image").joinpath("seccomp.json").read_text("utf-8")


def compiled(text: str, machine: str, without: Collection[str] = ()) -> bytes:
    """The filter of a profile (JSON) for a machine as `os.uname` calls it.

    System calls of another architecture end the process. Those that the machine does not have
    need no rule: like all that the profile does not name, they get its default.

    Args:
        text: the profile.
        machine: `x86_64` or `aarch64`.
        without: system calls that are refused although the profile allows them.

    Raises:
        ValueError: the machine or something in the profile is not known here.
    """
    if machine not in _ARCHITECTURES:
        raise ValueError(f"no system calls are known of {machine}")
    found = json.loads(text)
    otherwise = _verdict({"action": found["defaultAction"]})
    rules: dict[int, list[dict[str, Any]]] = {}
    numbers = _numbers(machine)
    for rule in found["syscalls"]:
        for name in set(rule["names"]) - set(without):
            number = numbers[name]
            if number is not None:
                rules.setdefault(number, []).append(rule)
    bodies = {number: _body(some, otherwise) for number, some in rules.items()}
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_EQUAL, 1, 0, _ARCHITECTURES[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        *_search(_segments(bodies, [(_RETURN, 0, 0, otherwise)])),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _numbers(machine: str) -> dict[str, int | None]:
    table = json.loads(resources.files("sandbox.image").joinpath("syscalls.json").read_text())
    column = list(_ARCHITECTURES).index(machine)
    return {name: columns[column] for name, columns in table.items()}


def _verdict(rule: dict[str, Any]) -> int:
    if rule["action"] == "SCMP_ACT_ALLOW":
        return _ALLOW
    if rule["action"] == "SCMP_ACT_ERRNO":
        return _ERRNO | int(rule.get("errnoRet", _EPERM))
    raise ValueError(f"the action {rule['action']} is not known here")


def _body(rules: Sequence[dict[str, Any]], otherwise: int) -> list[Step]:
    """The verdict of the first rule whose conditions all hold."""
    steps: list[Step] = []
    for rule in rules:
        conditions = [step for one in rule.get("args", ()) for step in _condition(one)]
        conditions.append((_RETURN, 0, 0, _verdict(rule)))
        steps += [
            (code, 0, len(conditions) - at - 1, constant) if code == _JUMP_EQUAL else step
            for at, step in enumerate(conditions)
            for code, _, _, constant in (step,)
        ]
        if not rule.get("args"):
            return steps
    return [*steps, (_RETURN, 0, 0, otherwise)]


def _condition(argument: dict[str, Any]) -> list[Step]:
    operation = argument["op"]
    if operation == "SCMP_CMP_EQ":
        mask, wanted = (1 << 64) - 1, argument["value"]
    elif operation == "SCMP_CMP_MASKED_EQ":
        mask, wanted = argument["value"], argument["valueTwo"]
    else:
        raise ValueError(f"the comparison {operation} is not known here")
    steps: list[Step] = []
    for half in (0, 1):
        part = mask >> 32 * half & _WORD
        if part:
            steps.append((_LOAD, 0, 0, _ARGUMENTS_AT + 8 * argument["index"] + 4 * half))
            if part != _WORD:
                steps.append((_AND, 0, 0, part))
            steps.append((_JUMP_EQUAL, 0, 0, wanted >> 32 * half & _WORD))
    return steps


def _segments(bodies: dict[int, list[Step]], otherwise: list[Step]) -> list[tuple[int, list[Step]]]:
    """All numbers as ranges with the same body: where each begins, and the body."""
    segments = [(0, bodies.get(0, otherwise))]
    for number in sorted({n for known in bodies for n in (known, known + 1)}):
        body = bodies.get(number, otherwise)
        if body != segments[-1][1]:
            segments.append((number, body))
    return segments


def _search(segments: Sequence[tuple[int, list[Step]]]) -> list[Step]:
    """A binary search: the kernel tries all numbers whenever the filter is installed."""
    if len(segments) == 1:
        return segments[0][1]
    middle = len(segments) // 2
    low, high = _search(segments[:middle]), _search(segments[middle:])
    begin = segments[middle][0]
    if len(low) <= _FARTHEST:
        return [(_JUMP_AT_LEAST, len(low), 0, begin), *low, *high]
    return [(_JUMP_AT_LEAST, 0, 1, begin), (_JUMP, 0, 0, len(low)), *low, *high]
