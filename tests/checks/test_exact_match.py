"""The answer is the reference's text, but for the differences that do not count."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from verifier.checks.base import Judgement, Subject, Tools
from verifier.checks.exact_match import CHECK, Params
from verifier.completion import parse
from verifier.extraction import ExtractionRules
from verifier.model import Outcome, Reference

if TYPE_CHECKING:
    from pydantic import JsonValue

TOOLS = cast("Tools", None)


def judged(completion: str, gold: str | None, **params: JsonValue) -> Judgement:
    reference = None if gold is None else Reference(value=gold)
    subject = Subject(parse(completion), reference, ExtractionRules())
    return CHECK.judge(subject, Params.model_validate(params), TOOLS)


@pytest.mark.parametrize(
    ("answer", "gold", "params"),
    [
        ("Paris", "Paris", {}),
        (" New \n York ", "New York", {}),
        ("\uff34okyo", "Tokyo", {}),
        ("PARIS", "Paris", {"casefold": True}),
        ("stra\u00dfe", "STRASSE", {"casefold": True}),
        ("Paris!", "Paris", {"strip_punctuation": True}),
        ("\u201cParis\u201d", "Paris", {"strip_punctuation": True}),
        ("the Eiffel Tower", "Eiffel Tower", {"strip_articles": True}),
        ("The theatre", "a theatre", {"strip_articles": True}),
        ("\ud800", "\ud800", {}),
    ],
)
def test_a_difference_that_does_not_count_is_correct(
    answer: str, gold: str, params: dict[str, JsonValue]
) -> None:
    assert judged(f"<answer>{answer}</answer>", gold, **params).outcome is Outcome.CORRECT


@pytest.mark.parametrize(
    ("answer", "gold", "params"),
    [
        ("paris", "Paris", {}),
        ("Paris.", "Paris", {}),
        ("the Seine", "Seine", {}),
        ("New  York", "New York", {"collapse_whitespace": False}),
        ("\uff34okyo", "Tokyo", {"nfkc": False}),
        ("Paris, France", "Paris", {"strip_punctuation": True}),
        ("x" * 200_000, "x", {}),
        ("!" * 200_000 + "yes", "yes", {"strip_punctuation": True}),
        ("a" + "\u0301\u0323" * 100_000, "a", {}),
        ("a" + "\u0301\uff9e" * 5_000, "a", {}),
        ("\0", "0", {}),
    ],
)
def test_a_difference_that_counts_is_incorrect(
    answer: str, gold: str, params: dict[str, JsonValue]
) -> None:
    found = judged(f"<answer>{answer}</answer>", gold, **params)
    assert (found.outcome, found.score) == (Outcome.INCORRECT, 0.0)


def test_the_whole_text_after_the_thinking_can_be_compared() -> None:
    found = judged("<think>\\boxed{no}</think> yes", "yes", source="whole")
    assert found.outcome is Outcome.CORRECT


def test_the_whole_text_ignores_the_sources_of_the_spec() -> None:
    assert judged("so \\boxed{yes}", "yes", source="whole").outcome is Outcome.INCORRECT


@pytest.mark.parametrize(
    ("gold", "params"), [("", {}), ("  ", {}), ("The", {"strip_articles": True})]
)
def test_a_reference_that_normalises_to_nothing_makes_the_check_abstain(
    gold: str, params: dict[str, JsonValue]
) -> None:
    assert judged("<answer>x</answer>", gold, **params).outcome is Outcome.REFERENCE_INVALID


def test_a_missing_reference_makes_the_check_abstain() -> None:
    assert judged("<answer>x</answer>", None).score is None


def test_no_answer_scores_zero() -> None:
    found = judged("x", "x")
    assert (found.outcome, found.score) == (Outcome.NO_ANSWER, 0.0)


def test_evidence_tells_what_was_taken_from_where() -> None:
    assert judged("<answer>x</answer>", "y").evidence == {
        "answer": "x",
        "span": [8, 9],
        "source": "answer_tag",
        "reference": "y",
    }
