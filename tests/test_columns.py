"""References and completions as data sets and trainers hold them."""

from __future__ import annotations

import pytest

from verifier.columns import UnusableReference, reference_of, text_of
from verifier.errors import CallerError
from verifier.model import Reference


@pytest.mark.parametrize("value", ["4", 4, {"value": "4"}, {"value": 4}, '{"value": "4"}'])
def test_a_reference_is_text_a_number_or_an_object(value: object) -> None:
    assert reference_of(value) == Reference(value="4")


def test_a_reference_may_hold_tests_as_json_text() -> None:
    assert reference_of('{"tests": ["assert f(1) == 1"]}') == Reference(tests=["assert f(1) == 1"])


def test_keys_that_a_columnar_file_filled_with_null_do_not_count() -> None:
    value = {"value": "B", "tests": None, "type": "choice", "choices": {"A": "1", "B": "2"}}
    assert reference_of(value) == Reference(value="B", type="choice", choices={"A": "1", "B": "2"})


@pytest.mark.parametrize("value", ["{1, 2}", '{"a": 1}', "{}", "{" * 100_000])
def test_an_answer_in_braces_is_an_answer(value: str) -> None:
    assert reference_of(value) == Reference(value=value)


@pytest.mark.parametrize(
    "value", [True, b"4", [4], {}, {"answer": 4}, {"tests": object()}, float("nan"), float("inf")]
)
def test_anything_else_is_no_reference(value: object) -> None:
    with pytest.raises(UnusableReference):
        reference_of(value)


def test_no_reference_is_none() -> None:
    assert reference_of(None) is None


def test_what_the_assistant_says_is_the_completion() -> None:
    messages = [
        {"role": "assistant", "content": "a"},
        {"role": "tool", "content": "b"},
        {"role": "assistant", "content": [{"type": "text", "text": "c"}]},
        {"role": "assistant", "content": None},
    ]
    assert text_of(messages) == "a\nc\n"


def test_a_lone_surrogate_is_read_as_the_service_reads_it() -> None:
    assert text_of("a\ud800b") == "a\ufffdb"


def test_a_completion_of_another_kind_is_the_callers_error() -> None:
    with pytest.raises(CallerError, match="int"):
        text_of(4)
