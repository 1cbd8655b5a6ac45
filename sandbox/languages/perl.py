"""Perl."""

from __future__ import annotations

from sandbox.languages.base import PROGRAM_FOLDER, Language

LANGUAGE = Language(
    name="perl",
    aliases=("pl", "perl5"),
    source="main.pl",
    run=("perl", f"{PROGRAM_FOLDER}/main.pl"),
    echo="print scalar <STDIN>;\n",
)
