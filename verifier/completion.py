"""Pure: a completion taken apart into thinking, answers, boxes and code; never raises."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from verifier.boxes import box_commands, boxes
from verifier.defects import Defect, answer_defects, in_order, think_defects
from verifier.fences import CodeBlock, code_blocks, has_fences
from verifier.spans import Part, Span
from verifier.tags import Mark, TagKind, Tags, marks

__all__ = ["CodeBlock", "Completion", "Defect", "Part", "Span", "Tags", "parse"]


@dataclass(frozen=True, slots=True)
class Completion:
    """A completion and its parts; every index is one into `text`."""

    text: str
    prefix: str
    tags: Tags
    marks: tuple[Mark, ...]
    """Every tag in order; those that the prefix wrote stand at 0 and have no length."""
    visible_start: int
    """Where the thinking has ended; the length of the text where it never does."""
    thinking: Span | None
    """From the first opening think tag to the last closing one."""
    answers: tuple[Part, ...]
    """What stands between an opening answer tag and the next closing one."""
    boxes: tuple[Part, ...]
    """The boxes that are not inside another."""
    unclosed_box: int
    """Where the last box begins that stands after the thinking and is never closed, or -1."""
    code_blocks: tuple[CodeBlock, ...]
    defects: tuple[Defect, ...]
    """In the order in which `Defect` lists them."""

    @property
    def visible(self) -> str:
        """What stands after the thinking."""
        return self.text[self.visible_start :]

    @property
    def answer(self) -> Part | None:
        """The last complete answer tag after the thinking."""
        return next((part for part in reversed(self.answers) if part.visible), None)


def parse(text: str, prefix: str = "", tags: Tags = Tags()) -> Completion:  # noqa: B008 - frozen
    """The parts of a completion that continues `prefix`, in linear time; never raises."""
    found = marks(text, prefix, tags)
    thinks = [mark for mark in found if mark.kind.thinks]
    visible_start = 0
    if thinks:
        closed = thinks[-1].kind is TagKind.THINK_CLOSE
        visible_start = thinks[-1].end if closed else len(text)
    thinking = _thinking(text, thinks)
    answers = _answers(text, found, visible_start)
    final = next((part for part in reversed(answers) if part.visible), None)
    # No box and no code block reaches across these, so that a brace or a fence that the
    # thinking left open cannot swallow the answer.
    cuts = {0, visible_start, len(text)}
    if thinking is not None:
        cuts |= {thinking.start, thinking.end}
    if final is not None:
        cuts |= {final.start, final.end}
    found_boxes: list[Part] = []
    found_blocks: list[CodeBlock] = []
    unclosed_box = -1
    defects = think_defects(text, thinks, thinking)
    defects |= answer_defects(text, found, visible_start, final)
    # Most completions have neither, and finding that out once is cheaper than in every piece.
    commands, fenced = box_commands(text), has_fences(text)
    for begin, stop in pairwise(sorted(cuts)) if commands or fenced else ():
        visible = begin >= visible_start
        if commands:
            found_here = boxes(text, begin, stop, visible=visible, commands=commands)
            found_boxes += found_here.parts
            if found_here.unclosed and visible:
                defects.add(Defect.UNCLOSED_BOX)
                unclosed_box = max(unclosed_box, found_here.last_unclosed)
        if fenced:
            found_blocks += code_blocks(text, begin, stop, visible=visible)
    if any(block.visible and not block.closed for block in found_blocks):
        defects.add(Defect.UNCLOSED_CODE_BLOCK)
    return Completion(
        text=text,
        prefix=prefix,
        tags=tags,
        marks=found,
        visible_start=visible_start,
        thinking=thinking,
        answers=answers,
        boxes=tuple(found_boxes),
        unclosed_box=unclosed_box,
        code_blocks=tuple(found_blocks),
        defects=in_order(frozenset(defects)),
    )


def _thinking(text: str, thinks: list[Mark]) -> Span | None:
    if not thinks:
        return None
    start = next((mark.end for mark in thinks if mark.kind is TagKind.THINK_OPEN), 0)
    last = thinks[-1]
    end = last.start if last.kind is TagKind.THINK_CLOSE else len(text)
    return Span.of(text, start, max(start, end))


def _answers(text: str, found: tuple[Mark, ...], visible_start: int) -> tuple[Part, ...]:
    answers = []
    opened: Mark | None = None
    for mark in found:
        if mark.kind is TagKind.ANSWER_OPEN:
            opened = mark
        elif mark.kind is TagKind.ANSWER_CLOSE and opened is not None:
            start, end = opened.end, max(opened.end, mark.start)
            visible = opened.start >= visible_start
            answers.append(
                Part(text[start:end], start, end, opened.start, max(end, mark.end), visible)
            )
            opened = None
    return tuple(answers)
