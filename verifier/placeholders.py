r"""Pure: `\boxed{}`, `\boxed{your answer}` and the like, which hold no answer."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from verifier.plaintext import undressed

if TYPE_CHECKING:
    from verifier.spans import Part

_MAX_CHARS = 80
_WINDOW_CHARS = 40
_BLANK = r"\s|~|\\[ ,;:!]|\\q?quad\b|\\hspace\*?\{[^{}]*+\}|[\u200b-\u200f\u2060\ufeff]"
# What an equation is printed with where a number is to be found.
_HOLE = re.compile(
    rf"(?:{_BLANK}|\\(?:square|Box|bigcirc|underline)\b|\\[hv]?phantom\{{[^{{}}]*+\}}|[□◻_{{}}]|\\_)++"
)
_DOTS = re.compile(rf"(?:{_BLANK}|\.{{2,}}|…|\\(?:[cl]?dots|ldots)\b|\?|-{{2,}})*+")
_WORD = r"your|my|the|an?|insert|put|write|enter|place|fill|in|here|final|exact|correct|numerical"
_WORDS = re.compile(
    rf"(?:(?:{_WORD})[\s_-]++)*+(?:answers?|ans)(?:[\s_-]++here)?"
    rf"|(?:(?:{_WORD})[\s_-]++)++(?:value|number|result|solution|text|expression)(?:[\s_-]++here)?"
    r"|(?:你的|您的|最终|最後|最后)*+答案",
    re.IGNORECASE,
)
# Most boxes hold none of these and are let pass at once.
_SUSPECT = re.compile(
    r"ans|value|number|result|solution|text|expression|答案|\.\.|…|dots|--|\?", re.IGNORECASE
)
_BRACKETS = (("[", "]"), ("<", ">"), ("(", ")"), ("{", "}"), ('"', '"'), ("'", "'"))
_INSTRUCTION = re.compile(
    r"""(?:\b(?:in|within|inside|into|using|use|with|by|of|an?|the|as|form|format|notation|command)
        |[\u201c"'`\u2018]|中|用|在) [\s$("'`\u201c\u2018]*+ $""",
    re.VERBOSE | re.IGNORECASE,
)


def is_hole(text: str) -> bool:
    r"""Whether it is the blank of an equation, such as `\square`, and not empty."""
    return 0 < len(text) <= _MAX_CHARS and _is_short_hole(text)


def is_placeholder(text: str) -> bool:
    """Whether it only says where an answer would stand."""
    return len(text) <= _MAX_CHARS and _is_short_placeholder(text)


# Members of a group repeat their answers.
@lru_cache(maxsize=4_096)
def _is_short_hole(text: str) -> bool:
    return bool(_HOLE.fullmatch(text)) and not text.isspace()


@lru_cache(maxsize=4_096)
def _is_short_placeholder(text: str) -> bool:
    if _DOTS.fullmatch(text) or is_hole(text):
        return True
    if not _SUSPECT.search(text):
        return False
    text = undressed(text)
    for left, right in _BRACKETS:
        if len(text) > 1 and text.startswith(left) and text.endswith(right):
            text = undressed(text[1:-1])
            break
    return bool(_DOTS.fullmatch(text) or _WORDS.fullmatch(text.rstrip(".")))


def is_mentioned(text: str, part: Part) -> bool:
    r"""Whether a box is only spoken of, as in `put the answer in \boxed{}`."""
    before = text[max(0, part.outer_start - _WINDOW_CHARS) : part.outer_start]
    return bool(_INSTRUCTION.search(before))
