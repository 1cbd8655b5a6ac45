"""Right programs that look like tricks are accepted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sandbox.types import Case, Program
from tests.corpus.programs import Entry, read
from tests.corpus.programs.judging import LIMITS, judge
from tests.sandbox.test_hostile import LANGUAGES, names, need_module

if TYPE_CHECKING:
    from sandbox.backends.base import Backend
    from sandbox.pool import Pool

HONEST = read("honest")
PATIENT = replace(LIMITS, cpu_seconds=4.0, wall_seconds=16.0)
"""Time is not what these programs are about."""


@pytest.mark.parametrize("entry", HONEST, ids=names)
def test_a_right_program_is_accepted(backend: Backend, sandbox_pool: Pool, entry: Entry) -> None:
    need_module(backend, sandbox_pool, entry)
    with sandbox_pool.lease(entry.language) as slot:
        found = judge(slot, entry, PATIENT)
    assert found.verdict == "accepted", found


def test_a_program_is_charged_once_for_the_time_that_it_used(sandbox_pool: Pool) -> None:
    # An end that falls between two looks of the watcher must not count twice.
    source = "import time\nwhile time.process_time() < 0.1: pass\n"
    with sandbox_pool.lease() as slot:
        slot.load(Program(source), PATIENT)
        charged = [slot.run(Case(), PATIENT).cpu_seconds for _ in range(40)]
    assert max(charged) < 0.17


def test_the_catalogue_is_what_it_says() -> None:
    assert len(HONEST) >= 30
    assert {entry.language for entry in HONEST} >= LANGUAGES
    assert all(entry.expected("any") == ("accepted",) for entry in HONEST)
