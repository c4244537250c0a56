"""A Slack export: who and where, and day by day what happened, in neutral words.

Slack's lists and messages as described in "How to read Slack data exports"; fields that newer exports have
and older ones lack (``team_id``, ``parent_user_id``, ``user_profile``) are used where they are there.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from sys import intern
from typing import Any

from bot.core.errors import Refusal
from bot.core.messages import mark
from bot.core.question_marks import asks_something
from handlers.imports._archive import NOT_AN_ENTRY, Archive, Piece
from storage.activity import ActivityKind, activity_key

NOT_AN_EXPORT = mark("This is not a Slack export: the archive has no {file}. Nothing was imported.")
NO_ID = mark("{file}, line {line}: this entry has no id. Nothing was imported.")
NO_TIME = mark("{file}, line {line}: this message has no time (ts). Nothing was imported.")
BAD_TIME = mark("{file}, line {line}: the time (ts) of this message is not a number. Nothing was imported.")
NO_CHANNEL = mark("{file} belongs to no channel: channels.json names none for its folder. Nothing was imported.")

LARGEST_DAY = 64 << 20
LARGEST_LIST = 1 << 30
PLATFORM = "slack"

_DAY = re.compile(r"[^/]+/[0-9]{4}-[0-9]{2}-[0-9]{2}\.json")
_NO_PLACE = re.compile(r"FC:|D[0-9A-Z]{8,}$|mpdm-")  # comments on files, and private talks that no list names
_TIME = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,6}))?")
_COUNTED = frozenset({None, "", "thread_broadcast", "me_message", "file_share"})
_MESSAGE, _REACTION = ActivityKind.MESSAGE.value, ActivityKind.REACTION.value  # looking them up is dear
_JOIN, _LEAVE = (ActivityKind.JOIN.value, "join"), (ActivityKind.LEAVE.value, "leave")
_COMINGS = {"channel_join": _JOIN, "group_join": _JOIN, "channel_leave": _LEAVE, "group_leave": _LEAVE}
_GONE = frozenset({"tombstone", "message_changed", "message_deleted", "message_replied"})


@dataclass(frozen=True, slots=True)
class Channel:
    """A public channel or a private group."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one channel (its number in ``SlackExport.channels``): a file of ``size`` bytes, unpacked."""

    channel: int
    file: str
    size: int


@dataclass(slots=True)
class SlackExport:
    """What an export says about itself. ``tenant`` is the workspace's id, empty where the export has none.

    ``names`` has the name of everybody in users.json; ``bots`` the ids of those who are none.
    """

    archive: Archive
    channels: list[Channel]
    days: list[Day]
    tenant: str
    names: dict[str, str]
    bots: set[str]


Happening = tuple[str, int, int, int, int | None, bool]
"""(user, kind, microseconds since 1970, key, thread, is_question)"""


def read_export(archive: Archive) -> SlackExport:
    """The export's lists; its messages stay unread. Raises Refusal for a damaged one, or none of Slack's."""
    if not {"channels.json", "groups.json"} & archive.members.keys():
        raise Refusal(NOT_AN_EXPORT, file="channels.json")
    if "users.json" not in archive.members:
        raise Refusal(NOT_AN_EXPORT, file="users.json")
    channels: list[Channel] = []
    folders: dict[str, int] = {}
    earlier: dict[str, int] = {}
    for listing in ("channels.json", "groups.json"):
        for entry, identity in _listed(archive, listing):
            name = _text(entry.get("name"))
            folders.setdefault(_folder(name), len(channels))
            folders.setdefault(_folder(identity), len(channels))
            for old_name in _strings(entry.get("previous_names")):
                earlier.setdefault(_folder(old_name), len(channels))
            channels.append(Channel(plain(identity), plain(name) or identity))
    names, bots, tenant = _people(archive)
    days = _days(archive, earlier | folders)
    return SlackExport(archive, channels, days, tenant, names, bots)


