"""What can go wrong before a verdict, and who is at fault.

    VerifierError
    ├── CallerError              the caller can mend it: HTTP 4xx, exit code 2
    │   ├── MalformedBody            400  the body is not JSON
    │   ├── Unauthorized             401  the bearer key is missing or wrong
    │   ├── NotFound                 404  no such path, ticket, check or spec
    │   ├── MethodNotAllowed         405  the path has no such method
    │   ├── BodyTooLarge             413  the body is over the limit
    │   ├── UnsupportedMediaType     415  the body is not application/json
    │   ├── InvalidRequest           422  the body has the wrong shape
    │   ├── InvalidSpec              422  a reward spec cannot be used
    │   ├── InvalidReference         422  a rollout is invalid, and its client knows no null
    │   └── IdempotencyKeyReused     422  the key came before with another body
    └── ServiceError             the service could not: HTTP 5xx or 429, exit code 3
        ├── Overloaded               429  the bounded queue stayed full up to the deadline
        ├── QueueUnavailable         503  Redis cannot be reached or is full
        ├── SandboxUnavailable       503  there is no sandbox to run a program in
        ├── Unscored                 503  a rollout is unscored, and its client knows no null
        ├── GatewayTimeout           504  the same, for clients that try again at no other status
        └── InternalError            500  a bug of ours

Faults that concern one rollout are not errors: they are outcomes of its verdicts
(`verifier.model.Outcome`) and never spoil the neighbours.
"""

from __future__ import annotations

from typing import ClassVar


class VerifierError(Exception):
    """Base of every error here; `advice` says what to do next."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "The service failed"
    advice: ClassVar[str] = "Try again; if it stays, report the request id with the server's log."

    def __init__(
        self,
        detail: str,
        *,
        errors: list[dict[str, str]] | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors or []
        self.retry_after_seconds = retry_after_seconds


class CallerError(VerifierError):
    """The caller can mend it."""

    status = 400
    slug = "bad-request"
    title = "The request cannot be served"
    advice = "Correct the request as the detail says."


class MalformedBody(CallerError):
    """The body is not JSON."""

    slug = "malformed-body"
    title = "The body is not JSON"
    advice = "Send UTF-8 JSON as described by /openapi.json."


class Unauthorized(CallerError):
    """The bearer key is missing or wrong."""

    status = 401
    slug = "unauthorized"
    title = "The bearer key is missing or wrong"
    advice = "Send `Authorization: Bearer <key>` with one of the keys in VERIFIER_API_KEYS."


class NotFound(CallerError):
    """There is no such thing."""

    status = 404
    slug = "not-found"
    title = "There is no such thing"
    advice = "Look at /openapi.json for paths; tickets expire, see /v1/limits."


class MethodNotAllowed(CallerError):
    """The path has no such method."""

    status = 405
    slug = "method-not-allowed"
    title = "The path has no such method"
    advice = "Use a method that the Allow header names."


class BodyTooLarge(CallerError):
    """The body is over the limit."""

    status = 413
    slug = "body-too-large"
    title = "The body is too large"
    advice = "Send fewer rollouts in one request, or raise VERIFIER_MAX_BODY_BYTES."


class UnsupportedMediaType(CallerError):
    """The body is not declared as JSON."""

    status = 415
    slug = "unsupported-media-type"
    title = "The body has to be JSON"
    advice = "Send the header Content-Type: application/json."


class InvalidRequest(CallerError):
    """The body has the wrong shape."""

    status = 422
    slug = "invalid-request"
    title = "The request has the wrong shape"
    advice = "Correct what the detail and `errors` name; nothing was scored."


class InvalidSpec(CallerError):
    """A reward spec cannot be used."""

    status = 422
    slug = "invalid-spec"
    title = "The reward spec cannot be used"
    advice = "Correct the spec; `verifier spec check FILE` explains it."


class InvalidReference(CallerError):
    """A rollout is invalid by its reference or spec, and its client knows no null.

    Only the drop-in endpoints and the adapters of trainers say so; elsewhere it is a reward of
    null, status `invalid`.
    """

    status = 422
    slug = "invalid-reference"
    title = "The reference of a rollout cannot be used"
    advice = "Correct the reference or choose another `reference` format; trying again is no use."


class IdempotencyKeyReused(CallerError):
    """The idempotency key came before with another body."""

    status = 422
    slug = "idempotency-key-reused"
    title = "The idempotency key was used for another body"
    advice = "Use a new Idempotency-Key for a new body."


class ServiceError(VerifierError):
    """The service could not; trying again may help."""


class InternalError(ServiceError):
    """A bug of ours."""


class Overloaded(ServiceError):
    """The bounded queue stayed full up to the deadline."""

    status = 429
    slug = "overloaded"
    title = "The queue is full"
    advice = "Try again after Retry-After; add workers, or send smaller bursts."


class QueueUnavailable(ServiceError):
    """Redis cannot be reached or is full."""

    status = 503
    slug = "queue-unavailable"
    title = "The queue cannot be reached"
    advice = "Try again after Retry-After; look at /readyz and at the Redis server."


class SandboxUnavailable(ServiceError):
    """There is no sandbox to run a program in."""

    status = 503
    slug = "sandbox-unavailable"
    title = "There is no sandbox to run a program in"
    advice = "Do what the detail says; `verifier doctor` examines the sandbox."


class Unscored(ServiceError):
    """The service could not judge a rollout, and its client knows no null.

    Only the drop-in endpoints and the adapters of trainers say so; elsewhere it is a reward of
    null, status `unscored`.
    """

    status = 503
    slug = "unscored"
    title = "A rollout could not be judged"
    advice = "Try again; look at /readyz. `on_unscored` gives such rollouts a number instead."


class GatewayTimeout(ServiceError):
    """The service could not run a program in time.

    Clients of SandboxFusion try again at this status and at no other.
    """

    status = 504
    slug = "gateway-timeout"
    title = "A program could not be run in time"
    advice = "Try again; add workers, and look at /readyz."


def describe(error: BaseException) -> str:
    """An exception in one line, for logs and reasons; never its traceback."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__
