r"""An answer is read as the kind of thing that it is, however it is typed."""

from __future__ import annotations

import contextlib
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from verifier.math.answers import Number, UnreadableError
from verifier.math.limits import TooComplexError
from verifier.math.reading import read, read_choice

PIECES = r"""
    \frac { } ( ) [ ] \{ \} 1 2.5 x cm \text{ or , = < \pm ^ _ % $ ! \binom \sqrt - + / : \cup
    \degree million A \begin{pmatrix} \end{pmatrix} & \\ \in \overline ' | 0. e3 ½ \ per . \le
    \left \right 北 ² and 1,234 \boxed{ five half minus hours m/s 百分之五 第 厘米 或 ] ; 3rd pm
    \setminus \mathbb{R} \angle ABC _8 0xF March 2020 \ne \mu i j ^T \begin{cases} answer is 元
    yes Celsius 1.234.567 to \cup if for
"""
LATEX = st.lists(st.sampled_from([*PIECES.split(), " "]), max_size=40).map("".join)
"""Text that is made of what the reader looks for."""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("4", "number"),
        ("1,234", "number"),
        (r"1\frac12", "number"),
        (r"0.\overline{3}", "number"),
        (r"50\%", "percent"),
        ("5 cm", "quantity"),
        ("$5", "quantity"),
        (r"90^\circ", "quantity"),
        ("3m", "expression"),
        (r"2\sqrt3", "expression"),
        ("pi", "expression"),
        ("x=4", "equation"),
        ("-2<x<=3", "inequality"),
        (r"\{1,2\}", "set"),
        ("1 or 2", "list"),
        ("(1,2)", "tuple"),
        ("[1,2]", "interval"),
        (r"(2,\infty)", "interval"),
        (r"\begin{pmatrix}1\\2\end{pmatrix}", "matrix"),
        ("3:4", "ratio"),
        ("12:30", "ratio"),
        ("A", "choice"),
        ("(A)", "choice"),
        (r"\text{A}", "choice"),
        ("A.", "choice"),
        (r"\textbf{(C)}\ 12", "choice"),
        ("yes", "boolean"),
        ("7:30 pm", "time"),
        ("March 5, 2020", "date"),
        ("2020-03-05", "date"),
        ("1011_2", "base"),
        ("0xFF", "base"),
        (r"\angle ABC", "figure"),
        ("twenty-one", "number"),
        ("fifty percent", "percent"),
        ("2 hours 30 minutes", "quantity"),
        ("3rd", "quantity"),
        ("五厘米", "quantity"),
        ("listen", "text"),
        ("AB", "text"),
        ("x-axis", "text"),
    ],
)
def test_the_kind_is_seen(text: str, kind: str) -> None:
    assert read(text).kind == kind


@pytest.mark.parametrize(
    "wrapped",
    [
        *("$7$", "$$7$$", "$ 7 $", "$7\n$", "$7. $", "$ 7 $.", r"\(7\)", r"\[7\]", r"\boxed{7}"),
        *("7.", " 7 ", r"\text{7}", "**7**"),
    ],
)
def test_wrappers_are_no_part_of_the_answer(wrapped: str) -> None:
    assert read(wrapped) == read("7")


@pytest.mark.parametrize("text", ["", " ", "$$", "?", "...", "nan", "NaN", "-"])
def test_nothing_to_compare_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableError):
        read(text)


@pytest.mark.parametrize("sign", ["<", ">", "=", r"\div", "+", "☆", "●"])
def test_a_sign_may_be_the_answer(sign: str) -> None:
    assert read(sign).latex != ""


def test_one_dollar_sign_is_money() -> None:
    assert read("$5").kind == "quantity"


def test_a_comma_with_a_space_separates() -> None:
    assert read("1, 234").kind == "list"


def test_a_declared_list_has_no_thousands() -> None:
    assert read("1,234", "list").kind == "list"


def test_a_declared_type_that_the_text_is_not_is_refused() -> None:
    with pytest.raises(UnreadableError, match="declared as matrix but reads as number"):
        read("5", "matrix")


def test_declared_text_is_never_algebra() -> None:
    assert read("x+1", "text").kind == "text"


def test_a_declared_expression_may_be_one_capital() -> None:
    assert read("A", "expression").kind == "expression"


@pytest.mark.parametrize(
    ("text", "letter"),
    [("(B) Paris", "B"), ("B. Paris", "B"), ("Option B", "B"), ("the answer is B", "B")],
)
def test_a_choice_is_found_beside_its_text(text: str, letter: str) -> None:
    choice = read_choice(text)
    assert choice is not None
    assert choice.letter == letter


@pytest.mark.parametrize(
    "text", ["A or B", "(A) or (B)", "A, B", "(A)(B)", "AB", "a", "B Paris", "A: B"]
)
def test_two_letters_are_no_choice(text: str) -> None:
    assert read_choice(text) is None


def test_a_scale_word_multiplies() -> None:
    assert read("1.5 million") == Number("1.5 million", Fraction(1_500_000))


@given(LATEX | st.text(max_size=60))
@example("\\in^-")
@example(r"\overset{9}^")
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text)
    except (TooComplexError, UnreadableError) as error:
        assert str(error)  # noqa: PT017 - any text may be refused, none may crash


@pytest.mark.parametrize(
    "text",
    [
        "(1,2 or " * 20 + "1" + ")" * 20,
        "(1,2;" * 20 + "1" + ")" * 20,
        "A(1," * 20 + "1" + ")" * 20,
        r"\mathbb{R}\setminus(" * 20 + "1" + r" \cup 1)" * 20,
        "(1," * 20 + "1" + ")^T" * 20,
        "一亿" * 900,
        "1" + " 234" * 480 + ",567",
        "two hundred and " * 100,
    ],
)
def test_no_part_is_read_twice(text: str) -> None:
    """Reading each part twice would take 2 to the 20th steps here."""
    with contextlib.suppress(TooComplexError, UnreadableError):
        assert read(text)
