"""Pure: completions whose scores say whether a reference works."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.lint.golds import bare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.extraction import Source
    from verifier.lint.rows import Row
    from verifier.model import Verdict

_OTHER = "987654321"
_OTHER_LETTER = "Q"
_ECHO_CHARS = 2_000
_BOX = re.compile(r"\\f?boxed\b")
_WAYS: dict[Source, str] = {
    "boxed": "\\boxed{{{}}}",
    "answer_tag": "<answer>{}</answer>",
    "final_answer": "The final answer is {}",
    "hashes": "#### {}",
    "conclusion": "So {}",
    "last_math": "So ${}$",
    "last_line": "{}",
    "whole": "{}",
}
_ATTACKS_ON_TESTS = {
    "an empty program": "",
    "a program that only ends": "import sys\nsys.exit(0)",
    "a program that equals everything": (
        "class _Any:\n    def __eq__(self, other): return True\n    __hash__ = None\n"
        "def __getattr__(name): return lambda *a, **k: _Any()"
    ),
}


@dataclass(frozen=True, slots=True)
class Probe:
    """A completion, and whether it has to earn everything (`right`) or must not."""

    name: str
    completion: str
    right: bool


def probes(row: Row, source: Source) -> Iterator[Probe]:
    """What to try on a row that has a reference; the reference itself comes first.

    Args:
        row: of the data set.
        source: where the spec looks for answers first.
    """
    reference = row.reference
    if reference is None:
        return
    if reference.tests is not None:
        yield from _program_probes(row)
        return
    gold = reference.value.strip()
    if _BOX.search(gold) or "####" in gold:
        yield Probe("itself", gold, right=True)
    else:
        gold = bare(gold)
        yield Probe("itself", _way(source, gold), right=True)
        other = _OTHER_LETTER if len(gold) == 1 and gold.isalpha() else _OTHER
        yield Probe("two answers", _way(source, f"{gold} \\text{{ or }} {other}"), right=False)
        yield Probe("a list of answers", _way(source, f"{gold}, {other}"), right=False)
    if row.solution.strip():
        yield Probe("solution", row.solution, right=True)
    yield Probe("nothing", _way(source, ""), right=False)
    yield Probe("another number", _way(source, _OTHER), right=False)
    yield Probe("I don't know", _way(source, "\\text{I don't know}"), right=False)
    if row.prompt.strip():
        yield Probe("the prompt", _way(source, row.prompt[:_ECHO_CHARS]), right=False)


def _program_probes(row: Row) -> Iterator[Probe]:
    if row.solution.strip():
        fenced = row.solution if "```" in row.solution else f"```python\n{row.solution}\n```"
        yield Probe("solution", fenced, right=True)
    for name, program in _ATTACKS_ON_TESTS.items():
        yield Probe(name, f"```python\n{program}\n```", right=False)


def earned(verdicts: tuple[Verdict, ...], ids: frozenset[str]) -> float | None:
    """The least score of the checks that look at the reference; None where all of them abstain.

    Args:
        verdicts: of one completion.
        ids: of those checks, in the spec.
    """
    scores = [one.score for one in verdicts if one.check in ids and one.score is not None]
    return min(scores, default=None)


def _way(source: Source, answer: str) -> str:
    return _WAYS[source].format(answer)
