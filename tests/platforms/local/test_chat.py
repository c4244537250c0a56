"""The local chat: people's acts are kept with their events, and nobody sees or does what isn't theirs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.addresses import Account, OnlyVisibleTo, Place, Privately
from bot.core.events import CommandUsed
from bot.core.messages import Button, Kind, Message, Text
from bot.core.platform import Send
from bot.platforms.local.acts import LONGEST_TEXT, Acts
from bot.platforms.local.chat import ChatProblem, LocalChat, direct_place
from bot.platforms.local.incoming import PLATFORM, TENANT
from bot.platforms.local.platform import LocalPlatform
from bot.platforms.local.seeding import seed
from bot.platforms.local.view import PAGE, View
from tests.community import StandingClock
from tests.platforms.wires import RecordingHost


@dataclass
class Room:
    """A chat with Ana and Ben in a place called circle, and Cem outside of it; nobody carries its events."""

    chat: LocalChat
    acts: Acts
    view: View
    clock: StandingClock
    circle: str = ""

    async def told(self) -> list[dict[str, Any]]:
        """The events that wait to be carried."""
        return [json.loads(body) for _, _, body in await self.chat.waiting_events(999)]

    async def texts(self, person: str, place: str = "", **ask: Any) -> list[str]:
        shown, _ = await self.view.messages(person, place or self.circle, **ask)
        return [one["content"][0]["children"][0]["text"] for one in shown]


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    clock = StandingClock()
    chat = LocalChat(tmp_path / "chat.sqlite3", clock.now)
    await chat.open()
    made = Room(chat, Acts(chat), View(chat), clock)
    for name in ("ana", "ben", "cem"):
        await made.acts.come_in(name, "en", name)
    made.circle = (await made.acts.create_place("ana", "circle"))["id"]
    await made.acts.join("ben", made.circle)
    await made.acts.invite_bot("ana", made.circle)
    await chat.acknowledge(10**9)
    yield made
    await chat.close()


async def test_an_act_and_its_event_are_kept_together(room: Room) -> None:
    await room.acts.write("ana", room.circle, "hello")
    with pytest.raises(ChatProblem):
        await room.acts.write("cem", room.circle, "may I?")
    (event,) = await room.told()
    assert (event["type"], event["person"]["id"], event["message"]["text"]) == ("message", "ana", "hello")
    assert await room.texts("ben") == ["hello"]


async def test_what_was_just_written_is_seen_however_many_read(room: Room) -> None:
    over = asyncio.Event()

    async def read(pauses: int) -> None:
        while not over.is_set():
            await room.chat.rows("SELECT * FROM person ORDER BY rowid")
            for _ in range(pauses):
                await asyncio.sleep(0)

    readers = [asyncio.create_task(read(pauses)) for pauses in range(20)]
    newcomers = [await room.acts.come_in(f"New {number}", "en") for number in range(200)]
    over.set()
    await asyncio.gather(*readers)
    assert [one["name"] for one in newcomers] == [f"New {number}" for number in range(200)]


async def test_events_wait_until_they_are_acknowledged_also_across_a_restart(room: Room) -> None:
    for text in ("one", "two", "three"):
        await room.acts.write("ana", room.circle, text)
    numbers = [number for number, _, _ in await room.chat.waiting_events(99)]
    await room.chat.acknowledge(numbers[1])
    identity = room.chat.identity
    await room.chat.close()
    await room.chat.open()
    assert [event["message"]["text"] for event in await room.told()] == ["three"]
    assert room.chat.identity == identity
    await room.acts.write("ana", room.circle, "four")
    assert [number for number, _, _ in await room.chat.waiting_events(99)][-1] > numbers[-1]  # never used again


async def test_a_change_that_fails_leaves_nothing_and_tells_nothing(room: Room) -> None:
    told: list[str] = []
    room.chat.on_event = lambda: told.append("event")
    with pytest.raises(InterruptedError):
        async with room.chat.change() as change:
            await change.run("INSERT INTO place (id, name) VALUES ('x', 'x')")
            await change.tell("joined", "x", await room.chat.person("ana"))
            raise InterruptedError
    assert (told, await room.told()) == ([], [])
    with pytest.raises(ChatProblem):
        await room.chat.place("x")


async def test_where_the_bot_is_not_it_hears_nothing(room: Room) -> None:
    square = (await room.acts.create_place("ana", "square"))["id"]
    await room.acts.write("ana", square, "among ourselves")
    with pytest.raises(ChatProblem, match="Baraza is not in this place yet"):
        await room.acts.use_command("ana", square, "/help")
    assert await room.told() == []


async def test_who_comes_in_has_missed_nothing_of_before(room: Room) -> None:
    for text in ("hello", "is anybody here?"):
        await room.acts.write("ana", room.circle, text)
    await room.acts.join("cem", room.circle)
    await room.acts.write("ana", room.circle, "welcome, Cem")
    unread = {one["id"]: one["unread"] for one in await room.view.places("cem")}
    assert unread[room.circle] == 1


async def test_doing_it_twice_tells_it_once(room: Room) -> None:
    number, _ = await room.acts.write("ana", room.circle, "hello")
    for _ in range(2):
        await room.acts.join("cem", room.circle)
        await room.acts.react("ben", str(number), "👍", removed=False)
        await room.acts.invite_bot("ana", room.circle)
    for _ in range(2):
        await room.acts.react("ben", str(number), "👍", removed=True)
        await room.acts.leave("cem", room.circle)
    kinds = [event["type"] for event in await room.told()]
    assert kinds == ["message", "joined", "reaction", "reaction", "left"]


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("/help", "help", ""),
        ("/settings role @ben expert", "settings", "role @ben expert"),
        ("/baraza settings", "settings", ""),
        ("/", "", ""),
        ("/baraza", "", ""),
        (" /Baraza  ", "", ""),
        ("/baraza ask what now?", "ask", "what now?"),
        ("/baraza /ask what now?", "ask", "what now?"),
        ("/barazas ask", "barazas", "ask"),
        ("  /ask  why\nso late ", "ask", "why\nso late"),
    ],
)
async def test_a_command_is_its_first_word_and_the_rest(room: Room, text: str, name: str, arguments: str) -> None:
    await room.acts.use_command("ana", room.circle, text)
    (event,) = await room.told()
    assert event["command"] == {"name": name, "arguments": arguments}


async def test_a_message_can_be_used_by_who_reads_it_where_the_bot_does(room: Room) -> None:
    square = (await room.acts.create_place("ana", "square"))["id"]
    await room.acts.join("ben", square)
    await room.chat.acknowledge(10**9)
    (there, _), (here, _) = [await room.acts.write("ana", place, "hello") for place in (square, room.circle)]
    with pytest.raises(ChatProblem, match="Baraza can do nothing with this message"):
        await room.acts.use_shortcut("ben", str(there), "things.save")
    with pytest.raises(ChatProblem, match="Join this place first"):
        await room.acts.use_shortcut("cem", str(here), "things.save")
    for message in ("999", "x", ""):
        with pytest.raises(ChatProblem, match="no longer there"):
            await room.acts.use_shortcut("ben", message, "things.save")
    with pytest.raises(ChatProblem, match="no longer there"):
        await room.acts.use_command("ana", room.circle, "/log", str(there))
    await room.acts.use_shortcut("ben", str(here), "things.save")
    *_, told = await room.told()
    assert (told["type"], told["shortcut"], told["person"]["id"]) == ("shortcut", "things.save", "ben")
    assert (told["about"]["text"], told["about"]["author"]["id"]) == ("hello", "ana")


async def test_of_what_the_bot_said_only_a_command_can_be_about(tmp_path: Path) -> None:
    platform = LocalPlatform(tmp_path / "chat.sqlite3", StandingClock())
    await platform.start(RecordingHost())
    acts = Acts(platform.chat)
    await acts.come_in("ana", "en", "ana")
    words = Text("**{who}** asks:\n\n- one\n- two\n\n`three`", {"who": "*Ben*"})
    ref = await platform.deliver(
        Send("ref-1", Privately(Account(PLATFORM, TENANT, "ana")), Message(words), Kind.ANSWER)
    )
    assert ref is not None
    with pytest.raises(ChatProblem, match="Baraza can do nothing with this message"):
        await acts.use_shortcut("ana", ref.id, "things.save")
    await platform.stop_receiving()
    await acts.use_command("ana", direct_place("ana"), "/answer", ref.id)
    ((_, _, body),) = await platform.chat.waiting_events(9)
    (event,) = platform.translate(body)
    assert isinstance(event, CommandUsed)
    assert event.about is not None
    assert event.about.text == "*Ben* asks:\none\ntwo\nthree"
    assert (event.about.message, event.about.by.is_bot, event.about.private) == (ref, True, True)
    await platform.close()


async def test_only_who_wrote_a_message_changes_it(room: Room) -> None:
    number, _ = await room.acts.write("ana", room.circle, "helo")
    for act in (room.acts.edit("ben", str(number), "mine"), room.acts.delete("ben", str(number))):
        with pytest.raises(ChatProblem, match="Only who wrote a message can change it"):
            await act
    await room.acts.edit("ana", str(number), "hello")
    assert await room.texts("ben") == ["hello"]
    await room.acts.delete("ana", str(number))
    assert await room.texts("ben") == []
    assert [event["type"] for event in await room.told()] == ["message", "edited", "deleted"]


@pytest.mark.parametrize("message", ["0", "-1", "999", "1e3", "x", "", "9" * 400, "１"])
async def test_a_message_that_is_not_there_is_told_in_a_sentence(room: Room, message: str) -> None:
    with pytest.raises(ChatProblem, match="no longer there"):
        await room.acts.edit("ana", message, "hello")


async def test_unknown_people_places_files_and_forms_are_told_in_a_sentence(room: Room) -> None:
    acts = [
        room.acts.write("nobody", room.circle, "x"),
        room.acts.write("ana", "nowhere", "x"),
        room.acts.write("ana", room.circle, "x", files=["f-unknown"]),
        room.acts.write("ana", room.circle, "x", thread="999"),
        room.acts.write("ana", room.circle, "  "),
        room.acts.write("ana", room.circle, "x" * (LONGEST_TEXT + 1)),
        room.acts.write("ana", direct_place("ben"), "into somebody else's private chat"),
        room.acts.join("ana", "nowhere"),
        room.acts.create_place("ana", " "),
        room.acts.create_place("ana", "circle"),
        room.acts.come_in("  ", "en"),
        room.acts.submit("ana", "unknown", {}),
    ]
    for act in acts:
        with pytest.raises(ChatProblem, match=r"[.]$"):
            await act
    assert await room.told() == []


async def test_a_page_of_a_conversation_is_its_newest_and_says_whether_there_is_more(room: Room) -> None:
    for number in range(PAGE + 5):
        await room.acts.write("ana", room.circle, str(number))
    shown, more = await room.view.messages("ben", room.circle)
    assert (len(shown), more) == (PAGE, True)
    earlier, more = await room.view.messages("ben", room.circle, before=shown[0]["id"])
    assert [one["content"][0]["children"][0]["text"] for one in earlier] == ["0", "1", "2", "3", "4"]
    assert not more
    with pytest.raises(ChatProblem, match="Join this place first"):
        await room.view.messages("cem", room.circle)
    with pytest.raises(ChatProblem, match="Join this place first"):
        await room.view.messages("cem", direct_place("ana"))


async def test_a_button_that_one_person_was_shown_is_pressed_by_nobody_else(room: Room, tmp_path: Path) -> None:
    platform = LocalPlatform(tmp_path / "chat.sqlite3", room.clock)
    host = RecordingHost()
    await platform.start(host)
    ana, circle = Account(PLATFORM, TENANT, "ana"), Place(PLATFORM, TENANT, room.circle, "circle")
    said = Message(Text("for you"), (Button("Do it", "things.do", token="a-token"),))
    ref = await platform.deliver(Send("ref", OnlyVisibleTo(ana, circle), said, Kind.ANSWER))
    assert ref is not None
    with pytest.raises(ChatProblem, match="no longer there"):
        await room.acts.press("ben", ref.id, "a-token")
    with pytest.raises(ChatProblem, match="no longer there"):
        await room.acts.react("ben", ref.id, "👍", removed=False)
    with pytest.raises(ChatProblem, match="That button is no longer there"):
        await room.acts.press("ana", ref.id, "another-token")
    await room.acts.press("ana", ref.id, "a-token")
    await platform.close()


async def test_the_sample_is_filled_in_once(tmp_path: Path) -> None:
    chat = LocalChat(tmp_path / "sample.sqlite3", StandingClock().now)
    await chat.open()
    end = await seed(chat)
    assert end is not None
    told = len(await chat.waiting_events(10_000))
    assert told > 100
    assert await seed(chat) is None
    assert len(await chat.waiting_events(10_000)) == told
    moments = [json.loads(body)["at"] for _, _, body in await chat.waiting_events(10_000)]
    assert max(moments) <= (end + timedelta(seconds=0)).isoformat()
    await chat.close()
