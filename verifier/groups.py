r"""Pure: which of the boxes, tags or phrases of a completion are its final answer together.

The last one is; with those before it that are parts of the same answer (`\boxed{1}` and
`\boxed{2}`) or offered in its place (`\boxed{1}`, or maybe `\boxed{2}`).
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING

from verifier import hedges
from verifier.spans import Group, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifier.spans import Part

_MAX_BETWEEN_CHARS = 60
_LABEL = (
    r"(?:\\[A-Za-z]{2,7}|[A-Za-z]{1,2}|[\u0391-\u03c9])(?:_\w{1,3})?+'{0,2}"
    r"(?:\([\w,| ]{1,7}\))?+\s*+[=:]"
)
_BETWEEN = re.compile(
    rf"""
      (?P<joint>
        [\s.,;\u3001\uff0c&]*+
        (?:(?:(?:and|or)(?![A-Za-z])|[和或及与])[\s.,;\u3001\uff0c]*+)*+ )
      (?P<number>(?:[-*\u2022]|\(?(?-i:[a-h]|\d{{1,2}})[.)])[ ]++)?
      (?P<label>{_LABEL})?+ \s*+
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CONNECTIVE = re.compile(r"[,;\u3001\uff0c和或及与]|and|or", re.IGNORECASE)
_FIRST_LABEL = re.compile(rf"(?<![A-Za-z0-9\\])({_LABEL})\s*$")


class _Link(Enum):
    """What two neighbours have to do with one another."""

    APART = auto()
    PARTS = auto()
    OFFERED = auto()


def last_group(text: str, parts: Iterable[Part], stop: int, *, steps: bool) -> Group | None:
    """The last of the parts and what belongs to it; None where there are no parts.

    Args:
        text: the completion.
        parts: in their order, last first; no more of them are taken than belong together.
        stop: where the completion ends.
        steps: whether parts with nothing between them may be steps and not a choice.
    """
    found: list[Part] = []
    labels: list[str] = []
    offered = False
    for part in parts:
        if found:
            link, label = _link(text, part, found[-1], steps=steps)
            if link is _Link.APART:
                break
            offered = offered or link is _Link.OFFERED
            labels.append(label)
        found.append(part)
    if not found:
        return None
    last = found[0].stripped()
    pieces = _distinct(found)
    if not last.text:
        return Group("", (last,))
    other = hedges.trailing_offer(text, found[0].outer_end, stop)
    if other and other != last.text:
        return Group(last.text, (Span(other, last.start, last.end), *pieces), offered=True)
    if len(pieces) == 1 or offered:
        return Group(last.text, pieces, offered)
    labels.append(_first_label(text, found[-1]))
    return Group(_joined(found[::-1], labels[::-1]), pieces)


def _link(text: str, part: Part, following: Part, *, steps: bool) -> tuple[_Link, str]:
    """What the part has to do with the one that follows, and the label of that one."""
    length = following.outer_start - part.outer_end
    if length < 0 or length > hedges.WINDOW_CHARS:
        return _Link.APART, ""
    between = hedges.plain(text[part.outer_end : following.outer_start])
    joint = _BETWEEN.fullmatch(between) if length <= _MAX_BETWEEN_CHARS else None
    if joint is not None:
        label = joint["label"] or ""
        if label:
            belongs = _same_kind(text, part, label, joint["joint"])
        else:
            numbered = joint["number"] and "\n" in joint["joint"]
            belongs = bool(numbered or _CONNECTIVE.search(joint["joint"]))
        if belongs:
            return _Link.PARTS, label
        if not label:
            # Boxes in a row are the steps of a derivation, tags in a row are not.
            return (_Link.APART if steps else _Link.OFFERED), ""
    return (_Link.OFFERED if hedges.leads(between) else _Link.APART), ""


def _same_kind(text: str, part: Part, label: str, joint: str) -> bool:
    """Whether a labelled part goes on what came before: `x=1, y=2`, but not two steps for `x`."""
    before = _first_label(text, part)
    if _CONNECTIVE.search(joint):
        return bool(before)
    return bool(before) and before != label


def _first_label(text: str, part: Part) -> str:
    """What the text before a part calls it, as in `x=`, or an empty string."""
    window = text[max(0, part.outer_start - _MAX_BETWEEN_CHARS) : part.outer_start]
    label = _FIRST_LABEL.search(hedges.plain(window))
    return label[1] if label else ""


def _distinct(found: list[Part]) -> tuple[Span, ...]:
    """The pieces in their order, without blanks around them, empty ones and repetitions."""
    pieces = {piece.text: piece for part in found if (piece := part.stripped()).text}
    return tuple(reversed(pieces.values()))


def _joined(found: list[Part], labels: list[str]) -> str:
    """One text for parts of one answer, with their labels where all have one of their own."""
    answers = [part.stripped().text for part in found]
    names = ["".join(label.split()) for label in labels]
    # `x_1` and `x_2` are values of the same unknown.
    unknowns = {name.partition("_")[0] for name in names}
    if all(names) and len(unknowns) == len(names):
        answers = [
            answer if "=" in answer else f"{name.rstrip(':=')}={answer}"
            for name, answer in zip(names, answers, strict=True)
        ]
    return ", ".join(dict.fromkeys(filter(None, answers)))
