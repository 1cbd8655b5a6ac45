"""What mathematics reads as: a tree of frozen nodes, without any simplification."""

# ruff: noqa: PLR0911 - every kind of node returns where it is met

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Rational:
    """An exact number as written."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Constant:
    """`pi`, `e` or `i`."""

    name: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A variable, with its index and primes in its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms added up."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Factors multiplied."""

    factors: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Power:
    """A base with an exponent; one over something is its power of -1."""

    base: Node
    exponent: Node


@dataclass(frozen=True, slots=True)
class Root:
    """The real root where there is one: the cube root of -8 is -2."""

    radicand: Node
    index: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of its arguments; `name` is one of `FUNCTIONS`."""

    name: str
    arguments: tuple[Node, ...]


Node: TypeAlias = Rational | Constant | Symbol | Sum | Product | Power | Root | Call

MINUS_ONE = Rational(Fraction(-1))
TRIGONOMETRIC = ("sin", "cos", "tan", "cot", "sec", "csc")
INVERSE = ("arcsin", "arccos", "arctan", "arccot", "arcsec", "arccsc")
HYPERBOLIC = ("sinh", "cosh", "tanh", "coth", "sech", "csch")
AREA = ("arsinh", "arcosh", "artanh", "arcoth", "arsech", "arcsch")
# The base of a logarithm is its first argument, the number below the bar of a binomial its second.
OTHERS = (
    *("exp", "ln", "log", "abs", "floor", "ceil", "factorial", "binom"),
    *("max", "min", "gcd", "lcm", "mod"),
)
FUNCTIONS = frozenset((*TRIGONOMETRIC, *INVERSE, *HYPERBOLIC, *AREA, *OTHERS))


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below one."""
    match node:
        case Sum(terms):
            return terms
        case Product(factors):
            return factors
        case Power(base, exponent):
            return (base, exponent)
        case Root(radicand, _):
            return (radicand,)
        case Call(_, arguments):
            return arguments
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    rest = [node]
    while rest:
        one = rest.pop()
        yield one
        rest.extend(children(one))


def symbols(node: Node) -> frozenset[str]:
    """The names of its variables."""
    return frozenset(one.name for one in walk(node) if isinstance(one, Symbol))


def is_complex(node: Node) -> bool:
    """Whether the imaginary unit stands in it."""
    return any(isinstance(one, Constant) and one.name == "i" for one in walk(node))


def replaced(node: Node, choose: Callable[[Node], Node | None]) -> Node:
    """The tree with every node for which something is chosen replaced by that, from above."""
    chosen = choose(node)
    if chosen is not None:
        return replaced(chosen, choose)
    match node:
        case Sum(terms):
            return Sum(tuple(replaced(term, choose) for term in terms))
        case Product(factors):
            return Product(tuple(replaced(factor, choose) for factor in factors))
        case Power(base, exponent):
            return Power(replaced(base, choose), replaced(exponent, choose))
        case Root(radicand, index):
            return Root(replaced(radicand, choose), index)
        case Call(function, arguments):
            return Call(function, tuple(replaced(argument, choose) for argument in arguments))
        case _:
            return node


def substituted(node: Node, name: str, replacement: Node) -> Node:
    """The tree with a variable replaced by what does not contain it."""
    return replaced(
        node, lambda one: replacement if isinstance(one, Symbol) and one.name == name else None
    )
