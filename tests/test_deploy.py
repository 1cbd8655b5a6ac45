"""What the deployment promises, read from its files: no Docker is needed."""

from __future__ import annotations

import fnmatch
import json
import re
import shlex
from typing import TYPE_CHECKING, cast

import pytest
import yaml

from tests.conftest import ROOT
from verifier import folders
from verifier.settings import Settings, is_loopback

if TYPE_CHECKING:
    from pydantic import JsonValue

DEPLOY = ROOT / "deploy"
if not (ROOT / "verifier").is_dir():
    pytest.skip("where the wheel is tested there is nothing to build", allow_module_level=True)

COMPOSE_TEXT = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
COMPOSE = cast("dict[str, dict[str, dict[str, JsonValue]]]", yaml.safe_load(COMPOSE_TEXT))
SERVICES = COMPOSE["services"]
README = (DEPLOY / "README.md").read_text(encoding="utf-8")
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8")
SETTINGS = {f"VERIFIER_{name.upper()}" for name in Settings.model_fields}

_NAME = re.compile(r"VERIFIER_[A-Z0-9_]*[A-Z0-9]")
_DEFAULT = re.compile(r"\$\{\w+:-(?P<value>[^}]*)\}")
_BLOCK = re.compile(r"^```yaml\n(?P<body>.*?)^```", re.MULTILINE | re.DOTALL)

every_service = pytest.mark.parametrize("name", ["redis", "worker", "api"])


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions and their arguments, one line each."""
    lines = [line for line in DOCKERFILE.splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    words = [line.split(maxsplit=1) for line in joined.splitlines() if line.strip()]
    return [(word, " ".join(rest.split())) for word, rest in words]


def final_stage() -> list[tuple[str, str]]:
    """The instructions that make the image that runs."""
    steps = instructions()
    last = max(at for at, (word, _) in enumerate(steps) if word == "FROM")
    return steps[last:]


def by_default(value: JsonValue) -> str:
    """A value of the compose file where nothing is set in the shell."""
    return _DEFAULT.sub(lambda found: found["value"], str(value))


def redis_options() -> dict[str, str]:
    """The options that the queue's server is started with."""
    _, *words = cast("list[str]", SERVICES["redis"]["command"])
    return dict(zip(words[::2], words[1::2], strict=True))


def test_there_are_a_queue_workers_and_an_api() -> None:
    assert set(SERVICES) == {"redis", "worker", "api"}
    assert SERVICES["worker"]["command"] == ["worker"]
    assert SERVICES["api"]["command"] == ["serve"]


@pytest.mark.parametrize(
    "text", [COMPOSE_TEXT, README, DOCKERFILE], ids=["compose.yaml", "README.md", "Dockerfile"]
)
def test_every_variable_is_a_setting(text: str) -> None:
    assert set(_NAME.findall(text)) <= SETTINGS


@every_service
def test_a_service_runs_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"] is True
    for opened in ("privileged", "cap_add", "devices", "pid", "ipc", "userns_mode", "network_mode"):
        assert opened not in service


@every_service
def test_a_service_is_bounded(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"\d+g", by_default(service["mem_limit"]))
    assert 0 < cast("int", service["pids_limit"]) <= 1024
    assert all("size=" in mount for mount in cast("list[str]", service["tmpfs"]))


