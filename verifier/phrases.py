"""Pure: answers that words announce: `the answer is 5`, `#### 5`, `Therefore, x = 5`."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from verifier.sentences import sentence_end
from verifier.spans import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.spans import Region

# The last answer is among the last announcements.
_MAX_PHRASES = 16
_MARKS = r"[*_]{0,3}+"
_COLON = r"[:\uff1a]"
_VERB = (
    r"(?:is|are|equals|(?:would|should|will|must|has[ ]to)[ ]be|becomes|turns[ ]out[ ]to[ ]be)\b"
)
_ADVERB = (
    r"(?:[ \t]++(?:therefore|thus|hence|then|simply|just|indeed|equal[ ]to|given[ ]by"
    r"|approximately|about|roughly|definitely|certainly|exactly)\b)*+"
)
_ANNOUNCED = rf"""
      {_MARKS} (?:[ \t]++(?:to|of|for)[ ][^.:\n\uff1a]{{1,80}}?)? [ \t]*+
      (?: {_VERB} {_ADVERB} [ \t]*+ {_COLON}?+ | {_COLON} | = )
    """
_CHINESE = rf"""
      答案 {_MARKS} [ \t]*+ (?: 应?(?:是|为|為|選|选) [ \t]*+ {_COLON}?+ | {_COLON} )
    | (?:故|应|應|因此|所以)(?:选|選)(?:择|擇)?+ [ \t]*+ {_COLON}?+
    | (?:^|(?<=[\n\u3002\uff1b;\uff01!\s])) (?P<reply>答 [ \t]*+ {_COLON})
    """
_HEADING = rf"""
      ^[ \t]*+ (?:\#{{1,6}}[ \t]*+)?+ {_MARKS} (?:final[ ])?+ answer {_MARKS} {_COLON}?+ {_MARKS}
      [ \t\r]*+ (?=\n)
    """
_FLAGS = re.VERBOSE | re.IGNORECASE | re.MULTILINE
_ANSWER = re.compile(rf"{_HEADING} | \banswers?+ {_ANNOUNCED} | {_CHINESE}", _FLAGS)
_ANSWER_OR_RESULT = re.compile(
    rf"{_HEADING} | \b(?:answers?+|results?+) {_ANNOUNCED} | {_CHINESE}", _FLAGS
)
_HASHES = re.compile(r"(?<!#)####(?!#)[ \t\r]*+(?=[^\n])")
_CONCLUSION = re.compile(
    r"""
      (?:^|(?<=[.!?\u3002][ \n])|(?<=\n)) [ \t*]*+
      (?: (?:therefore|thus|hence|so|consequently|in[ ]conclusion|we[ ]conclude[ ]that)\b | \u2234 )
      [ \t]*+ ,?+ [ \t]*+
    """,
    _FLAGS,
)
_CHINESE_CONCLUSION = re.compile(r"(?:所以|因此|故|综上(?:所述)?|∴)[\uff0c,]?")
# The next line that is not blank may hold the answer: `**Answer:**` may be a heading.
_LEAD = re.compile(r"[\s*_>]*+")
_EMPTY_TALK = re.compile(
    r"(?:correct|right|wrong|incorrect|reasonable|verified|consistent|valid|unique|as follows|below"
    r"|above|not\b.*|rounded\b.*|(?:in|within|inside)\b.*)",
    re.IGNORECASE | re.DOTALL,
)
_VALUE = re.compile(r"[\d$\\=]")
_MAX_WORDS = 4
_LAST_VERB = re.compile(r".*\b(?:is|are|equals|equal to|be)\b[ \t:]*+", re.DOTALL)
_CHINESE_VERB = re.compile(r"[^\n\u3002]*(?:等于|是|为|為)[ \t:\uff1a]*+")
_NUMBER = r"[-\u2212]?\d[\d,]*+(?:\.\d+)?(?:/\d+)?%?"
_CHINESE_VALUE = re.compile(rf"\$[^$\n]++\$|\\\((?:[^\\\n]|\\[^)\n])*+\\\)|{_NUMBER}")
_COUNTED = re.compile(rf"({_NUMBER})[ \t]*+[\u4e00-\u9fff][\u4e00-\u9fff\s]*+")
_FORMULA = re.compile(
    r"""
      \$\$([^$]{1,1000}+)\$\$
    | (?<!\\)\$([^$\n]{1,1000}+)(?<!\\)\$
    | \\\(((?:[^\\]|\\[^)]){1,1000}+)\\\)
    | \\\[((?:[^\\]|\\[^\]]){1,1000}+)\\\]
    """,
    re.VERBOSE,
)
_LAST_NUMBER = re.compile(rf"(?<![\w.])[$\u20ac\u00a3]?{_NUMBER}(?![A-Za-z\d])")
_CALCULATION = re.compile(r"<<[^<>\n]*+>>")


def announced(region: Region, *, in_tag: bool = False) -> Iterator[Part]:
    """What the phrases for a final answer announce, last first.

    Args:
        region: where to look.
        in_tag: it is an answer tag, where `the result is 5` is an announcement as well.
    """
    matches = _last(region, _ANSWER_OR_RESULT if in_tag else _ANSWER, _MAX_PHRASES)
    parts: list[Part] = []
    for match, after in zip_longest(matches, matches[1:]):
        following = after.start() if after else region.stop
        part = _sentence(region, match.start(), match.end(), following)
        if part is not None and match[0].isascii():
            parts.append(_described(region.text, part))
        elif part is not None:
            parts.append(_counted(region.text, part, reply=match["reply"] is not None))
    yield from _telling(parts)
    if not parts:
        yield from _chinese_conclusion(region)


def after_hashes(region: Region) -> Iterator[Part]:
    """What stands after four hashes, last first."""
    found = []
    for match in _last(region, _HASHES, _MAX_PHRASES):
        part = _sentence(region, match.start(), match.end(), region.stop, same_line=True)
        found += [part] if part is not None else []
    yield from _telling(found)


def concluded(region: Region) -> Iterator[Part]:
    """What the last sentence that begins with `Therefore` or the like says at its end."""
    for match in _last(region, _CONCLUSION, 1):
        part = _sentence(region, match.start(), match.end(), region.stop)
        if part is not None:
            yield _conclusion(region.text, part)
            return
    yield from _chinese_conclusion(region)


def last_math(region: Region) -> Iterator[Part]:
    """The last formula between math-mode signs, or else the last number."""
    for pattern in (_FORMULA, _LAST_NUMBER):
        for match in _last(region, pattern, 1):
            start, end = match.span(match.lastindex or 0)
            yield Part(region.text[start:end], start, end, match.start(), match.end(), visible=True)
            return


def _described(text: str, part: Part) -> Part:
    """`The volume of the cube is 120` as what it says, where no other value stands before."""
    verb = _LAST_VERB.match(text, part.start, part.end)
    if verb is None or len(verb[0].split()) < _MAX_WORDS or any(map(str.isdigit, verb[0])):
        return part
    return replace(part, text=text[verb.end() : part.end], start=verb.end())


def _last(region: Region, pattern: re.Pattern[str], number: int) -> list[re.Match[str]]:
    """The last matches that do not stand in a program."""
    begin = _first_chance(region, pattern)
    matches = pattern.finditer(region.text, begin, region.stop) if begin >= 0 else ()
    return list(deque((m for m in matches if not region.skips(m.start())), maxlen=number))


def _first_chance(region: Region, pattern: re.Pattern[str]) -> int:
    """Where the pattern cannot match before, or -1; these searches for plain text are fast."""
    if pattern is _HASHES:
        return region.text.find("####", region.begin, region.stop)
    if pattern is not _ANSWER or not region.text.isascii():
        return region.begin
    word = region.text.lower().find("answer", region.begin, region.stop)
    # A heading begins with its line.
    return word if word < 0 else max(region.begin, region.text.rfind("\n", 0, word) + 1)


def _sentence(
    region: Region, outer_start: int, start: int, following: int, *, same_line: bool = False
) -> Part | None:
    """The sentence after a phrase, up to the next one; None where nothing is left of it."""
    text, stop = region.text, region.limit(start)
    lead = None if same_line else _LEAD.match(text, start, stop)
    start = lead.end() if lead else start
    if start >= following or start >= stop:
        return None
    end = sentence_end(text, start, stop)
    cut = end > following
    start, end = _undressed(text, start, min(end, following))
    outer_end = start if cut else end
    return Part(text[start:end], start, end, outer_start, outer_end, visible=True)


def _undressed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without blanks, full stops and bold marks at the end, and without a calculation before it."""
    while end > start:
        if text[end - 1].isspace() or text[end - 1] in ".。\uff0e":
            end -= 1
        elif text.endswith(("**", "__"), start, end):
            end -= 2
        else:
            break
    if text.find("<<", start, end) >= 0:
        # `36/2 = <<36/2=18>>18`, the calculator's notes of GSM8K.
        for note in _CALCULATION.finditer(text, start, end):
            start = note.end()
    while start < end and text[start].isspace():
        start += 1
    return start, end


