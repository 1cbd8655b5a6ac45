"""The answer is read as an exact number, and compared within a tolerance."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from verifier.checks.base import Judgement, Subject, Tools
from verifier.checks.numeric import CHECK, Params
from verifier.completion import parse
from verifier.extraction import ExtractionRules
from verifier.model import Outcome, Reference

if TYPE_CHECKING:
    from pydantic import JsonValue

TOOLS = cast("Tools", None)
RULES = ExtractionRules(sources=("whole",))


def judged(answer: str, gold: str | None, **params: JsonValue) -> Judgement:
    reference = None if gold is None else Reference(value=gold)
    subject = Subject(parse(answer), reference, RULES)
    return CHECK.judge(subject, Params.model_validate(params), TOOLS)


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("42", "42"),
        ("42.0", "42"),
        ("+42", "42"),
        ("\u221242", "-42"),
        ("042", "42"),
        (".5", "0.5"),
        ("5.", "5"),
        ("$42$", "42"),
        (r"\(42\)", "42"),
        (r"\boxed{42}", "42"),
        ("42", r"\boxed{42}"),
        ("**42**", "42"),
        ("1,234,567", "1234567"),
        (r"1{,}234", "1234"),
        (r"1\,234", "1234"),
        ("1 234", "1234"),
        ("1,234.5", "1234.5"),
        ("1e3", "1000"),
        ("1.5E-3", "0.0015"),
        (r"1.5\times10^{3}", "1500"),
        (r"1.5 \cdot 10^{-3}", "0.0015"),
        ("2 x 10^3", "2000"),
        ("10^{3}", "1000"),
        ("10**3", "1000"),
        ("1/2", "0.5"),
        ("-1/2", "-0.5"),
        (r"\frac{1}{2}", "0.5"),
        (r"\dfrac{-3}{4}", "-3/4"),
        (r"-\frac12", "-0.5"),
        (r"2\frac{1}{2}", "2.5"),
        ("2 1/2", "2.5"),
        ("1/3", "0.33333333"),
        ("50%", r"50\%"),
        ("50 percent", "50%"),
        ("\uff14\uff12", "42"),
        ("$42", "42"),
        (r"\$42.00", "42"),
        ("-$42", "-42"),
        ("42 cm", "42"),
        ("42cm", "42 cm"),
        (r"42\text{ cm}^2", "42"),
        (r"$42$ apples.", "42 apple"),
        ("42 dollars", "$42"),
        (r"90^\circ", "90"),
        ("60 miles per hour", "60"),
        ("5 m/s^2", "5"),
        ("1e1000", "1e1000"),
    ],
)
def test_one_number_written_in_two_ways_is_correct(answer: str, gold: str) -> None:
    assert judged(answer, gold).outcome is Outcome.CORRECT


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("43", "42"),
        ("-42", "42"),
        ("1000008", "1000007"),
        ("0.333", "1/3"),
        ("50%", "50"),
        ("50%", "0.5"),
        ("50", "50%"),
        ("5 m", "5 cm"),
        ("5 million", "5"),
        ("5\u4e07", "5"),
        ("1,2", "12"),
        ("12,34", "1234"),
        ("0,123", "123"),
        ("1,234,5678", "12345678"),
        ("5x", "5"),
        (r"5\pi", "5"),
        ("5!", "5"),
        ("5^2", "5"),
        ("5\u00b2", "52"),
        ("5 or 6", "5"),
        ("5 or six", "5"),
        ("$5$ or $6$", "5"),
        ("3:4", "3"),
        ("x = 5", "5"),
        ("--5", "5"),
        ("1/0", "0"),
        ("1 5/3", "8/3"),
        ("inf", "5"),
        ("nan", "5"),
        (r"\infty", "5"),
        ("five", "5"),
        ("0x10", "16"),
        ("1_000", "1000"),
        ("1e", "1"),
        (r"\frac{1}{}", "1"),
        ("\0", "0"),
        ("\ud800", "0"),
        ("\u202e42", "24"),
        ("{" * 100_000, "5"),
        ("x" * 200_000, "5"),
    ],
)
def test_another_number_or_none_is_incorrect(answer: str, gold: str) -> None:
    found = judged(answer, gold)
    assert (found.outcome, found.score) == (Outcome.INCORRECT, 0.0)


@pytest.mark.parametrize(
    "answer", ["1" * 401, "1" * 200_000, "1e1001", "1e-99999999999", "1e" + "9" * 300]
)
def test_a_number_past_the_limits_is_too_complex(answer: str) -> None:
    assert judged(answer, "1").outcome is Outcome.TOO_COMPLEX


@pytest.mark.parametrize("gold", ["five", "", "1/0", "inf", "1e1001", "9" * 401, "1 or 2", "x"])
def test_a_reference_that_is_no_number_makes_the_check_abstain(gold: str) -> None:
    found = judged("5", gold)
    assert (found.outcome, found.score) == (Outcome.REFERENCE_INVALID, None)


def test_a_missing_reference_makes_the_check_abstain() -> None:
    assert judged("5", None).outcome is Outcome.REFERENCE_MISSING


def test_no_answer_scores_zero() -> None:
    found = judged(" ", "5")
    assert (found.outcome, found.score) == (Outcome.NO_ANSWER, 0.0)


@pytest.mark.parametrize(
    ("answer", "params", "outcome"),
    [
        ("42.4", {"abs_tolerance": 0.5}, Outcome.CORRECT),
        ("42.6", {"abs_tolerance": 0.5}, Outcome.INCORRECT),
        ("43", {"abs_tolerance": 1.0}, Outcome.CORRECT),
        ("43", {"rel_tolerance": 0.1}, Outcome.CORRECT),
        ("42.0000001", {"rel_tolerance": 0.0}, Outcome.INCORRECT),
        ("42.0000001", {}, Outcome.CORRECT),
        ("42%", {"allow_percent": True}, Outcome.CORRECT),
        ("42 cm", {"allow_unit": False}, Outcome.INCORRECT),
        ("$42", {"allow_unit": False}, Outcome.INCORRECT),
        ("$42$", {"allow_unit": False}, Outcome.CORRECT),
    ],
)
def test_the_parameters_decide_what_is_close_enough(
    answer: str, params: dict[str, JsonValue], outcome: Outcome
) -> None:
    assert judged(answer, "42", **params).outcome is outcome


@pytest.mark.parametrize(
    "params", [{"abs_tolerance": -1.0}, {"rel_tolerance": float("nan")}, {"x": 1}]
)
def test_senseless_parameters_are_refused(params: dict[str, JsonValue]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Params.model_validate(params)


def test_evidence_tells_what_was_read_and_where() -> None:
    assert judged(r" \frac{2}{4} ", "0.5").evidence == {
        "answer": r"\frac{2}{4}",
        "span": [1, 12],
        "source": "whole",
        "read_as": "1/2",
        "reference": "1/2",
    }
