r"""Real trainers' own code, rewarded by a running service: `make trainers`.

Each `check_<name>.py` runs in an environment with that trainer's packages, which is made once and
kept in the cache folder. Nothing here is part of the test suite: torch alone takes a minute and a
gigabyte.

    python bench/trainers                     # all
    python bench/trainers trl verl            # some
    python bench/trainers trl --python /path/to/an/environment/bin/python
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from verifier.bench.served import served

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "rollout-verifier"
CLIENT = ("httpx2>=2.16,<3", "pydantic>=2.14,<3")


@dataclass(frozen=True)
class Environment:
    """What to install: packages with what they need, and packages alone."""

    whole: tuple[str, ...]
    alone: tuple[str, ...] = ()
    least: tuple[int, int] = (3, 11)
    """The oldest Python that the trainer runs on."""

    @property
    def folder(self) -> Path:
        """Where it is kept; another list of packages is another folder."""
        digest = hashlib.sha256(repr(self).encode()).hexdigest()[:12]
        return CACHE / f"trainers-{digest}"

    def python(self) -> Path:
        """Its interpreter, installed where it is not there yet."""
        ready = self.folder / "ready"
        python = self.folder / "bin" / "python"
        if not ready.exists():
            pip = [str(python), "-m", "pip", "install", "--quiet"]
            subprocess.run([sys.executable, "-m", "venv", str(self.folder)], check=True)
            subprocess.run([*pip, *CLIENT, *self.whole], check=True)
            if self.alone:
                subprocess.run([*pip, "--no-deps", *self.alone], check=True)
            ready.touch()
        return python


WITH_TORCH = Environment(
    (
        *("torch==2.13.0", "transformers==5.24.0", "trl==1.16.0", "peft", "datasets", "numpy"),
        *("ray", "tensordict", "omegaconf", "hydra-core", "codetiming", "cachetools", "orjson"),
        *("pyvers", "pylatexenc", "modelscope", "addict", "simplejson", "json_repair", "dacite"),
        *("pillow", "aiohttp", "requests"),
    ),
    # Their own lists of requirements ask for CUDA, vLLM and each other's rivals.
    ("verl==0.9.1", "openrlhf==0.11.2", "ms-swift==4.6.0"),
)
CHECKS = {
    "trl": WITH_TORCH,
    "verl": WITH_TORCH,
    "openrlhf": WITH_TORCH,
    "ms_swift": WITH_TORCH,
    "areal": Environment((), ("areal==1.0.4",)),
    "skyrl_gym": Environment(("skyrl-gym==0.4.0",)),
    "atropos": Environment((), ("atroposlib==0.4.0",)),
    "verifiers_rubric": Environment(("verifiers==0.4.0",), least=(3, 12)),
}


def main() -> int:
    """Run the checks that were asked for; how many failed."""
    parser = argparse.ArgumentParser(description="Real trainers against a running service.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CHECKS)}")
    parser.add_argument("--python", type=Path, help="an environment that has the packages already")
    arguments = parser.parse_args()
    failed = 0
    with served(VERIFIER_WORK="rules") as service:
        for name in arguments.names or CHECKS:
            if arguments.python is None and sys.version_info < CHECKS[name].least:
                print(f"{name:17}  SKIPPED: needs Python {CHECKS[name].least}", flush=True)
                continue
            python = arguments.python or CHECKS[name].python()
            started = time.perf_counter()
            ended = subprocess.run(
                [str(python), "-W", "ignore", str(HERE / f"check_{name}.py")],
                env={
                    **os.environ,
                    "PYTHONPATH": str(HERE.parents[1]),
                    "VERIFIER_URL": service.url,
                    "HF_HUB_OFFLINE": "1",
                },
                capture_output=True,
                text=True,
                check=False,
            )
            seconds = time.perf_counter() - started
            verdict = ended.stdout.strip().rpartition("\n")[2] if not ended.returncode else "FAILED"
            print(f"{name:17} {seconds:6.1f} s  {verdict}", flush=True)
            if ended.returncode:
                failed += 1
                print(ended.stderr[-3000:], file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main())
