"""Tests are read from the formats that data sets have them in, and refused with advice."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from verifier.code.comparison import Checker, CheckerProgram
from verifier.code.formats import read_tests
from verifier.code.tests import Asserts, BadTests, Calls, Interactive, Pytest, Stdio

if TYPE_CHECKING:
    from pydantic import JsonValue

STDIO: dict[str, JsonValue] = {"kind": "stdio", "cases": [{"stdin": "1\n", "stdout": "2\n"}]}
CALLS: dict[str, JsonValue] = {
    "kind": "calls",
    "entry": "f",
    "cases": [{"args": [1], "expected": 2}],
}
WEIGHTLESS: JsonValue = [{"stdout": "1", "weight": 0}]
FUNCTIONAL: JsonValue = {"input": "1", "output": "2", "testtype": "functional", "fn_name": "f"}


def calls(value: JsonValue) -> Calls:
    found = read_tests(value)
    assert isinstance(found, Calls)
    return found


def asserts(value: JsonValue) -> Asserts:
    found = read_tests(value)
    assert isinstance(found, Asserts)
    return found


def test_the_kinds_are_read_as_they_are_written() -> None:
    interactive: JsonValue = {
        "kind": "interactive",
        "language": "python",
        "source": "pass",
        "cases": [{"input": "1"}],
    }
    pytest_file: JsonValue = {"kind": "pytest", "code": "def test_f(): assert True"}
    several: list[JsonValue] = [
        STDIO,
        CALLS,
        {"kind": "asserts", "code": "assert f()"},
        pytest_file,
        interactive,
    ]
    kinds = [type(read_tests(value)) for value in several]
    assert kinds == [Stdio, Calls, Asserts, Pytest, Interactive]


def test_json_text_is_read_like_what_it_says() -> None:
    assert read_tests(json.dumps(CALLS)) == read_tests(CALLS)


def test_a_name_is_a_checker() -> None:
    found = read_tests({**STDIO, "checker": "tokens"})
    assert isinstance(found, Stdio)
    assert found.checker == Checker(kind="tokens")


def test_a_checker_may_be_a_program() -> None:
    program: JsonValue = {"kind": "program", "language": "cpp", "source": "int main() {}"}
    found = read_tests({**STDIO, "checker": program})
    assert isinstance(found, Stdio)
    assert isinstance(found.checker, CheckerProgram)


def test_values_that_json_lacks_are_written_with_a_dollar() -> None:
    case: JsonValue = {
        "args": [{"$tuple": [1, {"$set": [2]}]}, {"$float": "inf"}],
        "kwargs": {"k": {"$dict": [[1, "a"]]}},
        "expected": {"$bytes": "61"},
    }
    (read,) = calls({**CALLS, "cases": [case]}).cases
    assert read.data == ([(1, {2}), float("inf")], {"k": {1: "a"}}, b"a")


def test_inputs_and_outputs_without_a_function_are_stdio() -> None:
    found = read_tests({"inputs": ["1\n", ["2", "3"]], "outputs": ["2\n", ["4", "5"]]})
    assert isinstance(found, Stdio)
    assert [(c.stdin, c.stdout) for c in found.cases] == [("1\n", "2\n"), ("2\n3", "4\n5")]


def test_inputs_of_a_function_may_be_lines_of_json() -> None:
    value: JsonValue = {"inputs": ['[1, 2]\n"a"'], "outputs": ["[3]"], "fn_name": "f"}
    found = calls(value)
    assert (found.entry, found.cases[0].data) == ("f", ([[1, 2], "a"], {}, [3]))
    assert not found.wrapped


def test_inputs_of_a_function_may_be_values_and_outputs_wrapped() -> None:
    value: JsonValue = {"inputs": [["a", 1], ["b", 2]], "outputs": [["x"], [[]]], "fn_name": "f"}
    found = calls(value)
    assert [case.args for case in found.cases] == [("a", 1), ("b", 2)]
    assert found.wrapped


def test_live_code_bench_rows_are_read() -> None:
    rows: JsonValue = [{"input": "1\n", "output": "2\n", "testtype": "stdin"}]
    assert isinstance(read_tests(rows), Stdio)
    assert calls([FUNCTIONAL]).cases[0].data == ([1], {}, 2)


def test_a_list_of_assert_statements_is_mbpp() -> None:
    assert asserts(["assert f(1) == 2", "assert f(2) == 3"]).code.count("assert") == 2


def test_an_mbpp_row_has_setup() -> None:
    found = asserts({"test_list": ["assert f(x) == 2"], "test_setup_code": "x = 1"})
    assert found.source == "x = 1\nassert f(x) == 2"


def test_a_human_eval_row_has_an_entry_and_a_prompt() -> None:
    row: JsonValue = {
        "test": "def check(candidate): ...",
        "entry_point": "f",
        "prompt": "import re",
    }
    found = asserts(row)
    assert (found.entry, found.prelude) == (("f",), "import re")


def test_assert_cases_of_verl_are_asserts() -> None:
    value: JsonValue = {"inputs": [""], "outputs": [None], "assert_case": ["assert f(1) == 2"]}
    assert asserts(value).code == "assert f(1) == 2"


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ([], "is not empty"),
        ({}, "write `kind`"),
        (5, "write `kind`"),
        ("not json", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ([1, 2], "assert statements"),
        ({"kind": "fuzz"}, "kind"),
        ({"kind": "stdio", "cases": []}, "at least 1"),
        ({"kind": "stdio", "cases": [{"stdin": "1"}]}, "stdout"),
        ({"kind": "calls", "entry": "f", "cases": [{"args": [1]}]}, "expected"),
        ({**CALLS, "entry": "f()"}, "entry"),
        ({**CALLS, "entry": "import os"}, "entry"),
        ({**CALLS, "cases": [{"expected": {"$nope": 1}}]}, "notation"),
        ({**CALLS, "cases": [{"expected": {"$fraction": ["1", "0"]}}]}, "notation"),
        ({**CALLS, "compare": {"kind": "fuzzy"}}, "compare"),
        ({**STDIO, "cases": WEIGHTLESS}, "weight"),
        ({**STDIO, "checker": "fuzzy"}, "checker"),
        ({**STDIO, "chekcer": "tokens"}, "chekcer"),
        ({"inputs": ["1"], "outputs": []}, "as many of each"),
        ({"inputs": [], "outputs": []}, "at least one"),
        ({"inputs": "1", "outputs": "2"}, "lists"),
        ({"inputs": ["{"], "outputs": ["1"], "fn_name": "f"}, "one JSON value a line"),
        ({"inputs": ["1"], "outputs": [None]}, "stdout"),
        ([{"input": "1", "output": "2", "testtype": "functional"}], "fn_name"),
        ([FUNCTIONAL, {"input": "1", "output": "2", "testtype": "stdin"}], "mix"),
        ({"kind": "pytest", "code": ""}, "code"),
        ({"kind": "interactive", "language": "python", "source": "", "cases": [{}]}, "source"),
    ],
)
def test_tests_that_cannot_be_used_are_refused_with_advice(value: JsonValue, advice: str) -> None:
    with pytest.raises(BadTests, match=advice):
        read_tests(value)


DOCUMENT = (ROOT / "docs" / "code.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```json\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_documented_tests_are_tests(example: str) -> None:
    assert read_tests(example).kind in example
