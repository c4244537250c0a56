"""Every import contract forbids what it says: each is broken once in a copy of the tree, and must notice."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from tests.trees import ROOT, clean_environment, copy_of

LAYERS = "Layers: each part knows only what lies below it"
FRAME = "The frame knows no capability"
PLATFORMS = "Platforms know the vocabulary and nothing above it"
DEMO = "The demo knows Baraza from outside alone"
CAPABILITY = "A capability knows services, words, storage and the vocabulary"
INDEPENDENCE = "Capabilities do not know each other"
PARTS = "The parts of a capability are its own"
VOCABULARY = "The vocabulary is standard library only"
DATABASE = "Only storage knows the database"
SDK = "Only its own platform knows an SDK"
ASSISTANT = "Only the assistant knows openai"
SCHEDULING = "Only scheduling knows apscheduler"

BREAKS = [
    ("bot/app.py", "bot.cli", {LAYERS}),
    ("bot/scheduling.py", "bot.worker", {LAYERS}),
    ("bot/web.py", "bot.delivery", {LAYERS}),
    ("bot/settings.py", "storage.members", {LAYERS}),
    ("bot/loops.py", "bot.tasks", {LAYERS}),
    ("handlers/help.py", "schedules", {LAYERS}),
    ("storage/members.py", "bot.services", {LAYERS}),
    ("storage/members.py", "handlers", {LAYERS, FRAME}),
    ("bot/worker.py", "handlers.welcome", {FRAME}),
    ("bot/delivery.py", "schedules.housekeeping", {FRAME}),
    ("bot/scheduling.py", "schedules", {FRAME}),
    ("bot/web.py", "handlers.help", {FRAME}),
    ("bot/tasks.py", "handlers.welcome", {FRAME}),
    ("bot/loops.py", "handlers.welcome", {FRAME}),
    ("bot/intake.py", "handlers", {FRAME}),
    ("bot/handling.py", "schedules", {FRAME}),
    ("bot/recording.py", "handlers.settings", {FRAME}),
    ("bot/app.py", "handlers.welcome", {FRAME}),
    ("bot/cli.py", "handlers.settings", {FRAME}),
    ("bot/doctor.py", "handlers.settings", {FRAME}),
    ("bot/messenger.py", "handlers.welcome", {FRAME, LAYERS, INDEPENDENCE}),
    ("bot/platforms/local/view.py", "storage.members", {PLATFORMS}),
    ("bot/platforms/local/view.py", "bot.services", {PLATFORMS}),
    ("bot/platforms/rich_text.py", "bot.settings", {PLATFORMS}),
    ("bot/platforms/local/view.py", "handlers.welcome", {PLATFORMS, FRAME}),
    ("bot/demo/story.py", "bot.core.messages", {DEMO}),
    ("bot/demo/members.py", "storage.members", {DEMO}),
    ("bot/demo/story.py", "handlers.welcome", {DEMO, FRAME}),
    ("handlers/help.py", "bot.handling", {CAPABILITY, LAYERS}),
    ("handlers/help.py", "bot.messenger", {CAPABILITY}),
    ("handlers/help.py", "bot.worker", {CAPABILITY, LAYERS}),
    ("handlers/help.py", "handlers.welcome", {INDEPENDENCE}),
    ("handlers/imports/_archive.py", "handlers.welcome", {INDEPENDENCE}),
    ("handlers/help.py", "handlers.imports._archive", {INDEPENDENCE}),
    ("schedules/housekeeping.py", "handlers.imports._archive", {PARTS}),
    ("bot/import_command.py", "handlers.imports._archive", {PARTS, FRAME}),
    ("bot/core/clock.py", "aiohttp", {VOCABULARY}),
    ("bot/core/messages.py", "markdown_it", {VOCABULARY}),
    ("bot/core/clock.py", "bot.texts", {VOCABULARY, LAYERS}),
    ("bot/services.py", "sqlmodel", {DATABASE}),
    ("handlers/help.py", "sqlalchemy.orm", {DATABASE}),
    ("schedules/housekeeping.py", "alembic", {DATABASE}),
    ("bot/app.py", "aiosqlite", {DATABASE}),
    ("bot/platforms/local/view.py", "telegram", {SDK}),
    ("bot/services.py", "slack_sdk.web", {SDK}),
    ("handlers/help.py", "slack_bolt", {SDK}),
    ("storage/members.py", "telegram.ext", {SDK}),
    ("bot/services.py", "openai", {ASSISTANT}),
    ("handlers/help.py", "openai", {ASSISTANT}),
    ("bot/tasks.py", "apscheduler.triggers.cron", {SCHEDULING}),
    ("schedules/housekeeping.py", "apscheduler", {SCHEDULING}),
]
NAMED = [f"{file} imports {module}" for file, module, _ in BREAKS]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that each test breaks and mends again; every worker of a parallel run has its own."""
    return copy_of(tmp_path_factory.mktemp("tree"), ["bot", "handlers", "schedules", "storage", "pyproject.toml"])


