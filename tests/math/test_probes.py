r"""Probes by class, of every way to write an answer: half of them are not equal."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TypedDict

import pytest

from tests.checks.test_math_equivalence import judged

CORPUS = Path(__file__).parents[1] / "corpus" / "math_probes.jsonl"


class Probe(TypedDict, total=False):
    """One line of the corpus; `one_way` where only the reference can say what is meant."""

    gold: str
    answer: str
    equal: bool
    one_way: bool


PROBES: list[Probe] = [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]
NAMES = [f"{probe['gold']} ~ {probe['answer']}" for probe in PROBES]


@pytest.mark.parametrize("probe", PROBES, ids=NAMES)
def test_a_probe_is_judged_as_it_says(probe: Probe) -> None:
    assert judged(probe["gold"], probe["answer"]).score == float(probe["equal"])


BOTH_WAYS = [probe for probe in PROBES if not probe.get("one_way")]
TURNED = [f"{probe['answer']} ~ {probe['gold']}" for probe in BOTH_WAYS]


@pytest.mark.parametrize("probe", BOTH_WAYS, ids=TURNED)
def test_a_probe_is_judged_alike_the_other_way_round(probe: Probe) -> None:
    assert judged(probe["answer"], probe["gold"]).score == float(probe["equal"])


def test_half_of_the_probes_are_not_equal() -> None:
    counts = Counter(probe["equal"] for probe in PROBES)
    assert counts[False] >= len(PROBES) // 2
