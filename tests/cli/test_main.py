"""Errors are one sentence and an exit code; every command explains itself."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import typer

from verifier import cli
from verifier.errors import InvalidRequest, InvalidSpec, QueueUnavailable, VerifierError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ended

COMMANDS = sorted(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]  # a group


def failing(error: BaseException) -> Callable[[], None]:
    """A command line that fails so."""

    def fail() -> None:
        raise error

    return fail


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, call: Callable[..., Ended]) -> None:
    ended = call(command, "--help")
    assert (ended.code, "Usage" in ended.out) == (0, True)


def test_the_help_names_every_command(call: Callable[..., Ended]) -> None:
    ended = call("--help")
    assert all(command in ended.out for command in COMMANDS)


def test_the_module_is_the_command() -> None:
    argv = [sys.executable, "-m", "verifier", "--help"]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, "Usage" in ended.stdout) == (0, True)


def test_an_unknown_command_exits_with_2(call: Callable[..., Ended]) -> None:
    assert call("scoer").code == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidRequest("wrong"), 2),
        (InvalidSpec("wrong"), 2),
        (QueueUnavailable("wrong"), 3),
        (VerifierError("wrong"), 3),
        (KeyboardInterrupt(), 130),
    ],
)
def test_the_exit_code_tells_who_is_at_fault(
    error: BaseException,
    code: int,
    call: Callable[..., Ended],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cli, "app", failing(error))
    assert call().code == code


def test_an_error_is_its_detail_its_fields_and_advice(
    call: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    error = InvalidSpec("it is [red]wrong[/]", errors=[{"field": "a[0]", "message": "no"}])
    monkeypatch.setattr(cli, "app", failing(error))
    lines = call().err.splitlines()
    assert lines == ["error: it is [red]wrong[/]", "  a[0]: no", InvalidSpec.advice]


@pytest.mark.parametrize(
    ("name", "value"),
    [("VERIFIER_PORT", "nonsense"), ("VERIFIER_LOG_LEVEL", "LOUD"), ("VERIFIER_MAX_ROLLOUTS", "0")],
)
def test_a_wrong_setting_is_named_and_exits_with_2(
    name: str, value: str, call: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    ended = call("spec", "list")
    assert (ended.code, f"{name}: " in ended.err) == (2, True)


def test_a_rule_over_several_settings_says_what_to_do(
    call: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFIER_HOST", "0.0.0.0")  # noqa: S104 - it has to be refused
    ended = call("serve")
    assert (ended.code, "set VERIFIER_API_KEYS" in ended.err) == (2, True)


def test_a_worker_needs_a_queue(
    call: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VERIFIER_REDIS_URL", raising=False)
    ended = call("worker")
    assert (ended.code, "VERIFIER_REDIS_URL" in ended.err) == (2, True)


def test_a_port_that_is_taken_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        argv = [sys.executable, "-m", "verifier", "serve", "--port", port]
        # No queue is asked for before the socket is bound, so this address is never used.
        argv += ["--redis-url", "redis://127.0.0.1:1/0"]
        ended = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, f"cannot listen on 127.0.0.1:{port}" in ended.stderr) == (2, True)
