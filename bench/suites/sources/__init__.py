"""Public projects whose tests label pairs of answers: one file each, with a `SOURCE`."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from suites.loading import Source


def sources() -> list[Source]:
    """Every source; the tuned ones first, so that what several have counts as tuned."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = [importlib.import_module(f"{__name__}.{name}").SOURCE for name in names]
    return sorted(found, key=lambda source: (not source.tuned, source.by_model))
