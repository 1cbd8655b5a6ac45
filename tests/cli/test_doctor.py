"""The doctor tells what is wrong with a machine, and its exit code says whether it will do."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from verifier.diagnosis import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ended

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def nowhere(call: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> Ended:
    """The findings where the queue cannot be reached; the slow examination is left out."""
    monkeypatch.setenv("VERIFIER_REDIS_URL", NOWHERE)
    found = Finding("symbolic math", Level.PASS, "left out")
    monkeypatch.setattr("verifier.diagnosis._symbolic_math", lambda _: found)
    return call("doctor", "--json")


@pytest.fixture(scope="module")
def well() -> list[dict[str, Any]]:
    """The findings on this machine, from a process of its own."""
    argv = [sys.executable, "-m", "verifier", "doctor", "--json"]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found: list[dict[str, Any]] = json.loads(ended.stdout)
    return found


def test_every_finding_has_what_level_and_found(well: list[dict[str, Any]]) -> None:
    assert {tuple(sorted(finding)) for finding in well} == {("found", "level", "what")}


def test_every_level_is_one_of_three(well: list[dict[str, Any]]) -> None:
    assert {finding["level"] for finding in well} <= {"PASS", "CAUTION", "FAIL"}


def test_everything_is_looked_at_once(well: list[dict[str, Any]]) -> None:
    names = [finding["what"] for finding in well]
    assert len(names) == len(set(names))
    assert {"system", "memory", "redis", "specs", "symbolic math", "port"} <= set(names)


def test_a_proof_holds_and_a_bomb_is_ended(well: list[dict[str, Any]]) -> None:
    found = next(f["found"] for f in well if f["what"] == "symbolic math")
    assert "a proof holds; a bomb ended as" in found


def test_a_queue_that_is_nowhere_fails(nowhere: Ended) -> None:
    levels = {f["what"]: f["level"] for f in json.loads(nowhere.out)}
    assert (nowhere.code, levels["redis"]) == (1, "FAIL")


def test_one_failure_does_not_stop_the_examination(nowhere: Ended) -> None:
    assert json.loads(nowhere.out)[-1]["what"] == "port"


@pytest.mark.parametrize(("level", "code"), [(Level.PASS, 0), (Level.CAUTION, 0), (Level.FAIL, 1)])
def test_only_a_failure_exits_with_1(
    level: Level, code: int, call: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verifier.cli.doctor.diagnose", lambda _: [Finding("x", level, "y")])
    ended = call("doctor")
    assert ended.code == code
    assert level in ended.out


def test_a_wrong_setting_is_not_a_finding(
    call: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFIER_PORT", "70000")
    assert call("doctor").code == 2


def test_what_is_found_is_shown_as_it_is(
    call: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = "no [/such] [red]thing"
    monkeypatch.setattr("verifier.cli.doctor.diagnose", lambda _: [Finding("x", Level.PASS, odd)])
    assert odd in call("doctor").out
