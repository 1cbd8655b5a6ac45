r"""A family is the same by another parameter, counted from elsewhere."""

from __future__ import annotations

import pytest

from verifier.math.comparison import compare
from verifier.math.families import family
from verifier.math.identity import Proof, prove
from verifier.math.policy import Policy
from verifier.math.reading import read

Z = r",k\in\mathbb{Z}"


def equal(gold: str, answer: str) -> bool | None:
    """What the ladder says without a symbolic engine."""
    return compare(read(gold), read(answer), Policy(), _oracle).equal


def _oracle(gold: str, answer: str) -> Proof:
    return prove(gold, answer) or Proof(None)


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        (rf"k\pi{Z}", r"n\pi,n\in\mathbb{Z}"),
        (rf"x=\frac{{\pi}}{{6}}+2k\pi{Z}", r"\frac{\pi}{6}+2\pi n"),
        (rf"(2k+1)\pi{Z}", r"(2n-1)\pi,n\in\mathbb{Z}"),
        (rf"1-2k{Z}", r"2n+1,n\in\mathbb{Z}"),
        (r"2k,k\in\mathbb{N}", r"2n,n\in\mathbb{N}"),
    ],
)
def test_it_is_the_same_family(gold: str, answer: str) -> None:
    assert equal(gold, answer) is True


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        (rf"2k\pi{Z}", rf"k\pi{Z}"),
        (r"2k+1,k\in\mathbb{N}", r"2n-1,n\in\mathbb{N}"),
        (r"2k,k\in\mathbb{N}", rf"2k{Z}"),
        (rf"k\pi{Z}", r"\pi"),
    ],
)
def test_it_is_another_family(gold: str, answer: str) -> None:
    assert equal(gold, answer) is False


def test_what_declares_no_parameter_is_no_family() -> None:
    assert family(read("1,2")) is None
