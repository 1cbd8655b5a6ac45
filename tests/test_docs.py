"""What the documentation shows runs, and what it names is there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
import yaml

from tests.conftest import API_KEY, ROOT, lacking
from verifier.settings import Settings
from verifier.spec import read_yaml
from verifier.trainers.base import ENVIRONMENT

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.bench.served import Served

EXAMPLE_URL = "http://127.0.0.1:8080"
README = ROOT / "README.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = sorted({*DOCUMENTS, *ROOT.glob("*.md"), *(ROOT / "examples").glob("*.md")})
SETTINGS = {f"VERIFIER_{name.upper()}" for name in Settings.model_fields}
NAMES = {*SETTINGS, *ENVIRONMENT.values()}

_BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<language>\w+)[^\n]*\n(?P<body>.*?)^(?P=indent)```",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(r"(?<!!)\[[^\]\[]*\]\((?P<target>[^)\s]+)\)|!\[[^\]]*\]\((?P<image>[^)\s]+)\)")
_NAME = re.compile(r"VERIFIER_[A-Z0-9_]*[A-Z0-9]")
_MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:root|home|Users)/\w+")


@dataclass(frozen=True)
class Block:
    """A fenced block of a document."""

    document: Path
    line: int
    language: str
    body: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"


def blocks_of(document: Path) -> list[Block]:
    """The fenced blocks of a document that name a language."""
    text = document.read_text(encoding="utf-8") if document.exists() else ""
    return [
        Block(
            document,
            text.count("\n", 0, found.start()) + 1,
            found["language"],
            textwrap.dedent(found["body"]),
        )
        for found in _BLOCK.finditer(text)
    ]


BLOCKS = [block for document in DOCUMENTS for block in blocks_of(document)]
PYTHON = [block for block in BLOCKS if block.language == "python"]
SPECS = [
    block
    for block in BLOCKS
    if block.language == "yaml" and re.search(r"^checks:", block.body, re.MULTILINE)
]
YAML = [block for block in BLOCKS if block.language == "yaml"]
JSON = [block for block in BLOCKS if block.language == "json"]


def prose_of(document: Path) -> str:
    """A document without its fenced blocks."""
    return re.sub(
        r"^ *```.*?^ *```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )


def tracked() -> list[Path]:
    """Every file under git that is text."""
    argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(argv, cwd=ROOT, capture_output=True, timeout=60, check=True)
    except (OSError, subprocess.CalledProcessError):
        lacking("a git checkout")
        raise
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_there_is_a_readme_with_something_to_run() -> None:
    assert README.exists()
    assert blocks_of(README)


@pytest.mark.service
@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_python_runs(
    block: Block, service: Served, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if "backends.docker" in block.body:
        request.getfixturevalue("docker_engine")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", block.body.replace(EXAMPLE_URL, service.url)],
        cwd=tmp_path,
        env={**os.environ, "VERIFIER_API_KEY": API_KEY},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_python_holds_no_secret(block: Block) -> None:
    assert 'api_key="' not in block.body.replace(" ", "")


@pytest.mark.parametrize("block", SPECS, ids=str)
def test_a_spec_compiles(block: Block) -> None:
    assert read_yaml(block.body).steps


@pytest.mark.parametrize("block", YAML, ids=str)
def test_yaml_can_be_read(block: Block) -> None:
    assert yaml.safe_load(block.body) is not None


@pytest.mark.parametrize("block", JSON, ids=str)
def test_json_can_be_read(block: Block) -> None:
    assert json.loads(block.body) is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    targets = [found["target"] or found["image"] for found in _LINK.finditer(prose_of(page))]
    paths = [unquote(t.partition("#")[0]) for t in targets if not re.match(r"[a-z]+:|#", t)]
    if not (ROOT / "sandbox").is_dir():  # where the wheel is tested
        paths = [path for path in paths if not path.startswith(("sandbox/", "verifier/"))]
    assert [path for path in paths if not (page.parent / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_anchor_leads_to_a_heading(page: Path) -> None:
    missing = []
    for found in _LINK.finditer(prose_of(page)):
        path, _, anchor = (found["target"] or found["image"]).partition("#")
        document = page.parent / unquote(path) if path else page
        if anchor and ":" not in path and document.suffix == ".md" and document.exists():
            headings = re.findall(r"^#+ +(.*)$", prose_of(document), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
            if anchor not in slugs:
                missing.append(found.group())
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_setting_that_is_named_exists(page: Path) -> None:
    assert set(_NAME.findall(page.read_text(encoding="utf-8"))) <= NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_setting_is_documented(name: str) -> None:
    document = ROOT / "docs" / "settings.md"
    assert document.exists(), "docs/settings.md is not written yet"
    assert name in _NAME.findall(document.read_text(encoding="utf-8"))


def test_no_file_names_a_path_of_one_machine() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        if "programs" in path.parts:
            continue  # attacks name paths on purpose
        found += [f"{path.relative_to(ROOT)}: {hit}" for hit in _MACHINE_PATH.findall(text)]
    assert found == []
