"""What a backend offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.channel import Channel


class Sandbox(Protocol):
    """One place for programs, with a runner in it that answers on `channel`."""

    channel: Channel

    def destroy(self) -> None:
        """End everything in it, for good; never raises."""


class Backend(Protocol):
    """Makes sandboxes."""

    name: str

    @property
    def identity(self) -> str:
        """What programs meet there: the image, the interpreter; part of a verdict's evidence."""

    def check(self) -> None:
        """Look whether sandboxes could be made now, without making one.

        Raises:
            Unavailable: they could not; the message says what to do about it.
        """

    def remarks(self) -> Iterable[str]:
        """What an operator should know or improve about it; empty where all is well."""

    def create(self) -> Sandbox:
        """A new sandbox, ready to use.

        Raises:
            Unavailable: none can be had; the message says what to do about it.
        """

    def close(self) -> None:
        """Let go of connections; the sandboxes are destroyed one by one before."""
