"""`verifier lint`: a data set's references examined before training."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from verifier import batch
from verifier.cli.options import settings_from
from verifier.cli.scorers import columns_of, find_spec, open_scorer, progress_bar, score_all
from verifier.errors import InvalidRequest
from verifier.lint.findings import Severity
from verifier.lint.probes import probes
from verifier.lint.report import Report
from verifier.lint.rows import FIELDS, read_rows
from verifier.model import Rollout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verifier.cli.scorers import ScoreRows
    from verifier.extraction import Source
    from verifier.lint.probes import Probe
    from verifier.lint.rows import Row

_ROWS_AT_ONCE = 128
EXIT_FOUND = 1


class FailOn(StrEnum):
    """What makes the exit code 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


def lint(
    source: Annotated[Path, typer.Argument(help="A data set: JSONL, Parquet, or - for stdin.")],
    spec: Annotated[str | None, typer.Option(help="A spec's name, or a YAML file [math].")] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(help="FIELD=COLUMN, for example reference=answer; may be repeated."),
    ] = None,
    fail_on: Annotated[
        FailOn, typer.Option(help="Exit with 1 where there is such a finding.")
    ] = FailOn.ERROR,
    as_json: Annotated[bool, typer.Option("--json", help="The report for machines.")] = False,
    url: Annotated[
        str | None, typer.Option(help="Score by this service instead of on this machine.")
    ] = None,
    api_key: Annotated[
        str | None, typer.Option(envvar="VERIFIER_API_KEY", help="The service's key.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Local workers [one per core].")] = None,
    deadline: Annotated[float, typer.Option(help="Seconds for each request.")] = 300.0,
) -> None:
    """Score every reference against itself, its solution and trivial attacks."""
    settings = settings_from(train_workers=workers)
    compiled = find_spec(spec or settings.default_spec, settings)
    columns = columns_of(field or [], FIELDS)
    if source != batch.STREAM and not source.is_file():
        raise InvalidRequest(f"there is no file {source}")
    checks = [row.id for row, check, _ in compiled.steps if check.needs_reference]
    if not checks:
        raise InvalidRequest(f"no check of the spec {compiled.spec.name} looks at the reference")
    report = Report(checks)
    console = Console(stderr=True)
    with contextlib.ExitStack() as stack:
        rows = read_rows(source, columns)
        scorer = open_scorer(stack, settings, compiled, url=url, api_key=api_key, deadline=deadline)
        progress = stack.enter_context(progress_bar(console))
        bar = progress.add_task("examining", total=batch.count_rows(source))
        first = compiled.spec.extract.sources[0]
        asyncio.run(_examine(rows, scorer, first, report, lambda n: progress.advance(bar, n)))
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        Console().print(report.render())
    errors, warnings = report.count(Severity.ERROR), report.count(Severity.WARNING)
    if fail_on is not FailOn.NEVER and (errors or (warnings and fail_on is FailOn.WARNING)):
        sys.exit(EXIT_FOUND)


async def _examine(
    rows: Iterator[Row],
    scorer: contextlib.AbstractAsyncContextManager[ScoreRows],
    source: Source,
    report: Report,
    advance: Callable[[int], None],
) -> None:
    async with scorer as score_rows:
        while chunk := list(islice(rows, _ROWS_AT_ONCE)):
            tried: list[tuple[Row, Probe]] = [
                (row, probe) for row in chunk for probe in probes(row, source)
            ]
            rollouts = {
                number: Rollout(completion=probe.completion, reference=row.reference)
                for number, (row, probe) in enumerate(tried)
            }
            rewards = await score_all(rollouts, score_rows)
            for row in chunk:
                mine = [n for n, (other, _) in enumerate(tried) if other is row]
                report.add(row, {tried[n][1]: rewards[n] for n in mine})
            advance(len(chunk))
