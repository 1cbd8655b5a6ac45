"""The check `exact_match`: the answer is the reference, letter by letter after normalisation."""

from __future__ import annotations

import re
import string
import unicodedata
from functools import partial
from typing import TYPE_CHECKING, Literal, cast

from verifier.checks import base
from verifier.checks.base import (
    Check,
    Judgement,
    Subject,
    Tools,
    abstain,
    correct,
    judge_answer,
    policy_fault,
)
from verifier.model import Outcome
from verifier.plaintext import nfkc, shown

if TYPE_CHECKING:
    from pydantic import JsonValue

    from verifier.extraction import Extraction, ExtractionRules

# An answer this much longer than the reference is another text, however it is normalised.
MAX_SURPLUS_CHARS = 10_000
MAX_RATIO = 20
_ARTICLES = re.compile(r"\b(?:a|an|the)\b", re.IGNORECASE)


class Params(base.Params):
    """What to compare, and which differences do not count."""

    source: Literal["answer", "whole"] = "answer"
    """The extracted answer, or everything after the thinking."""
    strip: bool = True
    """Blanks at both ends."""
    collapse_whitespace: bool = True
    """One blank or several, and line breaks."""
    nfkc: bool = True
    """Compatibility forms of one character, such as full-width digits."""
    casefold: bool = False
    """Upper and lower case."""
    strip_punctuation: bool = False
    """Punctuation and the ASCII symbols. Mind that `-5` becomes `5`."""
    strip_articles: bool = False
    """The English words a, an and the."""

    def rules(self, rules: ExtractionRules) -> ExtractionRules:
        """Where to look, given the rules of the spec."""
        if self.source == "answer":
            return rules
        return rules.model_copy(update={"sources": ("whole",)})

    def normalised(self, text: str) -> str:
        """The text without the differences that do not count."""
        if self.nfkc:
            text = nfkc(text)
        if self.casefold:
            text = text.casefold()
        if self.strip_punctuation:
            text = "".join(c for c in text if not _is_punctuation(c))
        if self.strip_articles:
            text = _ARTICLES.sub(" ", text)
        if self.collapse_whitespace:
            text = re.sub(r"\s++", " ", text)
        return text.strip() if self.strip else text


def _is_punctuation(character: str) -> bool:
    return character in string.punctuation or unicodedata.category(character).startswith("P")


def judge(subject: Subject, params: base.Params, _tools: Tools) -> Judgement:
    """Whether the answer and the reference are the same text after normalisation."""
    own = cast("Params", params)
    if subject.reference is None:
        return abstain(Outcome.REFERENCE_MISSING, "this check needs a text as the reference")
    gold = own.normalised(subject.reference.value)
    if not gold.strip():
        return abstain(
            Outcome.REFERENCE_INVALID, "nothing of the reference is left after normalisation"
        )
    one = partial(_judge_one, gold, len(subject.reference.value), own)
    return judge_answer(subject.completion, own.rules(subject.rules), one)


def _judge_one(gold: str, gold_chars: int, params: Params, found: Extraction) -> Judgement:
    evidence: dict[str, JsonValue] = {**found.evidence, "reference": shown(gold)}
    if len(found.text) > MAX_SURPLUS_CHARS + MAX_RATIO * gold_chars:
        return policy_fault(Outcome.INCORRECT, "the answer is far too long", **evidence)
    if params.normalised(found.text) != gold:
        return policy_fault(Outcome.INCORRECT, "the answer is another text", **evidence)
    return correct("the answer is the reference's text", **evidence)


CHECK = Check(
    name="exact_match",
    summary="The answer is the reference's text after normalisation.",
    params=Params,
    judge=judge,
    needs_reference=True,
    cost_seconds=0.0002,
)
