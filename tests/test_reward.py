"""Verdicts become one reward, and fault becomes null in one place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from verifier.model import Fault, Outcome, Rollout, Status, Verdict
from verifier.reward import combine
from verifier.spec import CompiledSpec, compile_spec

ROLLOUT = Rollout(id="a", group="g", completion="x")


def spec(*checks: dict[str, Any], **rest: object) -> CompiledSpec:
    """A spec of `exact_match` checks named a, b, c and so on."""
    rows = [{"id": "abc"[i], "check": "exact_match", **row} for i, row in enumerate(checks)]
    return compile_spec(json.dumps({"name": "t", "checks": rows, **rest}))


def verdict(score: float | None, outcome: Outcome = Outcome.CORRECT, check: str = "a") -> Verdict:
    """A verdict with that score."""
    return Verdict(check=check, outcome=outcome, score=score, reason="because")


def test_a_weighted_sum_adds_worth_times_weight() -> None:
    compiled = spec({"weight": 2.0}, {"weight": 0.5})
    assert combine(ROLLOUT, compiled, [verdict(1.0), verdict(0.5)]).reward == 2.25


def test_bounds_stretch_a_score() -> None:
    compiled = spec({"low": -1.0, "high": 1.0})
    assert combine(ROLLOUT, compiled, [verdict(0.0)]).reward == -1.0


def test_a_product_multiplies() -> None:
    compiled = spec({}, {}, combine="product")
    assert combine(ROLLOUT, compiled, [verdict(0.5), verdict(0.5)]).reward == 0.25


def test_first_nonzero_takes_the_first_that_is_not_zero() -> None:
    compiled = spec({}, {"weight": 0.3}, {"weight": 0.1}, combine="first_nonzero")
    found = combine(ROLLOUT, compiled, [verdict(0.0), verdict(1.0), verdict(1.0)])
    assert found.reward == 0.3


def test_first_nonzero_of_zeros_is_zero() -> None:
    compiled = spec({}, {}, combine="first_nonzero")
    assert combine(ROLLOUT, compiled, [verdict(0.0), verdict(0.0)]).reward == 0.0


def test_a_failed_gate_gives_the_gate_value_and_keeps_the_verdicts() -> None:
    compiled = spec({"gate": 0.5}, {}, combine="gated", gate_value=-0.5)
    found = combine(ROLLOUT, compiled, [verdict(0.4), verdict(1.0)])
    assert (found.reward, len(found.verdicts)) == (-0.5, 2)


def test_a_gate_passes_at_its_very_value() -> None:
    compiled = spec({"gate": 0.5}, {}, combine="gated")
    assert combine(ROLLOUT, compiled, [verdict(0.5), verdict(1.0)]).reward == 1.5


def test_clip_bounds_the_reward() -> None:
    compiled = spec({"weight": 5.0}, clip=[0.0, 1.0])
    assert combine(ROLLOUT, compiled, [verdict(1.0)]).reward == 1.0


def test_minus_zero_is_zero() -> None:
    compiled = spec({"weight": -1.0})
    assert str(combine(ROLLOUT, compiled, [verdict(0.0)]).reward) == "0.0"


@pytest.mark.parametrize("outcome", [o for o in Outcome if o.fault is Fault.SERVICE])
def test_a_service_fault_is_null_and_never_zero(outcome: Outcome) -> None:
    found = combine(ROLLOUT, spec({}, {}), [verdict(1.0), verdict(None, outcome)])
    assert (found.reward, found.status) == (None, Status.UNSCORED)


@pytest.mark.parametrize("outcome", [o for o in Outcome if o.fault is Fault.SPEC])
def test_a_spec_fault_is_invalid(outcome: Outcome) -> None:
    found = combine(ROLLOUT, spec({}), [verdict(None, outcome)])
    assert (found.reward, found.status) == (None, Status.INVALID)


def test_the_callers_fault_outranks_ours() -> None:
    verdicts = [verdict(None, Outcome.CRASHED), verdict(None, Outcome.REFERENCE_INVALID)]
    assert combine(ROLLOUT, spec({}, {}), verdicts).status is Status.INVALID


def test_an_optional_check_that_abstains_does_not_lower_the_reward() -> None:
    compiled = spec({"weight": 0.5}, {"weight": 0.5, "required": False})
    found = combine(ROLLOUT, compiled, [verdict(1.0), verdict(None, Outcome.TIMEOUT)])
    assert found.reward == 1.0


def test_nothing_but_abstentions_is_null() -> None:
    compiled = spec({"required": False})
    found = combine(ROLLOUT, compiled, [verdict(None, Outcome.TIMEOUT)])
    assert (found.reward, found.status) == (None, Status.UNSCORED)


def test_a_check_of_weight_zero_is_reported_and_not_paid() -> None:
    compiled = spec({}, {"weight": 0.0})
    found = combine(ROLLOUT, compiled, [verdict(0.0), verdict(1.0)])
    assert (found.reward, len(found.verdicts)) == (0.0, 2)


def test_an_overflow_is_null_and_not_infinite() -> None:
    compiled = spec({"weight": 1e308}, {"weight": 1e308}, {"weight": 1e308}, combine="product")
    found = combine(ROLLOUT, compiled, [verdict(1.0)] * 3)
    assert (found.reward, found.status) == (None, Status.UNSCORED)


def test_a_reward_carries_fingerprint_and_versions() -> None:
    compiled = spec({})
    found = combine(ROLLOUT, compiled, [verdict(1.0)])
    assert found.fingerprint == compiled.fingerprint
    assert {"verifier", "math-verify", "sympy"} <= set(found.versions)
