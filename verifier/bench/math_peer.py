"""The other side's process: TRL's reward for correct answers, or Math-Verify as TRL calls it.

It runs in an interpreter that need not have this package, so it imports none of it. It reads lines
of JSON, `{"completions": [..], "references": [..]}`, and answers each with `{"rewards": [..],
"seconds": [..]}`; its first line says who it is.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from importlib import metadata

Judge = Callable[[str, str], "float | None"]

# The limits that TRL gives Math-Verify.
_PARSING_SECONDS = 10
_VERIFYING_SECONDS = 5


def trl() -> Judge:
    """TRL's own function, one completion at a time as its loop takes them."""
    accuracy_reward = importlib.import_module("trl.rewards").accuracy_reward

    def judge(completion: str, solution: str) -> float | None:
        message = [{"role": "assistant", "content": completion}]
        reward: float | None = accuracy_reward([message], [solution])[0]
        return reward

    return judge


def math_verify() -> Judge:
    """What TRL asks of Math-Verify: the gold by its defaults, the answer in LaTeX, boxes first."""
    library = importlib.import_module("math_verify")
    units = importlib.import_module("latex2sympy2_extended").NormalizationConfig(units=True)
    rules = library.LatexExtractionConfig(
        normalization_config=units, boxed_match_priority=0, try_extract_without_anchor=False
    )

    def judge(completion: str, solution: str) -> float | None:
        gold = library.parse(solution, parsing_timeout=_PARSING_SECONDS)
        if not gold:
            return None
        answer = library.parse(
            completion,
            extraction_config=[rules],
            extraction_mode="first_match",
            parsing_timeout=_PARSING_SECONDS,
        )
        return float(library.verify(gold, answer, timeout_seconds=_VERIFYING_SECONDS))

    return judge


def find() -> tuple[str, Judge]:
    """Who answers, with the version, and how; TRL where it is installed.

    Raises:
        ImportError: neither is.
    """
    try:
        return f"TRL {metadata.version('trl')}", trl()
    except (ImportError, metadata.PackageNotFoundError):
        judge = math_verify()
        return f"Math-Verify {metadata.version('math-verify')} as TRL calls it", judge


def main(core: int) -> None:
    """Serve on one core until the input ends."""
    os.sched_setaffinity(0, {core})
    # What the libraries print must not stand between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        name, judge = find()
    except ImportError as error:
        answers.write(json.dumps({"problem": str(error)}) + "\n")
        return
    answers.write(json.dumps({"name": name}) + "\n")
    answers.flush()
    for line in sys.stdin:
        order = json.loads(line)
        rewards, seconds = [], []
        for completion, reference in zip(order["completions"], order["references"], strict=True):
            started = time.perf_counter()
            rewards.append(judge(completion, reference))
            seconds.append(time.perf_counter() - started)
        answers.write(json.dumps({"rewards": rewards, "seconds": seconds}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
