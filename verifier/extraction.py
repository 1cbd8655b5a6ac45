"""Pure: which part of a completion is its final answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from verifier import hedges, phrases
from verifier.groups import last_group
from verifier.placeholders import is_hole, is_mentioned, is_placeholder
from verifier.plaintext import shown
from verifier.spans import Group, Region, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pydantic import JsonValue

    from verifier.completion import Completion
    from verifier.spans import Part

Source = Literal[
    "boxed", "answer_tag", "final_answer", "hashes", "conclusion", "last_math", "last_line", "whole"
]
Conflicting = Literal["last", "unless_offered", "same"]

END_TOKENS = (
    *("<|im_end|>", "<|im_start|>", "<|eot_id|>", "<|eom_id|>", "<|endoftext|>"),
    *("<|end_of_text|>", "<|end|>"),
    *("<|return|>", "<|eos|>", "</s>", "<eos>", "<end_of_turn>", "<|END_OF_TURN_TOKEN|>"),
    "<\uff5cend\u2581of\u2581sentence\uff5c>",
)
MAX_ALTERNATIVES = 4
"""An answer that offers more than this many different ones to choose from is none."""
# Code in any other language is a program, whose boxes and phrases are not the completion's own.
_MARKUP_LANGUAGES = frozenset(
    ("", "latex", "tex", "katex", "math", "markdown", "md", "text", "txt", "plaintext", "output")
)


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
    conflicting: Conflicting = "unless_offered"
    """Where a source gives several answers. `last`: the last one counts. `unless_offered`: it
    does, because a model may correct itself, but not where it is one of several to choose from
    (`5, or maybe 6`). `same`: it does where all of them are equal."""
    end_tokens: tuple[str, ...] = Field(default=END_TOKENS, max_length=64)
    """The completion ends at the first of these after the thinking."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """The answer text, where it stands in the completion (characters), and which source gave it.

    `completion.text[start:end] == text`, except where several pieces are one answer: then the span
    reaches from the first to the last, and the text is what they hold, joined by a comma.
    """

    text: str
    start: int
    end: int
    source: Source
    pieces: tuple[str, ...] = ()
    """Where there are several: what each of them holds, without repetitions."""
    offered: bool = False
    """The pieces are several answers to choose from, and not parts of one."""

    @property
    def evidence(self) -> dict[str, JsonValue]:
        """What a verdict tells about the answer: its beginning, its place and its source."""
        told: dict[str, JsonValue] = {
            "answer": shown(self.text),
            "span": [self.start, self.end],
            "source": self.source,
        }
        if self.offered:
            told["offered"] = [shown(piece) for piece in self.pieces[: MAX_ALTERNATIVES + 1]]
        return told


def extract(completion: Completion, rules: ExtractionRules) -> Extraction | None:
    """The final answer, or None where there is none; a source that is there but empty is none."""
    region = _region(completion, rules)
    for source in rules.sources:
        found = _FINDERS[source](completion, region, rules)
        if found is not None:
            return found if found.text else None
    return None


def _region(completion: Completion, rules: ExtractionRules) -> Region:
    text = completion.text
    begin = completion.visible_start if rules.after_thinking else 0
    end = _end_tokens(rules.end_tokens).search(text, completion.visible_start)
    programs = tuple(
        (block.outer_start, block.outer_end)
        for block in completion.code_blocks
        if block.closed and block.language not in _MARKUP_LANGUAGES
    )
    return Region(
        text=text,
        begin=begin,
        stop=end.start() if end else len(text),
        tags=tuple(mark.start for mark in completion.marks),
        programs=programs,
    )


@lru_cache(maxsize=256)
def _end_tokens(tokens: tuple[str, ...]) -> re.Pattern[str]:
    """Finds the first of them, if any, in one pass; the pattern of none never matches."""
    return re.compile("|".join(re.escape(token) for token in tokens if token) or r"(?!)")


def _decided(
    region: Region, parts: Iterable[Part], rules: ExtractionRules, source: Source
) -> Extraction | None:
    group = _group(region, parts, rules, source)
    return _extraction(group, source, rules) if group else None


def _group(
    region: Region, parts: Iterable[Part], rules: ExtractionRules, source: Source
) -> Group | None:
    """The last of the parts (last first) with what belongs to it, as far as the rules allow."""
    if rules.conflicting == "same":
        parts = list(parts)
    group = last_group(region.text, parts, region.stop, steps=source == "boxed")
    if group is None:
        return None
    if rules.conflicting == "same":
        group = _all_the_same(group, parts)
    elif rules.conflicting == "last" and group.offered:
        group = Group.one(group.pieces[-1])
    return group


def _all_the_same(group: Group, parts: Iterable[Part]) -> Group:
    """The group with every other answer offered beside it."""
    told = {"", group.text, *(piece.text for piece in group.pieces)}
    others = {p.text: p for part in parts if (p := part.stripped()).text not in told}
    if not others or not group.text:
        return group
    few = list(others.values())[: MAX_ALTERNATIVES + 1]
    pieces = group.pieces if group.offered else (replace(group.pieces[-1], text=group.text),)
    return Group(group.text, (*reversed(few), *pieces), offered=True)


def _extraction(group: Group, source: Source, rules: ExtractionRules) -> Extraction:
    start, end = group.pieces[0].start, group.pieces[-1].end
    texts = tuple(piece.text for piece in group.pieces)
    if len(texts) > 1:
        if group.offered:
            start = group.pieces[-1].start
        return Extraction(group.text, start, end, source, texts, group.offered)
    offered = () if rules.conflicting == "last" else hedges.alternatives(group.text)
    return Extraction(group.text, start, end, source, offered, offered=bool(offered))


def _boxed(completion: Completion, region: Region, rules: ExtractionRules) -> Extraction | None:
    boxes = _boxes(completion, region)
    last = next(boxes, None)
    reached = last.outer_end if last else region.begin
    if reached <= completion.unclosed_box < region.stop:
        # What is never closed was never finished.
        return Extraction("", completion.unclosed_box, region.stop, "boxed")
    return _decided(region, chain([last], boxes), rules, "boxed") if last else None


def _boxes(completion: Completion, region: Region) -> Iterator[Part]:
    """The boxes that are meant as answers, last first."""
    for box in reversed(completion.boxes):
        if box.outer_start < region.begin:
            return
        if box.outer_start >= region.stop or region.skips(box.outer_start) or is_hole(box.text):
            continue
        empty = box.outer_end > region.stop or is_placeholder(box.text)
        if not empty:
            yield box
        elif not is_mentioned(region.text, box):
            yield replace(box, text="", end=box.start)


def _answer_tag(
    completion: Completion, region: Region, rules: ExtractionRules
) -> Extraction | None:
    tags = [a for a in completion.answers if region.begin <= a.outer_start < region.stop]
    if not tags:
        return None
    group = _group(region, reversed(tags), rules, "answer_tag")
    if group is not None and len(group.pieces) > 1:
        return _extraction(group, "answer_tag", rules)
    inside = replace(region, begin=tags[-1].start, stop=min(tags[-1].end, region.stop))
    found = _boxed(completion, inside, rules)
    for parts in (phrases.announced(inside, in_tag=True), phrases.after_hashes(inside)):
        found = found or _decided(inside, parts, rules, "answer_tag")
    if found is not None:
        return found
    told = Span.of(region.text, inside.begin, inside.stop).stripped()
    empty = is_placeholder(told.text)
    return _extraction(Group.one(replace(told, text="") if empty else told), "answer_tag", rules)


def _final_answer(
    _completion: Completion, region: Region, rules: ExtractionRules
) -> Extraction | None:
    return _decided(region, phrases.announced(region), rules, "final_answer")


def _hashes(_completion: Completion, region: Region, rules: ExtractionRules) -> Extraction | None:
    return _decided(region, phrases.after_hashes(region), rules, "hashes")


def _conclusion(
    _completion: Completion, region: Region, rules: ExtractionRules
) -> Extraction | None:
    return _decided(region, phrases.concluded(region), rules, "conclusion")


def _last_math(
    _completion: Completion, region: Region, rules: ExtractionRules
) -> Extraction | None:
    return _decided(region, phrases.last_math(region), rules, "last_math")


def _last_line(completion: Completion, region: Region, rules: ExtractionRules) -> Extraction | None:
    whole = _whole(completion, region, rules)
    if whole is None:
        return None
    start = region.text.rfind("\n", whole.start, whole.end) + 1
    line = Span.of(region.text, max(whole.start, start), whole.end).stripped()
    return Extraction(line.text, line.start, line.end, "last_line")


def _whole(_completion: Completion, region: Region, _rules: ExtractionRules) -> Extraction | None:
    found = Span.of(region.text, region.begin, max(region.begin, region.stop)).stripped()
    return Extraction(found.text, found.start, found.end, "whole") if found.text else None


_FINDERS: dict[Source, Callable[[Completion, Region, ExtractionRules], Extraction | None]] = {
    "boxed": _boxed,
    "answer_tag": _answer_tag,
    "final_answer": _final_answer,
    "hashes": _hashes,
    "conclusion": _conclusion,
    "last_math": _last_math,
    "last_line": _last_line,
    "whole": _whole,
}
