"""Capabilities: two parts of one name stop the program at start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.app import discover_capabilities, discover_schedules
from bot.core.capability import Capability, DuplicateName
from bot.core.dispatch import Registry
from bot.core.events import Joined
from bot.core.home import HomeSection
from bot.core.roles import Role


async def handler(_event: Any, _services: Any) -> None: ...


async def finish(_payload: Any, _result: Any, _services: Any) -> None: ...


REGISTRATIONS: dict[str, Callable[[Capability], Any]] = {
    "command": lambda one: one.command("help", summary=""),
    "button": lambda one: one.button("help.more"),
    "form": lambda one: one.form("help.more"),
    "task": lambda one: one.task("help.slowly", finish=finish),
}


@pytest.mark.parametrize("kind", REGISTRATIONS)
def test_the_same_name_twice_in_one_capability_is_refused(kind: str) -> None:
    capability = Capability("help")
    REGISTRATIONS[kind](capability)(handler)
    with pytest.raises(DuplicateName, match="help"):
        REGISTRATIONS[kind](capability)(handler)


@pytest.mark.parametrize("kind", REGISTRATIONS)
def test_the_same_name_in_two_capabilities_stops_the_program(kind: str) -> None:
    both = [Capability("help"), Capability("assistance")]
    for capability in both:
        REGISTRATIONS[kind](capability)(handler)
    with pytest.raises(DuplicateName, match=f"the {kind} help"):
        Registry(both)


def test_a_handler_that_hears_the_same_event_twice_stops_the_program() -> None:
    capability = Capability("help")
    capability.on(Joined)(handler)
    capability.on(Joined, private=None)(handler)
    with pytest.raises(DuplicateName, match=r"help\.handler hears the same event twice"):
        Registry([capability])


def test_a_decorated_function_stays_the_function_it_was() -> None:
    capability = Capability("help")
    for register in REGISTRATIONS.values():
        assert register(capability)(handler) is handler
    assert capability.on(Joined)(handler) is handler


async def section(_services: Any) -> HomeSection | None:
    return None


def test_each_section_of_the_bots_own_page_has_a_place_of_its_own() -> None:
    one, other = Capability("help"), Capability("assistance")
    assert one.home(20, roles=(Role.FACILITATOR,))(section) is section
    with pytest.raises(DuplicateName, match="20 is declared twice"):
        one.home(20)(section)
    other.home(10)(section)
    registry = Registry([one, other])
    assert [part.order for part in registry.home_parts(frozenset({Role.FACILITATOR}))] == [10, 20]
    assert [part.order for part in registry.home_parts(frozenset())] == [10]
    other.home(20)(section)
    with pytest.raises(DuplicateName, match="section of the bot's own page 20"):
        Registry([one, other])


def test_what_is_discovered_fits_together() -> None:
    registry = Registry(discover_capabilities())
    assert "help" in registry.commands
    names = [schedule.name for schedule in discover_schedules()]
    assert sorted(set(names)) == sorted(names)
