r"""Pure: from the many ways to type mathematics to one list of canonical LaTeX tokens.

A lexeme is a number, a word, a `\command`, a `\text{word}` (a word that stood in text mode), a
`\begin{..}`/`\end{..}`, a single sign, or a space where it separates two numbers or words.
"""

# ruff: noqa: PLR0911 - every rule returns where it decides

from __future__ import annotations

import re
import unicodedata

from verifier.math import alphabet
from verifier.math.braces import Bracer
from verifier.math.lexemes import is_number, is_word
from verifier.math.limits import MAX_CHARS, MAX_DIGITS, MAX_TOKENS, TooComplexError

_TOKEN = re.compile(
    r"""
    \\(?:begin|end)\{[A-Za-z]+\*?\}(?:(?<=n\{array\})\s*\{[^{}]*\})?
    | \\[A-Za-z]+
    | \\.
    | (?<![\d.,])\d{1,3}(?:\ \d{3})+(?!\d|,\d{3})(?:[.,]\d+)?(?!\d|,\d)
    | (?<![\d.,])[1-9]\d{0,2}(?:\.\d{3}){2,}(?:,\d+)?(?![\d.,])
    | (?<![\d.,])[1-9]\d{0,2}(?:'\d{3})+(?:\.\d+)?(?![\d'])
    | \d+(?:,\d+)+(?:\.\d+)?
    | (?:\d+(?:\.\d+)?|\.\d+)[eE][+-]?\d+(?!\w)
    | \d+\.(?=\s*\\overline)
    | \d+(?:\.\d+)?
    | \.\d+
    | [\u3400-\u9fff]+
    | (?:(?![\u3400-\u9fff])[^\W\d_])+
    | \s+
    | \*\* | [<>!=]=
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
# A fraction of a decimal comma that no list element and no group of thousands begins like.
_DECIMAL_COMMA = re.compile(r"\d+,0(?!\d\d(?!\d))\d+|0,0\d+")
_INDIAN = re.compile(r"[1-9]\d?(?:,\d\d)*,0\d(?:,\d\d)*,\d{3}|[1-9]\d?(?:,\d\d)+,0\d\d")
_BRACED_COMMA = re.compile(r"(?<=\d)\{,\}(?!\d{3}(?!\d))(?=\d)")
_EURO_COMMA = re.compile(r"(?<![\d,.])(\d{1,3}(?:\.\d{3})*|\d+),(\d\d)(?![\d,.])")
_TIMES_TEN = re.compile(r"(?<=\d)\s*[xX]\s*(?=10\s*(?:\^|\*\*))")
_DISPLAY = re.compile(r"(?<!\\)\$\$([^$]+)(?<!\\)\$\$")
# The rule of Pandoc: a `$` opens before a non-space and closes after one, so `$5 and $6` is money.
_INLINE = re.compile(r"(?<!\\)\$(?!\s)([^$]*[^$\s\\])\$(?!\d)")
# With spaces at its ends it is mathematics where it has no words outside of text mode.
_SPACED = re.compile(
    r"""
    (?<!\\)\$ (
      (?: \\(?:text|mathrm|mbox|textrm|textbf|mathbf)\s*+\{[^{}$]*+\} | \\[A-Za-z]++ | \\[^A-Za-z]
        | [A-Za-z](?![A-Za-z]) | [^$A-Za-z\\] )++
    ) \$(?!\d)
    """,
    re.VERBOSE | re.DOTALL,
)
_THIN_SPACE = re.compile(r"(?<!\\)\\[,;: ]|~")
_NEGATIVE_SPACE = re.compile(r"(?<!\\)\\!\s*")
# JSON that was escaped twice; where rows may end, two backslashes are what they say.
_ESCAPED_TWICE = re.compile(
    r"\\\\(?=(?:[dt]?frac|sqrt|left|right|text|pi|boxed|le|ge|infty|cdot|times|cup|in)(?![a-z]))"
)
_DOTTED = re.compile(r"([0-9.]\s*)\\dot(?![A-Za-z])")
_STARRED = re.compile(r"\*\*(?=\S)([^*]+)(?<=\S)\*\*")
_DIGIT = re.compile(r"\d+")
# Maxima's way to write pi, e, i and matrices.
_CAS_CONSTANT = re.compile(r"(?<![\d\\])%(pi|e|i)(?![A-Za-z])")
_CAS_MATRIX = re.compile(r"\bmatrix\((\[[^()]*\])\)")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def spell(text: str) -> tuple[str, ...]:
    """The canonical tokens of an answer; raises `TooComplexError` beyond a limit."""
    if len(text) > MAX_CHARS:
        raise TooComplexError(f"longer than {MAX_CHARS} characters")
    tokens = _tokenise(_unspace(_ascii(_unwrap(text))))
    if len(tokens) > MAX_TOKENS:
        raise TooComplexError(f"more than {MAX_TOKENS} tokens")
    return tuple(_without_stop(_tidy_spaces(Bracer(tokens).run())))


def same(first: str, second: str) -> bool:
    """Whether two texts have the same canonical tokens, and any; nothing is evaluated."""
    try:
        return spell(first) == spell(second) != ()
    except TooComplexError:
        return False


def _ascii(text: str) -> str:
    """Unicode signs as LaTeX; what has no LaTeX twin stays."""
    if text.isascii():
        return text
    text = _LONE_SURROGATE.sub("\ufffd", text)
    text = alphabet.SUPERSCRIPT.sub(
        lambda m: "^{" + m[0].translate(alphabet.SUPERSCRIPTS) + "}", text
    )
    text = alphabet.SUBSCRIPT.sub(lambda m: "_{" + m[0].translate(alphabet.SUBSCRIPTS) + "}", text)
    text = text.translate(alphabet.SIGNS)
    text = unicodedata.normalize("NFKC", text)
    if len(text) > 2 * MAX_CHARS:
        raise TooComplexError(f"longer than {2 * MAX_CHARS} characters once signs are spelled out")
    return text


def _unwrap(text: str) -> str:
    """Math-mode signs and bold stars removed."""
    text = text.strip()
    if "\\\\" in text and "\\begin" not in text:
        text = _ESCAPED_TWICE.sub(r"\\", text)
    if text[:2] == "**" == text[-2:] and text[2:-2].strip() and "**" not in text[2:-2]:
        text = text[2:-2].strip()
    text = _STARRED.sub(r"\1", text)
    text = _DISPLAY.sub(r" \1 ", _undollar(text))
    return _SPACED.sub(r" \1 ", _INLINE.sub(r" \1 ", text))


def _undollar(text: str) -> str:
    """Without the only two dollar signs, where they stand at the ends: any space is inside them."""
    core = text.removesuffix(".").rstrip()
    inside = core[1:-1].strip()
    if core[:1] != "$" or core[-1:] != "$" or not inside or "$" in inside or inside[-1] == "\\":
        return text
    return inside


def _unspace(text: str) -> str:
    """Spacing commands as spaces or nothing, dots over digits as a bar."""
    text = _NEGATIVE_SPACE.sub("", text.replace(r"\left.", "").replace(r"\right.", ""))
    text = _DOTTED.sub(r"\1\\overline", text)
    if "{,}" in text:
        text = _BRACED_COMMA.sub(".", text)
    if "%" in text:
        text = _CAS_CONSTANT.sub(lambda m: "\\pi " if m[1] == "pi" else f" {m[1]} ", text)
    if "matrix(" in text:
        text = _CAS_MATRIX.sub(r"[\1]", text)
    if "x" in text or "X" in text:
        text = _TIMES_TEN.sub(r"\\cdot ", text)
    if "€" in text or "EUR" in text:
        text = _EURO_COMMA.sub(lambda m: m[1].replace(".", "") + "." + m[2], text)
    return _THIN_SPACE.sub(" ", text.replace("{,}", ",")).strip()


def _tokenise(text: str) -> list[str]:
    r"""Tokens with synonyms resolved; words in text mode become `\\text{word}`."""
    found: list[str] = []
    depth = 0
    text_ends: list[int] = []
    pending = False
    for match in _TOKEN.finditer(text):
        lexeme = match[0]
        if lexeme in alphabet.DROPPED:
            continue
        if lexeme in alphabet.TEXT_COMMANDS:
            pending = True
            continue
        if lexeme == "{":
            depth += 1
            if pending:
                text_ends.append(depth)
                pending = False
                continue
        elif lexeme == "}":
            depth -= 1
            if text_ends and text_ends[-1] == depth + 1:
                text_ends.pop()
                continue
        pending = pending and lexeme.isspace()
        found.extend(_resolve(lexeme, in_text=bool(text_ends)))
    return found


def _resolve(lexeme: str, *, in_text: bool) -> list[str]:
    """One raw lexeme as canonical ones."""
    first = lexeme[0]
    if is_number(lexeme):
        if sum(map(len, _DIGIT.findall(lexeme))) > MAX_DIGITS:
            raise TooComplexError(f"a number of more than {MAX_DIGITS} digits")
        return _numeric(lexeme)
    if first.isalpha():
        if in_text and lexeme not in alphabet.FUNCTION_WORDS:
            return [f"\\text{{{lexeme}}}"]
        if lexeme.lower() in alphabet.CONSTANT_WORDS:
            return [alphabet.CONSTANT_WORDS[lexeme.lower()]]
        command = alphabet.FUNCTION_WORDS.get(lexeme, lexeme)
        return list(alphabet.SYNONYMS.get(command, (command,)))
    if first.isspace():
        return [" "]
    if lexeme[1:].isalpha() and lexeme not in alphabet.KNOWN:
        symbol = alphabet.RUN_TOGETHER.match(lexeme)
        if symbol:
            # `\pic^{2}`, from data that has lost its spaces.
            return [symbol[1], symbol[2]]
    if lexeme.startswith("\\begin{array}"):
        return ["\\begin{array}"]
    return list(alphabet.SYNONYMS.get(lexeme, (lexeme,)))


def _numeric(lexeme: str) -> list[str]:
    """A number without its separators; digits that a comma separates otherwise are a list."""
    if " " in lexeme or "'" in lexeme:
        return [lexeme.replace(" ", "").replace("'", "").replace(",", ".")]
    if lexeme.count(".") > 1:
        return [lexeme.replace(".", "").replace(",", ".")]
    if "," in lexeme and not _THOUSANDS.fullmatch(lexeme):
        if _DECIMAL_COMMA.fullmatch(lexeme):
            return [lexeme.replace(",", ".")]
        if _INDIAN.fullmatch(lexeme):
            return [lexeme.replace(",", "")]
        return [part for part in re.split(r"(,)", lexeme) if part]
    return [lexeme]


def _without_stop(tokens: list[str]) -> list[str]:
    """Without the full stop of a sentence; more than one are an ellipsis."""
    return tokens[:-1] if tokens[-1:] == ["."] and tokens[-2:-1] != ["."] else tokens


def _tidy_spaces(tokens: list[str]) -> list[str]:
    """Spaces kept only where a number or word stands on both sides."""
    kept: list[str] = []
    for index, lexeme in enumerate(tokens):
        if lexeme == " ":
            after = tokens[index + 1] if index + 1 < len(tokens) else ""
            if not kept or not after or kept[-1] == " " or after == " ":
                continue
            if not (_is_plain(kept[-1]) and _is_plain(after)):
                continue
        kept.append(lexeme)
    return kept


def _is_plain(lexeme: str) -> bool:
    return is_word(lexeme) or is_number(lexeme)
