"""Whether a language works in a sandbox: its echo program tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.types import Case, Limits, Outcome, Program

if TYPE_CHECKING:
    from sandbox.languages.base import Language
    from sandbox.types import Slot

_LINE = b"echo 42\n"
_LIMITS = Limits(cpu_seconds=10, wall_seconds=30)


def complaint(slot: Slot, language: Language) -> str:
    """Why a language does not work there; empty where it does.

    Raises:
        SandboxFault: the sandbox itself failed.
    """
    found = slot.load(Program(language.echo, language.name), _LIMITS)
    if found.outcome is Outcome.OK:
        found = slot.run(Case(_LINE), _LIMITS)
    if found.outcome is Outcome.OK and found.stdout.strip() == _LINE.strip():
        return ""
    said = found.stderr.decode("utf-8", "replace").strip()[-300:]
    return f"{language.name} does not work in this sandbox: {said or found.outcome}"
