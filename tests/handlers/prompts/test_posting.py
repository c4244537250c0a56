"""Posting: at once, by rotation, never the same within ninety days, and what happens when all of them rest."""

from __future__ import annotations

from pathlib import Path

from handlers.prompts._pack import PACK
from storage import communities
from tests.conversations import founded, running
from tests.handlers.prompts.circle import HEADINGS, app_of, circle, kind_of, words_of
from tests.handlers.questions.acting import holds

EMPTY = "The community has seen every prompt of the library within 90 days, so I posted none."


async def test_a_prompt_is_posted_at_once_even_at_night(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.talk.wait(hours=14)
        await here.fatima.says("/prompt now")
        assert "Posted in #circle. In a week I tell you how many answered." in await here.fatima.last()
        posted = (await here.prompts())[-1]
        assert kind_of(posted) == "Warm-up"
        assert words_of(posted) == PACK["warm_up.view"].words
        assert posted.buttons == ["Answer"]


async def test_own_words_are_posted_once_and_stay_out_of_the_rotation(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/prompt now Who has a spare\npump, *today*?")
        posted = (await here.prompts())[-1]
        assert (kind_of(posted), words_of(posted)) == ("A question for you all", "Who has a spare\npump, *today*?")
        await here.fatima.says("/prompt now who has a spare pump, today")
        assert "The community saw this prompt on 2 March 2026" in await here.fatima.last()
        assert len(await here.prompts()) == 1
        await here.fatima.says("/prompt list")
        assert "The library: 40 prompts" in await here.fatima.last()


async def test_kinds_take_turns_and_no_prompt_comes_twice(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        for _ in range(40):
            await here.fatima.says("/prompt now")
        posted = await here.prompts()
        assert [kind_of(one) for one in posted] == list(HEADINGS[:8]) * 5
        assert len({words_of(one) for one in posted}) == 40
        await here.fatima.says("/prompt now")
        assert "The community has seen every such prompt within 90 days." in await here.fatima.last()
        await here.jump(days=90, seconds=-1)
        await here.fatima.says("/prompt now")
        assert len(await here.prompts()) == 40
        await here.talk.wait(seconds=1)
        await here.fatima.says("/prompt now")
        assert words_of((await here.prompts())[-1]) == words_of(posted[0])


async def test_when_all_of_them_rest_facilitators_hear_once_with_something_to_do(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.use_up(but=1)
        await here.schedules("weekdays 9:00")
        await here.talk.wait(days=4)
        assert len(await here.prompts()) == 1
        told = [one for one in await here.fatima.sees() if EMPTY in one]
        assert [one.buttons for one in told] == [["Draft new prompts"]]
        assert not any(EMPTY in heard for heard in await here.ana.hears())
        await here.fatima.says("/prompt")
        assert "every prompt rests then" in await here.fatima.last()
        await here.fatima.says("/prompt add debate: Paper or phone: which do you trust?")
        await here.talk.wait(days=3)
        assert words_of((await here.prompts())[-1]) == "Paper or phone: which do you trust?"
        await here.talk.wait(days=1)
        assert len([one for one in await here.fatima.sees() if EMPTY in one]) == 2, "it had begun anew"


async def test_a_double_click_posts_one(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/prompt")
        held = await holds(here.fatima, "Post one now")
        await held.press_too_late()
        await held.press_too_late()
        assert len(await here.prompts()) == 1
        assert "A prompt was posted since you opened this." in await here.fatima.last()


async def test_it_is_posted_where_it_was_asked_for_but_not_where_baraza_only_listens(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        for name, purpose in (("supply", "main"), ("lobby", "listening")):
            await here.fatima.says("/settings")
            await here.fatima.presses("Get a code for another place")
            code = (await here.fatima.last()).text.split("enter ")[1].split(" ")[0].rstrip(".")
            await here.fatima.creates(name)
            await here.fatima.invites_the_bot(name)
            await here.fatima.presses("Join this place to a community")
            await here.fatima.fills_in(Code=code, **{"What_is_this_place_for?": purpose})
        await here.fatima.says("/prompt now", place="supply")
        assert "Posted in #supply." in (await here.fatima.sees("supply"))[-1].text
        await here.fatima.says("/prompt now", place="lobby")
        await here.fatima.says("/prompt now")
        counts = [len(await here.prompts(place)) for place in ("circle", "supply", "lobby")]
        assert counts == [2, 1, 0]
        await here.schedules("every monday 9:00", place="supply")
        await here.talk.wait(days=7)
        assert [len(await here.prompts(place)) for place in ("circle", "supply")] == [2, 2]


async def test_without_a_main_place_it_says_so(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        async with app_of(here.talk).database.transaction() as session:
            place = (await communities.places_of(session, 1))[0]
            place.purpose = "experts"
            session.add(place)
        await here.fatima.says("/prompt now")
        assert "This community has no main place that I could post in." in await here.fatima.last()


async def test_two_communities_each_have_a_library_of_their_own(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        first = await founded(talk, place="circle", name="Field Nurses")
        second = await founded(talk, place="trucks", name="Truck Drivers")
        await first.says("/prompt add debate: Paper or phone: which do you trust?")
        await first.says("/prompt now")
        await second.says("/prompt")
        assert "40 prompts of the library are ready." in await second.last()
        await first.says("/prompt")
        assert "40 prompts of the library are ready." in await first.last()
        assert not any("Warm-up" in heard for heard in await second.hears("trucks"))
