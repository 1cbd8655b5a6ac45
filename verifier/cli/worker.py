"""`verifier worker`: the workers of this host."""

from __future__ import annotations

from typing import Annotated

import typer

from verifier.cli.options import settings_from
from verifier.errors import InvalidRequest
from verifier.supervisor import Supervisor, plan


def worker(
    redis_url: Annotated[str | None, typer.Option(help="The queue's Redis.")] = None,
    train: Annotated[int | None, typer.Option(help="Workers for training [one per core].")] = None,
    evaluate: Annotated[int | None, typer.Option("--eval", help="For evaluations [1].")] = None,
    work: Annotated[
        str | None, typer.Option(help="rules, code, or both, separated by a comma [both].")
    ] = None,
    batch: Annotated[int | None, typer.Option(help="Workers for batch files [1].")] = None,
) -> None:
    """Judge rollouts from the queue until SIGTERM; workers that die are replaced."""
    settings = settings_from(
        redis_url=redis_url,
        train_workers=train,
        eval_workers=evaluate,
        batch_workers=batch,
        work=work,
    )
    if settings.redis_url is None:
        raise InvalidRequest("a worker needs a queue: give --redis-url or VERIFIER_REDIS_URL")
    Supervisor(settings, settings.redis_url.get_secret_value(), plan(settings)).run()
