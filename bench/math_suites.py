r"""Math verdicts on the tests of public projects: `python bench/math_suites.py CHECKOUTS`.

CHECKOUTS has a folder `<owner>+<repository>` for each project (`suites/sources/` lists them; those
that are not there are left out). Their tests are read, not run. What a test says of a gold and an
answer is a labelled pair, which ours (the service, spec `math`) and public graders are asked. An
answer that is no whole completion is given to all as `\boxed{answer}`.

TUNED sources may be looked at; HELD-OUT ones are not, so that verdicts are not tuned to them. Those
OPENED were held out until a first measurement and have been looked at since. MODEL-LABELLED ones
have labels that a model gave. A pair that several sources have belongs to the first, and one that
has both labels to none. The peers `prm800k` and `Qwen2.5-Math` need `--peers-python`, an
interpreter with their requirements.

`suites/argued.jsonl` says of every disagreement with a TUNED or OPENED label why it stands, or that
ours falls short.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import track
from suites.counts import BY_MODEL, HELD_OUT, OPENED, OURS, TOTALS, TUNED, count, figures, table
from suites.graders import Memory, Peer, Verdict, ours
from suites.pairs import Pair, Skipped, distinct, write
from suites.peers import ELSEWHERE, PEERS
from suites.sources import sources

from verifier.bench import to_json

if TYPE_CHECKING:
    from suites.loading import Source

    from verifier.model import Reward

FOLDERS = {TUNED: "tuned", OPENED: "opened", HELD_OUT: "heldout", BY_MODEL: "heldout"}
ARGUED = Path(__file__).with_name("suites") / "argued.jsonl"
people = Console(stderr=True, width=200)


def main() -> None:
    """Print the figures as JSON; exit with 1 where a goal is missed."""
    given = _arguments()
    chosen = [one for one in sources() if not given.sources or one.name in given.sources]
    loaded = load(given.checkouts, chosen)
    if given.pairs:
        keep(given.pairs, loaded)
    pairs = [pair for _, found in loaded for pair in found]
    rewards = list(track(ours(pairs), "ours", len(pairs), console=people))
    verdicts: dict[str, list[Verdict]] = {
        OURS: [None if reward.reward is None else reward.reward == 1 for reward in rewards]
    }
    for name in given.only or PEERS:
        if name in PEERS and (name not in ELSEWHERE or given.peers_python):
            verdicts[name] = asked(name, pairs, given)
    groups = {source.name: (source.name, total(source)) for source, _ in loaded}
    counts = count(pairs, groups, verdicts)
    counts = dict(sorted(counts.items(), key=lambda item: item[0].split(",")[0] in TOTALS))
    shown = {one.name: total(one) for one in chosen if one.tuned or one.opened}
    differing = disagreements(pairs, rewards, set(shown))
    names = [str(row["source"]) for row in differing if row["argued"]]
    argued = Counter([*names, *(shown[name] for name in names if name in shown)])
    people.print(table(counts, argued))
    if given.disagreements:
        told = [row for row in differing if given.held_out or row["tuned"]]
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in told)
        given.disagreements.write_text("".join(lines), encoding="utf-8")
    rows = list(figures(counts))
    print(to_json(rows))
    if any(row.met is False for row in rows):
        sys.exit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkouts", type=Path, help="a folder of <owner>+<repository> folders")
    parser.add_argument(
        "--only", nargs="+", choices=[OURS, *PEERS], help="ask these; ours is always asked"
    )
    parser.add_argument("--sources", nargs="+", metavar="NAME", help="these only")
    parser.add_argument("--peers-python", metavar="PATH", help="for those with requirements")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keeps the verdicts of peers")
    parser.add_argument("--cap", type=float, default=30.0, help="seconds of a peer for a pair")
    parser.add_argument("--pairs", type=Path, metavar="DIR", help="writes the pairs as JSONL")
    parser.add_argument("--disagreements", type=Path, metavar="FILE", help="ours, as JSONL")
    parser.add_argument("--held-out", action="store_true", help="those of all sources in FILE")
    return parser.parse_args()


def total(source: Source) -> str:
    """The total that a source counts in."""
    if source.by_model:
        return BY_MODEL
    if source.opened:
        return OPENED
    return TUNED if source.tuned else HELD_OUT


def load(checkouts: Path, chosen: list[Source]) -> list[tuple[Source, list[Pair]]]:
    """The pairs of each source that is there; what it skipped is told."""
    found = [
        (source, list(source.load(checkouts / source.repository)))
        for source in chosen
        if (checkouts / source.repository).is_dir()
    ]
    labels: dict[str, set[bool]] = {}
    for _, items in found:
        for item in items:
            if isinstance(item, Pair):
                labels.setdefault(item.key, set()).add(item.equal)
    contested = {key for key, both in labels.items() if len(both) > 1}
    seen = set(contested)
    loaded = []
    for source, items in found:
        pairs = [item for item in items if isinstance(item, Pair)]
        kept = list(distinct(pairs, seen))
        skipped = Counter(item.why for item in items if isinstance(item, Skipped))
        disputed = sum(pair.key in contested for pair in pairs)
        skipped["has both labels"] = disputed
        skipped["seen before"] = len(pairs) - len(kept) - disputed
        why = ", ".join(f"{number} {reason}" for reason, number in skipped.items() if number)
        people.print(f"{total(source)} {source.name}: {len(kept)} pairs; skipped: {why or 'none'}")
        loaded.append((source, kept))
    return loaded


def keep(folder: Path, loaded: list[tuple[Source, list[Pair]]]) -> None:
    """Write the pairs of each source into the folder of its kind."""
    for source, pairs in loaded:
        name = source.name.replace("/", "_")
        write(folder / FOLDERS[total(source)] / f"{name}.jsonl", pairs)


def asked(name: str, pairs: list[Pair], given: argparse.Namespace) -> list[Verdict]:
    """A peer's verdicts on the pairs."""
    memory = Memory(given.cache, name)
    with Peer(name, given.checkouts, given.peers_python or "", given.cap) as peer:
        try:
            return [memory.verdict(pair, peer) for pair in track(pairs, name, console=people)]
        finally:
            memory.keep()


def disagreements(
    pairs: list[Pair], rewards: list[Reward], tuned: set[str]
) -> list[dict[str, object]]:
    """The pairs that ours says otherwise of, with why, and what we say against the label."""
    lines = ARGUED.read_text(encoding="utf-8").splitlines()
    against = {
        (row["source"], row["gold"], row["answer"]): row["why"]
        for row in map(json.loads, lines)
        if not row.get("falls_short")
    }
    found = []
    for pair, reward in zip(pairs, rewards, strict=True):
        if (reward.reward == 1) is pair.equal and reward.reward is not None:
            continue
        verdict = reward.verdicts[0] if reward.verdicts else None
        evidence = dict(verdict.evidence) if verdict else {}
        found.append(
            {
                "source": pair.source,
                "tuned": pair.source in tuned,
                "gold": pair.gold,
                "answer": pair.answer,
                "equal": pair.equal,
                "form": pair.form,
                "reward": reward.reward,
                "outcome": verdict and str(verdict.outcome),
                "reason": verdict.reason if verdict else reward.reason,
                "step": evidence.get("step"),
                "evidence": evidence,
                "origin": pair.origin,
                "argued": against.get((pair.source, pair.gold, pair.answer)),
            }
        )
    return found


if __name__ == "__main__":
    main()
