r"""Agreement with labels, through HTTP: `python bench/agreement.py rollouts.jsonl golds.jsonl`.

The first file has `completion`, `reference` and `label` (whether it is right) on each line; the
second has `gold`, `answer` and `equal`. Golds are asked bare and wrapped in `$..$`, `\(..\)` and
`\boxed{..}`. Every disagreement goes to standard error, the figures to standard output.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from verifier.bench import Figure, to_json
from verifier.bench.served import served
from verifier.client import Client
from verifier.model import Reference, Reward, Rollout

WRAPPINGS = ("{}", "${}$", r"\({}\)", r"\boxed{{{}}}")
GOAL = 0.995


def main() -> None:
    """Ask the service about both files."""
    rollouts, golds = (_rows(Path(name)) for name in sys.argv[1:3])
    with served() as service, Client(service.url) as client:
        figures = [*_labels(client, rollouts), *_golds(client, golds)]
    print(to_json(figures))


def _labels(client: Client, rows: list[dict[str, object]]) -> list[Figure]:
    rewards = _ask(client, [(str(r["reference"]), str(r["completion"])) for r in rows])
    disagreed = 0
    for row, reward in zip(rows, rewards, strict=True):
        if (reward.reward == 1) is not row["label"]:
            disagreed += 1
            _tell(row, reward)
    return [
        Figure("labelled rollouts", len(rows), "rollouts"),
        Figure("agreement with labels", 1 - disagreed / len(rows), "share", at_least=GOAL),
    ]


def _golds(client: Client, rows: list[dict[str, object]]) -> list[Figure]:
    figures = []
    for equal in (True, False):
        chosen = [row for row in rows if row["equal"] is equal]
        asked = [(w.format(r["gold"]), str(r["answer"])) for w in WRAPPINGS for r in chosen]
        rewards = _ask(client, asked)
        right = sum(reward.reward == equal for reward in rewards)
        null = sum(reward.reward is None for reward in rewards)
        for (gold, answer), reward in zip(asked, rewards, strict=True):
            if reward.reward != equal:
                _tell({"gold": gold, "answer": answer, "equal": equal}, reward)
        if equal:
            name = f"{len(chosen)} golds in {len(WRAPPINGS)} writings against their own box, missed"
            figures += [
                Figure(name, len(asked) - right, "golds", at_most=0),
                Figure("of these without a score", null, "golds", at_most=0),
            ]
        else:
            name = f"{len(chosen)} false pairs in {len(WRAPPINGS)} writings, accepted"
            figures.append(Figure(name, sum(r.reward == 1 for r in rewards), "pairs", at_most=0))
    return figures


def _ask(client: Client, pairs: list[tuple[str, str]]) -> tuple[Reward, ...]:
    rollouts = [Rollout(completion=text, reference=Reference(value=gold)) for gold, text in pairs]
    return client.score(rollouts, spec="math").rewards


def _rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _tell(row: dict[str, object], reward: Reward) -> None:
    print(json.dumps(row), reward.model_dump_json(include={"reward", "verdicts"}), file=sys.stderr)


if __name__ == "__main__":
    main()
