"""Commands, buttons and look-ups as people use them on Telegram."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.addresses import MessageRef, Place
from bot.core.dispatch import normal
from bot.core.events import ButtonPressed, CommandUsed, InlineAsked, InlineChosen, MessagePosted
from bot.platforms.telegram.envelope import Known
from tests.platforms.telegram import payloads as tg
from tests.platforms.telegram.arriving import ARRIVED, arrived, meaning, one
from tests.platforms.telegram.payloads import Json, entity
from tests.platforms.telegram.test_messages import NURSES, TENANT, TOLD, WOUNDS


@pytest.mark.parametrize(
    ("words", "name", "arguments"),
    [
        ("/help", "help", ""),
        ("/help@baraza_bot", "help", ""),
        ("/Help@Baraza_Bot  ", "Help", ""),
        ("/ask why is it so?", "ask", "why is it so?"),
        ("/ask\nwhy\n\nso?", "ask", "why\n\nso?"),
        ("／ask why", "ask", "why"),
        ("/ｈｅｌｐ me", "ｈｅｌｐ", "me"),
        ("/start", "start", ""),
        ("/start join_12", "start", "join_12"),
        ("/start@baraza_bot link_AbC-1", "start", "link_AbC-1"),
        ("/health 30d", "health", "30d"),
        ("/a_b2 x", "a_b2", "x"),
    ],
)
def test_a_command(words: str, name: str, arguments: str) -> None:
    for chat, place in ((tg.NURSES, NURSES), (tg.DIRECT, None)):
        used = one(CommandUsed, tg.message(words, chat=chat))
        assert (used.name, used.arguments, used.place, used.at) == (name, arguments, place, TOLD)
        assert used.about is None
        assert used.for_any_bot == (place is not None and "@" not in words)


def test_a_command_mistyped_in_look_alikes_is_the_one_that_is_meant() -> None:
    assert normal(one(CommandUsed, tg.message("/ｈｅｌｐ")).name) == "help"
    assert normal(one(CommandUsed, tg.message("/cafe\u0301")).name) == "café"


def test_a_form_may_be_opened_after_a_command() -> None:
    used = one(CommandUsed, tg.message("/ask"))
    assert used.trigger is not None
    assert (used.trigger.id, used.trigger.expires_at) == (f"{tg.GROUP}/42", ARRIVED + timedelta(days=1))


@pytest.mark.parametrize("words", ["/ban@robot_bot @ana", "/help@baraza_bot_2"])
def test_a_command_for_another_bot_is_not_ours(words: str) -> None:
    assert meaning(tg.message(words)) == []
    assert arrived(tg.message(words)).message == ""


@pytest.mark.parametrize(
    "words", ["/usr/bin", "//", "/ help", "/?", "see /help", "1/2", "/help@", "/help@@x", "/" + "x" * 65]
)
def test_what_only_looks_like_a_command_is_a_message(words: str) -> None:
    assert one(MessagePosted, tg.message(words)).text == words


def test_words_that_were_forwarded_command_nothing() -> None:
    origin = {"type": "user", "sender_user": tg.BEN_USER, "date": tg.AT}
    assert one(MessagePosted, tg.message("/forgetme", forward_origin=origin)).text == "/forgetme"


def test_a_command_under_a_picture() -> None:
    used = one(CommandUsed, tg.message(photo=[], caption="/log lesson"))
    assert (used.name, used.arguments) == ("log", "lesson")


def test_a_command_that_answers_a_message_is_about_it() -> None:
    used = one(CommandUsed, tg.message("/log", reply_to_message=tg.said("Wash hands", by=tg.BEN_USER, message_id=40)))
    assert used.about is not None
    assert (used.about.text, used.about.by.name, used.about.key) == ("Wash hands", "Ben", f"{tg.GROUP}/40")
    assert (used.about.place, used.about.thread_key, used.about.at) == (NURSES, None, TOLD)
    known = Known(roots={"40": "31"})
    answer = tg.message("/log", reply_to_message=tg.said("Wash", by=tg.BEN_USER, message_id=40))
    (again,) = meaning(answer, known)
    assert isinstance(again, CommandUsed)
    assert again.about is not None
    assert again.about.thread_key == f"{tg.GROUP}/31"


def test_a_command_may_be_about_what_the_bot_wrote() -> None:
    used = one(CommandUsed, tg.message("/log", reply_to_message=tg.said("Hello", by=tg.BOT, message_id=40)))
    assert used.about is not None
    assert used.about.by.is_bot


def test_a_command_in_a_topic_is_about_nothing() -> None:
    used = one(CommandUsed, tg.in_topic("/log"))
    assert (used.place, used.about) == (WOUNDS, None)


def test_who_is_mentioned_can_be_looked_up() -> None:
    words = "/thanks 😀 @Ben, Ana and @zoe for the page"
    entities = [
        entity("bot_command", 0, 7),
        entity("mention", 11, 4),
        entity("text_mention", 17, 3, user=tg.ANA_USER),
        entity("mention", 25, 4),
        entity("text_link", 38, 4, url="https://x.example"),
    ]
    used = one(CommandUsed, tg.message(words, entities=entities), Known(users={"ben": str(tg.BEN)}))
    assert used.arguments == f"😀 <@{tg.BEN}>, <@{tg.ANA}> and @zoe for the page (https://x.example)"
    linked = tg.message("/who Ben", entities=[entity("text_link", 5, 3, url=f"tg://user?id={tg.BEN}")])
    assert one(CommandUsed, linked).arguments == f"<@{tg.BEN}>"


@pytest.mark.parametrize(
    ("words", "name", "arguments"),
    [
        ("@baraza_bot", "menu", ""),
        ("@Baraza_Bot help", "help", ""),
        (" @baraza_bot, ask why?", "ask", "why?"),
        ("@baraza_bot: /ask@baraza_bot why", "ask", "why"),
    ],
)
def test_calling_the_bot_is_the_same_as_its_command(words: str, name: str, arguments: str) -> None:
    private = one(CommandUsed, tg.message(words, chat=tg.DIRECT))
    posted, used = meaning(tg.message(words))
    assert isinstance(posted, MessagePosted)
    assert isinstance(used, CommandUsed)
    assert (private.name, private.arguments) == (used.name, used.arguments) == (name, arguments)
    assert arrived(tg.message(words)).message == posted.key


@pytest.mark.parametrize("words", ["thanks @baraza_bot", "@baraza_bot_fan hi", "@ben help", "@ baraza_bot"])
def test_naming_the_bot_elsewhere_calls_nobody(words: str) -> None:
    assert one(MessagePosted, tg.message(words)).text == words


def test_a_command_of_who_stays_anonymous_comes_from_nobody() -> None:
    assert one(CommandUsed, tg.message("/help", by=tg.ANONYMOUS, sender_chat=tg.NURSES)).by.account.user == ""


# Buttons


def test_a_button_in_a_group() -> None:
    pressed = one(ButtonPressed, tg.pressed())
    assert (pressed.button, pressed.by.name, pressed.place, pressed.at) == ("t" * 22, "Ana Silva", NURSES, ARRIVED)
    assert pressed.message == MessageRef("telegram", TENANT, str(tg.GROUP), "42", None, f"{tg.GROUP}/42")
    assert pressed.trigger is not None
    assert (pressed.trigger.id, pressed.trigger.expires_at) == ("8001", ARRIVED + timedelta(days=1))


def test_a_button_in_private_and_in_a_topic() -> None:
    private = one(ButtonPressed, tg.pressed(message=tg.said("Choose", chat=tg.DIRECT, by=tg.BOT)))
    assert (private.place, private.private) == (None, True)
    told = tg.said("Choose", chat=tg.FORUM, by=tg.BOT, message_thread_id=77, is_topic_message=True)
    topic = one(ButtonPressed, tg.pressed(message=told), Known(places={WOUNDS.id: WOUNDS.name}))
    assert topic.place == WOUNDS


def test_a_button_of_a_message_that_the_bot_cannot_see_any_more() -> None:
    gone = {"chat": tg.FORUM, "message_id": 42, "date": 0}
    pressed = one(ButtonPressed, tg.pressed(message=gone), Known(topics={"42": "77"}))
    assert pressed.place == Place("telegram", TENANT, WOUNDS.id)
    assert pressed.message is not None
    assert pressed.message.id == "42"


def test_a_button_of_a_message_that_was_sent_through_the_bot() -> None:
    pressed = one(ButtonPressed, tg.pressed(message=None, inline_message_id="x"))
    assert (pressed.place, pressed.message) == (None, None)


@pytest.mark.parametrize("more", [{"data": "x:1"}, {"data": "b:"}, {"data": None, "game_short_name": "chess"}])
def test_other_kinds_of_buttons_do_nothing(more: Json) -> None:
    assert meaning(tg.pressed(**more)) == []


# Inline


def test_somebody_looks_something_up() -> None:
    asked = one(InlineAsked, tg.asked_inline())
    assert (asked.query_id, asked.words, asked.private, asked.by.name) == ("8002", "wounds", True, "Ana Silva")
    assert one(InlineChosen, tg.chosen_inline()).result == "12"
