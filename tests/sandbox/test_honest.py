"""Right programs that look like tricks are accepted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

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


def test_the_catalogue_is_what_it_says() -> None:
    assert len(HONEST) >= 30
    assert {entry.language for entry in HONEST} >= LANGUAGES
    assert all(entry.expected("any") == ("accepted",) for entry in HONEST)
