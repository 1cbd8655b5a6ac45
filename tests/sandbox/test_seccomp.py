"""The compiled filter decides as the profile says, for every system call of every machine."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.seccomp import _numbers, compiled, profile

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
PROFILE = json.loads(profile())
ALLOW, KILL, EPERM, ENOSYS = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
WORDS = st.integers(0, (1 << 64) - 1) | st.sampled_from(
    [0, 1, 2, 17, 0x10000000, 0x7E020000, 0x5401, 0x5413, 0xFFFFFFFF, 1 << 32, (1 << 32) + 1]
)


def run(code: bytes, number: int, architecture: int, arguments: list[int]) -> int:
    """What the kernel's interpreter makes of a filter."""
    memory = struct.pack("=IIQ6Q", number, architecture, 0, *arguments)
    steps = list(struct.iter_unpack("=HBBI", code))
    at = value = 0
    while True:
        operation, if_true, if_false, constant = steps[at]
        at += 1
        match operation:
            case 0x20:
                (value,) = struct.unpack_from("=I", memory, constant)
            case 0x54:
                value &= constant
            case 0x15:
                at += if_true if value == constant else if_false
            case 0x35:
                at += if_true if value >= constant else if_false
            case 0x05:
                at += constant
            case 0x06:
                return int(constant)
            case _:
                raise AssertionError(operation)


def wanted(name: str, arguments: list[int]) -> int:
    """What the profile says, read as its authors mean it."""
    for rule in PROFILE["syscalls"]:
        if name in rule["names"] and all(holds(one, arguments) for one in rule.get("args", ())):
            return ALLOW if rule["action"] == "SCMP_ACT_ALLOW" else 0x00050000 | rule["errnoRet"]
    return EPERM


def holds(condition: dict[str, Any], arguments: list[int]) -> bool:
    """Whether a condition of the profile is met."""
    value = arguments[condition["index"]]
    if condition["op"] == "SCMP_CMP_EQ":
        return bool(value == condition["value"])
    assert condition["op"] == "SCMP_CMP_MASKED_EQ"
    return bool(value & condition["value"] == condition["valueTwo"])


FILTERS = {machine: compiled(profile(), machine) for machine in MACHINES}
NAMES = {
    machine: {number: name for name, number in _numbers(machine).items() if number is not None}
    for machine in MACHINES
}


@pytest.mark.parametrize("machine", MACHINES)
@given(arguments=st.lists(WORDS, min_size=6, max_size=6))
def test_every_system_call_is_judged_as_the_profile_says(
    machine: str, arguments: list[int]
) -> None:
    for number in range(600):
        found = run(FILTERS[machine], number, MACHINES[machine], arguments)
        assert found == wanted(NAMES[machine].get(number, ""), arguments), number


@pytest.mark.parametrize("machine", MACHINES)
@given(number=st.integers(600, (1 << 32) - 1))
def test_unknown_numbers_are_refused(machine: str, number: int) -> None:
    assert run(FILTERS[machine], number, MACHINES[machine], [0] * 6) == EPERM


@given(number=st.integers(0, 500), architecture=st.integers(0, (1 << 32) - 1))
def test_calls_of_another_architecture_end_the_process(number: int, architecture: int) -> None:
    if architecture != MACHINES["x86_64"]:
        assert run(FILTERS["x86_64"], number, architecture, [0] * 6) == KILL


def test_a_call_can_be_refused_that_the_profile_allows() -> None:
    code = compiled(profile(), "x86_64", ["memfd_create"])
    assert run(code, 319, MACHINES["x86_64"], [0] * 6) == EPERM
    assert run(FILTERS["x86_64"], 319, MACHINES["x86_64"], [0] * 6) == ALLOW


def test_new_syscall_interfaces_look_absent() -> None:
    assert run(FILTERS["x86_64"], 435, MACHINES["x86_64"], [0] * 6) == ENOSYS  # clone3


@pytest.mark.parametrize("machine", MACHINES)
def test_the_search_is_short(machine: str) -> None:
    assert len(FILTERS[machine]) // 8 < 400


def test_every_name_of_the_profile_is_a_system_call() -> None:
    numbers = _numbers("x86_64")
    names = {name for rule in PROFILE["syscalls"] for name in rule["names"]}
    assert sorted(names - set(numbers)) == []


@pytest.mark.parametrize(
    "broken",
    [
        {"defaultAction": "SCMP_ACT_LOG", "syscalls": []},
        {
            "defaultAction": "SCMP_ACT_ERRNO",
            "syscalls": [{"names": ["read"], "action": "SCMP_ACT_TRACE"}],
        },
        {
            "defaultAction": "SCMP_ACT_ERRNO",
            "syscalls": [
                {
                    "names": ["read"],
                    "action": "SCMP_ACT_ALLOW",
                    "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_LT"}],
                }
            ],
        },
    ],
)
def test_what_is_not_understood_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not known"):
        compiled(json.dumps(broken), "x86_64")


def test_an_unknown_machine_is_refused() -> None:
    with pytest.raises(ValueError, match="riscv64"):
        compiled(profile(), "riscv64")
