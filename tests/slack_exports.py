"""Slack exports to test with: written entry by entry, or lively ones made up from a seed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

Entry = dict[str, Any]

TEAM = "T0BARAZA1"
START = 1_700_006_400  # 2023-11-15 00:00 UTC


def user(identity: str, name: str = "", **more: Any) -> Entry:
    """Somebody as users.json lists them."""
    profile = {"display_name": name, "real_name": f"{name or identity} of the team"}
    return {
        "id": identity,
        "team_id": TEAM,
        "name": identity.lower(),
        "is_bot": False,
        "profile": profile,
        **more,
    }


def channel(identity: str, name: str, **more: Any) -> Entry:
    """A channel as channels.json lists it."""
    return {"id": identity, "name": name, "is_archived": False, "members": [], **more}


def said(by: str | None, ts: str, text: str = "hello", **more: Any) -> Entry:
    """A message."""
    return {"type": "message", "user": by, "ts": ts, "text": text, **more}


def reply(by: str, ts: str, root: Entry, text: str = "indeed", **more: Any) -> Entry:
    """A message in the thread under ``root``."""
    more = {"parent_user_id": root["user"], **more}
    return said(by, ts, text, thread_ts=root["ts"], **more)


def event(subtype: str, by: str | None, ts: str, **more: Any) -> Entry:
    """An entry that Slack writes by itself, such as ``channel_join``."""
    return said(by, ts, f"<@{by}> {subtype}", subtype=subtype, **more)


def reaction(emoji: str, *users: str) -> Entry:
    """An emoji and those who put it there."""
    return {"name": emoji, "users": list(users), "count": len(users)}


def write_export(
    path: Path,
    days: Mapping[str, Sequence[Any]],
    *,
    users: Sequence[Any] = (),
    channels: Sequence[Any] | None = None,
    lists: Mapping[str, Sequence[Any]] | None = None,
    files: Mapping[str, bytes] | None = None,
) -> Path:
    """A zip archive as Slack writes it, at ``path``, which is returned.

    ``days`` holds the entries of each file, such as ``general/2023-11-15.json``. Without ``channels`` there
    is one, with the id ``C-`` and its name, for each folder. ``lists`` are further lists such as groups.json,
    and ``files`` any other bytes, which stand for a list of the same name where there is one.
    """
    if channels is None:
        folders = dict.fromkeys(name.partition("/")[0] for name in days)
        channels = [channel(f"C-{folder}", folder) for folder in folders]
    every: dict[str, Sequence[Any]] = {
        "channels.json": channels,
        "users.json": users,
        **(lists or {}),
        **days,
    }
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, entries in every.items():
            if name not in (files or {}):
                archive.writestr(name, json.dumps(entries, indent=4))
        for name, content in (files or {}).items():
            archive.writestr(name, content)
    return path


def in_days(folder: str, entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The entries of one channel in one file a day (UTC), oldest first, as an export keeps them."""
    days: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: float(entry["ts"])):
        day = datetime.fromtimestamp(float(entry["ts"]), UTC).date()
        days.setdefault(f"{folder}/{day}.json", []).append(entry)
    return days


def lively_days(seed: int = 1, entries: int = 600) -> dict[str, list[Entry]]:
    """Two months in four channels, with all that happens in real exports.

    Threads (also under bots, deleted and unknown roots), reactions, bots, joins and leaves, edits,
    tombstones, files, people that users.json doesn't know, odd Unicode; and ``talk-old`` holds messages that
    ``talk`` holds too, as after a renaming.
    """
    random = Random(seed)
    days: dict[str, list[Entry]] = {}
    for number, folder in enumerate(("general", "talk", "вопросы")):
        found = [
            _something(random, f"{START + number + position * 17_280_000 // entries}.{position:06d}")
            for position in range(entries // 3)
        ]
        roots = [entry for entry in found if entry.get("subtype") in (None, "tombstone", "bot_message")]
        for _ in range(0, len(found), 3):
            root = random.choice(roots)
            ts = f"{float(root['ts']) + random.randint(1, 200_000):.6f}"
            found.append(_answer(random, ts, root))
        days |= in_days(folder, found)
        if folder == "talk":
            days |= in_days("talk-old", [dict(entry) for entry in found if random.random() < 0.2])
    return days


def lively_export(path: Path, seed: int = 1, entries: int = 600) -> Path:
    """``lively_days`` as an archive at ``path``, with its people, bots, groups and private talks."""
    people = [user(f"U{number:03d}", f"Person {number}") for number in range(20)]
    bots = [user("UBOT", "Helper", is_bot=True), user("USLACKBOT", "Slackbot")]
    days = lively_days(seed, entries)
    channels = [channel(f"C{n:03d}", name) for n, name in enumerate(("general", "talk", "talk-old", "silent"))]
    lists = {
        "groups.json": [channel("G001", "вопросы")],
        "dms.json": [{"id": "D012345678", "members": ["U001", "U002"]}],
        "mpims.json": [channel("G002", "mpdm-a--b--c-1")],
        "D012345678/2023-11-15.json": [said("U001", f"{START}.000001", "just between us?")],
        "mpdm-a--b--c-1/2023-11-15.json": [said("U001", f"{START}.000002", "just among us?")],
        "integration_logs.json": [],
    }
    return write_export(path, days, users=people + bots, channels=channels, lists=lists)


_TEXTS = (
    "Good morning",
    "How do you store the vaccines?",
    "See https://example.org/a?b=c :question: and `what?`",
    "😀 \u202eright to left",
    "half a pair \ud83d, and nothing \x00 at all",
    "",
)


_PEOPLE = [*(f"U{number:03d}" for number in range(20)), "W9GUEST", "Uодин\ud800"]


def _something(random: Random, ts: str) -> Entry:
    who = random.choice(_PEOPLE)
    other = random.choice(["channel_topic", "pinned_item", "channel_name", "file_comment"])
    peculiar = [
        said(who, ts, "posted by a program?", bot_id="B001"),
        said("UBOT", ts, "by a bot?"),
        event("bot_message", None, ts, bot_id="B002", username="feed", reactions=[reaction("eyes", who)]),
        event(random.choice(["channel_join", "channel_leave", "group_join"]), who, ts),
        event("tombstone", "USLACKBOT", ts, hidden=random.random() < 0.5),
        event(other, who, ts),
        event("message_changed", None, ts, hidden=True, message=said(who, f"{START}.000009", "nested?")),
        said(who, ts, "shrugs", subtype="me_message"),
        said(who, ts, "a picture?", subtype="file_share", files=[{"id": "F1"}]),
        said(who, ts, "mended", edited={"user": who, "ts": ts}, user_profile={"real_name": "A Guest"}),
    ]
    if random.random() < 0.6:
        return random.choice(peculiar)
    return _with_reactions(random, said(who, ts, random.choice(_TEXTS), bot_id=None))


def _answer(random: Random, ts: str, root: Entry) -> Entry:
    answer = said(random.choice(_PEOPLE), ts, random.choice(_TEXTS), thread_ts=root["ts"])
    if random.random() < 0.8 and root["user"]:
        answer["parent_user_id"] = root["user"]
    if random.random() < 0.2:
        answer |= {"subtype": "thread_broadcast", "root": {"user": root["user"], "ts": root["ts"]}}
    return _with_reactions(random, answer)


def _with_reactions(random: Random, entry: Entry) -> Entry:
    if random.random() < 0.3:
        entry["reactions"] = [
            reaction("+1", *random.sample([*_PEOPLE, "UBOT"], 3)),
            reaction("wave", random.choice(_PEOPLE)),
        ]
    return entry
