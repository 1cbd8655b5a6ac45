r"""Properties of equality: `python bench/math_properties.py [VALUES] [TEXTS]`.

Values of every type are written in several ways, which have to equal one another, beside values
that differ from them. All texts of the corpus that belong together are compared with one another,
both ways round: equality has to be symmetric, and transitive where no policy forgives a difference.
Random hostile texts are judged as reference and as answer. All of it by the check itself, with the
symbolic step in a real child. What is not as it should be goes to standard error, the figures to
standard output; exit code 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from verifier.bench import Figure, to_json
from verifier.bench.latex_soup import soup
from verifier.bench.values import MAKERS, flaws
from verifier.checks.base import Judgement, Subject
from verifier.checks.math_equivalence import Params, judge
from verifier.completion import parse
from verifier.errors import describe
from verifier.extraction import ExtractionRules
from verifier.model import Fault, Reference
from verifier.watchdog import Watchdog, start_zygote
from verifier.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CORPUS = Path(__file__).parents[1] / "tests" / "corpus" / "math_pairs.jsonl"
STRICT = Params(percent_as_fraction=False, ignore_missing_unit=False, rounded_decimals=False)
RULES = ExtractionRules()
_CHILD_BYTES = 1 << 30
_SPELLINGS = 3
_OTHERS = 1
_MOST_SHOWN = 5
_SLOW_SECONDS = 1.0


class Judge:
    """The check with its child, and what it took."""

    def __init__(self, tools: Workbench) -> None:
        self._tools = tools
        self.seconds: list[float] = []

    def __call__(self, gold: str, answer: str, params: Params = Params()) -> Judgement:  # noqa: B008 - frozen
        """The judgement of a boxed answer."""
        subject = Subject(parse(f"\\boxed{{{answer}}}"), Reference(value=gold), RULES)
        started = time.perf_counter()
        found = judge(subject, params, self._tools)
        self.seconds.append(time.perf_counter() - started)
        return found

    def score(self, gold: str, answer: str) -> float | None:
        """The score alone."""
        return self(gold, answer).score


def of_values(judge: Judge, values: int, only: str) -> Iterator[Figure]:
    """Every type: spellings that are not equal, other values that are, and what is not yet read."""
    for name, make in MAKERS.items():
        if only and only not in name:
            continue
        rng = Random(0)  # noqa: S311 - the same values each time
        wrong: Counter[bool] = Counter()
        unread = 0
        asked = len(judge.seconds)
        for _ in range(values):
            sample = make(rng)
            for gold, answer, same in flaws(sample.some(rng, _SPELLINGS, _OTHERS), judge.score):
                wrong[same] += 1
                if wrong[same] <= _MOST_SHOWN:
                    _tell(name, gold, answer, equal=same)
            unread += any(judge.score(sample.spellings[0], text) != 1 for text in sample.unread[:1])
        took = sum(judge.seconds[asked:]) / max(1, len(judge.seconds) - asked)
        yield Figure(f"{name}: right, not accepted", wrong[True], "pairs", at_most=0)
        yield Figure(f"{name}: wrong, accepted", wrong[False], "pairs", at_most=0)
        yield Figure(f"{name}: a comparison", took * 1000, "ms")
        if unread:
            yield Figure(f"{name}: in spellings known to be missed", unread, "values")


def of_the_corpus(judge: Judge) -> Iterator[Figure]:
    """Symmetry within every cluster of texts, and transitivity without any leniency."""
    rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    clusters = _clusters([(row["gold"], row["answer"]) for row in rows])
    texts = [text for cluster in clusters for text in cluster]
    pairs = [pair for cluster in clusters for pair in combinations(cluster, 2)]
    lopsided = 0
    for a, b in pairs:
        there, back = judge.score(a, b), judge.score(b, a)
        if None not in (there, back) and there != back:
            lopsided += 1
            _tell("symmetry", a, b, equal=there != 1)
    yield Figure("corpus: texts", len(texts), "texts")
    yield Figure("corpus: pairs compared both ways", len(pairs), "pairs")
    yield Figure("corpus: equal one way only", lopsided, "pairs", at_most=0)
    # Across kinds leniency is the rule: `x=5` and `AB=5` both equal 5.
    kinds = {text: f"{judge(text, text).evidence.get('gold_type')} {'=' in text}" for text in texts}
    equal = {p for p in pairs if kinds[p[0]] == kinds[p[1]] and judge(*p, STRICT).score == 1}
    open_ends = 0
    for cluster in _clusters(sorted(equal)):
        for a, b in combinations(cluster, 2):
            if not {(a, b), (b, a)} & equal and judge(a, b, STRICT).score == 0:
                open_ends += 1
                _tell("transitivity", a, b, equal=True)
    yield Figure("corpus: of one kind and strictly equal", len(equal), "pairs")
    yield Figure("corpus: equal to the same, not to one another", open_ends, "pairs", at_most=0)


def of_soup(judge: Judge, texts: int) -> Iterator[Figure]:
    """Random hostile texts as reference and as answer."""
    rng = Random(1)  # noqa: S311 - the same texts each time
    outcomes: Counter[str] = Counter()
    raised = slow = faults = 0
    slowest = 0.0
    for _ in range(texts):
        text = soup(rng)
        golds = ("7", "(x+1)^2", text)
        for gold, answer in ((golds[0], text), (golds[1], text), (text, "7"), (text, text)):
            started = time.perf_counter()
            try:
                found = judge(gold, answer)
            except Exception as error:  # noqa: BLE001 - what this counts
                raised += 1
                _tell(describe(error), gold, answer, equal=False)
                continue
            took = time.perf_counter() - started
            slowest = max(slowest, took)
            slow += took > _SLOW_SECONDS
            if took > _SLOW_SECONDS:
                _tell(f"{took:.1f} s", gold, answer, equal=False)
            faults += found.outcome.fault is Fault.SERVICE
            outcomes[found.outcome] += 1
    yield Figure("hostile texts", texts, "texts")
    yield Figure("hostile: exceptions", raised, "comparisons", at_most=0)
    yield Figure("hostile: our own faults", faults, "comparisons", at_most=0)
    yield Figure(f"hostile: over {_SLOW_SECONDS:g} s", slow, "comparisons", at_most=0)
    yield Figure("hostile: slowest", slowest, "s")
    for outcome, number in sorted(outcomes.items()):
        yield Figure(f"hostile: {outcome}", number, "comparisons")


def _clusters(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The texts that are joined by pairs."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for a, b in pairs:
        neighbours[a].add(b)
        neighbours[b].add(a)
    seen: set[str] = set()
    found = []
    for text in neighbours:
        todo, cluster = [text], []
        while todo:
            one = todo.pop()
            if one not in seen:
                seen.add(one)
                cluster.append(one)
                todo.extend(sorted(neighbours[one]))
        if cluster:
            found.append(cluster)
    return found


def _tell(what: str, gold: str, answer: str, *, equal: bool) -> None:
    row = {"what": what, "gold": gold[:300], "answer": answer[:300], "should_be_equal": equal}
    print(json.dumps(row), file=sys.stderr)


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("values", nargs="?", type=int, default=10_000, help="of every type")
    parser.add_argument("texts", nargs="?", type=int, default=10_000, help="that are hostile")
    parser.add_argument("--only", default="", help="types whose name holds this")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "zygote"
        zygote = start_zygote(path, _CHILD_BYTES)
        try:
            judge = Judge(Workbench(Watchdog(path)))
            figures = list(of_values(judge, given.values, given.only))
            if not given.only:
                figures += [*of_the_corpus(judge), *of_soup(judge, given.texts)]
        finally:
            zygote.kill()
            zygote.wait()
    print(to_json(figures))
    if any(figure.met is False for figure in figures):
        sys.exit(1)


if __name__ == "__main__":
    main()
