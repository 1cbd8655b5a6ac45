"""What scores many rollouts for a command: a service elsewhere, or workers on this machine."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

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

from verifier.client import AsyncClient
from verifier.embedded import private_redis, worker_processes
from verifier.errors import InvalidRequest
from verifier.model import Priority, Reward, Rollout, ScoreRequest, Status
from verifier.queue import Queue
from verifier.service import Service
from verifier.spec import CompiledSpec, load_specs, read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from verifier.settings import Settings

_TRIES = 3
ScoreRows = Callable[[list[Rollout]], Awaitable[list[Reward]]]


def open_scorer(
    stack: contextlib.ExitStack,
    settings: Settings,
    compiled: CompiledSpec,
    *,
    url: str | None,
    api_key: str | None,
    deadline: float,
) -> contextlib.AbstractAsyncContextManager[ScoreRows]:
    """Scores by the service of a URL, by the workers of the configured Redis, or by own workers.

    Raises:
        InvalidRequest: the URL is none.
    """
    if url is not None:
        if not url.startswith(("http://", "https://")):
            raise InvalidRequest(f"--url {url}: write it with its scheme, as http://host:8080")
        return _remote(url, api_key, compiled, deadline)
    redis_url = (
        settings.redis_url.get_secret_value()
        if settings.redis_url is not None
        else _start_local(stack, settings)
    )
    return _local(settings, redis_url, compiled, deadline)


async def score_all(rollouts: Mapping[int, Rollout], score_rows: ScoreRows) -> dict[int, Reward]:
    """The reward of each rollout; those that could not be judged are tried again."""
    found: dict[int, Reward] = {}
    todo = dict(rollouts)
    for _ in range(_TRIES):
        if not todo:
            break
        # Rows may repeat an id; in flight each has its number.
        asked = [rollout.model_copy(update={"id": str(n)}) for n, rollout in todo.items()]
        found |= {int(reward.id): reward for reward in await score_rows(asked)}
        todo = {n: r for n, r in todo.items() if found[n].status is Status.UNSCORED}
    return found


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


def find_spec(name: str, settings: Settings) -> CompiledSpec:
    """A spec by its name, or of a YAML file.

    Raises:
        InvalidRequest: there is no such file, or it is no spec.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        if not path.is_file():
            raise InvalidRequest(f"there is no file {name}")
        try:
            return read_yaml(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            raise InvalidRequest(f"{name} is not UTF-8 text") from error
    return load_specs(settings.spec_dir).find(name)


def columns_of(pairs: list[str], fields: Sequence[str]) -> dict[str, str]:
    """What `--field FIELD=COLUMN` says.

    Raises:
        InvalidRequest: it says nothing that is meant.
    """
    columns = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        if not equals or name not in fields:
            raise InvalidRequest(
                f"--field {pair}: write FIELD=COLUMN with a field of {', '.join(fields)}"
            )
        columns[name] = column
    return columns


def progress_bar(console: Console) -> Progress:
    """A bar with a rate, for work whose end may be unknown."""
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
