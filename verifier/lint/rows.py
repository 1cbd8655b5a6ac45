"""Pure: a row of a data set, which has a reference and may have a prompt and a solution."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from verifier import batch
from verifier.model import Reference, ReferenceField
from verifier.spec import validation_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FIELDS = ("reference", "prompt", "solution")
_REFERENCE: TypeAdapter[Reference] = TypeAdapter(ReferenceField)


@dataclass(frozen=True, slots=True)
class Row:
    """One row, numbered from 0; without a reference the fault says why."""

    number: int
    reference: Reference | None
    prompt: str = ""
    solution: str = ""
    fault: str = ""


def read_rows(path: Path, columns: Mapping[str, str]) -> Iterator[Row]:
    """The rows of a JSONL or Parquet file, or of standard input, one at a time.

    Args:
        path: the file, or `-`.
        columns: field of `FIELDS` -> column that holds it, where the names differ.
    """
    for number, raw in enumerate(batch.records(path)):
        try:
            yield row_of(number, batch.record_of(raw), columns)
        except ValueError as error:
            yield Row(number, None, fault=str(error))


def row_of(number: int, record: Mapping[str, Any], columns: Mapping[str, str]) -> Row:
    """One row of its record."""
    reference, prompt, solution = (record.get(columns.get(name, name)) for name in FIELDS)
    texts = _text(prompt), _text(solution)
    if reference is None:
        there = ", ".join(sorted(map(str, record)))[:200]
        fault = f"there is no column for `reference`; there are: {there}"
        return Row(number, None, *texts, fault)
    try:
        written = json.dumps(reference, ensure_ascii=False).encode("utf-16", "surrogatepass")
        found = _REFERENCE.validate_json(written.decode("utf-16", "replace"))
    except ValidationError as error:
        rows = validation_errors(error)
        fault = "; ".join(f"{row['field']}: {row['message']}".lstrip(": ") for row in rows)
        return Row(number, None, *texts, fault)
    except (TypeError, ValueError, RecursionError) as error:
        return Row(number, None, *texts, f"the reference cannot be read: {error}")
    return Row(number, found, *texts)


def _text(value: object) -> str:
    """A prompt as text; the messages of a chat as JSON, so that equal ones are equal."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
