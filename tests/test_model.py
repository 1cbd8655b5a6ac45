"""What crosses a process is read strictly and cannot be changed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from verifier.model import (
    MAX_ID_CHARS,
    Boundary,
    Fault,
    Message,
    Outcome,
    Reference,
    Reward,
    Rollout,
    ScoreRequest,
    Status,
    Verdict,
)

VERDICT: dict[str, Any] = {"check": "a", "outcome": "correct", "score": 1.0, "reason": "r"}
REWARD: dict[str, Any] = {
    "id": "a",
    "reward": 1.0,
    "status": "scored",
    "spec": "s",
    "fingerprint": "f",
    "versions": {},
}


def rollout(**fields: object) -> Rollout:
    """A rollout read from JSON."""
    return Rollout.model_validate_json(json.dumps({"completion": "c", **fields}))


def test_every_boundary_type_is_frozen_strict_and_closed() -> None:
    for kind in Boundary.__subclasses__():
        config = kind.model_config
        assert (config["frozen"], config["strict"], config["extra"]) == (True, True, "forbid")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Rollout, {"completion": "c"}),
        (Reference, {"value": "v"}),
        (Verdict, VERDICT),
        (Reward, REWARD),
        (ScoreRequest, {"rollouts": []}),
    ],
)
def test_an_unknown_key_is_refused(kind: type[Boundary], value: dict[str, Any]) -> None:
    assert kind.model_validate_json(json.dumps(value))
    with pytest.raises(ValidationError, match="Extra inputs"):
        kind.model_validate_json(json.dumps({**value, "compleiton": 1}))


def test_a_rollout_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(rollout(), "completion", "other")  # noqa: B010 - mypy would refuse it too


@pytest.mark.parametrize(
    "fields",
    [
        {"completion": 5},
        {"completion": None},
        {"completion": ["c"]},
        {"completion": [{"role": "assistant"}]},
        {"id": 5},
        {"id": None},
        {"prefix": 5},
        {"spec": 5},
        {"spec": ["math"]},
    ],
)
def test_a_value_of_another_type_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rollout(**fields)


@pytest.mark.parametrize("name", ["id", "group"])
def test_a_name_may_be_so_long_and_no_longer(name: str) -> None:
    assert rollout(**{name: "x" * MAX_ID_CHARS})
    with pytest.raises(ValidationError):
        rollout(**{name: "x" * (MAX_ID_CHARS + 1)})


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "0", "-1", "true", '"1"'])
def test_a_deadline_is_a_positive_finite_number(number: str) -> None:
    with pytest.raises(ValidationError):
        ScoreRequest.model_validate_json(f'{{"rollouts": [], "deadline_seconds": {number}}}')


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_reward_is_finite(number: str) -> None:
    text = json.dumps(REWARD).replace('"reward": 1.0', f'"reward": {number}')
    with pytest.raises(ValidationError):
        Reward.model_validate_json(text)


@pytest.mark.parametrize("score", [-0.01, 1.01, float("nan"), float("inf"), "1", True])
def test_a_score_is_from_0_to_1(score: object) -> None:
    with pytest.raises(ValidationError):
        Verdict.model_validate({**VERDICT, "outcome": Outcome.CORRECT, "score": score})


@pytest.mark.parametrize("score", [0.0, 0.5, 1.0, None])
def test_a_score_may_be_null(score: float | None) -> None:
    text = json.dumps({**VERDICT, "score": score})
    assert Verdict.model_validate_json(text).score == score


def test_every_outcome_has_a_fault() -> None:
    assert all(outcome.fault in Fault for outcome in Outcome)


def test_only_a_right_answer_is_nobodys_fault() -> None:
    assert [outcome for outcome in Outcome if outcome.fault is Fault.NONE] == [Outcome.CORRECT]


@pytest.mark.parametrize(
    ("outcome", "fault"),
    [
        (Outcome.NO_ANSWER, Fault.POLICY),
        (Outcome.TOO_COMPLEX, Fault.POLICY),
        (Outcome.NO_CODE, Fault.POLICY),
        (Outcome.COMPILE_ERROR, Fault.POLICY),
        (Outcome.RUNTIME_ERROR, Fault.POLICY),
        (Outcome.TIME_LIMIT, Fault.POLICY),
        (Outcome.MEMORY_LIMIT, Fault.POLICY),
        (Outcome.OUTPUT_LIMIT, Fault.POLICY),
        (Outcome.REFERENCE_MISSING, Fault.SPEC),
        (Outcome.REFERENCE_INVALID, Fault.SPEC),
        (Outcome.TIMEOUT, Fault.SERVICE),
        (Outcome.CRASHED, Fault.SERVICE),
        (Outcome.DEADLINE, Fault.SERVICE),
        (Outcome.UNAVAILABLE, Fault.SERVICE),
    ],
)
def test_the_fault_of_an_outcome(outcome: Outcome, fault: Fault) -> None:
    assert outcome.fault is fault


def test_there_are_three_statuses() -> None:
    assert [str(status) for status in Status] == ["scored", "invalid", "unscored"]


def test_other_keys_of_a_message_are_the_trainers_own() -> None:
    text = '{"role": "user", "content": "c", "tool_calls": [1]}'
    assert Message.model_validate_json(text) == Message(role="user", content="c")


def test_a_text_completion_is_judged_as_it_is() -> None:
    assert rollout(completion=" c ").text == " c "


def test_of_a_chat_the_assistants_messages_are_judged() -> None:
    turns = [("system", "s"), ("assistant", "a"), ("user", "u"), ("assistant", "b")]
    chat = [{"role": role, "content": content} for role, content in turns]
    assert rollout(completion=chat).text == "a\nb"


def test_a_chat_without_an_assistant_is_empty() -> None:
    assert rollout(completion=[{"role": "user", "content": "u"}]).text == ""


@pytest.mark.parametrize(
    ("written", "value"),
    [("5", "5"), (5, "5"), (-0.5, "-0.5"), (0, "0"), ("", ""), ({"value": "5"}, "5")],
)
def test_a_bare_reference_is_its_value(written: object, value: str) -> None:
    assert rollout(reference=written).reference == Reference(value=value)


def test_a_reference_may_be_left_out() -> None:
    assert rollout().reference is rollout(reference=None).reference is None


@pytest.mark.parametrize(
    "written",
    [True, False, [5], {"value": 5}, {"value": "5", "type": "nope"}, {"type": "number"}, {}],
)
def test_what_is_no_reference_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        rollout(reference=written)


@pytest.mark.parametrize("tests", [{"kind": "stdio"}, ["assert f() == 1"], "[]", [], 5])
def test_a_reference_may_have_tests_instead_of_a_value(tests: object) -> None:
    reference = rollout(reference={"tests": tests}).reference
    assert reference is not None
    assert (reference.value, reference.tests) == ("", tests)


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ({"value": "5", "tests": []}, "leave one of them out"),
        ({"tests": None}, "give one of them"),
        ({"type": "number"}, "give one of them"),
    ],
)
def test_a_reference_has_a_value_or_tests(written: object, advice: str) -> None:
    with pytest.raises(ValidationError, match=advice):
        rollout(reference=written)


@pytest.mark.parametrize("written", ["", "5", {"value": ""}, {"tests": [1]}, {"tests": "x"}])
def test_a_reference_travels_without_its_defaults(written: object) -> None:
    sent = rollout(reference=written)
    text = sent.model_dump_json(exclude_defaults=True)
    assert Rollout.model_validate_json(text) == sent


def test_a_reward_comes_back_as_it_was_sent() -> None:
    reward = Reward.model_validate_json(json.dumps({**REWARD, "verdicts": [VERDICT]}))
    assert Reward.model_validate_json(reward.model_dump_json()) == reward
