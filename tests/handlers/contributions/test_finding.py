"""Finding what the community knows, and telling that it was of use."""

from __future__ import annotations

from pathlib import Path

from tests.handlers.contributions.circle import WORDS, circle
from tests.handlers.questions.acting import holds


async def test_find_alone_asks_for_words(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.publishes(here.ana, Title="Cold boxes")
        await here.ben.says("/find")
        await here.ben.fills_in(**{"What_are_you_looking_for?": "cold box"})
        assert "C1 (Lesson): Cold boxes" in await here.ben.last()


async def test_what_is_not_known_can_be_asked(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.ben.says("/find <!channel> vaccines")
        nothing = await here.ben.last()
        assert "I found nothing about <!channel> vaccines here yet." in nothing
        assert nothing.buttons == ["Ask something"]
        await here.ben.presses("Ask something")
        form = await here.ben.form()
        assert form is not None
        assert form.title == "Ask a question"


async def test_answers_that_helped_are_found_without_who_asked(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/experts add @Chidi water")
        for share, question in (("yes", "How long must water boil?"), ("no", "Where is my water filter?")):
            await here.ana.says("/ask")
            await here.ana.fills_in(
                Your_question=question, Topic="water", **{"May_others_read_question_and_answer?": share}
            )
            await here.chidi.presses("Answer")
            await here.chidi.fills_in(Your_answer="One minute.")
            await here.ben.says("/find water")
            found = await here.ben.last()
            if share == "yes":
                assert "I found nothing" in found  # it has not helped yet
            await here.ana.presses("This helps")
        await here.ben.says("/find boiling water")
        found = await here.ben.last()
        assert "Q1:" in found
        assert "How long must water boil?" in found
        assert "Chidi answered:" in found
        assert "One minute." in found
        assert "Ana" not in found
        assert not found.buttons
        await here.ben.says("/find filter")
        assert "I found nothing" in await here.ben.last()


async def test_the_best_three_are_shown_and_the_rest_counted(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        for number in range(4):
            await here.publishes(here.ana, f"Water is life, number {number}.", Title=f"Story {number}")
        await here.publishes(here.ana, "Boil it.", Title="How we do it", Topics="water")
        before = len(await here.ben.sees())
        await here.ben.says("/find water")
        seen = (await here.ben.sees())[before:]
        results = [one for one in seen if "(Lesson)" in one]
        assert len(results) == 3
        assert "How we do it" in results[0]
        assert all(one.buttons == ["I used this"] for one in results)
        assert "There are 2 more. Add a word to narrow it down." in seen[-1]


async def test_accents_and_letters_that_stand_for_one_another_do_not_hide_anything(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.publishes(here.ana, "Le réfrigérateur doit être dégivré.", Title="Dégivrage")
        await here.publishes(here.ana, "يجب أن تبقى اللقاحات في الثلاجة المُبرَّدة", Title="سلسلة التبريد")
        for query, title in {
            "REFRIGERATEUR": "Dégivrage",
            "degivrage": "Dégivrage",
            "لقاحات": "سلسلة التبريد",
            "الثلاجه": "سلسلة التبريد",
            "سلسلة تبريد": "سلسلة التبريد",
        }.items():
            await here.ben.says(f"/find {query}")
            assert title in await here.ben.last(), query


async def test_long_words_are_read_whole_on_demand_while_they_are_there(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        words = "Start. " + "ice " * 300 + "The end."
        await here.publishes(here.ana, words, Title="Cold boxes")
        await here.ben.says("/find ice", place="circle")
        found = await here.ben.last("circle")
        assert "The end." not in found
        assert found.buttons == ["I used this", "Read it all"]
        await here.ben.presses("Read it all", place="circle")
        assert "The end." in await here.ben.last("circle")
        await here.ana.presses("Withdraw")
        read = next(one for one in await here.ben.sees("circle") if "Read it all" in one.buttons)
        assert read
        await here.ben.presses("Read it all", place="circle")
        assert "That is no longer there." in await here.ben.last("circle")


async def test_a_use_counts_once_a_person_and_its_author_hears_of_it_once_a_day(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.publishes(here.ana, Title="Cold boxes")

        async def heard() -> list[str]:
            return [said for said in await here.ana.hears() if "Somebody used what you shared" in said]

        await here.ben.says("/find cold box")
        await here.ben.presses("I used this")
        assert "Thank you for telling me. It counts for C1." in await here.ben.last()
        assert await heard() == ["Somebody used what you shared: C1, Cold boxes. Thank you!"]
        await here.ben.presses("I used this")
        assert "I have counted that already." in await here.ben.last()
        await here.chidi.says("/find cold box")
        await here.chidi.presses("I used this")
        assert len(await heard()) == 1
        await here.talk.wait(days=1, minutes=1)
        await here.fatima.says("/find cold box")
        await here.fatima.presses("I used this")
        assert len(await heard()) == 2


async def test_ones_own_is_not_used_by_oneself(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.publishes(here.ana)
        await here.ana.says("/find cold box")
        assert WORDS in await here.ana.last()
        assert not (await here.ana.last()).buttons
        await here.ben.says("/find cold box")
        button = await holds(here.ben, "I used this")
        await button.press_too_late(by=here.ana)
        assert "You shared this yourself." in await here.ana.last()


async def test_who_left_reads_nothing_more(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.publishes(here.ana, "ice " * 300)
        await here.ben.says("/find ice")
        await here.ben.leaves("circle")
        for label in ("Read it all", "I used this"):
            await here.ben.presses(label)
            assert "You have left this community." in await here.ben.last()


async def test_a_query_may_be_anything(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.publishes(here.ana)
        for query in ("???", "=1+1", "*", "x" * 30_000, "🧊", "the"):
            await here.ben.says(f"/find {query}")
            await here.ben.last()
