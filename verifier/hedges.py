"""Pure: where a completion offers several answers to choose from instead of giving one."""

from __future__ import annotations

import re

WINDOW_CHARS = 160
"""How much text around an answer is searched, so that hedges are found in linear time."""

# In the order of the alternatives: words in text mode, markup, marks that show nothing.
_TEXT_MODE = re.compile(r"\\(?:text|textbf|textit|textrm|mbox|mathrm|quad)\s*+\{([^{}]*+)\}")
_MARKUP = re.compile(
    r"\\[()\[\],;:! ]|\\q?quad\b|\\\\|\\(?:left|right)\b|[$~&]|\*\*|__|`"
    r"|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_BRACES = str.maketrans("", "", "{}")
_DOUBT = r"(?:maybe|perhaps|possibly|(?:could|might|may)(?:\ also|\ well|\ even|\ equally)?\ be)"
# Most texts hold none of these and are let pass at once.
_DOUBTFUL = re.compile(r"may|might|could|perhaps|possibl|[或也]", re.IGNORECASE)
_OTHERWISE = (
    r"(?:equivalently|simply|approximately|about|else|even|just|also|as|in|decimal|form|fraction"
    r"|the|final|answer|it|is|could|be|[:,])"
)
_LED = re.compile(
    rf"""
      \b(?:{_DOUBT}|alternatively)\b
      (?![^.!?\u3002\n]*\b(?:mistake|error|wrong|check)) [^.!?\u3002\n]{{0,60}} $
    | (?:\(|\bor\b)\s*+ (?:\bor\b\s*+)?+ (?:{_OTHERWISE}\s*+)*+ $
    | (?:或者?|也可能是?|也许是?|或许是?|可能是?) \s*+ $
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FOLLOWED = re.compile(
    rf"""
      [\s.,;:)\]]*+ [^.!?\u3002\n\d\\]{{0,40}}?
      (?:\b{_DOUBT}\b|或许是?|也许是?|也可能是?)
      \s*+ (?:it\s*+is|it's|the\ (?:final\ )?answer\ is|equal\ to)?+ \s*+ \(?+
      (?P<other>(?:[-+]?+\.?+\d|\\(?:frac|sqrt|pi|boxed|dfrac)|[A-J]\b)[^!?\u3002\n,;)]{{0,60}}+)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_INSIDE = re.compile(
    rf"\S(?P<hedge>[\s,;(]++(?:(?:or|but|and)\b[\s(]*+)?+{_DOUBT}\b|\s*+或许是?|\s*+也许是?)",
    re.VERBOSE | re.IGNORECASE,
)


def plain(text: str) -> str:
    """A short piece of text without markup, which is turned into blanks."""
    return _MARKUP.sub(" ", _TEXT_MODE.sub(r" \1 ", text)).translate(_BRACES)


def leads(between: str) -> bool:
    """Whether what stands between two answers offers the second beside the first.

    Args:
        between: in full, as `plain` gives it; a long piece is no transition.
    """
    return len(between) <= WINDOW_CHARS and bool(_LED.search(between))


def trailing_offer(text: str, end: int, stop: int) -> str:
    """Another answer that the text after `end` offers with doubt, or an empty string."""
    window = text[end : min(stop, end + WINDOW_CHARS)]
    after = _FOLLOWED.match(plain(window)) if _DOUBTFUL.search(window) else None
    return after["other"].strip(" .") if after else ""


def alternatives(answer: str) -> tuple[str, ...]:
    """What an answer such as `5 (or maybe 6)` offers; empty where it does not hedge."""
    if len(answer) > WINDOW_CHARS or not _DOUBTFUL.search(answer):
        return ()
    text = plain(answer)
    hedge = _INSIDE.search(text)
    if hedge is None:
        return ()
    offered = text[: hedge.start("hedge")], text[hedge.end() :]
    return tuple(piece for one in offered if (piece := one.strip(" ().,;:")))
