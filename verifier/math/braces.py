r"""Pure: every command's arguments in braces, and no braces but those."""

# ruff: noqa: PLR0911 - every rule returns where it decides
# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them

from __future__ import annotations

from verifier.math import alphabet
from verifier.math.lexemes import is_word
from verifier.math.limits import MAX_DEPTH, TooComplexError


class Bracer:
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
