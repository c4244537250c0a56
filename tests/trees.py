"""Copies of the project's own tree, for tests that break it or build something in it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from shutil import copy2

ROOT = Path(__file__).parent.parent


def files_of(*parts: str) -> list[Path]:
    """The files of these folders and files, relative to the root: what git tracks, and what is new and not ignored.

    Without git (an unpacked archive has none) it is whatever lies there.
    """
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *parts]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0:
        found = [Path(name) for name in listed.stdout.split("\0") if name]
    else:
        found = [path.relative_to(ROOT) for part in parts for path in _below(ROOT / part)]
    return sorted(path for path in found if (ROOT / path).is_file())


def _below(path: Path) -> list[Path]:
    return [one for one in path.rglob("*") if "__pycache__" not in one.parts] if path.is_dir() else [path]


def copy_of(folder: Path, parts: Sequence[str]) -> Path:
    """A copy of these parts of the tree in ``folder``, with the times of the files, which caches go by."""
    for path in files_of(*parts):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        copy2(ROOT / path, target)
    return folder


def clean_environment() -> dict[str, str]:
    """The environment without what this test run has put there about itself."""
    ours = ("PYTEST_", "COV_", "COVERAGE_", "MAKE", "MFLAGS")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
