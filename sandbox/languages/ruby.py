"""Ruby."""

from __future__ import annotations

from sandbox.languages.base import PROGRAM_FOLDER, Language

LANGUAGE = Language(
    name="ruby",
    aliases=("rb",),
    source="main.rb",
    run=("ruby", "--disable-gems", f"{PROGRAM_FOLDER}/main.rb"),
    echo="puts gets\n",
)
