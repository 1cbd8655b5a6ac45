"""The check `numeric`: the answer is the reference's number, within a tolerance."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, cast

from pydantic import Field

from verifier.checks import base
from verifier.checks.base import (
    Check,
    Judgement,
    Subject,
    Tools,
    abstain,
    correct,
    judge_answer,
    policy_fault,
)
from verifier.model import Outcome
from verifier.numerals import MAX_DIGITS, MAX_EXPONENT, Numeral, Refusal, read
from verifier.plaintext import shown
from verifier.references import answer_of

if TYPE_CHECKING:
    from pydantic import JsonValue

    from verifier.extraction import Extraction

DEFAULT_REL_TOLERANCE = 1e-6


class Params(base.Params):
    """How close the answer has to be, and what may stand beside its digits."""

    abs_tolerance: float = Field(default=0.0, ge=0)
    """Largest difference that still counts as equal."""
    rel_tolerance: float | None = Field(default=None, ge=0)
    """Largest difference as a share of the reference. By default 1e-6, but 0 where both are
    written as whole numbers, because those are never rounded."""
    allow_percent: bool = False
    """Drop a percent sign that only one side has, so that `50%` is `50` (and never `0.5`)."""
    allow_unit: bool = True
    """Allow a currency sign or a unit beside the number. Two different units are not equal."""


def judge(subject: Subject, params: base.Params, _tools: Tools) -> Judgement:
    """Whether the extracted answer is the reference's number."""
    own = cast("Params", params)
    gold = _gold(subject, own)
    if isinstance(gold, Judgement):
        return gold
    return judge_answer(subject.completion, subject.rules, partial(_judge_one, gold, own))


def _judge_one(gold: Numeral, params: Params, found: Extraction) -> Judgement:
    answer = read(found.text, allow_unit=params.allow_unit)
    if answer is Refusal.TOO_COMPLEX:
        reason = f"the number has over {MAX_DIGITS} digits or an exponent over {MAX_EXPONENT}"
        return policy_fault(Outcome.TOO_COMPLEX, reason, **found.evidence)
    if isinstance(answer, Refusal):
        return policy_fault(Outcome.INCORRECT, "the answer is not a number", **found.evidence)
    evidence: dict[str, JsonValue] = {
        **found.evidence,
        "read_as": shown(str(answer.value)),
        "reference": shown(str(gold.value)),
    }
    reason = _difference(answer, gold, params)
    if reason:
        return policy_fault(Outcome.INCORRECT, reason, **evidence)
    return correct("the answer is the reference's number", **evidence)


def _gold(subject: Subject, params: Params) -> Numeral | Judgement:
    if subject.reference is None:
        return abstain(Outcome.REFERENCE_MISSING, "this check needs a number as the reference")
    gold = read(answer_of(subject.reference.value), allow_unit=params.allow_unit)
    if isinstance(gold, Refusal):
        value = shown(subject.reference.value, 60)
        return abstain(
            Outcome.REFERENCE_INVALID, f"the reference {value!r} is not a number; use another check"
        )
    return gold


def _difference(answer: Numeral, gold: Numeral, params: Params) -> str:
    """Why the answer is wrong, or an empty string."""
    if answer.percent is not gold.percent and not params.allow_percent:
        return "only one of the answer and the reference is a percentage"
    if answer.unit and gold.unit and answer.unit != gold.unit:
        return "the answer and the reference have different units"
    rel = params.rel_tolerance
    if rel is None:
        rel = 0.0 if answer.whole and gold.whole else DEFAULT_REL_TOLERANCE
    tolerance = max(Fraction(params.abs_tolerance), Fraction(rel) * abs(gold.value))
    if abs(answer.value - gold.value) > tolerance:
        return "the answer is another number than the reference"
    return ""


CHECK = Check(
    name="numeric",
    summary="The answer is the reference's number, within a tolerance.",
    params=Params,
    judge=judge,
    needs_reference=True,
    cost_seconds=0.0002,
)
