"""What the documents say is so: the recipe builds what it promises, and what is named is there."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.trees import ROOT, clean_environment, copy_of

RECIPE = ROOT / "docs" / "adding-a-capability.md"
PAGES = ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/adding-a-capability.md"]
PARTS = ["bot", "handlers", "schedules", "storage", "tests", "pyproject.toml", "Makefile", "requirements.lock"]

_FENCE = re.compile(r"(?:^`(?P<file>[^`\n]+)`:\n)?^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.M | re.S)
_CODE = re.compile(r"`([^`\n]+)`")
_TARGET = re.compile(r"^make ([a-z-]+)", re.M)
_LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")
_A_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")
_FILE_ENDINGS = {".py", ".md", ".toml", ".example", ".lock", ".png", ".po", ".pot", ".mako", ".json", ".yaml"}


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the recipe: the content of a file, or commands."""

    file: str | None
    language: str
    body: str


def blocks_of(page: Path) -> list[Block]:
    found = _FENCE.finditer(page.read_text(encoding="utf-8"))
    return [Block(one["file"], one["language"], one["body"]) for one in found]


@pytest.mark.process
def test_the_recipe_builds_a_capability_that_works(tmp_path: Path) -> None:
    """Every block in its order: files are written, commands are run as they stand."""
    tree = copy_of(tmp_path / "tree", PARTS)
    (tree / ".venv").symlink_to(sys.prefix)
    for block in blocks_of(RECIPE):
        if block.file is not None:
            assert not (tree / block.file).exists(), f"{block.file} is there already"
            (tree / block.file).write_text(block.body, encoding="utf-8")
        for line in block.body.splitlines() if block.language == "sh" else ():
            run_in(tree, line)
    written = [path.name for path in (tree / "storage" / "migrations" / "versions").glob("*_kudos.py")]
    assert len(written) == 1
    assert "is thanked" in (tree / "bot/locales/baraza.pot").read_text(encoding="utf-8")


def run_in(tree: Path, line: str) -> None:
    """Run one command of the recipe; the environment that make would build anew is taken as it is."""
    words = line.split()
    if words[0] == "make":
        words[1:1] = ["--old-file=.venv/.ready", "--no-print-directory"]
    run = subprocess.run(words, cwd=tree, env=clean_environment(), capture_output=True, text=True, timeout=540)
    assert run.returncode == 0, f"{line}\n{run.stdout}\n{run.stderr}"


def test_the_recipe_is_made_of_files_and_commands() -> None:
    blocks = blocks_of(RECIPE)
    assert [block.file for block in blocks if block.language == "python"] == [
        "storage/kudos.py",
        "handlers/kudos.py",
        "schedules/kudos_summary.py",
        "tests/handlers/test_kudos.py",
    ]
    assert all(block.language == "sh" for block in blocks if block.file is None)


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    made = {block.file for block in blocks_of(RECIPE)}
    prose = _FENCE.sub("", text)
    named = {name.strip() for name in _CODE.findall(prose)} | set(_LINK.findall(prose))
    paths = {name for name in named if _is_a_path(name)}
    missing = {path for path in paths - made if not _there(path, page)}
    assert paths
    assert not missing


def _is_a_path(name: str) -> bool:
    """Whether a name in code type means a file or folder of the project."""
    if _A_PATH.fullmatch(name) is None or name.startswith(("/", "http")):
        return False
    return name.endswith("/") or Path(name).suffix in _FILE_ENDINGS or name in {"Makefile", "LICENSE"}


def _there(path: str, page: str) -> bool:
    """Paths are meant from the root, and links from their page; a bare name may lie anywhere in the code."""
    if (ROOT / path).exists() or (ROOT / page).parent.joinpath(path).exists():
        return True
    return "/" not in path and any(any((ROOT / part).rglob(path)) for part in ("bot", "storage", "tests"))


@pytest.mark.parametrize("page", [*PAGES, "CHANGELOG.md"])
def test_every_make_target_that_a_page_names_exists(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    named = set(_TARGET.findall("\n".join(_commands((ROOT / page).read_text(encoding="utf-8")))))
    assert named <= targets


def _commands(text: str) -> list[str]:
    blocks = [one["body"] for one in _FENCE.finditer(text)]
    return blocks + _CODE.findall(_FENCE.sub("", text))


def test_every_setting_is_explained_and_every_explained_one_exists() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    names = [line.split("=")[0] for line in lines if line and not line.startswith("#")]
    assert sorted(names) == sorted(name.upper() for name in Settings.model_fields)
    assert all(before.startswith("#") for before, line in pairwise(lines) if "=" in line[:30])


def test_the_values_that_are_shown_are_those_that_count_without_them() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    shown = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    for name, value in shown.items():
        if value:
            assert str(Settings.model_fields[name.lower()].default) == value
