"""The answers that math is measured with: real completions of models, and hard ones made here."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from verifier.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ROLLOUTS_VARIABLE = "BENCH_ROLLOUTS"
"""A folder of `<workload>.jsonl`, one {"group", "completion", "reference"} a line."""
GROUPS = "groups"
MIXED = "mixed"
HARD = "hard"
_SAMPLE = Path("examples/rollouts.jsonl")


@dataclass(frozen=True, slots=True)
class Given:
    """A completion with its gold; `correct` where whoever wrote it says so."""

    group: str
    completion: str
    reference: str
    correct: bool | None = None

    @property
    def in_dollars(self) -> str:
        """The gold as Math-Verify wants it: bare LaTeX is not LaTeX to it."""
        return self.reference if "$" in self.reference else f"${self.reference}$"


Workload: TypeAlias = tuple[Given, ...]
WARM_UP: Workload = tuple(
    Given("warm-up", f"Then it is $\\boxed{{{answer}}}$.", gold)
    for answer, gold in (
        ("17", "18"),
        (r"\frac{x+1}{\sqrt{7}}", r"\frac{(x+1)\sqrt{7}}{7}"),
        (r"\left[0,\ln 11\right)", r"[0,\ln 11)"),
        (r"\begin{pmatrix}1\\x\end{pmatrix}", r"\begin{pmatrix}1\\y\end{pmatrix}"),
        (r"y=\sin(3x)+\log_{5}(7)", r"y=\sin(3x)"),
        (r"\{\pi,e^{9}\}", r"\{e^{9},\pi\}"),
    )
)
"""What both sides judge before anything is measured; no workload has any of it."""


def workloads() -> dict[str, Workload]:
    """Those of the folder that the environment names, else the examples; and the hard ones.

    Raises:
        InvalidRequest: there are neither, or a file is not what it should be.
    """
    folder = os.environ.get(ROLLOUTS_VARIABLE)
    if folder:
        files = {path.stem: path for path in sorted(Path(folder).glob("*.jsonl"))}
    else:
        files = {GROUPS: _SAMPLE} if _SAMPLE.is_file() else {}
    if not files:
        raise InvalidRequest(
            f"there are no completions to measure with: run this where {_SAMPLE} is, or name a "
            f"folder in {ROLLOUTS_VARIABLE} with {GROUPS}.jsonl, {MIXED}.jsonl or others, "
            'one {"group", "completion", "reference"} a line'
        )
    return {name: tuple(_read(path)) for name, path in files.items()} | {HARD: hard_answers()}


def hard_answers() -> Workload:
    """Right and wrong answers that hardly any string or rational number decides."""
    file = resources.files("verifier.bench") / "math_hard.jsonl"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return tuple(
        Given(
            group=f"{row['family']}: {row['gold']}",
            completion=f"Simplifying, we get $\\boxed{{{row['answer']}}}$.",
            reference=row["gold"],
            correct=row["correct"],
        )
        for row in rows
    )


def _read(path: Path) -> Iterator[Given]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                yield Given(str(row["group"]), str(row["completion"]), str(row["reference"]))
            except (ValueError, KeyError, TypeError) as error:
                raise InvalidRequest(
                    f"{path}, line {number}: write an object with "
                    '"group", "completion" and "reference"'
                ) from error


def slices(workload: Workload, size: int) -> Iterator[Workload]:
    """The workload in pieces of at least so many, none of which cuts a group."""
    piece: list[Given] = []
    for given in workload:
        if len(piece) >= size and given.group != piece[-1].group:
            yield tuple(piece)
            piece = []
        piece.append(given)
    if piece:
        yield tuple(piece)


def halves(workload: Workload) -> tuple[Workload, Workload]:
    """Every other group, and the rest."""
    names = list(dict.fromkeys(given.group for given in workload))
    first = set(names[::2])
    return _of(workload, first), _of(workload, set(names) - first)


def _of(workload: Sequence[Given], groups: Iterable[str]) -> Workload:
    return tuple(given for given in workload if given.group in groups)
