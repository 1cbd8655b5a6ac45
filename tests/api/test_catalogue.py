"""What the service knows: checks, specs, versions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema_rs import validator_for

from tests.api.test_score import JSON, TEXT
from verifier.checks import registry
from verifier.spec import load_specs

if TYPE_CHECKING:
    import httpx2

YAML = "name: text\nchecks:\n  - id: same\n    check: exact_match\n"


def validate(http: httpx2.Client, **source: Any) -> httpx2.Response:  # noqa: ANN401 - any JSON
    """The answer about a spec."""
    return http.post("/v1/specs/validate", json=source)


def test_every_check_is_listed(http: httpx2.Client) -> None:
    assert [check["name"] for check in http.get("/v1/checks").json()] == list(registry())


def test_every_check_says_in_a_sentence_what_it_does(http: httpx2.Client) -> None:
    assert all(check["summary"].endswith(".") for check in http.get("/v1/checks").json())


@pytest.mark.parametrize("name", list(registry()))
def test_the_params_of_a_check_are_a_json_schema_that_its_defaults_meet(
    http: httpx2.Client, name: str
) -> None:
    check = next(check for check in http.get("/v1/checks").json() if check["name"] == name)
    validator_for(check["params"]).validate({})


@pytest.mark.parametrize("name", list(registry()))
def test_the_schema_of_params_refuses_what_it_does_not_know(http: httpx2.Client, name: str) -> None:
    check = next(check for check in http.get("/v1/checks").json() if check["name"] == name)
    assert not validator_for(check["params"]).is_valid({"no_such_param": 1})


def test_every_spec_is_listed(http: httpx2.Client) -> None:
    assert [spec["name"] for spec in http.get("/v1/specs").json()] == list(load_specs().specs)


def test_a_spec_has_its_own_address(http: httpx2.Client) -> None:
    assert http.get("/v1/specs/r1").json() in http.get("/v1/specs").json()


def test_a_spec_is_shown_with_every_default_written_out(http: httpx2.Client) -> None:
    check = http.get("/v1/specs/math").json()["spec"]["checks"][0]
    assert {"weight", "low", "high", "required", "params"} <= set(check)


def test_a_spec_as_shown_is_the_same_spec(http: httpx2.Client) -> None:
    shown = http.get("/v1/specs/r1").json()
    again = validate(http, spec=shown["spec"]).json()
    assert again["fingerprint"] == shown["fingerprint"]


def test_a_spec_names_the_versions_of_its_fingerprint(http: httpx2.Client) -> None:
    versions = http.get("/version").json()["versions"]
    assert http.get("/v1/specs/math").json()["versions"] == versions


@pytest.mark.parametrize("name", ["nobodys", "MATH", "math.yaml", "..%2Fmath", "%00"])
def test_a_spec_that_is_not_there_is_not_found(http: httpx2.Client, name: str) -> None:
    assert http.get(f"/v1/specs/{name}").status_code == 404


def test_a_spec_may_be_validated_as_an_object(http: httpx2.Client) -> None:
    assert validate(http, spec=TEXT).json()["name"] == "text"


def test_a_spec_may_be_validated_as_yaml(http: httpx2.Client) -> None:
    assert validate(http, yaml=YAML).json()["name"] == "text"


def test_an_object_and_its_yaml_have_one_fingerprint(http: httpx2.Client) -> None:
    found = {validate(http, spec=TEXT).json()["fingerprint"]}
    found.add(validate(http, yaml=YAML).json()["fingerprint"])
    found.add(validate(http, yaml=yaml.safe_dump(TEXT)).json()["fingerprint"])
    assert len(found) == 1


def test_a_description_does_not_change_the_fingerprint(http: httpx2.Client) -> None:
    described = validate(http, spec={**TEXT, "description": "words"}).json()
    assert described["fingerprint"] == validate(http, spec=TEXT).json()["fingerprint"]


@pytest.mark.parametrize("source", [{}, {"spec": TEXT, "yaml": YAML}, {"spec": None, "yaml": None}])
def test_a_spec_is_an_object_or_yaml_and_not_both_or_none(
    http: httpx2.Client, source: dict[str, Any]
) -> None:
    answer = validate(http, **source)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")


@pytest.mark.parametrize(
    "text",
    [
        "name: &n text\nchecks: [{id: *n, check: exact_match}]",
        "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]",
        "base: &b {check: exact_match}\nchecks: [{<<: *b, id: a}]",
    ],
    ids=["alias", "aliases that grow", "merge"],
)
def test_yaml_with_an_alias_is_refused(http: httpx2.Client, text: str) -> None:
    answer = validate(http, yaml=text)
    assert (answer.status_code, "aliases" in answer.json()["detail"]) == (422, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just text",
        "- a\n- b",
        YAML + "name: twice\n",
        "name: [",
        "name: \x00",
        "name: 2026-01-01\nchecks: []",
        "!!python/object/apply:os.system ['true']",
        "? [a, b]\n: c",
        "[" * 20_000,
        YAML + "---\n" + YAML,
        YAML.replace("same", "[.nan]"),
    ],
)
def test_yaml_that_is_no_spec_is_refused(http: httpx2.Client, text: str) -> None:
    answer = validate(http, yaml=text)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-spec")


@pytest.mark.parametrize("text", ["!!int ''", "!!float ''", "!!bool x", "!!timestamp x"])
def test_yaml_that_trips_the_parser_is_refused(http: httpx2.Client, text: str) -> None:
    assert validate(http, yaml=text).status_code == 422


def test_yaml_in_any_script_may_have_as_many_characters(http: httpx2.Client) -> None:
    assert validate(http, yaml=YAML + "description: " + "é" * 30_000).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Not A Name"}, "name"),
        ({"checks": []}, "checks"),
        ({"weights": 1}, "weights"),
        ({"combine": "sum"}, "combine"),
        ({"checks": [{"id": "a", "check": "exact_match", "weight": "1"}]}, "checks.0.weight"),
        (
            {"checks": [{"id": "a", "check": "exact_match", "params": {"stripp": True}}]},
            "checks.0.params.stripp",
        ),
    ],
)
def test_what_is_wrong_with_a_spec_is_named(
    http: httpx2.Client, change: dict[str, Any], field: str
) -> None:
    errors = validate(http, spec={**TEXT, **change}).json()["errors"]
    assert field in [row["field"] for row in errors]


def test_a_check_that_is_not_there_is_answered_with_those_that_are(http: httpx2.Client) -> None:
    spec = {"name": "x", "checks": [{"id": "a", "check": "nothing"}]}
    detail = validate(http, spec=spec).json()["detail"]
    assert all(name in detail for name in registry())


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_a_weight_that_is_not_finite_is_refused(http: httpx2.Client, number: str) -> None:
    body = json.dumps({"spec": {"name": "x", "checks": [{"id": "a", "check": "exact_match"}]}})
    body = body.replace('"id"', f'"weight": {number}, "id"')
    assert http.post("/v1/specs/validate", content=body, headers=JSON).status_code == 422


def test_validating_keeps_no_spec(http: httpx2.Client) -> None:
    validate(http, spec={**TEXT, "name": "not-kept"})
    assert http.get("/v1/specs/not-kept").status_code == 404
