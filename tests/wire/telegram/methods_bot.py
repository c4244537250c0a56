"""The methods by which a bot says what it is called and what it can do."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.wire.telegram.call import LIST, OBJECT, TEXT, Call, method
from tests.wire.telegram.refusal import Json, Refused

MOST_COMMANDS = 100
LONGEST_DESCRIPTION = 256

_COMMAND = re.compile(r"[a-z0-9_]{1,32}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2}", re.ASCII)
_OF_A_CHAT = {"chat": {"chat_id"}, "chat_administrators": {"chat_id"}, "chat_member": {"chat_id", "user_id"}}
_GENERAL = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
_WHERE = {"scope": OBJECT, "language_code": TEXT}


@method("setMyCommands", needs={"commands": LIST}, may=_WHERE)
async def set_commands(call: Call) -> bool:
    """Which commands are offered, to whom and in which language."""
    where = _where(call)
    commands = [_checked(one) for one in call.structure("commands")]
    if len(commands) > MOST_COMMANDS:
        raise Refused("BOT_COMMANDS_TOO_MUCH")
    if len({one["command"] for one in commands}) < len(commands):
        raise Refused("a command is there twice (Telegram would show both)")
    call.telegram.bot.commands[where] = commands
    return True


@method("getMyCommands", may=_WHERE)
async def get_commands(call: Call) -> list[Json]:
    """The commands of exactly this scope and language."""
    return call.telegram.bot.commands.get(_where(call), [])


@method("deleteMyCommands", may=_WHERE)
async def delete_commands(call: Call) -> bool:
    """Offer no commands of their own to this scope and language."""
    call.telegram.bot.commands.pop(_where(call), None)
    return True


def _checked(command: Any) -> Json:
    if not isinstance(command, dict):
        raise Refused("can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if not isinstance(command.get(name), str):
            raise Refused(f"can't parse BotCommand: Can't find field \"{name}\"")
    if set(command) != {"command", "description"}:
        raise Refused("can't parse BotCommand: unknown fields (Telegram would ignore them)")
    if not _COMMAND.fullmatch(command["command"].removeprefix("/")):
        raise Refused("BOT_COMMAND_INVALID")
    if not command["description"].strip():
        raise Refused("command description must be non-empty")
    if len(command["description"]) > LONGEST_DESCRIPTION:
        raise Refused("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command["command"].removeprefix("/"), "description": command["description"].strip()}


def _where(call: Call) -> tuple[str, str]:
    scope: Json = call.structure("scope") or {"type": "default"}
    kind = scope.get("type")
    if kind not in _GENERAL and kind not in _OF_A_CHAT:
        raise Refused("can't parse BotCommandScope: unsupported type specified")
    if set(scope) != {"type"} | _OF_A_CHAT.get(str(kind), set()):
        raise Refused(f"can't parse BotCommandScope: wrong fields for {kind}")
    if "chat_id" in scope:
        chat = call.telegram.find_for_bot(scope["chat_id"])
        chat.check_access()
        if chat.kind == "private" and kind != "chat":
            raise Refused(f"can't use scope {kind} in a private chat")
        scope = {**scope, "chat_id": chat.id}
    return json.dumps(scope, sort_keys=True), _language(call)


def _language(call: Call) -> str:
    language = call.text("language_code")
    if language and not _LANGUAGE.fullmatch(language):
        raise Refused("invalid language code specified")
    return language


def _words(kind: str, longest: int) -> None:
    """Make the two methods that keep and tell a text about the bot."""
    title = "".join(word.title() for word in kind.split("_"))

    async def keep(call: Call) -> bool:
        text = call.text(kind)
        if len(text) > longest:
            raise Refused(f"BOT_{'TITLE' if kind == 'name' else 'ABOUT'}_INVALID")
        call.telegram.bot.words[kind, _language(call)] = text
        return True

    async def tell(call: Call) -> Json:
        words, language = call.telegram.bot.words, _language(call)
        otherwise = call.bot.first_name if kind == "name" else ""
        return {kind: words.get((kind, language)) or words.get((kind, "")) or otherwise}

    method(f"setMy{title}", may={kind: TEXT, "language_code": TEXT})(keep)
    method(f"getMy{title}", may={"language_code": TEXT})(tell)


for _kind, _longest in (("name", 64), ("description", 512), ("short_description", 120)):
    _words(_kind, _longest)
