"""Reward specs are read strictly and fingerprinted by what they mean."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from verifier.errors import InvalidSpec, NotFound
from verifier.spec import MAX_CHECKS, MAX_SPEC_CHARS, compile_spec, load_specs, read_yaml

if TYPE_CHECKING:
    from pathlib import Path

PLAIN: dict[str, Any] = {"name": "t", "checks": [{"id": "a", "check": "exact_match"}]}


def changed(**rest: object) -> str:
    """The plain spec with something changed, as JSON."""
    return json.dumps({**PLAIN, **rest})


def row(**rest: object) -> dict[str, Any]:
    """The plain check with something changed."""
    return {**PLAIN["checks"][0], **rest}


def test_the_built_in_r1_pays_accuracy_and_format_alike() -> None:
    compiled = load_specs().find("r1")
    assert [(r.check, r.weight) for r in compiled.spec.checks] == [
        ("math_equivalence", 0.5),
        ("think_format", 0.5),
    ]


def test_the_built_in_math_pays_accuracy() -> None:
    assert [r.check for r in load_specs().find("math").spec.checks] == ["math_equivalence"]


def test_defaults_and_their_omission_mean_the_same() -> None:
    written = changed(combine="weighted_sum", checks=[row(weight=1.0, required=True)])
    assert compile_spec(written).fingerprint == compile_spec(changed()).fingerprint


def test_the_order_of_keys_does_not_matter() -> None:
    turned = json.dumps(dict(reversed(PLAIN.items())))
    assert compile_spec(turned).fingerprint == compile_spec(changed()).fingerprint


def test_a_description_does_not_change_the_fingerprint() -> None:
    assert compile_spec(changed(description="x")).fingerprint == compile_spec(changed()).fingerprint


def test_a_param_changes_the_fingerprint() -> None:
    other = compile_spec(changed(checks=[row(params={"casefold": True})]))
    assert other.fingerprint != compile_spec(changed()).fingerprint


def test_a_canonical_spec_compiles_to_itself() -> None:
    compiled = load_specs().find("r1")
    assert compile_spec(compiled.canonical).fingerprint == compiled.fingerprint


@pytest.mark.parametrize(
    "text",
    [
        changed(wieght=1),
        changed(checks=[row(wieght=1)]),
        changed(checks=[row(params={"casefolds": True})]),
        changed(checks=[row(check="no_such_check")]),
        changed(checks=[]),
        changed(checks=[row(), row()]),
        changed(checks=[row(weight=0)]),
        changed(checks=[row(weight=float("nan"))]),
        changed(checks=[row(high=float("inf"))]),
        changed(clip=[float("nan"), 1]),
        changed(clip=[1, 0]),
        changed(checks=[row(low=1.0, high=0.0)]),
        changed(checks=[row(gate=0.5)]),
        changed(combine="gated"),
        changed(combine="gated", checks=[row(gate=0.5, required=False)]),
        changed(name="No Spaces"),
        changed(checks=[row(weight="1")]),
        "[]",
        "nonsense",
    ],
)
def test_a_wrong_spec_is_refused(text: str) -> None:
    with pytest.raises(InvalidSpec):
        compile_spec(text)


def test_the_greatest_number_of_checks_is_taken_and_one_more_refused() -> None:
    rows = [row(id=f"c{i}") for i in range(MAX_CHECKS + 1)]
    assert len(compile_spec(changed(checks=rows[:-1])).steps) == MAX_CHECKS
    with pytest.raises(InvalidSpec):
        compile_spec(changed(checks=rows))


def test_a_spec_of_the_greatest_length_is_taken_and_one_more_refused() -> None:
    room = MAX_SPEC_CHARS - len(changed(description=""))
    assert compile_spec(changed(description="x" * room)).spec.name == "t"
    with pytest.raises(InvalidSpec):
        compile_spec(changed(description="x" * (room + 1)))


def test_an_error_names_the_field() -> None:
    with pytest.raises(InvalidSpec) as caught:
        compile_spec(changed(checks=[row(params={"casefolds": True})]))
    assert caught.value.errors[0]["field"] == "checks.0.params.casefolds"


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1]\nb: *x",
        "name: a\nname: b",
        "name: !!python/object/apply:os.getcwd []",
        "{",
        "name: \x00",
        "[" * 5000,
    ],
)
def test_yaml_that_plays_tricks_is_refused(text: str) -> None:
    with pytest.raises(InvalidSpec):
        read_yaml(text)


def test_a_folder_adds_specs(tmp_path: Path) -> None:
    text = "name: mine\nchecks: [{id: a, check: exact_match}]\n"
    (tmp_path / "mine.yaml").write_text(text)
    assert load_specs(tmp_path).find("mine").spec.name == "mine"


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("name: [")
    with pytest.raises(InvalidSpec, match=r"broken\.yaml"):
        load_specs(tmp_path)


def test_an_unknown_name_tells_the_known_ones() -> None:
    with pytest.raises(NotFound, match="math, r1"):
        load_specs().find("nope")
