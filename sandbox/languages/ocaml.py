"""OCaml."""

from __future__ import annotations

from sandbox.languages.base import PROGRAM_FOLDER, Language

LANGUAGE = Language(
    name="ocaml",
    aliases=("ml",),
    source="main.ml",
    compile=(
        "ocamlopt",
        "-w",
        "-a",
        "-I",
        "+unix",
        "-o",
        "main",
        "unix.cmxa",
        "str.cmxa",
        "main.ml",
    ),
    run=(f"{PROGRAM_FOLDER}/main",),
    echo="print_endline (read_line ())\n",
)
