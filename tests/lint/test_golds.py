"""What is suspicious about a reference as it is written."""

from __future__ import annotations

import pytest

from verifier.lint.findings import KINDS
from verifier.lint.golds import bare, suspicions
from verifier.model import Reference


@pytest.mark.parametrize(
    ("gold", "found_type", "codes"),
    [
        ("1,234", "number", ["separators"]),
        ("$1{,}234.50$", "number", ["separators"]),
        ("(1, 234)", "tuple", []),
        ("x", "expression", ["lone-letter"]),
        ("B", "choice", ["lone-letter"]),
        ("5 cm", "quantity", ["unit"]),
        ("0.333", "number", ["rounded"]),
        ("0.25", "number", []),
        (r"\pi \approx 3.14", "expression", ["rounded"]),
        ("he goes to the market every second day", "text", ["prose"]),
        ("1 or 2", "list", ["alternatives"]),
        ("worse", "text", []),
        ("2 + 2 = 4\n#### 4", "number", ["whole-solution"]),
        (r"\boxed{3} and so \boxed{4}", "list", ["whole-solution"]),
        ("", "", []),
    ],
)
def test_what_may_be_meant_otherwise_is_named(gold: str, found_type: str, codes: list[str]) -> None:
    found = [code for code, _ in suspicions(Reference(value=gold), found_type)]
    assert found == codes
    assert set(codes) <= set(KINDS)


def test_a_declared_type_or_choices_settle_it() -> None:
    assert list(suspicions(Reference(value="x", type="expression"), "expression")) == []
    choices = {"A": "1", "B": "2"}
    assert list(suspicions(Reference(value="B", choices=choices), "choice")) == []


@pytest.mark.parametrize(
    ("gold", "inside"),
    [("$5$", "5"), ("$$5$$", "5"), ("$5", "$5"), (r"\$5", r"\$5"), ("$5$ or $6$", "$5$ or $6$")],
)
def test_dollar_signs_around_a_gold_are_no_money(gold: str, inside: str) -> None:
    assert bare(gold) == inside
