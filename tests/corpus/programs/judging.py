"""The strict judge of the corpus: the task is to add two integers, and only a slot is needed.

It knows the sums; nothing of them is ever sent to a sandbox. A verdict is `accepted`,
`wrong_answer` or the outcome of an execution that was not `ok`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sandbox.types import MEBIBYTE, Call, Calls, Case, Limits, Outcome, Program, Suite
from sandbox.values import encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.types import Match, Slot
    from tests.corpus.programs import Entry

LIMITS = Limits(
    cpu_seconds=1.0,
    wall_seconds=4.0,
    memory_bytes=256 * MEBIBYTE,
    output_bytes=MEBIBYTE,
    file_bytes=8 * MEBIBYTE,
    processes=64,
)
PAIRS = ((1, 2), (20, 22), (-7, 7), (271828, 714159), (0, 1), (10**12, 1))
TESTS = """\
import math
import unittest

case = unittest.TestCase()
assert add(1, 2) == 3
assert not add(1, 2) != 3
case.assertEqual(add(20, 22), 42)
assert math.isclose(add(0.5, 0.25), 0.75)
assert sorted([add(1, 1), add(0, 1)]) == [1, 2]
assert str(add(5, 5)) == "10"
assert add(2, 1) in (3,) and add(-7, 7) < 1
"""
PYTEST_TESTS = """\
import pytest
from solution import add

@pytest.mark.parametrize(("a", "b", "total"), [(1, 2, 3), (20, 22, 42)])
def test_add(a, b, total):
    assert add(a, b) == total

def test_add_fractions():
    assert add(0.5, 0.25) == pytest.approx(0.75)
"""
REFEREE = """\
import sys
with open("input") as file:
    a, b = map(int, file.read().split())
print(a, b, flush=True)
sys.exit(0 if sys.stdin.readline(100).split() == [str(a + b)] else 1)
"""
CONTROL = Program(
    "import os, sys\n"
    "assert os.listdir('.') == os.listdir('/tmp') == os.listdir('/dev/shm') == []\n"
    "a, b = map(int, sys.stdin.read().split())\n"
    "print(a + b)\n"
)
"""A right program that fails where it finds any file."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and whatever the program showed, in which no trophy may be."""

    verdict: str
    shown: bytes = b""
    said: bytes = b""
    """The end of its stderr, for whoever reads a failure."""


def has_module(slot: Slot, name: str) -> bool:
    """Whether Python programs can import a module here."""
    slot.load(Program(f"import {name}\n"), LIMITS)
    return slot.run(Case(), replace(LIMITS, cpu_seconds=10.0)).outcome is Outcome.OK


def judge(slot: Slot, entry: Entry, limits: Limits = LIMITS) -> Judged:
    """Load a program and judge it as its mode wants."""
    loaded = slot.load(Program(entry.source, entry.language), limits)
    if loaded.outcome is not Outcome.OK:
        return Judged(loaded.outcome, said=loaded.stderr[-500:])
    match entry.mode:
        case "calls":
            return judge_calls(slot, limits)
        case "asserts":
            return judge_suite(slot, Suite(entry.tests or TESTS, ["add"]), limits)
        case "pytest":
            tests = entry.tests or PYTEST_TESTS
            return judge_suite(slot, Suite(tests, ["add"], pytest=True), limits)
        case "interact":
            return judge_talk(slot, limits)
    return judge_output(slot, limits)


def judge_output(
    slot: Slot, limits: Limits = LIMITS, pairs: Sequence[tuple[int, int]] = PAIRS
) -> Judged:
    """Run the loaded program on each pair until one is not accepted."""
    shown = b""
    for a, b in pairs:
        found = slot.run(Case(f"{a} {b}\n".encode()), limits)
        shown += found.stdout
        if found.outcome is not Outcome.OK:
            return Judged(found.outcome, shown, found.stderr[-500:])
        if found.stdout.split() != [str(a + b).encode()]:
            return Judged("wrong_answer", shown, found.stderr[-500:])
    return Judged("accepted", shown)


def judge_calls(slot: Slot, limits: Limits) -> Judged:
    """Call the loaded program's function with each pair; types count."""
    found = slot.call(Calls("add", [Call(pair) for pair in PAIRS]), limits)
    shown = found.stdout + "".join(encode(one.value) for one in found.returned).encode()
    verdict = "accepted"
    if found.outcome is not Outcome.OK:
        verdict = found.outcome
    elif len(found.returned) > len(PAIRS):
        verdict = "wrong_answer"
    else:
        for (a, b), one in zip(PAIRS, found.returned, strict=False):
            if one.error is not None:
                verdict = "runtime_error"
                break
            if type(one.value) is not int or one.value != a + b:
                verdict = "wrong_answer"
                break
        else:
            if len(found.returned) < len(PAIRS):
                verdict = "runtime_error"
    return Judged(verdict, shown, found.stderr[-500:])


def judge_suite(slot: Slot, suite: Suite, limits: Limits) -> Judged:
    """Run test code against the loaded program."""
    return _judged(slot.suite(suite, limits))


def judge_talk(slot: Slot, limits: Limits) -> Judged:
    """Let the loaded program talk with the referee about each pair."""
    judged = Judged("accepted")
    for a, b in PAIRS:
        judged = _judged(slot.interact(Program(REFEREE), Case(f"{a} {b}".encode()), limits))
        if judged.verdict != "accepted":
            break
    return judged


def _judged(match: Match) -> Judged:
    said = match.program.stderr[-500:] + b"\n-- referee --\n" + match.referee.stderr[-500:]
    verdict = "wrong_answer"
    if match.passed:
        verdict = "accepted"
    elif not match.proxied:
        verdict = "not_proxied"
    elif match.program.outcome is not Outcome.OK:
        verdict = match.program.outcome
    return Judged(verdict, match.program.stdout, said)


def accepts_control(slot: Slot) -> Judged:
    """Whether the slot still judges a right program as right."""
    slot.load(CONTROL, LIMITS)
    return judge_output(slot, pairs=PAIRS[:2])
