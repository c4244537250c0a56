"""What the fake platform's raw events mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.core.addresses import MessageRef, Person
from bot.core.events import (
    BotInvited,
    BotRightsChanged,
    BotUninstalled,
    ButtonPressed,
    ChatClosed,
    ChatReopened,
    CommandUsed,
    Event,
    FormSubmitted,
    HomeOpened,
    InlineAsked,
    Joined,
    JoinRequested,
    LeadsChecked,
    Left,
    MessagePosted,
    PlaceMoved,
    PollAnswered,
    ShortcutUsed,
    Trigger,
)

if TYPE_CHECKING:
    from tests.fakes import FakePlatform

TENANT = "tenant"


def _common(platform: FakePlatform, data: Mapping[str, Any]) -> dict[str, Any]:
    person = data["person"]
    where = platform.place(data["place"]) if data["place"] else None
    told = data.get("name", person) if data["type"] == "joined" else person
    by = Person(platform.account(person), platform.names.get(person, told))
    return {"at": datetime.fromisoformat(data["at"]), "by": by, "place": where}


def _trigger(data: Mapping[str, Any]) -> Trigger:
    return Trigger(data["trigger"], datetime.fromisoformat(data["until"]))


def _posted(platform: FakePlatform, data: Mapping[str, Any]) -> MessagePosted:
    key, thread = f"w{data['number']}", data.get("thread")
    message = MessageRef(platform.name, TENANT, data["place"] or data["person"], key, thread)
    return MessagePosted(
        **_common(platform, data), key=key, message=message, thread_key=thread, text=str(data.get("text", ""))
    )


def _joined(platform: FakePlatform, data: Mapping[str, Any]) -> Event:
    return Joined(**_common(platform, data), key=f"join {data['number']}")


def _requested(platform: FakePlatform, data: Mapping[str, Any]) -> Event:
    return JoinRequested(**_common(platform, data), key=f"request {data['number']}")


def _inline(platform: FakePlatform, data: Mapping[str, Any]) -> Event:
    return InlineAsked(**_common(platform, data), query_id=data["query"], words=data["words"])


def _voted(platform: FakePlatform, data: Mapping[str, Any]) -> Event:
    key, choices = f"{data['poll']} {data['person']}", tuple(data["choices"])
    return PollAnswered(**_common(platform, data), key=key, poll=data["poll"], choices=choices)


def _left(platform: FakePlatform, data: Mapping[str, Any]) -> Event:
    return Left(**_common(platform, data), key=f"leave {data['number']}")


def _command(platform: FakePlatform, data: Mapping[str, Any]) -> Event:
    about = _posted(platform, data["about"]) if data.get("about") else None
    words = {"name": data["name"], "arguments": data["arguments"]}
    return CommandUsed(**_common(platform, data), **words, trigger=_trigger(data), about=about)


def _shortcut(platform: FakePlatform, data: Mapping[str, Any]) -> Event:
    about = _posted(platform, data["about"])
    return ShortcutUsed(**_common(platform, data), name=data["name"], about=about, trigger=_trigger(data))


def _pressed(platform: FakePlatform, data: Mapping[str, Any]) -> Event:
    return ButtonPressed(**_common(platform, data), button=data["button"], trigger=_trigger(data))


def _submitted(platform: FakePlatform, data: Mapping[str, Any]) -> Event:
    return FormSubmitted(**_common(platform, data), form=data["form"], values=data["values"], trigger=_trigger(data))


def _invited(platform: FakePlatform, data: Mapping[str, Any]) -> Event:
    return BotInvited(**_common(platform, data), leads=data.get("leads"))


def _home(platform: FakePlatform, data: Mapping[str, Any]) -> Event:
    return HomeOpened(**_common(platform, data), chat=data["chat"])


def _leads(platform: FakePlatform, data: Mapping[str, Any]) -> Event:
    return LeadsChecked(**_common(platform, data), leads=data["leads"])


def _moved(platform: FakePlatform, data: Mapping[str, Any]) -> Event:
    return PlaceMoved(**_common(platform, data), to=platform.place(data["to"]))


def _rights(platform: FakePlatform, data: Mapping[str, Any]) -> Event:
    return BotRightsChanged(**_common(platform, data), **data["rights"])


def _uninstalled(platform: FakePlatform, data: Mapping[str, Any]) -> Event:
    return BotUninstalled(at=datetime.fromisoformat(data["at"]), by=Person(platform.account(""), ""))


def _chat_closed(platform: FakePlatform, data: Mapping[str, Any]) -> Event:
    return ChatClosed(**_common(platform, data))


def _chat_reopened(platform: FakePlatform, data: Mapping[str, Any]) -> Event:
    return ChatReopened(**_common(platform, data))


TRANSLATIONS: dict[str, Callable[[FakePlatform, Mapping[str, Any]], Event]] = {
    "message": _posted,
    "joined": _joined,
    "left": _left,
    "vote": _voted,
    "inline": _inline,
    "request": _requested,
    "command": _command,
    "shortcut": _shortcut,
    "button": _pressed,
    "form": _submitted,
    "invited": _invited,
    "home": _home,
    "leads": _leads,
    "rights": _rights,
    "moved": _moved,
    "uninstalled": _uninstalled,
    "closed": _chat_closed,
    "reopened": _chat_reopened,
}
