"""Pure: how cases ended becomes a score, as soon as it is decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sandbox import types
from verifier.model import Outcome
from verifier.plaintext import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import JsonValue

    from verifier.code.tests import Weighted

Policy = Literal["all", "fraction", "groups"]

EXCERPT_CHARS = 800
_OUTCOMES = {
    types.Outcome.OK: Outcome.RUNTIME_ERROR,  # it ended too early, or nobody would ask
    types.Outcome.RUNTIME_ERROR: Outcome.RUNTIME_ERROR,
    types.Outcome.TIME_LIMIT: Outcome.TIME_LIMIT,
    types.Outcome.MEMORY_LIMIT: Outcome.MEMORY_LIMIT,
    types.Outcome.OUTPUT_LIMIT: Outcome.OUTPUT_LIMIT,
    types.Outcome.COMPILE_ERROR: Outcome.COMPILE_ERROR,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One case: how it ended, and for a failure what shows it."""

    case: int
    """Its place in the tests, from 0."""
    outcome: Outcome
    """`correct` where it passed."""
    detail: Mapping[str, JsonValue] = field(default_factory=dict)
    cpu_seconds: float = 0.0
    memory_bytes: int = 0

    @classmethod
    def of(
        cls, case: int, execution: types.Execution, outcome: Outcome, **detail: JsonValue
    ) -> Row:
        """A case that was judged by one execution."""
        return cls(case, outcome, detail, execution.cpu_seconds, execution.memory_bytes)

    @classmethod
    def failed(cls, case: int, execution: types.Execution) -> Row:
        """A case whose execution did not end well."""
        outcome = _OUTCOMES[execution.outcome]
        return cls.of(case, execution, outcome, **_how(execution))


def _how(execution: types.Execution) -> dict[str, JsonValue]:
    """What shows why: the first messages of a compiler, the last of a program."""
    detail: dict[str, JsonValue] = {}
    if execution.outcome is types.Outcome.OK:
        detail["note"] = "the program ended before its tests did"
    elif execution.signal is not None:
        detail["signal"] = execution.signal
    elif execution.exit_code:
        detail["exit_code"] = execution.exit_code
    stderr = execution.stderr.decode("utf-8", "backslashreplace").strip()
    if stderr:
        first = execution.outcome is types.Outcome.COMPILE_ERROR
        piece = stderr[:EXCERPT_CHARS] if first else stderr[-EXCERPT_CHARS:]
        detail["stderr"] = shown(piece, EXCERPT_CHARS)
    return detail


class Tally:
    """Collects rows until the score is decided.

    Args:
        cases: what each case is worth, and its group.
        policy: `all`: 1 where every case passes, else 0. `fraction`: the share of the weights that
            passed. `groups`: the share of the groups all of whose cases passed, by their weights.
        chosen: the places of the cases to run.
        run_all: whether to go on when nothing can change the score any more.
    """

    def __init__(
        self, cases: Sequence[Weighted], policy: Policy, chosen: Sequence[int], *, run_all: bool
    ) -> None:
        self.rows: list[Row] = []
        self.cases = chosen
        """The places of the cases to run."""
        self._policy = policy
        self._run_all = run_all
        self._group = {
            i: i if policy == "fraction" or cases[i].group is None else str(cases[i].group)
            for i in chosen
        }
        if policy == "all":
            self._group = dict.fromkeys(chosen, 0)
        self._weight: dict[int | str, float] = {}
        for i in chosen:
            group = self._group[i]
            self._weight[group] = self._weight.get(group, 0.0) + cases[i].weight
        self._failed: set[int | str] = set()
        self._over = False

    @property
    def decided(self) -> bool:
        """Whether no case is wanted any more."""
        return self._over or (not self._run_all and len(self._failed) == len(self._weight))

    def wanted(self, case: int) -> bool:
        """Whether the case can still change the score, or is to be run all the same."""
        return not self._over and (self._run_all or self._group[case] not in self._failed)

    def add(self, row: Row) -> None:
        """Count a case."""
        self.rows.append(row)
        if row.outcome is not Outcome.CORRECT:
            self._failed.add(self._group[row.case])
        if row.outcome is Outcome.COMPILE_ERROR:
            # It is the same for every case.
            self._failed.update(self._weight)
            self._over = True

    @property
    def score(self) -> float:
        """In 0..1."""
        if not self._failed:
            return 1.0
        earned = sum(w for group, w in self._weight.items() if group not in self._failed)
        return earned / sum(self._weight.values())
