"""Which message an event of Slack's is about, and what happened to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from bot.platforms.reading import Json, identity, optional_part, part, text
from bot.platforms.slack._people import SLACKBOT
from bot.platforms.slack._reading import stamp

COUNTED = frozenset({"", "thread_broadcast", "me_message", "file_share"})
"""The subtypes of what people write themselves; all others are told by Slack or by programs."""


class Happening(Enum):
    """What happened to a message."""

    POSTED = auto()
    EDITED = auto()
    DELETED = auto()


@dataclass(frozen=True, slots=True)
class Told:
    """``message`` as it now is, or was before it went. ``author`` is its author's user id, ``ts`` its own id."""

    happening: Happening
    channel: str
    message: Json
    author: str
    ts: str

    @property
    def thread(self) -> str:
        """The ``ts`` of the thread's root where the message is a reply, else empty."""
        return thread_of(self.message, self.ts)


def told_of(event: Json, bot: str, authors: Json) -> Told | None:
    """The message that an event of type ``message`` tells of; None where no person wrote it, or nothing changed.

    Raises ValueError for what can't be read.
    """
    subtype = text(event, "subtype")
    tell = _TELLING.get(subtype, _posted if subtype in COUNTED else None)
    return tell(event, bot, authors) if tell else None


def thread_of(message: Json, ts: str) -> str:
    """The ``ts`` of the root of the thread where the message with this ``ts`` is a reply, else empty."""
    if not text(message, "thread_ts"):
        return ""
    root = stamp(message, "thread_ts")
    return "" if root == ts else root


def root_author(message: Json, root: str, authors: Json) -> str:
    """Who wrote the root of the thread that a reply is in; empty where nobody tells."""
    return text(message, "parent_user_id") or text(optional_part(message, "root"), "user") or text(authors, root)


def thread_key(channel: str, root: str, author: str) -> str:
    """What stands for a thread: its root message, as an export of the workspace would name it."""
    return f"{author}\x1f{root}" if author else f"thread\x1f{channel}\x1f{root}"


def by_a_person(message: Json, bot: str) -> bool:
    """Whether a person wrote it. ``bot_id: null`` is no program."""
    return text(message, "user") not in ("", bot, SLACKBOT) and not message.get("bot_id")


def _posted(event: Json, bot: str, _authors: Json) -> Told | None:
    if event.get("hidden") or not by_a_person(event, bot):
        return None
    return Told(Happening.POSTED, identity(event, "channel"), event, identity(event, "user"), stamp(event, "ts"))


def _changed(event: Json, bot: str, authors: Json) -> Told | None:
    message, before = part(event, "message"), optional_part(event, "previous_message")
    subtype = text(message, "subtype")
    if subtype == "tombstone":  # what stays of a deleted root as long as it has replies
        return _deleted(event, bot, authors)
    if subtype not in COUNTED or not by_a_person(message, bot) or not _other_words(message, before):
        return None
    author, ts = identity(message, "user"), stamp(message, "ts")
    return Told(Happening.EDITED, identity(event, "channel"), message, author, ts)


def _other_words(message: Json, before: Json) -> bool:
    """Whether the words changed: most changes only add a preview of a link, or count replies."""
    return text(message, "text") != text(before, "text") if before else bool(message.get("edited"))


def _deleted(event: Json, bot: str, authors: Json) -> Told | None:
    before = optional_part(event, "previous_message")
    told = text(event, "deleted_ts") or text(before, "ts") or text(optional_part(event, "message"), "ts")
    ts = stamp({"ts": told}, "ts")
    message = before or {"user": text(authors, ts)}
    if text(message, "subtype") not in COUNTED or not by_a_person(message, bot):
        return None
    return Told(Happening.DELETED, identity(event, "channel"), message, identity(message, "user"), ts)


_TELLING: dict[str, Callable[[Json, str, Json], Told | None]] = {
    "message_changed": _changed,
    "message_deleted": _deleted,
}
