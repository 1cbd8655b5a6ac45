"""Settings come from the environment, are checked once, and then stay."""

from __future__ import annotations

import os

import pytest
from pydantic import SecretStr, ValidationError

from verifier.settings import Settings, available_cores, is_loopback


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("VERIFIER_"):
            monkeypatch.delenv(name)


def test_every_setting_has_a_default() -> None:
    assert Settings().host == "127.0.0.1"


def test_the_environment_sets_with_the_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_PORT", "1234")
    assert Settings().port == 1234


def test_the_environment_sets_nothing_without_the_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1234")
    assert Settings().port == 8080


def test_a_flag_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_PORT", "1234")
    assert Settings(port=4321).port == 4321


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("a", ["a"]),
        ("a,b", ["a", "b"]),
        (" a , b ,", ["a", "b"]),
        ("", []),
        (" , ", []),
        ('["a"]', ['["a"]']),
    ],
)
def test_keys_are_separated_by_commas(
    text: str, keys: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFIER_API_KEYS", text)
    assert [key.get_secret_value() for key in Settings().api_keys] == keys


def test_secrets_are_not_shown() -> None:
    settings = Settings(api_keys=(SecretStr("hush"),), redis_url=SecretStr("redis://:hush@h/0"))
    assert "hush" not in repr(settings)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "example.org", ""])  # noqa: S104 - they have to be refused
def test_an_open_door_needs_a_key(host: str) -> None:
    with pytest.raises(ValidationError, match="set VERIFIER_API_KEYS"):
        Settings(host=host)


def test_an_empty_list_of_keys_opens_no_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_API_KEYS", ",")
    with pytest.raises(ValidationError, match="set VERIFIER_API_KEYS"):
        Settings(host="0.0.0.0")  # noqa: S104 - it has to be refused


def test_a_key_opens_the_door() -> None:
    settings = Settings(host="0.0.0.0", api_keys=(SecretStr("k"),))  # noqa: S104 - with a key
    assert settings.api_keys


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - the question
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.example.org", False),
        ("127.0.0.1.example.org", False),
        ("", False),
    ],
)
def test_loopback_is_told_from_the_rest(host: str, loopback: bool) -> None:  # noqa: FBT001 - the expectation
    assert is_loopback(host) is loopback


def test_a_default_deadline_over_the_greatest_is_refused() -> None:
    with pytest.raises(ValidationError, match="default_deadline_seconds is over"):
        Settings(default_deadline_seconds=60, max_deadline_seconds=30)


def test_a_default_deadline_may_be_the_greatest() -> None:
    assert Settings(default_deadline_seconds=30, max_deadline_seconds=30)


def test_settings_stay_as_they_are() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(Settings(), "port", 1)  # noqa: B010 - mypy would refuse it too


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Settings.model_validate({"prot": 1})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "http"),
        ("MAX_ROLLOUTS", "0"),
        ("MAX_BODY_BYTES", "0"),
        ("DEFAULT_DEADLINE_SECONDS", "0"),
        ("DEFAULT_DEADLINE_SECONDS", "nan"),
        ("MAX_DEADLINE_SECONDS", "inf"),
        ("CHUNK_ROLLOUTS", "1025"),
        ("TRAIN_WORKERS", "-1"),
        ("LEASE_SECONDS", "1"),
        ("CHILD_MEMORY_BYTES", "1024"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_JSON", "maybe"),
    ],
)
def test_a_value_out_of_bounds_is_refused(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"VERIFIER_{name}", value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert caught.value.errors()[0]["loc"][0] == name.lower()


def test_there_is_a_train_worker_for_each_core() -> None:
    assert Settings().train_workers == available_cores() >= 1
