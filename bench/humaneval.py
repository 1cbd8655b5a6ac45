"""Verdicts on public test suites: `python bench/humaneval.py HumanEval.jsonl.gz [mbpp.jsonl]`.

The files are those of openai/human-eval and google-research/mbpp. Every suite is asked about its
own solution, about that solution with an empty body, and about mutants that differ by one token.
What a plain run of the same code in a process of this host says counts as the truth: all of it is
public and trusted. Sandboxes are those of the settings (VERIFIER_SANDBOX). Every disagreement goes
to standard error, the figures to standard output.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import gzip
import io
import json
import random
import subprocess
import sys
import tokenize
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.bench import Figure, to_json
from verifier.checks.base import Judgement, Subject
from verifier.checks.code_execution import CHECK
from verifier.completion import parse
from verifier.extraction import ExtractionRules
from verifier.model import Reference
from verifier.settings import Settings
from verifier.watchdog import Watchdog
from verifier.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRUSTED_CPU_SECONDS = 8
_TRUSTED_WALL_SECONDS = 120
_LIMITED = f"""\
import resource
resource.setrlimit(resource.RLIMIT_CPU, ({_TRUSTED_CPU_SECONDS}, {_TRUSTED_CPU_SECONDS}))
"""
_SWAPPED = [("+", "-"), ("<", "<="), (">", ">="), ("==", "!="), ("and", "or"), ("min", "max")]
_SWAPS = {
    **{one: other for pair in _SWAPPED for one, other in (pair, pair[::-1])},
    "True": "False",
    "False": "True",
    "not": "",
    "*": "+",
    "//": "*",
    "%": "//",
    "break": "pass",
}


@dataclass(frozen=True)
class Problem:
    """One suite with its solution."""

    name: str
    tests: dict[str, Any]
    solution: str
    script: str
    """The suite as a program that follows the solution."""
    given_lines: int = 0
    """So many lines of the solution are the task's, which tests go by, and are not mutated."""


def main() -> None:
    """Ask about all files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--mutants", type=int, default=2, help="of each solution")
    options = parser.parse_args()
    figures: list[Figure] = []
    tools = Workbench(Watchdog(Path("none")), Settings())
    with contextlib.closing(tools):
        for file in options.files:
            problems = [_problem(json.loads(line)) for line in _lines(file)]
            figures += _figures(file.name.partition(".")[0], problems, options.mutants, tools)
    print(to_json(figures))


def _lines(file: Path) -> list[str]:
    content = file.read_bytes()
    if file.suffix == ".gz":
        content = gzip.decompress(content)
    return content.decode().splitlines()


def _problem(row: dict[str, Any]) -> Problem:
    if "entry_point" in row:
        tests = {key: row[key] for key in ("test", "entry_point", "prompt")}
        script = f"{row['test']}\ncheck({row['entry_point']})\n"
        prompt = row["prompt"]
        solution = prompt + row["canonical_solution"]
        return Problem(row["task_id"], tests, solution, script, prompt.count("\n"))
    tests = {key: row[key] for key in ("test_list", "test_setup_code")}
    script = "\n".join([row["test_setup_code"], *row["test_list"]]) + "\n"
    return Problem(f"MBPP/{row['task_id']}", tests, row["code"].replace("\r\n", "\n"), script)


def _figures(name: str, problems: list[Problem], mutants: int, tools: Workbench) -> list[Figure]:
    kinds = {"solution": 0, "empty body": 0, "mutant": 0}
    asked, disagreed, methods, null = dict(kinds), dict(kinds), dict[str, int](), 0
    accepted = dict(kinds)
    programs = [(p, kind, code) for p in problems for kind, code in _programs(p, mutants)]
    with ThreadPoolExecutor(2) as pool:
        truths = pool.map(lambda one: _holds(one[2], one[0].script), programs)
        for (problem, kind, code), truth in zip(programs, truths, strict=True):
            found = _judged(problem, code, tools)
            asked[kind] += 1
            accepted[kind] += found.score == 1
            null += found.score is None
            if kind == "solution":
                method = str(found.evidence.get("method"))
                methods[method] = methods.get(method, 0) + 1
            if (found.score == 1) is not truth:
                disagreed[kind] += 1
                _tell(problem, kind, code, found, truth=truth)
    own = sum(_holds(p.solution, p.script) for p in problems)
    return [
        Figure(f"{name}: suites", len(problems), "suites"),
        *(Figure(f"{name}: judged by {m}", n, "suites") for m, n in sorted(methods.items())),
        Figure(f"{name}: own solutions accepted", accepted["solution"], "suites", at_least=own),
        *(Figure(f"{name}: {kind} asked about", n, "programs") for kind, n in asked.items()),
        *(
            Figure(f"{name}: {kind} judged otherwise than by a plain run", n, "programs", at_most=0)
            for kind, n in disagreed.items()
        ),
        Figure(f"{name}: without a score", null, "programs", at_most=0),
    ]


def _programs(problem: Problem, mutants: int) -> Iterator[tuple[str, str]]:
    yield "solution", problem.solution
    yield "empty body", _emptied(problem.solution)
    every = _mutations(problem.solution, problem.given_lines)
    chosen = random.Random(problem.name).sample(every, min(mutants, len(every)))  # noqa: S311 - no secret
    for mutant in chosen:
        yield "mutant", mutant


def _emptied(source: str) -> str:
    """The same functions and classes, whose bodies do nothing."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.body = [ast.Pass()]
    return ast.unparse(tree)


def _mutations(source: str, given_lines: int) -> list[str]:
    """The source with one token changed, in every way there is after so many lines."""
    lines = source.splitlines(keepends=True)
    found = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        other = _SWAPS.get(token.string)
        if token.type == tokenize.NUMBER and token.string.isdigit():
            other = str(int(token.string) + 1)
        if other is not None and token.start[0] > given_lines:
            row, start = token.start
            line = lines[row - 1]
            changed = line[:start] + other + line[token.end[1] :]
            found.append("".join([*lines[: row - 1], changed, *lines[row:]]))
    return found


def _holds(source: str, script: str) -> bool:
    """Whether the suite passes in a process of this host."""
    # The hash seed is fixed, because some solutions depend on the order of a set.
    argv = [sys.executable, "-c", f"{_LIMITED}\n{source}\n\n{script}"]
    try:
        ended = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TRUSTED_WALL_SECONDS,
            check=False,
            env={"PYTHONHASHSEED": "0"},
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0


def _judged(problem: Problem, code: str, tools: Workbench) -> Judgement:
    completion = parse(f"```python\n{code}\n```")
    subject = Subject(completion, Reference(tests=problem.tests), ExtractionRules())
    return CHECK.judge(subject, CHECK.params(), tools)


def _tell(problem: Problem, kind: str, code: str, found: Judgement, *, truth: bool) -> None:
    told = {
        "problem": problem.name,
        "kind": kind,
        "plain_run_passes": truth,
        "outcome": found.outcome,
        "reason": found.reason,
        "evidence": found.evidence,
        "code": code,
    }
    print(json.dumps(told), file=sys.stderr)


if __name__ == "__main__":
    main()
