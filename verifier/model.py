"""Boundary types: what a trainer sends and what it gets back. Imports nothing of ours."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    JsonValue,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

MAX_ID_CHARS = 256


class Boundary(BaseModel):
    """A value that crosses a process: strict, frozen, and refusing keys it does not know."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", use_attribute_docstrings=True
    )


class Fault(StrEnum):
    """Who is to blame for a verdict; it decides between a score, an error and null."""

    NONE = "none"
    POLICY = "policy"
    SPEC = "spec"
    SERVICE = "service"


class Outcome(StrEnum):
    """What a check found. Closed: a client may switch over it."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    PARTIAL = "partial"
    NO_ANSWER = "no_answer"
    AMBIGUOUS = "ambiguous"
    MALFORMED = "malformed"
    TOO_COMPLEX = "too_complex"
    NO_CODE = "no_code"
    COMPILE_ERROR = "compile_error"
    RUNTIME_ERROR = "runtime_error"
    TIME_LIMIT = "time_limit"
    """The program's own; `TIMEOUT` is the service's."""
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    REFERENCE_MISSING = "reference_missing"
    REFERENCE_INVALID = "reference_invalid"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    DEADLINE = "deadline"
    CANCELLED = "cancelled"
    UNAVAILABLE = "unavailable"

    @property
    def fault(self) -> Fault:
        """Who is to blame, see `Fault`."""
        return _FAULTS[self]


_FAULTS = {
    Outcome.CORRECT: Fault.NONE,
    Outcome.PARTIAL: Fault.POLICY,
    Outcome.INCORRECT: Fault.POLICY,
    Outcome.NO_ANSWER: Fault.POLICY,
    Outcome.AMBIGUOUS: Fault.POLICY,
    Outcome.MALFORMED: Fault.POLICY,
    Outcome.TOO_COMPLEX: Fault.POLICY,
    Outcome.NO_CODE: Fault.POLICY,
    Outcome.COMPILE_ERROR: Fault.POLICY,
    Outcome.RUNTIME_ERROR: Fault.POLICY,
    Outcome.TIME_LIMIT: Fault.POLICY,
    Outcome.MEMORY_LIMIT: Fault.POLICY,
    Outcome.OUTPUT_LIMIT: Fault.POLICY,
    Outcome.REFERENCE_MISSING: Fault.SPEC,
    Outcome.REFERENCE_INVALID: Fault.SPEC,
    Outcome.TIMEOUT: Fault.SERVICE,
    Outcome.CRASHED: Fault.SERVICE,
    Outcome.DEADLINE: Fault.SERVICE,
    Outcome.CANCELLED: Fault.SERVICE,
    Outcome.UNAVAILABLE: Fault.SERVICE,
}


class Status(StrEnum):
    """Whether a reward may be trained on (`scored`), and if not, whose fault that is."""

    SCORED = "scored"
    INVALID = "invalid"
    UNSCORED = "unscored"


class Priority(StrEnum):
    """Who goes first: training rollouts, then evaluations, then batch files."""

    TRAIN = "train"
    EVAL = "eval"
    BATCH = "batch"


class Message(BaseModel):
    """One chat message; keys other than these two are the trainer's own and are ignored."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")

    role: str
    content: str


AnswerType = Literal[
    "auto",
    "number",
    "percent",
    "quantity",
    "expression",
    "equation",
    "inequality",
    "set",
    "list",
    "tuple",
    "interval",
    "matrix",
    "ratio",
    "time",
    "date",
    "base",
    "figure",
    "boolean",
    "choice",
    "text",
]


class Reference(Boundary):
    """The trusted side of a rollout: the answer that counts as right, or the tests of a program."""

    value: str = ""
    """The answer as the data set stores it: plain text or LaTeX, with or without `$` or a box."""
    tests: JsonValue = None
    """Tests for a program instead of a value: an object, a list, or either as JSON text."""
    type: AnswerType = "auto"
    """What kind of answer it is; `auto` decides by looking at it, and every verdict says how."""
    choices: dict[str, str] | None = None
    """Multiple choice only: what each letter stands for."""

    @model_validator(mode="after")
    def _refuse_none_and_both(self) -> Self:
        if self.tests is None and "value" not in self.model_fields_set:
            raise ValueError(
                "a reference has a `value`, or `tests` for a program; give one of them"
            )
        if self.tests is not None and self.value:
            raise ValueError("a reference has either a `value` or `tests`; leave one of them out")
        return self

    @model_serializer(mode="wrap")
    def _keep_an_empty_value(self, write: SerializerFunctionWrapHandler) -> dict[str, JsonValue]:
        """Without defaults, `""` would be left out and could not be told from none."""
        written: dict[str, JsonValue] = write(self)
        return written if self.tests is not None else {"value": self.value, **written}


