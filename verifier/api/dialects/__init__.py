"""Drop-in endpoints, one file per wire format; the registry finds every module with a `DIALECT`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.api.dialects.base import Dialect


@cache
def registry() -> Mapping[str, Dialect]:
    """Every dialect by name, sorted."""
    modules = (
        importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)
    )
    found = [module.DIALECT for module in modules if hasattr(module, "DIALECT")]
    return {dialect.name: dialect for dialect in sorted(found, key=lambda one: one.name)}
