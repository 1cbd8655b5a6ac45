r"""`math_equivalence`: right answers score 1, wrong ones 0, and nobody pays for another's fault."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.math.test_reading import LATEX
from verifier.checks import math_equivalence
from verifier.checks.base import Judgement, Subject
from verifier.checks.math_equivalence import CHECK, Params, judge
from verifier.completion import parse
from verifier.extraction import ExtractionRules
from verifier.math import engine, symbolic
from verifier.model import Outcome, Reference
from verifier.watchdog import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

CORPUS = Path(__file__).parents[1] / "corpus" / "math_pairs.jsonl"
PAIRS = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
ALGEBRA = ("(x+1)^2", "x^2+2x+1")
INTEGRAL = ("1", r"\int_{0}^{1} 2x dx")


@dataclass
class InProcess:
    """The watchdog's place taken by a plain call."""

    calls: list[tuple[dict[str, JsonValue], float]] = field(default_factory=list)

    def call(self, function: str, arguments: dict[str, JsonValue], *, cpu_seconds: float) -> Reply:
        """The real symbolic step, in this process."""
        assert function == "math"
        self.calls.append((arguments, cpu_seconds))
        gold, answer = str(arguments["gold"]), str(arguments["answer"])
        value: JsonValue = symbolic.prove(gold=gold, answer=answer, announce=lambda _phase: None)
        return Reply("done", "compare", value)

    def lease(self, language: str) -> NoReturn:
        """Fail."""
        raise AssertionError(language)

    def recall(self, digest: str, judge: object) -> NoReturn:
        """Fail."""
        raise AssertionError(digest, judge)


@dataclass
class Canned:
    """A watchdog that always replies the same."""

    reply: Reply
    calls: int = 0

    def call(self, *_arguments: object, cpu_seconds: float) -> Reply:
        """The canned reply, within any budget."""
        assert cpu_seconds > 0
        self.calls += 1
        return self.reply

    def lease(self, language: str) -> NoReturn:
        """Fail."""
        raise AssertionError(language)

    def recall(self, digest: str, judge: object) -> NoReturn:
        """Fail."""
        raise AssertionError(digest, judge)


@pytest.fixture(autouse=True)
def _no_memory() -> Iterator[None]:
    engine.forget()
    math_equivalence.forget()
    yield
    engine.forget()
    math_equivalence.forget()


def judged(
    gold: str | Reference | None,
    answer: str,
    tools: InProcess | Canned | None = None,
    params: Params | None = None,
) -> Judgement:
    """The judgement of a completion that ends in a box."""
    reference = Reference(value=gold) if isinstance(gold, str) else gold
    subject = Subject(parse(rf"So \boxed{{{answer}}}."), reference, ExtractionRules())
    return judge(subject, params or Params(), tools or InProcess())


@pytest.mark.parametrize("pair", PAIRS, ids=[f"{p['gold']} ~ {p['answer']}" for p in PAIRS])
def test_the_corpus_is_judged_as_it_says(pair: dict[str, str]) -> None:
    assert judged(pair["gold"], pair["answer"]).score == float(pair["equal"]), pair["why"]


GOLDS = sorted({pair["gold"] for pair in PAIRS})


@pytest.mark.parametrize("form", ["{}", "${}$", r"\boxed{{{}}}", r"\({}\)"])
@pytest.mark.parametrize("gold", GOLDS)
def test_a_gold_equals_its_own_boxed_form(gold: str, form: str) -> None:
    assert judged(form.format(gold), gold).score == 1.0


def test_the_evidence_says_what_was_judged_and_how() -> None:
    found = judged(*ALGEBRA)
    assert found.evidence == {
        "answer": "x^2+2x+1",
        "span": [10, 18],
        "source": "boxed",
        "gold_type": "expression",
        "answer_type": "expression",
        "step": "algebra",
    }


def test_the_evidence_says_how_the_engine_read_both_sides() -> None:
    evidence = judged(*INTEGRAL).evidence
    assert (evidence["step"], evidence["gold_read"]) == ("symbolic", "1")
    assert evidence["answer_read"] == "Integral(2*x, (x, 0, 1))"


def test_algebra_asks_nobody() -> None:
    tools = InProcess()
    assert judged(*ALGEBRA, tools).score == 1.0
    assert tools.calls == []


def test_a_cheap_verdict_asks_nobody() -> None:
    tools = InProcess()
    assert judged("0.5", r"\frac12", tools).evidence["step"] == "exact_rational"
    assert tools.calls == []


def test_no_reference_is_the_specs_fault() -> None:
    assert judged(None, "5").outcome is Outcome.REFERENCE_MISSING


