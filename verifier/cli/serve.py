"""`verifier serve`: the API, with a private Redis and workers where none is configured."""

from __future__ import annotations

import contextlib
import gc
import signal
import socket
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console

from verifier.api import create_app
from verifier.cli.options import settings_from
from verifier.embedded import Keeper, private_redis, worker_processes
from verifier.errors import InvalidRequest

_BACKLOG = 2048


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on [127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes any [8080].")] = None,
    redis_url: Annotated[
        str | None, typer.Option(help="The queue's Redis; unset starts a private one and workers.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Train workers of the private queue [one per core].")
    ] = None,
    spec_dir: Annotated[
        Path | None, typer.Option(help="A folder of reward specs (*.yaml).")
    ] = None,
) -> None:
    """Serve the HTTP API until Ctrl-C.

    Without --redis-url or VERIFIER_REDIS_URL it starts a private server and its own workers, and
    leaves nothing behind.
    """
    settings = settings_from(
        host=host, port=port, redis_url=redis_url, train_workers=workers, spec_dir=spec_dir
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _quit)
    keeper = Keeper()
    with contextlib.ExitStack() as stack:
        if settings.redis_url is None:
            url = stack.enter_context(private_redis(settings.redis_memory_bytes, keeper))
            stack.enter_context(worker_processes(settings, url, keeper))
        else:
            url = settings.redis_url.get_secret_value()
        app = create_app(settings, url)
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        listener = stack.enter_context(socket.socket(family))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            raise InvalidRequest(
                f"cannot listen on {settings.host}:{settings.port}: {error.strerror}"
            ) from error
        listener.listen(_BACKLOG)
        shown = f"[{settings.host}]" if ":" in settings.host else settings.host
        address = f"http://{shown}:{listener.getsockname()[1]}"
        Console(stderr=True).print(f"verifier listens on {address} (docs at {address}/docs)")
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="on", timeout_graceful_shutdown=10
        )
        gc.freeze()  # what is there now stays; a collection need not look through it
        _Server(config, keeper).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Looks after our other processes ten times a second, on the thread that started them."""

    def __init__(self, config: uvicorn.Config, keeper: Keeper) -> None:
        super().__init__(config)
        self._keeper = keeper

    async def on_tick(self, counter: int) -> bool:
        """Start again what died; then as uvicorn does."""
        self._keeper.check()
        return await super().on_tick(counter)


def _quit(*_: object) -> None:
    """Unwind, so that what was started is stopped; uvicorn raises the signal again at its end.

    A second signal must not cut that short: each step of it is bounded in time.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise SystemExit(0)
