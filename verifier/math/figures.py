r"""Pure: names of geometry: `\angle ABC`, `\triangle ABC`, `\overline{AB}`, in signs or words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.math.answers import Figure
from verifier.math.lexemes import is_word, join, word_of

if TYPE_CHECKING:
    from verifier.math.tokens import Tokens

_SHAPES = {
    "\\angle": "angle", "\\measuredangle": "angle", "\\sphericalangle": "angle",
    "angle": "angle", "∠": "angle", "角": "angle",
    "\\triangle": "triangle", "\\Delta": "triangle", "triangle": "triangle",
    "三角形": "triangle",
    "\\overline": "segment", "segment": "segment", "线段": "segment",
    "\\overleftrightarrow": "line", "line": "line", "直线": "line",
    "ray": "ray", "射线": "ray",
}  # fmt: skip
_POINTS = {"angle": (1, 3), "triangle": (3,), "segment": (2,), "line": (2,), "ray": (2,)}
_FILLING = (" ", "{", "}")


def figure(tokens: Tokens) -> Figure | None:
    """A figure by its vertices, which may be named in any order that names the same figure."""
    at = 1 if word_of(tokens[0]).lower() == "line" and len(tokens) > 2 else 0  # noqa: PLR2004 - `line segment AB`
    if at and word_of(tokens[2]).lower() == "segment":
        tokens = tokens[2:]
    shape = _SHAPES.get(word_of(tokens[0]).lower() if is_word(tokens[0]) else tokens[0])
    if shape is None or len(tokens) < 2:  # noqa: PLR2004 - a shape and a name
        return None
    rest = [word_of(t) if is_word(t) else t for t in tokens[1:] if t not in _FILLING]
    name = "".join(rest)
    if not (name.isascii() and name.isalpha() and name.isupper()):
        return None
    if len(name) not in _POINTS[shape] or len(set(name)) != len(name):
        return None
    return Figure(join(tokens), shape, canonical(shape, name))


def canonical(shape: str, name: str) -> str:
    """One name for all that name the same figure."""
    if shape == "angle":
        return min(name, name[::-1])
    return name if shape == "ray" else "".join(sorted(name))
