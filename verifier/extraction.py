"""Pure: which part of a completion is its final answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from verifier.plaintext import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import JsonValue

    from verifier.completion import Completion
    from verifier.spans import Part

Source = Literal["boxed", "answer_tag", "final_answer", "hashes", "last_line", "whole"]


class ExtractionRules(BaseModel):
    """How a spec wants the final answer found."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", use_attribute_docstrings=True
    )

    after_thinking: bool = True
    """Answers inside the thinking do not count."""
    sources: tuple[Source, ...] = Field(
        default=("boxed", "answer_tag", "final_answer", "hashes"), min_length=1
    )
    """Where to look, in this order; the first source that is there decides."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """The answer text, where it stands in the completion (characters), and which source gave it.

    `completion.text[start:end] == text`, except where several boxes are one answer: then the span
    reaches from the first to the last, and the text is what they hold, joined by a comma.
    """

    text: str
    start: int
    end: int
    source: Source

    @property
    def evidence(self) -> dict[str, JsonValue]:
        """What a verdict tells about the answer: its beginning, its place and its source."""
        return {
            "answer": shown(self.text),
            "span": [self.start, self.end],
            "source": self.source,
        }


def extract(completion: Completion, rules: ExtractionRules) -> Extraction | None:
    """The final answer, or None where there is none; a source that is there but empty is none."""
    begin = completion.visible_start if rules.after_thinking else 0
    for source in rules.sources:
        found = _FINDERS[source](completion, begin)
        if found is not None:
            return found if found.text else None
    return None


# Every pattern is possessive where it repeats, so that none of them can backtrack.
_CONNECTIVE = re.compile(
    r"(?:[ \t$&~,;.*]|\\[()\[\],;! ]|\\q?quad|\\text\{[ ]?(?:and|or)[ ]?\}|and\b|or\b"
    r"|[和或、\uff0c])*+"
)
_MAX_CONNECTIVE_CHARS = 40
_PHRASE = re.compile(
    r"""
      \banswers?+ [*_]{0,3}+ [ \t]*+ (?: (?:is|are)\b [ \t]*+ [:\uff1a]?+ | [:\uff1a] )
    | (?:最终)?答案 [*_]{0,3}+ [ \t]*+ (?: (?:是|为|為) [:\uff1a]?+ | [:\uff1a] )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# The line after the phrase, or the next one that is not blank: `**Answer:**` may be a heading.
_PHRASE_LINE = re.compile(r"[\s*_]*+([^\n]*+)")
_HASHES = re.compile(r"(?<!#)####(?!#)[ \t\r]*+([^\n]++)")


def _boxed(completion: Completion, begin: int) -> Extraction | None:
    return _last_box(completion.text, completion.boxes, begin, len(completion.text))


def _last_box(text: str, boxes: Sequence[Part], begin: int, stop: int) -> Extraction | None:
    inside = [box for box in boxes if box.outer_start >= begin and box.outer_end <= stop]
    if not inside:
        return None
    last = inside[-1]
    first = len(inside) - 1
    while first and _joined(text, inside[first - 1], inside[first]):
        first -= 1
    answers = [box.text.strip() for box in inside[first:]]
    if first == len(inside) - 1 or not answers[-1]:
        return _stripped(text, last.start, last.end, "boxed")
    distinct = ", ".join(dict.fromkeys(filter(None, answers)))
    return Extraction(distinct, inside[first].start, last.end, "boxed")


def _joined(text: str, box: Part, following: Part) -> bool:
    """Whether nothing but a comma, `and` or `or` stands between two boxes of one line."""
    gap = text[box.outer_end : following.outer_start]
    return (
        0 < len(gap) <= _MAX_CONNECTIVE_CHARS
        and _CONNECTIVE.fullmatch(gap) is not None
        and any(word in gap for word in (",", ";", "and", "or", "和", "或", "、", "\uff0c"))
    )


def _answer_tag(completion: Completion, begin: int) -> Extraction | None:
    answer = next((a for a in reversed(completion.answers) if a.outer_start >= begin), None)
    if answer is None:
        return None
    boxed = _last_box(completion.text, completion.boxes, answer.start, answer.end)
    return boxed or _stripped(completion.text, answer.start, answer.end, "answer_tag")


def _final_answer(completion: Completion, begin: int) -> Extraction | None:
    phrase = _last_match(_PHRASE, completion.text, begin)
    if phrase is None:
        return None
    line = _PHRASE_LINE.match(completion.text, phrase.end())
    return None if line is None else _from_line(completion, line, "final_answer")


def _hashes(completion: Completion, begin: int) -> Extraction | None:
    line = _last_match(_HASHES, completion.text, begin)
    return None if line is None else _from_line(completion, line, "hashes")


def _last_match(pattern: re.Pattern[str], text: str, begin: int) -> re.Match[str] | None:
    last = None
    for found in pattern.finditer(text, begin):
        last = found
    return last


def _from_line(completion: Completion, line: re.Match[str], source: Source) -> Extraction:
    """What the line says before the next tag, without full stops and bold marks at its end."""
    text = completion.text
    start, end = line.span(1)
    end = min((mark.start for mark in completion.marks if start <= mark.start < end), default=end)
    while end > start:
        if text[end - 1].isspace() or text[end - 1] in ".。":
            end -= 1
        elif text.endswith("**", start, end):
            end -= 2
        else:
            break
    return _stripped(text, start, end, source)


def _last_line(completion: Completion, begin: int) -> Extraction | None:
    whole = _whole(completion, begin)
    if whole is None:
        return None
    start = completion.text.rfind("\n", whole.start, whole.end) + 1
    return _stripped(completion.text, max(whole.start, start), whole.end, "last_line")


def _whole(completion: Completion, begin: int) -> Extraction | None:
    found = _stripped(completion.text, begin, len(completion.text), "whole")
    return found if found.text else None


def _stripped(text: str, start: int, end: int, source: Source) -> Extraction:
    """The piece without the blanks around it."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    return Extraction(piece, start, start + len(piece), source)


_FINDERS: dict[Source, Callable[[Completion, int], Extraction | None]] = {
    "boxed": _boxed,
    "answer_tag": _answer_tag,
    "final_answer": _final_answer,
    "hashes": _hashes,
    "last_line": _last_line,
    "whole": _whole,
}
