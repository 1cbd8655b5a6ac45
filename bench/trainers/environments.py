"""The environment that a check runs in, made once and kept in the cache folder.

A check declares it in its head, by the standard of inline script metadata
(https://packaging.python.org/en/latest/specifications/inline-script-metadata/).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "rollout-verifier"
CLIENT = ("httpx2>=2.16,<3", "pydantic>=2.14,<3")
_HEAD = re.compile(r"(?m)^# /// script$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
_UV = (sys.executable, "-m", "uv")
_OWN = {"checkout": None, "commit": None, "work": "rules"}
"""What a head says of its check alone, and what is so where it does not."""
_PYTHONS = ("3.11", "3.12", "3.13", "3.14")


class Missing(Exception):
    """Something that a check needs is not on this machine."""


@dataclass(frozen=True)
class Environment:
    """What a check needs."""

    whole: tuple[str, ...]
    """Packages, with what they need."""
    alone: tuple[str, ...]
    """Packages without what they need, where their own lists ask for CUDA and the like."""
    oldest: str
    """The oldest Python."""
    checkout: str | None
    """A repository on GitHub whose files it runs, for trainers that are no package."""
    commit: str | None
    work: str
    """What the service has to be able to do."""

    @classmethod
    def of(cls, check: Path) -> Self:
        """What the head of a check declares."""
        head = _HEAD.search(check.read_text(encoding="utf-8"))
        if head is None:
            raise ValueError(f"{check.name} does not say what it needs")
        lines = head.group("content").splitlines()
        declared = tomllib.loads("\n".join(line[2:] for line in lines))
        ours = declared.get("tool", {}).get("rollout-verifier", {})
        own = {name: ours.get(name, default) for name, default in _OWN.items()}
        if "like" in ours:  # the packages of another check, and so its folder
            return replace(cls.of(check.with_name(f"check_{ours['like']}.py")), **own)
        return cls(
            whole=tuple(declared["dependencies"]),
            alone=tuple(ours.get("alone", ())),
            oldest=declared["requires-python"].removeprefix(">="),
            **own,
        )

    @property
    def ready(self) -> bool:
        """Whether it has been made."""
        return (self._folder / "ready").exists()

    def python(self) -> Path:
        """Its interpreter; the packages are installed where they are not yet.

        Raises:
            Missing: no Python here is new enough.
        """
        python = self._folder / "bin" / "python"
        if not self.ready:
            install = [*_UV, "pip", "install", "--quiet", "--python", str(python)]
            # uv does not know pip's settings, such as a folder with a torch that is without CUDA.
            links = os.environ.get("UV_FIND_LINKS", os.environ.get("PIP_FIND_LINKS", ""))
            install += [part for link in links.split() for part in ("--find-links", link)]
            shutil.rmtree(self._folder, ignore_errors=True)
            subprocess.run(
                [*_UV, "venv", "--quiet", "--python", self._base, self._folder], check=True
            )
            subprocess.run([*install, *CLIENT, *self.whole], check=True)
            if self.alone:
                subprocess.run([*install, "--no-deps", *self.alone], check=True)
            (self._folder / "ready").touch()
        return python

    def sources(self) -> Path | None:
        """The checkout, where one is needed: TRAINER_CHECKOUTS/<owner>+<name>.

        Raises:
            Missing: it is not there.
        """
        if self.checkout is None:
            return None
        folder = os.environ.get("TRAINER_CHECKOUTS")
        found = Path(folder or ".") / self.checkout.replace("/", "+")
        if folder is None or not found.is_dir():
            raise Missing(
                f"needs a checkout of github.com/{self.checkout} at {self.commit} as "
                f"$TRAINER_CHECKOUTS/{found.name}"
            )
        return found.resolve()

    @cached_property
    def _base(self) -> str:
        if sys.version_info >= tuple(int(part) for part in self.oldest.split(".")):
            return str(Path(sys.executable).resolve())
        for version in _PYTHONS[_PYTHONS.index(self.oldest) :]:
            installed = [shutil.which(f"python{version}")]
            installed += map(str, Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
            for python in filter(None, installed):
                # A shim may stand there for a version that it then does not find.
                asked = subprocess.run([python, "--version"], capture_output=True, check=False)
                if not asked.returncode:
                    return python
        raise Missing(f"needs Python {self.oldest} or newer")

    @property
    def _folder(self) -> Path:
        """Another list of packages, or another Python, is another folder."""
        named = repr((self._base, self.whole, self.alone))
        return CACHE / f"trainers-{hashlib.sha256(named.encode()).hexdigest()[:12]}"
