"""Forums, polls, commands and chats on the emulator of Telegram, called by the real python-telegram-bot."""

from __future__ import annotations

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatAdministrators,
    InputPollOption,
    ReactionTypeEmoji,
    Update,
)
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden

from tests.wire.telegram import Chat, Json, Person, TelegramEmulator
from tests.wire.telegram_calls import Calls


@pytest.fixture
def ana(telegram: TelegramEmulator) -> Person:
    return telegram.person("Ana", language_code="fr", started=True)


@pytest.fixture
def circle(telegram: TelegramEmulator, ana: Person) -> Chat:
    return telegram.supergroup("Circle", ana, with_bot=True, as_admin=True, forum=True, username="the_circle")


async def test_topics(telegram: TelegramEmulator, bot: Bot, calls: Calls, ana: Person, circle: Chat) -> None:
    topic = await ana.opens_topic("Needles", circle)
    await ana.writes(circle, "Which size?", topic="Needles")
    root = await ana.writes(circle, "And gloves?", topic=topic.id)
    answer = await ana.writes(circle, "Blue", reply_to=root)
    await ana.writes(circle, "Hello all")
    created, first, _, reply, general = [Update.de_json(one, bot).message for one in await calls.updates()]
    assert created is not None
    assert created.forum_topic_created is not None
    assert created.forum_topic_created.name == "Needles"
    assert first is not None
    assert (first.message_thread_id, first.is_topic_message, first.chat.is_forum) == (topic.id, True, True)
    # Who answers nobody answers the message that the topic begins with, as far as the Bot API goes.
    assert first.reply_to_message is not None
    assert first.reply_to_message.forum_topic_created is not None
    assert reply is not None
    assert reply.reply_to_message is not None
    assert (reply.reply_to_message.message_id, reply.message_thread_id) == (root, topic.id)
    assert general is not None
    assert (general.message_thread_id, general.is_topic_message) == (None, None)
    await bot.send_message(circle.id, "18G", message_thread_id=topic.id)
    await bot.send_message(circle.id, "Green", reply_to_message_id=root)
    seen = ana.sees(circle, topic="Needles")
    assert [one.text for one in seen] == ["", "Which size?", "And gloves?", "Blue", "18G", "Green"]
    assert [one.reply_to for one in seen] == [None, None, None, root, None, root]
    assert seen[-1].topic == "Needles"
    assert [one.text for one in ana.sees(circle, topic="General")] == ["Hello all"]
    assert answer in circle.messages


async def test_topics_that_are_closed_or_not_there(
    telegram: TelegramEmulator, bot: Bot, calls: Calls, ana: Person, circle: Chat
) -> None:
    made = await bot.create_forum_topic(circle.id, "Gloves")
    where: Json = {"chat_id": circle.id, "message_thread_id": made.message_thread_id}
    await bot.edit_forum_topic(**where, name="Masks")
    assert await calls.refused("editForumTopic", **where, name="Masks") == "Bad Request: TOPIC_NOT_MODIFIED"
    await bot.close_forum_topic(**where)
    await bot.send_message(circle.id, "An administrator still may", message_thread_id=made.message_thread_id)
    await ana.demotes_bot(circle)
    with pytest.raises(BadRequest, match="Topic_closed"):
        await bot.send_message(circle.id, "x", message_thread_id=made.message_thread_id)
    await bot.reopen_forum_topic(**where)
    await bot.send_message(circle.id, "x", message_thread_id=made.message_thread_id)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(circle.id, "x", message_thread_id=999)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(ana.id, "x", message_thread_id=1)
    with pytest.raises(BadRequest, match="Not enough rights to create a topic"):
        await bot.create_forum_topic(circle.id, "Other")
    await ana.promotes_bot(circle)
    await bot.delete_forum_topic(**where)
    assert await calls.refused("closeForumTopic", **where) == "Bad Request: message thread not found"
    plain = telegram.supergroup("Plain", ana, with_bot=True, as_admin=True)
    assert "not a forum" in await calls.refused("createForumTopic", chat_id=plain.id, name="x")
    assert "TOPIC_TITLE_EMPTY" in await calls.refused("createForumTopic", chat_id=circle.id, name=" ")
    topic = await ana.opens_topic("Hers", circle)
    await ana.closes_topic("Hers", circle)
    assert topic.closed


