"""A file of rollouts becomes a file of rewards: one for each row, in order, whatever happens."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.conftest import API_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Ended
    from verifier.bench.served import Served

pytestmark = pytest.mark.service

MARK = "SCORE_TEST_MARK"
ROWS = 10_000
SPEC = "name: free\nchecks: [{id: text, check: exact_match}]\n"
LINES = [
    r'{"id": "a", "group": "g", "completion": "\\boxed{5}", "reference": 5}',
    "",
    '{"id": 7, "completion": "no answer", "reference": "5"}',
    "{nonsense",
    r'{"id": "a", "completion": "\\boxed{6}", "reference": "5"}',
    '{"response": "5"}',
    r'{"completion": "\\boxed{5}"}',
]


@dataclass
class Place:
    """A folder with a spec and rollouts, and calls of `verifier score` in it."""

    folder: Path
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    def environment(self, **more: str) -> dict[str, str]:
        """What a call sees: a temporary folder of its own, and a mark on all that it starts."""
        kept = {n: v for n, v in os.environ.items() if not n.startswith("VERIFIER_")}
        temporary = self.folder / "t"
        temporary.mkdir(exist_ok=True)
        return {**kept, MARK: self.mark, "TMPDIR": str(temporary), "COLUMNS": "200", **more}

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
        """Start a call in the folder."""
        return subprocess.Popen(
            [sys.executable, "-m", "verifier", "score", *arguments],
            cwd=self.folder,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def score(
        self, *arguments: str, stdin: bytes = b"", **more: str
    ) -> subprocess.CompletedProcess[bytes]:
        """Call in the folder and wait."""
        return subprocess.run(
            [sys.executable, "-m", "verifier", "score", *arguments],
            cwd=self.folder,
            env=self.environment(**more),
            input=stdin,
            capture_output=True,
            timeout=120,
            check=False,
        )

    def left_processes(self) -> list[str]:
        """What still runs of all that was started here, after a moment."""
        until = time.monotonic() + 20
        while found := list(self._running()):
            if time.monotonic() > until:
                break
            time.sleep(0.05)
        return found

    def left_files(self) -> list[str]:
        """What lies in the temporary folder."""
        return sorted(path.name for path in (self.folder / "t").iterdir())

    def _running(self) -> Iterator[str]:
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == self.mark:
                    yield " ".join(process.cmdline())
            except psutil.Error:
                continue


def make_place() -> Place:
    """A short path: a Unix socket has to fit below it."""
    folder = Path(tempfile.mkdtemp(prefix="score-"))
    (folder / "free.yaml").write_text(SPEC)
    (folder / "in.jsonl").write_text("\n".join(LINES))
    return Place(folder)


@pytest.fixture
def place() -> Iterator[Place]:
    """A fresh place."""
    found = make_place()
    yield found
    shutil.rmtree(found.folder)


def rewards(text: bytes) -> list[dict[str, Any]]:
    """The rewards of a JSONL output."""
    return [json.loads(line) for line in text.splitlines()]


# -- on this machine -----------------------------------------------------------------------


@dataclass
class Scored:
    """A whole run on this machine."""

    ended: subprocess.CompletedProcess[bytes]
    rewards: list[dict[str, Any]]
    names: set[str]
    processes: list[str]
    temporary: list[str]


@pytest.fixture(scope="module")
def local() -> Iterator[Scored]:
    """The example rows, scored without a service."""
    place = make_place()
    ended = place.score("in.jsonl", "-o", "out.jsonl", "--spec", "free.yaml")
    out = place.folder / "out.jsonl"
    yield Scored(
        ended,
        rewards(out.read_bytes()) if out.exists() else [],
        {path.name for path in place.folder.iterdir()},
        place.left_processes(),
        place.left_files(),
    )
    shutil.rmtree(place.folder)


def test_a_whole_file_is_scored_in_order(local: Scored) -> None:
    assert local.ended.returncode == 0, local.ended.stderr.decode()
    assert [one["row"] for one in local.rewards] == [0, 1, 2, 3, 4, 5]


def test_a_row_without_an_id_has_its_number_and_ids_may_repeat(local: Scored) -> None:
    assert [one["id"] for one in local.rewards] == ["a", "7", "2", "a", "4", "5"]


def test_a_group_comes_back(local: Scored) -> None:
    assert [one["group"] for one in local.rewards][:2] == ["g", None]


def test_bad_rows_are_invalid_and_their_neighbours_scored(local: Scored) -> None:
    assert [(one["status"], one["reward"]) for one in local.rewards] == [
        ("scored", 1.0),
        ("scored", 0.0),
        ("invalid", None),
        ("scored", 0.0),
        ("invalid", None),
        ("invalid", None),
    ]


def test_a_bad_row_says_why(local: Scored) -> None:
    assert "not JSON" in local.rewards[2]["reason"]
    assert "there are: response" in local.rewards[4]["reason"]
    assert "reference" in local.rewards[5]["reason"]


def test_every_reward_names_the_same_spec(local: Scored) -> None:
    assert len({(one["spec"], one["fingerprint"]) for one in local.rewards}) == 1


def test_the_summary_counts_every_row(local: Scored) -> None:
    line = b"6 rollouts: 3 scored, 3 invalid, mean reward 0.333"
    assert line in local.ended.stderr


def test_nothing_stays_beside_the_output(local: Scored) -> None:
    assert local.names == {"free.yaml", "in.jsonl", "out.jsonl", "t"}


def test_no_process_stays(local: Scored) -> None:
    assert local.processes == []


def test_no_temporary_folder_stays(local: Scored) -> None:
    assert local.temporary == []


# -- interrupted ---------------------------------------------------------------------------


@dataclass
class Interrupted:
    """One output, made by a call that was killed, one that was interrupted, and a last one."""

    killed: int
    after_kill: int
    left_by_kill: list[str]
    interrupted: int
    told: bytes
    after_interrupt: int
    appeared_early: bool
    left_by_interrupt: list[str]
    last: subprocess.CompletedProcess[bytes]
    rewards: list[dict[str, Any]]
    names: set[str]
    processes: list[str]
    temporary: list[str]


@pytest.fixture(scope="module")
def interrupted() -> Iterator[Interrupted]:
    """Three times the same call."""
    place = make_place()
    with (place.folder / "many.jsonl").open("w") as file:
        for number in range(ROWS):
            row = {"id": f"n{number}", "completion": rf"\boxed{{{number}}}", "reference": "3"}
            file.write(json.dumps(row) + "\n")
    arguments = ("many.jsonl", "-o", "out.jsonl", "--spec", "free.yaml", "--workers", "1")
    partial = place.folder / "out.jsonl.partial"
    out = place.folder / "out.jsonl"

    def stop(by: signal.Signals, beyond: int) -> tuple[int, bytes, int]:
        process = place.start(*arguments)
        until = time.monotonic() + 60
        while not (partial.exists() and partial.stat().st_size > beyond):
            assert time.monotonic() < until, "nothing was written"
            assert process.poll() is None, "it ended too early"
            time.sleep(0.005)
        process.send_signal(by)
        _, told = process.communicate(timeout=60)
        return process.returncode, told, partial.stat().st_size

    killed, _, size = stop(signal.SIGKILL, 0)
    after_kill = partial.read_bytes().count(b"\n")
    left_by_kill = place.left_processes()
    code, told, _ = stop(signal.SIGINT, size)
    after_interrupt = partial.read_bytes().count(b"\n")
    appeared_early = out.exists()
    left_by_interrupt = place.left_processes()
    last = place.score(*arguments)
    yield Interrupted(
        killed=killed,
        after_kill=after_kill,
        left_by_kill=left_by_kill,
        interrupted=code,
        told=told,
        after_interrupt=after_interrupt,
        appeared_early=appeared_early,
        left_by_interrupt=left_by_interrupt,
        last=last,
        rewards=rewards(out.read_bytes()) if out.exists() else [],
        names={path.name for path in place.folder.iterdir()},
        processes=place.left_processes(),
        temporary=place.left_files(),
    )
    shutil.rmtree(place.folder)


def test_a_killed_call_keeps_what_it_has_written(interrupted: Interrupted) -> None:
    assert interrupted.killed == -signal.SIGKILL
    assert 0 < interrupted.after_kill < ROWS


def test_a_killed_call_leaves_no_process(interrupted: Interrupted) -> None:
    assert interrupted.left_by_kill == []


def test_an_interrupted_call_exits_with_130_and_says_what_to_do(interrupted: Interrupted) -> None:
    assert interrupted.interrupted == 130
    assert b"the same command goes on from here" in interrupted.told
    assert b"Traceback" not in interrupted.told


def test_an_interrupted_call_goes_on_from_the_killed_one(interrupted: Interrupted) -> None:
    assert interrupted.after_kill < interrupted.after_interrupt < ROWS
    assert f"resuming after {interrupted.after_kill} rollouts".encode() in interrupted.told


def test_an_interrupted_call_leaves_no_process(interrupted: Interrupted) -> None:
    assert interrupted.left_by_interrupt == []


def test_the_output_does_not_appear_before_it_is_whole(interrupted: Interrupted) -> None:
    assert not interrupted.appeared_early


def test_the_last_call_goes_on_from_the_interrupted_one(interrupted: Interrupted) -> None:
    assert interrupted.last.returncode == 0
    told = f"resuming after {interrupted.after_interrupt} rollouts".encode()
    assert told in interrupted.last.stderr


def test_every_row_has_one_reward_in_order(interrupted: Interrupted) -> None:
    assert [one["row"] for one in interrupted.rewards] == list(range(ROWS))
    assert [one["id"] for one in interrupted.rewards] == [f"n{i}" for i in range(ROWS)]


def test_no_reward_is_lost_to_the_interruptions(interrupted: Interrupted) -> None:
    right = [one["row"] for one in interrupted.rewards if one["reward"] == 1]
    assert right == [3]
    assert {one["status"] for one in interrupted.rewards} == {"scored"}


def test_the_last_summary_counts_every_row(interrupted: Interrupted) -> None:
    assert f"{ROWS} rollouts: {ROWS} scored".encode() in interrupted.last.stderr


def test_nothing_of_the_interruptions_stays(interrupted: Interrupted) -> None:
    assert interrupted.names == {"free.yaml", "in.jsonl", "many.jsonl", "out.jsonl", "t"}
    assert (interrupted.processes, interrupted.temporary) == ([], [])


# -- by a service --------------------------------------------------------------------------


@pytest.fixture
def remote(service: Served) -> tuple[str, ...]:
    """The options that let the service of the tests score."""
    return ("--url", service.url, "--deadline", "30", "--spec", "free.yaml")


def test_standard_input_becomes_standard_output(place: Place, remote: tuple[str, ...]) -> None:
    stdin = "\n".join(LINES).encode()
    ended = place.score("-", *remote, stdin=stdin, VERIFIER_API_KEY=API_KEY)
    assert ended.returncode == 0, ended.stderr.decode()
    assert [one["reward"] for one in rewards(ended.stdout)] == [1.0, 0.0, None, 0.0, None, None]


def test_a_service_gives_the_rewards_of_this_machine(
    place: Place, remote: tuple[str, ...], local: Scored
) -> None:
    ended = place.score("in.jsonl", *remote, VERIFIER_API_KEY=API_KEY)

    def plain(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for one in found:
            one["verdicts"] = [{**v, "seconds": 0} for v in one["verdicts"]]
        return found

    assert plain(rewards(ended.stdout)) == plain(local.rewards)


def test_columns_of_other_names_are_mapped(place: Place, remote: tuple[str, ...]) -> None:
    (place.folder / "in.jsonl").write_text(r'{"uid": 9, "out": "\\boxed{5}", "gold": 5}')
    fields = ("--field", "completion=out", "--field", "reference=gold", "--field", "id=uid")
    ended = place.score("in.jsonl", *remote, *fields, VERIFIER_API_KEY=API_KEY)
    assert [(one["id"], one["reward"]) for one in rewards(ended.stdout)] == [("9", 1.0)]


def test_parquet_becomes_parquet(place: Place, remote: tuple[str, ...]) -> None:
    table = pa.table(
        {"id": [4, 5], "completion": [r"\boxed{5}", r"\boxed{6}"], "reference": ["5", "5"]}
    )
    parquet.write_table(table, place.folder / "in.parquet")
    ended = place.score("in.parquet", "-o", "out.parquet", *remote, VERIFIER_API_KEY=API_KEY)
    assert ended.returncode == 0, ended.stderr.decode()
    found = parquet.read_table(place.folder / "out.parquet").to_pylist()
    assert [(one["row"], one["id"], one["reward"]) for one in found] == [
        (0, "4", 1.0),
        (1, "5", 0.0),
    ]


def test_a_wrong_key_exits_with_2(place: Place, remote: tuple[str, ...]) -> None:
    ended = place.score("in.jsonl", *remote, VERIFIER_API_KEY="wrong")
    assert (ended.returncode, b"Traceback" in ended.stderr) == (2, False)


def test_unscored_rollouts_exit_with_1_only_where_asked_strictly(
    place: Place, remote: tuple[str, ...]
) -> None:
    late = ("in.jsonl", *remote, "--deadline", "0.001")
    easy = place.score(*late, VERIFIER_API_KEY=API_KEY)
    strict = place.score(*late, "--strict", VERIFIER_API_KEY=API_KEY)
    assert (easy.returncode, strict.returncode) == (0, 1)
    assert {one["reward"] for one in rewards(strict.stdout)} == {None}


def test_an_empty_file_becomes_an_empty_file(place: Place, remote: tuple[str, ...]) -> None:
    (place.folder / "in.jsonl").write_text("")
    ended = place.score("in.jsonl", "-o", "out.jsonl", *remote, VERIFIER_API_KEY=API_KEY)
    assert ended.returncode == 0, ended.stderr.decode()
    assert (place.folder / "out.jsonl").read_bytes() == b""


def test_a_service_that_cannot_be_reached_exits_with_3(place: Place) -> None:
    short = (
        "import verifier.client; verifier.client._WALL_SLACK_SECONDS = 0.3; "
        "from verifier.cli import main; main()"
    )
    arguments = ("score", "in.jsonl", "--url", "http://127.0.0.1:1", "--deadline", "0.1")
    ended = subprocess.run(
        [sys.executable, "-c", short, *arguments],
        cwd=place.folder,
        env=place.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, "Traceback" in ended.stderr) == (3, False)
    assert "error: the service did not answer" in ended.stderr


# -- wrong calls ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("in.jsonl", "--spec", "nope"), "there is no spec 'nope'; there are code, math, r1"),
        (("in.jsonl", "--spec", "nope.yaml"), "there is no file nope.yaml"),
        (("in.jsonl", "--spec", "broken.yaml"), "the spec is not YAML"),
        (("in.jsonl", "--spec", "binary.yaml"), "binary.yaml is not UTF-8 text"),
        (("in.jsonl", "--field", "completion"), "--field completion: write FIELD=COLUMN"),
        (("in.jsonl", "--field", "reward=x"), "with a field of id, group, completion"),
        (("nope.jsonl",), "there is no file nope.jsonl"),
        ((".",), "there is no file ."),
        (("in.jsonl", "-o", "no/out.jsonl"), "no/out.jsonl cannot be written"),
        (("in.jsonl", "-o", "t"), "t is a folder"),
        (("in.jsonl", "--url", "localhost:8080"), "write it with its scheme"),
        (("in.jsonl", "-o", "taken.jsonl"), "belongs to another input or spec"),
        (("wrong.parquet", "--url", "http://127.0.0.1:1"), "is not a Parquet file"),
    ],
)
def test_a_wrong_call_exits_with_2_and_one_sentence(
    arguments: tuple[str, ...],
    told: str,
    place: Place,
    call: Callable[..., Ended],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (place.folder / "broken.yaml").write_text("name: [")
    (place.folder / "binary.yaml").write_bytes(b"name: \xff")
    (place.folder / "wrong.parquet").write_text("hello")
    (place.folder / "taken.jsonl.partial").write_text("{}\n")
    (place.folder / "t").mkdir()
    monkeypatch.chdir(place.folder)
    ended = call("score", *arguments)
    error = [line for line in ended.err.splitlines() if line.startswith("error: ")]
    assert ended.code == 2
    assert len(error) == 1
    assert told in error[0]


def test_a_wrong_call_shows_no_traceback(place: Place) -> None:
    ended = place.score("nope.jsonl")
    assert ended.returncode == 2
    assert ended.stderr.decode().splitlines() == [
        "error: there is no file nope.jsonl",
        "Correct what the detail and `errors` name; nothing was scored.",
    ]
