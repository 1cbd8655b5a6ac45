"""A label is read as the URL says, and never otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from verifier.api.labels import Format, read_label, standing_prefix
from verifier.errors import InvalidReference
from verifier.model import Reference

if TYPE_CHECKING:
    from pydantic import JsonValue

TYPED: JsonValue = {"value": "50", "type": "percent"}
TESTS: JsonValue = {"inputs": ["1"], "outputs": ["2"]}


@pytest.mark.parametrize(
    ("label", "written", "reference"),
    [
        ("42", "answer", Reference(value="42")),
        (42, "answer", Reference(value="42")),
        (0.5, "answer", Reference(value="0.5")),
        ('{"value": "42"}', "answer", Reference(value='{"value": "42"}')),
        ("[1, 2]", "answer", Reference(value="[1, 2]")),
        (TYPED, "answer", Reference(value="50", type="percent")),
        ({"tests": TESTS}, "answer", Reference(tests=TESTS)),
        ('{"value": "50", "type": "percent"}', "json", Reference(value="50", type="percent")),
        ('"42"', "json", Reference(value="42")),
        ("42", "json", Reference(value="42")),
        (TYPED, "json", Reference(value="50", type="percent")),
        (TESTS, "tests", Reference(tests=TESTS)),
        ('["assert f()"]', "tests", Reference(tests='["assert f()"]')),
        (["assert f()"], "tests", Reference(tests=["assert f()"])),
        (None, "answer", None),
        (None, "tests", None),
        ("null", "json", None),
    ],
)
def test_a_label_is_read_as_it_is_said_to_be(
    label: JsonValue, written: Format, reference: Reference | None
) -> None:
    assert read_label(label, written) == reference


@pytest.mark.parametrize(
    ("label", "written"),
    [
        (True, "answer"),
        ([1, 2], "answer"),
        ({"answer": "42"}, "answer"),
        ({}, "answer"),
        ({"value": "1", "tests": []}, "answer"),
        ("[1, 2]", "json"),
        ("{", "json"),
        ("x = 1", "json"),
        ("[" * 100_000, "json"),
        ('{"value": 1}', "json"),
    ],
    ids=lambda one: str(one)[:20],
)
def test_a_label_that_is_something_else_is_the_callers_fault(
    label: JsonValue, written: Format
) -> None:
    with pytest.raises(InvalidReference):
        read_label(label, written)


@pytest.mark.parametrize(
    ("prompt", "prefix"),
    [
        ("<|assistant|>\n<think>\n", "<think>\n"),
        ("Think in <think> tags.<|assistant|>", ""),
        ("In <think> tags.<|assistant|><think>", "<think>"),
        ("", ""),
    ],
)
def test_a_completion_continues_an_opening_tag_at_the_prompts_end(prompt: str, prefix: str) -> None:
    assert standing_prefix(prompt) == prefix