async def test_polls(telegram: TelegramEmulator, bot: Bot, calls: Calls, ana: Person, circle: Chat) -> None:
    await calls.updates(allowed_updates=["poll", "poll_answer"])
    sent = await bot.send_poll(circle.id, "When?", ["Monday", InputPollOption("Friday")], is_anonymous=False)
    assert sent.poll is not None
    await ana.votes(sent.message_id, "Friday", chat=circle)
    await ana.votes(sent.message_id, chat=circle)
    updates = [Update.de_json(one, bot) for one in await calls.updates()]
    assert updates[0].poll is not None
    assert [one.voter_count for one in updates[0].poll.options] == [0, 1]
    assert updates[1].poll_answer is not None
    assert updates[1].poll_answer.option_ids == (1,)
    assert updates[3].poll_answer is not None
    assert updates[3].poll_answer.option_ids == ()
    seen = ana.last(circle).poll
    assert seen is not None
    assert seen["total_voter_count"] == 0
    ended = await bot.stop_poll(circle.id, sent.message_id)
    assert ended.is_closed
    with pytest.raises(BadRequest, match="Poll has already been closed"):
        await bot.stop_poll(circle.id, sent.message_id)
    with pytest.raises(AssertionError, match="the poll is closed"):
        await ana.votes(sent.message_id, "Monday", chat=circle)


async def test_limits_of_polls(calls: Calls, circle: Chat) -> None:
    async def refusal(question: str, options: list[object], **more: object) -> str:
        return await calls.refused("sendPoll", chat_id=circle.id, question=question, options=options, **more)

    assert "question length must not exceed 300" in await refusal("x" * 301, ["a", "b"])
    assert "at least 1 option" in await refusal("x", [])
    assert "can't have more than 12 options" in await refusal("x", ["a"] * 13)
    assert "must be non-empty" in await refusal("x", ["a", " "])
    assert "options length must not exceed 100" in await refusal("x", ["a", "b" * 101])
    assert "InputPollOption" in await refusal("x", ["a", {"text": "b", "colour": "red"}])
    assert "unsupported poll type" in await refusal("x", ["a", "b"], type="survey")
    assert "wrong correct option ID" in await refusal("x", ["a", "b"], type="quiz", correct_option_ids=[2])
    assert "POLL_OPEN_PERIOD_INVALID" in await refusal("x", ["a", "b"], open_period=2)
    assert await calls.refused("stopPoll", chat_id=circle.id, message_id=9) == (
        "Bad Request: message with poll to stop not found"
    )


async def test_commands(telegram: TelegramEmulator, bot: Bot, calls: Calls, ana: Person, circle: Chat) -> None:
    await bot.set_my_commands([BotCommand("ask", "Ask something")])
    await bot.set_my_commands([BotCommand("ask", "Poser une question")], BotCommandScopeAllPrivateChats(), "fr")
    await bot.set_my_commands([("today", "The day")], BotCommandScopeChatAdministrators(circle.id))
    ben = telegram.person("Ben", language_code="de", started=True)
    await ben.joins(circle)
    assert ana.commands() == ["ask - Poser une question"]
    assert ben.commands() == ["ask - Ask something"]
    assert (ana.commands(circle), ben.commands(circle)) == (["today - The day"], ["ask - Ask something"])
    assert [one.command for one in await bot.get_my_commands(BotCommandScopeAllPrivateChats(), "fr")] == ["ask"]
    await bot.delete_my_commands(BotCommandScopeAllPrivateChats(), "fr")
    assert ana.commands() == ["ask - Ask something"]
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.set_my_commands([("a", "b")], BotCommandScopeChat(12345))

    async def refusal(*commands: Json, **more: object) -> str:
        return await calls.refused("setMyCommands", commands=list(commands), **more)

    fine: Json = {"command": "ask", "description": "Ask"}
    assert await refusal({**fine, "command": "Ask"}) == "Bad Request: BOT_COMMAND_INVALID"
    assert await refusal({**fine, "command": "a" * 33}) == "Bad Request: BOT_COMMAND_INVALID"
    assert await refusal({**fine, "description": "x" * 257}) == "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"
    assert "non-empty" in await refusal({**fine, "description": ""})
    many = [{**fine, "command": f"c{number}"} for number in range(101)]
    assert await refusal(*many) == "Bad Request: BOT_COMMANDS_TOO_MUCH"
    assert 'Can\'t find field "description"' in await refusal({"command": "ask"})
    assert "language code" in await refusal(fine, language_code="french")
    assert "unsupported type" in await refusal(fine, scope={"type": "everybody"})


