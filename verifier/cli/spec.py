"""`verifier spec`: list, show and check reward specs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import yaml
from rich.console import Console
from rich.table import Table

from verifier.cli.options import settings_from
from verifier.errors import InvalidRequest
from verifier.spec import CompiledSpec, load_specs, read_yaml, versions

app = typer.Typer(help="List, show and check reward specs.", no_args_is_help=True)


@app.command("list")
def list_specs() -> None:
    """The specs that a request may name."""
    table = Table("spec", "checks", "combination", "description")
    for name, compiled in load_specs(settings_from().spec_dir).specs.items():
        checks = ", ".join(row.check for row in compiled.spec.checks)
        table.add_row(name, checks, compiled.spec.combine, compiled.spec.description)
    Console().print(table, markup=False)


@app.command()
def show(name: Annotated[str, typer.Argument(help="A spec by its name.")]) -> None:
    """One spec as YAML, to copy and change."""
    compiled = load_specs(settings_from().spec_dir).find(name)
    text = yaml.safe_dump(
        compiled.spec.model_dump(mode="json", exclude_defaults=True), sort_keys=False
    )
    Console().print(text, markup=False, highlight=False, end="")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A spec in YAML.", exists=True, dir_okay=False)],
) -> None:
    """Explain a spec: what it pays for, within what bounds, and its fingerprint."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{file} is not UTF-8 text") from error
    compiled = read_yaml(text)
    console = Console()
    console.print(explain(compiled), markup=False)
    console.print(f"combination  {compiled.spec.combine}")
    if compiled.spec.clip is not None:
        console.print(f"clipped to   {compiled.spec.clip[0]:g} .. {compiled.spec.clip[1]:g}")
    console.print(f"fingerprint  {compiled.fingerprint}", highlight=False, soft_wrap=True)
    rows = ", ".join(f"{name} {number}" for name, number in versions().items())
    console.print(f"versions     {rows}", highlight=False, soft_wrap=True)


def explain(compiled: CompiledSpec) -> Table:
    """The checks of a spec as a table."""
    table = Table("id", "check", "worth", "where it abstains", "params", title=compiled.spec.name)
    for row, found, params in compiled.steps:
        worth = f"{row.weight * row.low:g} .. {row.weight * row.high:g}"
        if row.gate is not None:
            worth += f", gate at {row.gate:g}"
        if row.weight == 0:
            worth = "reported only"
        fate = "the reward is null" if row.required else "the others stand in"
        shown = yaml.safe_dump(params.model_dump(mode="json"), sort_keys=False).strip()
        table.add_row(row.id, found.name, worth, fate, shown)
    return table
