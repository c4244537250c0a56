"""Saving what one learned: by command, as a reply, from the menu of a message, and with a reaction."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversations import Someone
from tests.handlers.contributions.circle import TEXT, WORDS, circle


async def _initial(who: Someone, name: str) -> object:
    form = await who.form()
    assert form is not None
    return form.initial(name)


async def test_what_somebody_logs_is_published_after_a_look_and_found(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.logs(here.ana, Title="Cold boxes", Topics="cold chain, transport", Link="https://example.org/box")
        assert "Thank you, I have it: C1, Cold boxes." in await here.ana.last()

        await here.ben.says("/find cold box")
        assert "I found nothing about cold box" in await here.ben.last()

        card = await here.fatima.last()
        assert "C1 (Lesson) by Ana: shall everybody here find it?" in card
        assert WORDS in card
        assert "Topics: cold chain, transport" in card
        assert "Link: https://example.org/box" in card
        assert card.buttons == ["Publish it", "Edit it", "Not now"]
        await here.fatima.presses("Publish it")
        assert "C1 Cold boxes: published by Fatima." in await here.fatima.last()
        assert not (await here.fatima.last()).buttons
        assert "C1, Cold boxes, is published" in await here.ana.last()

        await here.ben.says("/find cold box")
        found = await here.ben.last()
        assert "C1 (Lesson): Cold boxes" in found
        assert WORDS in found
        assert "Shared by Ana." in found
        assert found.buttons == ["I used this"]
        assert not [said for said in await here.ben.hears("circle") if "Cold boxes" in said]


async def test_log_begins_with_what_is_known(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/experts add @Ben Cold Chain, water")
        await here.ana.says("/log Practice We label the box. It saves time in the cold chain.\nAlways.")
        assert await _initial(here.ana, "kind") == "practice"
        assert await _initial(here.ana, "title") == "We label the box"
        assert await _initial(here.ana, "text") == "We label the box. It saves time in the cold chain.\nAlways."
        assert await _initial(here.ana, "topics") == "Cold Chain"
        await here.ana.fills_in()
        assert "C1 (Practice) by Ana" in await here.fatima.last()


async def test_a_first_sentence_that_says_too_little_is_no_title(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.ana.says("/log Not yet. Keep it shut and call the store.")
        assert await _initial(here.ana, "title") == "Not yet. Keep it shut and call the store."


async def test_only_a_word_alone_is_an_order(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.ana.says("/log mine shafts")
        assert await _initial(here.ana, "text") == "mine shafts"


async def test_without_a_title_the_first_words_are_one(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.logs(here.ana, "Boil it first! Then filter.")
        assert "C1, Boil it first." in await here.ana.last()


async def test_a_reply_with_log_saves_that_message_once_its_author_agrees(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        message = await here.ben.says(WORDS, place="circle")
        await here.ana.says("/log story", place="circle", about=message)
        form = await here.ana.form()
        assert form is not None
        assert "named" not in [one.name for one in form.fields]
        assert await _initial(here.ana, "text") == WORDS
        assert await _initial(here.ana, "kind") == "story"
        await here.ana.fills_in()
        assert "Thank you. I have asked Ben; nobody else sees it before they say yes." in await here.ana.last()
        assert "Ana would like to save something that you wrote" in await here.ben.last()


async def test_the_menu_of_a_message_has_an_entry_for_it(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        message = await here.ben.says(WORDS, place="circle")
        assert "Save as contribution" in await here.ana.shortcuts()
        await here.ana.uses_shortcut(message, "Save as contribution")
        assert await _initial(here.ana, "text") == WORDS
        await here.ana.fills_in(Title="Cold boxes")
        assert "Cold boxes" in await here.ben.last()
        own = await here.ana.says("Boil water for one minute.", place="circle")
        await here.ana.uses_shortcut(own, "Save as contribution")
        assert await _initial(here.ana, "named") == "yes"
        await here.ana.fills_in()
        assert "C2 (Lesson) by Ana" in await here.fatima.last()


@pytest.mark.parametrize("emoji", ["📌", "pushpin", ":pushpin:", "✍", "✍🏽", "✍️", "writing_hand::skin-tone-4"])
async def test_a_reaction_asks_the_author(tmp_path: Path, emoji: str) -> None:
    async with circle(tmp_path) as here:
        message = await here.ben.says(WORDS, place="circle")
        await here.ana.reacts(message, emoji)
        assert "I have asked Ben" in await here.ana.last()
        request = await here.ben.last()
        assert "Ana would like to save something that you wrote" in request
        assert WORDS in request
        assert request.buttons == ["Yes, share", "Yes, without my name", "No, keep it out"]
        assert not [said for said in await here.fatima.hears() if WORDS in said]


async def test_a_reaction_saves_ones_own_words_as_they_are_now(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        message = await here.ana.says("The cold box keeps for nien hours.", place="circle")
        await here.ana.rewrites(message, "The cold box keeps for nine hours.")
        await here.ana.reacts(message, "📌")
        saved = await here.ana.last()
        assert "Thank you, I have it: C1, The cold box keeps for nine hours." in saved
        assert saved.buttons == ["Change it", "Withdraw"]
        assert "nine hours" in await here.fatima.last()


async def test_other_reactions_and_those_taken_away_save_nothing(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        message = await here.ben.says(WORDS, place="circle")
        before = len(await here.ben.hears())
        await here.ana.reacts(message, "👍")
        await here.ana.reacts(message, "📍")
        assert len(await here.ben.hears()) == before
        await here.ana.reacts(message, "📌")
        await here.ana.reacts(message, "📌", removed=True)
        assert len(await here.ben.hears()) == before + 1
        await here.ben.presses("Yes, share")
        assert "C1 (Lesson) by Ben" in await here.fatima.last()


async def test_a_message_whose_words_are_not_known_is_written_down_by_hand(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        old = await here.ben.says(WORDS, place="circle")
        await here.talk.wait(days=9)
        await here.ana.reacts(old, "📌")
        line = await here.ana.last()
        assert "I don't have the words of that message." in line
        assert line.buttons == ["Write it down"]
        await here.ana.presses("Write it down")
        await here.ana.fills_in(**{TEXT.replace(" ", "_"): "Nine hours."})
        assert "by Ana" in await here.fatima.last()


async def test_words_of_a_program_are_not_saved(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.ana.says("/thanks @Ben for the box", place="circle")
        of_the_bot = (await here.ben.last("circle")).id
        await here.ben.reacts(of_the_bot, "📌")
        assert "I don't have the words of that message." in await here.ben.last()
        await here.ben.says("/log", place="circle", about=of_the_bot)
        assert "A program wrote this." in await here.ben.last("circle")


async def test_two_who_save_the_same_message_ask_its_author_once(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        message = await here.ben.says(WORDS, place="circle")
        await here.ana.reacts(message, "📌")
        before = len(await here.ben.hears())
        await here.chidi.reacts(message, "✍")
        assert "Ben has been asked already." in await here.chidi.last()
        assert len(await here.ben.hears()) == before
        await here.ben.presses("Yes, share")
        await here.chidi.reacts(message, "📌")
        assert "That message is saved already, as C1." in await here.chidi.last()


async def test_saving_ones_own_words_answers_the_question_about_them(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        message = await here.ben.says(WORDS, place="circle")
        await here.ana.reacts(message, "📌")
        await here.ben.reacts(message, "📌")
        assert "C1 (Lesson) by Ben" in await here.fatima.last()
        assert "Thank you for sharing C1" in await here.ben.last()


async def test_words_of_who_left_stay_out(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        message = await here.ben.says(WORDS, place="circle")
        await here.ben.leaves("circle")
        await here.ana.reacts(message, "📌")
        assert "Who wrote this is not here any more, so I can't ask them." in await here.ana.last()
        await here.ana.says("/log", place="circle", about=message)
        assert "not here any more" in await here.ana.last("circle")
        assert await here.ana.form() is None


async def test_who_left_while_somebody_filled_in_the_form_is_not_asked(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        message = await here.ben.says(WORDS, place="circle")
        await here.ana.uses_shortcut(message, "Save as contribution")
        await here.ben.leaves("circle")
        before = len(await here.ben.hears())
        await here.ana.fills_in()
        assert "not here any more" in (await here.ana.last("circle")).text + (await here.ana.last()).text
        assert len(await here.ben.hears()) == before


async def test_an_author_is_not_asked_without_end(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        messages = [await here.ben.says(f"Lesson number {number}", place="circle") for number in range(6)]
        for message in messages:
            await here.ana.reacts(message, "📌")
        assert "Ben has several such requests to answer." in await here.ana.last()
        assert len([said for said in await here.ben.hears() if "would like to save" in said]) == 5


async def test_more_words_than_fit_are_refused_or_cut(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.ana.says("/log")
        errors = await here.ana.fills_in_wrongly(**{TEXT.replace(" ", "_"): "x" * 100_000})
        assert "Please keep this under 3000 characters; it has 100000." in errors["text"]
        await here.ana.fills_in(**{TEXT.replace(" ", "_"): "short"})
        message = await here.ben.says("y" * 39_000, place="circle")
        await here.ana.reacts(message, "📌")
        assert "y" * 2999 + "…" in (await here.ben.last()).text.replace("\n", "")
        await here.ana.says("/log " + "z" * 39_000)
        assert await _initial(here.ana, "text") == "z" * 2999 + "…"


async def test_words_are_words_whatever_is_in_them(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        words = "<!channel> *bold* {code} [a](http://b) =1+1 \u202eright to left"
        await here.logs(here.ana, words, Title="<!channel> *now*", Topics="*a*, {name}")
        card = (await here.fatima.last()).text
        assert "<!channel> *bold* {code} [a](http://b) =1+1 right to left" in card
        assert "<!channel> *now*" in card
        assert "Topics: *a*, {name}" in card


async def test_who_left_while_filling_in_the_form_saves_nothing(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.ana.says("/log")
        await here.ana.leaves("circle")
        await here.ana.fills_in(**{TEXT.replace(" ", "_"): WORDS})
        assert "You have left this community." in await here.ana.last()
        assert not any(WORDS in said for said in await here.fatima.hears())
