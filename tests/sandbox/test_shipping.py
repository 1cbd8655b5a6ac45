"""What is sent into a sandbox is complete and runs on its interpreter, which may be an old one."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import runner
from sandbox.shipping import BY_NAMESPACE, BY_UID, LAUNCHER, shipment

SOURCES: dict[str, str] = json.loads(shipment()[8:])
OLDEST = (3, 9)
RUNNER = Path(str(runner.__file__)).parent


def test_its_length_comes_first() -> None:
    assert int(shipment()[:8], 16) == len(shipment()) - 8


@pytest.mark.parametrize("name", SOURCES)
def test_a_module_is_written_in_the_oldest_python(name: str) -> None:
    ast.parse(SOURCES[name], feature_version=OLDEST)


@pytest.mark.parametrize("bootstrap", [BY_UID, BY_NAMESPACE, LAUNCHER])
def test_a_bootstrap_is_written_in_the_oldest_python(bootstrap: str) -> None:
    ast.parse(bootstrap, feature_version=OLDEST)


def test_every_module_of_the_runner_is_sent_but_for_what_only_types_need() -> None:
    there = {f"sandbox.runner.{path.stem}" for path in RUNNER.glob("*.py")}
    assert there - set(SOURCES) == {"sandbox.runner.__init__", "sandbox.runner.separation"}


@pytest.mark.parametrize("name", SOURCES)
def test_a_module_imports_only_what_is_sent_or_standard(name: str) -> None:
    tree = ast.parse(SOURCES[name])
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body.clear()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inner & set(SOURCES) or {node.module}
    foreign = {one for one in found if one.partition(".")[0] not in sys.stdlib_module_names}
    assert foreign <= set(SOURCES) | {"pytest"}  # which a test suite may want


def test_an_interpreter_that_is_sent_nothing_ends() -> None:
    argv = [sys.executable, "-I", "-c", BY_UID]
    found = subprocess.run(argv, stdin=subprocess.DEVNULL, timeout=30, check=False)
    assert found.returncode == 3
