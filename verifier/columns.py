"""What data sets and trainers hold, as a rollout's completion and reference."""

from __future__ import annotations

import json
import math

from pydantic import JsonValue, TypeAdapter, ValidationError

from verifier.errors import CallerError
from verifier.model import Reference

_PLAIN: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


class UnusableReference(ValueError):
    """A reference that no rollout can carry."""


def text_of(completion: object) -> str:
    """A completion as text: itself, or what the assistant says in chat messages.

    A lone surrogate, which a policy can provoke, is read as U+FFFD, as the service does.

    Raises:
        CallerError: it is neither text nor messages.
    """
    if isinstance(completion, str):
        return completion.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(completion, list | tuple):
        said = [
            _content_of(message.get("content"))
            for message in completion
            if isinstance(message, dict) and message.get("role") == "assistant"
        ]
        return text_of("\n".join(said))
    raise CallerError(
        f"a completion is text or a list of messages, not {type(completion).__name__}"
    )


def _content_of(content: object) -> str:
    """A message's text; its content may be parts, or null where it only calls tools."""
    if isinstance(content, str):
        return content
    if isinstance(content, list | tuple):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    return ""


def reference_of(value: object) -> Reference | None:
    """A reference as data sets hold it: text, a number, or an object with `value` or `tests`.

    The object may be JSON text, so that a label that has to be text can carry tests too. Keys that
    are null do not count: columnar files fill them in.

    Raises:
        UnusableReference: it is something else.
    """
    if hasattr(value, "tolist"):  # numpy's scalars and arrays
        value = value.tolist()
    if value is None:
        return None
    if isinstance(value, str):
        found = _object_in(value)
        if found is None:
            return Reference(value=text_of(value))
        value = found
    if isinstance(value, bool) or not isinstance(value, int | float | dict):
        raise UnusableReference(
            f"a reference is text, a number, or an object with `value` or `tests`, "
            f"not {type(value).__name__}"
        )
    if not isinstance(value, dict):
        if not math.isfinite(value):
            raise UnusableReference("a reference has to be finite; write it as text if you mean it")
        return Reference(value=str(value))
    fields = {name: field for name, field in value.items() if field is not None}
    if isinstance(fields.get("value"), int | float):
        fields["value"] = str(fields["value"])
    try:
        return Reference.model_validate(_PLAIN.validate_python(fields))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise UnusableReference(f"the reference cannot be used: {first['msg']}") from error


def _object_in(text: str) -> dict[str, object] | None:
    """The typed reference that JSON text holds, if it is one and not an answer like `{1, 2}`."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    typed = isinstance(found, dict) and found and set(found) <= set(Reference.model_fields)
    return found if typed else None
