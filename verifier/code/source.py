"""Pure: the program in a completion, cleaned of what editors and chat formats leave in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sandbox.languages import named
from verifier.fences import code_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.completion import CodeBlock, Completion

MAX_SOURCE_BYTES = 256 << 10
"""A longer program is `too_complex`."""
AUTO = "auto"
_DEFAULT_LANGUAGE = "python"
# Beside a program these say how to call it or what it prints.
_NOT_PROGRAMS = frozenset({"bash"})

Where = Literal["last_block", "whole", "answer", "raw"]


@dataclass(frozen=True, slots=True)
class Source:
    """The program that a completion gives, and where it stands (characters)."""

    text: str
    language: str
    start: int
    end: int


def find_source(
    completion: Completion, where: Where, language: str, *, allow_unclosed: bool = False
) -> Source | str:
    """The program, or why there is none.

    Args:
        completion: where to look; only what comes after the thinking counts, but for `raw`.
        where: `last_block`: the last fenced code block. `answer`: the last block in the answer tag,
            or all of it where there is none. `whole`: everything. `raw`: that, and the thinking.
        language: a language, or `auto`: what the fence says.
        allow_unclosed: whether the last block may lack its closing fence.
    """
    text, begin, end = completion.text, completion.visible_start, len(completion.text)
    default = _DEFAULT_LANGUAGE if language == AUTO else language
    if where in ("whole", "raw"):
        return _of(text, 0 if where == "raw" else begin, end, default)
    blocks: Sequence[CodeBlock] = [block for block in completion.code_blocks if block.visible]
    if where == "answer":
        if completion.answer is None:
            return "the completion has no complete answer tag after its thinking"
        begin, end = completion.answer.start, completion.answer.end
        blocks = code_blocks(text, begin, end, visible=True)
        if not blocks:
            return _of(text, begin, end, default)
    wanted = [block for block in blocks if _language(block.language, language)]
    wanted = wanted or [block for block in blocks if not block.language]
    if not wanted:
        kind = "" if language == AUTO else f"{language} "
        return f"the completion has no {kind}code block after its thinking"
    last = wanted[-1]
    if not last.closed and not allow_unclosed:
        return "the last code block is not closed, so the program may be cut off"
    indent = text[text.rfind("\n", 0, last.outer_start) + 1 : last.outer_start]
    found = _of(text, last.start, last.end, _language(last.language, language) or default)
    if isinstance(found, Source) and indent and not indent.strip():
        found = Source(_dedented(found.text, len(indent)), found.language, found.start, found.end)
    return found


def _language(tag: str, language: str) -> str:
    """The language of a block where it is wanted, else an empty string."""
    found = named(tag) if tag else None
    if found is None or (found.name in _NOT_PROGRAMS and language == AUTO):
        return ""
    return found.name if language in (AUTO, found.name) else ""


def _of(text: str, start: int, end: int, language: str) -> Source | str:
    source = clean(text[start:end])
    return Source(source, language, start, end) if source.strip() else "the program is empty"


def clean(source: str) -> str:
    """The program without byte order mark, with plain line ends, and encodable as UTF-8."""
    source = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return source.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _dedented(source: str, indent: int) -> str:
    """As CommonMark reads a block whose fence is indented."""
    return re.sub(rf"^[ \t]{{1,{indent}}}+", "", source, flags=re.MULTILINE)


# What may stand before an import from __future__: comments, one docstring, other such imports.
_HEADER = re.compile(
    r"""
    (?: \s++ | \#[^\n]*+ | ;
      | (?P<future> from[ \t]++__future__[ \t]++import[ \t]*+
          (?: \([^()#]*+\) | [^\n;\#(\\]++ ) )
      | [rRuU]?+ (?: \"{3}(?:[^\\\"]|\\.|\"(?!\"\"))*+\"{3} | '{3}(?:[^\\']|\\.|'(?!''))*+'{3}
                  | \"(?:[^\\\"\n]|\\.)*+\" | '(?:[^\\'\n]|\\.)*+' )
    )
    """,
    re.VERBOSE | re.DOTALL,
)


def with_prelude(prelude: str, source: str, language: str) -> str:
    """The program after code that its task statement gives.

    What a Python program imports from `__future__` has to be its first statement, so it moves up.
    """
    if not prelude.strip():
        return source
    moved: list[str] = []
    kept: list[str] = []
    place = 0
    if language == "python" and "__future__" in source:
        while found := _HEADER.match(source, place):
            if found["future"]:
                start, place = found.span("future")
                moved.append(" ".join(found["future"].split()))
                # As many lines as before, so that messages name the right ones.
                kept.append("pass" + "\n" * source.count("\n", start, place))
            else:
                place = found.end()
                kept.append(found[0])
    return "\n".join([*moved, prelude, "".join([*kept, source[place:]])])