async def test_what_a_bot_says_of_itself(bot: Bot, calls: Calls) -> None:
    await bot.set_my_description("Helps a community")
    await bot.set_my_description("Aide une communauté", "fr")
    await bot.set_my_short_description("Helps")
    assert (await bot.get_my_description("fr")).description == "Aide une communauté"
    assert (await bot.get_my_description("de")).description == "Helps a community"
    assert (await bot.get_my_short_description()).short_description == "Helps"
    assert (await bot.get_my_name()).name == "Testbot"
    assert "INVALID" in await calls.refused("setMyDescription", description="x" * 513)


async def test_what_there_is_to_know_of_a_chat(
    telegram: TelegramEmulator, bot: Bot, calls: Calls, ana: Person, circle: Chat
) -> None:
    chat = await bot.get_chat("@the_circle")
    assert (chat.id, chat.title, chat.is_forum, chat.type) == (circle.id, "Circle", True, "supergroup")
    assert {one.user.id for one in await bot.get_chat_administrators(circle.id)} == {ana.id, bot.id}
    assert await bot.get_chat_member_count(circle.id) == 2
    member = await bot.get_chat_member(circle.id, bot.id)
    assert (member.status, member.to_dict()["can_invite_users"]) == ("administrator", True)
    ben = telegram.person("Ben", started=True)
    assert (await bot.get_chat_member(circle.id, ben.id)).status == "left"
    assert await calls.refused("getChatMember", chat_id=circle.id, user_id=1) == "Bad Request: user not found"
    assert await calls.refused("getChat", chat_id=-1001) == "Bad Request: chat not found"
    assert (await bot.get_chat(ana.id)).first_name == "Ana"
    private = await calls.refused("getChatAdministrators", chat_id=ana.id)
    assert private == "Bad Request: there are no administrators in the private chat"
    with pytest.raises(BadRequest, match="Chat member status can't be changed"):
        await bot.leave_chat(ana.id)


async def test_invitations(telegram: TelegramEmulator, bot: Bot, calls: Calls, ana: Person, circle: Chat) -> None:
    link = await bot.create_chat_invite_link(circle.id, name="Nurses", creates_join_request=True)
    assert (link.name, link.creates_join_request, link.is_primary) == ("Nurses", True, False)
    primary = await bot.export_chat_invite_link(circle.id)
    assert (await bot.get_chat(circle.id)).invite_link == primary
    assert await bot.export_chat_invite_link(circle.id) != primary
    await telegram.person("Ben").requests_to_join(circle, link=circle.links[0])
    (update,) = [Update.de_json(one, bot) for one in await calls.updates()]
    assert update.chat_join_request is not None
    assert update.chat_join_request.invite_link == link
    with pytest.raises(BadRequest, match="Member limit can't be specified"):
        await bot.create_chat_invite_link(circle.id, creates_join_request=True, member_limit=2)
    await ana.promotes_bot(circle, rights=frozenset({"can_manage_chat"}))
    with pytest.raises(BadRequest, match="Not enough rights to manage chat invite link"):
        await bot.export_chat_invite_link(circle.id)


async def test_pins_actions_and_reactions(bot: Bot, ana: Person, circle: Chat) -> None:
    message = await ana.writes(circle, "Look")
    await bot.pin_chat_message(circle.id, message)
    pinned = (await bot.get_chat(circle.id)).pinned_message
    assert pinned is not None
    assert pinned.message_id == message
    await bot.unpin_chat_message(circle.id)
    with pytest.raises(BadRequest, match="Message to pin not found"):
        await bot.pin_chat_message(circle.id, 999)
    await bot.set_message_reaction(circle.id, message, ReactionTypeEmoji("👍"))
    await ana.demotes_bot(circle)
    with pytest.raises(BadRequest, match="Not enough rights to manage pinned messages"):
        await bot.pin_chat_message(circle.id, message)
    await bot.send_chat_action(ana.id, ChatAction.TYPING)
    with pytest.raises(BadRequest, match="Wrong parameter action in request"):
        await bot.send_chat_action(ana.id, "dancing")
    await ana.blocks()
    with pytest.raises(Forbidden):
        await bot.send_chat_action(ana.id, ChatAction.TYPING)


async def test_what_was_refused_is_remembered(telegram: TelegramEmulator, bot: Bot, calls: Calls, ana: Person) -> None:
    await calls.refused("sendMessage", chat_id=5, text="x")
    await bot.send_message(ana.id, "y")
    assert telegram.refused() == [("sendMessage", "Bad Request: chat not found")]
    assert telegram.called("sendMessage") == [{"chat_id": ana.id, "text": "y"}]
    assert telegram.calls[0].method == "getMe"
