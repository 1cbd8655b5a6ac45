"""Hedges are told from what only sounds like one."""

from __future__ import annotations

import pytest

from verifier.hedges import alternatives, leads, plain, trailing_offer


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"$ \text{ or } $", "    or    "),
        (r"\) and \(", "  and  "),
        (r"\quad x_{1}=", "  x_1="),
        ("**\u200b", "  "),
    ],
)
def test_markup_becomes_blanks(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        (", or maybe ", True),
        (" (or ", True),
        (" or equivalently ", True),
        (". Alternatively, the answer is ", True),
        (". It might also be ", True),
        ("\u6216\u8005", True),
        (", or rather ", False),
        (". Maybe I made a mistake, so ", False),
        (". Perhaps not. So ", False),
        (" and then ", False),
        ("or maybe " * 30, False),
    ],
)
def test_a_transition_offers_what_follows_or_does_not(
    between: str,
    expected: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert leads(between) is expected


@pytest.mark.parametrize(
    ("after", "other"),
    [
        (" (or maybe 6)", "6"),
        ("$, but it could also be $7$.", "7"),
        (". Or possibly 8.", "8"),
        (" apples, perhaps it is 9", "9"),
        (", which may be checked.", ""),
        (" or more", ""),
        (" or 6", ""),
        (". The rest is said elsewhere. Maybe 6.", ""),
    ],
)
def test_text_after_an_answer_offers_another_or_does_not(after: str, other: str) -> None:
    assert trailing_offer(after, 0, len(after)) == other


@pytest.mark.parametrize(
    ("answer", "offered"),
    [
        ("5 (or maybe 6)", ("5", "6")),
        (r"5\text{ or possibly }6", ("5", "6")),
        ("5, perhaps 6", ("5", "6")),
        ("5 or 6", ()),
        ("maybe", ()),
        ("perhaps 5", ()),
        ("5 or maybe " * 100, ()),
    ],
)
def test_an_answer_hedges_or_does_not(answer: str, offered: tuple[str, ...]) -> None:
    assert alternatives(answer) == offered
