r"""Golds of public data sets against their own `\boxed{gold}`, through HTTP.

    python bench/golds.py DIR [--cross N] [--peer PYTHON] [--failures FILE] [--accepted FILE]

DIR holds JSONL files with `gold` and `dataset` on each line. Every gold is asked bare and in `$..$`
(unless it has dollar signs of its own). `--cross` asks N pairs of different golds of one data set
that were read as the same type, half of them near neighbours, and writes to `--accepted` those that
count as equal, for people to look at. `--peer` is a Python that has Math-Verify, which is asked the
same as TRL asks it. The table goes to standard error, the figures to standard output.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import re
import subprocess
import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from gold_classes import class_of
from rich.console import Console
from rich.progress import track
from rich.table import Table

from verifier.bench import Figure, to_json
from verifier.bench.served import served
from verifier.client import Client
from verifier.lint.probes import Probe, probes
from verifier.lint.report import Report
from verifier.lint.rows import Row
from verifier.math.lexemes import join
from verifier.math.spelling import spell
from verifier.model import Reference, Reward, Rollout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WAYS = {"bare": "{}", "in $": "${}$"}
GOAL = 0.999
_BATCH = 1_024
_DEADLINE_SECONDS = 600.0
_SEED = 20
_STEPS = (1, 2, 3)
_PEER = Path(__file__).with_name("gold_peer.py")


@dataclass(slots=True)
class Gold:
    """A gold, the data set that it was first seen in, and what was said of each writing."""

    text: str
    dataset: str
    ours: dict[str, Reward] = field(default_factory=dict)
    peer: dict[str, str] = field(default_factory=dict)

    def written(self, way: str) -> str | None:
        """The gold in one of `WAYS`; None where dollar signs of its own forbid that."""
        return None if way != "bare" and "$" in self.text else WAYS[way].replace("{}", self.text)

    @property
    def boxed(self) -> str:
        """The completion that a gold is asked about."""
        return f"\\boxed{{{self.text}}}"


def main() -> None:
    """Ask the service about every gold, and about pairs of them."""
    args = _arguments()
    golds = list(_read(args.directory))
    with served() as service, Client(service.url) as client:
        _ask_ours(client, golds)
        figures = [*_figures(golds), *_lint(client, golds, args.failures)]
        if args.cross:
            figures += _cross(client, golds, args.cross, args.accepted)
    if args.peer:
        sample = random.Random(_SEED).sample(golds, min(args.sample, len(golds)))  # noqa: S311 - a fixed sample, no secret
        _ask_peer(args.peer, sample, args.peer_seconds, args.peer_workers)
        figures += _peer_figures(sample)
    Console(stderr=True, width=160).print(_table(golds))
    print(to_json(figures))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--failures", type=Path, help="JSONL of golds that are not equal")
    parser.add_argument("--cross", type=int, default=0, help="pairs of different golds")
    parser.add_argument("--accepted", type=Path, help="JSONL of such pairs that are equal")
    parser.add_argument("--peer", help="a Python that can import math_verify")
    parser.add_argument("--sample", type=int, default=2_000, help="golds that the peer is asked")
    parser.add_argument("--peer-seconds", type=float, default=900.0)
    parser.add_argument("--peer-workers", type=int, default=2)
    return parser.parse_args()


def _read(directory: Path) -> Iterator[Gold]:
    """Every distinct gold of the directory's files, in the order of their names."""
    seen: set[str] = set()
    for path in sorted(directory.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row["gold"] not in seen:
                    seen.add(row["gold"])
                    yield Gold(row["gold"], row["dataset"])


def _score(client: Client, asked: Iterable[tuple[str, str]]) -> Iterator[Reward]:
    rest = iter(asked)
    while some := list(islice(rest, _BATCH)):
        rollouts = [
            Rollout(completion=text, reference=Reference(value=gold)) for gold, text in some
        ]
        yield from client.score(rollouts, spec="math", deadline_seconds=_DEADLINE_SECONDS).rewards


def _ask_ours(client: Client, golds: list[Gold]) -> None:
    asked = [(gold, way) for gold in golds for way in WAYS if gold.written(way) is not None]
    pairs = ((gold.written(way) or "", gold.boxed) for gold, way in asked)
    rewards = track(_score(client, pairs), "golds", total=len(asked), console=Console(stderr=True))
    for (gold, way), reward in zip(asked, rewards, strict=True):
        gold.ours[way] = reward


def _figures(golds: list[Gold]) -> Iterator[Figure]:
    yield Figure("distinct golds", len(golds), "golds", at_least=15_000)
    for way in WAYS:
        rewards = [gold.ours[way] for gold in golds if way in gold.ours]
        equal = sum(reward.reward == 1 for reward in rewards)
        invalid = sum(reward.reward is None for reward in rewards)
        yield Figure(f"asked {way}", len(rewards), "golds")
        yield Figure(f"equal to itself, {way}", equal / len(rewards), "share", at_least=GOAL)
        yield Figure(f"not equal to itself, {way}", len(rewards) - equal - invalid, "golds")
        yield Figure(f"reference invalid, {way}", invalid, "golds")


def _lint(client: Client, golds: list[Gold], failures: Path | None) -> Iterator[Figure]:
    """Whether `verifier lint` names each gold that is not equal to itself; writes them down."""
    failed = [
        (gold, way, reward)
        for gold in golds
        for way, reward in gold.ours.items()
        if reward.reward != 1
    ]
    with contextlib.ExitStack() as stack:
        sink = stack.enter_context(failures.open("w", encoding="utf-8")) if failures else None
        unnamed = 0
        for number, (gold, way, reward) in enumerate(failed):
            reference = gold.written(way) or ""
            row = Row(number, Reference(value=reference))
            asked: list[Probe] = list(probes(row, "boxed"))
            answers = _score(client, ((reference, probe.completion) for probe in asked))
            report = Report({verdict.check for verdict in reward.verdicts})
            report.add(row, dict(zip(asked, answers, strict=True)))
            found = report.as_json()["findings"]
            named = (
                [str(one["code"]) for one in found if isinstance(one, dict)]
                if isinstance(found, list)
                else []
            )
            unnamed += not named
            if sink:
                verdict = reward.verdicts[0] if reward.verdicts else None
                told = {
                    "reference": reference,
                    "dataset": gold.dataset,
                    "class": class_of(gold.text),
                    "way": way,
                    "outcome": str(verdict.outcome) if verdict else str(reward.status),
                    "reason": verdict.reason if verdict else reward.reason,
                    "evidence": verdict.evidence if verdict else {},
                    "lint": named,
                }
                sink.write(json.dumps(told, ensure_ascii=False) + "\n")
    yield Figure("of these not named by lint", unnamed, "golds", at_most=0)


def _cross(
    client: Client, golds: list[Gold], number: int, accepted: Path | None
) -> Iterator[Figure]:
    """Pairs of different golds; those that count as equal are for people to judge."""
    pairs = _pairs(golds, number)
    rewards = _score(client, ((one.text, other.boxed) for one, other in pairs))
    equal = []
    tracked = track(rewards, "pairs", total=len(pairs), console=Console(stderr=True))
    for (one, other), reward in zip(pairs, tracked, strict=True):
        if reward.reward == 1:
            step = str(reward.verdicts[0].evidence.get("step", ""))
            equal.append(
                {"dataset": one.dataset, "gold": one.text, "answer": other.text, "step": step}
            )
    if accepted:
        lines = (json.dumps(pair, ensure_ascii=False) + "\n" for pair in equal)
        accepted.write_text("".join(lines), encoding="utf-8")
    yield Figure("pairs of different golds", len(pairs), "pairs")
    yield Figure("of these equal, to be looked at", len(equal), "pairs")


def _pairs(golds: list[Gold], number: int) -> list[tuple[Gold, Gold]]:
    """Pairs of one data set and type whose canonical text differs: at random, and neighbours."""
    groups: defaultdict[tuple[str, str], list[tuple[str, Gold]]] = defaultdict(list)
    for gold in golds:
        reward = gold.ours["bare"]
        kind = str(reward.verdicts[0].evidence.get("gold_type", "")) if reward.verdicts else ""
        if reward.reward == 1 and kind:
            groups[gold.dataset, kind].append((join(spell(gold.text)), gold))
    dice = random.Random(_SEED)  # noqa: S311 - a fixed sample, no secret
    near: list[tuple[Gold, Gold]] = []
    for group in groups.values():
        ordered = sorted(group, key=lambda member: (re.findall(r"\d+", member[0]), member[0]))
        near += [
            (one[1], other[1])
            for step in _STEPS
            for one, other in zip(ordered, ordered[step:], strict=False)
            if one[0] != other[0]
        ]
    chosen = dice.sample(near, min(number // 2, len(near)))
    large = [group for group in groups.values() if len(group) > 1]
    weights = [len(group) for group in large]
    while len(chosen) < number:
        (group,) = dice.choices(large, weights)
        one, other = dice.sample(group, 2)
        if one[0] != other[0]:
            chosen.append((one[1], other[1]))
    return chosen


def _ask_peer(python: str, golds: list[Gold], seconds: float, workers: int) -> None:
    """What Math-Verify says; what is not answered in time stays unasked."""
    asked = [(gold, way) for gold in golds for way in WAYS if gold.written(way) is not None]
    shares = [asked[start::workers] for start in range(workers)]
    threads = [threading.Thread(target=_peer_share, args=(python, s, seconds)) for s in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _peer_share(python: str, asked: list[tuple[Gold, str]], seconds: float) -> None:
    lines = [json.dumps([gold.written(way), gold.boxed]) + "\n" for gold, way in asked]
    with subprocess.Popen(
        [python, str(_PEER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        try:
            answers, _ = process.communicate("".join(lines))
        finally:
            timer.cancel()
    for (gold, way), answer in zip(asked, answers.splitlines(), strict=False):
        gold.peer[way] = answer


def _peer_figures(golds: list[Gold]) -> Iterator[Figure]:
    for way in WAYS:
        said = [gold.peer[way] for gold in golds if way in gold.peer]
        if said:
            yield Figure(f"Math-Verify asked {way}", len(said), "golds")
            share = said.count("equal") / len(said)
            yield Figure(f"Math-Verify: equal to itself, {way}", share, "share")
            yield Figure(f"Math-Verify: gold not parsed, {way}", said.count("skipped"), "golds")


def _table(golds: list[Gold]) -> Table:
    groups: defaultdict[str, list[Gold]] = defaultdict(list)
    for gold in golds:
        groups[class_of(gold.text)].append(gold)
    peer = any(gold.peer for gold in golds)
    table = Table("class", "golds", "share", title="golds that do not equal themselves")
    for way in WAYS:
        for name in (f"missed {way}", f"invalid {way}", *([f"peer {way}"] if peer else [])):
            table.add_column(name, justify="right")
    groups["all"] = golds
    for name, group in sorted(groups.items(), key=lambda item: -len(item[1])):
        cells = [name, str(len(group)), f"{len(group) / len(golds):.1%}"]
        for way in WAYS:
            outcomes = Counter(
                "equal" if g.ours[way].reward == 1 else str(g.ours[way].reward)
                for g in group
                if way in g.ours
            )
            invalid = outcomes["None"]
            cells += [str(outcomes.total() - outcomes["equal"] - invalid), str(invalid)]
            if peer:
                said = [g.peer[way] for g in group if way in g.peer]
                missed = len(said) - said.count("equal")
                cells.append(f"{missed / len(said):.0%}" if said else "")
        table.add_row(*cells)
    return table


if __name__ == "__main__":
    main()
