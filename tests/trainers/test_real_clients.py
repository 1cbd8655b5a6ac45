"""Real trainers' own code, unmodified, gets its rewards from a running service."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "bench" / "trainers"
CHECKS = sorted(path.stem.removeprefix("check_") for path in FOLDER.glob("check_*.py"))
SKIPPED = 3
SECONDS = 1200
"""For a check and, where its packages are not there yet, for them."""


@pytest.mark.parametrize("name", CHECKS)
def test_what_a_check_of_a_trainer_asserts_holds(name: str) -> None:
    # Gigabytes of packages are installed where CI asks for it, not by surprise on a laptop.
    kept = [] if os.environ.get("CI") else ["--kept"]
    ended = subprocess.run(
        [sys.executable, str(FOLDER), *kept, name],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    if ended.returncode == SKIPPED:
        pytest.skip(ended.stdout.strip())
    assert not ended.returncode, ended.stdout + ended.stderr
