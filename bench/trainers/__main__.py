r"""Real trainers' own code, rewarded by a running service: `make trainers`.

Each `check_<name>.py` runs in an environment with that trainer's packages, which its head declares.

    python bench/trainers                     # all
    python bench/trainers trl verl            # some
    python bench/trainers trl --python /path/to/an/environment/bin/python
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from environments import Environment, Missing

from verifier.bench.served import served

HERE = Path(__file__).parent
CHECKS = sorted(path.stem.removeprefix("check_") for path in HERE.glob("check_*.py"))
SKIPPED = 3
IMAGE = os.environ.get("VERIFIER_SANDBOX_IMAGE", "rollout-verifier-sandbox:full")


def main() -> int:
    """Run the checks that were asked for; 1 if one failed, else 3 if none ran, else 0."""
    parser = argparse.ArgumentParser(description="Real trainers against a running service.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CHECKS)}")
    parser.add_argument("--python", type=Path, help="an environment that has the packages already")
    parser.add_argument("--kept", action="store_true", help="only environments that are made")
    arguments = parser.parse_args()
    passed = failed = 0
    for name in arguments.names or CHECKS:
        started = time.perf_counter()
        try:
            verdict, ended = check(name, arguments.python, kept=arguments.kept)
        except Missing as missing:
            print(f"{name:17} SKIPPED: {missing}", flush=True)
            continue
        passed, failed = passed + (not ended), failed + bool(ended)
        print(f"{name:17} {time.perf_counter() - started:6.1f} s  {verdict}", flush=True)
    return 1 if failed else 0 if passed else SKIPPED


def check(name: str, python: Path | None, *, kept: bool) -> tuple[str, int]:
    """What a check says at its end, and its exit status.

    Raises:
        Missing: this machine has not what it needs.
    """
    path = HERE / f"check_{name}.py"
    environment = Environment.of(path)
    sources = environment.sources()
    if kept and python is None and not environment.ready:
        raise Missing("its environment is not made yet; `make trainers` does")
    if python is None and not environment.ready:
        print(f"{name:17} its packages are installed first …", file=sys.stderr, flush=True)
    python = python or environment.python()
    # The image with every language, where an engine has it; else what is installed here.
    with served(VERIFIER_WORK=environment.work, VERIFIER_SANDBOX_IMAGE=IMAGE) as service:
        ended = subprocess.run(
            [str(python), "-W", "ignore", str(path)],
            env={
                **os.environ,
                "PYTHONPATH": str(HERE.parents[1]),
                "VERIFIER_URL": service.url,
                "HF_HUB_OFFLINE": "1",
                **({"CHECKOUT": str(sources)} if sources else {}),
            },
            capture_output=True,
            text=True,
            check=False,
        )
    if ended.returncode:
        print(ended.stdout[-1000:], ended.stderr[-3000:], sep="\n", file=sys.stderr)
        return "FAILED", ended.returncode
    return ended.stdout.strip().rpartition("\n")[2], 0


if __name__ == "__main__":
    sys.exit(main())
