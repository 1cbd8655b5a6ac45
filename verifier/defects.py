"""Pure: what is wrong with the form of a completion."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from verifier.tags import Mark, TagKind

if TYPE_CHECKING:
    from verifier.spans import Part, Span


class Defect(StrEnum):
    """What is wrong with the form of a completion; a prefilled tag counts as written."""

    MISSING_THINK = "missing_think"
    """There is no think tag."""
    MISSING_THINK_OPEN = "missing_think_open"
    """The thinking is closed and never opened; the caller may have left out the prefix."""
    UNCLOSED_THINK = "unclosed_think"
    """The last thinking that is opened is never closed."""
    NESTED_THINK = "nested_think"
    """The thinking is opened again before it is closed."""
    REPEATED_THINK = "repeated_think"
    """The thinking is opened or closed again after it was closed."""
    REVERSED_TAGS = "reversed_tags"
    """A tag closes before it opens, or the answer stands before the thinking."""
    EMPTY_THINKING = "empty_thinking"
    """The thinking is blank."""
    TEXT_BEFORE_THINKING = "text_before_thinking"
    """Something stands before the opening think tag."""
    MISSING_ANSWER = "missing_answer"
    """After the thinking no answer tag opens and closes."""
    UNCLOSED_ANSWER = "unclosed_answer"
    """The last answer tag after the thinking is never closed."""
    REPEATED_ANSWER = "repeated_answer"
    """After the thinking an answer tag comes twice."""
    ANSWER_IN_THINKING = "answer_in_thinking"
    """An answer tag stands inside the thinking."""
    EMPTY_ANSWER = "empty_answer"
    """The answer, or everything after the thinking, is blank."""
    JUNK_BETWEEN = "junk_between"
    """Something stands between the thinking and the answer tag."""
    JUNK_AFTER_ANSWER = "junk_after_answer"
    """Something stands after the closing answer tag."""
    UNCLOSED_BOX = "unclosed_box"
    """After the thinking a box is opened and never closed."""
    UNCLOSED_CODE_BLOCK = "unclosed_code_block"
    """After the thinking a code block is opened and never closed."""


_NOTHING = (Defect.MISSING_ANSWER, Defect.EMPTY_ANSWER)


@lru_cache(maxsize=1024)
def in_order(defects: frozenset[Defect]) -> tuple[Defect, ...]:
    """Defects in the order in which `Defect` lists them."""
    return tuple(defect for defect in Defect if defect in defects)


def think_defects(text: str, thinks: list[Mark], thinking: Span | None) -> set[Defect]:
    """What is wrong with the think tags."""
    if thinking is None:
        return {Defect.MISSING_THINK}
    defects = _think_order_defects(thinks)
    if not thinking.text.strip():
        defects.add(Defect.EMPTY_THINKING)
    if thinks[0].kind is TagKind.THINK_OPEN and text[: thinks[0].start].strip():
        defects.add(Defect.TEXT_BEFORE_THINKING)
    return defects


def _think_order_defects(thinks: list[Mark]) -> set[Defect]:
    defects: set[Defect] = set()
    was_opened = was_closed = is_open = False
    for mark in thinks:
        if mark.kind is TagKind.THINK_OPEN:
            if is_open:
                defects.add(Defect.NESTED_THINK)
            elif was_closed:
                defects.add(Defect.REPEATED_THINK if was_opened else Defect.REVERSED_TAGS)
            was_opened = is_open = True
        else:
            if was_closed and not is_open:
                defects.add(Defect.REPEATED_THINK)
            was_closed, is_open = True, False
    if not was_opened:
        defects.add(Defect.MISSING_THINK_OPEN)
    if is_open:
        defects.add(Defect.UNCLOSED_THINK)
    return defects


def answer_defects(
    text: str, found: tuple[Mark, ...], visible_start: int, final: Part | None
) -> set[Defect]:
    """What is wrong with the answer tags and with what stands around them."""
    if not found:
        return {Defect.MISSING_ANSWER} if text.strip() else {*_NOTHING}
    last_think = max((i for i, mark in enumerate(found) if mark.kind.thinks), default=-1)
    closed = last_think < 0 or found[last_think].kind is TagKind.THINK_CLOSE
    tail = found[last_think + 1 :] if closed else ()
    early = found[: len(found) - len(tail)]
    defects = _early_answer_defects(early) | _visible_answer_defects(tail)
    if closed and not text[visible_start:].strip():
        defects.add(Defect.EMPTY_ANSWER)
    if tail and last_think >= 0 and text[visible_start : tail[0].start].strip():
        defects.add(Defect.JUNK_BETWEEN)
    if final is not None:
        if not final.text.strip():
            defects.add(Defect.EMPTY_ANSWER)
        if text[tail[-1].end :].strip():
            defects.add(Defect.JUNK_AFTER_ANSWER)
    return defects


def _early_answer_defects(early: tuple[Mark, ...]) -> set[Defect]:
    """What is wrong with the answer tags before the last think tag."""
    defects: set[Defect] = set()
    opens_later = any(mark.kind is TagKind.THINK_OPEN for mark in early)
    for mark in early:
        if mark.kind.thinks:
            opens_later = opens_later and mark.kind is not TagKind.THINK_OPEN
        else:
            defects.add(Defect.REVERSED_TAGS if opens_later else Defect.ANSWER_IN_THINKING)
    return defects


def _visible_answer_defects(tail: tuple[Mark, ...]) -> set[Defect]:
    """What is wrong with the answer tags after the thinking."""
    defects: set[Defect] = set()
    is_open = complete = stray = False
    for mark in tail:
        if mark.kind is TagKind.ANSWER_OPEN:
            if is_open or complete:
                defects.add(Defect.REPEATED_ANSWER)
            elif stray:
                defects.add(Defect.REVERSED_TAGS)
            is_open = True
        elif is_open:
            complete, is_open = True, False
        elif complete:
            defects.add(Defect.REPEATED_ANSWER)
        else:
            stray = True
    if is_open:
        defects.add(Defect.UNCLOSED_ANSWER)
    elif not complete:
        defects.add(Defect.MISSING_ANSWER)
    return defects
