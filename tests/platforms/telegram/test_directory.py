"""What an adapter of Telegram looks up and remembers, from update to update."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from bot.core.events import MessagePosted, Reacted
from bot.platforms.telegram.directory import Learned, Wanted, learned, wanted
from bot.platforms.telegram.envelope import NOTHING_KNOWN, Known
from tests.platforms.telegram import payloads as tg
from tests.platforms.telegram.arriving import one
from tests.platforms.telegram.payloads import Json
from tests.platforms.telegram.test_malformed import VALUES, mutated
from tests.platforms.telegram.test_messages import WOUNDS


@pytest.mark.parametrize(
    ("update", "looked_up"),
    [
        (tg.message("hi"), Wanted(str(tg.GROUP))),
        (tg.message("yes", reply_to_message=tg.said("?", message_id=40)), Wanted(str(tg.GROUP), ("40",))),
        (
            tg.message("/thanks @Ben", entities=[tg.entity("mention", 8, 4)]),
            Wanted(str(tg.GROUP), usernames=frozenset({"ben"})),
        ),
        (tg.reaction([], [tg.emoji("🔥")]), Wanted(str(tg.GROUP), ("41",))),
        (tg.pressed(), Wanted(str(tg.GROUP), ("42",))),
        (tg.vote(1), Wanted(poll="6001")),
        (tg.asked_inline(), Wanted()),
        ({}, Wanted()),
    ],
)
def test_what_is_looked_up(update: Json, looked_up: Wanted) -> None:
    assert wanted(update) == looked_up


def test_what_is_remembered() -> None:
    answered = tg.said("?", by=tg.BEN_USER, message_id=40)
    told = learned(tg.message("yes", reply_to_message=answered), Known(roots={"40": "31"}))
    assert told == Learned(str(tg.GROUP), "42", "31", users={"ben": str(tg.BEN)})
    assert learned(tg.in_topic("hi"), NOTHING_KNOWN) == Learned(
        str(tg.GROUP), "42", "", "77", names={WOUNDS.id: "Wound care"}
    )
    renamed = tg.topic_news(forum_topic_edited={"name": "Wounds"})
    known = Known(places=learned(renamed, NOTHING_KNOWN).names)
    assert known.places == {WOUNDS.id: "Wounds"}
    assert learned(tg.in_topic("hi"), known).names == {}
    assert one(MessagePosted, tg.in_topic("hi"), known).place == replace(WOUNDS, name="Wounds")
    assert learned(tg.vote(1), NOTHING_KNOWN) == Learned()
    came = {"chat_member": {"from": tg.ANA_USER, "new_chat_member": {"status": "member", "user": tg.BEN_USER}}}
    for update in (came, {"callback_query": {"from": tg.BEN_USER}}, {"message_reaction": {"user": tg.BEN_USER}}):
        assert learned(update, NOTHING_KNOWN) == Learned(users={"ben": str(tg.BEN)})


def test_a_chain_of_replies_stays_in_the_thread_of_its_root() -> None:
    roots: dict[str, str] = {}
    for number in range(41, 45):
        answered = tg.said("?", chat=tg.FORUM, message_id=number - 1)
        update = tg.in_topic("yes", message_id=number, reply_to_message=answered)
        known = Known(roots={name: roots[name] for name in wanted(update).messages if name in roots})
        assert one(MessagePosted, update, known).thread_key == f"{tg.GROUP}/40"
        told = learned(update, known)
        roots[told.message] = told.root


def test_a_reaction_is_in_the_topic_of_its_message() -> None:
    told = learned(tg.in_topic("hi", message_id=41), NOTHING_KNOWN)
    known = Known(topics={told.message: told.topic}, places=told.names)
    assert one(Reacted, tg.reaction([], [tg.emoji("🔥")]), known).place == WOUNDS


@given(VALUES)
def test_what_cannot_be_read_teaches_nothing(value: Any) -> None:
    for update in (value, {"message": value}, {"callback_query": value}, {"poll_answer": value}):
        wanted(update)
        learned(update, NOTHING_KNOWN)


@given(mutated())
def test_what_is_damaged_may_teach_something(document: Json) -> None:
    wanted(document.get("update"))
    learned(document.get("update"), NOTHING_KNOWN)
