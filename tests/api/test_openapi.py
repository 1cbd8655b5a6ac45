"""The OpenAPI document, and the file of it that is committed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.conftest import ROOT
from verifier.cli.openapi import document

if TYPE_CHECKING:
    import httpx2


def test_the_committed_document_is_what_the_code_says() -> None:
    committed = (ROOT / "docs" / "openapi.json").read_text(encoding="utf-8")
    assert committed == document(), "docs/openapi.json is out of date: run `make openapi`"


def test_the_document_is_what_the_service_serves(http: httpx2.Client) -> None:
    assert http.get("/openapi.json").json() == json.loads(document())


def test_every_operation_has_an_id_of_its_own() -> None:
    paths = json.loads(document())["paths"].values()
    ids = [operation["operationId"] for path in paths for operation in path.values()]
    assert len(set(ids)) == len(ids)


def test_every_problem_is_documented_as_one() -> None:
    paths = json.loads(document())["paths"].values()
    kinds = {
        kind
        for path in paths
        for operation in path.values()
        for status, response in operation["responses"].items()
        if status.startswith("4") or status == "500"
        for kind in response["content"]
    }
    assert kinds == {"application/problem+json"}
