r"""The cheap ladder proves equality and difference, and leaves algebra to the oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.math.test_reading import LATEX
from verifier.math.comparison import compare
from verifier.math.identity import Proof
from verifier.math.matching import every, pair_off
from verifier.math.policy import Policy
from verifier.math.reading import read

if TYPE_CHECKING:
    from verifier.math.answers import Answer


def try_read(text: str) -> Answer | None:
    """The reading, None where there is none."""
    try:
        return read(text)
    except ValueError:
        return None


READABLE = LATEX.map(try_read).filter(bool)


@pytest.mark.parametrize(
    ("gold", "answer", "step"),
    [
        ("x+1", "(x+1)", "normalised_string"),
        ("0.5", r"\frac12", "exact_rational"),
        ("0.333", "1/3", "rounded_decimal"),
        ("(1,2)", "(1.0,2)", "typed_structure"),
        ("Evelyn", "evelyn", "text"),
        ("A", "(A) ", "choice"),
    ],
)
def test_the_step_that_decided_is_named(gold: str, answer: str, step: str) -> None:
    finding = compare(read(gold), read(answer), Policy())
    assert (finding.equal, finding.step) == (True, step)


def test_algebra_is_undecided_without_an_oracle() -> None:
    assert compare(read("(x+1)^2"), read("x^2+2x+1"), Policy()).equal is None


def test_one_undecided_element_leaves_a_tuple_undecided() -> None:
    assert compare(read("(x+x,1)"), read("(2x,1)"), Policy()).equal is None


def test_one_different_element_decides_a_tuple() -> None:
    assert compare(read("(x+x,1)"), read("(2x,2)"), Policy()).equal is False


def test_the_oracle_sees_single_expressions_only() -> None:
    asked: list[tuple[str, str]] = []

    def oracle(gold: str, answer: str) -> Proof:
        asked.append((gold, answer))
        return Proof(equal=True)

    compare(read(r"(\sqrt8, 1, x)"), read(r"(2\sqrt2, 1.0, x)"), Policy(), oracle)
    assert asked == [(r"\sqrt{8}", r"2\sqrt{2}")]


@pytest.mark.parametrize(
    ("gold", "answer"),
    [("listen", "silent"), ("AB", "BA"), ("A", "a"), ("x", "y"), ("even", "never")],
)
def test_words_and_letters_never_reach_the_oracle(gold: str, answer: str) -> None:
    def oracle(_gold: str, _answer: str) -> Proof:
        raise AssertionError

    assert compare(read(gold), read(answer), Policy(), oracle).equal is False


@pytest.mark.parametrize(
    ("switch", "gold", "answer"),
    [
        ("percent_as_fraction", r"50\%", "0.5"),
        ("ignore_missing_unit", "5", "5 cm"),
        ("ignore_missing_unit", "5 cm", "5"),
        ("ignore_missing_unit", "7:30 am", "7:30"),
        ("rounded_decimals", r"\frac13", "0.333"),
        ("rounded_decimals", "0.333", r"\frac13"),
    ],
)
def test_each_policy_switch_decides_its_case(switch: str, gold: str, answer: str) -> None:
    on, off = (
        compare(read(gold), read(answer), Policy(**{switch: value})) for value in (True, False)
    )
    assert (on.equal, off.equal) == (True, False)


def test_money_needs_no_sign_under_any_policy() -> None:
    assert compare(read("$5"), read("5"), Policy(ignore_missing_unit=False)).equal


def test_an_oracle_that_cannot_prove_a_difference_leaves_it_undecided() -> None:
    finding = compare(read("x+x"), read("2x"), Policy(), lambda _g, _a: Proof(None))
    assert finding.equal is None


def test_a_decimal_is_compared_with_the_value_that_the_oracle_found() -> None:
    proof = Proof(equal=False, gold_value="1.41421356237", answer_value="1.414")
    assert compare(read(r"\sqrt2"), read("1.414"), Policy(), lambda _g, _a: proof).equal


def test_pairs_are_found_where_the_first_fit_is_a_trap() -> None:
    table = [[True, True], [True, False]]
    assert pair_off(2, 2, lambda row, column: table[row][column])


def test_pairs_that_may_exist_are_undecided() -> None:
    assert pair_off(1, 1, lambda _row, _column: None) is None


def test_one_false_outweighs_every_doubt() -> None:
    assert every([True, None, False]) is False


@given(READABLE)
@settings(max_examples=200, deadline=None)
def test_every_answer_equals_itself(answer: Answer) -> None:
    assert compare(answer, answer, Policy()).equal is True or not answer.latex


@given(READABLE, READABLE)
@settings(max_examples=300, deadline=None)
def test_the_cheap_ladder_is_symmetric(first: Answer, second: Answer) -> None:
    assert compare(first, second, Policy()).equal == compare(second, first, Policy()).equal


NUMBERS = st.integers(0, 20).map(str)
PAIR = st.tuples(NUMBERS, NUMBERS)


@given(
    PAIR,
    PAIR,
    st.sampled_from(["({},{})", "[{},{}]", r"\{{{},{}\}}", "{}:{}", "{}, {}", "{}<x<{}"]),
)
@settings(max_examples=200)
def test_structures_of_numbers_are_always_decided(
    first: tuple[str, str], second: tuple[str, str], form: str
) -> None:
    finding = compare(read(form.format(*first)), read(form.format(*second)), Policy())
    assert finding.equal is not None
    assert finding.equal or first != second
