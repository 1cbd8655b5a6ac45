"""The tables of the docs that make promises are run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.conftest import API_KEY, ROOT
from verifier.checks import registry
from verifier.checks.base import Subject
from verifier.client import Client
from verifier.code.comparison import Checker, difference
from verifier.completion import parse
from verifier.extraction import ExtractionRules, extract
from verifier.model import Reference, Rollout
from verifier.watchdog import Watchdog
from verifier.workbench import Workbench

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import JsonValue

    from verifier.bench.served import Served


def table(page: str, heading: str) -> list[list[str]]:
    """The rows below the first table head of a page that begins with `heading`."""
    lines = (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {heading}"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def code(cell: str) -> list[str]:
    """What stands between backticks."""
    return cell.split("`")[1::2]


MODES = table("specs.md", "completion | `strict`")
CONFLICTS = table("specs.md", "completion | `last`")
SWITCHES = table("math.md", "switch (default)")
POLICIES = table("math.md", "without a switch")
CHECKERS = table("code.md", "expected | printed")


@pytest.mark.parametrize("row", MODES, ids=[row[0] for row in MODES])
def test_the_modes_of_think_format_score_as_documented(row: list[str], tmp_path: Path) -> None:
    text, *prefix = code(row[0])
    if "without prefix" in row[0]:
        prefix = []
    check = registry()["think_format"]
    subject = Subject(parse(text, "".join(prefix)), None, ExtractionRules())
    found = []
    for mode in ("strict", "soft", "tag_count"):
        params = check.params.model_validate_json(json.dumps({"mode": mode}))
        found.append(check.judge(subject, params, Workbench(Watchdog(tmp_path / "none"))).score)
    assert found == [float(cell) for cell in row[1:]]


@pytest.mark.parametrize("row", CONFLICTS, ids=[row[0] for row in CONFLICTS])
def test_several_answers_count_as_documented(row: list[str]) -> None:
    completion = parse(code(row[0])[0])
    found = []
    for conflicting in ("last", "unless_offered", "same"):
        extraction = extract(completion, ExtractionRules(conflicting=conflicting))
        assert extraction is not None
        found.append("none" if extraction.offered else extraction.text)
    assert found == [cell.replace("all of it", "5 or possibly 6") for cell in row[1:]]


def rollout(gold: str, answer: str) -> Rollout:
    """An answer in a box, named by what it is compared to."""
    completion = f"\\boxed{{{answer}}}"
    return Rollout(id=f"{gold} ~ {answer}", completion=completion, reference=Reference(value=gold))


def test_equality_is_decided_as_documented(service: Served) -> None:
    expected = {
        f"{code(row[0])[0]} ~ {answer}": float(row[2].startswith("yes"))
        for row in POLICIES
        for answer in code(row[1])
    }
    rollouts = [rollout(*pair.split(" ~ ")) for pair in expected]
    with Client(service.url, API_KEY) as client:
        rewards = client.score(rollouts, spec="math").rewards
    assert {reward.id: reward.reward for reward in rewards} == expected


@pytest.mark.parametrize("row", SWITCHES, ids=[code(row[0])[0] for row in SWITCHES])
def test_a_switch_does_what_is_documented(row: list[str], service: Served) -> None:
    (name,), golds, answers = code(row[0]), code(row[1]), code(row[2])
    golds = golds * len(answers) if len(golds) == 1 else golds
    rollouts = [rollout(gold, answer) for gold, answer in zip(golds, answers, strict=True)]
    found = {}
    with Client(service.url, API_KEY) as client:
        for on in (True, False):
            check: JsonValue = {"id": "a", "check": "math_equivalence", "params": {name: on}}
            rewards = client.score(rollouts, spec={"name": "switched", "checks": [check]}).rewards
            found[on] = {reward.reward for reward in rewards}
    equal_where = row[3].startswith("where on")
    assert found == {equal_where: {1.0}, not equal_where: {0.0}}


@pytest.mark.parametrize("row", CHECKERS, ids=[f"{row[0]} ~ {row[1]}" for row in CHECKERS])
def test_outputs_are_compared_as_documented(row: list[str]) -> None:
    (expected,), (got,) = code(row[0]), code(row[1])
    checkers = [
        Checker(),
        Checker(kind="tokens"),
        Checker(kind="tokens", rel_tolerance=1e-6),
    ]
    found = [difference(expected.encode(), got.encode(), checker) is None for checker in checkers]
    assert found == [cell == "yes" for cell in row[2:]]
