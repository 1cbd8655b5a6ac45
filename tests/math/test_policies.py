r"""Every switch turns the one thing that it names."""

from __future__ import annotations

import pytest

from tests.checks.test_math_equivalence import judged
from verifier.checks.math_equivalence import Params
from verifier.model import Reference

SWITCHES = [
    ("percent_as_fraction", r"50\%", "0.5"),
    ("ratio_as_fraction", "3:4", r"\frac34"),
    ("ratio_as_fraction", "0.75", "3:4"),
    ("ignore_missing_unit", "5 cm", "5"),
    ("ignore_missing_unit", "2:30 pm", "2:30"),
    ("ignore_missing_unit", "3rd", "3"),
    ("convert_units", "5 km", "5000 m"),
    ("convert_units", "2 hours 30 minutes", "150 minutes"),
    ("convert_temperatures", r"100^\circ C", r"212^\circ F"),
    ("convert_temperatures", "373.15 kelvin", "100°C"),
    ("rounded_decimals", r"\frac13", "0.333"),
    ("base_conversion", "1011_2", "11"),
    ("base_conversion", "1011_2", "13_8"),
    ("ignore_case", "Paris", "paris"),
]


@pytest.mark.parametrize(("switch", "gold", "answer"), SWITCHES)
def test_a_switch_that_is_on_accepts(switch: str, gold: str, answer: str) -> None:
    assert judged(gold, answer, params=Params.model_validate({switch: True})).score == 1.0


@pytest.mark.parametrize(("switch", "gold", "answer"), SWITCHES)
def test_a_switch_that_is_off_refuses(switch: str, gold: str, answer: str) -> None:
    assert judged(gold, answer, params=Params.model_validate({switch: False})).score == 0.0


@pytest.mark.parametrize(
    ("gold", "answer", "equal"),
    [
        ("1,2", "2,1", False),
        ("1,2", "1,2", True),
        (r"\{1,2\}", r"\{2,1\}", True),
        ("x=1 or x=2", "x=2 or x=1", True),
        ("x=1, y=2", "y=2, x=1", True),
    ],
)
def test_only_bare_lists_have_an_order_that_may_matter(
    gold: str,
    answer: str,
    equal: bool,  # noqa: FBT001 - the fact
) -> None:
    assert judged(gold, answer, params=Params(order_matters=True)).score == float(equal)


@pytest.mark.parametrize(
    ("gold", "answer", "equal"),
    [
        (r"\frac12", "2/4", False),
        (r"\frac12", "1/2", True),
        (r"\frac12", "0.5", True),
        (r"2\sqrt2", r"\sqrt8", False),
        ("2/4", "3/6", True),
    ],
)
def test_simplified_asks_for_lowest_terms_where_the_reference_has_them(
    gold: str,
    answer: str,
    equal: bool,  # noqa: FBT001 - the fact
) -> None:
    assert judged(gold, answer, params=Params(simplified=True)).score == float(equal)


@pytest.mark.parametrize(
    ("kind", "gold", "answer"),
    [
        ("number", "3,14", "3.14"),
        ("number", "3", "3,0"),
        ("time", "12:30", "12:30"),
        ("base", "1011_2", "(1011)_2"),
        ("boolean", "yes", "true"),
        ("date", "2020-03-05", "March 5, 2020"),
        ("figure", r"\triangle ABC", r"\triangle CAB"),
        ("list", "100,200", "200, 100"),
    ],
)
def test_a_declared_type_is_compared_as_such(kind: str, gold: str, answer: str) -> None:
    reference = Reference.model_validate({"value": gold, "type": kind})
    assert judged(reference, answer).score == 1.0


def test_declared_text_tells_yes_from_true() -> None:
    assert judged(Reference(value="yes", type="text"), "true").score == 0.0
