"""Pure: what is suspicious about a reference as it is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.model import Reference

_LONG_CHARS = 200
_PROSE_WORDS = 6
_SEPARATORS = re.compile(r"[-+$\\ ]*\d{1,3}(?:\{?,\}?\d{3})+(?:\.\d+)?\s*\$?")
_LETTER = re.compile(r"[A-Za-z]")
_ROUNDED = re.compile(r"-?\d*\.\d{3,}|.*(?:\\approx|≈|\\sim|\.\.\.|…|\\ldots).*", re.DOTALL)
_ALTERNATIVES = re.compile(r"(?<!\w)(?:or|oder|或)(?!\w)|或", re.IGNORECASE)
_SOLUTION = re.compile(r"####|\\boxed.*\\boxed", re.DOTALL)


def bare(gold: str) -> str:
    """A reference without the dollar signs around it; `$5` keeps its own."""
    gold = gold.strip()
    inside = gold.strip("$")
    edge = (len(gold) - len(inside)) // 2
    wrapped = 1 <= edge <= 2 and gold == f"{'$' * edge}{inside}{'$' * edge}" and "$" not in inside  # noqa: PLR2004 - `$` or `$$`
    return inside.strip() if wrapped and not inside.endswith("\\") else gold


def suspicions(reference: Reference, found_type: str) -> Iterator[tuple[str, str]]:
    """Codes of `findings.KINDS`, each with what it is about.

    Args:
        reference: of one row.
        found_type: how the check read it; empty where it did not.
    """
    text = bare(reference.value)
    if not text or reference.type != "auto":
        return
    if _SEPARATORS.fullmatch(text):
        yield "separators", text
    if _LETTER.fullmatch(text) and not reference.choices:
        yield "lone-letter", text
    if found_type == "quantity":
        yield "unit", text
    if _ROUNDED.fullmatch(text):
        yield "rounded", text
    if found_type == "text" and len(text.split()) > _PROSE_WORDS:
        yield "prose", text
    if _ALTERNATIVES.search(text):
        yield "alternatives", text
    if _SOLUTION.search(text) or len(text) > _LONG_CHARS:
        yield "whole-solution", text
