r"""Pure: from the many ways to type mathematics to one list of canonical LaTeX tokens.

A lexeme is a number, a word, a `\command`, a `\text{word}` (a word that stood in text mode), a
`\begin{..}`/`\end{..}`, a single sign, or a space where it separates two numbers or words.
"""

# ruff: noqa: PLR0911 - every rule returns where it decides
# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them

from __future__ import annotations

import re
import unicodedata

from verifier.math import alphabet
from verifier.math.limits import MAX_CHARS, MAX_DEPTH, MAX_DIGITS, MAX_TOKENS, TooComplexError

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
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def is_word(lexeme: str) -> bool:
    """Whether the lexeme is a word, in text mode or not."""
    return lexeme[0].isalpha() or lexeme.startswith("\\text{")


def word_of(lexeme: str) -> str:
    """The letters of a word lexeme."""
    return lexeme[6:-1] if lexeme.startswith("\\text{") else lexeme


def is_number(lexeme: str) -> bool:
    """Whether the lexeme is a number as written."""
    return lexeme[0].isdecimal() or (lexeme[0] == "." and len(lexeme) > 1)


def join(tokens: tuple[str, ...] | list[str]) -> str:
    """The tokens as LaTeX, with spaces only where two tokens would run together."""
    parts: list[str] = []
    for lexeme in tokens:
        if parts and lexeme[0].isalpha() and parts[-1][-1].isalpha():
            parts.append(" ")
        parts.append(lexeme)
    return "".join(parts)


def spell(text: str) -> tuple[str, ...]:
    """The canonical tokens of an answer; raises `TooComplexError` beyond a limit."""
    if len(text) > MAX_CHARS:
        raise TooComplexError(f"longer than {MAX_CHARS} characters")
    tokens = _tokenise(_unspace(_ascii(_unwrap(text))))
    if len(tokens) > MAX_TOKENS:
        raise TooComplexError(f"more than {MAX_TOKENS} tokens")
    return tuple(_without_stop(_tidy_spaces(_Bracer(tokens).run())))


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


class _Bracer:
    r"""Gives every command its arguments in braces and drops all other braces.

    `\frac12` reads as `\frac{1}{2}`; `\sqrt12` and `x^12` take the whole number, because that is
    what models mean when they leave the braces out.
    """

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def run(self) -> list[str]:
        """All tokens; a stray closing brace is dropped."""
        out: list[str] = []
        while self._at < len(self._tokens):
            if self._peek() == "}":
                self._at += 1
                continue
            out.extend(self._one(0))
        return _chosen(out)

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _skip_spaces(self) -> None:
        while self._peek() == " ":
            self._at += 1

    def _one(self, depth: int) -> list[str]:
        """The next lexeme with its arguments, or the inside of a bare group."""
        if depth > MAX_DEPTH:
            raise TooComplexError(f"nested deeper than {MAX_DEPTH}")
        lexeme = self._tokens[self._at]
        self._at += 1
        if lexeme == "{":
            return self._bare(depth)
        out = [lexeme]
        if lexeme in alphabet.PREFIX_FUNCTIONS:
            return self._function(lexeme, depth)
        if lexeme == "\\sqrt" and self._peek() == "[":
            out.extend(self._index(depth))
        count = alphabet.ARGUMENTS.get(lexeme)
        if count is None:
            # A command we do not know takes the brace that follows it.
            while (
                lexeme[0] == "\\" and len(lexeme) > 2 and lexeme[-1] != "}" and self._peek() == "{"
            ):
                out.extend(self._argument(lexeme, depth))
            return out
        for position in range(count):
            out.extend(self._argument(lexeme, depth, last=position == count - 1))
        if lexeme == "^" and out in (["^", "{", "\\circ", "}"], ["^", "{", "\\degree", "}"]):
            return ["\\degree"]
        return ["'"] if out == ["^", "{", "\\prime", "}"] else out

    def _function(self, lexeme: str, depth: int) -> list[str]:
        r"""`\sin^{2}{x+1}`: braces behind a function are its parentheses."""
        out = [lexeme]
        self._skip_spaces()
        while self._peek() in ("^", "_"):
            out.extend(self._one(depth + 1))
            self._skip_spaces()
        if self._peek() == "{":
            self._at += 1
            out += ["(", *self._group(depth), ")"]
        return out

    def _group(self, depth: int) -> list[str]:
        out: list[str] = []
        while self._peek() not in ("}", ""):
            out.extend(self._one(depth + 1))
        self._at += 1
        return _chosen(out)

    def _bare(self, depth: int) -> list[str]:
        r"""The inside of braces that belong to no command; with commas they mean a set."""
        inside = self._group(depth)
        level = 0
        for lexeme in inside:
            level += (lexeme in "({[") - (lexeme in ")}]")
            if lexeme == "," and level == 0:
                return ["\\{", *inside, "\\}"]
        return inside

    def _index(self, depth: int) -> list[str]:
        r"""The `[3]` of `\sqrt[3]{2}`; nothing where the bracket never closes."""
        start = self._at
        out = ["["]
        self._at += 1
        while self._peek() not in ("]", ""):
            out.extend(self._one(depth + 1))
        if not self._peek():
            self._at = start
            return []
        self._at += 1
        return [*out, "]"]

    def _argument(self, command: str, depth: int, *, last: bool = True) -> list[str]:
        """The next argument in braces; empty braces where the text ends."""
        self._skip_spaces()
        following = self._peek()
        if following in ("", "}"):
            return ["{", "}"]
        if following == "{":
            self._at += 1
            return ["{", *self._group(depth), "}"]
        if command in ("\\frac", "\\binom") and following.isdecimal():
            # `\frac12`: one digit each.
            rest = following[1:]
            if rest:
                self._tokens[self._at] = rest
            else:
                self._at += 1
            return ["{", following[0], "}"]
        if command in ("^", "_") and "," in following[1:]:
            # `(995^2,994^2)`: no power has thousands.
            digits, _, others = following.partition(",")
            self._tokens[self._at : self._at + 1] = [",", others]
            return ["{", digits, "}"]
        if command in ("\\sqrt", "^", "_") and following == "(":
            return ["{", *self._parentheses(depth), "}"]
        if command == "^" and following in "+-":
            self._at += 1
            power = self._one(depth + 1) if self._peek() not in ("", "}") else []
            return ["{", following, *power, "}"]
        if is_word(following) and command != "_" and last and len(following) > 1:
            return ["{", *self._letter(following), "}"]
        return ["{", *self._one(depth + 1), "}"]

    def _letter(self, word: str) -> list[str]:
        """The first letter of a word, the rest left to follow (`x^ab` is `x^{a}b`)."""
        if word.startswith("\\"):
            self._at += 1
            return [word]
        self._tokens[self._at] = word[1:]
        return [word[0]]

    def _parentheses(self, depth: int) -> list[str]:
        """The inside of `(..)` after a root written like a function."""
        self._at += 1
        out: list[str] = []
        level = 1
        while self._peek():
            level += {"(": 1, ")": -1}.get(self._peek(), 0)
            if level == 0:
                self._at += 1
                break
            out.extend(self._one(depth + 1))
        return out


def _chosen(tokens: list[str]) -> list[str]:
    r"""`n \choose k`, which takes all that stands in its braces, as a binomial coefficient."""
    if "\\choose" not in tokens:
        return tokens
    at = tokens.index("\\choose")
    return ["\\binom", "{", *tokens[:at], "}", "{", *tokens[at + 1 :], "}"]
