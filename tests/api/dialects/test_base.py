"""What all dialects have in common: they are found, documented, and ask for a key."""

from __future__ import annotations

import base64
import json
import pkgutil
from typing import TYPE_CHECKING

import httpx2
import pytest
from fastapi.routing import APIRoute

from tests.conftest import API_KEY, ROOT
from verifier.api import dialects
from verifier.cli.openapi import document

if TYPE_CHECKING:
    from verifier.api.dialects.base import Dialect
    from verifier.bench.served import Served

DIALECTS = list(dialects.registry().values())
DECLARED = [
    (method, route.path)
    for dialect in DIALECTS
    for route in dialect.router.routes
    if isinstance(route, APIRoute)
    for method in route.methods or ()
]
ROUTES = sorted(set(DECLARED))
BODY: dict[str, list[str]] = {"query": [], "prompts": [], "labels": []}


def test_every_module_but_the_base_is_a_dialect_of_its_name() -> None:
    modules = {module.name for module in pkgutil.iter_modules(dialects.__path__)}
    assert set(dialects.registry()) == modules - {"base"}


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_every_dialect_has_a_page(dialect: Dialect) -> None:
    page = ROOT / "docs" / "trainers" / f"{dialect.name}.md"
    text = page.read_text(encoding="utf-8")
    assert "## Tested" in text
    assert page.name in (page.parent / "README.md").read_text(encoding="utf-8")


def test_no_two_dialects_share_an_operation() -> None:
    paths = json.loads(document())["paths"]
    assert all(path in paths and method.lower() in paths[path] for method, path in ROUTES)
    assert sorted(DECLARED) == ROUTES


def basic(key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"any:{key}".encode()).decode()}


@pytest.mark.service
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_operation_asks_for_a_key(service: Served, method: str, path: str) -> None:
    assert httpx2.request(method, service.url + path).status_code == 401


@pytest.mark.service
@pytest.mark.parametrize(
    "headers",
    [
        basic("wrong"),
        basic(""),
        {"Authorization": "Basic ?"},
        {"Authorization": "Basic"},
        {"Authorization": "Basic " + base64.b64encode(API_KEY.encode()).decode()},
        {"Authorization": f"Digest {API_KEY}"},
        {"Authorization": "Bearer wrong"},
    ],
    ids=str,
)
def test_a_wrong_key_is_refused(service: Served, headers: dict[str, str]) -> None:
    answer = httpx2.post(f"{service.url}/get_reward", json=BODY, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthorized")


@pytest.mark.service
@pytest.mark.parametrize("headers", [basic(API_KEY), {"Authorization": f"Bearer {API_KEY}"}])
def test_a_key_is_a_bearer_or_a_password(service: Served, headers: dict[str, str]) -> None:
    answer = httpx2.post(f"{service.url}/get_reward", json=BODY, headers=headers)
    assert answer.status_code == 200


@pytest.mark.service
def test_a_key_may_stand_in_the_url(service: Served) -> None:
    url = service.url.replace("http://", f"http://trainer:{API_KEY}@")
    assert httpx2.post(f"{url}/get_reward", json=BODY).status_code == 200


@pytest.mark.service
def test_a_password_is_for_dialects_only(service: Served) -> None:
    assert httpx2.get(f"{service.url}/v1/limits", headers=basic(API_KEY)).status_code == 401


@pytest.mark.service
@pytest.mark.parametrize("path", sorted({path for method, path in ROUTES if method == "POST"}))
@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"null", "application/json", 422),
        (b"{}", "text/plain", 415),
        (b" " * ((8 << 20) + 1), "application/json", 413),
    ],
    ids=["cut", "deep", "null", "text", "large"],
)
def test_a_hostile_body_is_a_problem(
    service: Served, path: str, content: bytes, media_type: str, status: int
) -> None:
    base = path.replace("{spec}", "math").replace("{reference}", "answer")
    headers = basic(API_KEY) | {"Content-Type": media_type}
    answer = httpx2.post(service.url + base, content=content, headers=headers, timeout=20)
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )
