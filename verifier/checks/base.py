"""What a check is made of, and what it is given."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, ConfigDict, JsonValue

from verifier.extraction import MAX_ALTERNATIVES, extract
from verifier.model import Outcome, Reference

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from sandbox.types import Slot
    from verifier.completion import Completion
    from verifier.extraction import Extraction, ExtractionRules


class Params(BaseModel):
    """The parameters of a check as a spec writes them; unknown keys are refused."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a check found: a score in 0..1, or None where it has to abstain."""

    outcome: Outcome
    score: float | None
    reason: str
    evidence: dict[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a check looks at: one parsed completion and the trusted reference."""

    completion: Completion
    reference: Reference | None
    rules: ExtractionRules


class ChildReply(Protocol):
    """How a call in the killable child ended; see `verifier.watchdog.Reply`."""

    @property
    def ended(self) -> str:
        """`done`, `failed`, `too_slow` (CPU), `too_big` (memory), `stalled` (wall) or `crashed`."""

    @property
    def phase(self) -> str:
        """The last phase the function announced before it ended, or an empty string."""

    @property
    def value(self) -> JsonValue:
        """What the function returned where `ended` is `done`."""


class Tools(Protocol):
    """The only effects a check has: a child that can really be killed, and slots for programs."""

    def call(
        self, function: str, arguments: dict[str, JsonValue], *, cpu_seconds: float
    ) -> ChildReply:
        """Run an allow-listed pure function in the child, killed past its CPU or memory limit."""

    def lease(self, language: str) -> AbstractContextManager[Slot]:
        """A slot of the sandbox for one untrusted program.

        Raises:
            sandbox.types.Unavailable: there is none; the message says what to do about it.
        """

    def recall(self, digest: str, judge: Callable[[], Judgement]) -> Judgement:
        """What was judged before under this digest of all that decides it, or by `judge` now."""


@dataclass(frozen=True, slots=True)
class Check:
    """A named way to judge, found by the registry through a module's `CHECK`."""

    name: str
    summary: str
    params: type[Params]
    judge: Callable[[Subject, Params, Tools], Judgement]
    needs_reference: bool
    cost_seconds: float
    """Typical time for one rollout; chunks of work are sized by it."""
    kind: str = "rules"
    """The kind of work, and so the queue: `rules` or `code`."""


def correct(reason: str, **evidence: JsonValue) -> Judgement:
    """A right answer, score 1."""
    return Judgement(Outcome.CORRECT, 1.0, reason, evidence)


def policy_fault(outcome: Outcome, reason: str, **evidence: JsonValue) -> Judgement:
    """The completion is at fault: score 0."""
    return Judgement(outcome, 0.0, reason, evidence)


def abstain(outcome: Outcome, reason: str, **evidence: JsonValue) -> Judgement:
    """The spec or the service is at fault: no score."""
    return Judgement(outcome, None, reason, evidence)


# What parts that are judged one by one may still turn into a right answer.
_DISPUTED = frozenset((Outcome.INCORRECT, Outcome.AMBIGUOUS))


def _is_one_text(found: Extraction) -> bool:
    """Whether what is offered stands in one text, which may be the reference word for word."""
    return all(piece in found.text and piece != found.text for piece in found.pieces)


def _is_same_text(judgement: Judgement) -> bool:
    return judgement.score == 1 and judgement.evidence.get("step") in ("normalised_string", "text")


def judge_answer(
    completion: Completion, rules: ExtractionRules, judge: Callable[[Extraction], Judgement]
) -> Judgement:
    """The judgement of the final answer; of several, only where it is the same for each of them.

    Parts of one answer are judged together first. What is offered to choose from, as in `5 or maybe
    6`, earns nothing unless every one of the few is right (`0.5, or maybe 1/2`).

    Args:
        completion: where to look.
        rules: how the spec wants the answer found.
        judge: judges one text.
    """
    found = extract(completion, rules)
    if found is None:
        return policy_fault(Outcome.NO_ANSWER, "the completion has no final answer")
    whole = judge(found) if not found.offered or _is_one_text(found) else None
    if found.offered and whole is not None and not _is_same_text(whole):
        whole = None
    if whole is not None and (not found.pieces or whole.outcome not in _DISPUTED):
        return whole
    if len(found.pieces) <= MAX_ALTERNATIVES:
        for piece in found.pieces:
            one = judge(replace(found, text=piece))
            if one.score is None:
                return one
            if one.score < 1:
                break
        else:
            return one
    if whole is not None:
        return whole
    reason = "the completion offers several answers and does not settle on one"
    return policy_fault(Outcome.AMBIGUOUS, reason, **found.evidence)
