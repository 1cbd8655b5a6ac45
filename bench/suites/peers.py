"""One peer as a process: `python peers.py NAME CHECKOUTS` answers a JSON line for each it reads.

It is run by an interpreter that may have nothing of ours, so it imports nothing of ours. A line
has `gold` and `completion`; its answer has `verdict`: true, false, or null where the peer abstains.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Grader = Callable[[str, str], "bool | None"]

_MATH = re.compile(r"\$|\\\(|\\\[|\\boxed")
_DELIMITED = re.compile(r"\s*(\$\$?|\\\(|\\\[)(.*?)(\$\$?|\\\)|\\\])\s*", re.DOTALL)


def trl(_checkouts: Path) -> Grader:
    """TRL's accuracy reward: the gold read by default, the first box of strict LaTeX."""
    normalization = import_module("latex2sympy2_extended").NormalizationConfig
    library = import_module("math_verify")
    strict = library.LatexExtractionConfig(
        normalization_config=normalization(units=True),
        boxed_match_priority=0,
        try_extract_without_anchor=False,
    )

    def grade(gold: str, completion: str) -> bool | None:
        golds = library.parse(gold, parsing_timeout=10)
        if not golds:
            return None
        answers = library.parse(completion, [strict], extraction_mode="first_match")
        return bool(library.verify(golds, answers, timeout_seconds=5))

    return grade


def trl_in_dollars(checkouts: Path) -> Grader:
    """The same with the gold in dollars, unless it says itself where its math is."""
    grade = trl(checkouts)
    return lambda gold, completion: grade(gold if _MATH.search(gold) else f"${gold}$", completion)


def verl(_checkouts: Path) -> Grader:
    """verl's: the gold in a box, read as LaTeX; the answer as an expression or LaTeX."""
    library = import_module("math_verify")
    metric = import_module("math_verify.metric").math_metric
    latex, expression = library.LatexExtractionConfig(), library.ExprExtractionConfig()
    score = metric(gold_extraction_target=(latex,), pred_extraction_target=(expression, latex))
    timeout = import_module("math_verify.errors").TimeoutException

    def grade(gold: str, completion: str) -> bool | None:
        try:
            return bool(score([rf"\boxed{{{_bare(gold)}}}"], [completion])[0])
        # Whatever is raised is a wrong answer there.
        except (Exception, timeout):  # noqa: BLE001
            return False

    return grade


def readme(_checkouts: Path) -> Grader:
    """The defaults for both sides."""
    library = import_module("math_verify")
    return lambda gold, completion: bool(
        library.verify(library.parse(gold), library.parse(completion))
    )


def prm800k(checkouts: Path) -> Grader:
    """PRM800K's grader of the last box, or of the whole text where there is none."""
    sys.path.insert(0, str(checkouts / "openai+prm800k/prm800k"))
    grader = import_module("grading.grader")
    return lambda gold, completion: bool(grader.grade_answer(_last_box(completion), _bare(gold)))


def qwen(checkouts: Path) -> Grader:
    """Qwen2.5-Math's evaluation: its extraction, its normalisation of both, `math_equal`."""
    sys.path.insert(0, str(checkouts / "QwenLM+Qwen2.5-Math/evaluation"))
    grader, parser = import_module("grader"), import_module("parser")

    def grade(gold: str, completion: str) -> bool | None:
        answer = parser.extract_answer(completion, "math")
        return bool(grader.math_equal_process((answer, parser.strip_string(_bare(gold)))))

    return grade


PEERS: dict[str, Callable[[Path], Grader]] = {
    "Math-Verify trl": trl,
    "Math-Verify trl+$": trl_in_dollars,
    "Math-Verify verl": verl,
    "Math-Verify readme": readme,
    "prm800k": prm800k,
    "Qwen2.5-Math": qwen,
}
ELSEWHERE = frozenset({"prm800k", "Qwen2.5-Math"})
"""Those that need requirements of their own, and an interpreter that has them."""


def _bare(gold: str) -> str:
    """The gold without the delimiters around all of it, as a data set of bare golds has it."""
    found = _DELIMITED.fullmatch(gold)
    return found.group(2).strip() if found and not _MATH.search(found.group(2)) else gold


def _last_box(text: str) -> str:
    start = text.rfind(r"\boxed{")
    if start < 0:
        return text
    start += len(r"\boxed{")
    depth = 1
    for place, character in enumerate(text[start:], start):
        depth += (character == "{") - (character == "}")
        if not depth:
            return text[start:place]
    return text[start:]


def main() -> None:
    """Grade until the input ends."""
    # What a peer prints must not get into the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    logging.disable(logging.CRITICAL)
    name, checkouts = sys.argv[1:3]
    grade = PEERS[name](Path(checkouts))
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            verdict = grade(asked["gold"], asked["completion"])
        # A peer that fails on a pair has no verdict of it.
        except Exception:  # noqa: BLE001
            verdict = None
        answers.write(json.dumps({"verdict": verdict}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
