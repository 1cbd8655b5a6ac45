"""Files of rollouts are read row by row, and rewards are written once and in order."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from pyarrow import parquet

from verifier.batch import STREAM, Output, Row, count_rows, read_rows
from verifier.errors import InvalidRequest

if TYPE_CHECKING:
    from pathlib import Path

REST: dict[str, object] = {
    "group": None,
    "status": "scored",
    "reason": None,
    "spec": "s",
    "fingerprint": "f",
    "verdicts": [{"check": "a", "score": 1.0}],
}


def rows_of(path: Path, **columns: str) -> list[Row]:
    """Every row of a file."""
    return list(read_rows(path, columns))


def row_of(path: Path, line: bytes, **columns: str) -> Row:
    """The row that a line of JSONL is."""
    path = path / "in.jsonl"
    path.write_bytes(line + b"\n")
    (row,) = rows_of(path, **columns)
    return row


def reward(number: int) -> tuple[int, bytes]:
    """A reward as `Output.write` takes it."""
    return number, json.dumps({"id": f"r{number}", "reward": 0.5, **REST}).encode()


def numbers(path: Path) -> list[int]:
    """The row numbers of a file of rewards."""
    return [json.loads(line)["row"] for line in path.read_bytes().splitlines()]


# -- reading -------------------------------------------------------------------------------


def test_rows_are_numbered_from_zero(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"completion": "a"}\n{"completion": "b"}\n')
    found = [(r.number, r.rollout.completion if r.rollout else None) for r in rows_of(path)]
    assert found == [(0, "a"), (1, "b")]


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('\n{"completion": "a"}\n  \n\n{"completion": "b"}')
    assert [row.number for row in rows_of(path)] == [0, 1]
    assert count_rows(path) == 2


def test_a_last_line_needs_no_end(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"completion": "a"}')
    assert len(rows_of(path)) == count_rows(path) == 1


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.touch()
    assert (rows_of(path), count_rows(path)) == ([], 0)


def test_a_windows_line_end_is_no_part_of_the_row(tmp_path: Path) -> None:
    assert row_of(tmp_path, b'{"completion": "a"}\r').rollout is not None


def test_unknown_columns_are_left_alone(tmp_path: Path) -> None:
    assert row_of(tmp_path, b'{"completion": "a", "label": {"x": 1}}').rollout is not None


def test_an_empty_completion_is_a_rollout(tmp_path: Path) -> None:
    assert row_of(tmp_path, b'{"completion": ""}').rollout is not None


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{", "the line is not JSON"),
        (b"\xff\xfe", "the line is not JSON"),
        (b"[" * 100_000, "the line is not JSON"),
        (b'{"completion": ' + b"[" * 100_000, "the line is not JSON"),
        (b"[1]", "the line is not a JSON object"),
        (b'"text"', "the line is not a JSON object"),
        (b"null", "the line is not a JSON object"),
        (b'{"response": "a", "answer": 1}', "there are: answer, response"),
        (b'{"completion": null, "x": 1}', "there is no column for `completion`"),
        (b'{"completion": 5}', "completion"),
        (b'{"completion": "a", "spec": 5}', "spec"),
        (b'{"completion": "a", "id": {}}', "id: "),
        (b'{"completion": "a", "id": "%s"}' % (b"x" * 257), "id: "),
        (b'{"completion": "a", "id": %s}' % (b"9" * 5000), "the line is not JSON"),
    ],
)
def test_a_wrong_line_says_why(line: bytes, fault: str, tmp_path: Path) -> None:
    row = row_of(tmp_path, line)
    assert row.rollout is None
    assert fault in row.fault


def test_a_deep_value_does_not_end_the_reading(tmp_path: Path) -> None:
    deep = b'{"completion": "a", "reference": ' + b'{"a":' * 900 + b"1" + b"}" * 901
    row = row_of(tmp_path, deep)
    assert row.rollout is None
    assert row.fault


def test_the_columns_that_there_are_are_told_in_bounds(tmp_path: Path) -> None:
    line = json.dumps({f"column{i}": i for i in range(1000)}).encode()
    assert len(row_of(tmp_path, line).fault) < 300


@pytest.mark.parametrize("name", ["id", "group"])
def test_an_integer_names_as_text_does(name: str, tmp_path: Path) -> None:
    row = row_of(tmp_path, b'{"completion": "a", "%s": 7}' % name.encode())
    assert row.rollout is not None
    assert getattr(row.rollout, name) == "7"


def test_a_lone_surrogate_is_judged_as_the_replacement_character(tmp_path: Path) -> None:
    row = row_of(tmp_path, rb'{"completion": "a\ud800b"}')
    assert row.rollout is not None
    assert row.rollout.completion == "a\ufffdb"


def test_a_surrogate_pair_stays_a_character(tmp_path: Path) -> None:
    row = row_of(tmp_path, rb'{"completion": "\ud83d\ude00"}')
    assert row.rollout is not None
    assert row.rollout.completion == "\U0001f600"


def test_a_field_is_read_from_the_column_it_is_mapped_to(tmp_path: Path) -> None:
    row = row_of(tmp_path, b'{"out": "a", "gold": 5}', completion="out", reference="gold")
    assert row.rollout is not None
    assert row.rollout.reference is not None
    assert (row.rollout.completion, row.rollout.reference.value) == ("a", "5")


def test_a_mapped_field_is_not_read_from_its_own_column(tmp_path: Path) -> None:
    row = row_of(tmp_path, b'{"completion": "a"}', completion="out")
    assert row.fault == "there is no column for `completion`; there are: completion"


def test_chat_messages_are_a_completion(tmp_path: Path) -> None:
    row = row_of(tmp_path, b'{"completion": [{"role": "assistant", "content": "a"}]}')
    assert row.rollout is not None
    assert row.rollout.text == "a"


def test_the_prompt_is_not_read(tmp_path: Path) -> None:
    assert row_of(tmp_path, b'{"completion": "a", "prompt": 5}').rollout is not None


def test_standard_input_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = SimpleNamespace(buffer=io.BytesIO(b'{"completion": "a"}\n\n{"completion": "b"}\n'))
    monkeypatch.setattr("sys.stdin", stdin)
    assert [row.number for row in read_rows(STREAM, {})] == [0, 1]


def test_the_rows_of_standard_input_cannot_be_counted() -> None:
    assert count_rows(STREAM) is None


def test_parquet_is_read_as_jsonl_is(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    table = pa.table(
        {"id": [1, 2], "out": ["a", None], "reference": [{"value": "5"}, {"value": "6"}]}
    )
    parquet.write_table(table, path)
    first, second = rows_of(path, completion="out")
    assert first.rollout is not None
    assert first.rollout.reference is not None
    assert (first.rollout.id, first.rollout.reference.value) == ("1", "5")
    assert second.fault == "there is no column for `completion`; there are: id, out, reference"
    assert count_rows(path) == 2


def test_a_parquet_column_of_bytes_is_a_fault_of_its_row(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    parquet.write_table(pa.table({"completion": [b"a"]}), path)
    assert "cannot be read" in rows_of(path)[0].fault


def test_a_file_that_is_not_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    path.write_text("hello")
    with pytest.raises(InvalidRequest, match=r"in\.parquet is not a Parquet file"):
        rows_of(path)


# -- writing -------------------------------------------------------------------------------


def test_the_output_appears_only_when_it_is_finished(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with Output(path, "i", restart=False) as out:
        out.write([reward(0), reward(1)])
        assert not path.exists()
        out.finish()
        assert numbers(path) == [0, 1]


def test_a_finished_output_leaves_nothing_beside_it(tmp_path: Path) -> None:
    with Output(tmp_path / "out.jsonl", "i", restart=False) as out:
        out.write([reward(0)])
        out.finish()
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_an_output_of_before_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("before")
    with Output(path, "i", restart=False) as out:
        out.write([reward(0)])
        assert path.read_text() == "before"
        out.finish()
    assert numbers(path) == [0]


def test_what_is_written_is_in_the_file_at_once(tmp_path: Path) -> None:
    with Output(tmp_path / "out.jsonl", "i", restart=False) as out:
        out.write([reward(0)])
        assert numbers(tmp_path / "out.jsonl.partial") == [0]


def test_a_reward_keeps_its_fields_behind_the_row(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with Output(path, "i", restart=False) as out:
        out.write([reward(3)])
        out.finish()
    assert json.loads(path.read_text()) == {"row": 3, "id": "r3", "reward": 0.5, **REST}


def test_the_same_call_goes_on_after_the_rows_that_are_done(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with Output(path, "i", restart=False) as out:
        out.write([reward(0), reward(1)])
    with Output(path, "i", restart=False) as out:
        assert out.done == 2
        out.write([reward(2)])
        out.finish()
    assert numbers(path) == [0, 1, 2]


def test_a_half_written_line_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with Output(path, "i", restart=False) as out:
        out.write([reward(0)])
    with (tmp_path / "out.jsonl.partial").open("ab") as file:
        file.write(b'{"row":1,"id":"r')
    with Output(path, "i", restart=False) as out:
        assert out.done == 1
        out.write([reward(1)])
        out.finish()
    assert numbers(path) == [0, 1]


def test_the_rewards_of_before_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with Output(path, "i", restart=False) as out:
        out.write([reward(0), reward(1)])
    with Output(path, "i", restart=False) as out:
        out.write([reward(2)])
        assert [found["id"] for found in out.earlier()] == ["r0", "r1"]


def test_a_fresh_output_has_no_rewards_of_before(tmp_path: Path) -> None:
    with Output(tmp_path / "out.jsonl", "i", restart=False) as out:
        assert list(out.earlier()) == []


def test_a_partial_file_of_another_call_is_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with Output(path, "i", restart=False) as out:
        out.write([reward(0)])
    with pytest.raises(InvalidRequest, match="--restart"):
        Output(path, "another", restart=False)
    assert numbers(tmp_path / "out.jsonl.partial") == [0]


def test_a_partial_file_of_nobody_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl.partial").write_text('{"row":0}\n')
    with pytest.raises(InvalidRequest, match="--restart"):
        Output(tmp_path / "out.jsonl", "i", restart=False)


def test_restart_throws_the_partial_file_away(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with Output(path, "i", restart=False) as out:
        out.write([reward(0)])
    with Output(path, "another", restart=True) as out:
        assert out.done == 0
        out.write([reward(0)])
        out.finish()
    assert numbers(path) == [0]


def test_a_folder_is_no_output(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="is a folder"):
        Output(tmp_path, "i", restart=False)


def test_an_output_in_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="cannot be written: No such file"):
        Output(tmp_path / "nowhere" / "out.jsonl", "i", restart=False)


def test_a_parquet_output_has_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    with Output(path, "i", restart=False) as out:
        out.write([reward(0), reward(1)])
        assert not path.exists()
        out.finish()
    found = parquet.read_table(path)
    assert {field.name: str(field.type) for field in found.schema} == {
        "row": "int64",
        "id": "string",
        "group": "string",
        "reward": "double",
        "status": "string",
        "reason": "string",
        "spec": "string",
        "fingerprint": "string",
        "verdicts": "string",
    }
    assert found["row"].to_pylist() == [0, 1]
    assert json.loads(found["verdicts"][0].as_py()) == REST["verdicts"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.parquet"]


def test_a_null_reward_is_null_in_parquet(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    with Output(path, "i", restart=False) as out:
        out.write([(0, json.dumps({"id": "a", "reward": None, **REST}).encode())])
        out.finish()
    assert parquet.read_table(path)["reward"].to_pylist() == [None]


def test_an_empty_parquet_output_has_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    with Output(path, "i", restart=False) as out:
        out.finish()
    assert parquet.read_table(path).num_columns == 9


def test_standard_output_takes_lines_and_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    monkeypatch.setattr("sys.stdout", SimpleNamespace(buffer=buffer))
    with Output(STREAM, "i", restart=False) as out:
        out.write([reward(0)])
        out.finish()
    assert json.loads(buffer.getvalue())["row"] == 0
    assert not buffer.closed
