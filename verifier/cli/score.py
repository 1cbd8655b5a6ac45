"""`verifier score`: a file of rollouts becomes a file of rewards."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections import deque
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from verifier import batch
from verifier.cli.options import settings_from
from verifier.cli.scorers import columns_of, find_spec, open_scorer, progress_bar, score_all
from verifier.errors import InvalidRequest
from verifier.model import Reward, Rollout, Status
from verifier.reward import null_reward
from verifier.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verifier.cli.scorers import ScoreRows
    from verifier.model import Reward, Rollout
    from verifier.spec import CompiledSpec

_ROWS_PER_REQUEST = 256
_REQUESTS_IN_FLIGHT = 4
EXIT_UNSCORED = 1
EXIT_INTERRUPTED = 130


def score(
    source: Annotated[Path, typer.Argument(help="Rollouts: JSONL, Parquet, or - for stdin.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Rewards: JSONL, Parquet, or - for stdout.")
    ] = batch.STREAM,
    spec: Annotated[str | None, typer.Option(help="A spec's name, or a YAML file [math].")] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(help="FIELD=COLUMN, for example completion=response; may be repeated."),
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="Score by this service instead of on this machine.")
    ] = None,
    api_key: Annotated[
        str | None, typer.Option(envvar="VERIFIER_API_KEY", help="The service's key.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Local workers [one per core].")] = None,
    deadline: Annotated[float, typer.Option(help="Seconds for each request.")] = 300.0,
    restart: Annotated[bool, typer.Option(help="Throw a partial output away.")] = False,
    strict: Annotated[bool, typer.Option(help="Exit with 1 where a reward is unscored.")] = False,
) -> None:
    """Score a file of rollouts. The same call after Ctrl-C or a crash goes on where it ended."""
    settings = settings_from(train_workers=workers)
    compiled = find_spec(spec or settings.default_spec, settings)
    columns = columns_of(field or [], batch.FIELDS)
    identity = json.dumps([str(source), columns, compiled.fingerprint, _stamp(source)])
    summary = Summary()
    console = Console(stderr=True)
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(batch.Output(output, identity, restart=restart))
        for reward in out.earlier():
            summary.add(reward)
        if out.done:
            console.print(f"resuming after {out.done} rollouts")
        rows = islice(batch.read_rows(source, columns), out.done, None)
        scorer = open_scorer(stack, settings, compiled, url=url, api_key=api_key, deadline=deadline)
        progress = stack.enter_context(progress_bar(console))
        bar = progress.add_task("scoring", total=batch.count_rows(source), completed=out.done)
        try:
            asyncio.run(
                _pump(rows, scorer, compiled, out, summary, lambda n: progress.advance(bar, n))
            )
        except (KeyboardInterrupt, asyncio.CancelledError):
            progress.stop()
            console.print("interrupted; the same command goes on from here")
            sys.exit(EXIT_INTERRUPTED)
        out.finish()
    console.print(summary.render())
    if strict and summary.statuses[Status.UNSCORED]:
        sys.exit(EXIT_UNSCORED)


async def _pump(
    rows: Iterator[batch.Row],
    scorer: contextlib.AbstractAsyncContextManager[ScoreRows],
    compiled: CompiledSpec,
    out: batch.Output,
    summary: Summary,
    advance: Callable[[int], None],
) -> None:
    """Keep a few requests in flight, and write what comes back in the order of the input."""
    in_flight: deque[asyncio.Task[list[tuple[int, Reward]]]] = deque()

    async def write_first() -> None:
        finished = await in_flight[0]
        in_flight.popleft()
        encoded = [(number, reward.model_dump_json().encode()) for number, reward in finished]
        out.write(encoded)
        for _, reward in finished:
            summary.add(reward.model_dump(mode="json"))
        advance(len(finished))

    async with scorer as score_rows:
        try:
            while chunk := list(islice(rows, _ROWS_PER_REQUEST)):
                in_flight.append(asyncio.create_task(_score_chunk(chunk, score_rows, compiled)))
                if len(in_flight) >= _REQUESTS_IN_FLIGHT:
                    await write_first()
            while in_flight:
                await write_first()
        finally:
            for task in in_flight:
                task.cancel()
            await asyncio.gather(*in_flight, return_exceptions=True)


async def _score_chunk(
    chunk: list[batch.Row], score_rows: ScoreRows, compiled: CompiledSpec
) -> list[tuple[int, Reward]]:
    """The rewards of a chunk; those that the service could not judge are tried again."""
    found: dict[int, Reward] = {}
    todo: dict[int, Rollout] = {}
    for row in chunk:
        if row.rollout is None:
            empty = Rollout(id=str(row.number), completion="")
            found[row.number] = null_reward(empty, compiled, Status.INVALID, row.fault)
        else:
            todo[row.number] = row.rollout
    names = {number: rollout.id or str(number) for number, rollout in todo.items()}
    for number, reward in (await score_all(todo, score_rows)).items():
        found[number] = reward.model_copy(update={"id": names[number]})
    return [(row.number, found[row.number]) for row in chunk]


def _stamp(source: Path) -> list[int]:
    """What tells one input from another without reading it: its size and when it was written."""
    if source == batch.STREAM:
        return []
    if not source.is_file():
        raise InvalidRequest(f"there is no file {source}")
    status = source.stat()
    return [status.st_size, status.st_mtime_ns]
