"""SymPy expressions of test files, built from a list of known names and printed as LaTeX."""

from __future__ import annotations

import ast
import re
from functools import partial as fixed
from typing import TYPE_CHECKING

import sympy

from suites.claims import claims, parse
from suites.literals import Called, Unread, literal
from suites.pairs import Pair, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from suites.loading import Found

_NAMES = (
    "Abs Add Complement Contains E Eq FiniteSet Float Function GreaterThan I Integer Integral "
    "Intersection Interval LessThan Limit Matrix Max Min Mod Mul Ne Not Or And Pow Product "
    "Rational Derivative S StrictGreaterThan StrictLessThan Sum Symbol Tuple Union acos acosh "
    "asin asinh atan atanh binomial ceiling cos cosh csc cot exp factorial floor gcd lcm log oo pi "
    "root sec sin sinh sqrt tan tanh UnevaluatedExpr igcd ilcm conjugate MatMul MatAdd Naturals "
    "Integers Rationals Reals Complexes EmptySet"
)
_UNEVALUATED = {
    "_Add": sympy.Add,
    "_Mul": sympy.Mul,
    "_Pow": sympy.Pow,
    "_Abs": sympy.Abs,
    "_factorial": sympy.factorial,
    "_log": sympy.log,
    "_exp": sympy.exp,
    "_Max": sympy.Max,
    "_Min": sympy.Min,
}
KNOWN: dict[str, object] = {
    **{name: getattr(sympy, name) for name in _NAMES.split() if hasattr(sympy, name)},
    **{name: fixed(made, evaluate=False) for name, made in _UNEVALUATED.items()},
}
_LETTER = re.compile(r"[A-Za-z]|alpha|beta|gamma|theta|phi|delta|epsilon|lambda_?|mu|omega|rho")
_ARGUMENTS = 3
_PRINTED = {"inv_trig_style": "full", "ln_notation": True, "mul_symbol": "dot"}
_OWN = re.compile(r"\\(?:variable|exponentialE|char)\b")
_NO_COMMAND = re.compile(r"(?<![\\A-Za-z])(?:bar|overline|hat)\{")
_INEXACT = re.compile(r"\.\d{12,}")
_OPERATIONS: dict[type[ast.operator], Callable[[object, object], object]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}
_MAX_POWER = 100


class UnknownError(ValueError):
    """The expression uses more than the known names."""


def printed(source: str, path: Path, root: Path) -> Iterator[Found]:
    """Pairs of the expression that LaTeX should be read as, printed, and that LaTeX."""
    for claim in claims(path, root):
        if claim.called.name != "assert_equal":
            continue
        arguments = claim.called.arguments
        if "variables" in claim.called.keywords or len(arguments) > _ARGUMENTS:
            yield Skipped(claim.origin, "about values given to variables")
        else:
            yield _pair(source, claim.origin, *arguments[:2])


def listed(source: str, path: Path, root: Path, name: str) -> Iterator[Found]:
    """The same of a list `name` of LaTeX and expressions in a class."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            for row in node.value.elts if isinstance(node.value, ast.List) else []:
                origin = f"{path.relative_to(root)}::{name}:{row.lineno}"
                if isinstance(row, ast.Tuple):
                    yield _pair(source, origin, literal(row.elts[0], {}), Unread(row.elts[1]))


def _pair(source: str, origin: str, latex: object, expected: object) -> Found:
    if not isinstance(latex, str):
        return Skipped(origin, "no literal LaTeX")
    if _OWN.search(latex):
        return Skipped(origin, "LaTeX of its own")
    try:
        known = evaluated(expected.node) if isinstance(expected, Called | Unread) else expected
        value = sympy.sympify(known) if isinstance(known, int | float) else known
        if not isinstance(value, sympy.Basic | sympy.MatrixBase):
            return Skipped(origin, "no SymPy expression")
        gold = str(sympy.latex(value, **_PRINTED))
    # Anything may be wrong with an expression that a test builds out of context.
    except Exception as error:  # noqa: BLE001
        return Skipped(origin, f"no known SymPy expression ({type(error).__name__})")
    lost = _lost(value, gold)
    if lost:
        return Skipped(origin, lost)
    return Pair(source, gold, latex, equal=True, origin=origin)


def _lost(value: sympy.Basic, gold: str) -> str:
    """What the printed gold does not say of the expression, so that the two may differ."""
    if any(len(one.args) > 1 for one in value.atoms(sympy.log)):
        return "printed without the base of its logarithm"
    if value.atoms(sympy.Limit):
        return "printed with a side of its limit"
    if _INEXACT.search(gold):
        return "a float that is not exact"
    if any(isinstance(side, sympy.Set) for one in value.atoms(sympy.Eq) for side in one.args):
        return "an equation that stands for membership"
    return "a name that is no LaTeX" if _NO_COMMAND.search(gold) else ""


def evaluated(node: ast.expr) -> object:  # noqa: C901, PLR0911 - one case for each kind of syntax
    """What an expression of known names is.

    Raises:
        UnknownError: it is made of something else.
    """
    match node:
        case ast.Constant(value):
            return value
        case ast.Name(name) if name in KNOWN:
            return KNOWN[name]
        case ast.Name(name) if _LETTER.fullmatch(name):
            return sympy.Symbol(name.rstrip("_"))
        case ast.List(elements):
            return [evaluated(element) for element in elements]
        case ast.Tuple(elements):
            return tuple(evaluated(element) for element in elements)
        case ast.UnaryOp(ast.USub(), operand):
            return -evaluated(operand)  # type: ignore[operator]
        case ast.BinOp(left, how, right) if type(how) in _OPERATIONS:
            power = evaluated(right)
            if isinstance(how, ast.Pow) and isinstance(power, int) and abs(power) > _MAX_POWER:
                raise UnknownError("a large power")
            return _OPERATIONS[type(how)](evaluated(left), power)
        case ast.Attribute(ast.Name("S"), name) if name in KNOWN:
            return getattr(sympy.S, name)
        case ast.Attribute(ast.Name("sympy"), name) if name in KNOWN:
            return KNOWN[name]
        case ast.Call(function, arguments, keywords):
            called = evaluated(function)
            if callable(called):
                given = {k.arg: evaluated(k.value) for k in keywords if k.arg}
                return called(*(evaluated(one) for one in arguments), **given)
    raise UnknownError(ast.unparse(node))
