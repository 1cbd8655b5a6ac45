"""Specs are listed, shown and explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from verifier.spec import compile_spec, load_specs, read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ended

MINE = "name: mine\nchecks: [{id: a, check: exact_match, weight: 2, low: -0.5}]\n"


def test_the_list_names_every_spec(call: Callable[..., Ended]) -> None:
    ended = call("spec", "list")
    assert ended.code == 0
    assert all(name in ended.out for name in load_specs().specs)


def test_the_list_has_the_specs_of_the_folder(
    call: Callable[..., Ended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.yaml").write_text(MINE)
    monkeypatch.setenv("VERIFIER_SPEC_DIR", str(tmp_path))
    assert "mine" in call("spec", "list").out


def test_a_file_of_the_folder_that_is_no_text_is_named(
    call: Callable[..., Ended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.yaml").write_bytes(b"name: \xff")
    monkeypatch.setenv("VERIFIER_SPEC_DIR", str(tmp_path))
    ended = call("spec", "list")
    assert (ended.code, "mine.yaml is not UTF-8" in ended.err) == (2, True)


@pytest.mark.parametrize("name", list(load_specs().specs))
def test_what_is_shown_compiles_to_the_same_spec(name: str, call: Callable[..., Ended]) -> None:
    shown = read_yaml(call("spec", "show", name).out)
    assert shown.fingerprint == load_specs().find(name).fingerprint


def test_an_unknown_spec_exits_with_2_and_tells_the_known_ones(call: Callable[..., Ended]) -> None:
    ended = call("spec", "show", "nope")
    assert (ended.code, "math, r1" in ended.err) == (2, True)


def test_a_check_tells_worth_and_fingerprint(call: Callable[..., Ended], tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(MINE)
    ended = call("spec", "check", str(file))
    assert ended.code == 0
    assert "-1 .. 2" in ended.out
    assert compile_spec(read_yaml(MINE).canonical).fingerprint in ended.out


@pytest.mark.parametrize(
    "content",
    [b"name: [", b"name: \xff", b"name: mine\nchecks: [{id: a, check: nope}]", b"[]", b""],
)
def test_a_wrong_spec_exits_with_2(
    content: bytes, call: Callable[..., Ended], tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(content)
    ended = call("spec", "check", str(file))
    assert (ended.code, ended.err.startswith("error: ")) == (2, True)


def test_a_file_that_is_not_there_exits_with_2(call: Callable[..., Ended]) -> None:
    assert call("spec", "check", "no-such.yaml").code == 2


def test_a_description_is_shown_as_it_is(
    call: Callable[..., Ended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.yaml").write_text(MINE + "description: pays [/for] [red]it\n")
    monkeypatch.setenv("VERIFIER_SPEC_DIR", str(tmp_path))
    assert "pays [/for] [red]it" in call("spec", "list").out
