"""Each limit holds at its value and refuses one past it."""

from __future__ import annotations

import pytest

from verifier.math import limits
from verifier.math.bombs import nesting
from verifier.math.limits import TooComplexError
from verifier.math.reading import read

TOWER = r"x^{x^{x^{2}}}"
AT_AND_PAST = [
    pytest.param("x" * limits.MAX_CHARS, "x" * (limits.MAX_CHARS + 1), id="characters"),
    pytest.param("x+" * 499 + "x", "x+" * 500 + "x", id="tokens"),
    pytest.param("(" * 24 + "x" + ")" * 24, "(" * 25 + "x" + ")" * 25, id="brackets"),
    pytest.param(r"\sqrt{" * 24 + "2" + "}" * 24, r"\sqrt{" * 25 + "2" + "}" * 25, id="braces"),
    pytest.param("1" * limits.MAX_DIGITS, "1" * (limits.MAX_DIGITS + 1), id="digits"),
    pytest.param("x^{10000}", "x^{10001}", id="exponent"),
    pytest.param("1e10000", "1e10001", id="scientific exponent"),
    pytest.param("x^{-10^4}", "x^{-10^5}", id="computed exponent"),
    pytest.param("2^{10000}", "32^{10000}", id="bits"),
    pytest.param("3000!", "3001!", id="factorial"),
    pytest.param("(1000+2000)!", "(1000+2001)!", id="computed factorial"),
    pytest.param("x!!", "x!!!", id="repeated factorial"),
    pytest.param(r"\binom{10000000}{3}", r"\binom{10000001}{3}", id="binomial"),
    pytest.param(r"\binom{7000}{3000}", r"\binom{7000}{3001}", id="binomial of large numbers"),
    pytest.param(r"\binom{7000}{4000}", r"\binom{7000}{3999}", id="binomial by symmetry"),
    pytest.param(TOWER, f"x^{{{TOWER}}}", id="tower"),
    pytest.param("1," * 63 + "1", "1," * 64 + "1", id="elements"),
]


@pytest.mark.parametrize(("at", "past"), AT_AND_PAST)
def test_the_limit_itself_is_read(at: str, past: str) -> None:
    assert read(at).latex


@pytest.mark.parametrize(("at", "past"), AT_AND_PAST)
def test_one_past_the_limit_is_refused(at: str, past: str) -> None:
    with pytest.raises(TooComplexError):
        read(past)


@pytest.mark.parametrize(
    "bomb",
    [
        "9^{9^{9}}",
        "10^{10^{10}}",
        "e^{9^{9^9}}",
        "{9^9}^{9^9}",
        "(10^7)!",
        "(((3!)!)!)!",
        r"\binom{10^6}{5\cdot10^5}",
        r"\sum_{k=1}^{10^7}\frac1k",
        "\\sqrt" * 300 + "2",
        "{" * 1000 + "}" * 1000,
        "(" * 900 + ")" * 900,
        "$" * 400 + "5",
        "ﷺ" * 500,
    ],
)
def test_a_bomb_is_refused_before_it_is_parsed(bomb: str) -> None:
    with pytest.raises(TooComplexError):
        read(bomb)


def test_a_text_of_200_kilobytes_is_refused_unread() -> None:
    with pytest.raises(TooComplexError, match="longer than 2000 characters"):
        read(r"\frac{1}{" * 22_000)


@pytest.mark.parametrize(
    "text",
    [
        "(1,2)" + r"\text{cm}" * 20,
        "5 " + "million cm " * 10,
        r"\pm(\pm(\pm(\pm(\pm(x+1)))))",
        r"(\pm1,\pm1," * 20 + "1" + ")" * 20,
    ],
)
def test_rules_that_try_several_readings_do_not_multiply(text: str) -> None:
    assert read(text).latex


def test_nesting_counts_every_bracket() -> None:
    assert nesting(r"\frac{(x[1])}{2}") == 3
