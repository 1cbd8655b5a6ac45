"""PRM800K: its repository has a grader but no cases of it, and its data only as LFS pointers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suites.loading import Source
from suites.pairs import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from suites.loading import Found

NAME = "prm800k"


def load(root: Path) -> Iterator[Found]:
    """Nothing, which is told."""
    yield Skipped(root.name, "the repository has no cases of its grader")


SOURCE = Source(NAME, "openai+prm800k", tuned=False, load=load)
