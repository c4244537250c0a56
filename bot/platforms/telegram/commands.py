"""The menu of commands, as the calls that set it for everybody, for administrators, or for one person in a chat."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.platform import CommandHint
from bot.platforms.cutting import is_blank, shortened, units
from bot.platforms.rich_text import clean
from bot.platforms.telegram.outgoing import Call

Json = dict[str, Any]

MOST_COMMANDS = 100
_LONGEST_DESCRIPTION = 256
_NAME = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")


@dataclass(frozen=True, slots=True)
class Scope:
    """Who sees a menu. ``chat`` and ``user`` are ids, where the kind is about one."""

    kind: str = "default"
    chat: str = ""
    user: str = ""

    def parameters(self) -> Json:
        """As Telegram names it. Raises ValueError for ids that can't be Telegram's."""
        about = {name: int(value) for name, value in (("chat_id", self.chat), ("user_id", self.user)) if value}
        return {"type": self.kind, **about}


EVERYBODY = Scope()
IN_PRIVATE = Scope("all_private_chats")
IN_GROUPS = Scope("all_group_chats")
ADMINISTRATORS = Scope("all_chat_administrators")


def one_chat(chat: str) -> Scope:
    """Everybody in a chat; for a private chat, the one person there."""
    return Scope("chat", chat)


def one_person(chat: str, user: str) -> Scope:
    """One person in a group."""
    return Scope("chat_member", chat, user)


Menus = Mapping[str, Sequence[CommandHint]]
"""Commands by language, as ``Host.menus`` tells them."""


def everybodys(menus: Menus, administrators: Menus) -> list[Call]:
    """The calls that set what everybody sees, in private and in groups, and what ``administrators`` of groups see.

    Wherever Telegram finds none of these it shows what works in both.
    """
    private, groups = _those(menus, lambda one: one.in_private), _those(menus, lambda one: one.in_places)
    anywhere = _those(menus, lambda one: one.in_private and one.in_places)
    leads = _those(administrators, lambda one: one.in_places)
    return [
        *menu(anywhere, EVERYBODY),
        *menu(private, IN_PRIVATE),
        *menu(groups, IN_GROUPS),
        *menu(leads, ADMINISTRATORS),
    ]


def own(hints: Sequence[CommandHint], user: str) -> list[Call]:
    """The calls that set what one person sees in their private chat, whatever language their app speaks."""
    return menu({"": [one for one in hints if one.in_private]}, one_chat(user))


def _those(menus: Menus, work: Callable[[CommandHint], bool]) -> Menus:
    return {language: [one for one in hints if work(one)] for language, hints in menus.items()}


def menu(hints: Mapping[str, Sequence[CommandHint]], scope: Scope) -> list[Call]:
    """The calls that set a menu in each language; ``""`` is that of all others. An empty menu is taken away.

    ``pt-BR`` is set as ``pt``: Telegram knows languages of two letters alone, and those that have none it doesn't know.
    """
    languages = {_language(code): code for code in sorted(hints, key=len, reverse=True)}
    known = {name: code for name, code in languages.items() if name is not None}
    return [_set(hints[code], scope, name) for name, code in sorted(known.items())]


def _set(hints: Iterable[CommandHint], scope: Scope, language: str) -> Call:
    shown = [{"command": one.name, "description": _description(one)} for one in hints if _NAME.fullmatch(one.name)]
    about = {"scope": scope.parameters(), **({"language_code": language} if language else {})}
    if not shown:
        return Call("deleteMyCommands", about)
    return Call("setMyCommands", {"commands": shown[:MOST_COMMANDS], **about})


def _description(hint: CommandHint) -> str:
    words = shortened(" ".join(clean(hint.summary).split()), _LONGEST_DESCRIPTION, units)
    return hint.name if is_blank(words) else words


def _language(code: str) -> str | None:
    short = code.replace("_", "-").partition("-")[0].lower()
    return short if not short or _LANGUAGE.fullmatch(short) else None
