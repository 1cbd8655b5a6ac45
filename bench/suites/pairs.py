"""A labelled pair of a gold and an answer, and what every grader is given of it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Form = Literal["answer", "completion", "prose"]
"""An answer alone; a completion that marks its answer; a text that does not."""

_DELIMITED = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"))
_MARKED = re.compile(
    r"""
      \\boxed\b | \\fbox\b | <answer> | </think> | \#{4}
    | \banswers?\b\W{0,4}(?:is|are|:) | \bfinal\ answer\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORD = re.compile(r"(?<![\\A-Za-z])[^\W\d_]{3,}")
_NO_PROSE = re.compile(
    r"sin|cos|tan|cot|sec|csc|log|exp|sqrt|abs|min|max|mod|gcd|lcm|arcsin|arccos|arctan",
    re.IGNORECASE,
)
_TEXT_COMMAND = re.compile(r"\\(?:text\w*|mbox|mathrm|mathbf|operatorname)\s*\{[^{}]*\}")
_LONGEST_ANSWER = 160


@dataclass(frozen=True, slots=True)
class Pair:
    """What a suite says of one answer; `origin` is the file with the test's name and line."""

    source: str
    gold: str
    answer: str
    equal: bool
    origin: str
    form: Form = "answer"

    @property
    def completion(self) -> str:
        """The text that is graded."""
        if self.form == "answer":
            inside = bare(self.answer)
            # A backslash at the end must not take the brace with it.
            loose = (len(inside) - len(inside.rstrip("\\"))) % 2
            return rf"\boxed{{{inside}{' ' * loose}}}"
        return self.answer

    @property
    def key(self) -> str:
        """The same for two pairs that ask a grader the same question."""
        return json.dumps([self.gold, self.completion])


@dataclass(frozen=True, slots=True)
class Skipped:
    """A case of a suite that says nothing of two answers, and why."""

    origin: str
    why: str


def form_of(text: str) -> Form:
    """How a suite that reads whole texts means this one."""
    if _MARKED.search(text):
        return "completion"
    if len(text) > _LONGEST_ANSWER or "\n\n" in text.strip():
        return "prose"
    plain = _TEXT_COMMAND.sub(" ", text)
    mathematics = re.search(r"[$\d]|\\[(\[a-zA-Z]", plain)
    before = plain[: mathematics.start()] if mathematics else ""
    words = [word for word in _WORD.findall(before) if not _NO_PROSE.fullmatch(word)]
    return "prose" if words else "answer"


def bare(text: str) -> str:
    """The text without the math delimiters, where one pair of them holds all of it."""
    text = text.strip()
    for opening, closing in _DELIMITED:
        inner = text[len(opening) : -len(closing)]
        if (
            len(text) > len(opening) + len(closing)
            and text.startswith(opening)
            and text.endswith(closing)
            and "$" not in inner
            and opening not in inner
            and closing not in inner
        ):
            return inner.strip()
    return text


def distinct(pairs: Iterable[Pair], seen: set[str]) -> Iterator[Pair]:
    """The pairs whose question is not in `seen` yet, which they join."""
    for pair in pairs:
        if pair.key not in seen:
            seen.add(pair.key)
            yield pair


def write(path: Path, pairs: Iterable[Pair]) -> None:
    """The pairs as JSONL."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(asdict(pair), ensure_ascii=False) + "\n" for pair in pairs)
    path.write_text("".join(lines), encoding="utf-8")
