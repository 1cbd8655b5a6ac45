"""Values of every type, each in several spellings, beside values that differ from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.bench.values import algebra, measures, numbers, structures
from verifier.bench.values.base import Sample, flaws

if TYPE_CHECKING:
    from verifier.bench.values.base import Maker

__all__ = ["MAKERS", "Sample", "flaws"]

MAKERS: dict[str, Maker] = numbers.MAKERS | measures.MAKERS | algebra.MAKERS | structures.MAKERS
"""Name of a type -> what makes a value of it."""
