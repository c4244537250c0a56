"""What people do on the emulator of Telegram, as a bot hears of it, and what they see."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    MessageEntity,
    Update,
)
from telegram.constants import UpdateType
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.wire.telegram import Chat, Json, Person, TelegramEmulator
from tests.wire.telegram_calls import Calls


class Listener:
    """What a bot hears, as the real library reads it."""

    def __init__(self, bot: Bot, calls: Calls) -> None:
        self._bot = bot
        self._calls = calls
        self._offset = 0

    async def raw(self) -> list[Json]:
        """What happened since it listened last."""
        found = await self._calls.updates(self._offset)
        if found:
            self._offset = found[-1]["update_id"] + 1
        return found

    async def hears(self) -> list[Update]:
        """The same, read; everything must be readable."""
        return [Update.de_json(one, self._bot) for one in await self.raw()]

    async def kinds(self) -> list[str]:
        """The kinds of it alone."""
        return [next(name for name in one if name != "update_id") for one in await self.raw()]


@pytest.fixture
async def listener(bot: Bot, calls: Calls) -> Listener:
    await calls.updates(allowed_updates=[one.value for one in UpdateType])
    return Listener(bot, calls)


@pytest.fixture
def ana(telegram: TelegramEmulator) -> Person:
    return telegram.person("Ana", language_code="fr", username="ana_k", last_name="Keita")


@pytest.fixture
def circle(telegram: TelegramEmulator, ana: Person) -> Chat:
    return telegram.supergroup("Circle", ana, with_bot=True)


def one_button(label: str, **what: Any) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, **what)]])


async def test_starting_with_a_payload(listener: Listener, ana: Person) -> None:
    await ana.starts("join_42")
    (update,) = await listener.hears()
    message = update.message
    assert message is not None
    assert (message.text, message.chat.id, message.chat.type) == ("/start join_42", ana.id, "private")
    assert message.entities == (MessageEntity("bot_command", 0, 6),)
    assert message.from_user is not None
    assert (message.from_user.full_name, message.from_user.language_code) == ("Ana Keita", "fr")
    for payload in ("a" * 65, "a.b"):
        with pytest.raises(AssertionError, match="no client passes on"):
            await ana.starts(payload)


async def test_a_button_and_its_answer(
    telegram: TelegramEmulator, bot: Bot, listener: Listener, calls: Calls, ana: Person
) -> None:
    await ana.starts()
    await bot.send_message(ana.id, "Answer?", reply_markup=one_button("Yes", callback_data="q:1"))
    with pytest.raises(AssertionError, match="sees no button No"):
        await ana.presses("No")
    await listener.hears()
    press = await ana.presses("Yes")
    (update,) = await listener.hears()
    query = update.callback_query
    assert query is not None
    assert (query.data, query.from_user.id) == ("q:1", ana.id)
    assert query.message is not None
    assert (press.answered, press.text) == (False, "")
    answering = asyncio.ensure_future(press.answer())
    telegram.patience = 5
    await query.answer("Thank you", show_alert=True)
    await answering
    assert (press.answered, press.text, press.alert) == (True, "Thank you", True)
    telegram.patience = 0
    with pytest.raises(BadRequest, match="Query is too old and response timeout expired or query id is invalid"):
        await query.answer("Twice")
    late = await ana.presses("Yes")
    await telegram.clock.move(31)
    assert "query is too old" in await calls.refused("answerCallbackQuery", callback_query_id=late.query.id)
    long = await ana.presses("Yes")
    assert (
        await calls.refused("answerCallbackQuery", callback_query_id=long.query.id, text="x" * 201)
        == "Bad Request: MESSAGE_TOO_LONG"
    )
    old = await ana.presses_old(ana.last().raw, "gone")
    assert old.delivery is not None
    assert old.delivery.payload["data"] == "gone"


async def test_deep_links(bot: Bot, listener: Listener, ana: Person, circle: Chat) -> None:
    await ana.writes(circle, "/help")
    link = "https://t.me/test_bot?start=ask_7"
    await bot.send_message(circle.id, "Come", reply_markup=one_button("Ask", url=link))
    assert ana.last(circle).leads_to == {"Ask": link}
    await listener.hears()
    await ana.follows("Ask", circle)
    await bot.send_message(ana.id, f"Or <a href='{link}'>here</a>", parse_mode="HTML")
    await ana.follows("here")
    assert [one.message.text for one in await listener.hears() if one.message] == ["/start ask_7"] * 2
    await bot.send_message(ana.id, "Out", reply_markup=one_button("Site", url="https://example.org"))
    with pytest.raises(AssertionError, match="not to the bot"):
        await ana.follows("Site")
    with pytest.raises(AssertionError, match="nothing called Nowhere"):
        await ana.follows("Nowhere")


async def test_privacy_hides_what_is_not_meant_for_the_bot(
    telegram: TelegramEmulator, bot: Bot, listener: Listener, ana: Person, circle: Chat
) -> None:
    hers = await ana.writes(circle, "A word among us")
    await ana.writes(circle, "/ask@test_bot What now?")
    await ana.writes(circle, "/ask@other_bot What now?")
    await ana.writes(circle, "/ask")
    await ana.writes(circle, "hey @Test_Bot")
    await ana.writes(circle, "an answer", reply_to=(await bot.send_message(circle.id, "Well?")).message_id)
    await ana.writes(circle, "an answer to myself", reply_to=hers)
    heard = [one.message.text for one in await listener.hears() if one.message]
    assert heard == ["/ask@test_bot What now?", "/ask", "hey @Test_Bot", "an answer"]
    await ana.promotes_bot(circle)
    await ana.writes(circle, "Now you hear me")
    await ana.demotes_bot(circle)
    telegram.bot.privacy = False
    await ana.edits(circle, hers, "A word to all")
    telegram.bot.privacy = True
    await ana.edits(circle, hers, "A word among us")
    assert await listener.kinds() == ["my_chat_member", "message", "my_chat_member", "edited_message"]


async def test_replies_in_a_supergroup_are_threads_that_are_no_topics(
    bot: Bot, listener: Listener, ana: Person, circle: Chat
) -> None:
    await ana.promotes_bot(circle)
    root = await ana.writes(circle, "Which size?")
    reply = await ana.writes(circle, "18G", reply_to=root)
    await ana.writes(circle, "Thanks", reply_to=reply)
    messages = [one.message for one in await listener.hears() if one.message]
    assert [one.message_thread_id for one in messages] == [None, root, root]
    assert not any(one.is_topic_message for one in messages)
    assert messages[2].reply_to_message is not None
    assert messages[2].reply_to_message.reply_to_message is None
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(circle.id, "x", reply_to_message_id=999)
    alone = await bot.send_message(circle.id, "x", reply_to_message_id=999, allow_sending_without_reply=True)
    assert alone.reply_to_message is None


async def test_who_comes_and_goes(telegram: TelegramEmulator, listener: Listener, ana: Person) -> None:
    ben, circle = telegram.person("Ben"), telegram.supergroup("Circle", ana)
    await ana.adds_bot(circle, as_admin=True)
    added, said = await listener.hears()
    assert added.my_chat_member is not None
    assert added.my_chat_member.from_user.id == ana.id
    old, new = added.my_chat_member.old_chat_member, added.my_chat_member.new_chat_member
    assert (old.status, new.status) == ("left", "administrator")
    assert said.message is not None
    assert [one.username for one in said.message.new_chat_members] == ["test_bot"]
    await ben.joins(circle)
    came, _ = await listener.hears()
    assert came.chat_member is not None
    assert (came.chat_member.new_chat_member.status, came.chat_member.new_chat_member.user.id) == ("member", ben.id)
    await ana.promotes(ben, circle)
    await ana.removes(ben, circle)
    assert await listener.kinds() == ["chat_member", "chat_member", "message"]
    await ana.demotes_bot(circle)
    await ben.joins(circle)
    await ben.leaves(circle)
    assert await listener.kinds() == ["my_chat_member", "message", "message"]
    await ana.removes_bot(circle)
    (gone,) = await listener.hears()
    assert gone.my_chat_member is not None
    assert gone.my_chat_member.new_chat_member.status == "kicked"
    await ana.writes(circle, "/help")
    assert await listener.kinds() == []


async def test_places_that_the_bot_may_not_write_to(telegram: TelegramEmulator, bot: Bot, ana: Person) -> None:
    small, large = telegram.group("Small", ana), telegram.supergroup("Large", ana)
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(small.id, "x")
    for place in (small, large):
        await ana.adds_bot(place)
        await ana.removes_bot(place)
        with pytest.raises(Forbidden, match=f"bot was kicked from the {place.kind} chat"):
            await bot.send_message(place.id, "x")
        await ana.adds_bot(place)
        await bot.leave_chat(place.id)
        with pytest.raises(Forbidden, match=f"bot is not a member of the {place.kind} chat"):
            await bot.send_message(place.id, "x")
        await ana.adds_bot(place)
        place.permissions -= {"can_send_messages", "can_send_photos"}
        with pytest.raises(BadRequest, match="Not enough rights to send text messages to the chat"):
            await bot.send_message(place.id, "x")
        with pytest.raises(BadRequest, match="Not enough rights to send photos to the chat"):
            await bot.send_photo(place.id, b"\x89PNG\r\n\x1a\n")
    small.deleted = True
    with pytest.raises(Forbidden, match="the group chat was deleted"):
        await bot.send_message(small.id, "x")


async def test_a_group_that_becomes_a_supergroup(
    telegram: TelegramEmulator, bot: Bot, listener: Listener, ana: Person
) -> None:
    circle = telegram.group("Circle", ana, with_bot=True)
    await bot.send_message(circle.id, "Before")
    new = await ana.upgrades("Circle")
    old_chat, new_chat = await listener.hears()
    assert old_chat.message is not None
    assert new_chat.message is not None
    assert (old_chat.message.chat.id, old_chat.message.migrate_to_chat_id) == (circle.id, new.id)
    assert (new_chat.message.chat.id, new_chat.message.migrate_from_chat_id) == (new.id, circle.id)
    with pytest.raises(ChatMigrated) as error:
        await bot.send_message(circle.id, "x")
    assert error.value.new_chat_id == new.id
    await bot.send_message(new.id, "After")
    assert ana.hears("Circle") == ["Before", "After"]


async def test_requests_to_join(
    telegram: TelegramEmulator, bot: Bot, listener: Listener, calls: Calls, ana: Person, circle: Chat
) -> None:
    ben, chidi = telegram.person("Ben"), telegram.person("Chidi")
    await ben.requests_to_join(circle)
    assert await listener.kinds() == []
    await ana.promotes_bot(circle)
    await chidi.requests_to_join(circle, bio="A nurse")
    _, asked = await listener.hears()
    assert asked.chat_join_request is not None
    assert asked.chat_join_request.bio == "A nurse"
    await bot.send_message(asked.chat_join_request.user_chat_id, "These are our norms")
    await telegram.clock.move(301)
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await bot.send_message(chidi.id, "Still there?")
    await asked.chat_join_request.approve()
    let_in, _ = await listener.hears()
    assert let_in.chat_member is not None
    assert let_in.chat_member.via_join_request
    target = {"chat_id": circle.id, "user_id": chidi.id}
    assert await calls.refused("approveChatJoinRequest", **target) == "Bad Request: USER_ALREADY_PARTICIPANT"
    await chidi.leaves(circle)
    assert await calls.refused("declineChatJoinRequest", **target) == "Bad Request: HIDE_REQUESTER_MISSING"
    await chidi.requests_to_join(circle)
    await bot.decline_chat_join_request(circle.id, chidi.id)
    await ana.demotes_bot(circle)
    assert await calls.refused("approveChatJoinRequest", **target) == "Bad Request: not enough rights"


async def test_reactions(listener: Listener, ana: Person, circle: Chat) -> None:
    message = await ana.writes(circle, "Done")
    await ana.reacts(message, "👍", circle)
    assert await listener.kinds() == []
    await ana.promotes_bot(circle)
    await ana.reacts(message, "✍", circle)
    await ana.reacts(message, "✍", circle, removed=True)
    _, changed, taken_back = await listener.hears()
    assert changed.message_reaction is not None
    assert taken_back.message_reaction is not None
    assert [one.to_dict()["emoji"] for one in changed.message_reaction.old_reaction] == ["👍"]
    assert [one.to_dict()["emoji"] for one in changed.message_reaction.new_reaction] == ["✍"]
    assert taken_back.message_reaction.new_reaction == ()
    with pytest.raises(AssertionError, match="no reaction"):
        await ana.reacts(message, "📌", circle)


async def test_blocking(listener: Listener, ana: Person) -> None:
    await ana.starts()
    await ana.blocks()
    await ana.starts("again")
    started, blocked, unblocked, again = await listener.hears()
    assert started.message is not None
    assert blocked.my_chat_member is not None
    assert (blocked.my_chat_member.old_chat_member.status, blocked.my_chat_member.new_chat_member.status) == (
        "member",
        "kicked",
    )
    assert unblocked.my_chat_member is not None
    assert unblocked.my_chat_member.new_chat_member.status == "member"
    assert again.message is not None


async def test_files_and_forwards(telegram: TelegramEmulator, bot: Bot, listener: Listener, ana: Person) -> None:
    circle = telegram.group("Circle", ana, with_bot=True, as_admin=True)
    await ana.sends_photo(circle, b"\x89PNG", "A picture")
    file = await ana.sends_document(circle, "list.pdf", b"%PDF", "@test_bot look")
    await ana.forwards(circle, file, None)
    picture, document, forwarded = [one.message for one in await listener.hears()]
    assert picture is not None
    assert picture.caption == "A picture"
    assert document is not None
    assert document.document is not None
    assert (document.document.file_name, document.document.mime_type) == ("list.pdf", "application/pdf")
    kept = await bot.get_file(document.document.file_id)
    assert bytes(await kept.download_as_bytearray()) == b"%PDF"
    assert forwarded is not None
    assert (forwarded.chat.id, forwarded.forward_origin is not None) == (ana.id, True)
    assert [one["name"] for one in ana.sees()[0].files] == ["list.pdf"]
    await ana.deletes(None, forwarded.message_id)
    assert ana.sees() == []


async def test_inline(bot: Bot, listener: Listener, ana: Person, circle: Chat, calls: Calls) -> None:
    asked = await ana.queries("needles", circle)
    (update,) = await listener.hears()
    assert update.inline_query is not None
    assert (update.inline_query.query, update.inline_query.chat_type) == ("needles", "supergroup")
    article: Json = {"type": "article", "id": "1", "title": "x", "input_message_content": {"message_text": "x"}}
    ask: Json = {"inline_query_id": asked.query.id}
    assert await calls.refused("answerInlineQuery", **ask, results=[article] * 51) == "Bad Request: RESULTS_TOO_MUCH"
    twice = await calls.refused("answerInlineQuery", **ask, results=[article] * 2)
    assert twice == "Bad Request: RESULT_ID_DUPLICATE"
    nameless = {**article, "id": "x" * 65}
    assert await calls.refused("answerInlineQuery", **ask, results=[nameless]) == "Bad Request: RESULT_ID_INVALID"
    content = InputTextMessageContent("Use <b>18G</b>", parse_mode="HTML")
    await update.inline_query.answer([InlineQueryResultArticle("1", "Needle sizes", content)])
    assert asked.titles == ["Needle sizes"]
    await ana.chooses(asked, "Needle sizes", circle)
    sent, chosen = await listener.hears()
    assert sent.message is not None
    assert sent.message.via_bot is not None
    assert (sent.message.text, sent.message.via_bot.id) == ("Use 18G", bot.id)
    assert chosen.chosen_inline_result is not None
    assert chosen.chosen_inline_result.result_id == "1"


async def test_channels(telegram: TelegramEmulator, bot: Bot, listener: Listener, ana: Person) -> None:
    news = telegram.channel("News", ana, with_bot=True)
    post = await ana.writes(news, "Today")
    await ana.edits(news, post, "Today!")
    first, edited = await listener.hears()
    assert first.channel_post is not None
    assert first.channel_post.sender_chat is not None
    assert edited.edited_channel_post is not None
    await bot.send_message(news.id, "From the bot")
    assert [one.text for one in ana.sees(news)] == ["Today!", "From the bot"]


async def test_names_that_call_somebody(telegram: TelegramEmulator, listener: Listener, ana: Person) -> None:
    ben = telegram.person("Ben")
    circle = telegram.group("Circle", ana, ben, with_bot=True, as_admin=True)
    await ana.writes(circle, "👋 Ben and @chidi_o", mentions=[ben])
    (update,) = await listener.hears()
    assert update.message is not None
    assert [(one.type, one.offset, one.length) for one in update.message.entities] == [
        ("text_mention", 3, 3),
        ("mention", 11, 8),
    ]
    assert update.message.entities[0].user is not None
    assert update.message.entities[0].user.id == ben.id
    ben.changes(name="Benoît", username="ben_o", language_code="fr")
    await ben.writes(circle, "Here")
    (update,) = await listener.hears()
    assert update.effective_user is not None
    assert (update.effective_user.first_name, update.effective_user.username) == ("Benoît", "ben_o")
    with pytest.raises(AssertionError, match="is not in Circle"):
        telegram.person("Dora").sees(circle)
