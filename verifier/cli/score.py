"""`verifier score`: a file of rollouts becomes a file of rewards."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from verifier import batch
from verifier.cli.options import settings_from
from verifier.client import AsyncClient
from verifier.embedded import private_redis, worker_processes
from verifier.errors import InvalidRequest
from verifier.model import Priority, Reward, Rollout, ScoreRequest, Status
from verifier.queue import Queue
from verifier.reward import null_reward
from verifier.service import Service
from verifier.spec import CompiledSpec, load_specs, read_yaml
from verifier.summary import Summary

if TYPE_CHECKING:
    from verifier.settings import Settings

_ROWS_PER_REQUEST = 256
_REQUESTS_IN_FLIGHT = 4
_TRIES = 3
EXIT_UNSCORED = 1
EXIT_INTERRUPTED = 130

ScoreRows = Callable[[list[Rollout]], Awaitable[list[Reward]]]


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
    compiled = _find_spec(spec or settings.default_spec, settings)
    columns = _columns(field or [])
    if url is not None and not url.startswith(("http://", "https://")):
        raise InvalidRequest(f"--url {url}: write it with its scheme, as http://host:8080")
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
        if url is not None:
            scorer = _remote(url, api_key, compiled, deadline)
        else:
            redis_url = (
                settings.redis_url.get_secret_value()
                if settings.redis_url is not None
                else _start_local(stack, settings)
            )
            scorer = _local(settings, redis_url, compiled, deadline)
        progress = stack.enter_context(_progress(console))
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
    for _ in range(_TRIES):
        if not todo:
            break
        # Rows may repeat an id; in flight each has its number.
        asked = [rollout.model_copy(update={"id": str(n)}) for n, rollout in todo.items()]
        for reward in await score_rows(asked):
            number = int(reward.id)
            found[number] = reward.model_copy(update={"id": names[number]})
        todo = {n: r for n, r in todo.items() if found[n].status is Status.UNSCORED}
    return [(row.number, found[row.number]) for row in chunk]


@contextlib.asynccontextmanager
async def _remote(
    url: str, api_key: str | None, compiled: CompiledSpec, deadline: float
) -> AsyncIterator[ScoreRows]:
    written_out = json.loads(compiled.canonical)
    async with AsyncClient(url, api_key) as client:

        async def score_rows(rollouts: list[Rollout]) -> list[Reward]:
            found = await client.score(
                rollouts, spec=written_out, priority=Priority.BATCH, deadline_seconds=deadline
            )
            return list(found.rewards)

        yield score_rows


@contextlib.asynccontextmanager
async def _local(
    settings: Settings, redis_url: str, compiled: CompiledSpec, deadline: float
) -> AsyncIterator[ScoreRows]:
    specs = load_specs(settings.spec_dir)
    written_out = json.loads(compiled.canonical)
    async with Queue(settings, redis_url) as queue:
        service = Service(settings, specs, queue)

        async def score_rows(rollouts: list[Rollout]) -> list[Reward]:
            request = ScoreRequest(
                rollouts=tuple(rollouts),
                spec=written_out,
                priority=Priority.BATCH,
                deadline_seconds=deadline,
            )
            finished = await service.score(service.order(request))
            return [Reward.model_validate_json(one.json) for one in finished]

        yield score_rows


def _start_local(stack: contextlib.ExitStack, settings: Settings) -> str:
    """A private server whose workers all serve the batch queue."""
    url = stack.enter_context(private_redis(settings.redis_memory_bytes))
    update = {"train_workers": 0, "eval_workers": 0, "batch_workers": settings.train_workers}
    stack.enter_context(worker_processes(settings.model_copy(update=update), url))
    return url


def _find_spec(name: str, settings: Settings) -> CompiledSpec:
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        if not path.is_file():
            raise InvalidRequest(f"there is no file {name}")
        try:
            return read_yaml(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            raise InvalidRequest(f"{name} is not UTF-8 text") from error
    return load_specs(settings.spec_dir).find(name)


def _columns(pairs: list[str]) -> dict[str, str]:
    columns = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        if not equals or name not in batch.FIELDS:
            raise InvalidRequest(
                f"--field {pair}: write FIELD=COLUMN with a field of {', '.join(batch.FIELDS)}"
            )
        columns[name] = column
    return columns


def _stamp(source: Path) -> list[int]:
    """What tells one input from another without reading it: its size and when it was written."""
    if source == batch.STREAM:
        return []
    if not source.is_file():
        raise InvalidRequest(f"there is no file {source}")
    status = source.stat()
    return [status.st_size, status.st_mtime_ns]


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )


class _Rate(ProgressColumn):
    """Rollouts per second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.0f}/s", style="progress.data.speed")
