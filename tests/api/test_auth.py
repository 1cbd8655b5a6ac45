"""Who is let in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest
from pydantic import ValidationError

from tests.conftest import API_KEY
from verifier.settings import Settings

if TYPE_CHECKING:
    from verifier.bench.served import Served

TICKET = "/v1/tickets/" + "0" * 32
GUARDED = [
    ("POST", "/v1/score"),
    ("POST", "/v1/tickets"),
    ("GET", TICKET),
    ("DELETE", TICKET),
    ("GET", TICKET + "/events"),
    ("GET", "/v1/checks"),
    ("GET", "/v1/specs"),
    ("GET", "/v1/specs/math"),
    ("POST", "/v1/specs/validate"),
    ("GET", "/v1/limits"),
]
OPEN = ["/livez", "/readyz", "/version", "/metrics", "/openapi.json", "/problems/not-found"]


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_without_a_key_nobody_is_let_in(service: Served, method: str, path: str) -> None:
    assert httpx2.request(method, service.url + path).status_code == 401


def test_a_refusal_says_which_scheme_to_use(service: Served) -> None:
    assert httpx2.get(f"{service.url}/v1/limits").headers["www-authenticate"] == "Bearer"


def test_a_refusal_is_a_problem(service: Served) -> None:
    assert httpx2.get(f"{service.url}/v1/limits").json()["type"] == "/problems/unauthorized"


@pytest.mark.parametrize(
    "value",
    [
        "Bearer wrong",
        "Bearer",
        API_KEY,
        f"Basic {API_KEY}",
        f"Bearer {API_KEY}x",
        f"Bearer {API_KEY[:-1]}",
        f"Bearer another-key,{API_KEY}",
    ],
)
def test_what_is_no_key_is_refused(service: Served, value: str) -> None:
    answer = httpx2.get(f"{service.url}/v1/limits", headers={"Authorization": value})
    assert answer.status_code == 401


def test_a_key_in_another_script_is_refused_and_no_error(service: Served) -> None:
    headers = {b"Authorization": b"Bearer \xfc\xff"}
    assert httpx2.get(f"{service.url}/v1/limits", headers=headers).status_code == 401


@pytest.mark.parametrize("key", ["another-key", API_KEY])
def test_every_key_is_let_in(service: Served, key: str) -> None:
    answer = httpx2.get(f"{service.url}/v1/limits", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", OPEN)
def test_probes_and_documents_ask_for_no_key(service: Served, path: str) -> None:
    assert httpx2.get(service.url + path).status_code == 200


def test_a_refused_body_is_not_looked_at(service: Served) -> None:
    assert httpx2.post(f"{service.url}/v1/score", content=b"{").status_code == 401


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "", "192.168.0.1", "example.org"],  # noqa: S104 - refused is the point
)
def test_listening_to_others_without_a_key_is_refused(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.delenv("VERIFIER_API_KEYS", raising=False)
    with pytest.raises(ValidationError, match="without a key: set VERIFIER_API_KEYS"):
        Settings(host=host)


@pytest.mark.parametrize("keys", ["", ",", " , "])
def test_keys_that_are_blank_are_no_keys(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    monkeypatch.setenv("VERIFIER_API_KEYS", keys)
    with pytest.raises(ValidationError, match="without a key"):
        Settings(host="0.0.0.0")  # noqa: S104 - refused is the point


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.2"])
def test_listening_to_this_machine_needs_no_key(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.delenv("VERIFIER_API_KEYS", raising=False)
    assert Settings(host=host).api_keys == ()


def test_listening_to_others_with_a_key_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_API_KEYS", "one, two")
    keys = Settings(host="0.0.0.0").api_keys  # noqa: S104 - with keys it is allowed
    assert [key.get_secret_value() for key in keys] == ["one", "two"]


def test_keys_do_not_show_in_a_settings_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_API_KEYS", "secret-one")
    assert "secret-one" not in repr(Settings())
