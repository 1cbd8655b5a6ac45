"""How verdicts agree with labels: counts, figures, and a table for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.table import Table

from verifier.bench import Figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from suites.graders import Verdict
    from suites.pairs import Pair

OURS = "ours"
TUNED, OPENED, HELD_OUT, BY_MODEL = "TUNED", "OPENED", "HELD-OUT", "MODEL-LABELLED"
TOTALS = (TUNED, OPENED, HELD_OUT, BY_MODEL)
_PLURALS = {"answer": "answers", "completion": "completions", "prose": "running text"}
MATH_VERIFY = "Math-Verify"
_SHARE_OF_MISSED = 0.25


@dataclass(slots=True)
class Count:
    """Of pairs by label and verdict; an answer that is right but gets none is missed, too."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    accepted: int = 0
    abstained: int = 0

    def add(self, verdict: Verdict, *, equal: bool) -> None:
        """One more pair."""
        self.right += equal
        self.wrong += not equal
        self.missed += equal and verdict is not True
        self.accepted += not equal and verdict is True
        self.abstained += verdict is None


Counts = dict[str, dict[str, Count]]
"""By group of pairs, then by grader."""


def count(
    pairs: Sequence[Pair],
    groups: Mapping[str, Iterable[str]],
    verdicts: Mapping[str, Sequence[Verdict]],
) -> Counts:
    """The counts of every grader in every group; `groups` names those of each source and form."""
    counts: Counts = {}
    for grader, given in verdicts.items():
        for pair, verdict in zip(pairs, given, strict=True):
            for group in groups[pair.source]:
                for name in (
                    (group, f"{group}, {_PLURALS[pair.form]}") if group in TOTALS else (group,)
                ):
                    one = counts.setdefault(name, {}).setdefault(grader, Count())
                    one.add(verdict, equal=pair.equal)
    return counts


def figures(counts: Counts) -> Iterator[Figure]:
    """All counts; in totals, ours have the best of Math-Verify's as their goal."""
    for group, graders in counts.items():
        goal = _goal(graders) if group in TOTALS else None
        for grader, one in graders.items():
            name = f"{group}, {grader}"
            own = goal if grader == OURS else None
            yield Figure(f"{name}, right answers", one.right, "pairs")
            yield Figure(f"{name}, missed", one.missed, "pairs", at_most=own and own[0])
            yield Figure(f"{name}, wrong answers", one.wrong, "pairs")
            yield Figure(f"{name}, accepted", one.accepted, "pairs", at_most=own and own[1])
            yield Figure(f"{name}, abstained", one.abstained, "pairs")


def _goal(graders: Mapping[str, Count]) -> tuple[float, float] | None:
    """How many may be missed and accepted: a quarter and all of what its best way does.

    The best is the one that misses the fewest, and of those the one that accepts the fewest.
    """
    theirs = [one for name, one in graders.items() if name.startswith(MATH_VERIFY)]
    if not theirs:
        return None
    best = min(theirs, key=lambda one: (one.missed, one.accepted))
    return best.missed * _SHARE_OF_MISSED, best.accepted


def table(counts: Counts, argued: Mapping[str, int]) -> Table:
    """One row for each group, one column for each grader: missed / accepted / abstained."""
    graders = list(dict.fromkeys(name for group in counts.values() for name in group))
    drawn = Table(
        "pairs", "right", "wrong", *graders, "argued", title="missed / accepted / abstained"
    )
    for group, by in counts.items():
        first = next(iter(by.values()))
        cells = [
            f"{by[name].missed} / {by[name].accepted} / {by[name].abstained}" if name in by else ""
            for name in graders
        ]
        drawn.add_row(group, str(first.right), str(first.wrong), *cells, str(argued.get(group, "")))
    return drawn
