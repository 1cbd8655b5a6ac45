"""What a language is: data, with a program that shows whether it works."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PROGRAM_FOLDER = "/program/build"
"""Where the sandbox puts a program; argv below may name files in it."""


@dataclass(frozen=True, slots=True)
class Language:
    """How programs of one language are compiled and run.

    A program runs in an empty folder of its own, which is not where its source is. In `source`,
    `run` and `compile`, `{main}` stands for the name that the source asks for (see `main`), and
    `{memory_mb}` for the memory that the program is granted.
    """

    name: str
    aliases: tuple[str, ...]
    """What else a code fence may call it, in lower case."""
    source: str
    """The name of the source file."""
    run: tuple[str, ...]
    """The command to run, looked up in the image's PATH."""
    echo: str
    """A program that copies one line from stdin to stdout; tried before the language is offered."""
    compile: tuple[str, ...] = ()
    """The command to compile with, run in the folder of the source."""
    environment: Mapping[str, str] = field(default_factory=dict)
    zygote: bool = False
    """Whether it is forked from the warm interpreter instead of started by `run`."""
    processes: int = 0
    """Threads that its runtime needs beside the program's own."""
    main: Callable[[str], str] | None = None
    """The name that a source asks its file to have, without suffix; letters, digits and `_`."""

    def told(self, source: str, memory_bytes: int) -> dict[str, Any]:
        """What the runner has to know to compile and run this source."""
        name = self.main(source) if self.main is not None else "main"
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,99}", name):
            name = "main"
        memory_mb = str(memory_bytes >> 20)

        def filled(words: tuple[str, ...]) -> list[str]:
            return [w.replace("{main}", name).replace("{memory_mb}", memory_mb) for w in words]

        return {
            "source": self.source.replace("{main}", name),
            "compile": filled(self.compile),
            "run": filled(self.run),
            "environment": dict(self.environment),
            "zygote": self.zygote,
            "processes": self.processes,
        }
