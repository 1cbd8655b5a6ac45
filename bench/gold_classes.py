"""What kind of answer a gold is, by its look alone: the classes of `bench/golds.py`."""

from __future__ import annotations

import re

from verifier.lint.golds import bare

_NUMBER = r"-?(?:\d+(?:\.\d+)?|\.\d+)"
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)")
# A class is the first whose pattern is found, so the special ones stand before the general ones.
_PATTERNS = {
    "letter of a choice": r"\A(?:\\text\{)?\(?[A-J]\)?\.?\}?\Z",
    "Chinese text": r"[\u4e00-\u9fff]",
    "piecewise": r"\\begin\{cases",
    "matrix, vector": r"\\begin\{(?:\w*matrix|array)|\\vec\b|\\langle",
    "time, date": (
        r"\A\d{1,2}:\d\d(?::\d\d)?(?!\d*:)\s*(?:[ap]\.?m\.?|\\text.*)?\Z|\b\d{1,2}/\d{1,2}/\d{4}\b"
        r"|(?i:\b(?:january|february|march|april|june|july|august|september|october|november"
        r"|december|\d\s*[ap]\.?m)\b)"
    ),
    "percent": r"%|(?i:\bpercent\b)",
    "currency": r"\A\\?\$\s*-?\d|[€£¥]|\\\$|(?i:\b(?:dollars?|cents?|yuan|euros?)\b)",
    "degrees": r"\\circ|\\degree|°|(?i:\bdegrees?\b)",
    "set": r"\A\\?\\?(?:left)?\\\{.*\\\}\Z",
    "several parts by ;": r";",
    "interval, union": r"\\cup|\\infty\s*(?:\\right)?[)\]]|\A(?:\\left)?\[.+,.+[)\]]\Z|,.+\]\Z",
    "tuple": r"\A(?:\\left)?\(.+,.+\)\Z",
    "thousands separator": r"\A-?\d{1,3}(?:(?:,|\{,\}|,\\!|\\,|\\ )\d{3})+(?:\.\d+)?\Z",
    "inequality": r"[<>≤≥≠]|\\(?:le|ge|lt|gt|neq?|leq|geq|leqslant|geqslant)(?![A-Za-z])",
    "equation": r"=|\\equiv|\\approx",
    "ratio": rf"\A{_NUMBER}(?:\s*:\s*{_NUMBER})+\Z",
    "integer": r"\A[-+]?\s*\d+\.?\Z",
    "scientific": rf"\\times\s*10\s*\^|\A{_NUMBER}[eE][-+]?\d+\Z|\\cdot\s*10\s*\^",
    "decimal": rf"\A[-+]?{_NUMBER}\Z",
    "mixed number": r"\A-?\d+\s*\\[dt]?frac\s*\{?\d+\}?\s*\{?\d+\}?\Z|\A-?\d+ \d+/\d+\Z",
    "simple fraction": r"\A-?\s*(?:\\[dtc]?frac\s*\{?-?\d+\}?\s*\{?\d+\}?|\d+\s*/\s*\d+)\Z",
    "list": r",|\\text\{ *(?:and|or) *\}|\b(?:and|or)\b",
    "unit suffix": (
        rf"\A{_NUMBER}[\s~\\,]*(?:\\(?:text|mathrm|mbox|textrm)\b|[A-Za-z(]{{2,}}|[A-Z]\b)"
    ),
}
_COMPILED = {name: re.compile(pattern, re.DOTALL) for name, pattern in _PATTERNS.items()}
_WORDS = re.compile(r"\\text|\\mathrm\{\w{3,}|[A-Za-z]{4,}")
_TRANSCENDENTAL = re.compile(r"\\(?:sqrt|pi|log|ln|lg|sin|cos|tan|cot|arc\w+)|[π√]|sqrt|\bpi\b|e\^")


def class_of(gold: str) -> str:
    """The class of a gold; every gold has one."""
    text = bare(gold).strip().rstrip(".").strip()
    for name, pattern in _COMPILED.items():
        if pattern.search(text):
            return name
    plain = _COMMAND.sub(" ", text)
    if _WORDS.search(text) and not re.fullmatch(r"[^A-Za-z]*", plain):
        return "words"
    letters = set(re.findall(r"[A-Za-z]", re.sub(r"sqrt|\bpi\b|sin|cos|tan|log|ln", "", plain)))
    if letters == {"i"}:
        return "complex"
    if letters - {"e"}:
        return "symbolic expression"
    return "radical, π, log" if _TRANSCENDENTAL.search(text) else "numeric expression"
