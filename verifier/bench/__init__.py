"""Benchmarks: one file each with a `NAME` and a `measure()` that yields figures."""

from __future__ import annotations

import importlib
import json
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number; `at_most` and `at_least` are its goal, if it has one."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def goal(self) -> str | None:
        """The goal as people write it."""
        if self.at_most is not None:
            return f"<= {self.at_most:g}"
        return None if self.at_least is None else f">= {self.at_least:g}"

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return None if self.at_least is None else self.value >= self.at_least


def to_json(figures: Iterable[Figure]) -> str:
    """Figures as every benchmark prints them for machines."""
    rows = [
        {"name": f.name, "value": f.value, "unit": f.unit, "goal": f.goal, "met": f.met}
        for f in figures
    ]
    return json.dumps({"figures": rows})


class Benchmark(Protocol):
    """A module of this package that has a `NAME`."""

    NAME: str

    def measure(self) -> Iterator[Figure]:
        """Measure, telling each figure when it is known."""


@cache
def benchmarks() -> Mapping[str, Benchmark]:
    """Every benchmark by name."""
    modules = (
        importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)
    )
    return {module.NAME: cast("Benchmark", module) for module in modules if hasattr(module, "NAME")}
