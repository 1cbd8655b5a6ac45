"""What the deployment promises, read from its files: no Docker is needed."""

from __future__ import annotations

import fnmatch
import importlib
import json
import re
import runpy
import shlex
from typing import TYPE_CHECKING, Any, cast

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
EXAMPLE = (DEPLOY / ".env.example").read_text(encoding="utf-8")
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8")
SETTINGS = {f"VERIFIER_{name.upper()}" for name in Settings.model_fields}

_NAME = re.compile(r"VERIFIER_[A-Z0-9_]*[A-Z0-9]")
_VARIABLE = re.compile(r"(?<!\$)\$\{(?P<name>\w+):(?P<kind>[-?])(?P<value>[^}]*)\}")
_BLOCK = re.compile(r"^```yaml\n(?P<body>.*?)^```", re.MULTILINE | re.DOTALL)

RUNNING = ("redis", "rules", "code", "api")
OURS = ("rules", "code", "api")
SOCKET = "/var/run/docker.sock"
CREDENTIALS = {"REDIS_PASSWORD", "VERIFIER_API_KEYS", "DOCKER_GID"}

every_service = pytest.mark.parametrize("name", RUNNING)
each_of_ours = pytest.mark.parametrize("name", OURS)


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
    """A value of the compose file where only what has no default is set."""
    return _VARIABLE.sub(
        lambda found: found["value"] if found["kind"] == "-" else "secret", str(value)
    )


def variables(kind: str) -> dict[str, str]:
    """The variables of the compose file that are required (`?`) or have a default (`-`)."""
    found = [found for found in _VARIABLE.finditer(COMPOSE_TEXT) if found["kind"] == kind]
    return {one["name"]: one["value"] for one in found}


def environment_of(name: str) -> dict[str, str | None]:
    """What a service is told."""
    return cast("dict[str, str | None]", SERVICES[name]["environment"])


def redis_options() -> dict[str, str]:
    """The options that the queue's server reads from its standard input."""
    *_, script = cast("list[str]", SERVICES["redis"]["command"])
    told = script.partition("<<END\n")[2].partition("\nEND\n")[0]
    pairs = [line.split(maxsplit=1) for line in told.splitlines()]
    return {name: value.strip('"') for name, value in pairs}


def settings_of(text: str) -> dict[str, str]:
    """The lines `NAME=value` of a file of settings."""
    lines = [line.partition("=") for line in text.splitlines() if re.match(r"\w+=", line)]
    return {name: value for name, _, value in lines}


def test_there_are_a_queue_workers_of_two_kinds_and_an_api() -> None:
    assert set(SERVICES) == {*RUNNING, "sandbox"}
    assert SERVICES["rules"]["command"] == SERVICES["code"]["command"] == ["worker"]
    assert SERVICES["api"]["command"] == ["serve"]
    assert environment_of("rules")["VERIFIER_WORK"] == "rules"
    assert environment_of("code")["VERIFIER_WORK"] == "code"
    assert environment_of("code")["VERIFIER_SANDBOX"] == "docker"


@pytest.mark.parametrize(
    "text",
    [COMPOSE_TEXT, README, DOCKERFILE, EXAMPLE],
    ids=["compose.yaml", "README.md", "Dockerfile", ".env.example"],
)
def test_every_variable_is_a_setting(text: str) -> None:
    assert set(_NAME.findall(text)) <= SETTINGS


# -- credentials ---------------------------------------------------------------------------


def test_credentials_have_no_default() -> None:
    required = variables("?")
    assert set(required) == CREDENTIALS
    assert all("deploy/.env" in message for message in required.values())
    assert not CREDENTIALS & set(variables("-"))


def test_the_example_leaves_the_credentials_empty_and_sets_nothing_else() -> None:
    assert settings_of(EXAMPLE) == dict.fromkeys(CREDENTIALS, "")


def test_the_example_and_the_readme_tell_every_variable_and_its_default() -> None:
    offered = settings_of(re.sub(r"^#(?=\w+=)", "", EXAMPLE, flags=re.MULTILINE))
    for name, value in variables("-").items():
        assert offered[name] == value
        assert f"| `{name}` | `{value}` |" in README
    for name in CREDENTIALS:
        assert f"| `{name}` | none, required |" in README
    passed_on = {name for service in OURS for name in environment_of(service)}
    assert set(offered) <= set(variables("-")) | CREDENTIALS | passed_on


