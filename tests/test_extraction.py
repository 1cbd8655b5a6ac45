"""The final answer is found where the rules say, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import COMPLETIONS, HOSTILE
from verifier.completion import parse
from verifier.extraction import Extraction, ExtractionRules, Source, extract

SOURCES: tuple[Source, ...] = (
    *("boxed", "answer_tag", "final_answer", "hashes", "last_line", "whole"),
)


def found(text: str, *sources: Source, after_thinking: bool = True) -> Extraction | None:
    rules = ExtractionRules(after_thinking=after_thinking)
    if sources:
        rules = ExtractionRules(after_thinking=after_thinking, sources=sources)
    return extract(parse(text), rules)


def answer(text: str, *sources: Source, after_thinking: bool = True) -> str | None:
    extraction = found(text, *sources, after_thinking=after_thinking)
    return extraction.text if extraction else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\boxed{ 5 }", "5"),
        (r"\boxed{1} then \boxed{2}", "2"),
        (r"$\boxed{1}$ and $\boxed{2}$", "1, 2"),
        (r"\boxed{1}, \boxed{2}, or \boxed{3}.", "1, 2, 3"),
        (r"\boxed{1}\text{ or }\boxed{2}", "1, 2"),
        (r"**\boxed{1}**, **\boxed{2}**", "1, 2"),
        (r"\boxed{5} or \boxed{5}", "5"),
        (r"\boxed{1} \boxed{2}", "2"),
        ("\\boxed{1},\n\\boxed{2}", "2"),
        (r"first \boxed{0}. Then \boxed{1} and \boxed{2}", "1, 2"),
        (r"\boxed{1} and \boxed{}", None),
        (r"\boxed{1} \boxed{ }", None),
        (r"no box", None),
        (r"<think>\boxed{1}</think> five", None),
    ],
)
def test_the_last_box_or_one_line_of_boxes_is_the_answer(text: str, expected: str | None) -> None:
    assert answer(text, "boxed") == expected


def test_an_empty_box_does_not_fall_through_to_the_next_source() -> None:
    assert answer(r"\boxed{} <answer>5</answer>") is None


def test_a_missing_box_falls_through_to_the_next_source() -> None:
    assert answer("<answer>5</answer>") == "5"


def test_the_first_source_that_is_there_decides() -> None:
    assert answer(r"\boxed{1} <answer>2</answer>", "answer_tag", "boxed") == "2"


def test_a_box_in_the_thinking_counts_where_the_rules_allow_it() -> None:
    assert answer(r"<think>\boxed{1}</think> five", "boxed", after_thinking=False) == "1"


def test_nothing_is_found_in_thinking_that_never_ends() -> None:
    assert answer(r"<think>\boxed{1} <answer>1</answer> the answer is 1") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<answer> 5 </answer>", "5"),
        ("<answer>1</answer><answer>2</answer>", "2"),
        (r"<answer>so \boxed{5}.</answer>", "5"),
        (r"\boxed{1} <answer>2</answer>", "2"),
        (r"<answer>\boxed{}</answer>", None),
        ("<answer></answer>", None),
        ("<answer>5", None),
        ("<think><answer>1</answer></think>", None),
    ],
)
def test_the_last_complete_answer_tag_is_the_answer(text: str, expected: str | None) -> None:
    assert answer(text, "answer_tag") == expected


def test_an_answer_that_a_box_in_the_tag_gave_is_called_boxed() -> None:
    extraction = found(r"<answer>\boxed{5}</answer>", "answer_tag")
    assert extraction is not None
    assert extraction.source == "boxed"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The final answer is 42.", "42"),
        ("the answer is: $5$.", "$5$"),
        ("Answer: 3.5", "3.5"),
        ("**Answer:** 7", "7"),
        ("**Answer**: 7", "7"),
        ("**Answer: 7**", "7"),
        ("The answer is **B**.", "B"),
        ("The answers are 1 and 2", "1 and 2"),
        ("**Final Answer:**\n\n7\n", "7"),
        ("Answer: 1\nAnswer: 2\nDone", "2"),
        ("\u6700\u7ec8\u7b54\u6848\u662f\uff1a42\u3002", "42"),
        ("\u7b54\u6848\uff1a7", "7"),
        ("\u7b54\u6848\u4e3a 8", "8"),
        ("<answer>the answer is 5</answer>", "5"),
        ("answer is", None),
        ("I have no idea", None),
        ("<think>the answer is 5</think>", None),
    ],
)
def test_the_last_phrase_gives_the_rest_of_its_line(text: str, expected: str | None) -> None:
    assert answer(text, "final_answer") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("so\n#### 72", "72"),
        ("#### 1\n#### 1,234 \nend", "1,234"),
        ("72 #### 72", "72"),
        ("##### 72", None),
        ("####\n72", None),
    ],
)
def test_the_last_line_after_four_hashes_is_the_answer(text: str, expected: str | None) -> None:
    assert answer(text, "hashes") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\n b \n\n", "b"), ("a", "a"), ("<think>x</think>y", "y"), (" \n", None), ("", None)],
)
def test_the_last_line_that_is_not_blank_is_the_answer(text: str, expected: str | None) -> None:
    assert answer(text, "last_line") == expected


@pytest.mark.parametrize(
    ("text", "expected"), [(" a\nb ", "a\nb"), ("<think>x</think> y", "y"), (" ", None)]
)
def test_everything_after_the_thinking_is_the_answer(text: str, expected: str | None) -> None:
    assert answer(text, "whole") == expected


def test_evidence_shows_the_beginning_of_a_long_answer() -> None:
    extraction = found("x" * 1000, "whole")
    assert extraction is not None
    assert extraction.evidence == {"answer": "x" * 200, "span": [0, 1000], "source": "whole"}


def test_evidence_can_be_encoded_even_with_lone_surrogates() -> None:
    extraction = found("\ud800", "whole")
    assert extraction is not None
    assert extraction.evidence["answer"] == "\\ud800"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_every_source_reads_hostile_text(text: str) -> None:
    completion = parse(text)
    for source in SOURCES:
        extraction = extract(completion, ExtractionRules(sources=(source,)))
        assert extraction is None or extraction.text


@pytest.mark.parametrize(
    "piece", ["answer ", "answer is ", "Answer:\n", "#### ", "#", "*", "**Answer"]
)
def test_a_phrase_repeated_without_end_is_read(piece: str) -> None:
    extraction = found(piece * 30_000, "final_answer", "hashes")
    assert extraction is None or extraction.text


@given(COMPLETIONS, COMPLETIONS, st.sampled_from(SOURCES), st.booleans())
def test_the_answer_stands_where_its_span_says(
    text: str,
    prefix: str,
    source: Source,
    after_thinking: bool,  # noqa: FBT001 - drawn
) -> None:
    completion = parse(text, prefix)
    rules = ExtractionRules(after_thinking=after_thinking, sources=(source,))
    extraction = extract(completion, rules)
    if extraction is not None and "," not in extraction.text:
        assert text[extraction.start : extraction.end].strip().startswith(extraction.text[:1])
        assert extraction.text in text[extraction.start : extraction.end]


@given(COMPLETIONS, st.sampled_from(SOURCES))
def test_the_answer_stands_after_the_thinking(text: str, source: Source) -> None:
    completion = parse(text)
    extraction = extract(completion, ExtractionRules(sources=(source,)))
    assert extraction is None or extraction.start >= completion.visible_start
