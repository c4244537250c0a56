"""The bot's own page: what stands on it for whom, and when it is published again."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from sqlmodel import select

from bot.core.forms import ChoiceField
from bot.core.platform import NotSent, Undeliverable
from storage.communities import Community
from storage.homes import HomePage
from tests.fakes import Unknown
from tests.handlers.home_circle import PLACE, HomeCircle, home_circle

CONFIDENTIAL = "May I refuse to open the freezer for the director?"
OPEN, MINE, WAITING = "Open questions", "Your questions", "Waiting for your answer"


async def test_a_member_finds_what_is_theirs_with_one_thing_to_do_about_each(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        page = await here.looks("ana")
        assert page.headings == ["Field Nurses", MINE, "What you have shared", "Coming up"]
        assert page.under(MINE) == ["None of your questions is open."]
        assert page.buttons(MINE) == [["Ask something"]]
        assert page.under("Coming up") == ["The health check of this community: Wednesday 1 April, 09:00"]
        await here.asks("ana", "How cold is cold?")
        page = await here.looks("ana")
        assert page.under(MINE) == ["**Q1** How cold is cold?: with an expert"]
        assert page.buttons(MINE) == [["Say more"]]


async def test_every_row_has_a_button_that_does_something(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        await here.asks("ana", "How cold is cold?")
        await here.says("fatima", "prompt schedule every monday 9:00")
        await here.presses("fatima", "Yes, schedule it")
        await here.fake.writes("ana", "Hello, I am new here.", place=PLACE)
        await here.running.wait(hours=25)
        await here.says("fatima", "settings role @hassan facilitator")
        registry = here.running.app.frame.registry
        for person in ("fatima", "hassan", "ana", "ben"):
            page = await here.looks(person)
            assert all(row.buttons for section in page.home.sections for row in section.shown)
            for button in page.home.buttons:
                assert button.goes_to or registry.has_button(button.action), button
                assert button.goes_to or button.token
                assert button.action != "menu.use" or button.subject in registry.commands


async def test_an_expert_finds_what_waits_for_them_and_answers_it_there(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        assert (await here.looks("hassan")).under(WAITING)[0].startswith("No question waits for you.")
        await here.asks("ana", "How cold is cold?")
        page = await here.looks("hassan")
        assert page.under(WAITING) == ["**Q1** (cold chain): How cold is cold?"]
        assert page.buttons(WAITING) == [["Answer", "Ask back", "Not mine", "Away"]]
        await here.presses_at_home("hassan", "Answer")
        await here.fills_in("hassan", Your_answer="Below eight degrees.")
        assert "Below eight degrees." in here.hears("ana")[-1]
        await here.while_it_follows()
        assert here.page("hassan").under(WAITING)[0].startswith("No question waits for you.")


async def test_it_follows_an_answer_as_far_as_somebody_looked_lately(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        await here.asks("ana", "How cold is cold?")
        await here.looks("ana")
        await here.presses("hassan", "Answer")
        await here.fills_in("hassan", Your_answer="Below eight degrees.")
        assert here.page("ana").buttons(MINE) == [["Say more"]]  # a few seconds later, not at once
        await here.while_it_follows()
        assert here.page("ana").buttons(MINE) == [["This helps", "Not yet"]]
        assert here.published("fatima") == here.published("hassan") == 0  # they never looked
        await here.running.wait(days=2)
        before = here.published("ana")
        await here.asks("ana", "And how warm is warm?")
        await here.while_it_follows()
        assert here.published("ana") == before
        assert len((await here.looks("ana")).under(MINE)) == 2


async def test_much_at_once_makes_one_page(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        await here.looks("fatima")
        for text in ("How cold is cold?", "How warm is warm?", "How wet is wet?"):
            await here.says("ana", "ask")
            await here.fills_in("ana", Your_question=text, Topic="cold chain")
        before = here.published("fatima")
        await here.while_it_follows()
        assert here.published("fatima") == before + 1
        assert len(here.page("fatima").under(OPEN)) == 3


async def test_an_unchanged_page_is_not_published_again(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        for person in ("fatima", "ana", "ben"):
            await here.looks(person)
            await here.running.wait(minutes=5)
            await here.looks(person)
            assert here.published(person) == 1
        await here.says("ana", "help")
        await here.while_it_follows()
        assert here.published("ana") == 1


async def test_the_private_chat_beside_the_page_shows_no_page(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        await here.fake.looks_at_home("ana", chat=True)
        await here.running.settle()
        assert here.published("ana") == 0
        async with here.running.database.reading() as session:
            assert (await session.exec(select(HomePage))).all() == []


async def test_before_its_buttons_are_forgotten_it_is_published_anew(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        await here.looks("ben")
        await here.running.wait(days=29)
        await here.looks("ben")
        assert here.published("ben") == 1
        await here.running.wait(days=2)
        await here.looks("ben")
        assert here.published("ben") == 2


async def test_a_facilitator_finds_the_queue_and_gives_a_question_to_somebody(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        await here.looks("fatima")
        await here.says("fatima", "experts add @ana safe water")
        await here.asks("ana", "How cold is cold?")
        page = await here.looks("fatima")
        assert page.under(OPEN) == ["**Q1** (cold chain), since 2 March 2026: with hassan."]
        await here.running.wait(days=4)
        page = await here.looks("fatima")
        assert page.under(OPEN)[0].endswith("**Overdue.**")
        await here.says("fatima", "experts add @fatima safe water")
        await here.presses_at_home("fatima", "Give it to somebody")
        (who,) = here.form("fatima").form.fields
        assert isinstance(who, ChoiceField)
        assert [one.label for one in who.choices] == ["fatima", "hassan", "ana"]
        await here.fills_in("fatima", **{"Who_answers_it?": who.choices[0].value})
        assert here.hears("fatima")[-1] == "**Q1** is with fatima now."
        await here.while_it_follows()
        assert "with fatima" in here.page("fatima").under(OPEN)[0]
        assert [one.partition(":")[0] for one in here.page("fatima").under("Schedules")] == [
            "Health check", "The facilitators' day",
        ]  # fmt: skip


async def test_a_facilitator_finds_newcomers_contributions_and_figures(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        await here.fake.joins("ben", PLACE)
        await here.fake.writes("ben", "Hello, I am new here.", place=PLACE)
        await here.says("ana", "log")
        await here.fills_in("ana", **{"What_did_you_learn_or_want_to_share?": "Count the boxes twice."})
        await here.running.wait(hours=25)
        page = await here.looks("fatima")
        (newcomer,) = page.under("Newcomers without an answer")
        assert newcomer == "**ben** wrote in **#circle** on 2 March 2026; nobody has answered yet."
        assert page.rows("Newcomers without an answer")[0].buttons[0].goes_to is not None
        assert page.under("To review") == ["**C1** (Lesson) Count the boxes twice"]
        assert "**Messages:** 1 (before: 0)" in page.under("The last seven days")[0]
        await here.presses_at_home("fatima", "Look at it")
        assert any("Count the boxes twice." in one for one in here.hears("fatima"))
        await here.presses("fatima", "Publish it")
        await here.while_it_follows()
        assert here.page("fatima").buttons("To review") == [["Share something"]]


async def test_what_a_press_would_change_in_its_message_is_said_privately(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        await here.says("ana", "log")
        await here.fills_in("ana", **{"What_did_you_learn_or_want_to_share?": "Count the boxes twice."})
        await here.looks("ana")
        await here.presses_at_home("ana", "Withdraw")
        assert here.hears("ana")[-1] == "**C1** is taken back, and its words are deleted here."
        await here.while_it_follows()
        assert here.page("ana").buttons("What you have shared") == [["Share something"]]
        await here.asks("ana", "How cold is cold?")
        await here.presses("hassan", "Answer")
        await here.fills_in("hassan", Your_answer="Below eight degrees.")
        await here.looks("ana")
        await here.presses_at_home("ana", "This helps")
        assert "Good to hear." in here.hears("ana")[-1]


async def test_long_lists_end_with_how_much_more_there_is(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        for number in range(7):
            await here.asks("ana", f"Question {number}?")
            await here.running.wait(minutes=30)
        page = await here.looks("ana")
        assert page.under(MINE)[5:] == ["and 2 more"]
        assert page.buttons(MINE)[5] == ["Show all of them"]
        await here.presses_at_home("ana", "Show all of them")
        assert "Question 0?" in here.hears("ana")[-1]
        assert (await here.looks("hassan")).under(WAITING)[5:] == ["and 2 more"]
        assert (await here.looks("fatima")).buttons(OPEN)[5] == ["Open the queue"]


async def test_a_stranger_finds_out_what_to_do(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        page = await here.looks("ben")
        assert page.headings == ["Welcome"]
        await here.presses_at_home("ben", "What I can do")
        assert here.hears("ben")[-1].startswith("I am Baraza")
        await here.fake.joins("ben", PLACE)
        assert (await here.looks("ben")).headings[0] == "Field Nurses"


async def test_who_asked_confidentially_stands_on_their_own_page_alone(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        for person in ("fatima", "hassan"):
            await here.looks(person)
        await here.asks("ana", CONFIDENTIAL, confidentially=True)
        await here.while_it_follows()
        assert CONFIDENTIAL in (await here.looks("ana")).words
        expert, facilitator = here.page("hassan"), here.page("fatima")
        assert expert.under(WAITING) == [f"**Q1** (cold chain): {CONFIDENTIAL}"]
        assert facilitator.under(OPEN) == ["**Q1** (cold chain), since 2 March 2026: with hassan."]
        assert "ana" not in expert.words
        assert "ana" not in facilitator.words
        assert "director" not in facilitator.words


async def test_no_page_tells_when_a_confidential_asker_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random.SystemRandom, "uniform", lambda _self, _shortest, longest: longest)
    async with home_circle(tmp_path) as here:
        for person in ("fatima", "hassan"):
            await here.looks(person)
        await here.says("ana", "ask")
        form = {"Your_question": CONFIDENTIAL, "Topic": "cold chain", "By_name_or_confidentially": "confidential"}
        before = published(here)
        await here.fills_in("ana", **form)
        for page in (await here.looks("fatima"), await here.looks("hassan")):
            assert "Q1" not in page.words  # it leaves after a random while
        assert published(here) == before
        await here.running.wait(minutes=3)
        await here.presses("hassan", "Ask back")
        await here.fills_in("hassan", **{"What_would_you_like_to_know?": "How often?"})
        await here.while_it_follows()
        before = published(here)
        await here.presses("ana", "Answer")
        await here.fills_in("ana", Your_answer="Every evening.")
        await here.while_it_follows()
        assert published(here) == before
        await here.running.wait(minutes=3)
        await here.presses("hassan", "Answer")
        await here.fills_in("hassan", Your_answer="Yes, you may.")
        await here.while_it_follows()
        before = published(here)
        await here.presses("ana", "Not yet")
        await here.while_it_follows()
        assert published(here) == before
        assert "Q1" not in here.page("fatima").words
        await here.running.wait(hours=2)
        assert "Q1" in (await here.looks("fatima")).words
        assert "Q1" in (await here.looks("hassan")).words


def published(here: HomeCircle) -> tuple[int, int]:
    return here.published("fatima"), here.published("hassan")


async def test_an_expert_who_asked_confidentially_does_not_seem_to_have_their_own_question(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        await here.asks("hassan", CONFIDENTIAL, confidentially=True)
        page = await here.looks("hassan")
        assert page.under(MINE) == [f"**Q1** {CONFIDENTIAL}: with an expert"]
        assert page.under(WAITING)[0].startswith("No question waits for you.")
        assert (await here.looks("fatima")).under(OPEN)[0].endswith("with hassan.")  # as of any other question


async def test_who_is_forgotten_leaves_no_page_and_is_a_stranger_there(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        await here.asks("ana", "How cold is cold?")
        await here.looks("ana")
        await here.says("ana", "forgetme")
        await here.presses("ana", "Forget me and delete what I wrote")
        await here.running.wait(minutes=5)
        async with here.running.database.reading() as session:
            assert (await session.exec(select(HomePage))).all() == []
        assert "Q1" not in here.page("ana").words
        assert here.page("ana").headings == ["Welcome"]


async def test_who_has_left_the_community_is_shown_nothing_more_of_it(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        await here.looks("ana")
        await here.fake.leaves("ana", PLACE)
        await here.running.settle()
        await here.says("fatima", "experts add @fatima safe water")
        await here.while_it_follows()
        assert here.published("ana") == 1
        assert (await here.looks("ana")).headings == ["Welcome"]


@pytest.mark.parametrize("delivered", [True, False])
async def test_a_page_of_which_nobody_knows_whether_it_arrived_is_published_again(
    tmp_path: Path, *, delivered: bool
) -> None:
    async with home_circle(tmp_path) as here:
        here.fake.can_tell = False
        here.fake.fails(Unknown(delivered=delivered), conversation="person:ana")
        await here.fake.looks_at_home("ana")
        await here.running.settle()
        assert here.published("ana") == int(delivered)
        await here.running.wait(seconds=5)
        assert here.published("ana") == int(delivered) + 1


async def test_of_several_pages_that_wait_the_newest_goes_out(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        here.fake.fails(NotSent("away"), conversation="person:ana")
        await here.fake.looks_at_home("ana")
        await here.running.settle()
        async with here.running.database.transaction() as session:
            community = (await session.exec(select(Community))).one()
            community.name = "Nurses of the field"
            session.add(community)
        await here.fake.looks_at_home("ana")
        await here.running.settle()
        assert here.published("ana") == 0
        await here.running.wait(minutes=1)
        assert here.published("ana") == 1
        assert here.page("ana").headings[0] == "Nurses of the field"


async def test_a_page_that_could_not_be_shown_at_all_is_tried_when_somebody_looks_again(tmp_path: Path) -> None:
    async with home_circle(tmp_path) as here:
        here.fake.fails(Undeliverable("there is no such page"), conversation="person:ben")
        await here.fake.looks_at_home("ben")
        await here.running.settle()
        assert here.published("ben") == 0
        await here.looks("ben")
        assert here.published("ben") == 1
