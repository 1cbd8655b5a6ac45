"""`verifier bench`: measure this machine."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from verifier.bench import benchmarks, to_json
from verifier.cli.options import settings_from
from verifier.errors import NotFound

EXIT_MISSED = 1


def bench(
    name: Annotated[str, typer.Argument(help="Which benchmark; `list` names them.")] = "list",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Measure, and compare with the goals; exit with 1 where one is missed."""
    settings_from()
    known = benchmarks()
    if name == "list":
        table = Table("benchmark", "what it measures")
        for found, module in known.items():
            table.add_row(found, (module.__doc__ or "").strip())
        Console().print(table)
        return
    if name not in known:
        raise NotFound(f"there is no benchmark {name!r}; there are {', '.join(known)}")
    with Console(stderr=True).status(f"measuring {name}"):
        figures = list(known[name].measure())
    if as_json:
        sys.stdout.write(to_json(figures) + "\n")
    else:
        table = Table("figure", "value", "unit", "goal", "met")
        for f in figures:
            met = {True: "[green]yes[/]", False: "[red]no[/]", None: ""}[f.met]
            table.add_row(f.name, f"{f.value:,.3g}", f.unit, f.goal or "", met)
        Console().print(table)
    if any(figure.met is False for figure in figures):
        sys.exit(EXIT_MISSED)
