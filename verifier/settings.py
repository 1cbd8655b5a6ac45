"""One frozen `Settings`, built once at an entry point from flags, environment and defaults."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path  # noqa: TC003 - pydantic reads annotations when the class is made
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MEBIBYTE = 1 << 20


def available_cores() -> int:
    """Cores that this process may use; a container's CPU mask counts, the host's total does not."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Settings(BaseSettings):
    """Everything that can be set, as `VERIFIER_<NAME>` in the environment or as a flag."""

    model_config = SettingsConfigDict(
        env_prefix="VERIFIER_",
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
    )

    redis_url: SecretStr | None = None
    """Where the queue is, for example redis://host:6379/0; unset starts a private server."""
    host: str = "127.0.0.1"
    """The address to listen on; anything but loopback needs an API key."""
    port: int = Field(default=8080, ge=0, le=65535)
    api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """Bearer keys that are let in, separated by commas; none means loopback only."""
    spec_dir: Path | None = None
    """A folder of reward specs (*.yaml), offered by name beside the built-in ones."""
    default_spec: str = "math"
    """The spec of a request that names none."""

    max_body_bytes: int = Field(default=256 * MEBIBYTE, ge=1)
    max_rollouts: int = Field(default=16_384, ge=1)
    """Rollouts in one request."""
    max_completion_chars: int = Field(default=1_000_000, ge=1)
    """A longer completion (prefix included) is `invalid`; its neighbours are scored."""
    max_reference_chars: int = Field(default=100_000, ge=1)
    max_tests_bytes: int = Field(default=16 * MEBIBYTE, ge=1)
    """A rollout whose tests are larger is `invalid`; its neighbours are scored."""
    max_queued_rollouts: int = Field(default=65_536, ge=1)
    """Rollouts accepted and unfinished in one API process; past it requests are held."""
    default_deadline_seconds: float = Field(default=30.0, gt=0, le=3600)
    max_deadline_seconds: float = Field(default=600.0, gt=0, le=3600)
    max_wait_seconds: float = Field(default=60.0, ge=0, le=600)
    """The longest long-poll of a ticket."""
    ticket_ttl_seconds: int = Field(default=600, ge=1)
    """How long a finished ticket and an idempotency key are kept."""
    max_streams: int = Field(default=256, ge=1)
    """Clients that may wait on tickets at the same time, in one API process."""

    chunk_rollouts: int = Field(default=64, ge=1, le=1024)
    """Most rollouts in one job."""
    chunk_bytes: int = Field(default=2 * MEBIBYTE, ge=1)
    """Most payload in one job; a single larger rollout travels alone."""
    chunk_seconds: float = Field(default=0.05, gt=0)
    """Typical work in one job; small enough that workers share a burst evenly."""
    coalesce_seconds: float = Field(default=0.002, ge=0, le=0.1)
    """How long a small request waits for company while others are in flight."""

    train_workers: int = Field(default_factory=available_cores, ge=0)
    eval_workers: int = Field(default=1, ge=0)
    batch_workers: int = Field(default=1, ge=0)
    work: Annotated[tuple[Literal["rules", "code"], ...], NoDecode] = ("rules", "code")
    """What the workers of this host judge: text by rules, programs by running them, or both."""
    lease_seconds: int = Field(default=4, ge=2, le=600)
    """Work of a worker that has not been heard of for so long is given to another."""
    child_memory_bytes: int = Field(default=1024 * MEBIBYTE, ge=64 * MEBIBYTE)
    """Address space of the process that runs symbolic math."""
    redis_memory_bytes: int = Field(default=2048 * MEBIBYTE, ge=32 * MEBIBYTE)
    """The private server's bound; past it requests get 503."""

    sandbox: Literal["auto", "docker", "local", "none"] = "auto"
    """Where programs run: Docker containers, user namespaces of this host, or nowhere. `auto`
    takes Docker where an engine and the image are there, else the local one."""
    sandbox_image: str = "rollout-verifier-sandbox:slim"
    """The image of the containers; see sandbox/image/Dockerfile."""
    sandbox_runtime: str | None = None
    """The engine's runtime, for example runsc (gVisor); unset is the engine's default."""
    sandbox_isolation: Literal["slot", "container"] = "slot"
    """`slot` cleans a sandbox and uses it again, `container` uses each for one program."""
    sandbox_memory_bytes: int = Field(default=1024 * MEBIBYTE, ge=512 * MEBIBYTE)
    """The most memory that a spec may grant a program; one that grants more is unscored."""
    sandbox_cpus: float = Field(default=1.0, gt=0)
    """Cores that one program may use at the same time."""
    code_cache_seconds: int = Field(default=3600, ge=0)
    """How long the judgement of a program is remembered; 0 runs each one again."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    log_json: bool = False

    @field_validator("work", mode="before")
    @classmethod
    def _split_work(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("api_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(SecretStr(key) for part in value.split(",") if (key := part.strip()))
        return value

    @model_validator(mode="after")
    def _refuse_open_door(self) -> Self:
        if not self.api_keys and not is_loopback(self.host):
            raise ValueError(
                f"refusing to listen on {self.host} without a key: set VERIFIER_API_KEYS, "
                "or listen on 127.0.0.1",
            )
        if self.default_deadline_seconds > self.max_deadline_seconds:
            raise ValueError("default_deadline_seconds is over max_deadline_seconds")
        return self


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
