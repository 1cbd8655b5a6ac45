"""Programs as data: hostile ones, which must never be accepted, and honest ones, which must be.

A file is a list of entries on one theme:
    name: unique among all
    language: of the program
    note: what is attacked, or what is odd about it
    source: or `source_parts`, a list of {text, repeat}, for large ones
    mode: `stdio` (default), `calls`, `asserts`, `pytest` or `interact`, see `judging`
    tests: the test code, where the mode's usual one is not meant
    expect: the verdict of a hostile program; a list where machines may differ, or a mapping from
        backends
    needs: a Python module that not every machine has
    then: another tenant's program, run next, that looks for what was left; prints `CLEAN`
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent
Verdicts = str | list[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One program, and what becomes of it."""

    name: str
    language: str
    note: str
    source: str
    mode: str = "stdio"
    tests: str | None = None
    expect: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"": ("accepted",)})
    then: str | None = None
    needs: str | None = None
    theme: str = ""

    def expected(self, backend: str) -> tuple[str, ...]:
        """The verdicts that are right on a backend."""
        return self.expect.get(backend) or self.expect[""]


def read(kind: str) -> list[Entry]:
    """All entries of a kind (`hostile`, `honest`), in the order of their files."""
    return [
        _entry(path.stem, **entry)
        for path in sorted((FOLDER / kind).glob("*.yaml"))
        for entry in yaml.safe_load(path.read_text("utf-8"))
    ]


def _entry(
    theme: str,
    *,
    source: str | None = None,
    source_parts: list[dict[str, Any]] | None = None,
    expect: Verdicts | dict[str, Verdicts] = "accepted",
    **rest: Any,  # noqa: ANN401 - the fields of an entry; a wrong one is a TypeError
) -> Entry:
    if source is None:
        source = "".join(part["text"] * part.get("repeat", 1) for part in source_parts or [])
    by_backend = expect if isinstance(expect, dict) else {"": expect}
    expected = {
        backend: (verdicts,) if isinstance(verdicts, str) else tuple(verdicts)
        for backend, verdicts in by_backend.items()
    }
    return Entry(source=source, expect=expected, theme=theme, **rest)
