"""Which sandbox this host has, by its settings: the only way from `verifier` to a backend."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sandbox.pool import Pool
from sandbox.types import Unavailable

if TYPE_CHECKING:
    from sandbox.backends.base import Backend
    from verifier.settings import Settings

_WAIT_SECONDS = 5.0
"""How long a program waits for a sandbox; longer than it takes to replace one."""


def owner() -> str:
    """What marks the sandboxes of this process."""
    return f"{os.uname().nodename}:{os.getpid()}"


def open_backend(settings: Settings, timeout_seconds: int = 30) -> Backend:
    """The backend of the settings; `auto` means Docker where it works, else the local one.

    Args:
        settings: which, and how it is fenced in.
        timeout_seconds: how long an engine may take to answer.

    Raises:
        Unavailable: there is none; the message says what to do about it.
    """
    if settings.sandbox == "none":
        raise Unavailable("VERIFIER_SANDBOX is none, so no program is run here")
    reasons = []
    for name in ("docker", "local") if settings.sandbox == "auto" else (settings.sandbox,):
        try:
            backend = _open(name, settings, timeout_seconds)
            try:
                backend.check()
            except Unavailable:
                backend.close()
                raise
        except Unavailable as error:
            reasons.append(f"{name}: {error}")
        else:
            return backend
    raise Unavailable("; ".join(reasons))


def _open(name: str, settings: Settings, timeout_seconds: int) -> Backend:
    # Imported when they are wanted: most processes never speak to an engine.
    if name == "docker":
        from sandbox.backends.docker import DockerBackend, DockerOptions  # noqa: PLC0415

        return DockerBackend(
            DockerOptions(
                image=settings.sandbox_image,
                runtime=settings.sandbox_runtime,
                memory_bytes=settings.sandbox_memory_bytes,
                cpus=settings.sandbox_cpus,
                owner=owner(),
                timeout_seconds=timeout_seconds,
            )
        )
    from sandbox.backends.local import LocalBackend, LocalOptions  # noqa: PLC0415

    return LocalBackend(LocalOptions(memory_bytes=settings.sandbox_memory_bytes))


def open_pool(settings: Settings, slots: int = 1) -> Pool:
    """Warm sandboxes as the settings want them.

    Raises:
        Unavailable: there is no backend.
    """
    return Pool(open_backend(settings), slots, settings.sandbox_isolation, _WAIT_SECONDS)
