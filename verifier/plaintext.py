"""Pure: an answer without its typographic dress; linear time on any input."""

from __future__ import annotations

import re
import unicodedata

SHOWN_CHARS = 200
# UAX #15 calls longer runs of combining marks unsafe; CPython sorts each run in quadratic time.
MAX_COMBINING_RUN = 30
# The characters that only become combining marks when they are decomposed.
_HIDDEN_MARKS = frozenset("\u0f73\u0f75\u0f81\uff9e\uff9f")
# Dress is worn in a few layers; more is a game.
_MAX_LAYERS = 8

_DELIMITERS = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"), ("**", "**"), ("`", "`"))
_COMMAND = re.compile(
    r"\\(?:boxed|fbox|text|textbf|textit|textrm|textsf|texttt|mathrm|mathbf|mathsf|mathit|mbox"
    r"|bf|rm)?[ \t]*+\{"
)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)


def shown(text: str, chars: int = SHOWN_CHARS) -> str:
    """At most the first `chars` characters, in a form that every encoder accepts."""
    return text[:chars].encode("utf-8", "backslashreplace").decode("utf-8")


def nfkc(text: str) -> str:
    """The text in Unicode normal form KC, or unchanged where that could take long."""
    if text.isascii():
        return text
    run = 0
    for character in text:
        mark = unicodedata.combining(character) or character in _HIDDEN_MARKS
        run = run + 1 if mark else 0
        if run > MAX_COMBINING_RUN:
            return text
    return unicodedata.normalize("NFKC", text)


def undressed(text: str) -> str:
    r"""The text without the `$`, `\(`, `**`, `{}`, `\boxed{}`, `\text{}` around all of it."""
    text = text.strip()
    for _ in range(_MAX_LAYERS):
        inner = _without_layer(text)
        if inner is None:
            break
        text = inner.strip()
    return text


def _without_layer(text: str) -> str | None:
    for left, right in _DELIMITERS:
        if (
            len(text) > len(left) + len(right)
            and text.startswith(left)
            and text.endswith(right)
            and right not in (inner := text[len(left) : -len(right)])
        ):
            return inner
    opening = _COMMAND.match(text) if text.startswith("\\") else None
    start = opening.end() if opening else int(text.startswith("{"))
    if start and _closing_brace(text, start) == len(text) - 1:
        return text[start:-1]
    return None


def _closing_brace(text: str, start: int) -> int:
    """Where the brace that stands before `start` is closed, or -1."""
    depth = 1
    for token in _BRACE.finditer(text, start):
        if token[0] == "{":
            depth += 1
        elif token[0] == "}":
            depth -= 1
            if depth == 0:
                return token.start()
    return -1
