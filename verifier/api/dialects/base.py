"""What a dialect is made of, and what a client's URL may say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, FiniteFloat

from verifier import errors
from verifier.api.judging import fault
from verifier.api.labels import Format  # noqa: TC001 - FastAPI reads annotations
from verifier.api.routing import let_in_client
from verifier.api.score import BODY_ERRORS
from verifier.model import MAX_ID_CHARS

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from verifier.model import Reward

DIALECT_ERRORS = (*BODY_ERRORS, errors.InvalidReference, errors.Unscored)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One wire format, found by the registry through a module's `DIALECT`."""

    name: str
    summary: str
    router: APIRouter
    bodies: tuple[type[BaseModel], ...]
    """What its operations read by `decode`."""


class Body(BaseModel):
    """A body of somebody else's format: keys that we do not know are ignored."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="ignore", use_attribute_docstrings=True
    )


Within = Annotated[
    float,
    Query(ge=1, le=3600, description="Seconds in which this client has to have its answer"),
]


def client_router(name: str) -> APIRouter:
    """A router of operations that ask for a key as a bearer or in the URL."""
    return APIRouter(tags=[name], dependencies=[Depends(let_in_client)])


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the URL says about how to judge."""

    spec: str | None
    reference: Format
    within: float
    on_unscored: float | None
    """The number that a rollout without a reward gets; None answers with an error."""

    def value(self, reward: Reward) -> float:
        """The reward as a number.

        Raises:
            InvalidReference: it is null by the caller's fault.
            Unscored: it is null by the service's.
        """
        if reward.reward is not None:
            return reward.reward
        if self.on_unscored is not None:
            return self.on_unscored
        raise fault(reward)


def wishes_within(seconds: float) -> Callable[..., Coroutine[None, None, Wishes]]:
    """A dependency that reads `Wishes` from the query; the client waits so many seconds."""

    async def wishes(
        spec: Annotated[
            str | None,
            Query(max_length=MAX_ID_CHARS, description="A spec's name; else the server's default"),
        ] = None,
        reference: Annotated[Format, Query(description="How a label that is text is read")] = (
            "answer"
        ),
        within: Within = seconds,
        on_unscored: Annotated[
            Literal["raise"] | FiniteFloat,
            Query(description="`raise` answers a null reward with an error, a number with that"),
        ] = "raise",
    ) -> Wishes:
        number = None if isinstance(on_unscored, str) else on_unscored
        return Wishes(spec, reference, within, number)

    return wishes
