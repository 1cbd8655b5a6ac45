"""The program in the completion is judged by the reference's tests, and the verdict says how."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sandbox.types import Limits, Unavailable
from sandbox.types import Outcome as Ended
from tests.slots import FakeSlot, FakeSlots, ended, prints, returning
from verifier.checks.base import Judgement, Subject
from verifier.checks.code_execution import CHECK, MAX_EVIDENCE_BYTES, Params
from verifier.code.source import MAX_SOURCE_BYTES
from verifier.completion import parse
from verifier.extraction import ExtractionRules
from verifier.model import Outcome, Reference
from verifier.spec import load_specs

if TYPE_CHECKING:
    from pydantic import JsonValue

STDIO: JsonValue = {"inputs": ["1", "2"], "outputs": ["2", "3"]}
ASSERTS: JsonValue = ["assert f(1) == 2", "assert f(2) == 3"]
TEXT = "So:\n```python\ncode\n```"


def judged(
    text: str, tests: JsonValue, *slots: FakeSlot | Exception, **params: JsonValue
) -> Judgement:
    reference = None if tests is None else Reference(tests=tests)
    subject = Subject(parse(text), reference, ExtractionRules())
    own = Params.model_validate_json(json.dumps(params))
    return CHECK.judge(subject, own, FakeSlots(list(slots)))


def printing() -> FakeSlot:
    return FakeSlot(on_run=lambda case: prints(str(int(case.stdin) + 1)))


def test_a_program_that_passes_is_correct_and_says_how() -> None:
    found = judged(TEXT, STDIO, printing())
    assert found == Judgement(
        Outcome.CORRECT,
        1.0,
        "all 2 cases pass",
        {
            "language": "python",
            "span": [14, 19],
            "method": "stdio",
            "checker": "whitespace",
            "passed": 2,
            "ran": 2,
            "total": 2,
            "cpu_seconds": 1.0,
            "memory_bytes": 0,
            "tamperable": False,
        },
    )


def test_a_program_that_fails_shows_its_first_failure() -> None:
    found = judged(TEXT, STDIO, FakeSlot(on_run=lambda _: prints("2")))
    assert (found.outcome, found.score) == (Outcome.INCORRECT, 0.0)
    assert found.evidence["first_failure"] == {
        "case": 1,
        "outcome": "incorrect",
        "line": 1,
        "expected": "3",
        "got": "2",
    }


def test_tests_may_be_json_text() -> None:
    assert judged(TEXT, json.dumps(STDIO), printing()).score == 1.0


def test_tests_may_be_the_value_of_a_reference_that_has_none() -> None:
    subject = Subject(parse(TEXT), Reference(value=json.dumps(STDIO)), ExtractionRules())
    assert CHECK.judge(subject, Params(), FakeSlots([printing()])).score == 1.0


@pytest.mark.parametrize("value", ["", " ", "42"])
def test_a_reference_without_tests_makes_the_check_abstain(value: str) -> None:
    subject = Subject(parse(TEXT), Reference(value=value), ExtractionRules())
    found = CHECK.judge(subject, Params(), FakeSlots([]))
    missing = Outcome.REFERENCE_INVALID if value.strip() else Outcome.REFERENCE_MISSING
    assert (found.outcome, found.score) == (missing, None)


def test_no_reference_makes_the_check_abstain() -> None:
    assert judged(TEXT, None).outcome is Outcome.REFERENCE_MISSING


@pytest.mark.parametrize("tests", [[], {"kind": "stdio"}, "no json", 5, {"a": 1}])
def test_tests_that_cannot_be_used_make_the_check_abstain(tests: JsonValue) -> None:
    found = judged("no code at all", tests)
    assert (found.outcome, found.score) == (Outcome.REFERENCE_INVALID, None)


@pytest.mark.parametrize(
    "text", ["42", "```cpp\na\n```", "```python\na", "<think>```python\na\n```"]
)
def test_a_completion_without_a_program_scores_zero(text: str) -> None:
    found = judged(text, STDIO)
    assert (found.outcome, found.score) == (Outcome.NO_CODE, 0.0)


def test_a_program_that_is_too_long_scores_zero_unrun() -> None:
    text = f"```python\n{'x' * MAX_SOURCE_BYTES}\n```"
    found = judged(text, STDIO)
    assert (found.outcome, found.score) == (Outcome.TOO_COMPLEX, 0.0)


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"language": "cpp"}, "```c++\na\n```"),
        ({"language": "C++"}, "```cpp\na\n```"),
        ({"language": "auto"}, "```cpp\na\n```"),
        ({"source": "whole"}, "a"),
        ({"source": "answer"}, "<answer>a</answer>"),
        ({"allow_unclosed": True}, "```python\na"),
    ],
)
def test_the_params_say_where_the_program_is(params: dict[str, JsonValue], text: str) -> None:
    assert judged(text, STDIO, printing(), **params).score == 1.0


def test_functions_are_looked_for_in_python_blocks() -> None:
    text = "```python\na\n```\n```cpp\nb\n```"
    slot = FakeSlot(on_call=returning(lambda x: x + 1))
    assert judged(text, ASSERTS, slot, language="auto").evidence["language"] == "python"


def test_a_slot_is_leased_for_the_programs_language() -> None:
    slots = FakeSlots([printing()])
    subject = Subject(parse("```cpp\na\n```"), Reference(tests=STDIO), ExtractionRules())
    CHECK.judge(subject, Params(language="cpp"), slots)
    assert slots.leased == ["cpp"]


def test_the_limits_are_those_of_the_params() -> None:
    slot = printing()
    limits = {"cpu_seconds": 1.0, "wall_seconds": 2.0, "memory_bytes": 1 << 26, "output_bytes": 99}
    judged(TEXT, STDIO, slot, **limits)
    assert set(slot.limits) == {Limits(1.0, 2.0, 1 << 26, 99)}


@pytest.mark.parametrize(
    ("params", "score"),
    [({}, 0.0), ({"score": "fraction"}, 0.5), ({"score": "groups"}, 0.5)],
)
def test_the_params_say_how_cases_are_paid(params: dict[str, JsonValue], score: float) -> None:
    assert judged(TEXT, STDIO, FakeSlot(on_run=lambda _: prints("2")), **params).score == score


def test_the_params_say_how_outputs_are_compared() -> None:
    slot = FakeSlot(on_run=lambda case: prints(f"\n {int(case.stdin) + 1}"))
    assert judged(TEXT, STDIO, slot, checker={"kind": "tokens"}).score == 1.0


def test_the_params_may_limit_the_cases() -> None:
    assert judged(TEXT, STDIO, printing(), max_cases=1).evidence["total"] == 1


def test_without_a_sandbox_the_check_abstains() -> None:
    found = judged(TEXT, STDIO, Unavailable("start Docker"))
    assert (found.outcome, found.score) == (Outcome.UNAVAILABLE, None)


@pytest.mark.parametrize(
    "slot",
    [
        FakeSlot(on_run=lambda _: ended(Ended.RUNTIME_ERROR, stderr="\0\n\u20ac" * 10_000)),
        FakeSlot(on_run=lambda _: prints("\0\n\u20ac\\" * 10_000)),
        FakeSlot(on_load=lambda _: ended(Ended.COMPILE_ERROR, stderr="\x1b\u20ac" * 10_000)),
    ],
)
def test_evidence_is_small_whatever_the_program_says(slot: FakeSlot) -> None:
    found = judged(TEXT, STDIO, slot)
    assert len(json.dumps(found.evidence)) <= MAX_EVIDENCE_BYTES
    assert found.evidence["first_failure"]


def test_evidence_of_functions_is_small_too() -> None:
    tests: JsonValue = {"inputs": [["x" * 10_000] * 50], "outputs": [["y"]], "fn_name": "f"}
    slot = FakeSlot(on_call=returning(lambda *_: ["\0" * 5000] * 5000))
    assert len(json.dumps(judged(TEXT, tests, slot).evidence)) <= MAX_EVIDENCE_BYTES


@pytest.mark.parametrize(
    "params",
    [
        {"language": "klingon"},
        {"cpu_seconds": 0},
        {"cpu_seconds": 61},
        {"wall_seconds": 121},
        {"memory_bytes": 1},
        {"memory_bytes": 1 << 33},
        {"output_bytes": 0},
        {"output_bytes": 1 << 27},
        {"max_cases": 0},
        {"score": "most"},
        {"source": "first"},
        {"checker": {"kind": "program", "language": "python", "source": "x"}},
    ],
)
def test_senseless_parameters_are_refused(params: dict[str, JsonValue]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Params.model_validate_json(json.dumps(params))


def test_the_built_in_spec_pays_all_or_nothing() -> None:
    compiled = load_specs().find("code")
    ((row, check, params),) = compiled.steps
    assert (check.name, compiled.kind, row.weight) == ("code_execution", "code", 1.0)
    assert params == Params(score="all")
