"""Python, forked from a warm interpreter."""

from __future__ import annotations

from sandbox.languages.base import PROGRAM_FOLDER, Language

LANGUAGE = Language(
    name="python",
    aliases=("py", "python3", "py3", "python 3", "cpython"),
    source="main.py",
    run=("/usr/bin/python3", f"{PROGRAM_FOLDER}/main.py"),
    echo="print(input())\n",
    zygote=True,
)
