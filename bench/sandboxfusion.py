"""Programs in our sandboxes beside a running SandboxFusion: python bench/sandboxfusion.py URL.

Start it by hand, on loopback; `--lite URL` is a second one with `isolation: lite`. Help it: its
`python` should be the system's, with the numpy of the sandbox image; no conda activation (a
`bin/activate` that only sets PATH, above its virtual environment, with a folder `condabin` beside
it); a HOME without .bashrc. For its lite mode cgroup-tools, iproute2, and a `sudo` that only execs.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import sys
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from verifier.bench import Figure, to_json
from verifier.bench.samples import ours, samples
from verifier.bench.turns import by_turns
from verifier.sandboxes import open_pool
from verifier.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verifier.bench.samples import Sample

OURS = "ours"
NONE = "isolation none"
LITE = "isolation lite"
SLOTS = 2
TIMEOUT_SECONDS = 120
GOALS = {
    ("print(1)", NONE): 8,
    ("stdin program", NONE): 8,
    ("numpy program", NONE): 25,
    ("print(1)", LITE): 60,
    ("stdin program", LITE): 60,
}


def theirs(url: str, sample: Sample) -> Callable[[], int]:
    """One POST /run_code for each input, as trainers do it, on a kept connection per thread."""
    cases = itertools.cycle(sample.cases)
    address = urlsplit(url)
    here = threading.local()

    def once() -> int:
        stdin, stdout = next(cases)
        order = {"code": sample.source, "language": "python", "run_timeout": 20}
        body = json.dumps({**order, "stdin": stdin.decode()} if stdin else order)
        if not hasattr(here, "http"):
            here.http = http.client.HTTPConnection(
                address.hostname or "", address.port, timeout=TIMEOUT_SECONDS
            )
        here.http.request("POST", "/run_code", body, {"Content-Type": "application/json"})
        answer = json.loads(here.http.getresponse().read())
        if answer["status"] != "Success" or answer["run_result"]["stdout"].encode() != stdout:
            raise AssertionError(answer)
        return 1

    return once


def measure(urls: dict[str, str], clients: int, seconds: float, turns: int) -> Iterator[Figure]:
    """Each sample by turns, ours first."""
    with open_pool(Settings(), SLOTS) as pool:
        for name, sample in samples().items():
            ways = {OURS: ours(pool, sample)}
            ways |= {way: theirs(url, sample) for way, url in urls.items()}
            timed = by_turns(ways, clients=clients, seconds=seconds, turns=turns)
            for way, one in timed.items():
                yield from one.figures(f"{name}, {way}")
            mine = timed.pop(OURS)
            for way, other in timed.items():
                goal = GOALS.get((name, way))
                yield Figure(f"{name}, ours / {way}", mine.times(other), "times", at_least=goal)


def main() -> None:
    """Print the figures as JSON; exit with 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="a SandboxFusion with isolation: none")
    parser.add_argument("--lite", metavar="URL", help="one with isolation: lite")
    parser.add_argument("--clients", type=int, default=SLOTS, help="threads that ask")
    parser.add_argument("--seconds", type=float, default=2.0, help="of a turn")
    parser.add_argument("--turns", type=int, default=5, help="for each of them")
    given = parser.parse_args()
    urls = {NONE: given.url} | ({LITE: given.lite} if given.lite else {})
    rows = list(measure(urls, given.clients, given.seconds, given.turns))
    print(to_json(rows))
    if any(row.met is False for row in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