@pytest.mark.parametrize(
    "gold", ["", "  ", "$$", "NaN", "9^{9^{9}}", "x" * 2001, "(" * 30 + ")" * 30]
)
def test_a_gold_that_cannot_be_used_is_the_specs_fault(gold: str) -> None:
    found = judged(gold, "5")
    assert (found.outcome, found.score) == (Outcome.REFERENCE_INVALID, None)


@pytest.mark.parametrize("gold", ["2013^{4025}", "e^{23110}", "2^{77232917}-2", "(10^7)!"])
def test_a_gold_beyond_a_limit_equals_the_same_text(gold: str) -> None:
    found = judged(gold, f"$ {gold} $")
    assert (found.score, found.evidence["step"]) == (1.0, "normalised_string")


def test_a_gold_beyond_a_limit_judges_nothing_else() -> None:
    assert judged("2013^{4025}", "2013^{4026}").outcome is Outcome.REFERENCE_INVALID


def test_a_gold_that_algebra_cannot_read_is_the_specs_fault() -> None:
    assert judged(r"\foo{x}", "5").outcome is Outcome.REFERENCE_INVALID


def test_a_gold_of_another_type_than_declared_is_the_specs_fault() -> None:
    assert judged(Reference(value="5", type="set"), "5").outcome is Outcome.REFERENCE_INVALID


def test_no_answer_is_the_policys_fault() -> None:
    subject = Subject(parse("I do not know"), Reference(value="5"), ExtractionRules())
    found = judge(subject, Params(), InProcess())
    assert (found.outcome, found.score) == (Outcome.NO_ANSWER, 0.0)


@pytest.mark.parametrize("answer", ["?", "nan", "..."])
def test_an_answer_with_nothing_in_it_is_none(answer: str) -> None:
    assert judged("5", answer).outcome is Outcome.NO_ANSWER


def test_an_answer_that_algebra_cannot_read_is_wrong_and_says_so() -> None:
    found = judged("x+1", r"\foo{x}")
    assert (found.outcome, found.score) == (Outcome.INCORRECT, 0.0)
    assert found.reason == "the answer could not be read as mathematics"


@pytest.mark.parametrize("answer", ["9^{9^{9}}", "(10^7)!", "1" * 401, "1+" * 999 + "x"])
def test_a_bomb_scores_0_without_a_call(answer: str) -> None:
    tools = InProcess()
    found = judged("5", answer, tools)
    assert (found.outcome, found.score, tools.calls) == (Outcome.TOO_COMPLEX, 0.0, [])


def test_the_answers_length_is_limited_by_the_spec() -> None:
    assert judged("123", "123", params=Params(max_answer_chars=3)).score == 1.0
    assert judged("123", "123", params=Params(max_answer_chars=2)).outcome is Outcome.TOO_COMPLEX


def deep(levels: int) -> str:
    """An integral nested so deep."""
    return r"\int " + r"\sin(" * levels + "x" + ")" * levels + "dx"


def test_nesting_up_to_the_limit_reaches_algebra() -> None:
    tools = Canned(Reply("done", "compare", {"equal": True, "why": "values"}))
    assert judged("y", deep(12), tools).score == 1.0


def test_an_answer_nested_deeper_is_too_complex_for_algebra() -> None:
    assert judged("y+1", deep(13)).outcome is Outcome.TOO_COMPLEX


def test_a_gold_nested_deeper_is_the_specs_fault() -> None:
    assert judged(deep(13), "y+1").outcome is Outcome.REFERENCE_INVALID


@pytest.mark.parametrize(
    ("ended", "phase", "outcome", "score"),
    [
        ("too_slow", "gold", Outcome.REFERENCE_INVALID, None),
        ("too_big", "gold", Outcome.REFERENCE_INVALID, None),
        ("too_slow", "answer", Outcome.TOO_COMPLEX, 0.0),
        ("too_big", "answer", Outcome.TOO_COMPLEX, 0.0),
        ("too_slow", "compare", Outcome.TOO_COMPLEX, 0.0),
        ("too_big", "compare", Outcome.TOO_COMPLEX, 0.0),
        ("too_slow", "", Outcome.CRASHED, None),
        ("stalled", "compare", Outcome.TIMEOUT, None),
        ("crashed", "answer", Outcome.CRASHED, None),
        ("failed", "gold", Outcome.CRASHED, None),
    ],
)
def test_the_phase_in_which_the_child_ended_decides_whose_fault_it_is(
    ended: str, phase: str, outcome: Outcome, score: float | None
) -> None:
    found = judged(*INTEGRAL, Canned(Reply(ended, phase)))  # type: ignore[arg-type]
    assert (found.outcome, found.score) == (outcome, score)
    assert found.evidence["step"] == "symbolic"


