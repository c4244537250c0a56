"""What somebody types, as Slack's clients send it: escaped text, and the same as rich text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.wire.slack.refusal import Json

if TYPE_CHECKING:
    from tests.wire.slack.workspace import Workspace

_URL = r"https?://[^\s<>]+"


def typed(workspace: Workspace, words: str) -> tuple[str, list[Json]]:
    """The ``text`` and ``blocks`` of what was typed; ``@Name``, ``#channel`` and addresses become what they mean."""
    text, elements = "", []
    for kind, value, shown in _pieces(workspace, words):
        if kind == "text":
            text += escaped(value)
            elements.append({"type": "text", "text": value})
        elif kind == "user":
            text += f"<@{value}>"
            elements.append({"type": "user", "user_id": value})
        elif kind == "channel":
            text += f"<#{value}|{shown}>"
            elements.append({"type": "channel", "channel_id": value})
        else:
            text += f"<{escaped(value)}>"
            elements.append({"type": "link", "url": value})
    section = {"type": "rich_text_section", "elements": elements}
    return text, [{"type": "rich_text", "block_id": workspace.slack.secret(5), "elements": [section]}] if words else []


def typed_in_command(workspace: Workspace, words: str) -> str:
    """The text of a command whose names are escaped, as ``should_escape`` in the manifest has it."""
    text = ""
    for kind, value, shown in _pieces(workspace, words):
        if kind == "user":
            text += f"<@{value}|{workspace.users[value].handle}>"
        elif kind == "channel":
            text += f"<#{value}|{shown}>"
        else:
            text += escaped(value) if kind == "text" else f"<{escaped(value)}>"
    return text


def escaped(words: str) -> str:
    """The three characters that mean something to Slack, written out."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _pieces(workspace: Workspace, words: str) -> list[tuple[str, str, str]]:
    people = {f"@{user.name}": user.id for user in workspace.users.values()}
    places = {f"#{one.name}": one.id for one in workspace.channels.values() if one.kind in {"channel", "group"}}
    names = sorted([*people, *places], key=len, reverse=True)
    pattern = "|".join([*(rf"{re.escape(name)}(?!\w)" for name in names), _URL])
    pieces, end = [], 0
    for found in re.finditer(pattern, words):
        if found.start() > end:
            pieces.append(("text", words[end : found.start()], ""))
        end = found.end()
        whole = found[0]
        if whole in people:
            pieces.append(("user", people[whole], ""))
        elif whole in places:
            pieces.append(("channel", places[whole], whole[1:]))
        else:
            pieces.append(("link", whole, ""))
    return [*pieces, *([("text", words[end:], "")] if end < len(words) else [])]
