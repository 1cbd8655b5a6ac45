"""Pure: refuses short texts whose value is enormous, before any engine sees them."""

from __future__ import annotations

from verifier.math.exact import evaluate, literal
from verifier.math.lexemes import is_number
from verifier.math.limits import MAX_DEPTH, MAX_EXPONENT, MAX_FACTORIAL, TooComplexError

OPENERS = frozenset(("(", "[", "{", "\\{", "\\langle", "\\lfloor", "\\lceil"))
CLOSERS = frozenset((")", "]", "}", "\\}", "\\rangle", "\\rfloor", "\\rceil"))
_MAX_TOWER = 3


def depth_of(tokens: tuple[str, ...]) -> int:
    """How deep the brackets nest."""
    depth = deepest = 0
    for lexeme in tokens:
        if lexeme in OPENERS:
            depth += 1
            deepest = max(deepest, depth)
        elif lexeme in CLOSERS:
            depth = max(0, depth - 1)
    return deepest


def refuse_bombs(tokens: tuple[str, ...]) -> None:
    """Raises `TooComplexError` for deep nesting, towers, huge exponents and huge factorials."""
    if depth_of(tokens) > MAX_DEPTH:
        raise TooComplexError(f"nested deeper than {MAX_DEPTH}")
    towers: list[bool] = []
    for index, lexeme in enumerate(tokens):
        if lexeme == "{":
            towers.append(index > 0 and tokens[index - 1] == "^")
            if towers[-1]:
                if sum(towers) > _MAX_TOWER:
                    raise TooComplexError(f"a tower of more than {_MAX_TOWER} powers")
                _refuse_exponent(tokens, index)
        elif lexeme == "}" and towers:
            towers.pop()
        elif lexeme == "!":
            _refuse_factorial(tokens, index)
        elif is_number(lexeme) and "e" in lexeme.lower():
            literal(lexeme)
        elif lexeme == "\\binom":
            evaluate(tokens[index : _group_end(tokens, _group_end(tokens, index + 1) + 1) + 1])


def _group_end(tokens: tuple[str, ...], start: int) -> int:
    """The index of the bracket that closes the one at `start`."""
    depth = 0
    for index in range(start, len(tokens)):
        depth += (tokens[index] in OPENERS) - (tokens[index] in CLOSERS)
        if depth == 0:
            return index
    return len(tokens) - 1


def _refuse_exponent(tokens: tuple[str, ...], start: int) -> None:
    value = evaluate(tokens[start + 1 : _group_end(tokens, start)])
    if value is not None and abs(value) > MAX_EXPONENT:
        raise TooComplexError(f"an exponent beyond {MAX_EXPONENT}")


def _refuse_factorial(tokens: tuple[str, ...], at: int) -> None:
    if tokens[at - 2 : at] == ("!", "!"):
        raise TooComplexError("a factorial of a factorial of a factorial")
    before = tokens[at - 1] if at else ""
    if before == ")":
        start = at - 1
        depth = 0
        while start >= 0:
            depth += (tokens[start] == ")") - (tokens[start] == "(")
            if depth == 0:
                break
            start -= 1
        evaluate(tokens[max(start, 0) : at + 1])
    elif before and is_number(before):
        value = evaluate((before,))
        if value is not None and value > MAX_FACTORIAL:
            raise TooComplexError(f"a factorial beyond {MAX_FACTORIAL}!")


def nesting(latex: str) -> int:
    """How deep the brackets of written LaTeX nest."""
    depth = deepest = 0
    for sign in latex:
        if sign in "{([":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "})]":
            depth = max(0, depth - 1)
    return deepest
