r"""Pure: families such as `2k\pi, k\in\mathbb{Z}`, whose parameter may have any name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.math.answers import Answer, Equation, Expression, Several, UnreadableError
from verifier.math.lexemes import is_word, join, word_of
from verifier.math.reading import read
from verifier.math.spelling import spell

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOMAINS = ("\\mathbb{Z}", "\\mathbb{N}")
_PARAMETERS = frozenset("jklmn")
# Counting may begin anywhere and go either way, where it goes on for ever both ways.
_COUNTS = ("({})", "({}+1)", "({}-1)", "(-{})")


@dataclass(frozen=True, slots=True)
class Family:
    """Elements for every value of a parameter; an empty domain was not said."""

    elements: tuple[Answer, ...]
    parameter: str
    domain: str


def family(answer: Answer) -> Family | None:
    """The family that an answer declares, None where it declares none."""
    if not isinstance(answer, Several) or answer.braced:
        return None
    elements: list[Answer] = []
    declared: list[tuple[str, str]] = []
    for element in answer.elements:
        match element:
            case Equation(label=label, sides=(Expression(latex=domain),)) if domain in _DOMAINS:
                declared.append((label, domain))
            case _:
                elements.append(element)
    if len(declared) != 1 or not elements:
        return None
    return Family(tuple(elements), *declared[0])


def undeclared(answer: Answer) -> Family | None:
    """The family that an answer means whose only counting letter is its parameter."""
    elements = answer.elements if isinstance(answer, Several) else (answer,)
    letters = {
        letter
        for element in elements
        for lexeme in spell(element.latex)
        if is_word(lexeme)
        for letter in word_of(lexeme)
    }
    found = letters & _PARAMETERS
    return Family(tuple(elements), found.pop(), "") if len(found) == 1 else None


def recounted(members: Family, like: Family) -> Iterator[Answer]:
    """The members by the other's parameter, counted in every way that leaves them the same."""
    both_ways = "\\mathbb{N}" not in (members.domain, like.domain)
    for count in _COUNTS if both_ways else _COUNTS[:1]:
        written = count.format(like.parameter)
        try:
            yield together(
                tuple(_renamed(element, members.parameter, written) for element in members.elements)
            )
        except UnreadableError:
            return


def together(elements: tuple[Answer, ...]) -> Answer:
    """One element alone, or several in any order."""
    return elements[0] if len(elements) == 1 else Several("", elements, braced=False)


def _renamed(answer: Answer, parameter: str, written: str) -> Answer:
    tokens = [
        word_of(lexeme).replace(parameter, written) if is_word(lexeme) else lexeme
        for lexeme in spell(answer.latex)
    ]
    return read(join(tokens))
