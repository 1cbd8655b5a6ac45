"""The main job on real input: start the service, score the example rollouts over HTTP, show them.

Needs nothing but this package: the queue is a private server that ends with the service.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from verifier.bench.served import served
from verifier.client import Client
from verifier.model import Rollout
from verifier.summary import Summary

ROLLOUTS = Path(__file__).with_name("rollouts.jsonl")
SHOWN_GROUPS = 3


def main() -> None:
    """Score, show a few groups, the summary, and the agreement with the labels."""
    console = Console()
    rows = [json.loads(line) for line in ROLLOUTS.read_text(encoding="utf-8").splitlines()]
    fields = ("id", "group", "prompt", "completion", "reference")
    rollouts = [Rollout.model_validate({name: row[name] for name in fields}) for row in rows]
    with console.status("starting the service"), served() as service:
        console.print(f"the service listens on {service.url}; POST {service.url}/v1/score")
        with Client(service.url) as client:
            started = time.perf_counter()
            rewards = client.score(rollouts, spec="r1").rewards
            seconds = time.perf_counter() - started
    summary = Summary()
    table = Table(box=box.SIMPLE)
    for heading in ("rollout", "question", "reference", "answer", "accuracy", "format", "reward"):
        table.add_column(heading, no_wrap=True)
    shown = {row["group"] for row in rows if row["label"]["correct"]}
    shown = set(sorted(shown)[:SHOWN_GROUPS])
    agreed: Counter[str] = Counter()
    for row, reward in zip(rows, rewards, strict=True):
        summary.add(reward.model_dump(mode="json"))
        accuracy, form = reward.verdicts
        agreed["correct"] += (accuracy.score == 1) == row["label"]["correct"]
        agreed["well_formed"] += (form.score == 1) == row["label"]["well_formed"]
        if row["group"] in shown:
            answer = str(accuracy.evidence.get("answer", ""))[:20]
            table.add_row(
                reward.id,
                row["prompt"].splitlines()[0][:24],
                row["reference"],
                Text(answer),
                str(accuracy.outcome),
                str(form.outcome),
                f"{reward.reward:g}",
            )
    console.print(table)
    console.print(summary.render())
    rate = len(rows) / seconds
    console.print(f"{len(rows)} rollouts over HTTP in {seconds:.2f} s ({rate:.0f}/s), spec r1")
    for name, number in agreed.items():
        console.print(f"agreement with the labels, {name}: {number / len(rows):.1%}")


if __name__ == "__main__":
    main()
