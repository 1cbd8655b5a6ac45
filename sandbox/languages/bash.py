"""Bash."""

from __future__ import annotations

from sandbox.languages.base import PROGRAM_FOLDER, Language

LANGUAGE = Language(
    name="bash",
    aliases=("sh", "shell"),
    source="main.sh",
    run=("bash", f"{PROGRAM_FOLDER}/main.sh"),
    echo='read -r line\necho "$line"\n',
)