def test_the_file_with_the_credentials_is_not_for_git() -> None:
    assert ".env" in (DEPLOY / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_queue_s_password_is_in_no_argument() -> None:
    redis = SERVICES["redis"]
    assert environment_of("redis")["REDISCLI_AUTH"] == _required("REDIS_PASSWORD")
    assert redis_options()["requirepass"] == "$$REDISCLI_AUTH"
    assert redis["healthcheck"] == {
        "test": ["CMD", "valkey-cli", "-e", "ping"],
        "interval": "2s",
        "timeout": "3s",
        "start_period": "60s",
        "retries": 15,
    }
    for service in SERVICES.values():
        for part in ("command", "entrypoint", "healthcheck", "build", "image"):
            assert not CREDENTIALS & {m["name"] for m in _VARIABLE.finditer(str(service.get(part)))}


def _required(name: str) -> str:
    """A required variable as the compose file writes it."""
    return f"${{{name}:?{variables('?')[name]}}}"


@each_of_ours
def test_the_services_know_the_queue_s_password(name: str) -> None:
    url = environment_of(name)["VERIFIER_REDIS_URL"]
    assert url == f"redis://:{_required('REDIS_PASSWORD')}@redis:6379/0"


def test_the_api_does_not_start_without_a_key() -> None:
    environment = environment_of("api")
    assert environment["VERIFIER_HOST"] == "0.0.0.0"  # noqa: S104 - inside the container
    assert environment["VERIFIER_API_KEYS"] == _required("VERIFIER_API_KEYS")
    others = [environment_of(name) for name in RUNNING if name != "api"]
    assert not any("VERIFIER_API_KEYS" in environment for environment in others)


# -- hardening -----------------------------------------------------------------------------


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
    assert service["memswap_limit"] == service["mem_limit"]
    assert 0 < cast("int", service["pids_limit"]) <= 1024
    assert service["ulimits"] == {"core": 1, "nofile": 16384}


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
    for name in ("redis", "rules", "code"):
        assert SERVICES[name]["networks"] == ["queue"]
    assert SERVICES["api"]["networks"] == ["queue", "front"]


def test_the_code_workers_alone_get_the_engine_s_socket() -> None:
    mounted = {name: service.get("volumes") for name, service in SERVICES.items()}
    source = f"${{DOCKER_SOCKET:-{SOCKET}}}"
    bind = {"type": "bind", "source": source, "target": SOCKET, "read_only": True}
    assert mounted.pop("code") == [bind]
    assert mounted.pop("redis") == ["queue:/data"]
    assert set(mounted.values()) == {None}
    with_group = {name for name, service in SERVICES.items() if "group_add" in service}
    assert with_group == {"code"}
    assert SERVICES["code"]["group_add"] == [_required("DOCKER_GID")]
    assert "docker.sock" not in DOCKERFILE


@each_of_ours
def test_a_service_of_ours_writes_to_a_little_memory_alone(name: str) -> None:
    (mount,) = cast("list[str]", SERVICES[name]["tmpfs"])
    folder, _, options = mount.partition(":")
    assert folder == "/tmp"  # noqa: S108 - the container's
    assert set(options.split(",")) == {"size=64m", "mode=1777", "noexec", "nosuid", "nodev"}


def test_no_service_runs_as_root() -> None:
    users = [rest for word, rest in final_stage() if word == "USER"]
    assert users == ["10001:10001"]
    assert SERVICES["redis"]["user"] == "999:1000"
    assert not any("user" in SERVICES[name] for name in OURS)


# -- the queue -----------------------------------------------------------------------------


def test_the_queue_loses_no_work_where_it_is_full() -> None:
    options = redis_options()
    assert options["maxmemory-policy"] == "noeviction"
    assert options["maxmemory"] == "2gb"
    assert SERVICES["redis"]["mem_limit"] == "4g"


def test_the_queue_keeps_what_it_has_in_a_volume() -> None:
    options = redis_options()
    assert (options["appendonly"], options["appendfsync"]) == ("yes", "everysec")
    assert options["save"] == ""
    assert options["dir"] == "/data"
    assert COMPOSE["volumes"] == {"queue": None}


def test_the_queue_s_server_is_the_process_that_is_stopped() -> None:
    shell, options, script = cast("list[str]", SERVICES["redis"]["command"])
    assert (shell, options) == ("sh", "-euc")
    assert "exec valkey-server - <<END" in script


# -- images --------------------------------------------------------------------------------


@each_of_ours
def test_api_and_workers_share_an_image_and_wait_for_the_queue(name: str) -> None:
    service = SERVICES[name]
    assert service["image"] == "rollout-verifier"
    assert service["depends_on"] == {"redis": {"condition": "service_healthy"}}


def test_each_image_is_built_by_one_service() -> None:
    built = {name: service["build"] for name, service in SERVICES.items() if "build" in service}
    assert built == {
        "api": {"context": "..", "dockerfile": "deploy/Dockerfile"},
        "sandbox": {"context": "../sandbox/image", "target": "${SANDBOX:-slim}"},
    }


def test_the_image_of_the_sandboxes_is_built_but_not_started() -> None:
    assert SERVICES["sandbox"]["scale"] == 0
    image = SERVICES["sandbox"]["image"]
    assert image == environment_of("code")["VERIFIER_SANDBOX_IMAGE"]
    assert by_default(image) == Settings.model_fields["sandbox_image"].default


def test_the_specs_of_the_readme_are_mounted_where_the_setting_says() -> None:
    (added,) = [block for block in readme_blocks() if set(block["services"]) == {"api"}]
    api = added["services"]["api"]
    folder = api["environment"]["VERIFIER_SPEC_DIR"]
    assert api["volumes"] == [f"./specs:{folder}:ro"]


def test_another_engine_of_the_readme_is_for_the_code_workers() -> None:
    (added,) = [block for block in readme_blocks() if set(block["services"]) == {"code"}]
    code = added["services"]["code"]
    assert code["environment"] == {"DOCKER_HOST": "tcp://engine:2375"}
    assert set(code["networks"]) - {"queue"} == set(added["networks"])


def readme_blocks() -> list[dict[str, Any]]:
    """What the README adds to the compose file."""
    return [yaml.safe_load(found["body"]) for found in _BLOCK.finditer(README)]


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


def test_the_workers_are_healthy_when_they_can_work() -> None:
    rules, code = (
        cast("dict[str, list[str]]", SERVICES[name]["healthcheck"])["test"]
        for name in ("rules", "code")
    )
    assert f"/tmp/{folders.PREFIX}*/zygote" in rules[1]  # noqa: S108 - the container's
    command, python, option, source = code
    assert (command, python, option) == ("CMD", "python", "-c")
    compile(source, "healthcheck", "exec")
    imported = re.findall(r"from (\S+) import (\w+)", source)
    assert all(hasattr(importlib.import_module(module), name) for module, name in imported)
    assert ("verifier.sandboxes", "open_backend") in imported


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ({}, ""),
        ({"status": "not_ready", "symbolic_math": False}, "symbolic math"),
        ({"workers": {}, "symbolic_math": False}, "workers, symbolic math"),
        ({"sandboxes": []}, "the sandbox"),
        ({"sandboxes": [], "sandbox_problems": ["no engine"]}, "the sandbox: ['no engine']"),
        ({"status": "not_ready", "redis": "unreachable", "workers": {}}, "the queue"),
        ({"status": "not_ready"}, "the service"),
    ],
)
def test_whoever_brings_it_up_is_told_what_is_waited_for(
    found: dict[str, JsonValue], wanted: str
) -> None:
    missing = runpy.run_path(str(DEPLOY / "ready.py"))["missing"]
    ready = {"status": "ready", "redis": "ok", "workers": {"q": 1}, "symbolic_math": True}
    assert missing({**ready, "sandboxes": ["docker"], "sandbox_problems": [], **found}) == wanted


def test_an_api_that_does_not_answer_is_waited_for() -> None:
    missing = runpy.run_path(str(DEPLOY / "ready.py"))["missing"]
    assert missing({"status": "refused"}) == "the API: refused"


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
