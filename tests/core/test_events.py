"""What stands of a message, out of everything that was told of it."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

from bot.core.addresses import Account, MessageRef, Person, Place
from bot.core.events import Event, Joined, MessageDeleted, MessageEdited, MessagePosted, as_it_stands
from tests.community import START

PLACE = Place("fake", "tenant", "circle")
ANA = Person(Account("fake", "tenant", "ana"), "Ana")


def about(minute: int = 0, by: Person = ANA) -> dict[str, Any]:
    ref = MessageRef("fake", "tenant", "circle", "1")
    return {"at": START + timedelta(minutes=minute), "by": by, "place": PLACE, "key": "1", "message": ref}


POSTED = MessagePosted(**about(), text="first")
EDITED = MessageEdited(**about(1), text="second")
EDITED_AGAIN = MessageEdited(**about(2), text="third")
DELETED = MessageDeleted(**about(3))


def test_the_latest_words_count_in_whichever_order_they_were_told() -> None:
    for told in permutations([POSTED, EDITED, EDITED_AGAIN]):
        stands = as_it_stands(told)
        assert stands is not None
        assert (stands.text, stands.at) == ("third", START)
    assert as_it_stands([POSTED]) == POSTED


def test_nothing_stands_of_what_was_taken_back_or_never_posted() -> None:
    joined = Joined(at=START, by=ANA, place=PLACE, key="1")
    nothings: list[list[Event]] = [[], [EDITED], [joined], [POSTED, EDITED, DELETED], [DELETED, POSTED]]
    for told in nothings:
        assert as_it_stands(told) is None


def test_the_words_of_a_bot_are_nobodys() -> None:
    bot = Person(Account("fake", "tenant", "bot"), "Bot", is_bot=True)
    assert as_it_stands([MessagePosted(**about(by=bot), text="beep")]) is None
