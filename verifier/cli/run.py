"""`verifier run`: one program in the sandbox, to see what it would do there."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sandbox.languages import languages
from sandbox.types import MEBIBYTE, Case, Execution, Limits, Outcome, Program, SandboxFault
from verifier.cli.options import settings_from
from verifier.errors import InvalidRequest, SandboxUnavailable
from verifier.sandboxes import open_pool

EXIT_NOT_OK = 1


def run(
    file: Annotated[Path, typer.Argument(help="The program.", exists=True, dir_okay=False)],
    stdin: Annotated[str, typer.Option(help="Its input; @FILE reads a file, - ours.")] = "",
    language: Annotated[str | None, typer.Option(help="Else by the file's suffix.")] = None,
    cpu_seconds: Annotated[float, typer.Option(min=0.01)] = 4.0,
    wall_seconds: Annotated[float, typer.Option(min=0.01)] = 20.0,
    memory_mb: Annotated[int, typer.Option(min=16)] = 512,
    sandbox: Annotated[str | None, typer.Option(help="auto, docker or local.")] = None,
    image: Annotated[str | None, typer.Option(help="The image of the containers.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run one program in the sandbox; exit with 1 where it did not end well."""
    settings = settings_from(sandbox=sandbox, sandbox_image=image)
    program = Program(file.read_text("utf-8", "replace"), language or _by_suffix(file), files={})
    limits = Limits(
        cpu_seconds=cpu_seconds, wall_seconds=wall_seconds, memory_bytes=memory_mb * MEBIBYTE
    )
    try:
        with open_pool(settings) as pool, pool.lease(program.language) as slot:
            found = slot.load(program, limits)
            if found.outcome is Outcome.OK:
                found = slot.run(Case(_input(stdin)), limits)
    except SandboxFault as error:
        raise SandboxUnavailable(str(error)) from error
    _show(found, as_json=as_json)
    if found.outcome is not Outcome.OK:
        sys.exit(EXIT_NOT_OK)


def _by_suffix(file: Path) -> str:
    for language in languages().values():
        if Path(language.source).suffix == file.suffix:
            return language.name
    known = ", ".join(languages())
    raise InvalidRequest(f"what language is {file.name}? Say --language, one of: {known}")


def _input(stdin: str) -> bytes:
    if stdin == "-":
        return sys.stdin.buffer.read()
    if stdin.startswith("@"):
        return Path(stdin[1:]).read_bytes()
    return stdin.encode()


def _show(found: Execution, *, as_json: bool) -> None:
    if as_json:
        told = asdict(found) | {
            "stdout": found.stdout.decode("utf-8", "replace"),
            "stderr": found.stderr.decode("utf-8", "replace"),
        }
        told.pop("returned")
        sys.stdout.write(json.dumps(told) + "\n")
        return
    sys.stdout.buffer.write(found.stdout)
    sys.stdout.flush()
    sys.stderr.buffer.write(found.stderr)
    ended = f"exit code {found.exit_code}" if found.signal is None else f"signal {found.signal}"
    Console(stderr=True).print(
        f"[bold]{found.outcome}[/] · {ended} · {found.cpu_seconds:.3f} s CPU, "
        f"{found.wall_seconds:.3f} s wall, {found.memory_bytes / MEBIBYTE:.0f} MiB"
    )
