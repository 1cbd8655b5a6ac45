"""The final answer is found where the rules say, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import COMPLETIONS, HOSTILE
from verifier.completion import parse
from verifier.extraction import Conflicting, Extraction, ExtractionRules, Source, extract

SOURCES: tuple[Source, ...] = (
    *("boxed", "answer_tag", "final_answer", "hashes", "conclusion", "last_line", "whole"),
)


def found(
    text: str,
    *sources: Source,
    after_thinking: bool = True,
    conflicting: Conflicting = "unless_offered",
) -> Extraction | None:
    rules = ExtractionRules(after_thinking=after_thinking, conflicting=conflicting)
    if sources:
        rules = rules.model_copy(update={"sources": sources})
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
        ("\\boxed{1},\n\\boxed{2}", "1, 2"),
        (r"first \boxed{0}. Then \boxed{1} and \boxed{2}", "1, 2"),
        (r"\boxed{1} and \boxed{}", None),
        (r"\boxed{1} \boxed{ }", None),
        (r"no box", None),
        (r"<think>\boxed{1}</think> five", None),
    ],
)
def test_the_last_box_or_one_line_of_boxes_is_the_answer(text: str, expected: str | None) -> None:
    assert answer(text, "boxed") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"x=\boxed{1}, y=\boxed{2}", "x=1, y=2"),
        ("$x = \\boxed{1}$ and $y=\\boxed{2}$.", "x=1, y=2"),
        ("$x = \\boxed{1}$\n$y=\\boxed{2}$.", "x=1, y=2"),
        (r"x_{1}=\boxed{1},\quad x_{2}=\boxed{2}", "1, 2"),
        (r"\theta = \boxed{1}, r = \boxed{2}", r"\theta=1, r=2"),
        (r"P(A)=\boxed{1}, P(B)=\boxed{2}", "P(A)=1, P(B)=2"),
        (r"x=\boxed{x=1}, y=\boxed{2}", "x=1, y=2"),
        (r"x=\boxed{1} or x=\boxed{2}", "1, 2"),
        (r"x=\boxed{1} or \boxed{2}", "1, 2"),
        ("1. \\boxed{1}\n2. \\boxed{2}", "1, 2"),
        ("(a) \\boxed{1}\n(b) \\boxed{2}", "1, 2"),
        ("x=\\boxed{2+3}\nx=\\boxed{5}", "5"),
        ("\\boxed{2x=4}\n\\boxed{x=2}", "x=2"),
        (r"the sum is \boxed{5}, so the total is \boxed{6}", "6"),
        (r"x=\boxed{2}, so y=\boxed{6}", "6"),
    ],
)
def test_boxes_that_are_parts_of_one_answer_are_joined(text: str, expected: str) -> None:
    assert answer(text, "boxed") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\boxed{\boxed{5}}", "5"),
        (r"\fbox{5}", "5"),
        (r"\boxed 5", "5"),
        ("\\boxed{\n5\n}", "5"),
        ("\\boxed\n{5}", "5"),
        ("\\boxed{\u200f5\u202c}", "5"),
        ("```\n\\boxed{5}\n```", "5"),
        ("```latex\n\\boxed{5}\n```", "5"),
        ("`\\boxed{5}`", "5"),
    ],
)
def test_a_box_may_be_written_in_many_ways(text: str, expected: str) -> None:
    assert answer(text, "boxed") == expected


@pytest.mark.parametrize(
    "text",
    [
        r"The answer is \boxed{5",
        r"\boxed{5} and so \boxed{6",
        r"\boxed{5<|im_end|>}",
        r"\boxed{}",
        r"\boxed{answer}",
        r"\boxed{\text{your answer}}",
        r"\boxed{\text{Final Answer}}",
        r"\boxed{[your answer here]}",
        r"\boxed{...}",
        r"\boxed{\ldots}",
        r"\boxed{\square}",
        r"\boxed{\phantom{00}}",
        "\\boxed{\u200b}",
        "\\boxed{\u7b54\u6848}",
        "```python\nprint('\\boxed{5}')\n```",
        r"<|im_end|>\boxed{5}",
    ],
)
def test_a_box_that_is_not_finished_or_not_filled_in_is_no_answer(text: str) -> None:
    assert answer(text) is None


@pytest.mark.parametrize(
    "text",
    [
        r"I put it in \boxed{}. The answer is 5.",
        r'Write "\boxed{}". The answer is 5.',
        r"The form is `\boxed{answer}`. The answer is 5.",
        r"\boxed{5}, inside \boxed{} as asked",
        r"\boxed{5}, so 5 = \boxed{\phantom{2}}",
        "```python\nprint('\\boxed{4}')\n```\nThe answer is 5.",
        "The answer is 5.\n```python\nprint('The answer is', 4)\n```",
    ],
)
def test_a_box_that_is_only_spoken_of_is_passed_over(text: str) -> None:
    assert answer(text) == "5"


@pytest.mark.parametrize(
    "token", ["<|im_end|>", "<|eot_id|>", "</s>", "<|endoftext|>", "<end_of_turn>"]
)
@pytest.mark.parametrize("text", [r"\boxed{5}", "The answer is 5", "#### 5", "<answer>5</answer>"])
def test_the_completion_ends_at_a_special_token(text: str, token: str) -> None:
    assert answer(f"{text}{token}\nThe answer is \\boxed{{6}}.") == "5"


def test_a_special_token_in_the_thinking_ends_nothing() -> None:
    assert answer(r"<think></s></think>\boxed{5}") == "5"


def test_the_special_tokens_are_the_specs() -> None:
    rules = ExtractionRules(end_tokens=("STOP", ""))
    extraction = extract(parse(r"\boxed{5}</s>\boxed{6} STOP \boxed{7}"), rules)
    assert extraction is not None
    assert extraction.text == "6"


OFFERED = [
    (r"\boxed{5} (or \boxed{6})", ("5", "6")),
    (r"\boxed{5}, or maybe \boxed{6}", ("5", "6")),
    (r"\boxed{5}$. Alternatively, the answer is $\boxed{6}$.", ("5", "6")),
    (r"\boxed{5}. It could also be \boxed{6}.", ("5", "6")),
    (r"\boxed{4} or possibly \boxed{5} or possibly \boxed{6}", ("4", "5", "6")),
    (r"\boxed{6} (or maybe 5)", ("5", "6")),
    (r"\boxed{6}, but it could also be $5$.", ("5", "6")),
    (r"\boxed{5\text{ (or maybe 6)}}", ("5", "6")),
    (r"\boxed{5 or possibly 6}", ("5", "6")),
    ("<answer>5</answer><answer>6</answer>", ("5", "6")),
    ("<answer>5, perhaps 6</answer>", ("5", "6")),
    ("Answer: 5\nAnswer: 6", ("5", "6")),
    ("The answer is 5. Or maybe the answer is 6.", ("5", "6")),
    ("#### 6 (maybe 5)", ("6", "5")),
]


@pytest.mark.parametrize(("text", "pieces"), OFFERED, ids=[text for text, _ in OFFERED])
def test_answers_to_choose_from_are_offered(text: str, pieces: tuple[str, ...]) -> None:
    extraction = found(text)
    assert extraction is not None
    assert (extraction.offered, extraction.pieces) == (True, pieces)


@pytest.mark.parametrize(
    "text",
    [
        r"\boxed{5}. Wait, I made a mistake. The answer is \boxed{6}.",
        r"\boxed{5}, or rather \boxed{6}",
        r"\boxed{5}. Hmm, maybe I made an error: \boxed{6}.",
        r"First \boxed{5}. Alternatively, we can count them. That gives \boxed{6}.",
        r"\boxed{6}, which may be checked.",
        r"\boxed{6} or so.",
        r"\boxed{6}, perhaps surprisingly.",
        "Answer: 5. No wait. Answer: 6",
        "<answer>5</answer> No. <answer>6</answer>",
    ],
)
def test_a_model_may_correct_itself(text: str) -> None:
    extraction = found(text)
    assert extraction is not None
    assert (extraction.text, extraction.offered) == ("6", False)


@pytest.mark.parametrize(("text", "pieces"), OFFERED[:5], ids=[text for text, _ in OFFERED[:5]])
def test_the_last_counts_whatever_is_offered_where_the_spec_says_so(
    text: str, pieces: tuple[str, ...]
) -> None:
    extraction = found(text, conflicting="last")
    assert extraction is not None
    assert (extraction.text, extraction.offered) == (pieces[-1], False)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (r"\boxed{5} and then \boxed{6}", ("5", "6")),
        (r"\boxed{5} and then \boxed{5}", ()),
        (r"\boxed{1}, \boxed{2}. So \boxed{1, 2}.", ("1", "2", "1, 2")),
        (r"\boxed{1, 2}. So \boxed{1}, \boxed{2}.", ("1", "2")),
        (r"\boxed{4}. No: \boxed{5} or maybe \boxed{6}", ("4", "5", "6")),
        ("<answer>5</answer> No. <answer>6</answer>", ("5", "6")),
        ("Answer: 5. No wait. Answer: 6", ("5", "6")),
    ],
)
def test_all_answers_have_to_be_the_same_where_the_spec_says_so(
    text: str, pieces: tuple[str, ...]
) -> None:
    extraction = found(text, conflicting="same")
    assert extraction is not None
    assert extraction.pieces == pieces


def test_what_is_offered_is_told_in_the_evidence() -> None:
    extraction = found(r"\boxed{5}, or maybe \boxed{6}")
    assert extraction is not None
    assert extraction.evidence["offered"] == ["5", "6"]


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
        ("<answer>your answer here</answer>", None),
        ("<answer>...</answer>", None),
        ("<answer>The final answer is 5.</answer>", "5"),
        ("<answer>The result is 20 - 5 = 15.</answer>", "20 - 5 = 15"),
        ("<answer>Answer: $5$</answer>", "$5$"),
        ("<answer>so\n#### 5</answer>", "5"),
        ("<answer>5</answer><|im_end|>", "5"),
        ("<answer>1</answer> and <answer>2</answer>", "1, 2"),
        (r"<answer>so \boxed{5</answer>", None),
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
        ("The final answer is $5$. I hope it is correct.", "$5$"),
        ("The answer is $5. I hope it is correct.", "$5"),
        ("The answer is B. I hope it is correct.", "B"),
        ("The answer is B. Paris", "B. Paris"),
        ("The answer is 4:30 p.m. I hope it is correct.", "4:30 p.m"),
        ("The answer is 5 sq. ft. in all", "5 sq. ft. in all"),
        ("The answer is 5, since 2+3=5.", "5"),
        ("The answer is 5 because it is.", "5"),
        ("The answer to the problem is 5.", "5"),
        ("The answer would be 5", "5"),
        ("The answer is therefore 5", "5"),
        ("The answer is:\n\\[\n5\n\\]\nas shown", "\\[\n5\n\\]"),
        ("### Final Answer\n5 apples", "5 apples"),
        ("The answer is 5. So the answer is correct.", "5"),
        ("The answer is correct.", "correct"),
        ("The answer is 36/2 = <<36/2=18>>18 eggs.", "18 eggs"),
        ("\u7b54\u6848\u662f5\u4e2a\u3002", "5"),
        ("\u7b54\uff1a\u5c0f\u660e\u6709 5 \u4e2a\u82f9\u679c\u3002", "5"),
        ("\u6545\u9009\uff1aB\uff0e", "B"),
        ("\u6545\u7b54\u6848\u4e3a$5$\u3002", "$5$"),
        ("\u6240\u4ee5\u9762\u79ef\u4e3a25\u5e73\u65b9\u5398\u7c73\u3002", "25"),
        ("\u56e0\u6b64\uff0c$x=5$\u3002", "$x=5$"),
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
        ("#### 72 apples", "72 apples"),
        ("#### 72. That is all.", "72"),
        ("##### 72", None),
        ("####\n72", None),
    ],
)
def test_the_last_line_after_four_hashes_is_the_answer(text: str, expected: str | None) -> None:
    assert answer(text, "hashes") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Therefore, x = 5.", "x = 5"),
        ("So 2 + 3 = 5. Hence $x=5$.", "$x=5$"),
        ("In conclusion, the area is 25 square units.", "25 square units"),
        ("\u6240\u4ee5x=5\u3002", "x=5"),
        ("x = 5", None),
        ("Sore 5", None),
        ("Therefore", None),
    ],
)
def test_the_last_conclusion_gives_what_it_ends_with(text: str, expected: str | None) -> None:
    assert answer(text, "conclusion") == expected


def test_a_conclusion_is_no_answer_unless_the_spec_says_so() -> None:
    assert answer("Therefore, x = 5.") is None


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
    "piece",
    [
        *("answer ", "answer is ", "Answer:\n", "#### ", "#", "*", "**Answer", "answer is $"),
        *(
            "the answer to ",
            "answer is \\[",
            "answer is \\( $$",
            "So ",
            "So.\n",
            "\u6240\u4ee5\u4e3a",
        ),
        *("\n\u7b54\uff1a5", "<<1=2>>3", "Answer: 5, because ", "p.m. I", ". A", "or maybe "),
    ],
)
def test_a_phrase_repeated_without_end_is_read(piece: str) -> None:
    extraction = found(piece * 30_000, "final_answer", "hashes", "conclusion")
    assert extraction is None or extraction.text


@pytest.mark.parametrize("between", ["", ", ", " and ", ", x=", ", or maybe ", " (or ", "\n1. "])
@pytest.mark.parametrize("conflicting", ["last", "unless_offered", "same"])
def test_ten_thousand_boxes_are_read(between: str, conflicting: Conflicting) -> None:
    text = between.join(rf"\boxed{{{number}}}" for number in range(10_000))
    extraction = found(text, conflicting=conflicting)
    assert extraction is not None
    assert extraction.text.endswith("9999")


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


LAST_MATH = ExtractionRules(sources=("final_answer", "last_math"))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"Therefore $x \geq 5$ is the solution.", r"x \geq 5"),
        (r"First $2$, then \(3\).", "3"),
        (r"So \[ 9 \]", " 9 "),
        ("There are 12 apples and 3 pears.", "3"),
        ("Final Answer: The volume of $ABC$ is 120.", "120"),
        ("Final Answer: AB is 5 or it is 6", "AB is 5 or it is 6"),
    ],
)
def test_running_text_is_looked_through_where_the_spec_says_so(text: str, answer: str) -> None:
    found = extract(parse(text), LAST_MATH)
    assert found is not None
    assert found.text.strip() == answer.strip()
