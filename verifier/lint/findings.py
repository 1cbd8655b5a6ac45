"""What can be wrong with a row, and what to do about it; codes are stable, for machines."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is: an error makes rewards wrong, a warning may."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding."""

    code: str
    severity: Severity
    meaning: str
    fix: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one row."""

    code: str
    row: int
    detail: str


def _kinds(*kinds: Kind) -> dict[str, Kind]:
    return {kind.code: kind for kind in kinds}


_E, _W = Severity.ERROR, Severity.WARNING

KINDS = _kinds(
    Kind("no-reference", _E, "the row has no reference", "name its column: --field reference=…"),
    Kind(
        "unusable-reference",
        _E,
        "the checks cannot use the reference; its rewards would be null",
        "rewrite it, or declare its `type`",
    ),
    Kind(
        "fails-itself",
        _E,
        "an answer that is written as the reference is not accepted",
        "rewrite it, or declare its `type` (such as `text`)",
    ),
    Kind(
        "accepts-attack",
        _E,
        "an answer that is no answer is accepted",
        "rewrite the reference so that it is one answer",
    ),
    Kind(
        "solution-fails",
        _E,
        "the row's own solution earns less than everything",
        "correct the reference or the solution",
    ),
    Kind(
        "conflicting-references",
        _E,
        "a prompt comes again with another reference",
        "keep the right one",
    ),
    Kind("unscored", _E, "the service could not judge the row", "try again; see `verifier doctor`"),
    Kind("repeated-prompt", _W, "a prompt comes again with the same reference", "keep one"),
    Kind(
        "separators",
        _W,
        "`1,234` may be a number or a list",
        "write 1234, or (1, 234)",
    ),
    Kind(
        "lone-letter",
        _W,
        "a letter may be a choice or a variable",
        "declare the `type`: choice or expression",
    ),
    Kind(
        "unit",
        _W,
        "the reference has a unit; whether answers need it is the spec's policy",
        "see `ignore_missing_unit`, and ask for the unit in the prompt",
    ),
    Kind(
        "rounded",
        _W,
        "the reference is a rounded decimal; exact answers equal it only by the spec's policy",
        "give the exact value, or say in the prompt how to round",
    ),
    Kind("prose", _W, "the reference is a sentence, compared word by word", "shorten it"),
    Kind(
        "alternatives",
        _W,
        "the reference names several answers",
        "write a set if all are meant; keep one if any is",
    ),
    Kind(
        "whole-solution",
        _W,
        "the reference is a worked solution, of which only the end is taken",
        "keep the final answer alone",
    ),
)