def _telling(parts: list[Part]) -> Iterator[Part]:
    """Last first, without those at the end that name no value, where another one does."""
    kept = len(parts)
    while kept and not _tells(parts[kept - 1].text):
        kept -= 1
    yield from reversed(parts[: kept or len(parts)])


def _tells(text: str) -> bool:
    if not text or _EMPTY_TALK.fullmatch(text):
        return False
    return bool(_VALUE.search(text)) or len(text.split(maxsplit=_MAX_WORDS)) <= _MAX_WORDS


def _conclusion(text: str, part: Part) -> Part:
    """The equation or the value at the end of a sentence."""
    start = part.start
    equals = text.find("=", start, part.end)
    if equals >= 0:
        words = text[start:equals].rstrip().split()
        label = words[-1] if words else ""
        start = text.rfind(label, start, equals) if label else start
    elif verb := _LAST_VERB.match(text, start, part.end):
        start = verb.end()
    return replace(part, text=text[start : part.end], start=start)


def _chinese_conclusion(region: Region) -> Iterator[Part]:
    """`所以面积为25` in the last line."""
    text, end = region.text, region.stop
    while end > region.begin and text[end - 1].isspace():
        end -= 1
    line = max(region.begin, text.rfind("\n", region.begin, end) + 1)
    for match in deque(_CHINESE_CONCLUSION.finditer(text, line, end), maxlen=1):
        verb = _CHINESE_VERB.match(text, match.end(), end)
        part = _sentence(region, match.start(), (verb or match).end(), end)
        if part is not None and verb is not None:
            yield _counted(text, part, reply=False)
        elif part is not None and "=" in part.text:
            yield _conclusion(text, part)


def _counted(text: str, part: Part, *, reply: bool) -> Part:
    """A number without the measure word after it; in a reply, the last number of the sentence."""
    start, end = part.start, part.end
    if reply:
        values = deque(_CHINESE_VALUE.finditer(text, start, end), maxlen=1)
        if values:
            start, end = values[0].span()
    elif counted := _COUNTED.fullmatch(text, start, end):
        end = counted.end(1)
    return replace(part, text=text[start:end], start=start, end=end)
