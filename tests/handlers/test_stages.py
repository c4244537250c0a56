"""Every module of the five capabilities' conversations has its stages, and nothing is left out by a name misspelled."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.handlers.stages import HTTP, LOCAL, ONLY_LOCAL, SLACK, SOCKET, stages_of

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


def test_every_module_of_conversations_is_played_on_slack() -> None:
    modules = [path for name in CAPABILITIES for path in (FOLDER / name).glob("test_*.py")]
    found = {str(path.relative_to(FOLDER)) for path in modules if conversations(path)}
    assert found - NOT_PLAYED <= SLACK.keys()


def test_what_is_played_on_the_page_alone_is_there() -> None:
    for test in ONLY_LOCAL:
        module, _, name = test.partition("::")
        assert name in conversations(FOLDER / module), test
        assert stages_of(f"tests/handlers/{test}") == [LOCAL]


def test_each_capability_is_played_by_both_routes() -> None:
    both = {module.split("/")[0] for module, routes in SLACK.items() if routes == (SOCKET, HTTP)}
    assert both >= set(CAPABILITIES)
