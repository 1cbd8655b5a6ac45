"""Pure: what in an answer is language and not algebra: prose, letters of choices, labels."""

# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them
# ruff: noqa: RUF001 - look-alike signs are what this table is about

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verifier.math.answers import Answer, Boolean, Choice, Expression, Text
from verifier.math.lexemes import is_number, is_word, join, word_of
from verifier.math.tokens import enclosed, split, trim

if TYPE_CHECKING:
    from verifier.math.tokens import Tokens

MAX_PRODUCT = 3
"""A run of letters this long may be a product of variables (`2xy`); a longer one is a word."""
_FIRST_CHINESE = "\u3400"
_LETTERS = "ABCDEFGHIJ"
_JOINING = frozenset(("or", "and"))
_PROSE_SIGNS = frozenset(" ,.;:!?'-()&\"’/")
_CHOICE_WORDS = frozenset(
    ("option", "choice", "answer", "the", "is", "选", "选项", "应选", "故选", "答案选")
)
_HEDGES = frozenset(("or", "and", "not", "maybe", "either", "neither"))
_LABEL_COMMANDS = frozenset(("\\angle", "\\triangle", "\\overline", "\\vec", "\\hat", "\\degree"))
_NOT_NAMES = frozenset(
    ("\\pi", "\\infty", "\\frac", "\\sqrt", "\\cdot", "\\binom", "\\pm", "\\emptyset")
)
_DERIVATIVE = re.compile(r"\\frac\{d([A-Za-z])\}\{d[A-Za-z]\}")
_ARTICLES = frozenset(("the", "a", "an"))
_TRUTH = dict.fromkeys(("yes", "true", "correct", "是", "是的", "对", "正确", "真"), True) | (
    dict.fromkeys(("no", "false", "incorrect", "否", "不是", "错", "错误", "不对", "假"), False)
)
_CARRIERS = frozenset(
    ("so", "hence", "thus", "therefore", "the", "our", "final", "correct", "answer", "answers",
     "solution", "solutions", "root", "roots", "value", "values", "result", "set", ",", " ")
)  # fmt: skip
_CARRIED = frozenset(
    ("answer", "answers", "solution", "solutions", "root", "roots", "value", "values", "result")
)
_CARRYING = frozenset(("is", "are", "equals", "=", ":"))
_CHINESE_CARRIER = re.compile(
    "(?:所以|因此|故|则|即)?(?:(?:最终|正确)?(?:的)?(?:答案|结果|值|解)(?:应该)?(?:是|为|等于)?|等于|解得)"
)
_LETTER_OR_DIGIT = re.compile(r"[^\W_]+|[+\-*/^<>=%$\\]")


def text_of(tokens: Tokens) -> Text:
    """Words for comparison: lower case, no punctuation, single spaces, no leading article."""
    latex = join(tokens)
    if is_prose(tokens):
        words = [word_of(t) for t in tokens if is_word(t)]
    else:
        plain = " ".join(word_of(t) if is_word(t) else t for t in tokens)
        words = _LETTER_OR_DIGIT.findall(plain)
    if len(words) > 1 and words[0].lower() in _ARTICLES:
        words = words[1:]
    exact = " ".join(words)
    return Text(latex, exact.casefold(), exact)


def word_or_truth(tokens: Tokens) -> Text | Boolean:
    """Words; yes, no, true and false are truth values."""
    text = text_of(tokens)
    truth = _TRUTH.get(text.words)
    return text if truth is None else Boolean(text.latex, truth, text.words)


def uncarried(tokens: Tokens) -> Tokens:
    """What follows "the answer is", `答案是` and the like; all of the tokens where none does."""
    first = word_of(tokens[0])
    if not first.isascii():
        return _after_chinese(first, tokens)
    return _after_english(tokens) if first.lower() in _CARRIERS else tokens


def _after_chinese(first: str, tokens: Tokens) -> Tokens:
    match = _CHINESE_CARRIER.match(first)
    if match is None:
        return tokens
    rest = first[match.end() :]
    tokens = (rest, *tokens[1:]) if rest else trim(tokens[1:])
    return trim(tokens[1:]) if tokens[:1] in ((":",), ("=",)) else tokens


def _after_english(tokens: Tokens) -> Tokens:
    named = False
    for index, lexeme in enumerate(tokens):
        word = word_of(lexeme).lower() if is_word(lexeme) else lexeme
        if named and (word in _CARRYING):
            rest = trim(tokens[index + 1 :])
            return trim(rest[1:]) if rest[:1] == (":",) else rest
        named = named or word in _CARRIED
        # As in `the value of x is 5`.
        about = named and (word == "of" or (is_word(lexeme) and len(word) == 1))
        if word not in _CARRIERS and not about:
            break
    return tokens


