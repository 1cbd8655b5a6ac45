"""Without credentials nothing starts, and whoever tried is told what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.deploy.deployment import Deployment, require_engine

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.engine
if not (ROOT / "verifier").is_dir():
    pytest.skip("where the wheel is tested there is nothing to build", allow_module_level=True)


@pytest.fixture(autouse=True)
def _engine() -> None:
    require_engine()


@pytest.mark.parametrize("name", ["REDIS_PASSWORD", "VERIFIER_API_KEYS", "DOCKER_GID"])
def test_without_a_credential_nothing_is_made(name: str, tmp_path: Path) -> None:
    deployment = Deployment(tmp_path, without=name)
    ended = deployment.make("up")
    assert ended.returncode != 0
    assert f"{name}" in ended.stdout
    assert "set" in ended.stdout
    assert deployment.left() == {"containers": [], "networks": [], "volumes": []}


def test_the_example_as_it_is_starts_nothing(tmp_path: Path) -> None:
    deployment = Deployment(tmp_path)
    example = (ROOT / "deploy" / ".env.example").read_text(encoding="utf-8")
    (tmp_path / "settings.env").write_text(example, encoding="utf-8")
    assert deployment.make("up").returncode != 0
    assert deployment.left() == {"containers": [], "networks": [], "volumes": []}


def test_without_a_file_of_settings_the_way_to_one_is_told(tmp_path: Path) -> None:
    ended = Deployment(tmp_path).make("up", env_file="absent.env")
    assert ended.returncode != 0
    assert "copy deploy/.env.example" in ended.stdout


def test_what_is_not_there_can_be_taken_down(tmp_path: Path) -> None:
    ended = Deployment(tmp_path).make("down", env_file="absent.env")
    assert ended.returncode == 0, ended.stdout