def check(tree: Path) -> tuple[int, set[str], str]:
    """What lint-imports says of the tree: its exit code, the broken contracts, everything."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"]
    run = subprocess.run(command, cwd=tree, env=clean_environment(), capture_output=True, text=True, timeout=120)
    kept_or_not = [line.split(" (")[0] for line in run.stdout.splitlines()]
    return (
        run.returncode,
        {line.removesuffix(" BROKEN") for line in kept_or_not if line.endswith(" BROKEN")},
        run.stdout,
    )


@contextmanager
def importing(tree: Path, file: str, module: str) -> Iterator[None]:
    """``file`` of the tree with one import more; a file that isn't there is made."""
    path = tree / file
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\nimport {module}\n", encoding="utf-8")
    try:
        yield
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, encoding="utf-8")


def test_the_tree_keeps_every_contract(tree: Path) -> None:
    code, broken, said = check(tree)
    assert (code, broken) == (0, set()), said


@pytest.mark.parametrize(("file", "module", "expected"), BREAKS, ids=NAMED)
def test_a_forbidden_import_breaks_its_contract_and_no_other(
    tree: Path, file: str, module: str, expected: set[str]
) -> None:
    assert (tree / file).exists()
    with importing(tree, file, module):
        code, broken, said = check(tree)
    assert code != 0, said
    assert broken == expected, said


def test_capabilities_tell_each_other_things_through_the_shared_events(tree: Path) -> None:
    with importing(tree, "handlers/events.py", "bot.core.events"):
        with importing(tree, "handlers/help.py", "handlers.events"):
            assert check(tree)[1] == set()
        with importing(tree, "handlers/events.py", "handlers.welcome"):
            assert check(tree)[1] == {INDEPENDENCE}


def test_every_contract_is_broken_by_an_example_of_its_own() -> None:
    names = {contract["name"] for contract in _pyproject()["tool"]["importlinter"]["contracts"]}
    assert {name for *_, expected in BREAKS if len(expected) == 1 for name in expected} == names


def test_every_part_of_the_frame_has_its_place_in_the_layers() -> None:
    layers = next(one for one in _pyproject()["tool"]["importlinter"]["contracts"] if one["name"] == LAYERS)["layers"]
    placed = {part.strip("() ") for layer in layers for part in layer.split("|")}
    there = {f"bot.{path.stem}" for path in (ROOT / "bot").glob("[!_]*.py")} | {"bot.__main__"}
    there |= {f"bot.{path.parent.name}" for path in (ROOT / "bot").glob("*/__init__.py")}
    assert there - placed == set(), "name them in the layers of pyproject.toml"


def test_the_vocabulary_imports_the_standard_library_alone() -> None:
    for path in (ROOT / "bot" / "core").rglob("*.py"):
        for module in _imported(path):
            assert module.startswith("bot.core") or module.split(".")[0] in sys.stdlib_module_names, (path, module)


def test_the_contract_of_the_vocabulary_names_every_dependency() -> None:
    contracts = _pyproject()["tool"]["importlinter"]["contracts"]
    forbidden = set(next(one for one in contracts if one["name"] == VOCABULARY)["forbidden_modules"])
    wanted = {_distribution(line) for line in _pyproject()["project"]["dependencies"]}
    for module, distributions in packages_distributions().items():
        public = not module.startswith("_") and module.isidentifier()
        if public and any(_distribution(one) in wanted for one in distributions):
            assert module in forbidden or module in _ALSO_IN_THEIR_WHEELS, module


_ALSO_IN_THEIR_WHEELS = {"mpl_toolkits", "pylab"}


def _pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _distribution(requirement: str) -> str:
    name = requirement.split(";")[0]
    for sign in "[<>=!~ ":
        name = name.split(sign)[0]
    return name.replace("_", "-").lower()
