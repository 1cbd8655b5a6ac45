"""Files of rollouts in, files of rewards out; resumable without loss or duplication.

Rewards are written in the order of the input to `OUT.partial`, one JSON line each, so the number
of whole lines there is the number of rows done. `OUT` appears at once when all are.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import itertools
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from pydantic import ValidationError

from verifier.errors import InvalidRequest
from verifier.model import Rollout
from verifier.spec import validation_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

STREAM = Path("-")
_PARQUET_COLUMNS = (
    "row",
    "id",
    "group",
    "reward",
    "status",
    "reason",
    "spec",
    "fingerprint",
    "verdicts",
)
FIELDS = ("id", "group", "completion", "prefix", "reference", "spec")
"""What is read of a row; the prompt decides no verdict."""
_PARQUET_ROWS = 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the input: a rollout, or why it is none."""

    number: int
    rollout: Rollout | None
    fault: str = ""


def read_rows(path: Path, columns: Mapping[str, str]) -> Iterator[Row]:
    """The rows of a JSONL or Parquet file, or of standard input (`-`), one at a time.

    Args:
        path: the file.
        columns: field of a rollout -> column that holds it, where the names differ.
    """
    for number, raw in enumerate(records(path)):
        yield _row(number, raw, columns)


def count_rows(path: Path) -> int | None:
    """How many rows there are, where that can be told without reading standard input."""
    if path == STREAM:
        return None
    if _is_parquet(path):
        return int(_parquet_file(path).metadata.num_rows)
    with path.open("rb") as file:
        return sum(1 for line in file if line.strip())