@every_service
def test_a_service_comes_back_and_may_finish_what_it_does(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["stop_grace_period"] == "30s"


@every_service
def test_nobody_but_the_api_can_be_called_and_that_from_this_host_alone(name: str) -> None:
    ports = cast("list[str]", SERVICES[name].get("ports", []))
    published = [by_default(port).rsplit(":", 2) for port in ports]
    if name != "api":
        assert not published
        return
    assert [inside for _, _, inside in published] == ["8080"]
    assert all(is_loopback(host) for host, _, _ in published)


def test_the_queue_is_on_a_network_without_a_way_out() -> None:
    assert COMPOSE["networks"]["queue"]["internal"] is True
    assert SERVICES["redis"]["networks"] == ["queue"]
    assert SERVICES["worker"]["networks"] == ["queue"]
    assert SERVICES["api"]["networks"] == ["queue", "front"]


def test_the_queue_loses_no_work_where_it_is_full() -> None:
    options = redis_options()
    assert options["--maxmemory-policy"] == "noeviction"
    assert options["--maxmemory"] == "2gb"
    assert SERVICES["redis"]["mem_limit"] == "3g"


def test_the_queue_keeps_nothing_on_disk() -> None:
    assert redis_options()["--save"] == ""
    assert redis_options()["--appendonly"] == "no"


def test_the_api_does_not_start_without_a_key() -> None:
    environment = cast("dict[str, str]", SERVICES["api"]["environment"])
    assert environment["VERIFIER_HOST"] == "0.0.0.0"  # noqa: S104 - inside the container
    assert environment["VERIFIER_API_KEYS"].startswith("${VERIFIER_API_KEYS:?")


@pytest.mark.parametrize("name", ["worker", "api"])
def test_api_and_workers_share_an_image_and_wait_for_the_queue(name: str) -> None:
    service = SERVICES[name]
    assert service["image"] == "rollout-verifier"
    assert service["build"] == {"context": "..", "dockerfile": "deploy/Dockerfile"}
    assert service["depends_on"] == {"redis": {"condition": "service_healthy"}}
    environment = cast("dict[str, str]", service["environment"])
    assert environment["VERIFIER_REDIS_URL"] == "redis://redis:6379/0"


@pytest.mark.parametrize("text", [COMPOSE_TEXT, DOCKERFILE], ids=["compose.yaml", "Dockerfile"])
def test_nobody_gets_the_docker_socket(text: str) -> None:
    assert "docker.sock" not in text


@every_service
def test_nothing_of_the_host_is_mounted(name: str) -> None:
    assert "volumes" not in SERVICES[name]


def test_the_specs_of_the_readme_are_mounted_where_the_setting_says() -> None:
    (block,) = [found["body"] for found in _BLOCK.finditer(README)]
    added = yaml.safe_load(block)["services"]
    assert set(added) == {"api"}
    folder = added["api"]["environment"]["VERIFIER_SPEC_DIR"]
    assert added["api"]["volumes"] == [f"./specs:{folder}:ro"]


def test_no_service_runs_as_root() -> None:
    users = [rest for word, rest in final_stage() if word == "USER"]
    assert users == ["10001:10001"]
    assert SERVICES["redis"]["user"] == "999:1000"
    assert not {"user"} & (set(SERVICES["api"]) | set(SERVICES["worker"]))


def test_nothing_is_changed_after_the_user_has_been_set() -> None:
    words = [word for word, _ in final_stage()]
    assert not {"RUN", "COPY", "ADD"} & set(words[words.index("USER") :])


def test_packages_come_from_the_lock_file_by_hash_as_wheels() -> None:
    runs = [rest for word, rest in instructions() if word == "RUN"]
    (export,) = [run for run in runs if "uv export" in run]
    for option in ("--frozen", "--no-dev", "--no-emit-project"):
        assert option in export
    for option in ("--require-hashes", "--only-binary=:all:", "--requirement /requirements.txt"):
        assert option in export.split(" install ")[1]
    installed = [run.split(" install ")[1] for run in runs if " install " in run and run != export]
    assert [shlex.split(arguments)[-1] for arguments in installed] == ["uv==0.13.9", "."]
    assert "--no-deps" in installed[1]


def test_both_stages_stand_on_the_public_image() -> None:
    bases = [rest.split()[0] for word, rest in instructions() if word == "FROM"]
    assert bases == ["${PYTHON_IMAGE}", "${PYTHON_IMAGE}"]
    assert ("ARG", "PYTHON_IMAGE=python:3.12-slim-bookworm") in instructions()


def test_the_image_installs_nothing_where_it_runs() -> None:
    runs = " ".join(rest for word, rest in final_stage() if word == "RUN")
    assert not re.search(r"\b(?:apt|apt-get|pip|uv|gcc)\b", runs)


def test_the_api_is_healthy_when_it_is_ready() -> None:
    (check,) = [rest for word, rest in final_stage() if word == "HEALTHCHECK"]
    python, option, source = json.loads(check.partition("CMD ")[2])
    assert (python, option) == ("python", "-c")
    compile(source, "healthcheck", "exec")
    assert "http://127.0.0.1:8080/readyz" in source
    assert "healthcheck" not in SERVICES["api"]
    assert f"/tmp/{folders.PREFIX}*/zygote" in str(SERVICES["worker"]["healthcheck"])  # noqa: S108


def test_the_builder_gets_what_it_copies_and_no_more() -> None:
    lines = [line for line in IGNORED.splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    copied = {
        source
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }
    assert let_in == copied
    assert all((ROOT / source).exists() for source in copied)
    assert not any(fnmatch.fnmatch(name, ".*") for name in let_in)
