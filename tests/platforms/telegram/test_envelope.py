"""What arrives from Telegram as the inbox keeps it: repeats, order, and the message that it is about."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from typing import Any

import pytest

from bot.core.events import MessageEdited, MessagePosted
from bot.platforms.telegram.envelope import Bot, Known, from_update
from bot.platforms.telegram.incoming import ALLOWED_UPDATES, translate
from tests.platforms.telegram import payloads as tg
from tests.platforms.telegram.arriving import ARRIVED, BARAZA, arrived, meaning
from tests.platforms.telegram.payloads import Json
from tests.platforms.telegram.test_incoming import EVERYTHING_ELSE, IN, OUT
from tests.platforms.telegram.test_messages import PHOTO, WOUNDS

EACH = [
    tg.message("hi"),
    tg.edited("hi"),
    tg.pressed(),
    tg.moved(OUT[0], IN[0]),
    tg.bot_moved("left", "member"),
    tg.join_request(),
    tg.reaction([], [tg.emoji("🔥")]),
    tg.vote(1),
    tg.asked_inline(),
    tg.chosen_inline(),
    *({"update_id": 1, **one} for one in EVERYTHING_ELSE),
]


@pytest.mark.parametrize("update", EACH)
def test_what_comes_again_has_the_same_key_and_order(update: Json) -> None:
    first = arrived(update)
    turned = dict(reversed(copy.deepcopy(update).items()))
    again = from_update(turned, ARRIVED + timedelta(minutes=1), BARAZA, Known(users={"ben": "1"}))
    assert (first.platform, first.tenant) == ("telegram", str(tg.BOT_ID))
    assert (first.key, first.conversation, first.message) == (again.key, again.conversation, again.message)
    assert first.key.startswith(f"{update['update_id']}:")


def test_ids_that_begin_anew_are_no_repeats() -> None:
    first, second = {**tg.message("one"), "update_id": 5}, {**tg.message("two"), "update_id": 5}
    assert arrived(first).key != arrived(second).key
    assert arrived(tg.message("one")).key != arrived(tg.message("one")).key


def test_to_another_bot_everybody_is_somebody_else() -> None:
    assert arrived(tg.message("hi"), bot=Bot("8")).tenant == "8"
    assert meaning(tg.message("hi"), bot=Bot("8"))[0].by.account.tenant == "8"


@pytest.mark.parametrize(
    ("update", "conversation"),
    [
        (tg.message("hi"), str(tg.GROUP)),
        (tg.edited("hi"), str(tg.GROUP)),
        (tg.message("hi", reply_to_message=tg.said("?", message_id=40), message_thread_id=40), str(tg.GROUP)),
        (tg.in_topic("hi"), WOUNDS.id),
        (tg.topic_news(forum_topic_closed={}), WOUNDS.id),
        (tg.message("hi", chat=tg.DIRECT), f"dm-{tg.ANA}"),
        (tg.update("channel_post", tg.said("hi", chat=tg.NEWS, by=None)), str(tg.NEWS["id"])),
        (tg.pressed(), str(tg.GROUP)),
        (tg.pressed(message=tg.said("?", chat=tg.DIRECT, by=tg.BOT)), f"dm-{tg.ANA}"),
        (tg.pressed(message=None, inline_message_id="1"), f"dm-{tg.ANA}"),
        (tg.moved(OUT[0], IN[0]), str(tg.GROUP)),
        (tg.bot_moved("member", "kicked", chat=tg.DIRECT), f"dm-{tg.ANA}"),
        (tg.join_request(), str(tg.GROUP)),
        (tg.reaction([], []), str(tg.GROUP)),
        (tg.vote(1), f"dm-{tg.ANA}"),
        (tg.asked_inline(), f"dm-{tg.ANA}"),
        (tg.message(chat=tg.SMALL, migrate_to_chat_id=tg.GROUP), "-4001"),
    ],
)
def test_what_must_stay_in_order(update: Json, conversation: str) -> None:
    assert arrived(update).conversation == conversation


@pytest.mark.parametrize(
    "update",
    [
        tg.message("hi"),
        tg.edited("hi"),
        tg.message("hi", chat=tg.DIRECT),
        tg.in_topic(photo=PHOTO, caption="hi"),
        tg.message("hi", by=tg.ANONYMOUS, sender_chat=tg.NURSES),
        tg.message("hi", by=tg.ANONYMOUS),
        tg.update("edited_channel_post", tg.said("hi", chat=tg.NEWS, by=None)),
    ],
)
def test_the_message_that_an_update_is_about(update: Json) -> None:
    (event,) = meaning(update)
    assert isinstance(event, MessagePosted | MessageEdited)
    assert arrived(update).message == event.key != ""


@pytest.mark.parametrize(
    "update",
    [
        tg.message("/help"),
        tg.message("@baraza_bot help", chat=tg.DIRECT),
        tg.message("hi", by=tg.BOT),
        tg.message("hi", by=tg.ROBOT),
        tg.message(new_chat_title="x"),
        tg.reaction([], [tg.emoji("🔥")]),
        tg.pressed(),
        tg.moved(OUT[0], IN[0]),
    ],
)
def test_other_updates_are_about_no_message(update: Json) -> None:
    assert arrived(update).message == ""


def test_the_body_is_what_telegram_sent_with_what_was_known() -> None:
    update = tg.message("half a pair: \ud800")
    raw = arrived(update, Known(roots={"1": "2"}, sees_joins=True))
    assert json.loads(raw.body) == {
        "at": ARRIVED.isoformat(),
        "bot": {"id": str(tg.BOT_ID), "username": "baraza_bot", "name": "Baraza", "reads_everything": False},
        "known": {"roots": {"1": "2"}, "sees_joins": True},
        "update": update,
    }
    (posted,) = translate(raw.body)
    assert isinstance(posted, MessagePosted)
    assert posted.text == "half a pair: \ufffd"


@pytest.mark.parametrize(
    "update",
    [
        *(None, 7, "x", [], {}, {"message": 7}, {"message": {}}, {"update_id": "x", "message": {"chat": []}}),
        *({"message": {"chat": {"type": 7}, "text": "x"}}, {"callback_query": {"message": 3, "from": {"id": "x"}}}),
        {"message": {"text": "x", "chat": {"id": 2**70}, "is_topic_message": True, "message_thread_id": "x"}},
    ],
)
def test_whatever_arrives_can_be_kept(update: Any) -> None:
    raw = arrived(update)
    assert raw.key
    assert raw.conversation
    assert raw.message == ""


def test_what_is_no_update_is_said_to_be_none() -> None:
    with pytest.raises(ValueError, match="no object"):
        translate(arrived([7]).body)


def test_telegram_is_asked_for_everything_that_is_understood() -> None:
    assert {"chat_member", "message_reaction", "my_chat_member", "poll_answer"} < set(ALLOWED_UPDATES)