class Output:
    """Where rewards go. Use as a context manager; call `finish` once all rows are written.

    Args:
        path: a JSONL or Parquet file, or `-` for standard output.
        identity: what decides the rewards besides the rows; a partial file of another identity
            is not resumed.
        restart: throw a partial file away.

    Raises:
        InvalidRequest: the file cannot be written, or a partial file belongs to another call.
    """

    def __init__(self, path: Path, identity: str, *, restart: bool) -> None:
        self._path = path
        self._partial = path.with_name(path.name + ".partial")
        self._note = path.with_name(path.name + ".partial.id")
        self.done = 0
        """Rows that an earlier call has written."""
        self._file: IO[bytes]
        if path == STREAM:
            self._file = sys.stdout.buffer
            return
        if path.is_dir():
            raise InvalidRequest(f"{path} is a folder; name a file in it")
        if restart:
            self._partial.unlink(missing_ok=True)
        digest = hashlib.sha256(identity.encode()).hexdigest()
        if self._partial.exists():
            if not self._note.exists() or self._note.read_text() != digest:
                raise InvalidRequest(
                    f"{self._partial} belongs to another input or spec; "
                    "give --restart to throw it away, or another output"
                )
            self.done = _keep_whole_lines(self._partial)
        try:
            self._note.write_text(digest)
            self._file = self._partial.open("ab")
        except OSError as error:
            raise InvalidRequest(f"{path} cannot be written: {error.strerror}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._file.flush()
        if self._path != STREAM:
            self._file.close()

    def earlier(self) -> Iterator[dict[str, Any]]:
        """The rewards that an earlier call has written."""
        if self.done:
            with self._partial.open("rb") as file:
                for line in itertools.islice(file, self.done):
                    yield json.loads(line)

    def write(self, rewards: Iterable[tuple[int, bytes]]) -> None:
        """Append rewards (row number, reward as JSON) in order, and let the kernel have them."""
        for number, reward in rewards:
            self._file.write(b'{"row":%d,' % number + reward[1:] + b"\n")
        self._file.flush()

    def finish(self) -> None:
        """Make the output appear, whole."""
        if self._path == STREAM:
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        if _is_parquet(self._path):
            _to_parquet(self._partial, self._path)
            self._partial.unlink()
        else:
            self._partial.replace(self._path)
        self._note.unlink(missing_ok=True)


def records(path: Path) -> Iterator[bytes | dict[str, Any]]:
    """The rows as they are in the file: lines of JSON, or objects of Parquet."""
    if path == STREAM:
        yield from (line for line in sys.stdin.buffer if line.strip())
    elif _is_parquet(path):
        for batch in _parquet_file(path).iter_batches(batch_size=_PARQUET_ROWS):
            yield from batch.to_pylist()
    else:
        with path.open("rb") as lines:
            yield from (line for line in lines if line.strip())


def record_of(raw: bytes | dict[str, Any]) -> dict[str, Any]:
    """A row as an object.

    Raises:
        ValueError: it is none; the message says why.
    """
    try:
        record = json.loads(raw) if isinstance(raw, bytes) else raw
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the line is not JSON: {error}") from error
    if not isinstance(record, dict):
        raise ValueError("the line is not a JSON object")  # noqa: TRY004 - of a file, not a type
    return record


def _row(number: int, raw: bytes | dict[str, Any], columns: Mapping[str, str]) -> Row:
    try:
        record = record_of(raw)
    except ValueError as error:
        return Row(number, None, str(error))
    fields = {}
    for name in FIELDS:
        value = record.get(columns.get(name, name))
        if value is not None:
            fields[name] = value
    if "completion" not in fields:
        there = ", ".join(sorted(map(str, record)))[:200]
        return Row(number, None, f"there is no column for `completion`; there are: {there}")
    for name in ("id", "group"):
        if isinstance(fields.get(name), int):
            fields[name] = str(fields[name])
    try:
        # A lone surrogate is not text; it is judged as U+FFFD, as the API does.
        text = json.dumps(fields, ensure_ascii=False).encode("utf-16", "surrogatepass")
        return Row(number, Rollout.model_validate_json(text.decode("utf-16", "replace")))
    except ValidationError as error:
        rows = validation_errors(error)
        return Row(number, None, "; ".join(f"{r['field']}: {r['message']}" for r in rows))
    except (TypeError, ValueError, RecursionError) as error:
        return Row(number, None, f"the row cannot be read: {error}")


def _keep_whole_lines(path: Path) -> int:
    """Cut a last line that a crash left half-written; how many whole lines there are."""
    whole, lines = 0, 0
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                whole += len(line)
                lines += 1
    os.truncate(path, whole)
    return lines


def _to_parquet(source: Path, target: Path) -> None:
    arrow, parquet = _pyarrow("pyarrow"), _pyarrow("pyarrow.parquet")
    types = {"row": arrow.int64(), "reward": arrow.float64()}
    schema = arrow.schema([(name, types.get(name, arrow.string())) for name in _PARQUET_COLUMNS])
    fresh = target.with_name(target.name + ".new")
    with source.open("rb") as lines, parquet.ParquetWriter(fresh, schema) as writer:
        for chunk in _batched(lines):
            records = [json.loads(line) for line in chunk]
            for record in records:
                record["verdicts"] = json.dumps(record["verdicts"], ensure_ascii=False)
            rows = [{name: record.get(name) for name in _PARQUET_COLUMNS} for record in records]
            writer.write_table(arrow.Table.from_pylist(rows, schema=schema))
    fresh.replace(target)


def _batched(lines: Iterable[bytes]) -> Iterator[tuple[bytes, ...]]:
    iterator = iter(lines)
    while chunk := tuple(itertools.islice(iterator, _PARQUET_ROWS)):
        yield chunk


def _is_parquet(path: Path) -> bool:
    return path.suffix == ".parquet"


def _parquet_file(path: Path) -> Any:  # noqa: ANN401 - pyarrow has no types
    try:
        return _pyarrow("pyarrow.parquet").ParquetFile(path)
    except (OSError, ValueError) as error:  # pyarrow's errors are both
        raise InvalidRequest(f"{path} is not a Parquet file that can be read: {error}") from error


def _pyarrow(name: str) -> Any:  # noqa: ANN401 - pyarrow has no types
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InvalidRequest(
            "Parquet needs pyarrow: pip install 'rollout-verifier[parquet]'"
        ) from error
