"""The program is found in the completion, and cleaned of what chat and editors leave in it."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given

from tests.hostile import COMPLETIONS, HOSTILE
from verifier.code.source import Source, clean, find_source, with_prelude
from verifier.completion import parse

Where = Literal["last_block", "whole", "answer"]


def found(
    text: str,
    language: str = "python",
    where: Where = "last_block",
    *,
    allow_unclosed: bool = False,
) -> Source | str:
    return find_source(parse(text), where, language, allow_unclosed=allow_unclosed)


def program(text: str, language: str = "python", where: Where = "last_block") -> str:
    source = found(text, language, where)
    assert isinstance(source, Source), source
    return source.text


def test_the_last_block_of_the_language_counts() -> None:
    text = "```python\na\n```\nBetter:\n```py\nb\n```\nPrints:\n```text\nc\n```\n```cpp\nd\n```"
    assert program(text) == "b\n"


def test_a_block_in_the_thinking_does_not_count() -> None:
    assert "no python code block" in str(found("<think>```python\na\n```</think>No."))


def test_a_block_without_a_tag_counts_where_no_other_is_tagged() -> None:
    assert program("```\na\n```") == "a\n"
    assert program("```python\na\n```\n```\nb\n```") == "a\n"


def test_a_block_of_another_language_does_not_count() -> None:
    assert "no cpp code block" in str(found("```python\na\n```", "cpp"))


@pytest.mark.parametrize("tag", ["python", "py", "Python3", "python3", "PY"])
def test_languages_have_other_names(tag: str) -> None:
    assert program(f"```{tag}\na\n```") == "a\n"


@pytest.mark.parametrize(
    ("tag", "language"), [("cpp", "cpp"), ("c++", "cpp"), ("c", "c"), ("", "python")]
)
def test_auto_goes_by_the_fence(tag: str, language: str) -> None:
    source = found(f"```{tag}\na\n```", "auto")
    assert isinstance(source, Source)
    assert source.language == language


def test_auto_takes_no_shell_commands_for_the_program() -> None:
    assert program("```python\na\n```\nRun it:\n```bash\npython a.py\n```", "auto") == "a\n"


def test_auto_takes_no_unknown_language() -> None:
    assert isinstance(found("```brainfuck\n+\n```", "auto"), str)


def test_an_unclosed_last_block_is_no_program() -> None:
    text = "```python\na\n```\n```python\nb"
    assert "not closed" in str(found(text))


def test_an_unclosed_block_counts_where_that_is_allowed() -> None:
    source = found("```python\na", allow_unclosed=True)
    assert isinstance(source, Source)
    assert source.text == "a"


def test_the_whole_completion_may_be_the_program() -> None:
    assert program("<think>t</think>    return 1\n", where="whole") == "    return 1\n"


def test_the_answer_may_be_the_program_or_have_it() -> None:
    assert program("<answer>print(1)</answer>", where="answer") == "print(1)"
    text = "```python\na\n```<answer>This:\n```python\nb\n```</answer>"
    assert program(text, where="answer") == "b\n"


def test_without_an_answer_there_is_no_program_in_it() -> None:
    assert "answer tag" in str(found("```python\na\n```", where="answer"))


def test_an_empty_program_is_none() -> None:
    assert found("```python\n \n```") == "the program is empty"


def test_the_indent_of_a_fence_is_taken_off_its_lines() -> None:
    assert program("1. This:\n   ```python\n   if a:\n       b\n  c\n   ```") == "if a:\n    b\nc\n"


def test_the_place_of_the_program_is_told() -> None:
    text = "x ```\n```python\na\n```"
    source = found(text)
    assert isinstance(source, Source)
    assert text[source.start : source.end] == "a\n"


@pytest.mark.parametrize(
    ("source", "cleaned"),
    [
        ("\ufeffa", "a"),
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("a\ud800b", "a\ufffdb"),
        ("\udc80", "\ufffd"),
        ("\ud83d\ude00", "\U0001f600"),
        ("\U0001f600\t\0", "\U0001f600\t\0"),
    ],
)
def test_what_editors_leave_is_cleaned(source: str, cleaned: str) -> None:
    assert clean(source) == cleaned


@given(COMPLETIONS)
def test_any_completion_has_a_program_or_a_reason(text: str) -> None:
    for where in ("last_block", "whole", "answer"):
        source = found(text, "auto", where)
        assert (source.text if isinstance(source, Source) else source).encode()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_completions_take_linear_time(text: str) -> None:
    assert found(text, "auto")
    assert with_prelude("import re", text + "__future__", "python")


FUTURE = "from __future__ import annotations"


@pytest.mark.parametrize(
    ("source", "put_together"),
    [
        ("a = 1", "import re\na = 1"),
        (f"{FUTURE}\na = 1", f"{FUTURE}\nimport re\npass\na = 1"),
        (
            f'"""Text."""\n# Note\n\n{FUTURE}\na',
            f'{FUTURE}\nimport re\n"""Text."""\n# Note\n\npass\na',
        ),
        (f"'''x'y'''\n{FUTURE}; a = 1", f"{FUTURE}\nimport re\n'''x'y'''\npass; a = 1"),
        (
            "from __future__ import (\n  division,\n)\na",
            "from __future__ import ( division, )\nimport re\npass\n\n\na",
        ),
        (f"a = 1\n{FUTURE}\n", f"import re\na = 1\n{FUTURE}\n"),
        (f"b = '''\n{FUTURE}\n'''", f"import re\nb = '''\n{FUTURE}\n'''"),
    ],
)
def test_imports_from_the_future_move_before_the_prelude(source: str, put_together: str) -> None:
    found = with_prelude("import re", source, "python")
    assert "".join(found.split()) == "".join(put_together.split())


def test_the_lines_of_the_program_keep_their_places() -> None:
    source = "from __future__ import (\n  division,\n)\nx = 1\n"
    found = with_prelude("import re", source, "python")
    assert found.splitlines().index("x = 1") - found.splitlines().index("import re") == 4


def test_without_a_prelude_nothing_is_touched() -> None:
    assert with_prelude(" \n", FUTURE, "python") == FUTURE


def test_the_future_is_pythons_only() -> None:
    assert with_prelude("#include <cmath>", FUTURE, "cpp") == f"#include <cmath>\n{FUTURE}"
