"""C by GCC."""

from __future__ import annotations

from sandbox.languages.base import PROGRAM_FOLDER, Language

LANGUAGE = Language(
    name="c",
    aliases=("gcc", "c11", "c17"),
    source="main.c",
    compile=("gcc", "-O2", "-std=gnu17", "-w", "-o", "main", "main.c", "-lm"),
    run=(f"{PROGRAM_FOLDER}/main",),
    echo="""\
#include <stdio.h>
int main(void) { int c; while ((c = getchar()) != EOF) putchar(c); }
""",
)
