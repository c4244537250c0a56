"""Nothing of what somebody else saved is seen before its author says yes. Silence is no."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import select

from handlers.contributions import exported
from storage import communities, contributions
from storage.contributions import Contribution
from tests.handlers.contributions.circle import WORDS, Circle, circle
from tests.handlers.questions.acting import holds, rows


async def _saved_by_ana(here: Circle, words: str = WORDS) -> str:
    message = await here.ben.says(words, place="circle")
    await here.ana.reacts(message, "📌")
    return message


async def _row(here: Circle) -> Contribution:
    async with rows(here.talk) as session:
        return (await session.exec(select(Contribution))).one()


async def _nobody_sees_it(here: Circle) -> None:
    await here.chidi.says("/find cold box")
    assert "I found nothing" in await here.chidi.last()
    for who in (here.fatima, here.chidi, here.ana):
        told = [said for said in await who.hears() if WORDS in said and "A newcomer's first post" not in said]
        assert not told, who.name
    async with rows(here.talk) as session:
        (community,) = await communities.all_communities(session)
        assert await contributions.to_review(session, community.id) == []
        for how in ("md", "csv", "xlsx"):
            content, count = await exported(session, community, how)
            assert count == 0
            assert b"ice packs" not in content


async def test_a_yes_brings_it_to_the_facilitators_and_both_hear_of_it(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await _saved_by_ana(here)
        await _nobody_sees_it(here)
        await here.ben.presses("Yes, share")
        agreed = await here.ben.last()
        assert "Thank you for sharing C1" in agreed
        assert agreed.buttons == ["Change it", "Withdraw"]
        assert "What you saved may be shared: C1." in await here.ana.last()
        await here.fatima.presses("Publish it")
        await here.chidi.says("/find cold box")
        assert "Shared by Ben." in await here.chidi.last()


async def test_a_yes_without_the_name_shows_none(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await _saved_by_ana(here)
        await here.ben.presses("Yes, without my name")
        assert "by Ben, to be shown without the name" in await here.fatima.last()
        await here.fatima.presses("Publish it")
        await here.chidi.says("/find cold box")
        found = await here.chidi.last()
        assert WORDS in found
        assert "Ben" not in found
        async with rows(here.talk) as session:
            (community,) = await communities.all_communities(session)
            assert b"Ben" not in (await exported(session, community, "csv"))[0]


async def test_a_no_deletes_the_words_at_once(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        message = await _saved_by_ana(here)
        await here.ben.presses("No, keep it out")
        assert "it stays out. The words are deleted here." in await here.ben.last()
        assert (await here.ana.last()).text == "It stays out."
        await _nobody_sees_it(here)
        row = await _row(here)
        assert (row.title, row.text, row.topics, row.author_id, row.saver_id) == ("", "", [], None, None)
        await here.chidi.reacts(message, "📌")  # nobody asks again
        assert (await here.chidi.last()).text == "It stays out."
        assert "stays out" in await here.ben.last()


async def test_silence_of_two_weeks_is_no(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await _saved_by_ana(here)
        late = await holds(here.ben, "Yes, share")
        await here.talk.wait(days=13, hours=23)
        assert [one.buttons for one in await here.ben.sees() if "would like to save" in one] != [[]]
        await _nobody_sees_it(here)
        await here.talk.wait(hours=2)
        assert [one for one in await here.ben.hears() if "There was no answer for two weeks, so it stays out." in one]
        assert not [one for one in await here.ben.hears() if WORDS in one]
        assert "It stays out." in await here.ana.hears()
        assert (await _row(here)).text == ""
        await late.press_too_late()
        assert (await here.ben.last()).text == "It stays out."
        await _nobody_sees_it(here)


async def test_a_message_that_is_taken_back_is_not_asked_about_any_more(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        message = await _saved_by_ana(here)
        await here.ben.takes_back(message)
        assert "The message was taken back, so it stays out." in await here.ben.last()
        assert (await here.ana.last()).text == "It stays out."
        assert (await _row(here)).text == ""


async def test_what_an_author_has_shared_stays_when_the_message_goes(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        message = await _saved_by_ana(here)
        await here.ben.presses("Yes, share")
        await here.ben.takes_back(message)
        assert (await _row(here)).text == WORDS


async def test_an_answer_in_time_is_not_undone_by_the_time(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await _saved_by_ana(here)
        await here.ben.presses("Yes, share")
        await here.talk.wait(days=15)
        assert (await _row(here)).text == WORDS


async def test_two_clicks_have_one_effect_and_the_first_answer_counts(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await _saved_by_ana(here)
        yes, no = await holds(here.ben, "Yes, share"), await holds(here.ben, "No, keep it out")
        await yes.press()
        await yes.press_too_late()
        await no.press_too_late()
        assert "The facilitators have this before them now." in await here.ben.last()
        assert len([said for said in await here.fatima.hears() if "C1 (Lesson)" in said]) == 1
        assert len([said for said in await here.ana.hears() if "may be shared: C1" in said]) == 1


async def test_nobody_else_answers_for_the_author(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await _saved_by_ana(here)
        yes = await holds(here.ben, "Yes, share")
        await yes.press_too_late(by=here.ana)
        assert "Only who wrote it can answer that." in await here.ana.last()
        assert (await _row(here)).state == "asked"


async def test_who_left_meanwhile_may_still_answer(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await _saved_by_ana(here)
        await here.ben.leaves("circle")
        await here.ben.presses("No, keep it out")
        assert (await here.ana.last()).text == "It stays out."


async def test_who_said_no_may_share_the_same_words_later(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        message = await _saved_by_ana(here)
        await here.ben.presses("No, keep it out")
        await here.ben.reacts(message, "📌")
        assert "Thank you, I have it: C2" in await here.ben.last()
        assert "C2 (Lesson) by Ben" in await here.fatima.last()


async def test_what_waits_for_a_yes_is_sealed_where_it_is_kept(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await _saved_by_ana(here)
        kept = b"".join(file.read_bytes() for file in tmp_path.glob("baraza.sqlite3*"))
        assert b"ice packs" not in kept
