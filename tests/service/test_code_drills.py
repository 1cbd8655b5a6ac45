"""The drills of `verifier bench code_faults` and `code_limits`, shorter, without what is timed."""

from __future__ import annotations

import pytest

from verifier.bench import code_faults, code_limits

pytestmark = [pytest.mark.service, pytest.mark.engine]


@pytest.mark.usefixtures("docker_engine")
def test_killed_sandboxes_and_a_lost_engine_cost_no_verdict(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(code_faults, "_PROGRAMS", 320)
    monkeypatch.setattr(code_faults, "_RESTART_AFTER_SECONDS", 4.0)
    monkeypatch.setattr(code_faults, "_KILL_SECONDS", 1.0)
    figures = {figure.name: figure.value for figure in code_faults.measure()}
    assert figures["programs answered"] == 320
    assert figures["sandboxes killed"] > 0
    assert figures["engine away: null"] == figures["engine hangs: null"] == 16
    none = [name for name in figures if "false" in name or "lost" in name or "left" in name]
    none += [name for name in figures if "without a reason" in name or "not scored" in name]
    assert len(none) == 9
    assert [name for name in none if figures[name]] == []


@pytest.mark.usefixtures("docker_engine")
def test_limits_are_exact_on_a_busy_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_limits, "_RIGHT", 24)
    monkeypatch.setattr(code_limits, "_BEYOND", 4)
    monkeypatch.setattr(code_limits, "_REPEATS", 1)
    missed = [figure.name for figure in code_limits.measure() if figure.met is False]
    assert missed == []
