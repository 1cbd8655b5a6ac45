"""PHP."""

from __future__ import annotations

from sandbox.languages.base import PROGRAM_FOLDER, Language

LANGUAGE = Language(
    name="php",
    aliases=("php8",),
    source="main.php",
    run=("php", "-d", "memory_limit=-1", f"{PROGRAM_FOLDER}/main.php"),
    echo="<?php echo fgets(STDIN);\n",
)
