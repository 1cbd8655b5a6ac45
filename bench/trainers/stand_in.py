"""Modules that stand in for what a trainer imports and a check has no use for."""

from __future__ import annotations

import importlib
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Hollow(ModuleType):
    """A module in which every name that is not given is an empty class."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        found = type(name, (), {})
        setattr(self, name, found)
        return found


class _Maker(MetaPathFinder, Loader):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        ours = any(name == one or name.startswith(f"{one}.") for one in self.names)
        return ModuleSpec(name, self, is_package=True) if ours else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Hollow(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing: it is hollow."""


_MAKER = _Maker()


def stand_in(*modules: str, **given: object) -> None:
    """Hollow modules in the place of these and of what is below them, each with what is given.

    Only for what is imported: never for code that asks for a reward or makes one of an answer.
    """
    if _MAKER not in sys.meta_path:
        sys.meta_path.insert(0, _MAKER)
    _MAKER.names.update(modules)
    for module in modules:
        hollow = importlib.import_module(module)
        for name, value in given.items():
            setattr(hollow, name, value)
