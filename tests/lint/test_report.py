"""Rows and the rewards of their probes become findings."""

from __future__ import annotations

import json

import pytest

from verifier.lint.findings import Severity
from verifier.lint.probes import Probe, probes
from verifier.lint.report import Report
from verifier.lint.rows import Row, row_of
from verifier.model import Outcome, Reference, Reward, Status, Verdict


def reward(outcome: Outcome, score: float | None, status: Status = Status.SCORED) -> Reward:
    verdict = Verdict(
        check="accuracy",
        outcome=outcome,
        score=score,
        reason="why",
        evidence={"gold_type": "number"},
    )
    return Reward(
        id="0",
        reward=score,
        status=status,
        verdicts=(verdict,),
        spec="math",
        fingerprint="f",
        versions={},
    )


RIGHT = reward(Outcome.CORRECT, 1.0)
WRONG = reward(Outcome.INCORRECT, 0.0)


def report(*rows: tuple[Row, dict[str, Reward]]) -> dict[str, int]:
    """How often each code is found, where the named probes earn this and the others what is due."""
    made = Report(["accuracy"])
    for row, named in rows:
        due = {p: RIGHT if p.right else WRONG for p in probes(row, "boxed")}
        made.add(row, {p: named.get(p.name, due[p]) for p in due})
    found = json.loads(json.dumps(made.as_json()))
    assert found["rows"] == len(rows)
    assert found["errors"] == made.count(Severity.ERROR)
    return {one["code"]: one["count"] for one in found["findings"]}


def row(value: str = "5", number: int = 0, **more: str) -> Row:
    return Row(number, Reference(value=value), **more)


def test_a_gold_that_works_has_no_findings() -> None:
    assert report((row(), {})) == {}


@pytest.mark.parametrize(
    ("probe", "earns", "code"),
    [
        ("itself", WRONG, "fails-itself"),
        ("solution", WRONG, "solution-fails"),
        ("two answers", RIGHT, "accepts-attack"),
        ("nothing", RIGHT, "accepts-attack"),
        ("itself", reward(Outcome.REFERENCE_INVALID, None, Status.INVALID), "unusable-reference"),
        ("itself", reward(Outcome.TIMEOUT, None, Status.UNSCORED), "unscored"),
    ],
)
def test_a_probe_that_earns_what_it_should_not_is_an_error(
    probe: str, earns: Reward, code: str
) -> None:
    assert report((row(solution="so 5"), {probe: earns})) == {code: 1}


def test_prompts_that_come_again_are_compared_by_their_references() -> None:
    rows = [row("5", 0, prompt="How many?"), row("5", 1, prompt="How  many?")]
    assert report(*((one, {}) for one in rows)) == {"repeated-prompt": 1}
    rows[1] = row("6", 1, prompt="How many?")
    assert report(*((one, {}) for one in rows)) == {"conflicting-references": 1}


def test_what_a_constant_answer_earns_is_told() -> None:
    made = Report(["accuracy"])
    for number, value in enumerate(("0", "0", "0", "7")):
        made.add(row(value, number), {})
    assert made.constants() == [("0", 0.75)]


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ({"answer": 1}, "there is no column for `reference`; there are: answer"),
        ({"reference": {"value": 3}}, "value: "),
        ({"reference": [1]}, ""),
    ],
)
def test_a_row_without_a_usable_reference_says_why(record: dict[str, object], fault: str) -> None:
    found = row_of(0, record, {})
    assert found.reference is None
    assert found.fault.startswith(fault)
    assert found.fault
    assert report((found, {})) == {"no-reference": 1}


def test_messages_of_a_chat_are_a_prompt() -> None:
    chat = [{"role": "user", "content": "How many?"}]
    found = row_of(0, {"reference": 5, "prompt": chat, "solution": "#### 5"}, {})
    assert (found.reference, found.solution) == (Reference(value="5"), "#### 5")
    assert json.loads(found.prompt) == chat


def test_lone_surrogates_are_replaced() -> None:
    found = row_of(0, {"reference": "a\ud800"}, {})
    assert found.reference == Reference(value="a\ufffd")


def test_tests_are_tried_with_programs() -> None:
    with_tests = Row(0, Reference(tests=["assert f(1) == 2"]), solution="def f(x): return x + 1")
    tried = list(probes(with_tests, "boxed"))
    assert tried[0] == Probe("solution", "```python\ndef f(x): return x + 1\n```", right=True)
    assert [one.right for one in tried[1:]] == [False] * 3


def test_a_gold_in_a_box_is_its_own_answer() -> None:
    assert next(probes(row(r"so \boxed{5}"), "boxed")).completion == r"so \boxed{5}"
    assert next(probes(row("$5$"), "boxed")).completion == r"\boxed{5}"
    assert next(probes(row("5"), "answer_tag")).completion == "<answer>5</answer>"
