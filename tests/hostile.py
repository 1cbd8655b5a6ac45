"""Completions that are meant to break a parser, and a strategy that draws more of them."""

from __future__ import annotations

from hypothesis import strategies as st

HOSTILE = {
    "braces opened": "{" * 100_000,
    "braces nested": "{" * 100_000 + "}" * 100_000,
    "boxes opened": r"\boxed{" * 100_000,
    "boxes nested": r"\boxed{" * 100_000 + "}" * 100_000,
    "boxes empty": r"\boxed{}" * 25_000,
    "boxes swallowed": r"\boxed{" * 20_000 + r"\boxed{1}" * 20_000 + "\n\n" + "}" * 20_000,
    "boxes bare": r"\boxed " + "1" * 200_000,
    "think opened": "<think>" * 100_000,
    "think closed": "</think>" * 100_000,
    "answers opened": "<answer>" * 100_000,
    "answers": "<answer></answer>" * 50_000,
    "fences": "```\n" * 50_000,
    "ticks": "`" * 200_000,
    "backslashes": "\\" * 200_000,
    "blanks": " " * 200_000,
    "blank lines": "\n " * 100_000,
    "letters": "x" * 200_000,
    "null": "\0" * 1000,
    "bidi": "\u202e\u2066<think>\u2069</think>\u200f",
    "lone surrogates": "\ud800\udfff" * 1000,
}
ALPHABET = st.sampled_from(
    [
        *("<think>", "</think>", "<answer>", "</answer>", r"\boxed{", r"\fbox {", r"\boxed 5", "{"),
        *("}", r"\{", r"\}", "\\", "```", "```py\n", "~~~", "\n", "\r\n", " ", "a", "5", "\0"),
        *("\ud800", "\u202e", "<", "think>", ", ", " and "),
    ]
)
COMPLETIONS = st.lists(ALPHABET, max_size=30).map("".join) | st.text(max_size=50)
