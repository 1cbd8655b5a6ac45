r"""Pure: from canonical LaTeX tokens to a tree, in linear time and with bounded depth.

What is ambiguous is read the way mathematicians write: `1/2x` is a half of x, `a/bc` divides by bc,
`\sin 2x\cos x` is a product, `2\frac{1}{3}` is a mixed number. Integrals, sums, limits and sets are
not covered; those are left to the symbolic engine.
"""

# ruff: noqa: PLR0911 - every rule returns where it decides
# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from verifier.math.answers import UnreadableError
from verifier.math.cursor import Cursor
from verifier.math.exact import evaluate, literal
from verifier.math.lexemes import is_number, is_word, word_of
from verifier.math.limits import MAX_DEPTH, TooComplexError
from verifier.math.spelling import spell
from verifier.math.tree import (
    AREA,
    HYPERBOLIC,
    INVERSE,
    MINUS_ONE,
    TRIGONOMETRIC,
    Call,
    Constant,
    Node,
    Power,
    Product,
    Rational,
    Root,
    Sum,
    Symbol,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_LETTER_CONSTANTS = {"e": Constant("e"), "i": Constant("i")}
_GREEK_NAMES = """
    alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi rho sigma tau phi chi psi
    omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega
"""
_GREEK = frozenset(f"\\{name}" for name in _GREEK_NAMES.split())
_DECORATED = frozenset(("\\vec", "\\hat", "\\overline", "\\dot", "\\ddot", "\\tilde"))
_PLAIN = ("ln", "exp", "floor", "ceil", "abs")
_PREFIX = frozenset(f"\\{name}" for name in (*TRIGONOMETRIC, *INVERSE, *HYPERBOLIC, *AREA, *_PLAIN))
_INVERTED = {
    **{name: f"arc{name}" for name in TRIGONOMETRIC},
    **{name: f"ar{name}" for name in HYPERBOLIC},
}
_LISTED = frozenset(("\\max", "\\min", "\\gcd", "\\lcm"))
_FENCES = {
    "(": (")", None),
    "[": ("]", None),
    "\\lfloor": ("\\rfloor", "floor"),
    "\\lceil": ("\\rceil", "ceil"),
}
_BARS = frozenset(("|", "\\mid"))
_STARTERS = frozenset(
    (
        *("\\frac", "\\sqrt", "\\binom", "\\nCr", "\\log", "\\pi"),
        *_FENCES,
        *_PREFIX,
        *_LISTED,
        *_GREEK,
        *_DECORATED,
    )
)
_FUNCTION_LETTERS = frozenset("fgh")
_MAX_ROOT = 24
ONE = Rational(Fraction(1))
_DEGREE = Product((Constant("pi"), Rational(Fraction(1, 180))))


@lru_cache(maxsize=512)
def parse(latex: str, functions: frozenset[str] = frozenset(), base: int = 10) -> Node:
    """The tree of an expression.

    Args:
        latex: as `verifier.math.spelling.join` writes it.
        functions: letters that are functions where a parenthesis follows them.
        base: of a logarithm that names none: 10 in schools, 0 (that is, e) in universities.

    Raises:
        UnreadableError: the grammar does not cover it.
        TooComplexError: it is beyond a limit.
    """
    reader = _Reader(spell(latex), functions, base)
    node = reader.sum(0)
    if not reader.finished:
        raise UnreadableError("it is no expression")
    return node


def function_letters(*sides: str) -> frozenset[str]:
    """The letters among f, g and h that every side uses as functions only, as in `f(x)+1`.

    Such a function of such an argument is then one variable.
    """
    bare = "".join(sides).replace(" ", "")
    if not any(f"{letter}(" in bare for letter in _FUNCTION_LETTERS):
        return frozenset()
    called: set[str] = set()
    plain: set[str] = set()
    for latex in sides:
        tokens = spell(latex)
        for lexeme, following in pairwise((*tokens, "")):
            if is_word(lexeme) and word_of(lexeme)[-1] in _FUNCTION_LETTERS:
                (called if following == "(" else plain).add(word_of(lexeme)[-1])
    return frozenset(called - plain)


def negated(node: Node) -> Node:
    """The node with its sign turned."""
    return Product((MINUS_ONE, node))


def _minus(node: Node) -> Node:
    """A sign stands before all that a remainder is taken of: `-1 mod 2` is 1."""
    if isinstance(node, Call) and node.name == "mod":
        return Call("mod", (negated(node.arguments[0]), node.arguments[1]))
    return negated(node)


def divided(top: Node, bottom: Node) -> Node:
    """A quotient."""
    return Product((top, Power(bottom, MINUS_ONE)))


class _Reader(Cursor):
    """Recursive descent; each method reads one rule from where the reader stands."""

    def __init__(self, tokens: tuple[str, ...], functions: frozenset[str], base: int) -> None:
        super().__init__(tokens)
        self._base = base
        self._functions = functions
        self._bars = 0

    def sum(self, depth: int) -> Node:
        """Terms joined by plus and minus."""
        if depth > MAX_DEPTH:
            raise TooComplexError(f"nested deeper than {MAX_DEPTH}")
        terms: list[Node] = []
        while True:
            negative = False
            while self.peek() in ("+", "-"):
                negative ^= self.take("-") or not self.take("+")
            term = self._product(depth)
            terms.append(_minus(term) if negative else term)
            if self.peek() not in ("+", "-"):
                return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def _product(self, depth: int) -> Node:
        factors = [self._run(depth)]
        while True:
            if self.take("\\cdot"):
                factors.append(self._signed(depth, self._run))
            elif self.take("/"):
                # `1/2x` is a half of x: two plain numbers are a fraction before anything else.
                numeric = is_number(self.tokens[self.at - 2]) and is_number(self.peek() or " ")
                divisor = self._signed(depth, self._factor if numeric else self._run)
                factors.append(Power(divisor, MINUS_ONE))
                if numeric and self._starts():
                    factors.append(self._run(depth))
            elif self.take("\\mod"):
                whole = factors[0] if len(factors) == 1 else Product(tuple(factors))
                factors = [Call("mod", (whole, self._signed(depth, self._run)))]
            else:
                return factors[0] if len(factors) == 1 else Product(tuple(factors))

    def _signed(self, depth: int, rule: Callable[[int], Node]) -> Node:
        negative = False
        while self.peek() in ("+", "-"):
            negative ^= self.take("-") or not self.take("+")
        node = rule(depth)
        return negated(node) if negative else node

    def _run(self, depth: int) -> Node:
        """Factors side by side."""
        factors = [self._factor(depth)]
        while self._starts():
            factors.append(self._factor(depth))
        return factors[0] if len(factors) == 1 else Product(tuple(factors))

    def _starts(self) -> bool:
        """Whether a factor begins here."""
        self.take(" ")
        lexeme = self.peek()
        if not lexeme:
            return False
        if lexeme in _BARS:
            return self._bars == 0
        return is_word(lexeme) or is_number(lexeme) or lexeme in _STARTERS

    def _factor(self, depth: int) -> Node:
        """An atom with what stands above and behind it."""
        self.take(" ")
        return self._behind(self._atom(depth), depth)

    def _behind(self, node: Node, depth: int) -> Node:
        while True:
            if self.take("^"):
                node = Power(node, self._argument(depth))
            elif self.take("!"):
                if self.peek() == "!":
                    raise UnreadableError("a double factorial")
                node = Call("factorial", (node,))
            elif self.take("\\degree"):
                node = Product((node, _DEGREE))
            else:
                return node

    def _argument(self, depth: int) -> Node:
        self.need("{")
        node = self.sum(depth + 1)
        self.need("}")
        return node

    def _atom(self, depth: int) -> Node:
        lexeme = self.peek()
        if not lexeme:
            raise UnreadableError("something is missing at the end")
        if is_number(lexeme):
            return self._number()
        if is_word(lexeme):
            return self._word(depth)
        self.at += 1
        if lexeme in _FENCES:
            return self._fenced(lexeme, depth)
        if lexeme in _BARS:
            return self._absolute(depth)
        if lexeme == "\\frac":
            return self._fraction(depth)
        if lexeme == "\\sqrt":
            return self._root(depth)
        if lexeme == "\\pi":
            return Constant("pi")
        return self._named(lexeme, depth)

    def _named(self, lexeme: str, depth: int) -> Node:
        """A function or a name that is no letter."""
        if lexeme in _PREFIX or lexeme == "\\log":
            return self._function(lexeme[1:], depth)
        if lexeme == "\\binom":
            return Call("binom", (self._argument(depth), self._argument(depth)))
        if lexeme in _LISTED:
            return Call(lexeme[1:], self._list(depth))
        if lexeme == "\\nCr":
            return Call("binom", self._list(depth))
        if lexeme in _GREEK:
            return Symbol(lexeme + self.marks())
        if lexeme in _DECORATED:
            return Symbol(lexeme + self.verbatim() + self.marks())
        raise UnreadableError(f"{lexeme} is not covered")

    def _number(self) -> Node:
        """A number, a mixed number or a repeating decimal."""
        lexeme = self.peek()
        self.at += 1
        following = self.tokens[self.at : self.at + 7]
        if following[:2] == ("\\overline", "{") and following[2].isdecimal():
            self.at += 4
            value = evaluate((lexeme, *following[:4]))
            if value is None:
                raise UnreadableError("no repeating decimal")
            return Rational(value)
        whole = literal(lexeme)
        if lexeme.isdecimal() and following[:1] == ("\\frac",) and len(following) == 7:
            top, bottom = following[2], following[5]
            if top.isdecimal() and bottom.isdecimal() and following[3:5] == ("}", "{"):
                if not 0 < int(top) < int(bottom):
                    raise UnreadableError("a whole number beside an improper fraction")
                self.at += 7
                return Rational(whole + Fraction(int(top), int(bottom)))
        return Rational(whole)

    def _word(self, depth: int) -> Node:
        """Letters side by side are factors; marks belong to the last one."""
        letters = word_of(self.peek())
        self.at += 1
        last = letters[-1]
        marks = self.marks()
        if last in self._functions and not marks and self.peek() == "(":
            marks = self.verbatim("(", ")")
        node = Symbol(last + marks) if marks else _letter(last)
        if len(letters) == 1:
            return node
        # A power after `xy` is one of y alone.
        return Product((*map(_letter, letters[:-1]), self._behind(node, depth)))

    def _fenced(self, left: str, depth: int) -> Node:
        right, name = _FENCES[left]
        bars, self._bars = self._bars, 0
        node = self.sum(depth + 1)
        self._bars = bars
        self.need(right)
        return Call(name, (node,)) if name else node

    def _absolute(self, depth: int) -> Node:
        self._bars += 1
        node = self.sum(depth + 1)
        self.need(*_BARS)
        self._bars -= 1
        return Call("abs", (node,))

    def _fraction(self, depth: int) -> Node:
        start = self.at
        top, bottom = self._argument(depth), self._argument(depth)
        if word_of(self.tokens[start + 1])[0] == "d" and isinstance(top, Product | Symbol):
            written = self.tokens[start : self.at]
            if all(is_word(t) or t in "{}" for t in written):
                if word_of(written[1]) == "d":
                    raise UnreadableError("a derivative to be taken")
                # `\frac{dy}{dx}` is one name, or else it would be y/x.
                return Symbol("\\frac" + "".join(map(word_of, written)))
        return divided(top, bottom)

    def _root(self, depth: int) -> Node:
        index: Node = Rational(Fraction(2))
        if self.take("["):
            index = self.sum(depth + 1)
            self.need("]")
        radicand = self._argument(depth)
        match index:
            case Rational(exact) if exact.denominator == 1 and 2 <= exact <= _MAX_ROOT:
                return Root(radicand, int(exact))
            case Rational():
                raise UnreadableError("a root whose index is no small number")
            case _:
                return Power(radicand, Power(index, MINUS_ONE))

    def _list(self, depth: int) -> tuple[Node, ...]:
        closing = "\\}" if self.take("\\{") else ")"
        if closing == ")":
            self.need("(")
        bars, self._bars = self._bars, 0
        self.part_numbers()
        arguments = [self.sum(depth + 1)]
        while self.take(","):
            arguments.append(self.sum(depth + 1))
        self._bars = bars
        self.need(closing)
        return tuple(arguments)

    def _function(self, name: str, depth: int) -> Node:
        r"""`\sin^{2}x`, `\sin^{-1}x`, `\log_{2}8`; without parentheses it takes factors."""
        if depth > MAX_DEPTH:
            raise TooComplexError(f"nested deeper than {MAX_DEPTH}")
        base = self._argument(depth) if name == "log" and self.take("_") else None
        power = self._argument(depth) if self.take("^") else None
        if power == MINUS_ONE or power == negated(ONE):
            if name not in _INVERTED:
                raise UnreadableError("an inverse that has no name")
            name, power = _INVERTED[name], None
        argument = self._applied(name, depth + 1)
        if name == "log" and base is None and not self._base:
            name = "ln"
        if name == "log":
            node = Call("log", (base or Rational(Fraction(self._base)), argument))
        else:
            node = Call(name, (argument,))
        return Power(node, power) if power is not None else node

    def _applied(self, name: str, depth: int) -> Node:
        self.take(" ")
        if self.peek() == "(":
            self.at += 1
            return self._fenced("(", depth)
        if self.peek() in _PREFIX or self.peek() == "\\log":
            return self._factor(depth + 1)
        start = self.at
        factors = [self._factor(depth)]
        while self._starts() and self.peek() not in _PREFIX and self.peek() not in ("\\log", "("):
            factors.append(self._factor(depth))
        # `\sin\pi/6` has an angle of thirty degrees; `\ln2/3` is a third of a logarithm.
        turns = "\\pi" in self.tokens[start : self.at] and name in TRIGONOMETRIC
        if turns and self.peek() == "/" and is_number(self.peek(1) or " "):
            self.at += 1
            factors.append(Power(self._number(), MINUS_ONE))
        return factors[0] if len(factors) == 1 else Product(tuple(factors))


def _letter(letter: str) -> Node:
    return _LETTER_CONSTANTS.get(letter) or Symbol(letter)
