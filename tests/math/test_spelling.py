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


def test_many_spaces_between_dollar_signs_are_read_in_linear_time() -> None:
    started = time.process_time()
    spell("$" + " " * 1_990 + "x")
    assert time.process_time() - started < 0.5
