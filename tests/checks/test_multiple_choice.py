"""The answer names one choice, in one of the ways in which people name one."""

from __future__ import annotations

from typing import cast

import pytest

from verifier.checks.base import Judgement, Subject, Tools
from verifier.checks.multiple_choice import CHECK, Params
from verifier.completion import parse
from verifier.extraction import ExtractionRules
from verifier.model import Outcome, Reference

TOOLS = cast("Tools", None)
RULES = ExtractionRules(sources=("whole",))
CHOICES = {"A": "5 m", "B": "a dog", "C": r"\frac{1}{2}", "D": "A. Einstein", "E": "I"}
TWINS = {"A": "same", "B": "same", "C": "other"}


def judged(
    answer: str,
    gold: str | None = "B",
    choices: dict[str, str] | None = None,
    *,
    ignore_case: bool = True,
) -> Judgement:
    reference = None if gold is None else Reference(value=gold, choices=choices)
    subject = Subject(parse(answer), reference, RULES)
    return CHECK.judge(subject, Params(ignore_case=ignore_case), TOOLS)


@pytest.mark.parametrize(
    "answer",
    [
        *("B", "b", "(B)", "(b)", "[B]", "B.", "B)", "B:", "$B$", r"\(B\)", "**B**", "**(B)**"),
        *(r"\text{B}", r"\textbf{(B)}", r"\mathrm{(B)}", r"\boxed{B}", r"\boxed{\text{B}}"),
        *(r"\textbf{(B)} 5", r"\textbf{(B)}\ 5", r"\text{(B)}~5", r"\textbf{B. }5"),
        *("B: text", "B) text", "B. text", "(B) text", "**B**: text", "**B.** text"),
        *("option B", "Option (B)", "choice B", "Answer: B", "The correct answer is B.", "\uff22"),
    ],
)
def test_a_letter_in_decoration_is_that_choice(answer: str) -> None:
    assert judged(answer).outcome is Outcome.CORRECT


@pytest.mark.parametrize(
    "answer",
    [
        *("A dog", "A", "I think so", "Option A dog", "not B", "B is right", "Bob", "\u0412", "\0"),
        *("B" * 20_000, "(" * 100_000, r"\text{" * 20_000, "\ud800", "B" + "\u0301\u0323" * 4000),
    ],
)
def test_a_letter_inside_other_words_is_no_choice(answer: str) -> None:
    found = judged(answer)
    assert (found.outcome, found.score) == (Outcome.INCORRECT, 0.0)


def test_the_article_a_is_not_choice_a() -> None:
    assert judged("A dog", "A").outcome is Outcome.INCORRECT


@pytest.mark.parametrize(
    "answer",
    [
        *("A or B", "A, B", "B and C", "(A) or (B)", "AB", "A/B", "a or b", "A: B", "B) or C)"),
        *("(A)(B)", r"\textbf{(B)}\textbf{(C)}", "B) 5, C) 6", "B: text or C"),
    ],
)
def test_an_answer_that_names_two_choices_is_ambiguous(answer: str) -> None:
    found = judged(answer)
    assert (found.outcome, found.score) == (Outcome.AMBIGUOUS, 0.0)


def test_a_lower_case_letter_is_no_choice_where_case_counts() -> None:
    assert judged("b", ignore_case=False).outcome is Outcome.INCORRECT


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("a dog", "B"),
        ("A dog.", "B"),
        ("B) a dog", "B"),
        ("B: a dog, because it barks", "B"),
        (r"\frac{1}{2}", "C"),
        (r"$\frac{1}{2}$", "C"),
        (r"(C) $\frac{1}{2}$", "C"),
        ("A. Einstein", "D"),
        ("I", "E"),
        ("B", "a dog"),
        ("a dog", "a dog"),
        ("B", "(B)"),
        ("B", "B. a dog"),
        ("E", "I"),
    ],
)
def test_a_choice_may_be_named_by_its_text(answer: str, gold: str) -> None:
    assert judged(answer, gold, CHOICES).outcome is Outcome.CORRECT


@pytest.mark.parametrize("answer", ["B) 5 m", "B) a dogma", "B: no idea"])
def test_a_letter_with_a_text_that_is_not_its_own_is_ambiguous(answer: str) -> None:
    assert judged(answer, "B", CHOICES).outcome is Outcome.AMBIGUOUS


def test_a_text_that_two_choices_share_is_ambiguous() -> None:
    assert judged("same", "A", TWINS).outcome is Outcome.AMBIGUOUS


def test_another_letter_is_incorrect() -> None:
    assert judged("C", "B", CHOICES).outcome is Outcome.INCORRECT


@pytest.mark.parametrize(
    ("gold", "choices"),
    [
        ("F", CHOICES),
        ("a cat", CHOICES),
        ("same", TWINS),
        ("A or B", None),
        ("Paris", None),
        ("", None),
        ("A", {"1": "x", "2": "y"}),
        ("A", {"A": "x", "a": "y"}),
    ],
)
def test_a_reference_that_is_not_one_choice_makes_the_check_abstain(
    gold: str, choices: dict[str, str] | None
) -> None:
    found = judged("A", gold, choices)
    assert (found.outcome, found.score) == (Outcome.REFERENCE_INVALID, None)


def test_a_missing_reference_makes_the_check_abstain() -> None:
    assert judged("A", None).outcome is Outcome.REFERENCE_MISSING


def test_no_answer_scores_zero() -> None:
    found = judged(" ")
    assert (found.outcome, found.score) == (Outcome.NO_ANSWER, 0.0)


def test_evidence_tells_which_letter_was_read() -> None:
    assert judged("(c)").evidence == {
        "answer": "(c)",
        "span": [0, 3],
        "source": "whole",
        "read_as": "C",
        "reference": "B",
    }
