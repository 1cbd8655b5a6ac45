"""The programs that sandboxes are measured with, and the ways to run them."""

from __future__ import annotations

import contextlib
import itertools
import random
import shutil
import subprocess
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.types import Case, Limits, Outcome, Program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sandbox.pool import Pool

LABEL = "rollout-verifier.bench"
"""Marks the containers that a benchmark starts beside ours."""
_TIMEOUT_SECONDS = 120
_NUMBERS = 200
_COUNTING = """\
import sys
from collections import Counter
numbers = [int(word) for word in sys.stdin.read().split()]
print(*sorted(numbers))
for number, times in sorted(Counter(numbers).items(), key=lambda pair: (-pair[1], pair[0]))[:5]:
    print(number, times)
"""
_NUMERIC = "import numpy\nprint(int(numpy.arange(1000).sum()))\n"


@dataclass(frozen=True, slots=True)
class Sample:
    """A right program: its source, and what it prints for each input."""

    name: str
    source: str
    cases: tuple[tuple[bytes, bytes], ...]

    @property
    def imports(self) -> str:
        """The part of its source without which nothing of it works."""
        return "\n".join(row for row in self.source.splitlines() if "import" in row)


def samples() -> dict[str, Sample]:
    """The four that are compared, by name."""
    source = random.Random(0)  # noqa: S311 - a sample, no secret
    cases = tuple(_counted([source.randrange(50) for _ in range(_NUMBERS)]) for _ in range(10))
    found = (
        Sample("print(1)", "print(1)\n", ((b"", b"1\n"),)),
        Sample("stdin program", _COUNTING, cases[:1]),
        Sample("numpy program", _NUMERIC, ((b"", b"499500\n"),)),
        Sample("10 cases", _COUNTING, cases),
    )
    return {sample.name: sample for sample in found}


def _counted(numbers: list[int]) -> tuple[bytes, bytes]:
    times = {number: numbers.count(number) for number in numbers}
    most = sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
    lines = [" ".join(map(str, sorted(numbers))), *(f"{one} {count}" for one, count in most)]
    return " ".join(map(str, numbers)).encode(), "".join(f"{line}\n" for line in lines).encode()


def ours(pool: Pool, sample: Sample) -> Callable[[], int]:
    """A lease of ours: the program is loaded once and run on each of its inputs."""

    def once() -> int:
        with pool.lease() as slot:
            slot.load(Program(sample.source), Limits())
            for stdin, stdout in sample.cases:
                found = slot.run(Case(stdin), Limits())
                if found.outcome is not Outcome.OK or found.stdout != stdout:
                    raise AssertionError(f"{sample.name}: {found}")
        return len(sample.cases)

    return once


def processes(command: Sequence[str], sample: Sample) -> Callable[[], int]:
    """A process for each input; the command is given the program's source as its last argument."""
    cases = itertools.cycle(sample.cases)

    def once() -> int:
        stdin, stdout = next(cases)
        ended = subprocess.run(
            [*command, sample.source],
            input=stdin,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
        if ended.stdout != stdout:
            raise AssertionError(f"{command}: {ended}")
        return 1

    return once


def bare_python() -> str | None:
    """The system's interpreter."""
    return shutil.which("python3", path="/usr/bin:/bin")


def runs(command: Sequence[str], source: str) -> bool:
    """Whether a command runs a program at all, say because what it imports is there."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        ended = subprocess.run(
            [*command, source], capture_output=True, check=False, timeout=_TIMEOUT_SECONDS
        )
        return ended.returncode == 0
    return False


@contextlib.contextmanager
def warm_container(image: str) -> Iterator[str]:
    """A container that only waits, to `docker exec` in."""
    name = f"verifier-bench-{uuid.uuid4().hex[:12]}"
    idle = ["--network", "none", "--label", LABEL, "--init", image, "sleep", "3600"]
    docker("run", "--detach", "--rm", "--name", name, *idle)
    try:
        yield name
    finally:
        docker("rm", "--force", name)


def docker(*arguments: str) -> str:
    """What the docker command prints.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    ended = subprocess.run(
        ["docker", *arguments],  # noqa: S607 - wherever it is
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
    )
    return ended.stdout
