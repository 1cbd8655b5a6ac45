r"""Dates are days of the calendar, however they are written."""

from __future__ import annotations

import pytest

from verifier.math.answers import Date
from verifier.math.reading import read


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("March 5, 2020", (2020, 3, 5)),
        ("5 March 2020", (2020, 3, 5)),
        ("Mar. 5th, 2020", (2020, 3, 5)),
        ("5th of March, 2020", (2020, 3, 5)),
        ("Thursday, March 5, 2020", (2020, 3, 5)),
        (r"\text{March 5, 2020}", (2020, 3, 5)),
        ("2020-03-05", (2020, 3, 5)),
        ("2020/3/5", (2020, 3, 5)),
        ("3/25/2020", (2020, 3, 25)),
        ("2020年3月5日", (2020, 3, 5)),
        ("3月5日", (0, 3, 5)),
        ("March 2020", (2020, 3, 0)),
        ("3/5/2020", (0, 0, 0)),
    ],
)
def test_a_date_is_read(text: str, day: tuple[int, int, int]) -> None:
    found = read(text)
    assert isinstance(found, Date)
    assert (found.year, found.month, found.day) == day


@pytest.mark.parametrize("text", ["March", "February 30", "2020-13-05", "10-5-2", "3/5/20"])
def test_what_is_no_date(text: str) -> None:
    assert read(text).kind != "date"
