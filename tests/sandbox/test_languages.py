"""The registry of languages is consistent: data that the sandbox can rely on."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath

import pytest

from sandbox.languages import languages, named
from sandbox.languages.base import PROGRAM_FOLDER, Language

ALL = list(languages().values())


def tag(language: Language) -> str:
    """How pytest calls a case."""
    return language.name


def test_languages_are_sorted_by_name() -> None:
    assert list(languages()) == sorted(languages())
    assert {"python", "c", "cpp", "bash"} <= set(languages())


def test_no_two_languages_share_a_name_or_an_alias() -> None:
    tags = Counter(tag for one in ALL for tag in (one.name, *one.aliases))
    assert [tag for tag, count in tags.items() if count > 1] == []


@pytest.mark.parametrize("language", ALL, ids=tag)
def test_a_language_is_found_by_its_tags_in_any_case(language: Language) -> None:
    for one in (language.name, *language.aliases):
        assert one == one.lower().strip()
        assert named(one) is named(f" {one.upper()} ") is language


@pytest.mark.parametrize("text", ["", "klingon", "main.py", "{}", "pyth on"])
def test_another_tag_is_no_language(text: str) -> None:
    assert named(text) is None


@pytest.mark.parametrize("language", ALL, ids=tag)
def test_a_source_is_a_plain_file_name(language: Language) -> None:
    assert PurePosixPath(language.source).name == language.source
    assert language.source not in {"", ".", ".."}


@pytest.mark.parametrize("language", ALL, ids=tag)
def test_commands_are_looked_up_in_the_image(language: Language) -> None:
    assert language.run
    assert language.echo
    for command in (language.run, language.compile):
        assert all(isinstance(part, str) and part for part in command)
        if command and command[0].startswith("/"):
            assert command[0].startswith((f"{PROGRAM_FOLDER}/", "/usr/bin/", "/bin/"))


def test_only_python_is_forked_from_the_warm_interpreter() -> None:
    assert [one.name for one in ALL if one.zygote] == ["python"]
