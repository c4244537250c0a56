"""A Slack export becomes a community with all that happened in it, each thing counted once."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlmodel import col, select

from bot.core.errors import Refusal
from handlers.imports import NO_FILE, NO_NAME
from storage.activity import Activity, activity_key
from storage.communities import Community, CommunityPlace
from storage.database import Database
from storage.imports import SAMPLE
from storage.members import Member, MemberAccount, Membership
from tests.handlers.imports.reading import NOW, count, read_in, rows_of, shows, waiting
from tests.slack_exports import (
    START,
    TEAM,
    Entry,
    channel,
    event,
    lively_export,
    reaction,
    reply,
    said,
    user,
    write_export,
)

DAY = "general/2023-11-15.json"
ANA, BEN = user("U1", "Ana"), user("U2", "Ben")


def at(second: int) -> str:
    """The time that Slack gives to what happens ``second`` seconds after the start."""
    return f"{START + second}.000100"


async def test_the_community_is_called_after_the_file(database: Database, tmp_path: Path) -> None:
    path = write_export(tmp_path / "Nurses of Kisumu.zip", {DAY: [said("U1", at(0))]}, users=[ANA])
    result = await read_in(database, path)
    assert (result.community, result.messages, result.people, result.places) == ("Nurses of Kisumu", 1, 1, 1)
    assert not result.already_there
    async with database.reading() as session:
        community = (await session.exec(select(Community))).one()
    assert (community.name, community.complete, community.is_sample) == ("Nurses of Kisumu", True, False)
    assert (community.time_zone, community.created_at, community.id) == ("UTC", NOW, result.community_id)
    assert community.keep_activity_months == 0  # nothing of what was brought on purpose goes by its age


async def test_it_can_be_given_a_name_or_read_into_a_community_that_is_there(
    database: Database, tmp_path: Path
) -> None:
    async with database.transaction() as session:
        session.add(Community(name="Nurses", created_at=NOW))
    path = write_export(tmp_path / "export.zip", {DAY: [said("U1", at(0))]}, users=[ANA])
    assert (await read_in(database, path, "nurses")).messages == 1
    assert (await read_in(database, path, "Doctors")).messages == 1
    async with database.reading() as session:
        names = (await session.exec(select(Community.name).order_by(col(Community.id)))).all()
    assert names == ["Nurses", "Doctors"]
    assert len(await rows_of(database, "Nurses")) == len(await rows_of(database, "Doctors")) == 1


@pytest.mark.parametrize("name", [None, "The Sample"])
async def test_it_never_goes_into_the_sample_community(database: Database, tmp_path: Path, name: str | None) -> None:
    async with database.transaction() as session:
        session.add(Community(name="the sample", is_sample=True, created_at=NOW))
    path = write_export(tmp_path / "the sample.zip", {DAY: [said("U1", at(0))]}, users=[ANA])
    with pytest.raises(Refusal) as refusal:
        await read_in(database, path, name)
    assert refusal.value.key == SAMPLE
    assert await count(database, Activity) == await waiting(database) == 0


async def test_people_and_places_are_those_that_a_live_workspace_finds(database: Database, tmp_path: Path) -> None:
    path = write_export(
        tmp_path / "a.zip",
        {DAY: [said("U1", at(0)), said("U9", at(1), user_profile={"real_name": "Guest"}), said("U8", at(2))]},
        users=[ANA, BEN, user("W1", team_id="T0OTHER")],
        channels=[channel("C1", "general"), channel("C2", "quiet")],
    )
    await read_in(database, path)
    async with database.reading() as session:
        people = (await session.exec(select(MemberAccount, Member).join(Member))).all()
        places = (await session.exec(select(CommunityPlace).order_by(col(CommunityPlace.id)))).all()
    assert {(account.user, member.name) for account, member in people} == {
        ("U1", "Ana"),
        ("U9", "Guest"),
        ("U8", "U8"),
    }
    for account, member in people:
        assert account.user_key == database.cipher.digest("account", "slack", TEAM, account.user)
        assert (account.platform, account.tenant, account.is_bot) == ("slack", TEAM, False)
        assert member.created_at == NOW
    assert [(place.external_id, place.name) for place in places] == [("C1", "general"), ("C2", "quiet")]
    for place in places:
        assert (place.platform, place.tenant, place.purpose) == ("slack", TEAM, "listening")
        assert not place.active
        assert not place.tells_joins
    assert await count(database, Membership) == 0


async def test_a_member_who_is_known_keeps_the_name_and_the_place_its_community(
    database: Database, tmp_path: Path
) -> None:
    async with database.transaction() as session:
        live = Community(name="Live", created_at=NOW)
        member = Member(name="Ana of the live bot", created_at=NOW)
        session.add_all([live, member])
        await session.flush()
        key = database.cipher.digest("account", "slack", TEAM, "U1")
        session.add(MemberAccount(member_id=member.id, platform="slack", tenant=TEAM, user_key=key, user="U1"))
        session.add(CommunityPlace(community_id=live.id, platform="slack", tenant=TEAM, external_id="C-general"))
    path = write_export(tmp_path / "a.zip", {DAY: [said("U1", at(0)), said("U2", at(1))]}, users=[ANA, BEN])
    await read_in(database, path)
    assert [row[0] for row in await rows_of(database, "a")] == ["U1", "U2"]
    async with database.reading() as session:
        names = {member.name for member in await session.exec(select(Member))}
        place = (await session.exec(select(CommunityPlace))).one()
    assert names == {"Ana of the live bot", "Ben"}
    assert (place.community_id, place.active) == (live.id, True)


async def test_an_export_without_team_ids_has_people_of_its_own(database: Database, tmp_path: Path) -> None:
    nobody_knows = {"id": "U1", "name": "ana"}
    path = write_export(tmp_path / "a.zip", {DAY: [said("U1", at(0))]}, users=[nobody_knows])
    await read_in(database, path)
    await read_in(database, path, "b")
    async with database.reading() as session:
        accounts = (await session.exec(select(MemberAccount).order_by(col(MemberAccount.id)))).all()
    assert [account.tenant for account in accounts] == ["export:a", "export:b"]


async def test_what_counts_as_a_message(database: Database, tmp_path: Path) -> None:
    entries = [
        said("U1", at(1), "plain", bot_id=None),
        said("U1", at(2), "shrugs", subtype="me_message"),
        said("U1", at(3), "a file", subtype="file_share"),
        said("U1", at(4), "edited", edited={"user": "U1", "ts": at(5)}),
        said("U1", at(6), "without a subtype", subtype=None),
        *(
            event(subtype, "U1", at(10 + number))
            for number, subtype in enumerate(
                [
                    *("channel_topic", "channel_purpose", "channel_name", "channel_archive", "pinned_item"),
                    *("tombstone", "file_comment", "message_changed", "message_deleted", "bot_add", "huddle"),
                ]
            )
        ),
        said("U1", at(30), "hidden", hidden=True),
        said("U1", at(31), "an app's", bot_id="B1"),
        said("UBOT", at(32), "a bot's"),
        said("USLACKBOT", at(33), "Slackbot's"),
        event("bot_message", "U1", at(34), bot_id="B1"),
        said(None, at(35), "nobody's"),
        {"type": "presence", "user": "U1", "ts": at(36)},
    ]
    path = write_export(tmp_path / "a.zip", {DAY: entries}, users=[ANA, user("UBOT", is_bot=True)])
    assert (await read_in(database, path)).messages == 5
    rows = await rows_of(database, "a")
    assert [row[2].timestamp() - START for row in rows] == pytest.approx([1, 2, 3, 4, 6], abs=0.001)
    first = rows[0]
    assert first[2] == datetime.fromtimestamp(START + 1, UTC).replace(microsecond=100)
    assert first[3] == activity_key("slack", TEAM, "U1", at(1))


async def test_joins_and_leaves_are_counted_apart_for_each_channel(database: Database, tmp_path: Path) -> None:
    days = {
        DAY: [event("channel_join", "U1", at(1)), event("channel_leave", "U1", at(2))],
        "staff/2023-11-15.json": [event("group_join", "U1", at(1)), event("group_leave", "U1", at(2))],
    }
    result = await read_in(database, write_export(tmp_path / "a.zip", days, users=[ANA]))
    assert (result.messages, result.joins, result.leaves, result.people, result.writers) == (0, 2, 2, 1, 0)
    assert [(row[1], row[3], row[6]) for row in await rows_of(database, "a") if row[6] == "C-staff"] == [
        ("JOIN", activity_key("slack", TEAM, "join", "C-staff", "U1", at(1)), "C-staff"),
        ("LEAVE", activity_key("slack", TEAM, "leave", "C-staff", "U1", at(2)), "C-staff"),
    ]


async def test_reactions_count_for_those_who_gave_them(database: Database, tmp_path: Path) -> None:
    entry = said("U1", at(1), reactions=[reaction("+1", "U2", "UBOT", "U1"), reaction("eyes", "U2"), "odd"])
    by_bot = event("bot_message", None, at(2), bot_id="B1", reactions=[reaction("+1", "U2")])
    again = {"old-name/2023-11-15.json": [entry]}
    users = [ANA, BEN, user("UBOT", is_bot=True)]
    path = write_export(tmp_path / "a.zip", {DAY: [entry, by_bot], **again}, users=users)
    assert (await read_in(database, path)).reactions == 4
    given = [(row[0], row[2].second) for row in await rows_of(database, "a") if row[1] == "REACTION"]
    assert given == [("U1", 1), ("U2", 1), ("U2", 1), ("U2", 2)]


async def test_replies_of_one_thread_share_the_key_of_its_root(database: Database, tmp_path: Path) -> None:
    root = said("U1", at(1), thread_ts=at(1), reply_count=4)
    entries = [
        root,
        reply("U2", at(2), root),
        said("U2", at(3), thread_ts=at(1)),
        said("U1", at(4), thread_ts=at(1), subtype="thread_broadcast", root={"user": "U1", "ts": at(1)}),
        said("U2", at(5), thread_ts=at(1), parent_user_id="USLACKBOT"),
    ]
    later = {"general/2023-11-16.json": [said("U2", at(90_000), thread_ts=at(1))]}
    await read_in(database, write_export(tmp_path / "a.zip", {DAY: entries, **later}, users=[ANA, BEN]))
    rows = await rows_of(database, "a")
    assert [row[4] for row in rows] == [None] + [activity_key("slack", TEAM, "U1", at(1))] * 5


async def test_a_root_is_found_in_whatever_order_a_file_is(database: Database, tmp_path: Path) -> None:
    entries = [said("U2", at(9)), said("U2", at(3), thread_ts=at(1)), said("U1", at(1)), said("U1", at(5))]
    later = {"general/2023-11-16.json": [said("U2", at(90_000), thread_ts=at(5)), said("U1", at(2))]}
    later["general/2023-11-17.json"] = [said("U2", at(180_000), thread_ts=at(2))]
    await read_in(database, write_export(tmp_path / "a.zip", {DAY: entries, **later}, users=[ANA, BEN]))
    threads = [row[4] for row in await rows_of(database, "a") if row[4] is not None]
    assert threads == [activity_key("slack", TEAM, "U1", at(second)) for second in (1, 5, 2)]


@pytest.mark.parametrize(
    "root",
    [
        [],
        [event("tombstone", "USLACKBOT", at(1), thread_ts=at(1))],
        [event("bot_message", None, at(1), thread_ts=at(1), bot_id="B1")],
        [said(None, at(1), thread_ts=at(1))],
    ],
)
@pytest.mark.parametrize("known", [("U1", "U1"), (None, "U1"), ("U1", None), (None, None)])
async def test_replies_stay_together_when_their_root_is_unknown(
    database: Database, tmp_path: Path, root: list[Entry], known: tuple[str | None, str | None]
) -> None:
    replies = [
        said("U2", at(2 + number), thread_ts=at(1), **({"parent_user_id": author} if author else {}))
        for number, author in enumerate(known)
    ]
    other = said("U2", at(9), thread_ts=at(8))
    await read_in(database, write_export(tmp_path / "a.zip", {DAY: [*root, *replies, other]}, users=[BEN]))
    threads = [row[4] for row in await rows_of(database, "a")]
    assert threads[0] == threads[1] != threads[2]
    assert None not in threads
    if known[0] and (not root or root[0].get("subtype") == "tombstone"):
        assert threads[0] == activity_key("slack", TEAM, "U1", at(1))


async def test_questions_are_marked(database: Database, tmp_path: Path) -> None:
    texts = ["Where?", "here", "`a?b`", "<https://a.org/?q>", "", None]
    entries = [said("U1", at(number), text) for number, text in enumerate(texts)]  # type: ignore[arg-type]
    await read_in(database, write_export(tmp_path / "a.zip", {DAY: entries}, users=[ANA]))
    assert [row[5] for row in await rows_of(database, "a")] == [True, False, False, False, False, False]


async def test_a_renamed_channel_counts_each_message_once(database: Database, tmp_path: Path) -> None:
    entries = [said("U1", at(1)), event("channel_join", "U1", at(2))]
    days = {DAY: entries, "all/2023-11-15.json": entries}
    renamed = [channel("C1", "all", previous_names=["general"])]
    both = [channel("C1", "all"), channel("C2", "general")]
    one = await read_in(database, write_export(tmp_path / "a.zip", days, users=[ANA], channels=renamed))
    two = await read_in(database, write_export(tmp_path / "b.zip", days, users=[ANA], channels=both))
    assert (one.messages, one.joins, one.places) == (1, 1, 1)
    assert (two.messages, two.joins, two.places) == (1, 2, 2)


async def test_private_talks_and_foreign_files_are_left_out(database: Database, tmp_path: Path) -> None:
    days = {
        DAY: [said("U1", at(1))],
        "D0ABCDEFGH/2023-11-15.json": [said("U1", at(2))],
        "D0LISTED00/2023-11-15.json": [said("U1", at(3))],
        "mpdm-ana--ben-1/2023-11-15.json": [said("U1", at(4))],
        "FC:F01234567:plan/2023-11-15.json": [said("U1", at(5))],
    }
    path = write_export(
        tmp_path / "a.zip",
        days,
        users=[ANA],
        channels=[channel("C1", "general")],
        lists={"dms.json": [{"id": "D0LISTED00"}], "mpims.json": [channel("G9", "mpdm-ana--ben-1")]},
        files={
            "canvases.json": b"not JSON",
            "general/canvas_in_the_conversation.json": b"{}",
            "__MACOSX/general/._2023-11-15.json": b"\x00\x05",
            "general/.DS_Store": b"\x00",
        },
    )
    result = await read_in(database, path)
    assert (result.messages, result.places) == (1, 1)


async def test_an_export_that_was_unpacked_and_packed_again_is_read_too(database: Database, tmp_path: Path) -> None:
    inner = {DAY: [said("U1", at(1))], "channels.json": [channel("C1", "general")], "users.json": [ANA]}
    days = {f"My export/{name}": entries for name, entries in inner.items()}
    path = write_export(tmp_path / "a.zip", days)
    repacked = tmp_path / "b.zip"
    _without(path, repacked, {"channels.json", "users.json"})
    assert (await read_in(database, repacked)).messages == 1


def _without(source: Path, target: Path, names: set[str]) -> None:
    with ZipFile(source) as old, ZipFile(target, "w") as new:
        for name in old.namelist():
            if name not in names:
                new.writestr(name, old.read(name))


async def test_odd_characters_break_nothing(database: Database, tmp_path: Path) -> None:
    odd = "U\ud800\x00"
    entries = [
        said(odd, at(1), "half \ud83d of a pair\x00?", user_profile={"real_name": "Zoë \udfff\x00😀"}),
        said("U1", float(at(2)), "a time as a number"),  # type: ignore[arg-type]
        said("U1", START + 3, reactions={"odd": 1}, subtype=["odd"]),  # type: ignore[arg-type]
        said("U1", at(4), ["odd"], reactions=[{"name": 1, "users": [1, None, odd]}]),  # type: ignore[arg-type]
        said(["odd"], at(5)),  # type: ignore[arg-type]
    ]
    path = write_export(
        tmp_path / "a\udcff.zip",
        {"café/2023-11-15.json": entries},
        channels=[channel("C\ud800\x00", "cafe\u0301")],
    )
    result = await read_in(database, path)
    assert (result.community, result.messages, result.reactions) == ("a?", 3, 1)
    assert {row[0] for row in await rows_of(database, "a?")} == {odd, "U1"}
    async with database.reading() as session:
        assert "Zoë \udfff\x00😀" in {member.name for member in await session.exec(select(Member))}


async def test_the_same_archive_twice_changes_nothing(database: Database, tmp_path: Path) -> None:
    path = lively_export(tmp_path / "a.zip")
    first = await read_in(database, path)
    rows, people = await rows_of(database, "a"), await count(database, MemberAccount)
    second = await read_in(database, path)
    assert second.already_there
    assert (second.messages, second.people, second.places) == (first.messages, first.people, first.places)
    assert await rows_of(database, "a") == rows
    assert await count(database, MemberAccount) == people
    assert await waiting(database) == 0
    assert len(rows) == first.messages + first.reactions + first.joins + first.leaves


async def test_a_newer_export_adds_what_is_new(database: Database, tmp_path: Path) -> None:
    old = [said("U1", at(1)), event("channel_join", "U2", at(2))]
    new = [said("U2", at(3)), reply("U1", at(4), said("U2", at(3)))]
    await read_in(database, write_export(tmp_path / "1.zip", {DAY: old}, users=[ANA, BEN]), "Nurses")
    second = write_export(tmp_path / "2.zip", {DAY: old + new}, users=[ANA, BEN])
    result = await read_in(database, second, "Nurses")
    assert (result.messages, result.joins, result.already_there) == (2, 0, False)
    assert len(await rows_of(database, "Nurses")) == 4
    assert await count(database, Community) == 1


async def test_an_empty_export_makes_an_empty_community(database: Database, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = write_export(tmp_path / "a.zip", {}, users=[ANA])
    result = await read_in(database, path, progress=lambda done, total: seen.append((done, total)))
    assert (result.messages, result.people, result.places) == (0, 0, 0)
    assert await shows(database, "a")
    assert seen[-1][0] == seen[-1][1] > 0


async def test_progress_grows_to_its_end(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.imports._BATCH", 50)
    seen: list[float] = []
    await read_in(database, lively_export(tmp_path / "a.zip"), progress=lambda a, b: seen.append(a / b))
    assert seen == sorted(seen)
    assert seen[-1] == 1
    assert len(seen) > 10


async def test_names_and_files_that_are_not_there(database: Database, tmp_path: Path) -> None:
    for path, name, key in (
        (tmp_path / "no.zip", None, NO_FILE),
        (tmp_path, "a", NO_FILE),
        (tmp_path, " ", NO_NAME),
    ):
        with pytest.raises(Refusal) as refusal:
            await read_in(database, path, name)
        assert refusal.value.key == key


SAMPLE_DATA = Path(os.environ.get("BARAZA_SAMPLE_DATA", "-")) / "houston-slack-export.zip"


@pytest.mark.skipif(not SAMPLE_DATA.exists(), reason="BARAZA_SAMPLE_DATA names no folder with the real archive")
async def test_a_real_archive(database: Database) -> None:
    result = await read_in(database, SAMPLE_DATA)
    rows = await rows_of(database, result.community)
    said_ = [row for row in rows if row[1] == "MESSAGE"]
    joins = [row for row in rows if row[1] == "JOIN"]
    assert (result.messages, result.writers, result.joins, result.places) == (1025, 32, 320, 16)
    assert (len(said_), len({row[0] for row in said_})) == (1025, 32)
    assert (len(joins), len({row[0] for row in joins})) == (320, 71)
    assert sum(row[4] is not None for row in said_) == 0
    assert sum(row[5] for row in said_) == 104
