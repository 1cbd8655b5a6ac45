"""The truth table of the format modes, with the cases that other format rewards get wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from verifier.checks.base import Judgement, Subject, Tools
from verifier.checks.think_format import CHECK, Params
from verifier.completion import parse
from verifier.extraction import ExtractionRules
from verifier.model import Outcome

if TYPE_CHECKING:
    from pydantic import JsonValue

TOOLS = cast("Tools", None)
PREFILL = "<think>\n"

# text, prefix, and the scores of strict, soft and tag_count
TRUTH = {
    "one line": ("<think>a</think><answer>1</answer>", "", 1, 1, 1),
    "own lines": ("<think>\na\n</think>\n<answer>\n1\n</answer>", "", 1, 1, 1),
    "CRLF": ("<think>\r\na\r\n</think>\r\n<answer>\r\n1\r\n</answer>", "", 1, 1, 1),
    "trailing newline": ("<think>a</think><answer>1</answer>\n", "", 1, 1, 1),
    "leading newline": ("\n<think>a</think><answer>1</answer>", "", 1, 1, 1),
    "prefilled": ("a\n</think>\n<answer>1</answer>", PREFILL, 1, 1, 1),
    "prefilled, prefix not told": ("a</think><answer>1</answer>", "", 0, 0, 0.75),
    "prefilled and written again": ("<think>a</think><answer>1</answer>", PREFILL, 0, 0, 0.75),
    "junk after": ("<think>a</think><answer>1</answer> junk", "", 0, 1, 1),
    "junk on the next line": ("<think>a</think><answer>1</answer>\njunk", "", 0, 1, 1),
    "junk between": ("<think>a</think> so <answer>1</answer>", "", 0, 1, 1),
    "junk before": ("Hi <think>a</think><answer>1</answer>", "", 0, 1, 1),
    "nested think": ("<think>a<think>b</think><answer>1</answer>", "", 0, 0, 0.75),
    "two thoughts": ("<think>a</think><think>b</think><answer>1</answer>", "", 0, 0, 0.5),
    "closed twice": ("<think>a</think></think><answer>1</answer>", "", 0, 0, 0.75),
    "empty think": ("<think></think><answer>1</answer>", "", 0, 0, 1),
    "blank think": ("<think>\n \n</think><answer>1</answer>", "", 0, 0, 1),
    "no thinking mode": ("<answer>1</answer>", "<think>\n\n</think>\n", 0, 0, 1),
    "all reversed": ("</answer>1<answer></think>a<think>", "", 0, 0, 0.25),
    "think reversed": ("</think>a<think><answer>1</answer>", "", 0, 0, 0.75),
    "answer first": ("<answer>1</answer><think>a</think>", "", 0, 0, 0.5),
    "answer reversed": ("<think>a</think></answer>1<answer>", "", 0, 0, 0.75),
    "think never closed": ("<think>a<answer>1</answer>", "", 0, 0, 0.75),
    "answer never closed": ("<think>a</think><answer>1", "", 0, 0, 0.75),
    "answer inside the thinking": ("<think><answer>1</answer></think>1", "", 0, 1, 0.5),
    "answer tag named in the thinking": (
        "<think>use <answer></think><answer>1</answer>",
        "",
        0,
        1,
        0.75,
    ),
    "two answers": ("<think>a</think><answer>1</answer><answer>2</answer>", "", 0, 0, 0.5),
    "empty answer": ("<think>a</think><answer></answer>", "", 0, 0, 1),
    "no answer tag": ("<think>a</think>1", "", 0, 1, 0.5),
    "nothing after the thinking": ("<think>a</think>\n", "", 0, 0, 0.5),
    "no thinking": ("<answer>1</answer>", "", 0, 0, 0.5),
    "no tags": ("1", "", 0, 0, 0),
    "nothing": ("", "", 0, 0, 0),
    "nothing after the prefill": ("", PREFILL, 0, 0, 0.25),
    "other case": ("<THINK>a</THINK><answer>1</answer>", "", 0, 0, 0.5),
}
MODES = ("strict", "soft", "tag_count")
TABLE = [
    pytest.param(text, prefix, mode, score, id=f"{name}, {mode}")
    for name, (text, prefix, *scores) in TRUTH.items()
    for mode, score in zip(MODES, scores, strict=True)
]


def judged(text: str, prefix: str = "", **params: JsonValue) -> Judgement:
    subject = Subject(parse(text, prefix), None, ExtractionRules())
    return CHECK.judge(subject, Params.model_validate(params), TOOLS)


@pytest.mark.parametrize(("text", "prefix", "mode", "score"), TABLE)
def test_the_form_scores_as_the_truth_table_says(
    text: str, prefix: str, mode: str, score: float
) -> None:
    assert judged(text, prefix, mode=mode).score == score


def test_a_wrong_form_is_malformed_and_says_why() -> None:
    found = judged("<think>a</think><answer>1</answer> junk")
    assert (found.outcome, found.evidence["defects"]) == (
        Outcome.MALFORMED,
        ["junk_after_answer"],
    )


def test_some_of_the_tags_are_a_partial_form() -> None:
    assert judged("<think>a</think>1", mode="tag_count").outcome is Outcome.PARTIAL


def test_none_of_the_tags_is_a_wrong_form() -> None:
    assert judged("1", mode="tag_count").outcome is Outcome.MALFORMED


def test_the_tags_that_count_are_named() -> None:
    counted = judged("<think>a</think>1", mode="tag_count").evidence["counted"]
    assert counted == ["think_open", "think_close"]


@pytest.mark.parametrize(
    ("mode", "text", "params", "score"),
    [
        ("strict", "<think>a</think>1", {"require_answer_tag": False}, 1),
        ("strict", "Hi <think>a</think>1", {"require_answer_tag": False}, 0),
        ("tag_count", "<think>a</think>1", {"require_answer_tag": False}, 1),
        ("tag_count", "<think>a", {"require_answer_tag": False}, 0.5),
        ("soft", "<think>a</think>1", {"require_answer_tag": True}, 0),
        ("soft", "<think>a</think>so <answer>1</answer>.", {"require_answer_tag": True}, 1),
    ],
)
def test_every_mode_can_do_with_or_without_the_answer_tag(
    mode: str, text: str, params: dict[str, JsonValue], score: float
) -> None:
    assert judged(text, "", mode=mode, **params).score == score


def test_an_unclosed_box_is_no_matter_of_the_tags() -> None:
    assert judged(r"<think>a</think><answer>\boxed{1</answer>").score == 1


TAGS: dict[str, JsonValue] = {
    "think_open": "[T]",
    "think_close": "[/T]",
    "answer_open": "[A]",
    "answer_close": "[/A]",
}


@pytest.mark.parametrize(
    ("text", "score"),
    [("[T]<think>[/T][A]1[/A]", 1), ("<think>a</think><answer>1</answer>", 0)],
)
def test_tags_of_ones_own_replace_the_usual_ones(text: str, score: float) -> None:
    assert judged(text, "", **TAGS).score == score


@pytest.mark.parametrize(
    "params",
    [
        {"think_open": ""},
        {"think_open": "<answer>"},
        {"think_open": "think>"},
        {"think_open": "x" * 65},
        {"mode": "exact"},
        {"tags": "x"},
    ],
)
def test_senseless_parameters_are_refused(params: dict[str, JsonValue]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Params.model_validate(params)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("piece", ["<think>", "</answer>", "<think></think>", "{", "\ud800", "\0"])
def test_hostile_text_has_no_full_score(piece: str, mode: str) -> None:
    assert judged(piece * 100_000, mode=mode).score != 1
