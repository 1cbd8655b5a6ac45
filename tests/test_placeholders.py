r"""What stands where an answer should is told from an answer."""

from __future__ import annotations

import pytest

from verifier.completion import parse
from verifier.placeholders import is_hole, is_mentioned, is_placeholder


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "...",
        "…",
        r"\ldots",
        "?",
        "___",
        "answer",
        r"\text{Your Answer}",
        "<answer>",
        "[insert your answer here]",
        "final answer",
        "ans",
        r"\square",
        "your number",
        "--",
    ],
)
def test_these_are_placeholders(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text", ["5", "x", "1, 2, ...", "number", "no answer", "solution", "text", "yes", "-", "n/a"]
)
def test_these_are_answers(text: str) -> None:
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    ("text", "expected"), [(r"\phantom{00}", True), (r"\square", True), ("~", True), ("", False)]
)
def test_a_hole_is_printed(text: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_hole(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"put it in \boxed{}", True),
        (r"the answer within $\boxed{}$", True),
        (r"`\boxed{}`", True),
        (r"The answer is \boxed{}", False),
        (r"\boxed{}", False),
    ],
)
def test_a_box_is_spoken_of_or_used(text: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_mentioned(text, parse(text).boxes[0]) is expected
