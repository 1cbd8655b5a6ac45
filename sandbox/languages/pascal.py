"""Pascal by Free Pascal."""

from __future__ import annotations

from sandbox.languages.base import PROGRAM_FOLDER, Language

LANGUAGE = Language(
    name="pascal",
    aliases=("pas", "fpc", "delphi"),
    source="main.pas",
    compile=("fpc", "-O2", "-v0", "-omain", "main.pas"),
    run=(f"{PROGRAM_FOLDER}/main",),
    echo="var s: string;\nbegin readln(s); writeln(s); end.\n",
)
