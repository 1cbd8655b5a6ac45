"""The public names are those that `__all__` says, and they are there."""

from __future__ import annotations

import importlib
import re
from importlib import metadata, resources
from types import ModuleType

import pytest

import verifier

PACKAGES = ["verifier", "sandbox", "verifier.api", "verifier.cli"]
NAMES = {
    "verifier": ["__version__"],
    "sandbox": ["Bounds", "confine", "die_with_parent"],
    "verifier.api": ["create_app"],
    "verifier.cli": ["app", "main"],
}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_public_names_change_only_on_purpose(package: str) -> None:
    assert sorted(importlib.import_module(package).__all__) == sorted(NAMES[package])


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_is_there(package: str) -> None:
    module = importlib.import_module(package)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


@pytest.mark.parametrize("package", ["verifier", "sandbox", "verifier.api"])
def test_nothing_else_is_exported_by_accident(package: str) -> None:
    module = importlib.import_module(package)
    public = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and not isinstance(value, ModuleType) and name != "annotations"
    }
    assert public <= set(module.__all__)


@pytest.mark.parametrize("package", ["verifier", "sandbox"])
def test_the_package_says_that_it_is_typed(package: str) -> None:
    assert resources.files(package).joinpath("py.typed").is_file()


def test_the_version_is_that_of_the_distribution() -> None:
    assert metadata.version("rollout-verifier") == verifier.__version__


def test_the_version_has_three_numbers() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", verifier.__version__)
