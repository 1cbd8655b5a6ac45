"""The check `math_equivalence`: the answer equals the reference, however it is written."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, cast

from pydantic import Field

from verifier.boxes import box_commands
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
from verifier.math.answers import Answer, Choice, Expression, Number, Text, UnreadableError
from verifier.math.comparison import compare
from verifier.math.engine import Engine, StoppedError
from verifier.math.limits import MAX_CHARS, TooComplexError
from verifier.math.policy import Finding, Policy
from verifier.math.reading import read, read_choice, read_decimal_comma
from verifier.math.simplicity import is_simple
from verifier.math.spelling import same
from verifier.model import Fault, Outcome, Reference
from verifier.references import answer_of

if TYPE_CHECKING:
    from pydantic import JsonValue

    from verifier.checks.base import ChildReply
    from verifier.extraction import Extraction


SETTLED_ENTRIES = 4_096
# Members of a group repeat their answers. What a limit or the machine has ended is asked again.
_SETTLING = frozenset((Outcome.CORRECT, Outcome.INCORRECT))
_settled: OrderedDict[tuple[str, str, str, Params], Judgement] = OrderedDict()


class Params(base.Params):
    """Where people disagree about equality, and how much work an answer is worth."""

    percent_as_fraction: bool = True
    """`50%` equals `0.5` and `1/2`. It equals `50` only
    with `percent_as_number`."""
    percent_as_number: bool = False
    """`50%` equals `50`, for data sets that leave the sign out where the question says "percent".
    It makes equality ambiguous: `50%` is then equal to both `50` and `0.5`."""
    ratio_as_fraction: bool = False
    """`3:4` equals `3/4`. Two ratios are equal when they reduce to the same."""
    ignore_missing_unit: bool = True
    """A unit (or am, pm) on one side only is no difference: `5 cm` equals `5`, whichever of the
    two the reference is. Two units that do not convert into the same are always a difference, and
    a dollar sign never is."""
    convert_units: bool = True
    """Units of one dimension convert, exactly: `5 km` equals `5000 m` and `2.5 hours` equals
    `2 hours 30 minutes`. Units of different dimensions are never equal."""
    convert_temperatures: bool = False
    """`100^\\circ C` equals `212^\\circ F` and `373.15 K`."""
    base_conversion: bool = False
    """A numeral equals its value in any other base: `1011_2` equals `13_8` and `11`. Otherwise
    both have to name the same base."""
    order_matters: bool = False
    """A bare list (`1, 2`) has to come in the order of the reference. Sets, solutions joined by
    "or" and labelled values never do, tuples always."""
    ignore_case: bool = True
    """`paris` equals `Paris`. The letters of algebra and of choices are always told apart."""
    simplified: bool = False
    """The answer's fractions are in lowest terms and its square roots have no square factor, where
    the reference's are: `2/4` and `\\sqrt{8}` are wrong for `1/2` and `2\\sqrt{2}`."""
    rounded_decimals: bool = True
    """A decimal of three or more significant digits equals the exact value that it is the rounding
    of: `0.333` equals `1/3` and `1.414` equals `\\sqrt{2}`. Two decimals have to be equal."""
    cpu_seconds: float = Field(default=0.8, gt=0, le=60)
    """CPU time of the symbolic step for one answer; an answer that takes longer scores 0."""
    max_answer_chars: int = Field(default=MAX_CHARS, ge=1, le=MAX_CHARS)
    """An answer longer than this scores 0 without being read."""


def judge(subject: Subject, params: base.Params, tools: Tools) -> Judgement:
    """Whether the extracted answer equals the reference."""
    own = cast("Params", params)
    if subject.reference is None:
        reason = "this check needs the right answer as the reference"
        return abstain(Outcome.REFERENCE_MISSING, reason)
    gold = _gold(subject.reference)
    if isinstance(gold, Judgement):
        return gold
    one = partial(_judge_one, gold, subject.reference, own, tools)
    return judge_answer(subject.completion, subject.rules, one)


def _judge_one(
    gold: Answer | TooComplexError,
    reference: Reference,
    params: Params,
    tools: Tools,
    found: Extraction,
) -> Judgement:
    if isinstance(gold, TooComplexError):
        return _beyond_limits(gold, reference, found)
    question = (found.text, reference.value, reference.type, params)
    settled = _settled.get(question) if not reference.choices else None
    if settled is None:
        settled = _judge_text(found.text, gold, reference, params, tools)
        if settled.outcome in _SETTLING and not reference.choices:
            _settled[question] = settled
            if len(_settled) > SETTLED_ENTRIES:
                _settled.popitem(last=False)
    else:
        _settled.move_to_end(question)
    evidence = {**found.evidence, **settled.evidence}
    return Judgement(settled.outcome, settled.score, settled.reason, evidence)


def forget() -> None:
    """Empties the memory of what was settled."""
    _settled.clear()


