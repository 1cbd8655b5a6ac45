r"""Random text that looks like mathematics and is meant to break whoever reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_ATOMS = (
    *(
        "1",
        "-2",
        "3.5",
        "x",
        "y",
        "n",
        "\\pi",
        "e",
        "i",
        "\\infty",
        "A",
        "\\alpha",
        "0",
        "1/0",
        "½",
    ),
    *("9" * 300, "0." + "3" * 300, "1e999999999", "9^{9^{9}}", "100000!", "10^{10^{10}}", "NaN"),
    *(
        "\\text{ or }",
        "\\text{cm}",
        "\\%",
        "\\$",
        "^\\circ",
        "x=",
        "y<",
        "\\ldots",
        "",
        " ",
        "\\emptyset",
    ),
)
_NOISE = (
    *(
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "\\{",
        "\\}",
        "\\left(",
        "\\right]",
        "\\left.",
        "\\right|",
        "$",
        "$$",
    ),
    *(
        "\\(",
        "\\)",
        "\\[",
        "\\\\",
        "&",
        "\\",
        "\\frac",
        "\\sqrt[",
        "^",
        "_",
        "^^",
        "!!",
        "''",
        ",,",
        ";",
    ),
    *(
        "\0",
        "\ud800",
        "\udfff",
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufeff",
        "\u0301" * 40,
        "\ufdfa",
        "\uff11",
    ),
    *(
        "\\boxed{",
        "\\begin{pmatrix}",
        "\\end{pmatrix}",
        "\\begin{cases}",
        "\\end{array}",
        "|",
        "~",
        "%",
    ),
    *(
        "\\text{",
        "\\binom",
        "\\dot",
        "\\overline{",
        "\\pm",
        "\\mp",
        "\\cup",
        "\\in",
        "\\to",
        "#",
        "`",
    ),
    *(
        "<",
        ">",
        "\\le",
        "=",
        "\\ne",
        ":",
        "or",
        "and",
        "__import__('os')",
        "é",
        "北京",
        "\n",
        "\t",
        "\r",
    ),
)
_BINARY = ("+", "-", "*", "/", "^", "\\cdot ", "\\times", ",", "=", "<", ":", "\\cup", " ", "")
_ONE = (
    *(
        "\\sqrt{%s}",
        "(%s)",
        "\\left(%s\\right)",
        "\\{%s\\}",
        "[%s)",
        "|%s|",
        "-%s",
        "%s!",
        "\\sin(%s)",
    ),
    *(
        "\\ln %s",
        "\\text{%s}",
        "{%s}",
        "\\boxed{%s}",
        "%s^{%s}",
        "\\overline{%s}",
        "\\lfloor %s\\rfloor",
    ),
    *(
        "\\sum_{k=1}^{%s} k",
        "\\int_0^1 %s dx",
        "\\begin{pmatrix}%s&%s\\end{pmatrix}",
        "\\frac{%s}{%s}",
    ),
    *("\\binom{%s}{%s}", "\\frac{d}{dx}%s", "\\lim_{x\\to 0}%s", "\\sqrt[%s]{%s}", "$%s$", "\\%s"),
)
_DEEP = (
    "(",
    "{",
    "\\frac{1}{",
    "\\sqrt{",
    "\\left(",
    "x^{",
    "\\sin(",
    "[",
    "\\{",
    "\\text{",
    "-",
    "\\boxed{",
)
_CLOSERS = {"(": ")", "[": "]", "\\left(": "\\right)", "\\sin(": ")", "\\{": "\\}", "-": ""}


def soup(rng: Random) -> str:
    """One hostile text."""
    kind = rng.random()
    if kind < 0.45:  # noqa: PLR2004 - shares of the kinds
        return _expression(rng, rng.randint(1, 6))
    if kind < 0.75:  # noqa: PLR2004 - see above
        pieces = rng.choices((*_NOISE, *_ATOMS), k=rng.randint(1, 60))
        return "".join(pieces)
    if kind < 0.85:  # noqa: PLR2004 - see above
        opener = rng.choice(_DEEP)
        depth = rng.choice((5, 11, 12, 13, 23, 24, 25, 100, 900))
        closer = _CLOSERS.get(opener, "}")
        return opener * depth + rng.choice(_ATOMS) + closer * rng.choice((depth, 0, depth - 1))
    if kind < 0.95:  # noqa: PLR2004 - see above
        piece = rng.choice((*_NOISE, *_ATOMS)) + rng.choice(_BINARY)
        return (piece * (2_100 // max(1, len(piece))))[: rng.choice((100, 999, 1_999, 2_001))]
    text = list(_expression(rng, 4))
    for _ in range(rng.randint(1, 8)):
        text.insert(rng.randint(0, len(text)), rng.choice(_NOISE))
    return "".join(text)


def _expression(rng: Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.2:  # noqa: PLR2004 - ends now and then
        return rng.choice(_ATOMS)
    if rng.random() < 0.5:  # noqa: PLR2004 - one in two
        left, right = _expression(rng, depth - 1), _expression(rng, depth - 1)
        return left + rng.choice(_BINARY) + right
    out = rng.choice(_ONE)
    while "%s" in out:
        out = out.replace("%s", _expression(rng, depth - 1), 1)
    return out
