"""Pure: the label that a data set gives a trainer, read into a reference as the URL says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from verifier.errors import InvalidReference
from verifier.model import Reference
from verifier.tags import Tags

if TYPE_CHECKING:
    from pydantic import JsonValue

Format = Literal["answer", "tests", "json"]
"""`answer`: text is the answer itself. `tests`: it is tests, as docs/code.md says. `json`: it is
JSON, of an object like the API's `reference` or of a text or number that is the answer."""


def read_label(label: JsonValue, written: Format) -> Reference | None:
    """The reference of a label; null is none. Objects are typed references, whatever is set.

    Raises:
        InvalidReference: the label is no such thing.
    """
    if label is None:
        return None
    if written == "tests":
        return Reference(tests=label)
    if written == "json" and isinstance(label, str):
        try:
            return read_label(json.loads(label), "answer")
        except (ValueError, RecursionError) as error:
            raise InvalidReference(
                "the label is not JSON, as `reference=json` says that it is"
            ) from error
    if isinstance(label, dict):
        try:
            return Reference.model_validate_json(json.dumps(label))
        except ValidationError as error:
            row = error.errors(include_url=False, include_context=False, include_input=False)[0]
            place = ".".join(str(part) for part in row["loc"])
            raise InvalidReference(f"the label is no reference: {place} {row['msg']}") from error
    if isinstance(label, str):
        return Reference(value=label)
    if isinstance(label, bool) or not isinstance(label, int | float):
        raise InvalidReference("a label is text, a number or an object; a list may be tests")
    return Reference(value=str(label))


def standing_prefix(prompt: str) -> str:
    """What of a templated prompt the completion continues: an opening think tag at its end."""
    tag = Tags().think_open
    return prompt[prompt.rindex(tag) :] if prompt.rstrip().endswith(tag) else ""