def _people(archive: Archive) -> tuple[dict[str, str], set[str], str]:
    names: dict[str, str] = {}
    bots = {"USLACKBOT"}
    teams: Counter[str] = Counter()
    for entry, identity in _listed(archive, "users.json"):
        profile = entry.get("profile")
        names[identity] = _name(profile if isinstance(profile, dict) else {}) or _name(entry) or identity
        if entry.get("is_bot") is True:
            bots.add(identity)
        if team := _text(entry.get("team_id")):
            teams[team] += 1
    tenant = max(sorted(teams), key=teams.__getitem__, default="")  # people of other workspaces are guests
    return names, bots, plain(tenant)


def _listed(archive: Archive, listing: str) -> Iterator[tuple[dict[str, Any], str]]:
    if listing not in archive.members:
        return
    for piece in archive.pieces(listing, LARGEST_LIST):
        for index, entry in enumerate(piece.entries):
            if not isinstance(entry, dict):
                raise piece.refusal(NOT_AN_ENTRY, index)
            identity = _text(entry.get("id"))
            if not identity:
                raise piece.refusal(NO_ID, index)
            yield entry, identity


def _days(archive: Archive, channels: Mapping[str, int]) -> list[Day]:
    private = {
        _folder(name)
        for listing in ("dms.json", "mpims.json")
        for entry, identity in _listed(archive, listing)
        for name in (identity, _text(entry.get("name")))
    }
    days = []
    for name, member in archive.members.items():
        folder = name.partition("/")[0]
        if not _DAY.fullmatch(name) or folder in private - channels.keys() or _NO_PLACE.match(folder):
            continue
        if folder not in channels:
            raise Refusal(NO_CHANNEL, file=name)
        days.append(Day(channels[folder], name, member.file_size))
    return sorted(days, key=lambda day: (day.channel, day.file.rpartition("/")[2], day.file))


def _folder(name: str) -> str:
    return unicodedata.normalize("NFC", name)  # as the archive's names


