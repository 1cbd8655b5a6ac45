"""The languages, one file each; the registry finds every module here that has a `LANGUAGE`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.languages.base import Language


@cache
def languages() -> Mapping[str, Language]:
    """Every language by name, sorted."""
    modules = (
        importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)
    )
    found = [module.LANGUAGE for module in modules if hasattr(module, "LANGUAGE")]
    return {language.name: language for language in sorted(found, key=lambda one: one.name)}


@cache
def _by_tag() -> Mapping[str, str]:
    return {
        tag: language.name
        for language in languages().values()
        for tag in (language.name, *language.aliases)
    }


def named(tag: str) -> Language | None:
    """The language that a code fence or a caller calls so, in any case; None for none of ours."""
    name = _by_tag().get(tag.strip().lower())
    return languages()[name] if name is not None else None
