"""The check `think_format`: thinking and answer stand in their tags, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self, cast

from pydantic import Field, model_validator

from verifier.checks import base
from verifier.checks.base import Check, Judgement, Subject, Tools, correct, policy_fault
from verifier.completion import Completion, Defect, parse
from verifier.model import Outcome
from verifier.tags import TagKind, Tags

if TYPE_CHECKING:
    from pydantic import JsonValue

MAX_TAG_CHARS = 64

_THINK_DEFECTS = frozenset(
    {
        Defect.MISSING_THINK,
        Defect.MISSING_THINK_OPEN,
        Defect.UNCLOSED_THINK,
        Defect.NESTED_THINK,
        Defect.REPEATED_THINK,
        Defect.REVERSED_TAGS,
        Defect.EMPTY_THINKING,
        Defect.EMPTY_ANSWER,
    }
)
_ANSWER_DEFECTS = frozenset({Defect.UNCLOSED_ANSWER, Defect.REPEATED_ANSWER})
_STRICT_DEFECTS = frozenset({Defect.TEXT_BEFORE_THINKING})
_STRICT_ANSWER_DEFECTS = frozenset(
    {Defect.ANSWER_IN_THINKING, Defect.JUNK_BETWEEN, Defect.JUNK_AFTER_ANSWER}
)


class Params(base.Params):
    """Which tags have to be there, and how much else may be."""

    mode: Literal["strict", "soft", "tag_count"] = "strict"
    """`strict`: thinking, answer, nothing else. `soft`: thinking, then anything, and no tag out of
    order. `tag_count`: an equal share for each tag that occurs once and in order."""
    require_answer_tag: bool | None = None
    """Whether the answer needs its tags; by default in every mode but `soft`."""
    think_open: str = Field(default="<think>", min_length=1, max_length=MAX_TAG_CHARS)
    """How the thinking begins."""
    think_close: str = Field(default="</think>", min_length=1, max_length=MAX_TAG_CHARS)
    """How it ends."""
    answer_open: str = Field(default="<answer>", min_length=1, max_length=MAX_TAG_CHARS)
    """How the answer begins."""
    answer_close: str = Field(default="</answer>", min_length=1, max_length=MAX_TAG_CHARS)
    """How it ends."""

    @model_validator(mode="after")
    def _tags_are_distinct(self) -> Self:
        tags = (self.think_open, self.think_close, self.answer_open, self.answer_close)
        for i, tag in enumerate(tags):
            if any(tag in other for j, other in enumerate(tags) if i != j):
                raise ValueError(f"the tag {tag!r} is part of another; choose four distinct tags")
        return self

    @property
    def tags(self) -> Tags:
        """The four tags."""
        return Tags(self.think_open, self.think_close, self.answer_open, self.answer_close)

    @property
    def wants_answer_tag(self) -> bool:
        """Whether the answer needs its tags in this mode."""
        return self.mode != "soft" if self.require_answer_tag is None else self.require_answer_tag

    @property
    def fatal(self) -> frozenset[Defect]:
        """The defects that this mode does not accept."""
        fatal = _THINK_DEFECTS
        if self.mode == "strict":
            fatal |= _STRICT_DEFECTS
        if self.wants_answer_tag:
            fatal |= _ANSWER_DEFECTS | {Defect.MISSING_ANSWER}
            if self.mode == "strict":
                fatal |= _STRICT_ANSWER_DEFECTS
        elif self.mode == "soft":
            fatal |= _ANSWER_DEFECTS
        return fatal


def judge(subject: Subject, params: base.Params, _tools: Tools) -> Judgement:
    """Whether the completion has the form that the mode asks for."""
    own = cast("Params", params)
    completion = subject.completion
    if completion.tags != own.tags:
        completion = parse(completion.text, completion.prefix, own.tags)
    evidence: dict[str, JsonValue] = {
        "mode": own.mode,
        "defects": [str(defect) for defect in completion.defects],
        "visible_start": completion.visible_start,
    }
    if own.mode == "tag_count":
        return _count(completion, own, evidence)
    fatal = [defect for defect in completion.defects if defect in own.fatal]
    if fatal:
        names = ", ".join(fatal)
        return policy_fault(Outcome.MALFORMED, f"the form is wrong: {names}", **evidence)
    return correct("the form is right", **evidence)


def _count(completion: Completion, params: Params, evidence: dict[str, JsonValue]) -> Judgement:
    kinds = [kind for kind in TagKind if kind.thinks or params.wants_answer_tag]
    places: dict[TagKind, list[int]] = {kind: [] for kind in kinds}
    for place, mark in enumerate(completion.marks):
        if mark.kind in places:
            places[mark.kind].append(place)
    counted: list[JsonValue] = []
    reached = -1
    for kind, where in places.items():
        if len(where) == 1 and where[0] > reached:
            counted.append(str(kind))
        # A tag counts only after every tag that has to come before it.
        reached = max([reached, *where[:1]])
    evidence["counted"] = counted
    share = len(counted) / len(kinds)
    reason = f"{len(counted)} of {len(kinds)} tags occur once and in order"
    if share == 1:
        return correct(reason, **evidence)
    if not counted:
        return policy_fault(Outcome.MALFORMED, reason, **evidence)
    return Judgement(Outcome.PARTIAL, share, reason, evidence)


CHECK = Check(
    name="think_format",
    summary="Thinking and answer stand in their tags, in order.",
    params=Params,
    judge=judge,
    needs_reference=False,
    cost_seconds=0.0003,
)
