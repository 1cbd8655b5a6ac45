"""What adapters share: settings, references, completions, and what becomes of a null reward."""

from __future__ import annotations

import pickle
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.trainers.conftest import RIGHT, WRONG
from verifier import trainers
from verifier.calls import Judged
from verifier.errors import CallerError, InvalidReference, Unscored
from verifier.model import Priority, Status
from verifier.trainers.base import Scoring

pytestmark = pytest.mark.service

UNSCORED = Judged.unscored("away")
INVALID = Judged(None, Status.INVALID, "bad")
ADAPTERS = {module.name for module in pkgutil.iter_modules(trainers.__path__)} - {"base"}


def test_the_environment_sets_what_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_SPEC", "r1")
    monkeypatch.setenv("VERIFIER_PRIORITY", "eval")
    scoring = Scoring.read({"deadline_seconds": 7})
    assert (scoring.spec, scoring.priority, scoring.deadline_seconds) == ("r1", Priority.EVAL, 7)


def test_what_is_given_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_SPEC", "r1")
    assert Scoring.read({"spec": "math"}).spec == "math"


def test_the_environment_wins_over_an_adapters_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_ON_UNSCORED", "raise")
    assert Scoring.read(on_unscored="none").on_unscored == "raise"


@pytest.mark.parametrize("value", ["nan", "inf", "zero", ""])
def test_a_null_becomes_none_an_exception_or_a_finite_number(value: str) -> None:
    with pytest.raises(CallerError, match="VERIFIER_ON_UNSCORED"):
        Scoring.read({"on_unscored": value})


@pytest.mark.parametrize("value", ["0", "-1", "soon", "inf", "nan"])
def test_a_deadline_is_positive(value: str) -> None:
    with pytest.raises(CallerError, match="deadline"):
        Scoring.read({"deadline_seconds": value})


def test_a_priority_is_one_of_three() -> None:
    with pytest.raises(CallerError, match="batch"):
        Scoring.read({"priority": "first"})


def test_a_setting_that_is_not_there_is_named() -> None:
    with pytest.raises(CallerError, match="spek"):
        Scoring.read({"spek": "r1"})


def test_a_scoring_hides_its_key() -> None:
    assert "secret" not in repr(Scoring(api_key="secret"))


def test_a_scoring_can_be_pickled() -> None:
    scoring = Scoring.read({"on_unscored": -1})
    assert pickle.loads(pickle.dumps(scoring)) == scoring  # noqa: S301 - our own bytes


def test_unscored_can_become_none() -> None:
    assert Scoring(on_unscored="none").settle(UNSCORED) is None


def test_unscored_can_become_a_number() -> None:
    assert Scoring(on_unscored=-1.0).settle(UNSCORED) == -1.0


def test_unscored_raises_by_default() -> None:
    with pytest.raises(Unscored, match="away"):
        Scoring().settle(UNSCORED)


def test_invalid_is_as_unscored_by_default() -> None:
    with pytest.raises(InvalidReference, match="bad"):
        Scoring().settle(INVALID)


def test_invalid_can_become_something_else() -> None:
    assert Scoring(on_unscored="raise", on_invalid=0.0).settle(INVALID) == 0.0


def test_unscored_does_not_become_what_invalid_becomes() -> None:
    with pytest.raises(Unscored):
        Scoring(on_unscored="raise", on_invalid=0.0).settle(UNSCORED)


@pytest.mark.parametrize("name", ["on_unscored", "on_invalid"])
def test_none_is_refused_where_a_trainer_crashes_on_it(name: str) -> None:
    with pytest.raises(CallerError, match="a trainer"):
        Scoring.read({name: "none"}).refusing_none("a trainer")


def test_a_bad_reference_spoils_no_neighbour() -> None:
    found = Scoring.read().judge_waiting([RIGHT, RIGHT, WRONG], ["4", [4], "4"])
    assert [one.reward for one in found] == [1.0, None, 0.0]


def test_a_bad_reference_is_the_callers_fault() -> None:
    found = Scoring.read().judge_waiting([RIGHT], [[4]])
    assert found[0].status is Status.INVALID


def test_the_prefix_belongs_to_the_completion() -> None:
    without, whole = "2 + 2</think><answer>\\boxed{4}</answer>", {"spec": "r1", "prefix": "<think>"}
    assert Scoring.read(whole).judge_waiting([without], ["4"])[0].reward == 1.0


def test_adapters_import_the_client_and_no_trainer() -> None:
    code = "import sys, importlib\n"
    code += (
        f"for name in {sorted(ADAPTERS)}: importlib.import_module(f'verifier.trainers.{{name}}')\n"
    )
    code += "print(*{name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"verifier", "pydantic", "httpx2"} <= set(ended.stdout.split())
    # These are what a trainer's environment may have in other versions, or not at all.
    unwanted = {
        "fastapi",
        "redis",
        "rq",
        "sympy",
        "antlr4",
        "structlog",
        "docker",
        "torch",
        "numpy",
    }
    assert set(ended.stdout.split()) & unwanted == set()


def test_every_adapter_has_its_tests() -> None:
    tests = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    assert tests - {"base", "real_clients"} == ADAPTERS


def test_every_adapter_has_its_page() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "trainers").glob("*.md")} - {"README"}
    assert pages >= ADAPTERS
