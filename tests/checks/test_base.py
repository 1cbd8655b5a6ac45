"""The final answer is judged, and what only looks like one earns nothing."""

from __future__ import annotations

import pytest

from tests.checks.test_math_equivalence import InProcess
from verifier.checks import registry
from verifier.checks.base import Judgement, Subject, judge_answer
from verifier.checks.math_equivalence import Params, judge
from verifier.completion import parse
from verifier.extraction import Conflicting, Extraction, ExtractionRules
from verifier.model import Outcome, Reference


def judged(text: str, gold: str = "5", conflicting: Conflicting = "unless_offered") -> Judgement:
    """The judgement of a whole completion by the check `math_equivalence`."""
    subject = Subject(parse(text), Reference(value=gold), ExtractionRules(conflicting=conflicting))
    return judge(subject, Params(), InProcess())


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (r"<think>\boxed{5}</think> I don't know", Outcome.NO_ANSWER),
        (r"<think>so \boxed{5}", Outcome.NO_ANSWER),
        ("<think><answer>5</answer></think> I don't know", Outcome.NO_ANSWER),
        (r"The answer is \boxed{5", Outcome.NO_ANSWER),
        (r"I shall put it in \boxed{}.", Outcome.NO_ANSWER),
        (r"\boxed{your answer}", Outcome.NO_ANSWER),
        (r"\boxed{...}", Outcome.NO_ANSWER),
        ("```python\nprint('\\\\boxed{5}')\n```", Outcome.NO_ANSWER),
        (r"<|im_end|>\boxed{5}", Outcome.NO_ANSWER),
        (r"\boxed{4}, or maybe \boxed{5}", Outcome.AMBIGUOUS),
        (r"\boxed{5} (or \boxed{6})", Outcome.AMBIGUOUS),
        (r"\boxed{5} (or maybe 6)", Outcome.AMBIGUOUS),
        (r"\boxed{5\text{ (or maybe 6)}}", Outcome.AMBIGUOUS),
        (r"\boxed{5 or possibly 6}", Outcome.AMBIGUOUS),
        ("Answer: 4\nAnswer: 5", Outcome.AMBIGUOUS),
        ("<answer>4</answer><answer>5</answer>", Outcome.AMBIGUOUS),
        (", or maybe ".join(rf"\boxed{{{n}}}" for n in range(6)), Outcome.AMBIGUOUS),
        (r"\boxed{4} or \boxed{5}", Outcome.INCORRECT),
        (r"either \boxed{4} or \boxed{5}", Outcome.INCORRECT),
        (r"\boxed{5}, \boxed{6}", Outcome.INCORRECT),
        ("1. \\boxed{4}\n2. \\boxed{5}", Outcome.INCORRECT),
        (r"\boxed{4,5,6}", Outcome.INCORRECT),
        (r"\boxed{5}. No, that is wrong: \boxed{6}", Outcome.INCORRECT),
        (r"\boxed{5} <|im_end|> \boxed{6}", Outcome.CORRECT),
        (r"\boxed{4}. No, that is wrong: \boxed{5}", Outcome.CORRECT),
        (r"\boxed{5.0}, or maybe \boxed{5}", Outcome.CORRECT),
        (r"\boxed{5}\text{ or }\boxed{\frac{10}{2}}", Outcome.CORRECT),
        (r"<answer>\boxed{5}</answer></s>", Outcome.CORRECT),
        ("The final answer is $5$. I hope it is correct.", Outcome.CORRECT),
        ("#### 5 apples", Outcome.CORRECT),
        ("The answer is:\n\\[\n5\n\\]", Outcome.CORRECT),
    ],
)
def test_only_a_final_answer_that_is_meant_is_paid_for(text: str, outcome: Outcome) -> None:
    assert judged(text).outcome is outcome


@pytest.mark.parametrize("gold", ["(1,2)", "x=1, y=2", "1, 2"])
def test_labelled_boxes_are_one_answer(gold: str) -> None:
    assert judged(r"$x=\boxed{1}$ and $y=\boxed{2}$", gold).score == 1.0


def test_boxes_for_the_same_unknown_are_its_values() -> None:
    assert judged(r"$x=\boxed{2}$ or $x=\boxed{1}$", "1, 2").score == 1.0


@pytest.mark.parametrize(
    ("text", "conflicting", "score"),
    [
        (r"\boxed{4}, or maybe \boxed{5}", "last", 1.0),
        (r"\boxed{4}. No: \boxed{5}", "same", 0.0),
        (r"\boxed{5.0}. Yes: \boxed{5}", "same", 1.0),
    ],
)
def test_what_counts_of_several_answers_is_the_specs(
    text: str, conflicting: Conflicting, score: float
) -> None:
    assert judged(text, conflicting=conflicting).score == score


@pytest.mark.parametrize("check", ["math_equivalence", "numeric", "multiple_choice", "exact_match"])
def test_no_check_pays_for_answers_to_choose_from(check: str) -> None:
    one = registry()[check]
    gold, other = ("A", "B") if check == "multiple_choice" else ("5", "6")
    completion = parse(rf"\boxed{{{other}}}, or maybe \boxed{{{gold}}}")
    subject = Subject(completion, Reference(value=gold), ExtractionRules())
    assert one.judge(subject, one.params(), InProcess()).outcome is Outcome.AMBIGUOUS


def test_an_abstention_from_one_of_several_answers_is_one_from_all() -> None:
    def abstaining(_found: Extraction) -> Judgement:
        return Judgement(Outcome.TIMEOUT, None, "busy")

    completion = parse(r"\boxed{4}, or maybe \boxed{5}")
    assert judge_answer(completion, ExtractionRules(), abstaining).score is None
