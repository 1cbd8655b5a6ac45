"""Equality holds between all spellings of a value, and between no two values."""

from __future__ import annotations

import json
import time
from itertools import combinations
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checks.test_math_equivalence import CORPUS, Canned, InProcess
from verifier.bench.latex_soup import soup
from verifier.bench.values import MAKERS, flaws
from verifier.checks.base import Subject
from verifier.checks.math_equivalence import Params, judge
from verifier.completion import parse
from verifier.extraction import ExtractionRules
from verifier.model import Fault, Reference
from verifier.watchdog import Reply

if TYPE_CHECKING:
    from verifier.checks.base import Judgement

SEEDS = st.integers(0, 2**32).map(Random)
RULES = ExtractionRules()
TOOLS = InProcess()
NOT_EQUAL = Canned(Reply("done", "compare", {"equal": False, "why": "values"}))
# Types that algebra decides cost some milliseconds a pair.
ALGEBRAIC = (
    *("complex", "polynomial", "radical", "multiple of pi", "line", "circle", "function"),
    *("logarithm", "value", "pair of surds", "angle", "union"),
)
ROWS = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
GOLDS = sorted({row["gold"] for row in ROWS})


def judged(gold: str, answer: str, tools: InProcess | Canned) -> Judgement:
    """The judgement of a boxed answer."""
    subject = Subject(parse(rf"\boxed{{{answer}}}"), Reference(value=gold), RULES)
    return judge(subject, Params(), tools)


def score(gold: str, answer: str) -> float | None:
    """The score alone."""
    return judged(gold, answer, TOOLS).score


@pytest.mark.parametrize("name", MAKERS)
def test_a_value_equals_its_spellings_and_nothing_else(name: str) -> None:
    few = name in ALGEBRAIC

    @settings(max_examples=4 if few else 12, derandomize=True, deadline=None, database=None)
    @given(SEEDS)
    def hold(rng: Random) -> None:
        sample = MAKERS[name](rng)
        some = sample.some(rng, 3 if few else 6, 2)
        assert list(flaws(some, score)) == []

    hold()


def test_no_spelling_that_is_not_read_yet_is_an_error() -> None:
    @settings(max_examples=4, derandomize=True, deadline=None, database=None)
    @given(SEEDS)
    def hold(rng: Random) -> None:
        for make in MAKERS.values():
            sample = make(rng)
            for text in sample.unread:
                assert score(sample.spellings[0], text) is not None

    hold()


@pytest.mark.parametrize("gold", GOLDS)
def test_equality_is_symmetric_in_the_corpus(gold: str) -> None:
    texts = {row["answer"] for row in ROWS if row["gold"] == gold} | {gold}
    for one, other in combinations(sorted(texts), 2):
        there, back = judged(one, other, TOOLS), judged(other, one, TOOLS)
        # Beside a letter as the reference, and only there, an answer is read for its letter.
        if "choice" not in (there.evidence.get("gold_type"), back.evidence.get("gold_type")):
            assert None in (there.score, back.score) or there.score == back.score, (one, other)


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(SEEDS)
def test_no_soup_raises_or_takes_long(rng: Random) -> None:
    text = soup(rng)
    for gold, answer in (("7", text), ("(x+1)^2", text), (text, "7"), (text, text)):
        started = time.process_time()
        found = judged(gold, answer, NOT_EQUAL)
        assert time.process_time() - started < 1
        assert found.outcome.fault is not Fault.SERVICE
