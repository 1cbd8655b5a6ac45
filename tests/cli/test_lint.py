"""`verifier lint` end to end: real workers, real verdicts, exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ended

pytestmark = pytest.mark.service

GOOD = [
    {"question": "1+1?", "answer": "2", "solution": r"It is \boxed{2}."},
    {"question": "Half?", "answer": r"\frac{1}{2}"},
]
BAD = [
    {"question": "1+2?", "answer": "3", "solution": r"It is \boxed{4}."},
    {"question": "1+1?", "answer": "3"},
    {"question": "Nothing?", "answer": ""},
    {"question": "Which?", "answer": "1,234"},
]
COLUMNS = ("--field", "reference=answer", "--field", "prompt=question", "--workers", "1")


@pytest.fixture
def data(tmp_path: Path) -> Callable[..., str]:
    def write(*rows: object) -> str:
        path = tmp_path / "data.jsonl"
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        return str(path)

    return write


def test_a_clean_data_set_exits_with_0(
    call: Callable[..., Ended], data: Callable[..., str]
) -> None:
    ended = call("lint", data(*GOOD), *COLUMNS)
    assert ended.code == 0, ended
    assert "2 rows: 0 errors, 0 warnings" in ended.out


def test_findings_are_counted_and_shown(
    call: Callable[..., Ended], data: Callable[..., str]
) -> None:
    ended = call("lint", data(*GOOD, *BAD), *COLUMNS, "--json")
    assert ended.code == 1, ended
    found = json.loads(ended.out)
    examples = {one["code"]: [row["row"] for row in one["examples"]] for one in found["findings"]}
    assert examples == {
        "solution-fails": [2],
        "conflicting-references": [3],
        "unusable-reference": [4],
        "separators": [5],
    }
    assert (found["rows"], found["errors"], found["warnings"]) == (6, 3, 1)
    assert found["types"]["number"] == 5


def test_warnings_fail_only_where_one_asks(
    call: Callable[..., Ended], data: Callable[..., str]
) -> None:
    path = data(BAD[-1])
    assert call("lint", path, *COLUMNS).code == 0
    assert call("lint", path, *COLUMNS, "--fail-on", "warning").code == 1


def test_a_wrong_call_exits_with_2(call: Callable[..., Ended], data: Callable[..., str]) -> None:
    assert call("lint", "nowhere.jsonl").code == 2
    assert call("lint", data(*GOOD), "--field", "completion=answer").code == 2
