"""Pure: the fenced code blocks of a piece of text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verifier.spans import Part

_FENCE = re.compile(r"^([ \t]*+)(`{3,}+|~{3,}+)([^\n]*+)", re.MULTILINE)
# CommonMark closes a block only by a fence indented at most this much more than its own.
_CLOSING_INDENT = 3


@dataclass(frozen=True, slots=True)
class CodeBlock(Part):
    """The lines between two fences, with the newline of the last one."""

    language: str
    """The first word after the opening fence in lower case, or an empty string."""
    closed: bool
    """False where the text ends before the closing fence."""


@dataclass(frozen=True, slots=True)
class _Opening:
    outer_start: int
    start: int
    indent: int
    fence: str
    language: str

    def closed_by(self, line: re.Match[str]) -> bool:
        indent, fence, rest = line.groups()
        return (
            fence.startswith(self.fence)
            and not rest.strip()
            and len(indent) <= self.indent + _CLOSING_INDENT
        )


def has_fences(text: str, begin: int = 0, stop: int | None = None) -> bool:
    """Whether `text[begin:stop]` may hold a code block."""
    # Looking for a single character is much cheaper, and most texts have neither.
    return ("`" in text and text.find("```", begin, stop) >= 0) or (
        "~" in text and text.find("~~~", begin, stop) >= 0
    )


def code_blocks(text: str, begin: int, stop: int, *, visible: bool) -> list[CodeBlock]:
    """The code blocks of `text[begin:stop]`, in order; only the last may be unclosed."""
    if not has_fences(text, begin, stop):
        return []
    region = text[begin:stop]
    found: list[CodeBlock] = []
    opening: _Opening | None = None
    for line in _FENCE.finditer(region):
        if opening is None:
            opening = _opening(line, len(region))
        elif opening.closed_by(line):
            found.append(_block(region, begin, opening, line, visible=visible))
            opening = None
    if opening is not None:
        found.append(_block(region, begin, opening, None, visible=visible))
    return found


def _block(
    region: str, begin: int, opening: _Opening, closing: re.Match[str] | None, *, visible: bool
) -> CodeBlock:
    end, outer_end = (closing.start(), closing.end()) if closing else (len(region), len(region))
    return CodeBlock(
        text=region[opening.start : end],
        start=begin + opening.start,
        end=begin + end,
        outer_start=begin + opening.outer_start,
        outer_end=begin + outer_end,
        visible=visible,
        language=opening.language,
        closed=closing is not None,
    )


def _opening(line: re.Match[str], length: int) -> _Opening | None:
    indent, fence, rest = line.groups()
    if "`" in fence and "`" in rest:
        # Code on one line between backticks, not a block.
        return None
    words = rest.split(maxsplit=1)
    language = words[0].lower() if words else ""
    return _Opening(line.start(2), min(line.end() + 1, length), len(indent), fence, language)
