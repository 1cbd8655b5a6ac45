"""Lua."""

from __future__ import annotations

from sandbox.languages.base import PROGRAM_FOLDER, Language

LANGUAGE = Language(
    name="lua",
    aliases=("lua5.4",),
    source="main.lua",
    run=("lua5.4", f"{PROGRAM_FOLDER}/main.lua"),
    echo="print(io.read())\n",
)
