"""The check `multiple_choice`: the answer names the reference's option, and only that one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

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
from verifier.plaintext import nfkc, shown, undressed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from verifier.extraction import Extraction
    from verifier.model import Reference

# An answer is a letter and perhaps its option; what is longer than any option is no answer.
MAX_CHARS = 10_000


class Params(base.Params):
    """How a letter may be written."""

    ignore_case: bool = True
    """Read `b` as `B`."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """The option an answer names, or why it names none."""

    letter: str | None
    ambiguous: bool = False


_NONE = _Reading(None)
_AMBIGUOUS = _Reading(None, ambiguous=True)

# `\textbf{(B)} 5` to `(B) 5`, and the blanks of LaTeX to blanks.
_COMMAND = re.compile(r"^\s*+(?:\\(?:text|math)[a-z]{0,4}|\*\*)\s*+\{?([^{}*]{1,20}+)(?:\}|\*\*)")
_BLANK = re.compile(r"\\(?:[ ,;:!]|q?quad\b)|[~\s]")
_LEAD = re.compile(
    r"(?:the )?(?:correct |final )?(?:answer|option|choice)(?: is)?(?: option| choice)?[: ] *+",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[(\[]? ?([A-Za-z]) ?[)\]]?[.:]?")
_LETTER_AND_TEXT = re.compile(r"(?:[(\[]([A-Za-z])[)\]][.:]?|([A-Za-z])[).:]) ?(?P<text>\S.*)")
_ONE = r"[(\[]?[A-Za-z][)\]]?[.:]?"
_LETTERS = re.compile(rf"{_ONE}(?: ?(?:,|/|;|&|\+|,? or|,? and) ?{_ONE})+|[A-J]{{2,10}}")
# Another choice inside the text of the first one.
_OTHER_LETTER = re.compile(r"(?<![A-Za-z0-9])(?:[(\[][A-Z][)\]]|[A-Z][):]|(?:or|and) [A-Z]\b)")


def judge(subject: Subject, params: base.Params, _tools: Tools) -> Judgement:
    """Whether the extracted answer names the reference's option."""
    own = cast("Params", params)
    if subject.reference is None:
        return abstain(Outcome.REFERENCE_MISSING, "this check needs a letter as the reference")
    named = subject.reference.choices or {}
    choices = {_letter_of_key(key): _plain(text) for key, text in named.items()}
    gold = _read(subject.reference.value, choices, ignore_case=True).letter
    why_not = _flaw(subject.reference, choices, gold)
    if why_not:
        return abstain(Outcome.REFERENCE_INVALID, why_not)
    one = partial(_judge_one, gold, choices, own)
    return judge_answer(subject.completion, subject.rules, one)


def _judge_one(
    gold: str | None, choices: Mapping[str, str], params: Params, found: Extraction
) -> Judgement:
    answer = _read(found.text, choices, ignore_case=params.ignore_case)
    evidence: dict[str, JsonValue] = {
        **found.evidence,
        "read_as": answer.letter,
        "reference": gold,
    }
    if answer.ambiguous:
        reason = "the answer does not settle on one choice"
        return policy_fault(Outcome.AMBIGUOUS, reason, **evidence)
    if answer.letter != gold:
        which = "not a choice" if answer.letter is None else "another choice"
        return policy_fault(Outcome.INCORRECT, f"the answer is {which}", **evidence)
    return correct("the answer is the reference's choice", **evidence)


def _flaw(reference: Reference, choices: Mapping[str, str], gold: str | None) -> str:
    """What is wrong with the reference, or an empty string."""
    if "" in choices or len(choices) != len(reference.choices or {}):
        return "choices must be named by different letters A to Z"
    if gold is None or (choices and gold not in choices):
        return f"the reference {shown(reference.value, 60)!r} is not one of the choices"
    return ""


def _letter_of_key(key: str) -> str:
    found = _LETTER.fullmatch(key.strip())
    return found[1].upper() if found else ""


def _plain(text: str) -> str:
    """One form for all ways to write the same option."""
    text = " ".join(_BLANK.sub(" ", nfkc(undressed(text))).split())
    return undressed(text).rstrip(". ").casefold()


def _read(text: str, choices: Mapping[str, str], *, ignore_case: bool) -> _Reading:
    """The option that the text names; a letter inside a sentence names none."""
    if len(text) > MAX_CHARS:
        return _NONE
    text = _bare(text)
    alone = _LETTER.fullmatch(text)
    if alone and (not choices or alone[1].upper() in choices):
        return _letter(alone[1], ignore_case=ignore_case)
    same = [letter for letter, option in choices.items() if option and option == _plain(text)]
    if same:
        return _Reading(same[0]) if len(same) == 1 else _AMBIGUOUS
    if alone:
        return _letter(alone[1], ignore_case=ignore_case)
    return _AMBIGUOUS if _LETTERS.fullmatch(text) else _led(text, choices, ignore_case=ignore_case)


def _led(text: str, choices: Mapping[str, str], *, ignore_case: bool) -> _Reading:
    """The letter that stands before its option, as in `(B) 5`."""
    led = _LETTER_AND_TEXT.fullmatch(text)
    reading = _letter(led[1] or led[2], ignore_case=ignore_case) if led else _NONE
    if led and reading.letter and not _text_agrees(led["text"], choices.get(reading.letter)):
        return _AMBIGUOUS
    return reading


def _bare(text: str) -> str:
    """The answer without dress and without the words that announce it."""
    text = _BLANK.sub(" ", nfkc(undressed(text)))
    text = undressed(_COMMAND.sub(r"\1", " ".join(text.split())))
    return undressed(_LEAD.sub("", text, count=1)) if _LEAD.match(text) else text


def _letter(letter: str, *, ignore_case: bool) -> _Reading:
    return _Reading(letter.upper()) if ignore_case or letter.isupper() else _NONE


def _text_agrees(text: str, option: str | None) -> bool:
    """Whether the text after a letter is its option, as far as the options are known."""
    if not option:
        return not (_LETTER.fullmatch(text) or _OTHER_LETTER.search(text))
    text = _plain(text)
    return text.startswith(option) and not text[len(option) :][:1].isalnum()


CHECK = Check(
    name="multiple_choice",
    summary="The answer names the reference's option, and only that one.",
    params=Params,
    judge=judge,
    needs_reference=True,
    cost_seconds=0.0002,
)
