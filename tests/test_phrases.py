"""Announced answers come last first; see also `test_extraction.py`."""

from __future__ import annotations

import pytest

from verifier.phrases import after_hashes, announced, concluded
from verifier.spans import Region


def whole(text: str) -> Region:
    """All of a text."""
    return Region(text, 0, len(text))


def test_announcements_come_last_first() -> None:
    found = [part.text for part in announced(whole("Answer: 1\nThe answer is 2.\nanswer = 3"))]
    assert found == ["3", "2", "1"]


def test_an_announcement_ends_where_the_next_begins() -> None:
    found = [part.text for part in announced(whole("The answer is 1, no, the answer is 2."))]
    assert found == ["2", "1, no, the"]


def test_a_result_is_announced_only_in_a_tag() -> None:
    region = whole("The result is 5.")
    assert [part.text for part in announced(region, in_tag=True)] == ["5"]
    assert list(announced(region)) == []


def test_empty_talk_at_the_end_announces_nothing_more() -> None:
    found = [part.text for part in announced(whole("Answer: 5. The answer is rounded down."))]
    assert found == ["5"]


def test_an_announcement_ends_at_a_tag() -> None:
    text = "The answer is 5</answer> and so on"
    assert [part.text for part in announced(Region(text, 0, len(text), tags=(15,)))] == ["5"]


@pytest.mark.parametrize("find", [announced, after_hashes, concluded])
def test_programs_announce_nothing(find: object) -> None:
    text = "#### So the answer is 5"
    region = Region(text, 0, len(text), programs=((0, len(text)),))
    assert list(find(region)) == []  # type: ignore[operator]
