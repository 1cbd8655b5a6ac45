"""Reward specs: which checks, with what weights, combined how; read, validated, fingerprinted."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import metadata, resources
from typing import TYPE_CHECKING, Literal, Self

import yaml
from pydantic import Field, FiniteFloat, JsonValue, ValidationError, model_validator

import verifier
from verifier.checks import registry
from verifier.checks.base import Check, Params
from verifier.errors import InvalidSpec, NotFound
from verifier.extraction import ExtractionRules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

MAX_CHECKS = 16
MAX_SPEC_CHARS = 65_536
NAME_PATTERN = r"^[a-z0-9][a-z0-9_.-]{0,63}$"


class CheckSpec(Params):
    """One check of a spec and what its score is worth."""

    id: str = Field(pattern=NAME_PATTERN)
    check: str
    weight: FiniteFloat = 1.0
    """Multiplies the value; 0 reports the check without paying for it."""
    low: FiniteFloat = 0.0
    """The value of score 0."""
    high: FiniteFloat = 1.0
    """The value of score 1; scores between are interpolated."""
    required: bool = True
    """Whether the whole reward is null where this check abstains."""
    gate: FiniteFloat | None = Field(default=None, ge=0, le=1)
    """`gated` only: the least score without which the reward is `gate_value`."""
    params: dict[str, JsonValue] = Field(default_factory=dict)


class RewardSpec(Params):
    """A rubric as a person writes it in YAML."""

    name: str = Field(pattern=NAME_PATTERN)
    description: str = ""
    extract: ExtractionRules = ExtractionRules()
    checks: tuple[CheckSpec, ...] = Field(min_length=1, max_length=MAX_CHECKS)
    combine: Literal["weighted_sum", "product", "gated", "first_nonzero"] = "weighted_sum"
    gate_value: FiniteFloat = 0.0
    """`gated` only: the reward where a gate fails; the other checks are still reported."""
    clip: tuple[FiniteFloat, FiniteFloat] | None = None
    """Least and greatest reward."""

    @model_validator(mode="after")
    def _refuse_contradictions(self) -> Self:
        ids = [check.id for check in self.checks]
        if len(set(ids)) < len(ids):
            raise ValueError(f"two checks share an id: {ids}; give each its own")
        if all(check.weight == 0 for check in self.checks):
            raise ValueError("every weight is 0, so nothing is rewarded; give one check a weight")
        for check in self.checks:
            if check.low > check.high:
                raise ValueError(f"check {check.id}: low is over high; use a negative weight")
            if check.gate is not None and self.combine != "gated":
                raise ValueError(f"check {check.id} is a gate, which needs `combine: gated`")
            if check.gate is not None and not check.required:
                raise ValueError(f"check {check.id} is a gate and has to be required")
        if self.combine == "gated" and all(check.gate is None for check in self.checks):
            raise ValueError("`combine: gated` needs a check with `gate:`")
        if self.clip is not None and self.clip[0] > self.clip[1]:
            raise ValueError("clip is [least, greatest]")
        return self


@dataclass(frozen=True)
class CompiledSpec:
    """A spec whose checks and parameters are resolved, ready to score with."""

    spec: RewardSpec
    steps: tuple[tuple[CheckSpec, Check, Params], ...]

    @cached_property
    def canonical(self) -> str:
        """The spec with every default written out, as sorted JSON; text for people left out."""
        value = self.spec.model_dump(mode="json", exclude={"description"})
        for check, (_, _, params) in zip(value["checks"], self.steps, strict=True):
            check["params"] = params.model_dump(mode="json")
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @cached_property
    def fingerprint(self) -> str:
        """`sha256:` and the digest over the canonical spec and the versions behind verdicts."""
        text = self.canonical + json.dumps(versions(), sort_keys=True)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def cost_seconds(self) -> float:
        """Typical time for one rollout."""
        return sum(check.cost_seconds for _, check, _ in self.steps)

    @cached_property
    def kind(self) -> str:
        """The kind of work, and so the queue: `code` where one check runs programs."""
        return "code" if any(check.kind == "code" for _, check, _ in self.steps) else "rules"


@cache
def versions() -> dict[str, str]:
    """The versions that decide verdicts; read from package metadata, nothing is imported."""
    names = (
        *("math-verify", "latex2sympy2_extended", "antlr4-python3-runtime", "sympy"),
        "python-flint",
    )
    return {"verifier": verifier.__version__, **{name: metadata.version(name) for name in names}}


def validation_errors(error: ValidationError) -> list[dict[str, str]]:
    """A pydantic error as `{"field", "message"}` rows; input values are left out."""
    return [
        {"field": ".".join(str(part) for part in row["loc"]), "message": row["msg"]}
        for row in error.errors(include_url=False, include_context=False, include_input=False)[:20]
    ]


@lru_cache(maxsize=1024)
def compile_spec(text: str) -> CompiledSpec:
    """Compile a spec given as JSON text.

    Raises:
        InvalidSpec: naming the fields and what to write instead.
    """
    if len(text) > MAX_SPEC_CHARS:
        raise InvalidSpec(f"the spec has more than {MAX_SPEC_CHARS} characters")
    try:
        spec = RewardSpec.model_validate_json(text)
    except ValidationError as error:
        raise InvalidSpec("the spec has wrong fields", errors=validation_errors(error)) from error
    known = registry()
    steps = []
    for position, row in enumerate(spec.checks):
        check = known.get(row.check)
        if check is None:
            raise InvalidSpec(f"there is no check {row.check!r}; there are {', '.join(known)}")
        try:
            params = check.params.model_validate_json(json.dumps(row.params))
        except ValidationError as error:
            errors = validation_errors(error)
            for entry in errors:
                entry["field"] = f"checks.{position}.params.{entry['field']}"
            raise InvalidSpec(f"check {row.id!r} has wrong params", errors=errors) from error
        steps.append((row, check, params))
    return CompiledSpec(spec, tuple(steps))


# PyYAML lets all of these out for tags and values that it cannot make sense of.
_YAML_ERRORS = (
    yaml.YAMLError,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    RecursionError,
)


class _PlainLoader(yaml.SafeLoader):
    """YAML without aliases (they can explode) and without repeated keys (the last would win)."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed; write the value out")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:  # noqa: FBT001, FBT002 - the signature is PyYAML's
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        repeated = {str(key) for key in keys if keys.count(key) > 1}
        if repeated:
            raise yaml.YAMLError(f"repeated keys: {', '.join(sorted(repeated))}")
        return super().construct_mapping(node, deep=deep)


