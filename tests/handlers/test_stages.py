"""Every module of the five capabilities' conversations has its stages, and nothing is left out by a name misspelled."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.handlers.stages import HTTP, LOCAL, NOT_ON_TELEGRAM, ONLY_LOCAL, SOCKET, STAGES, TELEGRAM, stages_of

FOLDER = Path(__file__).parent
CAPABILITIES = ("welcome", "prompts", "questions", "contributions", "health")
NOT_PLAYED = {
    "welcome/test_workspace.py",  # chooses its stage itself
    "welcome/test_door.py",  # these four are about what Slack lacks: joining by request, links into the private chat,
    "welcome/test_requests.py",  # looking things up while one writes, and people who have to write first
    "contributions/test_inline.py",
    "contributions/test_links.py",
}
"""Conversations that are not played on the stages of the others."""


def conversations(path: Path) -> list[str]:
    """The tests of a module that run the program."""
    tree = ast.parse(path.read_text())
    return [
        one.name
        for one in tree.body
        if isinstance(one, ast.AsyncFunctionDef)
        and one.name.startswith("test_")
        and "tmp_path" in [argument.arg for argument in one.args.args]
    ]


def test_every_module_of_conversations_is_played_on_slack_and_on_telegram() -> None:
    modules = [path for name in CAPABILITIES for path in (FOLDER / name).glob("test_*.py")]
    found = {str(path.relative_to(FOLDER)) for path in modules if conversations(path)}
    assert found - NOT_PLAYED <= STAGES.keys()
    for stages in STAGES.values():
        assert {SOCKET, HTTP} & set(stages)
        assert set(TELEGRAM) & set(stages)


def test_what_is_not_played_everywhere_is_there() -> None:
    for test in (*ONLY_LOCAL, *NOT_ON_TELEGRAM):
        module, _, name = test.partition("::")
        assert name in conversations(FOLDER / module), test
        assert not set(TELEGRAM) & set(stages_of(f"tests/handlers/{test}"))
    for test in ONLY_LOCAL:
        assert stages_of(f"tests/handlers/{test}") == [LOCAL]


def test_each_capability_is_played_by_every_route_and_in_every_kind_of_group() -> None:
    everywhere = {module.split("/")[0] for module, stages in STAGES.items() if {SOCKET, HTTP, *TELEGRAM} <= set(stages)}
    assert everywhere >= set(CAPABILITIES)
