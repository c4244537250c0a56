"""What else happens on Slack, as core events."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.addresses import Account, MessageRef, Place
from bot.core.events import (
    BotInvited,
    BotRemoved,
    BotUninstalled,
    ButtonPressed,
    CommandUsed,
    FormSubmitted,
    HomeOpened,
    Joined,
    Left,
    MessagePosted,
    PersonChanged,
    PlaceRenamed,
    PlaceReopened,
    Reacted,
    ShortcutUsed,
)
from bot.platforms.slack.incoming import closes_workspace, revokes_token
from storage.activity import activity_key
from tests.platforms.slack.arriving import ARRIVED, arrived, meaning, unknown
from tests.platforms.slack.test_messages import one
from tests.wire import slack_payloads as slack
from tests.wire.slack_payloads import ANA, BEN, BOT, BOT_ID, CHANNEL, DIRECT, LATER, ROOT, TEAM, TOKEN, TS, Json

CIRCLE = Place("slack", TEAM, CHANNEL, "circle")
TOLD = datetime(2023, 11, 14, 22, 13, 20, 100, tzinfo=UTC)


# People and places


def test_somebody_comes_into_a_channel_and_goes() -> None:
    joined = one(Joined, slack.member("joined", inviter=BEN))
    assert (joined.by.name, joined.place, joined.at) == ("Ana", CIRCLE, TOLD)
    assert joined.key == f"join\x1f{CHANNEL}\x1f{ANA}\x1f{TS}"
    left = one(Left, slack.member("left"))
    assert (left.by.name, left.place, left.key) == ("Ana", CIRCLE, f"leave\x1f{CHANNEL}\x1f{ANA}\x1f{TS}")


def test_another_program_in_a_channel_is_nobody() -> None:
    assert meaning(slack.member("joined", "U0ROBOT")) == []


def test_who_brings_the_bot_has_invited_it() -> None:
    invited = one(BotInvited, slack.member("joined", BOT, inviter=ANA))
    assert (invited.by.name, invited.place) == ("Ana", CIRCLE)
    (known_by_the_event_itself,) = unknown(slack.member("joined", BOT, inviter=ANA))
    assert isinstance(known_by_the_event_itself, BotInvited)


def test_a_bot_that_came_by_itself_was_invited_by_nobody() -> None:
    assert meaning(slack.member("joined", BOT)) == []


@pytest.mark.parametrize(
    "payload",
    [slack.member("left", BOT), slack.channel("channel_left"), slack.channel("group_left", actor_id=BOT)],
)
def test_the_bot_is_out_and_nobody_says_who_did_it(payload: Json) -> None:
    removed = one(BotRemoved, payload)
    assert (removed.place, removed.by.account, removed.by.name) == (CIRCLE, Account("slack", TEAM, ""), "")


@pytest.mark.parametrize(
    "payload",
    [
        slack.channel("channel_left", actor_id=ANA),
        slack.channel("channel_archive", user=ANA),
        slack.channel("group_archive", user=ANA),
    ],
)
def test_the_bot_is_out(payload: Json) -> None:
    removed = one(BotRemoved, payload)
    assert (removed.place, removed.by.name) == (CIRCLE, "Ana")


@pytest.mark.parametrize("kind", ["channel_unarchive", "group_unarchive"])
def test_an_archived_place_is_opened_again(kind: str) -> None:
    reopened = one(PlaceReopened, slack.channel(kind, actor_id=ANA))
    assert (reopened.place, reopened.by.name) == (CIRCLE, "Ana")


@pytest.mark.parametrize("kind", ["channel_rename", "group_rename"])
def test_a_place_has_another_name(kind: str) -> None:
    assert one(PlaceRenamed, slack.renamed(kind, "nurses")).place == Place("slack", TEAM, CHANNEL, "nurses")


def test_somebody_is_new_in_the_workspace() -> None:
    joined = one(Joined, slack.team_join(id="U0NEW0001"))
    assert (joined.by.account.user, joined.by.name, joined.by.language) == ("U0NEW0001", "Ana", "fr")
    assert (joined.place, joined.key) == (None, f"join\x1f{TEAM}\x1fU0NEW0001\x1f{TS}")


def test_somebody_has_another_name_and_language() -> None:
    changed = one(PersonChanged, slack.user_change(profile={"display_name": " Anna "}, locale="pt-BR"))
    assert (changed.by.name, changed.by.language, changed.private) == ("Anna", "pt", True)


def test_a_profile_that_tells_little_leaves_what_was_known() -> None:
    changed = one(PersonChanged, slack.user_change(profile={}, real_name="", name="", locale=None))
    assert (changed.by.name, changed.by.language) == ("Ana", "fr")


def test_whose_account_is_closed_has_left_the_workspace() -> None:
    left = one(Left, slack.user_change(deleted=True))
    assert (left.by.account.user, left.by.name, left.place) == (ANA, "Ana", None)
    assert left.key == f"leave\x1f{TEAM}\x1f{ANA}\x1f{TS}"


def test_a_program_has_no_profile() -> None:
    assert meaning(slack.user_change(is_bot=True)) == []


@pytest.mark.parametrize(("tab", "chat"), [("home", False), ("messages", True), ("about", False)])
def test_somebody_opens_the_home(tab: str, chat: bool) -> None:
    opened = one(HomeOpened, slack.home_opened(tab))
    assert (opened.by.name, opened.chat, opened.private) == ("Ana", chat, True)


# Reactions


def test_a_reaction_comes_and_goes_under_one_key() -> None:
    added, removed = one(Reacted, slack.reaction()), one(Reacted, slack.reaction("removed"))
    assert (added.by.name, added.emoji, added.removed, removed.removed) == ("Ben", "pushpin", False, True)
    assert added.key == removed.key == "\x1f".join(("reaction", BEN, "pushpin", ANA, TS))
    assert added.message_key == added.message.event_key == f"{ANA}\x1f{TS}"
    assert (added.message.id, added.place) == (TS, CIRCLE)
    imported = activity_key("slack", TEAM, "reaction", BEN, "pushpin", ANA, TS)
    assert activity_key("slack", TEAM, added.key) == imported


def test_a_reaction_to_a_message_whose_author_nobody_tells() -> None:
    payload = slack.reaction()
    del payload["event"]["item_user"]
    assert one(Reacted, payload).message_key == TS


def test_reactions_of_programs_and_to_files_count_for_nothing() -> None:
    assert meaning(slack.reaction(who=BOT)) == []
    assert meaning(slack.reaction(type="file", file="F1")) == []


# Commands and shortcuts


@pytest.mark.parametrize(
    ("command", "text", "name", "arguments"),
    [
        ("/baraza", "", "menu", ""),
        ("/baraza", "  ", "menu", ""),
        ("/Baraza", "ask  How  so? ", "ask", "How  so?"),
        ("/baraza", "/ask why", "ask", "why"),
        ("/ask", "why &amp; how", "ask", "why & how"),
        ("/baraza", f"thanks <@{BEN}|ben.handle> for <#C1|this>", "thanks", f"<@{BEN}> for #this"),
        ("/baraza", "ask\u00a0why", "ask", "why"),
    ],
)
def test_a_slash_command(command: str, text: str, name: str, arguments: str) -> None:
    used = one(CommandUsed, slack.command(text, command))
    assert (used.name, used.arguments) == (name, arguments)
    assert (used.by.name, used.place, used.at, used.about) == ("Ana", CIRCLE, ARRIVED, None)


def test_the_permission_to_open_a_form_lasts_three_seconds() -> None:
    payload = slack.command("ask")
    trigger = one(CommandUsed, payload).trigger
    assert trigger is not None
    assert (trigger.id, trigger.expires_at) == (payload["trigger_id"], ARRIVED + timedelta(seconds=3))


def test_a_slash_command_in_the_private_chat_has_no_place() -> None:
    assert one(CommandUsed, slack.command("help", channel=DIRECT)).private


def test_a_command_from_a_place_and_a_person_that_nobody_knows() -> None:
    (used,) = unknown(slack.command("help"))
    assert used.place == Place("slack", TEAM, CHANNEL, "")
    assert used.by.name == "ana.handle"


def test_a_shortcut_without_a_message_is_a_command() -> None:
    used = one(CommandUsed, slack.shortcut("ask"))
    assert (used.name, used.by.name, used.private) == ("ask", "Ana", True)
    assert used.trigger is not None


def test_a_shortcut_on_a_message_brings_the_message() -> None:
    used = one(ShortcutUsed, slack.message_action(thread_ts=ROOT, parent_user_id=ANA))
    assert (used.name, used.by.name, used.place, used.at) == ("contributions.save", "Ana", CIRCLE, ARRIVED)
    assert used.trigger is not None
    about = used.about
    assert (about.by.name, about.by.is_bot, about.at, about.place) == ("Ben", False, TOLD, CIRCLE)
    assert about.text == "Boil the kit (https://example.org/kit) first"
    assert (about.key, about.thread_key) == (f"{BEN}\x1f{TS}", f"{ANA}\x1f{ROOT}")


@pytest.mark.parametrize("wrote_it", [{"bot_id": BOT_ID}, {"user": None, "bot_id": BOT_ID}, {"user": BOT}])
def test_a_shortcut_on_a_message_of_a_program(wrote_it: Json) -> None:
    payload = slack.message_action()
    payload["message"].update(wrote_it)
    assert one(ShortcutUsed, payload).about.by.is_bot


# Buttons and forms


def test_a_button() -> None:
    pressed = one(ButtonPressed, slack.pressed())
    assert (pressed.button, pressed.by.name, pressed.place, pressed.at) == (TOKEN, "Ana", CIRCLE, ARRIVED)
    assert pressed.message == MessageRef("slack", TEAM, CHANNEL, TS, None, f"{BOT}\x1f{TS}")
    assert pressed.trigger is not None


def test_a_button_of_a_private_message_and_one_in_a_thread() -> None:
    assert one(ButtonPressed, slack.pressed(channel=DIRECT)).private
    container = {"type": "message", "message_ts": TS, "channel_id": CHANNEL, "thread_ts": ROOT, "is_ephemeral": True}
    pressed = one(ButtonPressed, slack.pressed(container=container, message=None))
    assert pressed.message == MessageRef("slack", TEAM, CHANNEL, TS, ROOT)


def test_a_button_of_the_home_is_on_no_message() -> None:
    pressed = one(ButtonPressed, slack.pressed_at_home())
    assert (pressed.button, pressed.message, pressed.private) == (TOKEN, None, True)


def test_a_button_that_leads_somewhere_does_nothing() -> None:
    assert meaning(slack.pressed(None)) == []


def test_a_form() -> None:
    ticked: Json = {"type": "checkboxes", "selected_options": [slack.option("yes")]}
    many = {"type": "multi_static_select", "selected_options": [slack.option("a"), slack.option("b")]}
    payload = slack.submitted(
        {
            "why": slack.typed("because *so* &amp; <@U1>\x00"),
            "nothing": slack.typed(None),
            "topic": {"type": "static_select", "selected_option": slack.option("malaria")},
            "no_topic": {"type": "static_select", "selected_option": None},
            "one_of": {"type": "radio_buttons", "selected_option": slack.option("left")},
            "topics": many,
            "no_topics": {"type": "multi_static_select", "selected_options": []},
            "day": {"type": "datepicker", "selected_date": "2026-03-31"},
            "no_day": {"type": "datepicker", "selected_date": None},
            "who": {"type": "users_select", "selected_user": BEN},
            "agreed": ticked,
            "not_agreed": {"type": "checkboxes", "selected_options": []},
            "new_of_slack": {"type": "hologram", "value": 7},
        }
    )
    sent = one(FormSubmitted, payload)
    assert sent.values == {
        "why": "because *so* &amp; <@U1>",  # a field of a form is no markup
        "nothing": None,
        "topic": "malaria",
        "no_topic": None,
        "one_of": "left",
        "topics": ["a", "b"],
        "no_topics": [],
        "day": "2026-03-31",
        "no_day": None,
        "who": BEN,
        "agreed": True,
        "not_agreed": False,
    }
    assert (sent.form, sent.by.name, sent.place, sent.at) == (TOKEN, "Ana", CIRCLE, ARRIVED)
    assert sent.trigger is not None


def test_a_form_that_was_validated_brings_its_clean_values() -> None:
    (sent,) = meaning(slack.submitted({"why": slack.typed("  so ")}), values={"why": "so", "days": ["mo"], "ok": True})
    assert isinstance(sent, FormSubmitted)
    assert sent.values == {"why": "so", "days": ["mo"], "ok": True}


@pytest.mark.parametrize("place", [None, DIRECT])
def test_a_form_that_was_opened_privately(place: str | None) -> None:
    assert one(FormSubmitted, slack.submitted(place=place)).private


def test_a_form_of_somebody_else_and_a_form_that_is_left_say_nothing() -> None:
    assert meaning(slack.submitted(callback_id="another")) == []
    assert meaning(slack.closed()) == []


# The workspace


@pytest.mark.parametrize(
    ("payload", "closes"),
    [
        (slack.uninstalled(), True),
        (slack.revoked(bot=[BOT], oauth=[]), False),
        (slack.revoked(bot=[], oauth=[ANA]), False),
        (slack.revoked(oauth=[ANA]), False),
        (slack.message(), False),
        (slack.outer({"type": "tokens_revoked", "tokens": 7}), False),
        (slack.command(), False),
    ],
)
def test_what_closes_a_workspace(payload: Json, closes: bool) -> None:
    assert closes_workspace(json.loads(arrived(payload).body)) is closes
    if closes:
        gone = one(BotUninstalled, payload)
        assert (gone.by.account, gone.place) == (Account("slack", TEAM, ""), None)


@pytest.mark.parametrize(
    ("payload", "revokes"),
    [
        (slack.revoked(bot=[BOT], oauth=[]), True),
        (slack.revoked(bot=[], oauth=[ANA]), False),
        (slack.revoked(oauth=[ANA]), False),
        (slack.uninstalled(), False),
        (slack.outer({"type": "tokens_revoked", "tokens": 7}), False),
        (slack.command(), False),
    ],
)
def test_what_revokes_the_token_of_the_bot(payload: Json, revokes: bool) -> None:
    assert revokes_token(json.loads(arrived(payload).body)) is revokes
    if revokes:
        assert meaning(payload) == []


def test_an_organisation_stands_for_the_workspace_that_is_not_named() -> None:
    payload = slack.pressed()
    payload |= {"team": None, "enterprise": {"id": "E1", "name": "All of us"}, "is_enterprise_install": True}
    assert one(ButtonPressed, payload).by.account == Account("slack", "E1", ANA)
    assert arrived(payload).tenant == "E1"


def test_a_shared_channel_is_told_of_to_the_workspace_that_has_the_bot() -> None:
    shared = slack.message() | {"team_id": "T0ELSEWHERE", "is_ext_shared_channel": True}
    posted = one(MessagePosted, shared)
    assert (posted.by.account, posted.message.tenant) == (Account("slack", TEAM, ANA), TEAM)
    assert arrived(shared).tenant == TEAM
    for authorizations in (None, [], [{"team_id": None, "user_id": BOT}]):
        assert arrived(slack.message() | {"authorizations": authorizations}).tenant == TEAM


def test_a_form_of_somebody_from_elsewhere_is_sent_to_the_workspace_that_has_the_bot() -> None:
    payload = slack.submitted(app_installed_team_id=TEAM)
    payload |= {"team": {"id": "T0ELSEWHERE", "domain": "elsewhere"}}
    assert one(FormSubmitted, payload).by.account.tenant == TEAM
    assert arrived(payload).tenant == TEAM


def test_who_presses_in_an_organisation_is_in_the_workspace_that_is_told_with_them() -> None:
    payload = slack.pressed()
    payload |= {"team": None, "enterprise": {"id": "E1", "name": "All of us"}, "is_enterprise_install": False}
    payload["user"] |= {"team_id": TEAM}
    assert arrived(payload).tenant == TEAM


def test_time_is_that_of_the_event_else_that_of_its_arrival() -> None:
    payload = slack.home_opened()
    del payload["event"]["event_ts"]
    assert one(HomeOpened, payload).at == datetime.fromtimestamp(payload["event_time"], UTC)
    del payload["event_time"]
    assert one(HomeOpened, payload).at == ARRIVED


def test_later_is_later() -> None:
    assert one(Reacted, slack.reaction()).at == datetime.fromtimestamp(float(LATER), UTC)
