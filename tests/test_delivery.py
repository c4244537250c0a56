"""The outbox and its delivery: in order within a conversation, nothing lost, nothing twice."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.addresses import Destination, InPlace, OnlyVisibleTo, Privately
from bot.core.messages import Kind, Message, Text
from bot.core.platform import NotSent, Undeliverable
from bot.messenger import Messenger
from tests.community import START, StandingClock
from tests.fakes import FakePlatform, Fault, Hang, Unknown
from tests.frame import Program, dead_letters, program

CIRCLE, SQUARE = "place:circle", "place:square"


async def say(
    running: Program,
    text: str,
    *,
    place: str = "circle",
    kind: Kind = Kind.PROMPT,
    only_for: str | None = None,
    private: bool = False,
) -> str:
    """Write a message into the outbox; its reference."""
    fake = running.fake
    to: Destination = InPlace(fake.place(place))
    if only_for:
        to = Privately(fake.account(only_for)) if private else OnlyVisibleTo(fake.account(only_for), fake.place(place))
    async with running.database.transaction() as session:
        row = await Messenger(session, running.database.cipher, running.clock).send(to, Message(Text(text)), kind)
    return row.reference


async def change(running: Program, reference: str, text: str) -> None:
    async with running.database.transaction() as session:
        await Messenger(session, running.database.cipher, running.clock).edit(reference, Message(Text(text)))


async def take_down(running: Program, reference: str) -> None:
    async with running.database.transaction() as session:
        await Messenger(session, running.database.cipher, running.clock).take_down(reference)


# Order


async def test_a_conversation_hears_everything_in_order_whatever_has_to_be_tried_again(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        running.fake.fails(NotSent("busy"), conversation=CIRCLE)
        for number in range(5):
            await say(running, f"line {number}")
        await say(running, "elsewhere", place="square")
        await running.settle()
        assert running.fake.words() == ["elsewhere"]
        await running.wait(seconds=1)
        assert running.fake.words(CIRCLE) == [f"line {number}" for number in range(5)]


async def test_what_must_wait_an_hour_goes_after_an_hour_and_not_before(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        running.fake.fails(NotSent("slow down", retry_at=START + timedelta(hours=1)), conversation=CIRCLE)
        await say(running, "late")
        await say(running, "behind it")
        await say(running, "elsewhere", place="square")
        await running.settle()
        await running.wait(minutes=59, seconds=59)
        assert running.fake.words() == ["elsewhere"]
        assert len(running.fake.attempts) == 2
        await running.wait(seconds=1)
        assert running.fake.words() == ["elsewhere", "late", "behind it"]


async def test_failures_are_tried_again_with_growing_delay_for_three_days(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        running.fake.fails(*(NotSent("no") for _ in range(99)))
        await say(running, "never")
        await running.settle()
        for delay in (1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300):
            tries = len(running.fake.attempts)
            await running.wait(seconds=delay - 1)
            assert len(running.fake.attempts) == tries
            await running.wait(seconds=1)
            assert len(running.fake.attempts) == tries + 1
        await running.wait(days=3)
        (reason,) = await dead_letters(running)
        assert reason.startswith("tried for three days")


async def test_what_can_never_arrive_is_a_dead_letter_and_the_conversation_goes_on(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        running.fake.fails(Undeliverable("the person blocked the bot"))
        await say(running, "lost")
        await say(running, "next")
        await running.settle()
        assert running.fake.words() == ["next"]
        assert await dead_letters(running) == ["undeliverable: the person blocked the bot"]


async def test_an_adapters_own_mistake_is_survived(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        running.fake.fails(RuntimeError("words of a person"))
        await say(running, "hello")
        await running.settle()
        await running.wait(seconds=1)
        assert running.fake.words() == ["hello"]


# Unknown outcomes


@pytest.mark.parametrize("delivered", [True, False])
@pytest.mark.parametrize("kind", list(Kind))
async def test_an_unknown_outcome_is_looked_up_before_anything_is_sent_again(
    tmp_path: Path, kind: Kind, delivered: bool
) -> None:
    async with program(tmp_path) as running:
        running.fake.fails(Unknown(delivered))
        await say(running, "hello", kind=kind)
        await say(running, "next")
        await running.settle()
        await running.wait(seconds=1)
        assert running.fake.words() == ["hello", "next"]


@pytest.mark.parametrize("delivered", [True, False])
async def test_while_the_look_up_fails_too_nothing_is_sent_again(tmp_path: Path, delivered: bool) -> None:
    async with program(tmp_path) as running:
        running.fake.fails(Unknown(delivered))
        running.fake.look_up_fails(*(ConnectionError("gone") for _ in range(5)))
        await say(running, "hello")
        await say(running, "next")
        await running.settle()
        await running.wait_through_all_tries()
        assert running.fake.words() == ["hello", "next"]


@pytest.mark.parametrize("delivered", [True, False])
@pytest.mark.parametrize("kind", [Kind.ANSWER, Kind.RECEIPT, Kind.WELCOME])
async def test_where_nobody_can_tell_answers_receipts_and_welcomes_are_sent_again_marked_as_repeats(
    tmp_path: Path, kind: Kind, delivered: bool
) -> None:
    async with program(tmp_path) as running:
        running.fake.can_tell = False
        running.fake.fails(Unknown(delivered))
        await say(running, "hello", kind=kind, only_for="ana", private=True)
        await say(running, "next", kind=kind, only_for="ana", private=True)
        await running.settle()
        await running.wait(seconds=1)
        assert running.fake.words() == [*["hello"] * delivered, "hello (repeat)", "next"]
        assert len(set(running.fake.attempts)) == 2  # under the same reference


async def test_once_it_may_have_arrived_it_is_a_repeat_whatever_became_of_the_next_tries(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        running.fake.can_tell = False
        running.fake.fails(NotSent("busy"), Unknown(delivered=True), NotSent("busy"), Unknown(delivered=False))
        await say(running, "hello", kind=Kind.ANSWER)
        await running.settle()
        await running.wait_through_all_tries()
        assert running.fake.words() == ["hello", "hello (repeat)"]


@pytest.mark.parametrize("kind", [Kind.PROMPT, Kind.REMINDER, Kind.HEALTH])
async def test_where_nobody_can_tell_prompts_reminders_and_health_posts_are_not(tmp_path: Path, kind: Kind) -> None:
    async with program(tmp_path) as running:
        running.fake.can_tell = False
        running.fake.fails(Unknown(delivered=True))
        await say(running, "hello", kind=kind)
        await say(running, "next")
        await running.settle()
        await running.wait(seconds=1)
        await running.wait(minutes=5)
        assert running.fake.words() == ["hello", "next"]
        assert await dead_letters(running) == ["nobody can tell whether it arrived, and it must not arrive twice"]


@pytest.mark.parametrize("kind", list(Kind))
async def test_what_one_person_sees_in_a_place_is_never_sent_twice(tmp_path: Path, kind: Kind) -> None:
    async with program(tmp_path) as running:
        running.fake.can_tell = False
        running.fake.fails(Unknown(delivered=True))
        await say(running, "hello", kind=kind, only_for="ana")
        await running.settle()
        await running.wait(seconds=1)
        await running.wait(minutes=5)
        assert running.fake.words() == ["hello"]
        assert len(await dead_letters(running)) == 1


# Kills


@pytest.mark.parametrize("delivered", [True, False])
async def test_a_kill_between_claim_and_mark_neither_loses_nor_doubles(tmp_path: Path, delivered: bool) -> None:
    async with program(tmp_path) as first:
        first.fake.fails(Hang(delivered))
        await say(first, "hello")
        await say(first, "next")
        first.app.delivery.wake()
        await first.fake.hanging.wait()
        await first.kill()
    async with program(tmp_path, fake=first.fake) as second:
        await second.settle()
        await second.wait(seconds=1)
        assert second.fake.words() == ["hello", "next"]


@pytest.mark.parametrize("delivered", [True, False])
async def test_a_kill_where_nobody_can_tell_brings_an_answer_again_marked_as_a_repeat(
    tmp_path: Path, delivered: bool
) -> None:
    async with program(tmp_path) as first:
        first.fake.can_tell = False
        first.fake.fails(Hang(delivered))
        await say(first, "hello", kind=Kind.ANSWER)
        first.app.delivery.wake()
        await first.fake.hanging.wait()
        await first.kill()
    async with program(tmp_path, fake=first.fake) as second:
        first.fake.fails(NotSent("busy"))
        await second.settle()
        await second.wait(seconds=1)
    async with program(tmp_path, fake=first.fake) as third:
        await third.wait(seconds=2)
        assert first.fake.words() == [*["hello"] * delivered, "hello (repeat)"]


async def test_a_kill_where_nobody_can_tell_brings_no_prompt_again(tmp_path: Path) -> None:
    async with program(tmp_path) as first:
        first.fake.can_tell = False
        first.fake.fails(Hang(delivered=True))
        await say(first, "hello")
        await say(first, "next")
        first.app.delivery.wake()
        await first.fake.hanging.wait()
        await first.kill()
    async with program(tmp_path, fake=first.fake) as second:
        await second.settle()
        await second.wait(minutes=5)
        assert first.fake.words() == ["hello", "next"]
        assert await dead_letters(second) == ["nobody can tell whether it arrived, and it must not arrive twice"]


async def test_a_hundred_people_get_their_message_once_through_twenty_kills(tmp_path: Path) -> None:
    fates = random.Random(20260302)
    fake = FakePlatform(StandingClock(), people={f"p{number}" for number in range(100)})
    for kill in range(20):
        async with program(tmp_path, fake=fake) as running:
            fake.hanging.clear()
            running.clock.move_to(running.clock.now() + timedelta(minutes=5))
            faults: list[Fault] = [Unknown(delivered=True), Unknown(delivered=False), NotSent("busy")]
            fake.fails(*fates.choices(faults, k=4))
            fake.fails(Hang(delivered=kill % 2 == 0), conversation=f"person:p{kill * 5 + 4}")
            for number in range(kill * 5, kill * 5 + 5):
                await say(running, f"for p{number}", only_for=f"p{number}", private=True)
            running.app.delivery.wake()
            await fake.hanging.wait()
    async with program(tmp_path, fake=fake) as last:
        await last.settle()
        await last.wait(minutes=5)
        assert sorted(fake.words()) == sorted(f"for {person}" for person in fake.people)


async def test_a_platform_that_never_answers_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        running.app.delivery.patience = timedelta(0)
        running.fake.fails(Hang(delivered=True), conversation=CIRCLE)
        await say(running, "hello")
        await say(running, "next")
        await running.settle()
        assert running.fake.words() == ["hello", "next"]


async def test_a_claim_whose_answer_got_lost_is_found_again(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        await say(running, "hello")
        running.database.loses_the_next_answer = True
        await running.settle()
        await running.wait(seconds=1)
        await running.wait(seconds=1)
        assert not running.database.loses_the_next_answer
        assert running.fake.words() == ["hello"]


# Edits


async def test_an_edit_changes_what_was_sent(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        reference = await say(running, "before")
        await running.settle()
        await change(running, reference, "after")
        await running.settle()
        assert running.fake.words() == ["after"]


async def test_an_edit_waits_until_its_message_has_arrived(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        running.fake.fails(NotSent("busy"))
        reference = await say(running, "before")
        await change(running, reference, "after")
        await running.settle()
        assert running.fake.words() == []
        await running.wait(seconds=1)
        assert running.fake.words() == ["after"]


async def test_an_edit_of_a_dead_message_does_nothing_and_holds_nobody_up(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        running.fake.fails(Undeliverable("gone"))
        reference = await say(running, "lost")
        await change(running, reference, "still lost")
        await say(running, "next")
        await change(running, "a reference of nothing", "nothing")
        await running.settle()
        assert running.fake.words() == ["next"]
        assert await dead_letters(running) == ["undeliverable: gone"]


@pytest.mark.parametrize("delivered", [True, False])
@pytest.mark.parametrize("can_tell", [True, False])
async def test_an_edit_of_unknown_outcome_is_made_again(tmp_path: Path, can_tell: bool, delivered: bool) -> None:
    async with program(tmp_path) as running:
        running.fake.can_tell = can_tell
        reference = await say(running, "before", kind=Kind.HEALTH)
        await running.settle()
        running.fake.fails(Unknown(delivered))
        await change(running, reference, "after")
        await running.settle()
        await running.wait(seconds=1)
        assert running.fake.words() == ["after"]
        assert await dead_letters(running) == []


# Taking down


async def test_a_message_can_be_taken_down(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        reference = await say(running, "for a while")
        await running.settle()
        await take_down(running, reference)
        await running.settle()
        assert running.fake.words() == []
        await take_down(running, reference)
        await take_down(running, "unknown")
        await change(running, reference, "too late")
        await running.settle()
        assert running.fake.words() == []
        assert await dead_letters(running) == []


async def test_what_has_not_gone_out_yet_never_does(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        running.fake.fails(NotSent("busy"))
        reference = await say(running, "never seen")
        await running.settle()
        await change(running, reference, "never seen either")
        await take_down(running, reference)
        await say(running, "next")
        await running.wait(seconds=1)
        assert running.fake.words() == ["next"]
        assert await dead_letters(running) == []


@pytest.mark.parametrize("delivered", [True, False])
async def test_when_nobody_knows_whether_it_was_taken_down_it_is_done_again(tmp_path: Path, delivered: bool) -> None:
    async with program(tmp_path) as running:
        reference = await say(running, "for a while")
        await running.settle()
        running.fake.fails(Unknown(delivered))
        running.fake.look_up_fails(RuntimeError("nothing is looked for"))
        await take_down(running, reference)
        await running.settle()
        await running.wait(seconds=1)
        assert running.fake.words() == []
        assert await dead_letters(running) == []
