r"""The symbolic step proves what algebra can prove and nothing that it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from verifier.math.symbolic import prove, warm

if TYPE_CHECKING:
    from pydantic import JsonValue


def proved(gold: str, answer: str) -> dict[str, JsonValue]:
    """What the engine says, with nobody listening to the phases."""
    return prove(gold=gold, answer=answer, announce=lambda _phase: None)


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ("(x+1)^{2}", "x^{2}+2x+1"),
        (r"\frac{1}{1+i}", r"\frac{1-i}{2}"),
        (r"2\sqrt{3}", r"\sqrt{12}"),
        (r"\log_{2}3", r"\frac{\ln 3}{\ln 2}"),
        (r"\frac{\pi}{2}", r"\pi/2"),
        (r"e^{i\pi}", "-1"),
        (r"\int_{0}^{1} x dx", r"\frac{1}{2}"),
        (r"\sqrt{\frac{1}{n}}", r"\frac{1}{\sqrt{n}}"),
        (r"\frac{x^{2}}{2}+C", r"\frac{x^{2}+2}{2}+C"),
        ("0.1x", r"\frac{x}{10}"),
        (r"1e3\cdot x", "1000x"),
        ("f(x)+1", "1+f(x)"),
        ("2x+3y=6", "4x+6y=12"),
        ("2x>4", "2<x"),
        ("x^{2}<4", "-2<x<2"),
        (r"\sin 30\degree", r"\frac{1}{2}"),
        (r"2\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix}2\\4\end{pmatrix}"),
        (r"\mathbb{R}\setminus\{0\}", r"(-\infty,0)\cup(0,\infty)"),
        (r"2^{10000}", r"2^{9999}\cdot2"),
        (r"\sum_{i=1}^{n} i", r"\frac{n(n+1)}{2}"),
    ],
)
def test_equal_expressions_are_proved(gold: str, answer: str) -> None:
    assert proved(gold, answer)["equal"] is True


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ("2^{-60}", "2^{-61}"),
        (r"10^{-40}", "0"),
        (r"e^{\pi\sqrt{163}}", "262537412640768744"),
        ("R-r", "0"),
        ("A+B", "a+b"),
        ("2t", "2"),
        ("|x|", "x"),
        (r"\sqrt{x^{2}}", "x"),
        (r"k\pi", r"n\pi"),
        (r"\frac{x^{2}}{2}+C", r"\frac{x^{2}}{2}"),
        ("C", "C+1"),
        ("x=4", "y=4"),
        ("2x>4", "x<2"),
        (r"2x>4", r"x\ge2"),
        (r"\frac{1}{0}", "5"),
        (r"\begin{pmatrix}1&2\end{pmatrix}", r"\begin{pmatrix}1\\2\end{pmatrix}"),
    ],
)
def test_different_expressions_are_told_apart(gold: str, answer: str) -> None:
    assert proved(gold, answer)["equal"] is False


@pytest.mark.parametrize(
    "text", [r"\foo{x}", "f'(x)", r"x+\ldots", r"\frac{1", "x+", r"\theta\degree"]
)
def test_a_side_that_the_grammar_does_not_cover_is_named(text: str) -> None:
    assert proved(text, "1")["why"] == "gold"
    assert proved("1", text)["why"] == "answer"


def test_the_phases_are_announced_in_order() -> None:
    phases: list[str] = []
    prove(gold="x", answer="y", announce=phases.append)
    assert phases == ["gold", "answer", "compare"]


def test_the_value_of_a_constant_is_told() -> None:
    assert str(proved(r"\sqrt{2}", "x")["gold_value"]).startswith("1.4142135623730950488")


def test_how_each_side_was_read_is_told() -> None:
    found = proved("2x", "x=3")
    assert (found["gold_read"], found["answer_read"]) == ("2*x", "x = 3")


@pytest.mark.parametrize("huge", ["7^{9000}", r"10^{100}\sqrt{2}", "10^{100}x", "e^{200}"])
def test_a_small_difference_of_huge_values_is_a_difference(huge: str) -> None:
    assert proved(huge, f"{huge}+1")["equal"] is False
    assert proved(huge, f"{huge}+1-1")["equal"] is True


def test_more_symbols_than_probe_columns_stay_apart() -> None:
    letters = "abdefghjklmn"
    assert proved("+".join(letters), "+".join(letters).replace("n", "2a"))["equal"] is False


def test_lack_of_memory_is_the_watchdogs_to_see(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(_latex: str) -> None:
        raise MemoryError

    monkeypatch.setattr("verifier.math.symbolic._read", exhausted)
    with pytest.raises(MemoryError):
        proved("x", "y")


def test_warming_up_raises_nothing() -> None:
    warm()