def _judge_text(
    text: str, gold: Answer, reference: Reference, params: Params, tools: Tools
) -> Judgement:
    """The judgement of an answer, wherever it stood; the evidence does not say where."""
    evidence: dict[str, JsonValue] = {"gold_type": gold.kind}
    if len(text) > params.max_answer_chars:
        reason = f"the answer is longer than {params.max_answer_chars} characters"
        return policy_fault(Outcome.TOO_COMPLEX, reason, **evidence)
    answer = _answer(answer_of(text) if box_commands(text) else text, gold, reference)
    if isinstance(answer, Judgement):
        return Judgement(answer.outcome, answer.score, answer.reason, evidence)
    evidence["answer_type"] = answer.kind
    if isinstance(answer, Choice) and isinstance(gold, Text | Expression):
        # A reference such as `(D) Alina` names its letter too.
        gold = read_choice(answer_of(reference.value)) or gold
    engine = Engine(partial(_prove, tools), params.cpu_seconds)
    try:
        finding = _compare(gold, answer, reference, params, engine)
    except StoppedError as stopped:
        end = policy_fault if stopped.outcome.fault is Fault.POLICY else abstain
        return end(stopped.outcome, str(stopped), **evidence, step="symbolic")
    evidence["step"] = finding.step
    unlike = is_simple(gold.latex) and not is_simple(answer.latex)
    if finding.equal and params.simplified and unlike:
        reason = "the answer equals the reference, but it is not simplified"
        return policy_fault(Outcome.INCORRECT, reason, **evidence)
    return _verdict(finding, engine, evidence)


def _prove(tools: Tools, arguments: dict[str, JsonValue], cpu_seconds: float) -> ChildReply:
    return tools.call("math", arguments, cpu_seconds=cpu_seconds)


def _verdict(finding: Finding, engine: Engine, evidence: dict[str, JsonValue]) -> Judgement:
    """The finding as a score, with how algebra read both sides where it was asked."""
    if engine.proof is not None and engine.proof.gold_read:
        read_as = {"gold_read": engine.proof.gold_read, "answer_read": engine.proof.answer_read}
        evidence = {**evidence, **read_as}
    if finding.equal:
        return correct("the answer equals the reference", **evidence)
    if engine.unreadable:
        reason = "the answer could not be read as mathematics"
    elif finding.equal is None:
        reason = "the answer could not be proved equal to the reference"
    else:
        reason = "the answer differs from the reference"
    return policy_fault(Outcome.INCORRECT, reason, **evidence)


def _beyond_limits(why: TooComplexError, reference: Reference, found: Extraction) -> Judgement:
    """A reference that is not evaluated is equal to the same text, and to nothing that is known."""
    if same(answer_of(reference.value), found.text):
        evidence = {**found.evidence, "step": "normalised_string"}
        return correct("the answer is written as the reference", **evidence)
    return abstain(Outcome.REFERENCE_INVALID, f"the reference is too complex: {why}")


def _gold(reference: Reference) -> Answer | TooComplexError | Judgement:
    text = reference.value if reference.type == "text" else answer_of(reference.value)
    try:
        return read(text, reference.type)
    except TooComplexError as error:
        return error
    except UnreadableError as error:
        return abstain(Outcome.REFERENCE_INVALID, f"the reference cannot be used: {error}")


def _answer(text: str, gold: Answer, reference: Reference) -> Answer | Judgement:
    """The answer, read with an eye on what it will be compared to."""
    try:
        meant: Answer | None = None
        if isinstance(gold, Choice):
            meant = read_choice(text)
        elif isinstance(gold, Number) and (gold.decimal or reference.type == "number"):
            meant = read_decimal_comma(text)
        return meant or read(text, "text" if reference.type == "text" else "auto")
    except TooComplexError as error:
        return policy_fault(Outcome.TOO_COMPLEX, f"the answer is too complex: {error}")
    except UnreadableError as error:
        return policy_fault(Outcome.NO_ANSWER, f"the answer is empty: {error}")


def _compare(
    gold: Answer, answer: Answer, reference: Reference, params: Params, engine: Engine
) -> Finding:
    """The finding, also by way of what the letters of a multiple choice stand for."""
    policy = Policy(
        percent_as_fraction=params.percent_as_fraction,
        percent_as_number=params.percent_as_number,
        ratio_as_fraction=params.ratio_as_fraction,
        ignore_missing_unit=params.ignore_missing_unit,
        convert_units=params.convert_units,
        convert_temperatures=params.convert_temperatures,
        rounded_decimals=params.rounded_decimals,
        base_conversion=params.base_conversion,
        order_matters=params.order_matters,
        ignore_case=params.ignore_case,
    )
    for wanted, given in _meanings(gold, answer, reference.choices or {}):
        finding = compare(wanted, given, policy, engine)
        if finding.equal:
            return finding
    return compare(gold, answer, policy, engine)


def _meanings(gold: Answer, answer: Answer, choices: dict[str, str]) -> list[tuple[Answer, Answer]]:
    """A letter on one side only, replaced by what it stands for."""
    sides = (gold, answer)
    if isinstance(gold, Choice) == isinstance(answer, Choice):
        return []
    try:
        replaced = [
            read(choices[side.letter])
            if isinstance(side, Choice) and side.letter in choices
            else side
            for side in sides
        ]
    except ValueError:
        # A choice that cannot be read decides nothing; the letters still do.
        return []
    return [(replaced[0], replaced[1])] if (replaced[0], replaced[1]) != sides else []


CHECK = Check(
    name="math_equivalence",
    summary="The answer equals the reference, however it is written.",
    params=Params,
    judge=judge,
    needs_reference=True,
    cost_seconds=0.002,
)
