"""Outputs are compared as bytes, by rules that accept layout and refuse anything else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from verifier.code.comparison import EXCERPT_CHARS, Checker, CheckerProgram, difference

if TYPE_CHECKING:
    from pydantic import JsonValue

LARGE = "123456789012345678"
# What the cases ask for: `yes` and `no` for any checker that knows words; `float` where a
# tolerance is set; `lax` and `strict` are policies, accepted by `tokens` or by nobody.
CASES = [
    ("same", "1 2\n3\n", "1 2\n3\n", "yes"),
    ("no final newline", "1 2\n3\n", "1 2\n3", "yes"),
    ("trailing spaces and blank lines", "1 2\n3\n", "1 2  \n3\t\n\n\n", "yes"),
    ("crlf", "1 2\n3\n", "1 2\r\n3\r\n", "yes"),
    ("both empty", "", "", "yes"),
    ("empty vs blank line", "", "\n", "yes"),
    ("inner blank lines differ", "1\n2\n", "1\n\n2\n", "lax"),
    ("leading space", "1\n", " 1\n", "lax"),
    ("space vs newline layout", "1 2 3\n", "1\n2\n3\n", "lax"),
    ("double inner space", "1 2\n", "1  2\n", "lax"),
    ("case", "YES\n", "Yes\n", "strict"),
    ("only the first line", "1\n2\n3\n", "1\n", "no"),
    ("extra line after", "1\n2\n", "1\n2\n3\n", "no"),
    ("debug line before", "1\n2\n", "debug\n1\n2\n", "no"),
    ("nothing printed", "1\n", "", "no"),
    ("answer as substring", "12\n", "The answer is 12\n", "no"),
    ("wrong order of tokens", "1 2 3\n", "1 3 2\n", "no"),
    ("wrong multiplicity", "1 1 2\n", "1 2 2\n", "no"),
    ("lines in other order", "a\nb\n", "b\na\n", "no"),
    ("int off by one, large", f"{LARGE}\n", f"{LARGE[:-1]}9\n", "no"),
    ("int off by one, 17 digits", "12345678901234567\n", "12345678901234568\n", "no"),
    ("int off by one, small", "7\n", "8\n", "no"),
    ("int list off by one", "1 2 3\n", "1 2 4\n", "no"),
    ("modular answer off", "1000000006\n", "1000000007\n", "no"),
    ("float rel 1e-7", "1.0000000\n", "1.0000001\n", "float"),
    ("float rel 1e-3", "1.000\n", "1.001\n", "no"),
    ("float on a line of tokens", "ab 1.5 2\n", "ab 1.5000001 2\n", "float"),
    ("float trailing zeros", "0.5\n", "0.500\n", "float"),
    ("near zero", "0.0\n", "1e-9\n", "float"),
    ("negative zero", "0.0\n", "-0.0\n", "float"),
    ("scientific", "1000.0\n", "1e3\n", "float"),
    ("nan for number", "1.5\n", "nan\n", "no"),
    ("nan for nan", "nan\n", "nan\n", "yes"),
    ("inf for big", "1e300\n", "inf\n", "no"),
    ("int as float", "5\n", "5.0\n", "strict"),
    ("leading zero", "7\n", "07\n", "no"),
    ("plus sign", "7\n", "+7\n", "no"),
    ("underscore digits", "1000\n", "1_000\n", "no"),
    ("fullwidth digits", "12\n", "\uff11\uff12\n", "no"),
    ("arabic-indic digits", "12\n", "\u0661\u0662\n", "no"),
    ("nbsp after", "12\n", "12\u00a0\n", "no"),
    ("zero-width space", "12\n", "12\u200b\n", "no"),
    ("nul after", "12\n", "12\0\n", "no"),
    ("form feed line", "1\n2\n", "1\f2\n", "lax"),
    ("unicode line separator", "1\n2\n", "1\u20282\n", "no"),
    ("dict order json", '{"a": 1, "b": 2}\n', '{"b": 2, "a": 1}\n', "strict"),
    ("python list spacing", "[1, 2]\n", "[1,2]\n", "no"),
    ("quotes", "abc\n", "'abc'\n", "no"),
    ("bool word", "true\n", "1\n", "no"),
]


def accepts(expected: str, got: str, kind: str = "whitespace", **rules: JsonValue) -> bool:
    checker = Checker.model_validate({"kind": kind, **rules})
    return difference(expected.encode(), got.encode(), checker) is None


def test_there_are_49_cases_that_others_disagree_about() -> None:
    assert len({name for name, *_ in CASES}) == 49


@pytest.mark.parametrize(("name", "expected", "got", "want"), CASES, ids=[c[0] for c in CASES])
def test_by_default_only_blanks_at_the_ends_do_not_count(
    name: str, expected: str, got: str, want: str
) -> None:
    assert accepts(expected, got) is (want == "yes"), name


@pytest.mark.parametrize(("name", "expected", "got", "want"), CASES, ids=[c[0] for c in CASES])
def test_tokens_ignore_the_layout_and_nothing_else(
    name: str, expected: str, got: str, want: str
) -> None:
    assert accepts(expected, got, "tokens") is (want in {"yes", "lax"}), name


@pytest.mark.parametrize(("name", "expected", "got", "want"), CASES, ids=[c[0] for c in CASES])
def test_a_tolerance_is_for_floats_only(name: str, expected: str, got: str, want: str) -> None:
    found = accepts(expected, got, "tokens", abs_tolerance=1e-6, rel_tolerance=1e-6)
    assert found is (want in {"yes", "lax", "float"}), name


@pytest.mark.parametrize(("name", "expected", "got", "want"), CASES, ids=[c[0] for c in CASES])
def test_exact_accepts_the_same_bytes_only(name: str, expected: str, got: str, want: str) -> None:
    assert accepts(expected, got, "exact") is (expected == got), (name, want)


@pytest.mark.parametrize(
    ("expected", "got", "accepted"),
    [
        ("1.5\n", "1_.5\n", False),
        ("1.5\n", "\uff11.5\n", False),
        ("1.5\n", "1.5abc\n", False),
        ("1.5\n", "2\n", False),
        ("2.0\n", "2\n", True),
        ("1e5\n", "100000\n", True),
        ("1e999\n", "2e999\n", False),
        ("1e999\n", "1e999\n", True),
        ("1.0\n", "1e-99999999\n", False),
        ("inf\n", "1e999\n", False),
        ("0x1.8\n", "1.5\n", False),
        (f"1.{'0' * 500}\n", "1.0\n", False),
    ],
)
def test_what_counts_as_a_number(expected: str, got: str, accepted: bool) -> None:  # noqa: FBT001
    assert accepts(expected, got, "tokens", rel_tolerance=1e-6) is accepted


def test_the_larger_tolerance_decides() -> None:
    assert accepts("100.0", "100.5", "tokens", abs_tolerance=0.0, rel_tolerance=0.01)
    assert accepts("0.0", "0.5", "tokens", abs_tolerance=1.0, rel_tolerance=0.0)


@pytest.mark.parametrize(
    ("kind", "expected", "got", "accepted"),
    [
        ("lines_unordered", "a\nb\nb\n", "b\na\nb", True),
        ("lines_unordered", "a\nb\n", "b \na\t\n\n", True),
        ("lines_unordered", "a b\n", "b a\n", False),
        ("lines_unordered", "a\nb\nb\n", "a\na\nb\n", False),
        ("lines_unordered", "a\nb\n", "a\n", False),
        ("lines_unordered", "a\n", "a\nb\n", False),
        ("tokens_unordered", "a b\nc\n", "c\nb a", True),
        ("tokens_unordered", "a b b\n", "a a b\n", False),
        ("tokens_unordered", "", "\n \n", True),
        ("tokens_unordered", "a b\n", "a\n", False),
    ],
)
def test_unordered_checkers_compare_multisets(
    kind: str,
    expected: str,
    got: str,
    accepted: bool,  # noqa: FBT001
) -> None:
    assert accepts(expected, got, kind) is accepted


@pytest.mark.parametrize("kind", ["exact", "whitespace", "tokens", "lines_unordered"])
def test_case_may_be_ignored_for_ascii_letters_only(kind: str) -> None:
    assert accepts("YES", "yes", kind, ignore_case=True)
    assert not accepts("\u00c4", "\u00e4", kind, ignore_case=True)


def test_the_first_difference_is_told_by_its_line() -> None:
    found = difference(b"1\n2\n3\n", b"1\n2\n4\n", Checker())
    assert found is not None
    assert found.evidence == {"line": 3, "expected": "3", "got": "4"}


@pytest.mark.parametrize(
    ("expected", "got", "line"),
    [
        (b"1\n2\n", b"1\n", (2, "2", "")),
        (b"1\n", b"1\n2\n", (2, "", "2")),
        (b"1", b"", (1, "1", "")),
    ],
)
def test_a_missing_line_is_told_as_empty(
    expected: bytes, got: bytes, line: tuple[int, str, str]
) -> None:
    found = difference(expected, got, Checker())
    assert found is not None
    assert (found.line, found.expected, found.got) == line


@pytest.mark.parametrize("kind", ["exact", "whitespace", "tokens", "tokens_unordered"])
def test_excerpts_are_short_and_readable(kind: str) -> None:
    checker = Checker.model_validate({"kind": kind})
    found = difference(b"x" * 100_000, b"x" * 99_999 + b"\xff\0\x1b[31m", checker)
    assert found is not None
    for side in (found.expected, found.got):
        assert len(side) <= EXCERPT_CHARS + 1
        assert side.isprintable()


def test_an_excerpt_begins_near_the_difference() -> None:
    found = difference(b"x" * 1000 + b"1", b"x" * 1000 + b"2", Checker())
    assert found is not None
    assert (found.expected[-1], found.got[-1]) == ("1", "2")


@pytest.mark.parametrize("kind", ["exact", "whitespace", "tokens", "lines_unordered"])
@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (b"1 " * 500_000, b"1 " * 500_000 + b"2"),
        (b"1\n" * 500_000, b"1 \n" * 500_000),
        (b"1" + b" " * 1_000_000 + b"2", b"1" + b" " * 1_000_000 + b"3"),
        (b"", b"\n" * 1_000_000),
        (b"1" * 1_000_000 + b".5", b"1" * 1_000_000 + b".6"),
    ],
    ids=["tokens", "lines", "blanks", "blank lines", "digits"],
)
def test_large_outputs_take_linear_time(kind: str, expected: bytes, got: bytes) -> None:
    started = time.process_time()
    rules = {"abs_tolerance": 0.1} if kind == "tokens" else {}
    difference(expected, got, Checker.model_validate({"kind": kind, **rules}))
    assert time.process_time() - started < 5


OUTPUTS = st.lists(st.sampled_from([b"1", b"2.0", b" ", b"\n", b"\r\n", b"\t", b"\xc2\xa0"])).map(
    b"".join
)


@given(OUTPUTS, st.sampled_from(["exact", "whitespace", "tokens", "lines_unordered"]))
def test_every_output_equals_itself(output: bytes, kind: str) -> None:
    assert difference(output, output, Checker.model_validate({"kind": kind})) is None


@given(OUTPUTS, OUTPUTS)
def test_what_a_stricter_checker_accepts_a_laxer_one_accepts(one: bytes, other: bytes) -> None:
    verdicts = [
        difference(one, other, Checker.model_validate({"kind": kind})) is None
        for kind in ("exact", "whitespace", "tokens", "tokens_unordered")
    ]
    assert verdicts == sorted(verdicts)


@given(OUTPUTS, OUTPUTS)
def test_without_tolerance_the_sides_are_alike(one: bytes, other: bytes) -> None:
    for kind in ("exact", "whitespace", "tokens", "lines_unordered", "tokens_unordered"):
        checker = Checker.model_validate({"kind": kind})
        assert (difference(one, other, checker) is None) is (
            difference(other, one, checker) is None
        )


@pytest.mark.parametrize(
    "rules",
    [
        {"kind": "fuzzy"},
        {"abs_tolerance": -1.0},
        {"rel_tolerance": 2.0},
        {"abs_tolerance": float("nan")},
        {"tolerance": 1.0},
    ],
)
def test_a_senseless_checker_is_refused(rules: dict[str, JsonValue]) -> None:
    with pytest.raises(ValidationError):
        Checker.model_validate(rules)


def test_a_checker_program_has_a_language_and_a_source() -> None:
    with pytest.raises(ValidationError):
        CheckerProgram.model_validate({"kind": "program", "language": "python"})
