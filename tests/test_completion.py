"""A completion is taken apart into thinking, answers, boxes and code, whatever it contains."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import COMPLETIONS, HOSTILE
from verifier.completion import Completion, Defect, Tags, parse

PREFILL = "<think>\n"


def box_texts(completion: Completion) -> list[str]:
    return [box.text for box in completion.boxes]


@pytest.mark.parametrize(
    ("text", "prefix", "start"),
    [
        ("no tags", "", 0),
        ("", "", 0),
        ("<think>a</think>b", "", 16),
        ("a</think>b", "", 9),
        ("a</think>b", PREFILL, 9),
        ("never closed", PREFILL, 12),
        ("<think>never closed", "", 19),
        ("<think>a</think>b</think>c", "", 25),
        ("<think>a</think>b<think>c", "", 25),
        ("</think>a<think>b", "", 17),
        ("answer", "<think>\n\n</think>\n\n", 0),
        ("a</think>b", "Use <think> </think> and <answer> </answer>.\n<think>", 9),
        ("nk>a</think>b", "<thi", 12),
    ],
)
def test_text_is_visible_after_the_last_thinking_has_ended(
    text: str, prefix: str, start: int
) -> None:
    assert parse(text, prefix).visible_start == start


def test_thinking_that_the_prefix_opens_begins_with_the_text() -> None:
    thinking = parse("a</think>b", PREFILL).thinking
    assert thinking is not None
    assert (thinking.text, thinking.start, thinking.end) == ("a", 0, 1)


def test_thinking_reaches_from_the_first_opening_to_the_last_closing_tag() -> None:
    thinking = parse("<think>a</think>b</think>c").thinking
    assert thinking is not None
    assert thinking.text == "a</think>b"


def test_thinking_is_none_without_tags() -> None:
    assert parse("<answer>5</answer>").thinking is None


def test_the_answer_is_the_last_complete_tag_after_the_thinking() -> None:
    answer = parse("<think><answer>0</answer></think><answer>1</answer><answer>2</answer>").answer
    assert answer is not None
    assert answer.text == "2"


def test_an_answer_tag_inside_the_thinking_is_not_the_answer() -> None:
    assert parse("<think><answer>1</answer></think>2").answer is None


def test_an_answer_tag_inside_the_thinking_is_kept_as_not_visible() -> None:
    assert [a.visible for a in parse("<think><answer>1</answer></think>2").answers] == [False]


def test_an_answer_tag_in_the_prefix_counts_as_written() -> None:
    answer = parse("5</answer>", "<answer>").answer
    assert answer is not None
    assert (answer.text, answer.start) == ("5", 0)


def test_tags_can_be_other_words() -> None:
    tags = Tags("[T]", "[/T]", "[A]", "[/A]")
    assert parse("[T]x[/T][A]5[/A]", tags=tags).defects == ()


def test_an_empty_tag_never_occurs() -> None:
    assert parse("abc", tags=Tags("", "", "", "")).marks == ()


@pytest.mark.parametrize(
    ("text", "prefix", "defects"),
    [
        ("<think>a</think><answer>1</answer>", "", ""),
        ("<think>\na\n</think>\n<answer>\n1\n</answer>\n", "", ""),
        ("<think>\r\na\r\n</think>\r\n<answer>1</answer>\r\n", "", ""),
        ("a</think><answer>1</answer>", PREFILL, ""),
        ("<think>a</think><answer>1</answer>", PREFILL, "nested_think"),
        ("a</think><answer>1</answer>", "", "missing_think_open"),
        ("<answer>1</answer>", "", "missing_think"),
        ("5", "", "missing_think missing_answer"),
        ("", "", "missing_think missing_answer empty_answer"),
        ("<think>a", "", "unclosed_think missing_answer"),
        ("", PREFILL, "unclosed_think empty_thinking missing_answer"),
        (
            "<think>a<answer>1</answer>",
            "",
            "unclosed_think missing_answer answer_in_thinking",
        ),
        ("<think> </think><answer>1</answer>", "", "empty_thinking"),
        ("<think>a<think>b</think><answer>1</answer>", "", "nested_think"),
        ("<think>a</think>\n</think><answer>1</answer>", "", "repeated_think"),
        ("<think>a</think><think>b</think><answer>1</answer>", "", "repeated_think"),
        ("Hi <think>a</think><answer>1</answer>", "", "text_before_thinking"),
        ("<think>a</think> so <answer>1</answer>", "", "junk_between"),
        ("<think>a</think><answer>1</answer> junk", "", "junk_after_answer"),
        ("<think>a</think><answer>1</answer>\njunk", "", "junk_after_answer"),
        ("<think>a</think><answer> </answer>", "", "empty_answer"),
        ("<think>a</think> ", "", "missing_answer empty_answer"),
        ("<think>a</think><answer>1", "", "unclosed_answer"),
        ("<think>a</think><answer>1<answer>2</answer>", "", "repeated_answer"),
        ("<think>a</think><answer>1</answer></answer>", "", "repeated_answer"),
        ("<think>a<answer></think><answer>1</answer>", "", "answer_in_thinking"),
        ("</think>a<think>", "", "unclosed_think reversed_tags empty_thinking missing_answer"),
        (
            "<answer>1</answer><think>a</think>",
            "",
            "reversed_tags text_before_thinking missing_answer empty_answer",
        ),
        (
            "<think>a</think></answer>1<answer>",
            "",
            "reversed_tags unclosed_answer",
        ),
        (r"<think>a</think><answer>\boxed{1</answer>", "", "unclosed_box"),
        (r"<think>\boxed{ ``` a</think><answer>1</answer>", "", ""),
        ("<think>a</think><answer>```\n1</answer>", "", "unclosed_code_block"),
    ],
)
def test_each_flaw_of_the_form_is_named(text: str, prefix: str, defects: str) -> None:
    assert " ".join(parse(text, prefix).defects) == defects


def test_the_tags_of_an_instruction_in_the_prefix_are_no_defects() -> None:
    prefix = "Write <think>..</think> <answer>..</answer>. Begin: <think>"
    assert parse("a</think><answer>1</answer>", prefix).defects == ()


@pytest.mark.parametrize(
    ("text", "boxes"),
    [
        (r"\boxed{5}", ["5"]),
        (r"\fbox{5}", ["5"]),
        (r"\boxed {5}", ["5"]),
        (r"\boxed{\frac{1}{2}}", [r"\frac{1}{2}"]),
        (r"\boxed{\{1, 2\}}", [r"\{1, 2\}"]),
        (r"\boxed{\}}", [r"\}"]),
        (r"\boxed{a \\{b}}", [r"a \\{b}"]),
        (r"\boxed{}", [""]),
        (r"\boxed 5", ["5"]),
        (r"\boxed5", ["5"]),
        (r"so $\boxed 42.", ["42"]),
        (r"in \boxed notation", []),
        (r"\boxedness{5}", []),
        (r"\\boxed{5}", ["5"]),
        (r"x \\\boxed{5}", ["5"]),
        (r"\boxed{5", []),
        (r"\boxed{ \boxed{5}", ["5"]),
        (r"\boxed{\boxed{ 5 }}", [" 5 "]),
        (r"\boxed{x = \boxed{5}}", [r"x = \boxed{5}"]),
        (r"{ \boxed{5}", ["5"]),
        (r"} \boxed{5}", ["5"]),
        ("\\boxed{5\n\n}", ["5\n\n"]),
        ("\\boxed{ left open\n\nso \\boxed{7} in {x}}", ["7"]),
        (r"<think>\boxed{</think>\boxed{7} }", ["7"]),
        (r"<answer>\boxed{</answer>\boxed{7} }", ["7"]),
    ],
)
def test_boxes_are_found_with_their_braces_balanced(text: str, boxes: list[str]) -> None:
    assert box_texts(parse(text)) == boxes


def test_a_box_knows_where_its_command_stands() -> None:
    box = parse(r"so \boxed{5}.").boxes[0]
    assert (box.outer_start, box.outer_end) == (3, 12)


def test_a_box_knows_whether_the_thinking_has_ended() -> None:
    completion = parse(r"<think>\boxed{1}</think>\boxed{2}")
    assert [box.visible for box in completion.boxes] == [False, True]


def test_an_unclosed_box_is_a_defect() -> None:
    assert Defect.UNCLOSED_BOX in parse(r"\boxed{5").defects


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("```python\nx\n```", [("python", "x\n", True)]),
        ("```Python title=a\nx\n```\n", [("python", "x\n", True)]),
        ("~~~\nx\n~~~", [("", "x\n", True)]),
        ("```\r\nx\r\n```\r\n", [("", "x\r\n", True)]),
        ("````\n```\n````", [("", "```\n", True)]),
        ("```\n~~~\n```", [("", "~~~\n", True)]),
        ("```\n```python\n```", [("", "```python\n", True)]),
        ("  ```c\n  x\n  ```", [("c", "  x\n", True)]),
        ("```py\ns = '''\n        ```\n'''\n```", [("py", "s = '''\n        ```\n'''\n", True)]),
        ("```x = 1```", []),
        ("``\nx\n``", []),
        ("```py\nx", [("py", "x", False)]),
        ("```py", [("py", "", False)]),
        ("```\na\n```\n```\nb\n```", [("", "a\n", True), ("", "b\n", True)]),
        ("<answer>```py\nx\n```</answer>", [("py", "x\n", True)]),
        ("<think>```py\na</think>```c\nb\n```", [("py", "a", False), ("c", "b\n", True)]),
    ],
)
def test_fenced_code_is_found(text: str, blocks: list[tuple[str, str, bool]]) -> None:
    assert [(b.language, b.text, b.closed) for b in parse(text).code_blocks] == blocks


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_parsed(text: str) -> None:
    assert parse(text, PREFILL).text is text


@given(COMPLETIONS, COMPLETIONS)
def test_every_part_is_what_its_span_says(text: str, prefix: str) -> None:
    completion = parse(text, prefix)
    parts = [*completion.answers, *completion.boxes, *completion.code_blocks]
    thinking = [completion.thinking] if completion.thinking else []
    assert all(text[part.start : part.end] == part.text for part in [*parts, *thinking])


@given(COMPLETIONS, COMPLETIONS)
def test_every_part_lies_between_its_delimiters(text: str, prefix: str) -> None:
    completion = parse(text, prefix)
    parts = [*completion.answers, *completion.boxes, *completion.code_blocks]
    for part in parts:
        assert 0 <= part.outer_start <= part.start <= part.end <= part.outer_end <= len(text)


@given(COMPLETIONS, COMPLETIONS)
def test_parts_of_one_kind_come_in_order_and_do_not_overlap(text: str, prefix: str) -> None:
    completion = parse(text, prefix)
    for parts in (completion.answers, completion.boxes, completion.code_blocks):
        for before, after in pairwise(parts):
            assert before.outer_end <= after.outer_start


@given(COMPLETIONS, COMPLETIONS)
def test_a_part_is_visible_only_after_the_thinking(text: str, prefix: str) -> None:
    completion = parse(text, prefix)
    for part in [*completion.answers, *completion.boxes, *completion.code_blocks]:
        assert part.visible is (part.outer_start >= completion.visible_start)


@given(COMPLETIONS, st.text(max_size=3), st.text(max_size=3))
def test_any_tags_are_accepted(text: str, first: str, second: str) -> None:
    assert parse(text, "", Tags(first, second, second, first)).text == text
