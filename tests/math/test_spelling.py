r"""Texts that are typed differently and mean the same have the same tokens."""

from __future__ import annotations

import time

import pytest

from verifier.math.spelling import same, spell


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (r"2^{77232917}-2", r"$2^{ 77232917 } - 2$"),
        (r"\dfrac12", r"\frac{1}{2}"),
        ("☆", "$☆$"),
        (r"3.42 \mathrm{bar}", r"3.42 $ \mathrm{bar} $"),
        ("x or y", "$ x $ or $ y $"),
        (r"64\degree at 2", "$64°$ at 2"),
        ("52f", "**52f**"),
        ("5", r"\(5.\)"),
        ("2^3,456", "2^{3},456"),
    ],
)
def test_the_same_tokens_are_the_same(first: str, second: str) -> None:
    assert same(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [("2^{77232917}", "2^{77232918}"), ("", ""), ("$$", " "), ("{" * 30, "{" * 30)],
)
def test_other_tokens_and_none_at_all_are_not(first: str, second: str) -> None:
    assert not same(first, second)


def test_dollar_signs_before_prose_are_money() -> None:
    assert spell("$5 and $6") == ("$", "5", " ", "and", "$", "6")


def test_an_ellipsis_is_no_full_stop() -> None:
    assert spell("1,2,...") != spell("1,2")


def test_many_spaces_between_dollar_signs_are_read_in_linear_time() -> None:
    started = time.process_time()
    spell("$" + " " * 1_990 + "x")
    assert time.process_time() - started < 0.5
