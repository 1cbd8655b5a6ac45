"""Proofs as a check asks for them: here where that is possible, else in the child; remembered."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from verifier.math.bombs import nesting
from verifier.math.identity import Proof, needs_engine, prove, readable
from verifier.math.limits import MAX_SYMBOLIC_DEPTH, TooComplexError
from verifier.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import JsonValue

    from verifier.checks.base import ChildReply

MEMO_ENTRIES = 4_096
_LEAST_SECONDS = 0.05
_UNREADABLE_GOLD = (
    "algebra cannot read the reference; declare its type (such as `text`) or rewrite it"
)


class StoppedError(Exception):
    """The comparison cannot go on; the outcome says whose fault that is, the message why."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome


_memo: OrderedDict[tuple[str, str, float], Proof | StoppedError] = OrderedDict()


class Engine:
    """Proves pairs of expressions for one verdict, all of them within one budget of CPU seconds.

    The members of a group repeat their answers, so proofs are remembered for the whole process;
    what the machine is to blame for (a stall, a crash) never is.

    Args:
        call: runs `prove` on the arguments within so many CPU seconds.
        cpu_seconds: the budget.
    """

    def __init__(
        self, call: Callable[[dict[str, JsonValue], float], ChildReply], cpu_seconds: float
    ) -> None:
        self._call = call
        self._cpu_seconds = cpu_seconds
        self._left = cpu_seconds
        self.proof: Proof | None = None
        """The last proof, with how both sides were read."""
        self.unreadable = False
        """Whether the engine's grammar did not cover an answer."""

    def __call__(self, gold: str, answer: str) -> Proof:
        """What can be proved; raises `StoppedError` where that is no answer to the question."""
        key = (gold, answer, self._cpu_seconds)
        found = _memo.get(key)
        if found is None:
            found = self._prove(key) or self._refuse(gold, answer) or self._ask(key)
        else:
            _memo.move_to_end(key)
        if isinstance(found, StoppedError):
            raise StoppedError(found.outcome, str(found))
        self.proof = found
        in_child = found.step == "symbolic"
        self.unreadable = self.unreadable or (
            in_child and found.equal is False and not found.answer_read
        )
        return found

    def _prove(self, key: tuple[str, str, float]) -> Proof | None:
        """What arithmetic with exact numbers and error bounds proves without the child."""
        try:
            found = prove(key[0], key[1])
        except TooComplexError:
            return None
        if found is not None:
            self._remember(key, found)
        return found

    @staticmethod
    def _refuse(gold: str, answer: str) -> Proof | StoppedError | None:
        """What the child need not be asked, because it would not read it or not in time."""
        for latex, name, outcome in (
            (gold, "reference", Outcome.REFERENCE_INVALID),
            (answer, "answer", Outcome.TOO_COMPLEX),
        ):
            try:
                covered = needs_engine(latex) or readable(latex)
            except TooComplexError as error:
                return StoppedError(outcome, f"the {name} is too complex: {error}")
            if not covered and name == "answer":
                return Proof(equal=False)
            if not covered:
                return StoppedError(outcome, _UNREADABLE_GOLD)
            if nesting(latex) > MAX_SYMBOLIC_DEPTH:
                limit = f"deeper than {MAX_SYMBOLIC_DEPTH}, which algebra does not read in time"
                return StoppedError(outcome, f"the {name} nests {limit}")
        return None

    def _ask(self, key: tuple[str, str, float]) -> Proof | StoppedError:
        if self._left < _LEAST_SECONDS:
            return _too_complex("compare", self._cpu_seconds)
        whole_budget = self._left == self._cpu_seconds
        arguments: dict[str, JsonValue] = {"gold": key[0], "answer": key[1]}
        reply = self._call(arguments, self._left)
        if reply.ended in ("too_slow", "too_big"):
            found: Proof | StoppedError = _too_complex(reply.phase, self._cpu_seconds)
        elif reply.ended == "done" and isinstance(reply.value, dict):
            found = _proof(reply.value)
            spent = reply.value.get("cpu_seconds", 0.0)
            self._left -= spent if isinstance(spent, int | float) else 0.0
        elif reply.ended == "stalled":
            return StoppedError(
                Outcome.TIMEOUT, "the machine was too busy for the symbolic step; try again"
            )
        else:
            return StoppedError(Outcome.CRASHED, "the symbolic step failed; try again or report it")
        if whole_budget or isinstance(found, Proof):
            self._remember(key, found)
        return found

    @staticmethod
    def _remember(key: tuple[str, str, float], found: Proof | StoppedError) -> None:
        _memo[key] = found
        if len(_memo) > MEMO_ENTRIES:
            _memo.popitem(last=False)


def forget() -> None:
    """Empties the memory of proofs."""
    _memo.clear()


def _too_complex(phase: str, cpu_seconds: float) -> StoppedError:
    if phase == "gold":
        reason = (
            f"the reference is too complex: algebra did not read it in {cpu_seconds:g} CPU seconds"
        )
        return StoppedError(Outcome.REFERENCE_INVALID, reason)
    if phase in ("answer", "compare"):
        # The gold was read in time, so it is the answer that makes the comparison expensive.
        reason = f"the answer took over {cpu_seconds:g} CPU seconds, or too much memory, to compare"
        return StoppedError(Outcome.TOO_COMPLEX, reason)
    return StoppedError(Outcome.CRASHED, "the symbolic step ended before it began; try again")


def _proof(value: Mapping[str, JsonValue]) -> Proof | StoppedError:
    why = value.get("why")
    if value.get("equal") is None and why == "gold":
        return StoppedError(Outcome.REFERENCE_INVALID, _UNREADABLE_GOLD)
    equal = value.get("equal")
    text = {
        key: str(value.get(key, ""))
        for key in ("gold_value", "answer_value", "gold_read", "answer_read")
    }
    if equal is None and why == "answer":
        return Proof(equal=False, gold_read=text["gold_read"])
    return Proof(equal if isinstance(equal, bool) else None, "symbolic", **text)
