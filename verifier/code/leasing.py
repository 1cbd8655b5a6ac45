"""Slots are leased; one that fails is no verdict about the program, so another is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sandbox.types import Abandoned, SandboxFault, Unavailable
from verifier.code.tests import BadTests

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from sandbox.types import Slot

    Lease = Callable[[str], AbstractContextManager[Slot]]

T = TypeVar("T")


def in_slot(lease: Lease, language: str, work: Callable[[Slot], T]) -> T:
    """What `work` gives in a leased slot; from its beginning in another where that one failed.

    Raises:
        BadTests: `work` found the tests to be broken.
        Unavailable: there is no slot to be had.
        Abandoned: the caller's deadline passed, or it waits no more.
        SandboxFault: two slots failed.
    """
    try:
        return _once(lease, language, work)
    except (Abandoned, Unavailable):
        raise
    except SandboxFault:
        return _once(lease, language, work)


def _once(lease: Lease, language: str, work: Callable[[Slot], T]) -> T:
    with lease(language) as slot:
        try:
            return work(slot)
        except BadTests as error:
            bad = error
    # Out here, because what passes through the lease costs the slot.
    raise bad