def read_yaml(text: str) -> CompiledSpec:
    """Compile a spec written in YAML.

    Raises:
        InvalidSpec: where the text is not YAML or not a spec.
    """
    if len(text) > MAX_SPEC_CHARS:
        raise InvalidSpec(f"the spec has more than {MAX_SPEC_CHARS} characters")
    try:
        value = yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a SafeLoader, made stricter
        return compile_spec(json.dumps(value, ensure_ascii=False))
    except _YAML_ERRORS as error:
        raise InvalidSpec(
            f"the spec is not YAML that can be read: {' '.join(str(error).split())}"
        ) from error


class SpecBook:
    """The specs that a request may name."""

    def __init__(self, specs: Iterable[CompiledSpec]) -> None:
        self._specs = {compiled.spec.name: compiled for compiled in specs}

    @property
    def specs(self) -> Mapping[str, CompiledSpec]:
        """Every spec by name, sorted."""
        return dict(sorted(self._specs.items()))

    def find(self, spec: str | dict[str, JsonValue]) -> CompiledSpec:
        """The spec of that name, or the one written out.

        Raises:
            NotFound: there is no spec of that name.
            InvalidSpec: the spec written out cannot be used.
        """
        if isinstance(spec, dict):
            return compile_spec(json.dumps(spec, ensure_ascii=False))
        if spec not in self._specs:
            raise NotFound(f"there is no spec {spec!r}; there are {', '.join(self.specs)}")
        return self._specs[spec]


def load_specs(folder: Path | None = None) -> SpecBook:
    """The built-in specs and those of a folder; the folder's win.

    Raises:
        InvalidSpec: naming the file that cannot be used.
    """
    files = [f for f in resources.files("verifier.specs").iterdir() if f.name.endswith(".yaml")]
    paths = sorted(folder.glob("*.yaml")) if folder is not None else []
    compiled = []
    for file in [*files, *paths]:
        try:
            compiled.append(read_yaml(file.read_text(encoding="utf-8")))
        except InvalidSpec as error:
            raise InvalidSpec(f"{file.name}: {error.detail}", errors=error.errors) from error
        except UnicodeDecodeError as error:
            raise InvalidSpec(f"{file.name} is not UTF-8 text") from error
    return SpecBook(compiled)
