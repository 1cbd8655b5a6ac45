"""Pure: where an answer ends that is part of a sentence, in linear time."""

from __future__ import annotations

import re

MAX_CHARS = 20_000
"""A longer answer than this is cut."""

# Every alternative is possessive and short, so that none of them can take long.
_ATOM = re.compile(
    r"""
      \$\$[^$]{1,1000}+\$\$
    | \$(?=[^\s$])[^$\n]{1,1000}+(?<=\S)\$(?!\d)
    | \\\((?:[^\\\n]|\\[^)\n]){0,1000}+\\\)
    | \\\[(?:[^\\]|\\[^\]]){0,1000}+\\\]
    | \\.
    | (?P<stop>[.!?](?=[\s"')\]*_}\u201d]|$))
    | (?P<full>[\u3002\uff01\uff1f])
    | (?P<line>\n)
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_AFTER_STOP = re.compile(r"[\"')\]*_}\u201d]*+([ \t\r]*+)(\S?)")
_SHORTENED = re.compile(
    r"(?:\b(?:[ap]\.?m|sq|cu|approx|e\.g|i\.e|etc|vs|Mr|Mrs|Ms|Dr|St|No|U\.S|[A-Z])\.)$"
)
_LONE_LETTER = re.compile(r"[\s*($\\]*+(?:text(?:bf)?\{)?\(?[A-J]\)?[})*$]*+$")
# What goes on after an answer, and is no option that the letter before it could stand for.
_REMARK = re.compile(
    r"(?:I|This|That|These|It|We|You|So|Thus|Therefore|Hence|Because|Since|Note|Let|My"
    r"|Explanation|Reason|Here|Please)\b"
)
_WINDOW_CHARS = 40
_CLAUSE = re.compile(
    r"""
      ,?[ ](?:because|since)[ ]
    | ,[ ](?:which|as|so|not|but[ ](?!(?:it|this|that)[ ](?:could|might|may)))\b
    | ,[ ]and[ ](?:it|this|that|these|we|the|I)\b
    | [ ]which[ ](?:is|are|was|means|equals|gives|makes)[ ]
    """,
    re.VERBOSE,
)
_VALUE = re.compile(r"[\d$\\]")


def sentence_end(text: str, start: int, stop: int) -> int:
    """Where the sentence that begins at `start` ends, without its full stop."""
    stop = min(stop, start + MAX_CHARS)
    for atom in _ATOM.finditer(text, start, stop):
        at = atom.start()
        ends = atom["line"] or atom["full"] or (atom["stop"] and _ends(text, start, at, stop))
        if ends:
            return _before_clause(text, start, at + (atom["stop"] == "!"))
    return _before_clause(text, start, stop)


def _ends(text: str, start: int, at: int, stop: int) -> bool:
    """Whether the mark at `at` ends a sentence."""
    after = _AFTER_STOP.match(text, at + 1, stop)
    if after is None or not after[2] or after[2] == "\n":
        return True
    if not after[1] or after[2].islower() or after[2] in "=<>+-,;:":
        return False
    if text[at] != "." or _REMARK.match(text, after.start(2), stop):
        return True
    so_far = text[max(start, at - _WINDOW_CHARS) : at]
    alone = at - start < _WINDOW_CHARS and _LONE_LETTER.fullmatch(so_far)
    return not alone and not _SHORTENED.search(so_far + ".")


def _before_clause(text: str, start: int, end: int) -> int:
    """Where a reason or a remark within the sentence begins, after a value."""
    clause = _CLAUSE.search(text, start, end)
    if clause is not None and _VALUE.search(text, start, clause.start()):
        return clause.start()
    return end
