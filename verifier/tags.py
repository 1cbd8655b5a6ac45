"""Pure: where the think and answer tags stand in a completion."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class TagKind(StrEnum):
    """The four tags."""

    THINK_OPEN = "think_open"
    THINK_CLOSE = "think_close"
    ANSWER_OPEN = "answer_open"
    ANSWER_CLOSE = "answer_close"

    @property
    def thinks(self) -> bool:
        """Whether this tag is one of the two around the thinking."""
        return self is TagKind.THINK_OPEN or self is TagKind.THINK_CLOSE


@dataclass(frozen=True, slots=True)
class Tags:
    """How the four tags are written; an empty one never occurs."""

    think_open: str = "<think>"
    think_close: str = "</think>"
    answer_open: str = "<answer>"
    answer_close: str = "</answer>"


_USUAL = Tags()
# None of the usual tags can overlap another, so one search finds all of them.
_USUAL_TAG = re.compile(r"</?(?:think|answer)>")
_USUAL_KINDS = {
    _USUAL.think_open: TagKind.THINK_OPEN,
    _USUAL.think_close: TagKind.THINK_CLOSE,
    _USUAL.answer_open: TagKind.ANSWER_OPEN,
    _USUAL.answer_close: TagKind.ANSWER_CLOSE,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One tag where it occurs; a tag written by the prefix stands at 0 and has no length."""

    kind: TagKind
    start: int
    end: int


def marks(text: str, prefix: str, tags: Tags) -> tuple[Mark, ...]:
    """Every tag of the text in order, after the tags of the prefix that still stand."""
    # Joined, because a tag may begin in the prefix and end in the text.
    joined, shift = prefix + text, len(prefix)
    found = _found(joined, tags)
    if not found:
        return ()
    everywhere = [
        (start < shift, Mark(kind, max(0, start - shift), max(0, end - shift)))
        for start, end, kind in found
    ]
    prefilled = _standing([mark for before, mark in everywhere if before])
    return (*prefilled, *(mark for before, mark in everywhere if not before))


def _found(text: str, tags: Tags) -> list[tuple[int, int, TagKind]]:
    """Where each tag stands, in order."""
    if tags == _USUAL:
        if "<" not in text:
            return []
        return [(m.start(), m.end(), _USUAL_KINDS[m[0]]) for m in _USUAL_TAG.finditer(text)]
    return sorted(
        (start, end, kind)
        for kind, tag in (
            (TagKind.THINK_OPEN, tags.think_open),
            (TagKind.THINK_CLOSE, tags.think_close),
            (TagKind.ANSWER_OPEN, tags.answer_open),
            (TagKind.ANSWER_CLOSE, tags.answer_close),
        )
        for start, end in _occurrences(text, tag)
    )


def _occurrences(text: str, tag: str) -> list[tuple[int, int]]:
    found = []
    at = text.find(tag) if tag else -1
    while at >= 0:
        found.append((at, at + len(tag)))
        at = text.find(tag, at + len(tag))
    return found


def _standing(prefilled: list[Mark]) -> list[Mark]:
    """What of the prefix the completion continues: a prompt may name all tags as an instruction."""
    last = max((i for i, mark in enumerate(prefilled) if mark.kind.thinks), default=-1)
    standing = prefilled[last : last + 1] if last >= 0 else []
    if standing and standing[0].kind is TagKind.THINK_CLOSE:
        opened = [m for m in prefilled[:last] if m.kind is TagKind.THINK_OPEN]
        standing = opened[-1:] + standing
    answer = prefilled[-1:]
    if answer and answer[0].kind is TagKind.ANSWER_OPEN:
        standing = standing + answer
    return standing
