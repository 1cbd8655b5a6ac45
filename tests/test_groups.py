r"""The last box stands alone or with others; see also `test_extraction.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from verifier.completion import parse
from verifier.groups import last_group

if TYPE_CHECKING:
    from verifier.spans import Group


def grouped(text: str, *, steps: bool = True) -> Group | None:
    """The last group of the boxes of a text."""
    return last_group(text, reversed(parse(text).boxes), len(text), steps=steps)


def test_nothing_has_no_last_group() -> None:
    assert grouped("no box") is None


@pytest.mark.parametrize(("steps", "offered"), [(True, False), (False, True)])
def test_what_stands_side_by_side_is_a_step_or_a_choice(steps: bool, offered: bool) -> None:  # noqa: FBT001 - columns of the table
    group = grouped(r"\boxed{1} \boxed{2}", steps=steps)
    assert group is not None
    assert group.offered is offered


def test_the_pieces_stand_in_their_order() -> None:
    text = r"\boxed{1}, \boxed{ 2 } and \boxed{3}"
    group = grouped(text)
    assert group is not None
    assert [text[piece.start : piece.end] for piece in group.pieces] == ["1", "2", "3"]


def test_repetitions_are_one_piece() -> None:
    group = grouped(r"\boxed{1}, or maybe \boxed{1}")
    assert group is not None
    assert [piece.text for piece in group.pieces] == ["1"]
