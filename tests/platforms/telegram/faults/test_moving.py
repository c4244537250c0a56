"""A group becomes a supergroup while something is on its way to it: there the numbers of messages begin anew."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.core.addresses import InPlace
from bot.core.messages import Kind, Message, Text
from bot.core.platform import Send
from tests.frame import echo
from tests.platforms.telegram.faults.installation import installed
from tests.wire.telegram.faults import fine, rate_limited


async def test_in_the_supergroup_it_answers_nothing_as_numbers_begin_anew(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        group = here.telegram.group("village", here.ana, here.ben, with_bot=True, as_admin=True)
        answered = await here.ana.writes(group, "hello")
        new = await here.ana.upgrades(group)
        while await here.ben.writes(new, "something else") < answered + 3:
            pass
        message = Message(Text("An answer"), details=Text("The details"))
        to = InPlace(here.place(group), str(answered))
        await here.platform.deliver(Send("reference", to, message, Kind.ANSWER))
        said = [one for one in here.ana.sees(new) if one.by_bot and one.text in ("An answer", "The details")]
        assert [one.reply_to for one in said] == [None, said[0].id]


async def test_what_is_left_of_a_message_goes_to_the_supergroup_and_answers_nothing_there(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        group = here.telegram.group("village", here.ana, here.ben, with_bot=True, as_admin=True)
        await here.settles()
        here.telegram.faults.plan("sendMessage", fine(), rate_limited(1), channel=str(group.id))
        message = Message(Text("An answer"), details=Text("The details"))
        sending = asyncio.create_task(
            here.platform.deliver(Send("reference", InPlace(here.place(group)), message, Kind.ANSWER))
        )
        await here.telegram.faults.struck("sendMessage")
        new = await here.ana.upgrades(group)
        await here.waits(2)
        async with asyncio.timeout(10):
            await sending
        said = [one for one in here.ana.sees(new) if one.by_bot]
        assert [(one.text, one.reply_to) for one in said if one.text == "The details"] == [("The details", None)]


async def test_who_made_it_a_supergroup_is_not_left_with_a_question_about_it(tmp_path: Path) -> None:
    async with installed(tmp_path) as here:
        group = here.telegram.group("village", here.ana, here.ben, with_bot=True, as_admin=True)
        await here.founds_a_community(group)
        new = here.telegram.supergroup("village", here.ana, here.ben)
        await here.ana.adds_bot(new, as_admin=True)  # this is told first
        await here.settles()
        assert "Thank you for inviting me to #village" in here.ana.hears()[-1]
        group.migrated_to, new.migrated_from = new, group
        group.tell(group.add(here.ana.user, {"migrate_to_chat_id": new.id}))
        new.tell(new.add(here.ana.user, {"migrate_from_chat_id": group.id}))
        await here.settles()
        assert not any("Thank you for inviting me" in one for one in here.ana.hears())
        before = await here.counted()
        await here.ben.writes(new, "hello")
        await here.settles()
        assert await here.counted() == before + 1
        assert await here.dead() == []