@pytest.mark.parametrize(
    ("reply", "calls"),
    [
        (Reply("done", "compare", {"equal": True, "why": "values"}), 1),
        (Reply("too_slow", "answer"), 1),
        (Reply("stalled", "answer"), 2),
        (Reply("crashed", "answer"), 2),
        (Reply("failed", "answer"), 2),
    ],
)
def test_what_the_machine_is_to_blame_for_is_not_remembered(reply: Reply, calls: int) -> None:
    tools = Canned(reply)
    assert judged(*INTEGRAL, tools) == judged(*INTEGRAL, tools)
    assert tools.calls == calls


def test_the_memory_of_proofs_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MEMO_ENTRIES", 2)
    monkeypatch.setattr(math_equivalence, "SETTLED_ENTRIES", 2)
    tools = Canned(Reply("done", "compare", {"equal": True, "why": "values"}))
    for answer in ("2", "3", "4", "2"):
        judged("1", rf"\int_{{0}}^{{1}} {answer} dx", tools)
    assert tools.calls == 4


def test_an_answer_that_was_settled_is_told_where_it_stands_now() -> None:
    first, again = (
        judge(Subject(parse(text), Reference(value="5"), ExtractionRules()), Params(), InProcess())
        for text in (r"\boxed{10/2}", r"So it is \boxed{10/2}.")
    )
    assert (first.evidence["span"], again.evidence["span"]) == ([7, 11], [16, 20])
    assert first.evidence | {"span": []} == again.evidence | {"span": []}


@pytest.mark.parametrize(
    ("reference", "params", "score"),
    [
        (Reference(value="50%"), Params(), 1.0),
        (Reference(value="50%"), Params(percent_as_fraction=False), 0.0),
        (Reference(value="0.5"), Params(percent_as_fraction=False), 1.0),
        (Reference(value="0.5", type="text"), Params(), 1.0),
    ],
)
def test_what_was_settled_holds_for_the_same_question_only(
    reference: Reference, params: Params, score: float
) -> None:
    judged("50%", "0.5")
    judged(Reference(value="1/2", type="text"), "0.5")
    assert judged(reference, "0.5", params=params).score == score


def test_all_elements_of_one_answer_share_a_budget() -> None:
    value: JsonValue = {"equal": True, "why": "values", "cpu_seconds": 1.5}
    tools = Canned(Reply("done", "compare", value))
    integrals = [rf"\int_{{0}}^{{1}} {number} dx" for number in (1, 2, 3)]
    answer = f"({','.join(integrals)})"
    found = judged("(1,2,3)", answer, tools, Params(cpu_seconds=2))
    assert (found.outcome, tools.calls) == (Outcome.TOO_COMPLEX, 2)


def test_declared_text_is_compared_as_text() -> None:
    assert judged(Reference(value="1/2", type="text"), "0.5").score == 0.0
    assert judged(Reference(value="1/2", type="text"), "1 / 2").score == 1.0


CHOICES = {"A": "Paris", "B": r"\frac{1}{2}", "C": "London"}


@pytest.mark.parametrize(
    ("gold", "answer", "score"),
    [
        ("B", "0.5", 1.0),
        ("B", "(B)", 1.0),
        ("0.5", "B", 1.0),
        ("A", "paris", 1.0),
        ("Paris", "A", 1.0),
        ("A", "London", 0.0),
        ("Paris", "C", 0.0),
        ("A", "C", 0.0),
    ],
)
def test_a_choice_may_be_named_by_letter_or_by_text(gold: str, answer: str, score: float) -> None:
    assert judged(Reference(value=gold, choices=CHOICES), answer).score == score


def test_a_choice_that_cannot_be_read_leaves_the_letters() -> None:
    assert judged(Reference(value="A", choices={"A": ""}), "5").score == 0.0


def test_the_check_asks_for_a_reference() -> None:
    assert CHECK.needs_reference


@given(LATEX | st.text(max_size=40), LATEX | st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_it_raise(gold: str, answer: str) -> None:
    tools = Canned(Reply("done", "compare", {"equal": False, "why": "values"}))
    found = judged(gold, answer, tools)
    assert (found.score is None) == (found.outcome is Outcome.REFERENCE_INVALID)


@pytest.mark.parametrize(
    ("gold", "answer", "score"),
    [
        ("Half of 48 is 24, and 48+24 is 72.\n#### 72", "72", 1.0),
        (r"We get $x=3$ so the sum is $\boxed{7}$.", "7", 1.0),
        (r"We get $x=3$ so the sum is $\boxed{7}$.", "3", 0.0),
        (r"The roots are \boxed{1} and \boxed{2}.", "2, 1", 1.0),
    ],
)
def test_a_reference_that_is_a_whole_solution_is_read_for_its_answer(
    gold: str, answer: str, score: float
) -> None:
    assert judged(gold, answer).score == score


def test_words_of_doubt_in_the_reference_itself_are_no_hedge() -> None:
    gold = "It might be improved, or it could also be slower."
    assert judged(gold, gold).score == 1.0
    assert judged("5", "5, or maybe 6").score == 0.0
