"""What else happens on Telegram, as core events."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.addresses import Place
from bot.core.events import (
    BotInvited,
    BotRemoved,
    BotRightsChanged,
    ChatClosed,
    ChatReopened,
    Event,
    Joined,
    JoinRequested,
    Left,
    PlaceMoved,
    PlaceRenamed,
    PlaceReopened,
    PollAnswered,
    Reacted,
)
from bot.platforms.telegram.envelope import Known
from tests.platforms.telegram import payloads as tg
from tests.platforms.telegram.arriving import ARRIVED, BARAZA, meaning, one
from tests.platforms.telegram.payloads import Json, emoji, member
from tests.platforms.telegram.test_messages import NURSES, TENANT, TOLD, WOUNDS

SEES = Known(sees_joins=True)
OUT = [member("left"), member("kicked", until_date=0), member("restricted", is_member=False)]
IN = [member("member"), member("restricted", is_member=True), member("administrator"), member("creator")]


# Coming and going


@pytest.mark.parametrize("old", OUT)
@pytest.mark.parametrize("new", IN)
def test_somebody_comes_into_a_group_and_goes(old: Json, new: Json) -> None:
    joined, left = one(Joined, tg.moved(old, new)), one(Left, tg.moved(new, old))
    assert (joined.by.name, joined.place, joined.at) == ("Ana Silva", NURSES, TOLD)
    assert joined.key == f"join\x1f{tg.GROUP}\x1f{tg.ANA}\x1f{tg.AT}"
    assert left.key == f"leave\x1f{tg.GROUP}\x1f{tg.ANA}\x1f{tg.AT}"


@pytest.mark.parametrize(
    ("old", "new"), [*zip(IN, [*IN[1:], IN[0]], strict=True), *zip(OUT, [*OUT[1:], OUT[0]], strict=True)]
)
def test_other_rights_of_who_stays_are_no_news(old: Json, new: Json) -> None:
    assert meaning(tg.moved(old, new)) == []


def test_who_is_brought_has_joined_and_not_who_brings() -> None:
    ben = {"user": tg.BEN_USER}
    assert one(Joined, tg.moved(member("left") | ben, member("member") | ben, by=tg.ANA_USER)).by.name == "Ben"
    assert meaning(tg.moved(member("left", tg.ROBOT), member("member", tg.ROBOT))) == []


def test_without_rights_a_message_tells_of_it_and_both_count_once() -> None:
    told = tg.message(by=tg.BEN_USER, new_chat_members=[tg.ANA_USER, tg.BOT, tg.ROBOT])
    joined = one(Joined, told)
    assert joined.key == one(Joined, tg.moved(OUT[0], IN[0])).key
    assert joined.by.name == "Ana Silva"
    left = one(Left, tg.message(by=tg.BEN_USER, left_chat_member=tg.ANA_USER))
    assert left.key == one(Left, tg.moved(IN[0], OUT[1])).key
    assert meaning(told, SEES) == meaning(tg.message(left_chat_member=tg.ANA_USER), SEES) == []
    assert meaning(tg.message(left_chat_member=tg.BOT)) == []


def test_somebody_asks_to_be_let_in() -> None:
    asked = one(JoinRequested, tg.join_request())
    assert (asked.by.name, asked.place) == ("Ana Silva", NURSES)
    assert asked.key == f"request\x1f{tg.GROUP}\x1f{tg.ANA}\x1f{tg.AT}"


# The bot itself


def test_who_brings_the_bot_has_invited_it() -> None:
    invited, rights = meaning(tg.bot_moved("left", "member"))
    assert isinstance(invited, BotInvited)
    assert (invited.by.name, invited.place) == ("Ana Silva", NURSES)
    assert isinstance(rights, BotRightsChanged)
    assert (rights.reads_everything, rights.sees_joins, rights.sees_reactions) == (False, False, False)


def test_privacy_mode_may_be_off() -> None:
    _, rights = meaning(tg.bot_moved("left", "member"), bot=replace(BARAZA, reads_everything=True))
    assert isinstance(rights, BotRightsChanged)
    assert (rights.reads_everything, rights.sees_joins, rights.sees_reactions) == (True, False, False)


@pytest.mark.parametrize(
    ("old", "new", "sees"), [("member", "administrator", True), ("administrator", "member", False)]
)
def test_the_bot_is_made_an_administrator_and_no_longer(old: str, new: str, sees: bool) -> None:
    rights = one(BotRightsChanged, tg.bot_moved(old, new))
    assert (rights.reads_everything, rights.sees_joins, rights.sees_reactions) == (sees, sees, sees)
    assert meaning(tg.bot_moved(new, new)) == []


@pytest.mark.parametrize(("by", "name"), [(tg.ANA_USER, "Ana Silva"), (tg.ROBOT, ""), (tg.ANONYMOUS, "")])
def test_the_bot_is_out_whoever_did_it(by: Json, name: str) -> None:
    for status in ("left", "kicked"):
        removed = one(BotRemoved, tg.bot_moved("administrator", status, by=by))
        assert (removed.place, removed.by.name, removed.by.is_bot) == (NURSES, name, False)
    assert meaning(tg.bot_moved("left", "kicked", by=by)) == []


def test_somebody_shuts_the_private_chat_and_opens_it_again() -> None:
    closed = one(ChatClosed, tg.bot_moved("member", "kicked", chat=tg.DIRECT))
    reopened = one(ChatReopened, tg.bot_moved("kicked", "member", chat=tg.DIRECT))
    assert (closed.by.account.user, closed.private) == (str(tg.ANA), True)
    assert (reopened.by.account.user, reopened.private) == (str(tg.ANA), True)
    assert meaning(tg.bot_moved("member", "member", chat=tg.DIRECT)) == []


# Places


def test_a_group_has_another_name() -> None:
    renamed = one(PlaceRenamed, tg.message(new_chat_title="Midwives"))
    assert (renamed.place, renamed.by.name) == (replace(NURSES, name="Midwives"), "Ana Silva")
    assert one(PlaceRenamed, tg.message(new_chat_title="Midwives", by=tg.ROBOT)).by.account.user == ""


def test_a_group_moves_to_another_address_and_both_say_so() -> None:
    old = Place("telegram", TENANT, "-4001", "Small")
    moved = one(PlaceMoved, tg.message(chat=tg.SMALL, migrate_to_chat_id=tg.GROUP))
    assert (moved.place, moved.to) == (old, replace(NURSES, name="Small"))
    again = one(PlaceMoved, tg.message(chat=tg.NURSES, by=tg.ANONYMOUS, migrate_from_chat_id=-4001))
    assert (again.place, again.to, again.by.account.user) == (replace(old, name="Nurses"), NURSES, "")


def test_topics_of_a_forum() -> None:
    created = one(PlaceRenamed, tg.topic_news(forum_topic_created={"name": "Wound care", "icon_color": 1}))
    assert created.place == WOUNDS
    edited = one(PlaceRenamed, tg.topic_news(forum_topic_edited={"name": "Wounds"}))
    assert edited.place == replace(WOUNDS, name="Wounds")
    assert meaning(tg.topic_news(forum_topic_edited={"icon_custom_emoji_id": "1"})) == []
    names = Known(places={WOUNDS.id: "Wound care"})
    assert one(PlaceReopened, tg.topic_news(forum_topic_reopened={}), names).place == WOUNDS


def test_a_topic_that_is_closed_stays_a_place() -> None:
    assert meaning(tg.topic_news(forum_topic_closed={})) == []
    assert meaning(tg.message(chat=tg.FORUM, forum_topic_closed={})) == []
    assert meaning(tg.message(chat=tg.FORUM, forum_topic_reopened={})) == []
    assert meaning(tg.message(chat=tg.FORUM, forum_topic_edited={"name": "All"})) == []


# Reactions and votes


def test_somebody_reacts_and_takes_it_back() -> None:
    put = one(Reacted, tg.reaction([], [emoji("✍")]))
    assert (put.emoji, put.removed, put.by.name, put.place) == ("✍", False, "Ana Silva", NURSES)
    assert (put.message_key, put.message.id, put.message.event_key) == (f"{tg.GROUP}/41", "41", f"{tg.GROUP}/41")
    assert put.key == f"reaction\x1f{tg.ANA}\x1f✍\x1f{tg.GROUP}/41"
    assert one(Reacted, tg.reaction([emoji("✍")], [])) == replace(put, removed=True)


def test_only_what_changed_is_told() -> None:
    custom, paid = {"type": "custom_emoji", "custom_emoji_id": "5"}, {"type": "paid"}
    events = meaning(tg.reaction([emoji("👍"), emoji("🔥")], [emoji("🔥"), custom, paid, {"type": "new"}]))
    assert [(one.emoji, one.removed) for one in events if isinstance(one, Reacted)] == [
        ("👍", True),
        ("custom:5", False),
        ("⭐", False),
    ]


def test_a_reaction_in_a_topic_that_the_adapter_remembers() -> None:
    known = Known(topics={"41": "77"}, places={WOUNDS.id: "Wound care"})
    assert one(Reacted, tg.reaction([], [emoji("🔥")]), known).place == WOUNDS


def test_an_anonymous_reaction_tells_nothing() -> None:
    assert meaning(tg.reaction([], [emoji("🔥")], user=None, actor_chat=tg.NURSES)) == []
    assert meaning(tg.reaction([], [emoji("🔥")], user=tg.ROBOT)) == []


def test_somebody_votes_and_takes_it_back() -> None:
    known = Known(polls={"6001": WOUNDS.id}, places={WOUNDS.id: "Wound care"})
    voted = one(PollAnswered, tg.vote(0, 2), known)
    assert (voted.poll, voted.choices, voted.removed, voted.place) == ("6001", (0, 2), False, WOUNDS)
    assert voted.key == f"poll\x1f6001\x1f{tg.ANA}"
    back = one(PollAnswered, tg.vote(), known)
    assert (back.removed, back.key, back.at) == (True, voted.key, ARRIVED)
    assert one(PollAnswered, tg.vote(1)).place is None
    assert meaning(tg.vote(1, user=None, voter_chat=tg.NEWS)) == []


# Everything else

EVERYTHING_ELSE: list[Json] = [
    {"message_reaction_count": {"chat": tg.NURSES, "message_id": 1, "date": tg.AT, "reactions": []}},
    {"poll": {"id": "6001", "question": "?", "options": [], "total_voter_count": 0, "is_closed": True}},
    {"business_connection": {"id": "1", "user": tg.ANA_USER, "user_chat_id": 1, "date": tg.AT, "is_enabled": True}},
    {"business_message": tg.said("hi")},
    {"edited_business_message": tg.said("hi")},
    {"deleted_business_messages": {"business_connection_id": "1", "chat": tg.DIRECT, "message_ids": [1]}},
    {"guest_message": tg.said("hi", guest_query_id="1")},
    {"shipping_query": {"id": "1", "from": tg.ANA_USER, "invoice_payload": "x", "shipping_address": {}}},
    {"pre_checkout_query": {"id": "1", "from": tg.ANA_USER, "currency": "XTR", "total_amount": 1}},
    {"purchased_paid_media": {"from": tg.ANA_USER, "paid_media_payload": "x"}},
    {"chat_boost": {"chat": tg.NURSES, "boost": {"boost_id": "1"}}},
    {"removed_chat_boost": {"chat": tg.NURSES, "boost_id": "1", "remove_date": tg.AT, "source": {}}},
    {"managed_bot": {"user": tg.ANA_USER, "bot": tg.ROBOT}},
    {"something_new": {"from": tg.ANA_USER}},
    {},
]


@pytest.mark.parametrize("told", EVERYTHING_ELSE, ids=lambda told: next(iter(told), "nothing"))
def test_everything_else_passes(told: Json) -> None:
    nothing: list[Event] = []
    assert meaning({"update_id": 1, **told}) == nothing