def _wrap_bare_reference(value: object) -> object:
    """A bare string or number is the short way to write a reference."""
    if isinstance(value, str):
        return Reference(value=value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError("a reference has to be finite; write it as a string if you mean it")
        return Reference(value=str(value))
    return value


ReferenceField = Annotated[
    Reference,
    BeforeValidator(
        _wrap_bare_reference, json_schema_input_type=str | int | FiniteFloat | Reference
    ),
]


class Rollout(Boundary):
    """One completion with its reference, to be judged by one reward spec."""

    id: str = Field(default="", max_length=MAX_ID_CHARS)
    """Comes back on the reward. Unique within a request; empty means the position in it."""
    group: str | None = Field(default=None, max_length=MAX_ID_CHARS)
    """Names the prompt that this completion shares with others (the G of GRPO)."""
    prompt: str | tuple[Message, ...] | None = None
    completion: str | tuple[Message, ...]
    """The model's raw text, or chat messages of which the assistant's are judged."""
    prefix: str = ""
    """What the chat template put in front of the completion, for example `<think>`."""
    reference: ReferenceField | None = None
    spec: str | dict[str, JsonValue] | None = None
    """A spec of its own, by name or in full; overrides the request's."""

    @property
    def text(self) -> str:
        """The completion as one string."""
        if isinstance(self.completion, str):
            return self.completion
        return "\n".join(m.content for m in self.completion if m.role == "assistant")


class Verdict(Boundary):
    """One check's judgement of one rollout, with what it takes to believe it."""

    check: str
    """The check's id in the spec."""
    outcome: Outcome
    score: Annotated[FiniteFloat, Field(ge=0, le=1)] | None
    """In 0..1, or null where the check abstains (the fault is the spec's or the service's)."""
    reason: str
    """One sentence for a person."""
    evidence: dict[str, JsonValue] = Field(default_factory=dict)
    """The span taken, how it was read, what decided."""
    seconds: FiniteFloat = 0.0


class Reward(Boundary):
    """The combined value of one rollout, or null with the reason why there is none."""

    id: str
    group: str | None = None
    reward: FiniteFloat | None
    status: Status
    reason: str | None = None
    """Set where the reward is null: what happened and whether trying again helps."""
    verdicts: tuple[Verdict, ...] = ()
    spec: str
    """The spec's name."""
    fingerprint: str
    """SHA-256 over the canonical spec and the versions below."""
    versions: dict[str, str]


class ScoreRequest(Boundary):
    """A batch of rollouts to score, and how."""

    rollouts: Annotated[tuple[Rollout, ...], Field(json_schema_extra={"minItems": 1})]
    spec: str | dict[str, JsonValue] | None = None
    """The reward spec by name, or written out; unset means the server's default."""
    priority: Priority = Priority.TRAIN
    deadline_seconds: Annotated[FiniteFloat, Field(gt=0)] | None = None
    """Answered by then, whatever happens; what is not judged yet is `unscored`."""


class Counts(Boundary):
    """How many rewards have each status."""

    scored: int = 0
    invalid: int = 0
    unscored: int = 0


class ScoreResponse(Boundary):
    """One reward for each rollout, in the order of the request."""

    rewards: tuple[Reward, ...]
    counts: Counts


class TicketStatus(StrEnum):
    """How far a ticket is. `lost`: the API process that held it is gone; submit again."""

    PENDING = "pending"
    DONE = "done"
    CANCELLED = "cancelled"
    LOST = "lost"


class Ticket(Boundary):
    """Rollouts that are scored in the background."""

    id: str
    status: TicketStatus
    total: int
    finished: int
    rewards: tuple[Reward, ...] = ()
    """The finished ones; in the order of the request once the ticket is done."""
