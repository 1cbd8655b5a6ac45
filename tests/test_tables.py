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
POLICIES = table("math.md", "reference | answer")
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


def test_equality_is_decided_as_documented(service: Served) -> None:
    rollouts = [
        Rollout(
            id=f"{row[0]} ~ {row[1]}",
            completion=f"\\boxed{{{code(row[1])[0]}}}",
            reference=Reference(value=code(row[0])[0]),
        )
        for row in POLICIES
    ]
    with Client(service.url, API_KEY) as client:
        rewards = client.score(rollouts, spec="math").rewards
    expected = [1.0 if row[2].startswith("yes") else 0.0 for row in POLICIES]
    assert dict(zip([r.id for r in rollouts], expected, strict=True)) == {
        reward.id: reward.reward for reward in rewards
    }


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
