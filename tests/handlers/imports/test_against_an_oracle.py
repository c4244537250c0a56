"""Whatever an export holds, what is imported is what a second, plain program counts in it."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from itertools import count as counting
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.question_marks import asks_something
from storage.activity import activity_key
from storage.database import Database
from tests.handlers.imports.reading import read_in, rows_of
from tests.slack_exports import START, TEAM, Entry, channel, in_days, user, write_export

PEOPLE = ["U1", "U2", "W3", "U\ud800"]
BOTS = ["UBOT", "USLACKBOT"]
COUNTED = ["thread_broadcast", "me_message", "file_share", ""]
OTHER = ["tombstone", "bot_message", "channel_topic", "message_changed", "message_deleted", "file_comment"]

_times = st.integers(0, 30).map(lambda step: f"{START + step * 7000}.{step:06d}")
_entries = st.fixed_dictionaries(
    {"ts": _times},
    optional={
        "type": st.just("message"),
        "user": st.sampled_from([*PEOPLE, *PEOPLE, *BOTS, None]),
        "subtype": st.sampled_from([None, *COUNTED, *COUNTED, *OTHER, "channel_join", "group_leave"]),
        "text": st.sampled_from(["", "what?", "so", "`?`", "\ud83d?"]),
        "bot_id": st.sampled_from([None, None, None, "B1"]),
        "hidden": st.booleans(),
        "thread_ts": _times,
        "parent_user_id": st.sampled_from(PEOPLE),
        "edited": st.just({"user": "U1", "ts": f"{START}.5"}),
        "reactions": st.lists(
            st.fixed_dictionaries(
                {"name": st.sampled_from("ab"), "users": st.lists(st.sampled_from(PEOPLE + BOTS), max_size=3)}
            ),
            max_size=2,
        ),
    },
)
_channels = st.lists(st.lists(_entries, max_size=25), min_size=1, max_size=3)
_number = counting()


def sane(entry: Entry) -> Entry:
    """No answer comes before what it answers."""
    if entry.get("thread_ts", "") > entry["ts"]:
        del entry["thread_ts"]
    return entry


def plainly_counted(channels: list[list[Entry]]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """What happened, each thing once: kind, user, time ... -> (question, (channel, thread) of a reply, channel)."""
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for number, entries in enumerate(channels):
        for entry in sorted(entries, key=lambda entry: float(entry["ts"])):
            who, subtype, ts = entry.get("user"), entry.get("subtype") or "", entry["ts"]
            if entry.get("hidden") or subtype in ("tombstone", "message_changed", "message_deleted"):
                continue
            if who in PEOPLE and subtype in COUNTED and not entry.get("bot_id"):
                thread = entry.get("thread_ts", ts)
                root = None if thread == ts else (number, thread)
                found.setdefault(("MESSAGE", who, ts), (asks_something(entry.get("text", "")), root, number))
            if who in PEOPLE and subtype in ("channel_join", "group_leave"):
                kind = "JOIN" if subtype == "channel_join" else "LEAVE"
                found.setdefault((kind, who, ts, number), (False, None, number))
            for reaction in entry.get("reactions", ()):
                for reactor in set(reaction["users"]) & set(PEOPLE):
                    author = who or entry.get("bot_id")
                    found.setdefault(("REACTION", reactor, ts, reaction["name"], author), (False, None, number))
    return found


@settings(max_examples=60)
@given(channels=_channels)
async def test_what_is_imported_is_what_a_plain_program_counts(
    database: Database, tmp_path: Path, channels: list[list[Entry]]
) -> None:
    channels = [[sane(entry) for entry in entries] for entries in channels]
    days: dict[str, list[Entry]] = {}
    for number, entries in enumerate(channels):
        days |= in_days(f"c{number}", entries)
    places = [channel(f"C{number}", f"c{number}") for number in range(len(channels))]
    users = [user("U1"), user("U2"), user("UBOT", is_bot=True)]
    name = f"example {next(_number)}"
    await read_in(database, write_export(tmp_path / "a.zip", days, users=users, channels=places), name)

    rows = await rows_of(database, name)
    counted = plainly_counted(channels)
    expected = sorted(
        (key[0], key[1], _moment(key[2]), asks, root is not None, f"C{place}")
        for key, (asks, root, place) in counted.items()
    )
    assert (
        sorted((kind, who, at, asks, thread is not None, place) for who, kind, at, _, thread, asks, place in rows)
        == expected
    )
    _check_threads(channels, {row[3]: row[4] for row in rows}, counted)


def _moment(ts: str) -> datetime:
    seconds, _, fraction = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(fraction))


def _check_threads(
    channels: list[list[Entry]], threads: dict[int, int | None], counted: dict[tuple[Any, ...], tuple[Any, ...]]
) -> None:
    together = defaultdict(set)
    for (kind, who, ts, *_), (_, root, _) in counted.items():
        if kind == "MESSAGE" and root is not None:
            together[root].add(threads[activity_key("slack", TEAM, who, ts)])
    for (number, root_ts), keys in together.items():
        assert len(keys) == 1, "replies of one thread have different keys"
        roots = {
            entry.get("user") or entry.get("bot_id")
            for entry in channels[number]
            if entry["ts"] == root_ts
            and entry.get("thread_ts", root_ts) == root_ts
            and entry.get("subtype") != "tombstone"
        } - {None}
        if len(roots) == 1:
            assert keys == {activity_key("slack", TEAM, roots.pop(), root_ts)}
