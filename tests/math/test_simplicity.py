r"""Fractions in lowest terms and roots without square factors are simple."""

from __future__ import annotations

import pytest

from verifier.math.simplicity import is_simple


@pytest.mark.parametrize("latex", [r"\frac{1}{2}", r"2\sqrt{2}", "3/4", "x+1", "1/2/4", "0.5"])
def test_lowest_terms_are_simple(latex: str) -> None:
    assert is_simple(latex)


@pytest.mark.parametrize("latex", [r"\frac{2}{4}", "2/4", r"\sqrt{8}", r"\frac{4}{1}", r"\sqrt{1}"])
def test_what_reduces_is_not_simple(latex: str) -> None:
    assert not is_simple(latex)
