"""The registry finds every check, and every check keeps the promises it declares."""

from __future__ import annotations

import pkgutil
from typing import TYPE_CHECKING, NoReturn

import pytest
from pydantic import ValidationError

from verifier import checks
from verifier.checks import base, registry
from verifier.checks.base import Check, Subject
from verifier.completion import parse
from verifier.extraction import ExtractionRules
from verifier.model import Fault, Outcome, Reference

if TYPE_CHECKING:
    from pydantic import JsonValue

CHECKS = list(registry().values())
WITH_REFERENCE = [check for check in CHECKS if check.needs_reference]
BY_VALUE = [check for check in WITH_REFERENCE if check.kind == "rules"]
WITHOUT_REFERENCE = [check for check in CHECKS if not check.needs_reference]


class NoTools:
    """Tools of a check that must not need any."""

    def call(
        self, function: str, arguments: dict[str, JsonValue], *, cpu_seconds: float
    ) -> base.ChildReply:
        """Fail."""
        raise AssertionError(function, arguments, cpu_seconds)

    def lease(self, language: str) -> NoReturn:
        """Fail."""
        raise AssertionError(language)

    def recall(self, digest: str, judge: object) -> NoReturn:
        """Fail."""
        raise AssertionError(digest, judge)


def subject(text: str) -> Subject:
    """A completion without a reference."""
    return Subject(parse(text, ""), None, ExtractionRules())


def test_every_module_but_the_base_is_a_check_of_its_name() -> None:
    modules = {module.name for module in pkgutil.iter_modules(checks.__path__)}
    assert set(registry()) == modules - {"base"}


def test_checks_are_sorted_by_name() -> None:
    assert list(registry()) == sorted(registry())


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_every_check_says_what_it_judges_in_a_sentence(check: Check) -> None:
    assert check.summary.endswith(".")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_every_check_has_a_cost_and_a_kind(check: Check) -> None:
    assert check.cost_seconds > 0
    assert check.kind in {"rules", "code"}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_every_check_works_without_parameters(check: Check) -> None:
    assert isinstance(check.params(), base.Params)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_the_parameters_of_every_check_have_a_closed_schema(check: Check) -> None:
    schema = check.params.model_json_schema()
    assert (schema["type"], schema["additionalProperties"]) == ("object", False)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_an_unknown_parameter_is_refused(check: Check) -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        check.params.model_validate_json('{"no_such_parameter": 1}')


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_parameters_survive_being_written_out(check: Check) -> None:
    params = check.params()
    assert check.params.model_validate_json(params.model_dump_json()) == params


@pytest.mark.parametrize("text", ["", r"\boxed{5}", "<think>t</think><answer>5</answer>"])
@pytest.mark.parametrize("check", WITH_REFERENCE, ids=lambda check: check.name)
def test_a_check_that_needs_a_reference_abstains_without(check: Check, text: str) -> None:
    found = check.judge(subject(text), check.params(), NoTools())
    assert (found.outcome, found.score) == (Outcome.REFERENCE_MISSING, None)


@pytest.mark.parametrize("text", ["", r"\boxed{5}", "<think>t</think><answer>5</answer>"])
@pytest.mark.parametrize("check", BY_VALUE, ids=lambda check: check.name)
def test_a_check_that_needs_a_value_abstains_where_there_are_only_tests(
    check: Check, text: str
) -> None:
    tests = Subject(parse(text, ""), Reference(tests=["assert f() == 5"]), ExtractionRules())
    found = check.judge(tests, check.params(), NoTools())
    assert (found.outcome, found.score) == (Outcome.REFERENCE_INVALID, None)


@pytest.mark.parametrize("text", ["", r"\boxed{5}", "<think>t</think><answer>5</answer>"])
@pytest.mark.parametrize("check", WITHOUT_REFERENCE, ids=lambda check: check.name)
def test_a_check_that_needs_no_reference_judges_without(check: Check, text: str) -> None:
    found = check.judge(subject(text), check.params(), NoTools())
    assert found.outcome.fault in (Fault.NONE, Fault.POLICY)
    assert found.score is not None
    assert 0 <= found.score <= 1
