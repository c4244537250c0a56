"""Event -> handler: by table, with a sentence where there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.addresses import Account, MessageRef, Person, Place
from bot.core.capability import Capability, Where
from bot.core.dispatch import NotAllowed, Registry, acting_on, by_audience, check_roles, normal
from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed, Event, FormSubmitted, Joined, Left, MessagePosted, Reacted
from bot.core.roles import Role
from tests.community import START

ANA = Person(Account("fake", "tenant", "ana"), "Ana")
CIRCLE = Place("fake", "tenant", "circle", "circle")


async def handler(_event: Any, _services: Any) -> None: ...


def used(name: str, place: Place | None = None) -> CommandUsed:
    return CommandUsed(at=START, by=ANA, place=place, name=name)


def registry() -> Registry:
    capability = Capability("things")
    capability.command("help", summary="", for_strangers=True)(handler)
    capability.command("settings", summary="", roles=(Role.FACILITATOR,))(handler)
    capability.command("health", summary="", roles=(Role.FACILITATOR, Role.STAKEHOLDER))(handler)
    capability.command("secret", summary="", where=Where.PRIVATE)(handler)
    capability.command("here", summary="", where=Where.PLACE)(handler)
    capability.button("things.press", roles=(Role.EXPERT,))(handler)
    capability.form("things.send")(handler)
    capability.on(Joined)(handler)
    capability.on(MessagePosted, private=True, strangers=True)(handler)
    capability.on(Left, private=None)(handler)
    return Registry([capability])


def refusal(name: str, place: Place | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        registry().command(used(name, place))
    return caught.value


@pytest.mark.parametrize("typed", ["help", "HELP", "  Help ", "ｈｅｌｐ", "𝐡𝐞𝐥𝐩"])
def test_a_command_is_understood_from_any_keyboard(typed: str) -> None:
    assert registry().command(used(typed)).name == "command.help"


@given(st.text(st.characters(exclude_categories=[])))
def test_any_name_finds_its_command_or_a_sentence(name: str) -> None:
    if normal(name) in registry().commands:
        assert registry().command(used(name)).name == f"command.{normal(name)}"
    else:
        refused = refusal(name)
        assert refused.key
        assert all(len(str(value)) <= 32 for value in refused.values.values())


def test_an_unknown_command_names_the_nearest() -> None:
    assert refusal("setings").values == {"command": "setings", "nearest": "settings"}
    assert set(refusal("xyzzy").values) == {"command"}


def test_an_unknown_command_that_any_bot_may_mean_concerns_nobody_here() -> None:
    known, unknown = used("ｈｅｌｐ", CIRCLE), used("helth", CIRCLE)
    assert all(registry().concerns(one) for one in (known, unknown, replace(known, for_any_bot=True)))
    assert not registry().concerns(replace(unknown, for_any_bot=True))


def test_a_command_says_where_it_works() -> None:
    assert "private message" in refusal("secret", CIRCLE).key
    assert "in the place" in refusal("here").key
    assert registry().command(used("secret")).name == "command.secret"
    assert registry().command(used("here", CIRCLE)).name == "command.here"


def test_buttons_and_forms_of_an_earlier_time_are_told_so() -> None:
    known = registry()
    assert known.button("things.press").roles == {Role.EXPERT}
    assert known.form("things.send").name == "form.things.send"
    assert (known.has_button("things.press"), known.has_button("things.send")) == (True, False)
    for ask in (known.button, known.form):
        with pytest.raises(Refusal, match="from an earlier time"):
            ask("things.gone")


def test_listeners_hear_what_they_asked_for_in_places_or_in_private() -> None:
    known = registry()
    message = MessageRef("fake", "tenant", "circle", "1")

    def heard(event: Event) -> list[str]:
        return [step.name for step in known.listeners(event)]

    assert heard(Joined(at=START, by=ANA, place=CIRCLE, key="1")) == ["things.handler"]
    assert heard(Joined(at=START, by=ANA, key="1")) == []
    assert heard(MessagePosted(at=START, by=ANA, place=CIRCLE, key="1", message=message)) == []
    assert heard(MessagePosted(at=START, by=ANA, key="1", message=message)) == ["things.handler"]
    assert heard(Left(at=START, by=ANA, key="1")) == heard(Left(at=START, by=ANA, place=CIRCLE, key="1"))


def test_what_a_listener_does_not_want_only_counts() -> None:
    capability = Capability("things")
    capability.on(Reacted, wants=lambda event: event.emoji == "📌")(handler)
    known = Registry([capability])
    message = MessageRef("fake", "tenant", "circle", "1")
    pinned, liked = (
        Reacted(at=START, by=ANA, place=CIRCLE, key="1", message=message, message_key="1", emoji=one) for one in "📌👍"
    )
    assert [step.name for step in known.listeners(pinned)] == ["things.handler"]
    assert known.listeners(liked) == []


@pytest.mark.parametrize(
    ("name", "roles", "allowed"),
    [
        ("help", [], True),
        ("settings", [], False),
        ("settings", [Role.EXPERT, Role.STAKEHOLDER], False),
        ("settings", [Role.FACILITATOR], True),
        ("health", [Role.STAKEHOLDER], True),
        ("health", [Role.EXPERT], False),
    ],
)
def test_roles_are_checked_when_somebody_acts(name: str, roles: list[Role], allowed: bool) -> None:
    step = registry().command(used(name))
    if allowed:
        check_roles(step, used(name), frozenset(roles))
    else:
        with pytest.raises(NotAllowed, match="acilitator"):
            check_roles(step, used(name), frozenset(roles))


def test_only_what_somebody_may_use_is_offered() -> None:
    def offered(*roles: Role) -> list[str]:
        return [command.name for command in registry().allowed(frozenset(roles))]

    assert offered() == ["help", "here", "secret"]
    assert offered(Role.FACILITATOR) == ["health", "help", "here", "secret", "settings"]


def test_what_somebody_may_do_is_told_role_by_role() -> None:
    def told(*roles: Role) -> dict[str, list[str]]:
        groups = by_audience(registry().allowed(frozenset(roles)), frozenset(roles))
        return {role.value: [command.name for command in commands] for role, commands in groups}

    for_everybody = ["help", "here", "secret"]
    assert told() == {"member": for_everybody}
    assert told(Role.STAKEHOLDER) == {"member": for_everybody, "stakeholder": ["health"]}
    assert told(Role.FACILITATOR) == {"member": for_everybody, "facilitator": ["health", "settings"]}
    both = told(Role.FACILITATOR, Role.STAKEHOLDER)
    assert list(both.items())[1:] == [("stakeholder", ["health"]), ("facilitator", ["settings"])]


def test_who_only_calls_the_bot_means_the_menu() -> None:
    capability = Capability("menu")
    capability.command("menu", summary="")(handler)
    for name in ("", "  ", "menu", "MENU"):
        assert Registry([capability]).command(used(name)).name == "command.menu"


def test_what_can_be_done_with_a_message_is_offered_to_who_may() -> None:
    capability = Capability("things")
    capability.shortcut("things.save", label="Save")(handler)
    capability.shortcut("things.hide", label="Hide", roles=(Role.FACILITATOR,))(handler)
    known = Registry([capability])
    assert [one.name for one in known.allowed_shortcuts(frozenset())] == ["things.save"]
    assert [one.name for one in known.allowed_shortcuts(frozenset([Role.FACILITATOR]))] == [
        "things.hide",
        "things.save",
    ]
    assert known.shortcut("things.hide").roles == {Role.FACILITATOR}
    with pytest.raises(Refusal, match="any more"):
        known.shortcut("things.gone")


def test_who_presses_types_or_sends_waits_for_an_answer() -> None:
    assert acting_on(used("help"))
    assert acting_on(ButtonPressed(at=START, by=ANA, button="x"))
    assert acting_on(FormSubmitted(at=START, by=ANA, form="x", values={}))
    assert not acting_on(Joined(at=START, by=ANA, key="1"))
