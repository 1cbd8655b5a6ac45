"""`verifier doctor`: whether this machine will do."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from verifier.cli.options import settings_from
from verifier.diagnosis import Level, diagnose

EXIT_FAILED = 1
_STYLES = {Level.PASS: "green", Level.CAUTION: "yellow", Level.FAIL: "red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Examine this machine; exit with 1 where something FAILs."""
    findings = list(diagnose(settings_from()))
    if as_json:
        rows = [{"what": f.what, "level": f.level, "found": f.found} for f in findings]
        Console().print_json(json.dumps(rows))
    else:
        table = Table("", "what", "found")
        for finding in findings:
            level = f"[{_STYLES[finding.level]}]{finding.level}[/]"
            table.add_row(level, finding.what, Text(finding.found))
        Console().print(table)
    if any(finding.level is Level.FAIL for finding in findings):
        sys.exit(EXIT_FAILED)
