r"""Answers of several elements, letters and words."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.bench.values.base import Sample, frac, nonzero

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from verifier.bench.values.base import Maker

_LETTERS = "ABCDE"
_TEXTS = ("no solution", "Monday", "isosceles triangle", "even function", "the blue line", "yes")


def _inequality(rng: Random) -> Sample:
    a = nonzero(rng, 50)
    spellings: tuple[str, ...] = (
        f"x>{a}",
        f"{a}<x",
        f"x > {a}",
        f"({a},\\infty)",
        f"x\\in({a},\\infty)",
    )
    spellings += (f"\\left({a}, +\\infty\\right)", f"\\{{x \\mid x>{a}\\}}", f"({a}, ∞)")
    spellings += (
        f"x\\gt {a}",
        f"x∈({a},∞)",
        f"\\{{x : x>{a}\\}}",
        f"\\{{x\\in\\mathbb{{R}}\\mid x>{a}\\}}",
    )
    return Sample(spellings, (f"x\\ge {a}", f"x<{a}", f"x>{a + 1}", f"[{a},\\infty)", f"x={a}"))


def _range(rng: Random) -> Sample:
    a = rng.randint(-30, 30)
    b = a + rng.randint(1, 20)
    spellings: tuple[str, ...] = (
        f"{a}<x\\le {b}",
        f"{b}\\ge x>{a}",
        f"({a},{b}]",
        f"x\\in({a},{b}]",
        f"\\left({a}, {b}\\right]",
        f"{a} < x ≤ {b}",
        f"{a} < x <= {b}",
        f"{a}<x\\leqslant {b}",
        f"\\{{x\\mid {a}<x\\le {b}\\}}",
        f"({a};{b}]",
    )
    return Sample(
        spellings,
        (f"{a}\\le x\\le {b}", f"({a},{b})", f"({a},{b + 1}]", f"[{a},{b})"),
        (f"x>{a}\\text{{ and }}x\\le {b}",),
    )


def _union(rng: Random) -> Sample:
    a = rng.randint(-30, 10)
    b, c = a + rng.randint(1, 9), a + rng.randint(10, 19)
    spellings: tuple[str, ...] = (
        f"({a},{b}]\\cup[{c},\\infty)",
        f"[{c},\\infty)\\cup({a},{b}]",
        f"\\left({a},{b}\\right]\\cup\\left[{c},\\infty\\right)",
        f"({a}, {b}] \u222a [{c}, ∞)",
        f"x\\in({a},{b}]\\cup[{c},+\\infty)",
    )
    others = (f"({a},{b})\\cup[{c},\\infty)", f"({a},{b}]\\cap[{c},\\infty)", f"({a},{b}]")
    unread = (f"({a},{b}]\\text{{ or }}[{c},\\infty)", f"{a}<x\\le {b}\\text{{ or }}x\\ge {c}")
    return Sample(spellings, (*others, f"({a},{b}]\\cup[{c + 1},\\infty)"), unread)


def _tuple(rng: Random) -> Sample:
    values = [Fraction(nonzero(rng, 30)) for _ in range(rng.randint(2, 4))]
    values[0] = Fraction(nonzero(rng, 9), rng.choice((2, 4, 5)))
    texts = [frac(v) if v.denominator > 1 else str(v) for v in values]
    decimals = [f"{float(v):g}" for v in values]
    spellings: tuple[str, ...] = (
        f"({','.join(texts)})",
        f"\\left({', '.join(texts)}\\right)",
        f"( {' , '.join(decimals)} )",
        f"\\({', '.join(texts).join(('(', ')'))}\\)",
        f"({'; '.join(texts)})",
        f"\\langle {', '.join(texts)} \\rangle",
        f"\\big({', '.join(texts)}\\big)",
    )
    turned = [*decimals[1:], decimals[0]]
    others = [f"({','.join([*decimals, '1'])})", f"({','.join([*decimals[:-1], '99'])})"]
    others += [f"({','.join(turned)})"] if turned != decimals else []
    others += [f"\\{{{','.join(decimals)}\\}}"]
    return Sample(spellings, tuple(others))


def _members(rng: Random) -> list[int]:
    return rng.sample(range(-40, 41), rng.randint(2, 4))


def _set(rng: Random) -> Sample:
    values = _members(rng)
    again = rng.sample(values, len(values))
    spellings: tuple[str, ...] = (
        f"\\{{{','.join(map(str, values))}\\}}",
        f"\\left\\{{{', '.join(map(str, again))}\\right\\}}",
        f"\\lbrace {', '.join(map(str, values))} \\rbrace",
        ", ".join(map(str, again)),
        f"\\{{{'; '.join(map(str, again))}\\}}",
        f"{{{', '.join(map(str, values))}}}",
        f"{', '.join(map(str, values[:-1]))}\\text{{ and }}{values[-1]}",
        f"\\{{{', '.join(f'{2 * v}/2' for v in values)}\\}}",
    )
    others = (
        f"\\{{{','.join(map(str, values[1:]))}\\}}",
        f"\\{{{','.join(map(str, [*values, 99]))}\\}}",
        f"\\{{{','.join(map(str, [*values[1:], 99]))}\\}}",
    )
    return Sample(spellings, others, (f"\\{{{','.join(map(str, [*values, values[0]]))}\\}}",))


def _solutions(rng: Random) -> Sample:
    a, b = rng.sample(range(-40, 41), 2)
    spellings: tuple[str, ...] = (
        f"x={a}\\text{{ or }}x={b}",
        f"x={b}, x={a}",
        f"x={a}, {b}",
        f"x\\in\\{{{b},{a}\\}}",
        f"{a}\\text{{ and }}{b}",
        f"{b}, {a}",
        f"\\{{{a},{b}\\}}",
        f"x = {a} \\lor x = {b}",
        f"x={a}\\quad\\text{{or}}\\quad x={b}",
        f"x = {a}, x = {b}.",
    )
    return Sample(
        spellings,
        (f"x={a}", f"x={a}, x={b + 50}", f"{a}, {b}, 99"),
        (f"x_1={a}, x_2={b}",),
    )


def _matrix(rng: Random) -> Sample:
    a, b, c, d = (nonzero(rng, 20) for _ in range(4))
    while b == c:
        c = nonzero(rng, 20)

    def written(kind: str, cells: Sequence[object]) -> str:
        return f"\\begin{{{kind}}}{cells[0]}&{cells[1]}\\\\{cells[2]}&{cells[3]}\\end{{{kind}}}"

    cells = (a, b, c, d)
    spellings: tuple[str, ...] = (
        written("pmatrix", cells),
        written("bmatrix", cells),
        f"\\left[\\begin{{array}}{{cc}}{a} & {b} \\\\ {c} & {d}\\end{{array}}\\right]",
        written("pmatrix", [f"{cell}.0" for cell in cells]),
        written("Bmatrix", cells).replace("B", "b"),
        f"\\left(\\begin{{matrix}}{a}&{b}\\\\{c}&{d}\\end{{matrix}}\\right)",
        written("pmatrix", [f" {cell} " for cell in cells]).replace("\\end", " \\\\ \\end"),
    )
    others = (written("pmatrix", (a, c, b, d)), written("pmatrix", (a, b, c, d + 1)))
    return Sample(
        spellings,
        (*others, written("pmatrix", (-a, b, c, d)), f"({a},{b},{c},{d})"),
        (f"[[{a},{b}],[{c},{d}]]",),
    )


def _vector(rng: Random) -> Sample:
    a, b, c = (nonzero(rng, 30) for _ in range(3))
    while a == b:
        b = nonzero(rng, 30)
    spellings: tuple[str, ...] = (
        f"\\begin{{pmatrix}}{a}\\\\{b}\\\\{c}\\end{{pmatrix}}",
        f"\\begin{{bmatrix}}{a}\\\\ {b}\\\\ {c}\\end{{bmatrix}}",
        f"({a},{b},{c})",
        f"\\langle {a}, {b}, {c}\\rangle",
        f"\\left(\\begin{{array}}{{c}}{a}\\\\{b}\\\\{c}\\end{{array}}\\right)",
    )
    others = (f"({b},{a},{c})", f"({a},{b})", f"({a},{b},{c + 1})", f"\\{{{a},{b},{c}\\}}")
    return Sample(spellings, others)


def _point(rng: Random) -> Sample:
    a, b = rng.sample(range(-30, 31), 2)
    spellings: tuple[str, ...] = (
        f"(x,y)=({a},{b})",
        f"({a},{b})",
        f"x={a}, y={b}",
        f"y={b}, x={a}",
    )
    spellings += (f"x={a}\\text{{ and }}y={b}", f"(x, y) = ({a}, {b})")
    others = (f"({b},{a})", f"x={b}, y={a}", f"(x,y)=({a},{b + 1})", f"x={a}")
    return Sample(spellings, others, (f"\\begin{{cases}}x={a}\\\\y={b}\\end{{cases}}",))


def _choice(rng: Random) -> Sample:
    letter, other = rng.sample(_LETTERS, 2)
    spellings: tuple[str, ...] = (
        letter,
        f"({letter})",
        f"\\text{{{letter}}}",
        f"\\textbf{{({letter})}}",
        f"{letter}.",
    )
    spellings += (f"{letter})", f"\\mathrm{{({letter})}}", f"**{letter}**")
    spellings += (
        f"({letter}).",
        f"\\text{{({letter})}}",
        f"\\textbf{{{letter}}}",
        f"$\\text{{{letter}}}$",
    )
    spellings += (f"\\boxed{{{letter}}}", f"{letter}:")
    unread = (f"Option {letter}", f"[{letter}]")
    return Sample(
        spellings, (other, f"({other})", f"{letter} or {other}", f"{letter}, {other}", "5"), unread
    )


def _text(rng: Random) -> Sample:
    words, other = rng.sample(_TEXTS, 2)
    spellings: tuple[str, ...] = (
        words,
        f"\\text{{{words}}}",
        words.capitalize(),
        f"{words}.",
        words.upper(),
    )
    spellings += (words.replace(" ", "  "), f"\\textbf{{{words}}}")
    spellings += (words.replace(" ", "\\ "), f'"{words}"', f"\\text{{{words}.}}", f"**{words}**")
    spellings += (words.replace(" ", "\\text{ }"), f"\\mathrm{{{words}}}", f"$\\text{{{words}}}$")
    return Sample(spellings, (other, f"not {words}", f"{words} or {other}", words[::-1]))


MAKERS: dict[str, Maker] = {
    "inequality": _inequality,
    "range": _range,
    "union": _union,
    "tuple": _tuple,
    "set": _set,
    "solutions": _solutions,
    "matrix": _matrix,
    "vector": _vector,
    "point": _point,
    "choice": _choice,
    "text": _text,
}
