"""What people write on Telegram, and write otherwise, as core events."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.core.addresses import Account, MessageRef, Place
from bot.core.events import MessageEdited, MessagePosted
from bot.platforms.telegram.envelope import Known
from tests.platforms.telegram import payloads as tg
from tests.platforms.telegram.arriving import ARRIVED, meaning, one
from tests.platforms.telegram.payloads import Json, entity

TENANT = str(tg.BOT_ID)
NURSES = Place("telegram", TENANT, str(tg.GROUP), "Nurses")
WOUNDS = Place("telegram", TENANT, f"{tg.GROUP}/77", "Wound care")
TOLD = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
PHOTO = [{"file_id": "x", "file_unique_id": "y", "width": 1, "height": 1}]


def test_a_message_in_a_group() -> None:
    posted = one(MessagePosted, tg.message("Who knows Ben?"))
    assert posted.by.account == Account("telegram", TENANT, str(tg.ANA))
    assert (posted.by.name, posted.by.language, posted.by.is_bot) == ("Ana Silva", "pt", False)
    assert (posted.place, posted.at, posted.text, posted.asks) == (NURSES, TOLD, "Who knows Ben?", True)
    assert posted.key == f"{tg.GROUP}/42"
    assert posted.message == MessageRef("telegram", TENANT, str(tg.GROUP), "42", None, posted.key)
    assert posted.thread_key is None


def test_a_private_message_has_no_place() -> None:
    posted = one(MessagePosted, tg.message("hi", chat=tg.DIRECT))
    assert (posted.place, posted.private, posted.message.conversation) == (None, True, str(tg.ANA))


def test_who_has_a_username_is_called_by_name() -> None:
    assert one(MessagePosted, tg.message("hi", by=tg.BEN_USER)).by.name == "Ben"
    assert one(MessagePosted, tg.message("hi", by={"id": 9, "first_name": "", "username": "x"})).by.name == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"photo": PHOTO, "caption": "Look"}, "Look"),
        ({"photo": PHOTO}, ""),
        ({"voice": {}}, ""),
        ({"video_note": {}}, ""),
        ({"document": {"file_name": "a.pdf"}}, ""),
        ({"sticker": {"emoji": "🎉"}}, "🎉"),
        ({"dice": {"emoji": "🎲", "value": 6}}, "🎲"),
        ({"poll": {"id": "1", "question": "Tea or coffee?", "options": []}}, "Tea or coffee?"),
        ({"checklist": {"title": "Before the visit", "tasks": []}}, "Before the visit"),
        ({"location": {"latitude": 1.0, "longitude": 2.0}}, ""),
        ({"contact": {"first_name": "Zoe", "phone_number": "1"}}, ""),
        ({"story": {"id": 1}}, ""),
        ({"text": "half: \ud800 and \x00nul"}, "half: \ufffd and nul"),
    ],
)
def test_whatever_people_send_is_a_message(content: Json, words: str) -> None:
    assert one(MessagePosted, tg.message(**content)).text == words


def test_the_words_of_a_rich_message() -> None:
    blocks = [
        {"type": "heading", "text": ["What ", {"type": "bold", "text": "now"}, "?"], "size": 1},
        {"type": "list", "items": [{"label": "1.", "blocks": [{"type": "paragraph", "text": "First"}]}]},
        {"type": "table", "cells": [[{"text": "a"}, {"text": ["b"]}]], "caption": "Two cells"},
        {"type": "photo", "photo": PHOTO, "caption": {"text": "A wound", "credit": "Ana"}},
        {"type": "divider"},
        7,
    ]
    posted = one(MessagePosted, tg.message(rich_message={"blocks": blocks}))
    assert posted.text == "What now?\nFirst\na\nb\nTwo cells\nA wound"
    assert posted.asks is True


@pytest.mark.parametrize(
    "told",
    [
        {"pinned_message": {"message_id": 1}},
        {"new_chat_photo": PHOTO},
        {"group_chat_created": True},
        {"boost_added": {"boost_count": 1}},
        {"video_chat_started": {}},
        {"general_forum_topic_hidden": {}},
        {"successful_payment": {}},
        {"something_new": {}},
        {},
    ],
)
def test_what_telegram_tells_itself_is_no_message(told: Json) -> None:
    assert meaning(tg.message(**told)) == []


@pytest.mark.parametrize("bot", [tg.BOT, tg.ROBOT])
def test_what_programs_write_says_nothing(bot: Json) -> None:
    assert meaning(tg.message("hi", by=bot)) == []
    assert meaning(tg.edited("hi", by=bot)) == []


@pytest.mark.parametrize(
    ("by", "sender"),
    [
        (tg.ANONYMOUS, tg.NURSES),
        (tg.TELEGRAM, tg.NEWS),
        ({"id": 136_817_688, "is_bot": True, "first_name": "Channel"}, tg.NEWS),
        (tg.ANONYMOUS, None),
        (None, None),
    ],
)
def test_nobody_is_who_speaks_for_a_group_or_a_channel(by: Json | None, sender: Json | None) -> None:
    posted = one(MessagePosted, tg.message("hi", by=by, **({"sender_chat": sender} if sender else {})))
    assert (posted.by.account, posted.by.name, posted.by.is_bot) == (Account("telegram", TENANT, ""), "", False)


def test_a_channel_posts() -> None:
    posted = one(MessagePosted, tg.update("channel_post", tg.said("/news", chat=tg.NEWS, by=None, sender_chat=tg.NEWS)))
    assert (posted.place, posted.by.account.user) == (Place("telegram", TENANT, str(tg.NEWS["id"]), "News"), "")
    edited = one(MessageEdited, tg.update("edited_channel_post", tg.said("News!", chat=tg.NEWS, by=None)))
    assert edited.key == posted.key


def test_somebody_writes_it_otherwise() -> None:
    edited = one(MessageEdited, tg.edited("Who knows?"))
    assert (edited.at.timestamp(), edited.key, edited.text) == (tg.LATER, f"{tg.GROUP}/42", "Who knows?")
    assert one(MessageEdited, tg.edited(photo=PHOTO, caption="Look")).text == "Look"
    assert one(MessageEdited, tg.edited("/ask why")).text == "/ask why"


def test_a_place_that_moves_while_it_is_shared_is_no_edit() -> None:
    assert meaning(tg.edited(location={"latitude": 1.0, "longitude": 2.0})) == []


# Threads


def test_a_reply_is_in_the_thread_of_what_it_answers() -> None:
    posted = one(MessagePosted, tg.message("yes", reply_to_message=tg.said("?", message_id=40)))
    assert posted.thread_key == f"{tg.GROUP}/40"
    assert posted.message == MessageRef("telegram", TENANT, str(tg.GROUP), "42", "40", f"{tg.GROUP}/42")


def test_a_reply_to_a_reply_is_in_the_thread_of_its_root() -> None:
    update = tg.message("yes", reply_to_message=tg.said("?", message_id=40))
    assert one(MessagePosted, update, Known(roots={"40": "31"})).thread_key == f"{tg.GROUP}/31"


def test_outside_forums_telegram_names_the_root() -> None:
    update = tg.message("yes", reply_to_message=tg.said("?", message_id=40), message_thread_id=30)
    assert one(MessagePosted, update).thread_key == f"{tg.GROUP}/30"
    assert one(MessagePosted, tg.message("yes", message_thread_id=30)).thread_key == f"{tg.GROUP}/30"
    assert one(MessagePosted, tg.message("root", message_thread_id=42)).thread_key is None


def test_a_message_in_a_topic_answers_nothing() -> None:
    posted = one(MessagePosted, tg.in_topic("hello"))
    assert (posted.place, posted.thread_key, posted.key) == (WOUNDS, None, f"{tg.GROUP}/42")
    assert posted.message.conversation == str(tg.GROUP)
    begins = tg.said(chat=tg.FORUM, message_id=tg.TOPIC)
    assert one(MessagePosted, tg.in_topic("hello", reply_to_message=begins)).thread_key is None
    assert one(MessagePosted, tg.in_topic("hello", reply_to_message=None)).thread_key is None


def test_a_reply_in_a_topic() -> None:
    update = tg.in_topic("yes", reply_to_message=tg.said("?", chat=tg.FORUM, message_id=80))
    posted = one(MessagePosted, update, Known(places={WOUNDS.id: "Wounds"}))
    assert (posted.place, posted.thread_key) == (
        Place("telegram", TENANT, WOUNDS.id, "Wounds"),
        f"{tg.GROUP}/80",
    )


def test_a_reply_to_something_in_another_chat_is_in_no_thread() -> None:
    assert one(MessagePosted, tg.message("see", external_reply={"origin": {}}, quote={"text": "?"})).thread_key is None


# Words


@pytest.mark.parametrize(
    ("words", "entities", "people_read", "asks"),
    [
        ("hello 😀 Ana", [entity("text_mention", 9, 3, user=tg.ANA_USER)], "hello 😀 Ana", False),
        ("😀 the page", [entity("text_link", 3, 8, url="https://x.example")], "😀 the page (https://x.example)", False),
        ("see x.example", [entity("text_link", 4, 9, url="https://x.example/")], "see https://x.example/", False),
        ("Ben", [entity("text_link", 0, 3, url="tg://user?id=5002")], "Ben", False),
        ("is `a?b` so", [entity("code", 3, 5)], "is `a?b` so", False),
        ("x.example/?a=b", [entity("url", 0, 14)], "x.example/?a=b", False),
        ("x.example/a?", [entity("url", 0, 11)], "x.example/a?", True),
        ("really?", [entity("bold", 0, 7), entity("spoiler", 0, 7)], "really?", True),
        ("why?", [entity("text_link", 0, 4, url="https://x.example")], "why? (https://x.example)", False),
        ("why?", [entity("text_link", 2, 40, url="https://x.example"), "odd", entity("code", -1, 2)], "why?", True),
        ("🎉 yes", [entity("custom_emoji", 0, 2, custom_emoji_id="1")], "🎉 yes", False),
        ("ab", [entity("text_link", 0, 2, url="https://a.example"), entity("text_link", 1, 1, url="b:")],
         "ab (https://a.example)", False),
    ],
)  # fmt: skip
def test_people_read(words: str, entities: list[Json], people_read: str, asks: bool) -> None:
    posted = one(MessagePosted, tg.message(words, entities=entities))
    assert (posted.text, posted.asks) == (people_read, asks)
    captioned = one(MessagePosted, tg.message(photo=PHOTO, caption=words, caption_entities=entities))
    assert (captioned.text, captioned.asks) == (people_read, asks)


def test_a_message_of_which_nothing_else_is_known() -> None:
    assert one(MessagePosted, tg.message("hi", language_code=7, new_field={"x": []})).text == "hi"
    assert one(MessageEdited, {"edited_message": tg.said("hi")}).at == ARRIVED
