"""Pure: asserts evaluated with what the calls of the program returned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.code.expressions import Evaluator
from verifier.code.operations import RefusedError, from_program
from verifier.errors import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.types import Execution, Returned
    from sandbox.values import Value
    from verifier.code.asserts import Assert, Conversion
    from verifier.code.bindings import Deferred, Scope, Site

_WORK = 20_000_000


@dataclass(frozen=True, slots=True)
class Ended:
    """How one call ended: with what it returned, or with the whole program."""

    returned: Returned | None
    execution: Execution


class ProgramRaisedError(Exception):
    """A call ended with an exception where a value was asked for."""


class ProgramEndedError(Exception):
    """The program ended instead of returning."""

    def __init__(self, execution: Execution) -> None:
        super().__init__(str(execution.outcome))
        self.execution = execution


class Checking(Evaluator):
    """Evaluates asserts with what the calls returned.

    Args:
        conversion: where the asserts are from.
        ended: how the calls ended so far, in order; it may grow.
    """

    def __init__(self, conversion: Conversion, ended: Sequence[Ended]) -> None:
        super().__init__(_WORK)
        self._sites = conversion.sites
        self._ended = ended
        self._returned: dict[int, object] = {}
        self.seen: list[Value] = []
        """What the calls of the last assert returned."""

    def called(self, site: Site, entry: str, args: list[object], named: Scope) -> object:  # noqa: ARG002 - they were passed already
        """What the call returned."""
        found = self._ended[self._sites[site]]
        if found.returned is None:
            raise ProgramEndedError(found.execution)
        if found.returned.error is not None:
            raise ProgramRaisedError(f"{found.returned.error}: {found.returned.message}")
        self.seen.append(found.returned.value)
        number = self._sites[site]
        if number not in self._returned:
            self._returned[number] = from_program(found.returned.value)
        return self._returned[number]

    def deferred(self, variable: Deferred) -> object:
        """The value of the variable, now that it is known."""
        outside = self.statement, self._path
        self.statement, self._path = variable.statement, ()
        try:
            return self.value(variable.node, variable.scope)
        finally:
            self.statement, self._path = outside

    def failure(self, one: Assert) -> str:
        """Why an assert fails, or an empty string.

        Raises:
            ProgramRaisedError: a call that it asks about raised.
            ProgramEndedError: a call that it asks about did not return.
        """
        self.statement, self.seen = one.statement, []
        try:
            return "" if self.value(one.node, one.scope) else "the assert is false"
        except (ProgramRaisedError, ProgramEndedError):
            raise
        except RefusedError as refused:
            return f"the assert cannot be evaluated: {refused}"
        except Exception as error:  # noqa: BLE001 - whatever Python raises for such a value
            return f"the assert raises {describe(error)}"
