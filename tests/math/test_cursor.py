"""A cursor passes what it is asked for, and nothing else."""

from __future__ import annotations

import pytest

from verifier.math.answers import UnreadableError
from verifier.math.cursor import Cursor
from verifier.math.spelling import spell


def test_it_takes_what_is_next() -> None:
    cursor = Cursor(("x", "+"))
    assert [cursor.take("+"), cursor.take("x"), cursor.peek(), cursor.finished] == [
        False,
        True,
        "+",
        False,
    ]


def test_what_is_needed_and_missing_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match=r"\) is missing"):
        Cursor(("x",)).need(")")


def test_an_index_is_passed_unread() -> None:
    cursor = Cursor(spell("_{n+1}'x"))
    assert (cursor.marks(), cursor.peek()) == ("_{n+1}'", "x")


def test_a_brace_that_never_closes_is_unreadable() -> None:
    with pytest.raises(UnreadableError):
        Cursor(("{", "x")).verbatim()


def test_numbers_with_a_comma_part_into_arguments() -> None:
    cursor = Cursor(("109,120", ")"))
    cursor.part_numbers()
    assert cursor.tokens == ("109", ",", "120", ")")
