"""What every platform promises the frame (``bot.core.platform.Platform``), as one set of tests.

A platform's own test file says how its wire is driven in a test (a ``Wire``), makes a fixture ``wire`` of it,
and subclasses ``PlatformContract``. Where a platform lacks something, its wire says so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.addresses import Destination, InPlace, MessageRef, OnlyVisibleTo, Privately
from bot.core.events import ButtonPressed, CommandUsed, FormSubmitted, MessagePosted, ShortcutUsed
from bot.core.forms import Form, TextField
from bot.core.home import Home, HomeRow, HomeSection
from bot.core.messages import Attachment, Button, Kind, Message, Poll, Text
from bot.core.platform import (
    CannotTell,
    Delete,
    Edit,
    OpenForm,
    Outgoing,
    Platform,
    Send,
    ShowHome,
    Undeliverable,
)
from tests.platforms.wires import Seen, Wire

TRICKY = "<!channel> *bold* _it_ `code` [link](https://x.example) <b>b</b> {braces} & \u202egnp"
FORM = Form("things.send", "A form", (TextField(name="why", label="Why?"),), "Send")


def message(text: str = "hello", **more: Any) -> Message:
    return Message(Text(text), **more)


def send(to: Destination, what: Message | None = None, reference: str = "ref-1") -> Send:
    return Send(reference, to, what or message(), Kind.ANSWER)


async def found(platform: Platform, outgoing: Outgoing) -> MessageRef | str | None:
    try:
        return await platform.find(outgoing)
    except CannotTell:
        return "nobody can tell"


class PlatformContract:
    """Subclass it as ``Test...`` and give it a fixture ``wire``."""

    # Events

    async def test_what_people_write_arrives_with_who_where_and_when(self, wire: Wire) -> None:
        await wire.writes(wire.ana, "hello", wire.place)
        (event,) = await wire.hears()
        assert isinstance(event, MessagePosted)
        assert (event.by.account, event.text) == (wire.ana, "hello")
        assert event.place is not None
        assert (event.place.platform, event.place.tenant, event.place.id) == (
            wire.platform.name,
            wire.place.tenant,
            wire.place.id,
        )
        assert event.at.utcoffset() == timedelta(0)
        assert not event.by.is_bot

    async def test_what_is_written_privately_has_no_place(self, wire: Wire) -> None:
        await wire.writes(wire.ana, "hello", None)
        (event,) = await wire.hears()
        assert event.private

    async def test_every_event_has_a_key_of_its_own(self, wire: Wire) -> None:
        for who in (wire.ana, wire.ben, wire.ana):
            await wire.writes(who, "the same words", wire.place)
        assert len({raw.key for raw in wire.host.accepted}) == 3
        assert {(raw.platform, raw.tenant) for raw in wire.host.accepted} == {(wire.platform.name, wire.ana.tenant)}
        events = await wire.hears()
        assert len({event.key for event in events if isinstance(event, MessagePosted)}) == 3

    async def test_an_event_names_the_message_that_it_posts_so_that_its_words_can_be_found_again(
        self, wire: Wire
    ) -> None:
        await wire.writes(wire.ana, "hello", wire.place)
        await wire.uses_command(wire.ana, "/help", wire.place)
        (posted, _), (raw, command) = await wire.hears(), wire.host.accepted
        assert isinstance(posted, MessagePosted)
        assert (raw.message, command.message) == (posted.key, "")

    async def test_what_was_said_in_one_place_is_one_conversation_in_its_order(self, wire: Wire) -> None:
        for number in range(5):
            await wire.writes(wire.ana, str(number), wire.place)
        await wire.writes(wire.ana, "elsewhere", wire.other_place)
        await wire.writes(wire.ana, "in private", None)
        *same, elsewhere, private = wire.host.accepted
        assert len({raw.conversation for raw in same}) == 1
        assert len({raw.conversation for raw in (same[0], elsewhere, private)}) == 3
        texts = [event.text for event in await wire.hears() if isinstance(event, MessagePosted)]
        assert texts == ["0", "1", "2", "3", "4", "elsewhere", "in private"]

    async def test_a_reply_names_the_root_of_its_thread(self, wire: Wire) -> None:
        await wire.writes(wire.ana, "root", wire.place)
        (root,) = await wire.hears()
        assert isinstance(root, MessagePosted)
        await wire.writes(wire.ben, "reply", wire.place, thread=root.message.id)
        reply = (await wire.hears())[-1]
        assert isinstance(reply, MessagePosted)
        assert (root.thread_key, reply.thread_key) == (None, root.key)

    async def test_what_was_not_accepted_is_told_again_under_the_same_key(self, wire: Wire) -> None:
        wire.host.refuses = True
        await wire.writes(wire.ana, "hello", wire.place)
        assert wire.host.accepted == []
        wire.host.refuses = False
        await wire.restarts()
        texts = [event.text for event in await wire.hears() if isinstance(event, MessagePosted)]
        assert set(texts) == {"hello"}
        assert len({raw.key for raw in wire.host.accepted}) == 1

    async def test_what_was_accepted_is_not_told_again(self, wire: Wire) -> None:
        await wire.writes(wire.ana, "hello", wire.place)
        await wire.restarts()
        await wire.writes(wire.ana, "again", wire.place)
        texts = [event.text for event in await wire.hears() if isinstance(event, MessagePosted)]
        assert texts == ["hello", "again"]

    async def test_translation_is_pure(self, wire: Wire) -> None:
        await wire.writes(wire.ana, "hello \ud800", wire.place)
        (raw,) = wire.host.accepted
        assert wire.platform.translate(raw.body) == wire.platform.translate(raw.body)

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"3", b"\xff", b'"text"'])
    async def test_what_cannot_be_read_is_a_value_error(self, wire: Wire, body: bytes) -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - JSON's own is one too
            wire.platform.translate(body)

    async def test_a_command_comes_with_its_arguments_and_a_trigger(self, wire: Wire) -> None:
        await wire.uses_command(wire.ana, "/settings role @ben expert", wire.place)
        event = (await wire.hears())[-1]
        assert isinstance(event, CommandUsed)
        assert (event.name, event.arguments) == ("settings", "role @ben expert")
        assert event.trigger is None or event.trigger.expires_at > event.at

    async def test_a_command_that_is_a_reply_comes_with_the_message(self, wire: Wire) -> None:
        await wire.writes(wire.ana, "boil the water", wire.place)
        (posted,) = await wire.hears()
        assert isinstance(posted, MessagePosted)
        await wire.uses_command(wire.ben, "/log lesson", wire.place, about=posted)
        event = (await wire.hears())[-1]
        assert isinstance(event, CommandUsed)
        assert (event.name, event.arguments, event.by.account) == ("log", "lesson", wire.ben)
        assert event.about == posted

    async def test_a_shortcut_comes_with_its_message_and_a_trigger(self, wire: Wire) -> None:
        await wire.writes(wire.ana, "root", wire.place)
        (root,) = await wire.hears()
        assert isinstance(root, MessagePosted)
        await wire.writes(wire.ana, "boil the water", wire.place, thread=root.message.id)
        posted = (await wire.hears())[-1]
        assert isinstance(posted, MessagePosted)
        await wire.uses_shortcut(wire.ben, "things.save", posted)
        event = (await wire.hears())[-1]
        assert isinstance(event, ShortcutUsed)
        assert (event.name, event.by.account, event.place) == ("things.save", wire.ben, posted.place)
        assert event.about == posted
        assert event.about.thread_key == root.key
        assert event.trigger is None or event.trigger.expires_at > event.at

    async def test_what_the_bot_says_is_not_heard_as_if_a_person_had_said_it(self, wire: Wire) -> None:
        await wire.platform.deliver(send(InPlace(wire.place)))
        await wire.restarts()
        assert [event for event in await wire.hears() if not event.by.is_bot] == []

    # Messages

    async def test_a_message_is_shown_and_can_be_found_by_its_reference(self, wire: Wire) -> None:
        outgoing = send(InPlace(wire.place))
        assert await found(wire.platform, outgoing) in (None, "nobody can tell")
        ref = await wire.platform.deliver(outgoing)
        assert ref is not None
        assert (ref.platform, ref.tenant) == (wire.platform.name, wire.place.tenant)
        assert await found(wire.platform, outgoing) in (ref, "nobody can tell")
        assert await found(wire.platform, replace(outgoing, reference="ref-2")) in (None, "nobody can tell")
        for who in (wire.ana, wire.ben):
            assert [one.text for one in await wire.sees(who, wire.place)] == ["hello"]

    async def test_after_a_restart_it_can_still_be_found(self, wire: Wire) -> None:
        outgoing = send(InPlace(wire.place))
        ref = await wire.platform.deliver(outgoing)
        await wire.restarts()
        assert await found(wire.platform, outgoing) in (ref, "nobody can tell")

    async def test_what_is_private_is_seen_by_that_person_alone(self, wire: Wire) -> None:
        await wire.platform.deliver(send(Privately(wire.ana)))
        assert [one.text for one in await wire.sees(wire.ana, None)] == ["hello"]
        assert await wire.sees(wire.ben, None) == []
        assert await wire.sees(wire.ana, wire.place) == []

    async def test_what_is_for_one_person_in_a_place_is_seen_by_nobody_else(self, wire: Wire) -> None:
        await wire.platform.deliver(send(OnlyVisibleTo(wire.ana, wire.place)))
        seen = await wire.sees(wire.ana, wire.place) + await wire.sees(wire.ana, None)
        assert [one.text for one in seen] == ["hello"]
        assert await wire.sees(wire.ben, wire.place) == []

    async def test_peoples_words_arrive_as_plain_characters(self, wire: Wire) -> None:
        await wire.platform.deliver(send(InPlace(wire.place), Message(Text("{x}", {"x": TRICKY}))))
        (seen,) = await wire.sees(wire.ana, wire.place)
        assert seen.text == TRICKY.replace("\u202e", "")
        assert seen.look == set()

    async def test_our_own_formatting_is_shown_or_left_out_and_never_printed(self, wire: Wire) -> None:
        await wire.platform.deliver(send(InPlace(wire.place), message("**bold** *it*")))
        (seen,) = await wire.sees(wire.ana, wire.place)
        assert seen.text == "bold it"

    async def test_a_button_is_seen_by_its_label_and_pressed_by_its_token(self, wire: Wire) -> None:
        buttons = (Button("Answer", "questions.answer", "17", token="token-of-22-characters"),)
        await wire.platform.deliver(send(InPlace(wire.place), message(buttons=buttons)))
        (seen,) = await wire.sees(wire.ana, wire.place)
        assert list(seen.buttons) == ["Answer"]
        await wire.presses(wire.ana, "Answer", wire.place)
        event = (await wire.hears())[-1]
        assert isinstance(event, ButtonPressed)
        assert (event.button, event.by.account) == ("token-of-22-characters", wire.ana)
        assert (event.action, event.subject) == ("", "")  # the wire tells neither

    async def test_a_button_may_lead_to_a_message(self, wire: Wire) -> None:
        there = await wire.platform.deliver(send(InPlace(wire.place), message("there")))
        assert there is not None
        buttons = (Button("Go there", goes_to=there), Button("Stay", "things.stay", token="token-of-22-characters"))
        await wire.platform.deliver(send(Privately(wire.ana), message(buttons=buttons), "ref-2"))
        (seen,) = await wire.sees(wire.ana, None)
        assert seen.leads_to == {"Go there": there.id}
        assert list(seen.buttons) == ["Stay"]

    async def test_a_button_to_a_message_of_another_platform_keeps_nothing_back(self, wire: Wire) -> None:
        buttons = (Button("Go there", goes_to=MessageRef("elsewhere", "tenant", "circle", "1")),)
        await wire.platform.deliver(send(Privately(wire.ana), message(buttons=buttons)))
        (seen,) = await wire.sees(wire.ana, None)
        assert (seen.text, seen.buttons) == ("hello", {})

    async def test_a_message_in_a_thread_is_seen_there(self, wire: Wire) -> None:
        root = await wire.platform.deliver(send(InPlace(wire.place), message("root")))
        assert root is not None
        reply = await wire.platform.deliver(send(InPlace(wire.place, root.id), message("reply"), "ref-2"))
        assert reply is not None
        assert reply.thread == root.id
        assert "reply" in [one.text for one in await wire.sees(wire.ana, wire.place, thread=root.id)]

    async def test_details_come_under_their_message(self, wire: Wire) -> None:
        ref = await wire.platform.deliver(send(InPlace(wire.place), message(details=Text("more about it"))))
        assert ref is not None
        assert "more about it" in [one.text for one in await wire.sees(wire.ana, wire.place, thread=ref.id)]

    async def test_what_can_be_chosen_in_a_poll_is_seen(self, wire: Wire) -> None:
        many = tuple(f"option {number}" for number in range(40))
        for number, options in enumerate((("Monday", "<!channel> *b* {x} & @ana"), ("the same", "the same"), many)):
            asks = message("Which day?", poll=Poll("Which?", options))
            ref = await wire.platform.deliver(send(InPlace(wire.place), asks, f"ref-{number}"))
            assert ref is not None
            seen = [one.text for one in await wire.sees(wire.ana, wire.place, thread=ref.id)]
            assert "Which day?" in seen[0]
            assert set(options) <= {line.lstrip("-• ") for one in seen for line in one.splitlines()}

    async def test_a_file_goes_with_its_message(self, wire: Wire) -> None:
        wire.host.files["content"] = b"a,b\n1,2\n"
        attached = (Attachment("content", "figures.csv", "text/csv", "Figures"),)
        await wire.platform.deliver(send(InPlace(wire.place), message(attachments=attached)))
        (seen,) = await wire.sees(wire.ana, wire.place)
        assert seen.files == ["figures.csv"]

    async def test_a_file_that_is_gone_does_not_keep_its_message_back(self, wire: Wire) -> None:
        attached = (Attachment("forgotten", "figures.csv", "text/csv"),)
        await wire.platform.deliver(send(InPlace(wire.place), message(attachments=attached)))
        assert [one.text for one in await wire.sees(wire.ana, wire.place)] == ["hello"]

    async def test_an_edit_takes_the_place_of_the_message_and_of_its_buttons(self, wire: Wire) -> None:
        buttons = (Button("Answer", "questions.answer", token="token-of-22-characters"),)
        ref = await wire.platform.deliver(send(InPlace(wire.place), message(buttons=buttons)))
        assert ref is not None
        await wire.platform.deliver(Edit("ref-2", InPlace(wire.place), ref, message("changed")))
        await wire.platform.deliver(Edit("ref-2", InPlace(wire.place), ref, message("changed")))
        assert await wire.sees(wire.ana, wire.place) == [Seen("changed")]

    async def test_what_was_taken_down_is_seen_by_nobody(self, wire: Wire) -> None:
        for to in (InPlace(wire.place), Privately(wire.ana)):
            reference = f"ref-{type(to).__name__}"
            ref = await wire.platform.deliver(send(to, reference=reference))
            assert ref is not None
            for _ in range(2):  # it may have been taken down before
                assert await wire.platform.deliver(Delete(f"{reference}-gone", to, ref)) is None
        assert await wire.sees(wire.ana, wire.place) == []
        assert await wire.sees(wire.ana, None) == []

    async def test_a_button_that_opens_the_private_chat_is_shown(self, wire: Wire) -> None:
        buttons = (Button("Begin", "start.follow", "join_1", token="token-of-22-characters", starts="join_1"),)
        await wire.platform.deliver(send(InPlace(wire.place), message(buttons=buttons)))
        (seen,) = await wire.sees(wire.ana, wire.place)
        assert [*seen.buttons, *seen.leads_to] == ["Begin"]

    async def test_what_can_never_arrive_is_undeliverable(self, wire: Wire) -> None:
        nowhere = replace(wire.place, id="nowhere")
        nobody = replace(wire.ana, user="nobody")
        gone = MessageRef(wire.platform.name, wire.place.tenant, wire.place.id, "999999")
        impossible: list[Outgoing] = [
            send(InPlace(nowhere), reference="ref-1"),
            send(Privately(nobody), reference="ref-2"),
            send(OnlyVisibleTo(wire.ana, nowhere), reference="ref-3"),
            Edit("ref-4", InPlace(wire.place), gone, message()),
        ]
        for outgoing in impossible:
            with pytest.raises(Undeliverable) as caught:
                await wire.platform.deliver(outgoing)
            assert "nobody" not in str(caught.value)
            assert "nowhere" not in str(caught.value)

    async def test_while_it_takes_nothing_new_it_still_delivers(self, wire: Wire) -> None:
        await wire.platform.stop_receiving()
        assert await wire.platform.deliver(send(InPlace(wire.place))) is not None

    # The bot's own page

    async def test_a_page_of_ones_own_is_taken_wherever_there_is_one_and_is_no_message(self, wire: Wire) -> None:
        row = HomeRow(Text("**Q1** {x}", {"x": TRICKY}), (Button("Answer", "questions.answer", token="t" * 22),))
        home = Home((HomeSection("Your questions", (row,)), HomeSection("Nothing here", empty=row)), "en")
        for reference in ("ref-1", "ref-2"):
            assert await wire.platform.deliver(ShowHome(reference, Privately(wire.ana), home)) is None
        assert await wire.platform.deliver(ShowHome("ref-3", Privately(wire.ana), Home())) is None
        assert await wire.sees(wire.ana, None) == []

    # Forms

    async def test_a_form_opens_for_its_person_and_comes_back(self, wire: Wire) -> None:
        wire.host.forms["form-1"] = FORM
        trigger = wire.now_plus(timedelta(seconds=3))
        await wire.platform.deliver(OpenForm("ref-1", Privately(wire.ana), "form-1", FORM, trigger))
        assert await wire.open_forms(wire.ana) == ["A form"]
        assert await wire.open_forms(wire.ben) == []
        await wire.submits(wire.ana, "form-1", {"why": "Because."})
        event = (await wire.hears())[-1]
        assert isinstance(event, FormSubmitted)
        assert (event.form, event.by.account, event.values) == ("form-1", wire.ana, {"why": "Because."})
        assert await wire.open_forms(wire.ana) == []

    # Health

    async def test_it_says_whether_it_can_do_its_work(self, wire: Wire) -> None:
        assert wire.platform.trouble() is None
        await wire.platform.stop_receiving()
        assert wire.platform.trouble()

    async def test_it_may_be_closed_twice(self, wire: Wire) -> None:
        await wire.platform.close()
        await wire.platform.close()