def lone_letter(tokens: Tokens) -> Answer | None:
    """A single letter, bare or decorated as `(A)`: a choice from A to J, else a symbol."""
    core = tokens[1:-1] if enclosed(tokens) and tokens[0] == "(" else tokens
    if len(core) == 2 and core[1] in (")", ".", ":") and core is tokens:
        core = core[:1]
    if len(core) != 1 or not is_word(core[0]) or len(word_of(core[0])) != 1:
        return None
    if word_of(core[0]) >= _FIRST_CHINESE:
        return None
    letter = word_of(core[0])
    return Choice(join(tokens), letter) if letter in _LETTERS else Expression(letter)


def is_chinese(lexeme: str) -> bool:
    """Whether a word is in Chinese signs, of which one is a word already."""
    return word_of(lexeme) >= _FIRST_CHINESE


def is_prose(tokens: Tokens) -> bool:
    """Whether the tokens are words and punctuation only, with at least one real word."""
    lengths = []
    for lexeme in tokens:
        if is_word(lexeme):
            word = word_of(lexeme)
            if word.lower() not in _JOINING:
                # One Chinese sign is a word.
                lengths.append(len(word) + (word >= _FIRST_CHINESE))
        elif lexeme not in _PROSE_SIGNS:
            return False
    if not lengths or max(lengths) == 1:
        return False
    # `ab-c`, `ab/c` and `(ab,cd)` are algebra; `x-axis`, `twenty-one` and `n/a` with words are not.
    joined = any(lexeme in ("-", "/", "(") for lexeme in tokens)
    return not joined or max(lengths) > MAX_PRODUCT or " " in tokens


def choice_letter(tokens: Tokens) -> str | None:
    """The letter of `B`, `(B)`, `B. Paris`, `Option B`; None where two are named or none."""
    start = 0
    while start < len(tokens) and (
        tokens[start] == " "
        or (is_word(tokens[start]) and word_of(tokens[start]).lower() in _CHOICE_WORDS)
    ):
        start += 1
    rest = tokens[start:]
    wrapped = rest[:1] == ("(",)
    rest = rest[1:] if wrapped else rest
    if (
        not rest
        or not is_word(rest[0])
        or word_of(rest[0]) not in _LETTERS
        or len(word_of(rest[0])) != 1
    ):
        return None
    letter, rest = word_of(rest[0]), rest[1:]
    closed = bool(rest) and rest[0] in (")", ".", ":")
    if wrapped and not (rest and rest[0] == ")"):
        return None
    rest = rest[1:] if closed else rest
    if rest and (not closed or _names_another(rest)):
        return None
    return letter


def _names_another(rest: Tokens) -> bool:
    """Whether what follows a choice hedges or names one more."""
    if rest[0] in (",", ";", "/") or any(
        is_word(t) and word_of(t).lower() in _HEDGES for t in rest
    ):
        return True
    for index, lexeme in enumerate(rest):
        if is_word(lexeme) and word_of(lexeme) in _LETTERS and len(word_of(lexeme)) == 1:
            before = rest[index - 1] if index else "("
            after = rest[index + 1] if index + 1 < len(rest) else ")"
            if after in (")", ".", ":") and before in ("(", " ", ","):
                return True
    return False


def label(tokens: Tokens) -> str:
    """What is being given a value (`x`, `f(x)`, `AB`, `P(A)`, `(x,y)`); empty where nothing is."""
    plain = tuple(word_of(t) if is_word(t) else t for t in tokens if t != " ")
    if not plain:
        return ""
    name = join(plain)
    if enclosed(tokens) and tokens[0] == "(":
        pieces, commas = split(tokens[1:-1], (",",))
        return name if commas and all(label(piece) for piece in pieces) else ""
    if all(is_word(t) or t == " " for t in tokens):
        return name
    if tokens[0] == "|" == tokens[-1] and all(is_word(t) for t in tokens[1:-1]):
        return name
    if _DERIVATIVE.fullmatch(name):
        return name
    return name if _is_name(plain) else ""


def _is_name(plain: Tokens) -> bool:
    """A letter or name with indices, primes or arguments."""
    if plain[0] in _LABEL_COMMANDS:
        return all(is_word(t) or t in _LABEL_COMMANDS or t in "{}" for t in plain)
    starts = is_word(plain[0]) or (plain[0][0] == "\\" and len(plain[0]) > 2)
    if not starts or plain[0] in _NOT_NAMES:
        return False
    rest = plain[1:]
    if rest[:2] == ("_", "{"):
        if "}" not in rest:
            return False
        rest = rest[rest.index("}") + 1 :]
    if rest[:5] == ("^", "{", "-", "1", "}") and len(rest) > 5:
        # The inverse of a function, which has to have its argument.
        rest = rest[5:]
    while rest[:1] == ("'",):
        rest = rest[1:]
    if not rest:
        return True
    # Arguments: names, numbers and signs of comparison, but no sum, which would be a product.
    inside = rest[1:-1]
    return (
        enclosed(rest)
        and rest[0] == "("
        and bool(inside)
        and all(
            is_word(t) or is_number(t) or t in (",", "=", "|", "<", ">", "\\cap", "\\cup", "\\mid")
            for t in inside
        )
    )