@dataclass(slots=True)
class ChannelReader:
    """Reads the days of one channel, in their order: a thread's root stands before its replies."""

    export: SlackExport
    tenant: str
    channel: Channel
    _times: array[int] = field(default_factory=lambda: array("q"))
    _authors: list[str] = field(default_factory=list)
    _rootless: dict[str, int] = field(default_factory=dict)

    def happenings(self, day: Day) -> Iterator[list[Happening]]:
        """What people did that day, some at a time. Raises Refusal where the file is damaged."""
        for piece in self.export.archive.pieces(day.file, LARGEST_DAY):
            moments = [_moment(piece, index, entry) for index, entry in enumerate(piece.entries)]
            self._learn_roots(piece.entries, moments)
            found: list[Happening] = []
            for index, entry in enumerate(piece.entries):
                subtype = entry.get("subtype")
                if subtype.__class__ is not str and subtype is not None:
                    subtype = "unknown"
                if subtype in _GONE or entry.get("hidden") or entry.get("type", "message") != "message":
                    continue
                self._translate(found, piece, index, subtype, moments[index])
            yield found

    def _translate(self, found: list[Happening], piece: Piece, index: int, subtype: str | None, at: int) -> None:
        entry = piece.entries[index]
        user, ts = entry.get("user"), entry["ts"]
        if self._is_human(user):
            if subtype in _COUNTED and not entry.get("bot_id"):
                thread = self._thread(piece, index)
                asks = asks_something(_text(entry.get("text")))
                key = activity_key(PLATFORM, self.tenant, user, ts)
                found.append((user, _MESSAGE, at, key, thread, asks))
                self._learn_name(user, entry)
            elif coming := _COMINGS.get(subtype or ""):
                kind, word = coming
                key = activity_key(PLATFORM, self.tenant, word, self.channel.id, user, ts)
                found.append((user, kind, at, key, None, False))
                self._learn_name(user, entry)
        if reactions := entry.get("reactions"):
            found.extend(self._reactions(reactions, _author(entry), ts, at))

    def _reactions(self, reactions: Any, author: str, ts: str, at: int) -> Iterator[Happening]:
        for reaction in reactions if isinstance(reactions, list) else ():
            if isinstance(reaction, dict):
                emoji = _text(reaction.get("name"))
                for user in _strings(reaction.get("users")):
                    if self._is_human(user):
                        key = activity_key(PLATFORM, self.tenant, "reaction", user, emoji, author, ts)
                        yield (user, _REACTION, at, key, None, False)

    def _thread(self, piece: Piece, index: int) -> int | None:
        """The key of the thread's root where the message is a reply.

        The root itself knows best who wrote it, then the reply. A root that is nowhere gets its key from
        the first reply, so that all the replies of one thread stay together.
        """
        entry = piece.entries[index]
        root_ts = entry.get("thread_ts")
        if not root_ts or root_ts == entry["ts"]:
            return None
        moment = _microseconds(root_ts)
        if moment is None:
            raise piece.refusal(BAD_TIME, index)
        place = bisect_left(self._times, moment)
        if place < len(self._times) and self._times[place] == moment:
            return activity_key(PLATFORM, self.tenant, self._authors[place], root_ts)
        if root_ts not in self._rootless:
            root = entry.get("root")
            author = _text(entry.get("parent_user_id")) or (_author(root) if isinstance(root, dict) else "")
            named = (author, root_ts) if author else ("thread", self.channel.id, root_ts)
            self._rootless[root_ts] = activity_key(PLATFORM, self.tenant, *named)
        return self._rootless[root_ts]

    def _learn_roots(self, entries: list[dict[str, Any]], moments: list[int]) -> None:
        for entry, moment in zip(entries, moments, strict=True):
            root, author = entry.get("thread_ts"), _author(entry)
            if not author or (root and root != entry["ts"]) or entry.get("subtype") == "tombstone":
                continue
            if not self._times or self._times[-1] < moment:
                self._times.append(moment)
                self._authors.append(intern(author))
            elif self._times[place := bisect_left(self._times, moment)] != moment:
                self._times.insert(place, moment)
                self._authors.insert(place, intern(author))

    def _is_human(self, user: Any) -> bool:
        return user.__class__ is str and user != "" and user not in self.export.bots

    def _learn_name(self, user: str, entry: dict[str, Any]) -> None:
        if user not in self.export.names:
            profile = entry.get("user_profile")
            self.export.names[user] = (_name(profile) if isinstance(profile, dict) else "") or user


def _moment(piece: Piece, index: int, entry: Any) -> int:
    """When it happened, in microseconds since 1970; from here on the entry's ``ts`` is a text."""
    if entry.__class__ is not dict:
        raise piece.refusal(NOT_AN_ENTRY, index)
    ts = entry.get("ts")
    if ts is None or ts == "":
        raise piece.refusal(NO_TIME, index)
    if ts.__class__ in (int, float):  # as programs write it that take it for a number
        entry["ts"] = ts = f"{ts:.6f}"
    moment = _microseconds(ts)
    if moment is None:
        raise piece.refusal(BAD_TIME, index)
    return moment


def _microseconds(ts: Any) -> int | None:
    if ts.__class__ is not str:
        return None
    if len(ts) == 17 and ts[10] == "." and (digits := ts[:10] + ts[11:]).isdigit() and digits.isascii():
        return int(digits)
    match = _TIME.fullmatch(ts)
    return int(match[1]) * 1_000_000 + int((match[2] or "").ljust(6, "0")) if match else None


def _author(entry: dict[str, Any]) -> str:
    return _text(entry.get("user")) or _text(entry.get("bot_id"))


def _name(entry: dict[str, Any]) -> str:
    names = (_text(entry.get(field)).strip() for field in ("display_name", "real_name", "name"))
    return next((name for name in names if name), "")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _strings(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def plain(text: str) -> str:
    """Text that any database takes: PostgreSQL knows neither NUL nor half of a surrogate pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
