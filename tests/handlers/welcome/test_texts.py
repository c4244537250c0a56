"""The greeting seen again; and facilitators' own words: previewed, edited, undone, with every version."""

from __future__ import annotations

from pathlib import Path

from tests.conversations import Someone, Talk, founded, running
from tests.handlers.questions.acting import holds
from tests.handlers.welcome.acting import introduces, joined

OWN = "# Karibu {name}!\n\nThis is **{community}**, #{place}. {ticket} stays.\n\n- be kind <!channel>\n- [click](http://x)"


async def writes(who: Someone, text: str, command: str = "/welcome edit") -> None:
    """Open the form and save this text."""
    await who.says(command)
    await who.fills_in(Text=text)


async def facilitators(talk: Talk) -> tuple[Someone, Someone]:
    fatima = await founded(talk)
    gus = await joined(talk, "Gus")
    await fatima.says("/settings role @Gus facilitator")
    return fatima, gus


async def second_place(fatima: Someone, name: str = "side") -> None:
    await fatima.creates(name)
    await fatima.says("/settings")
    await fatima.presses("Get a code for another place")
    code = (await fatima.last()).text.split("enter ")[1].split(".")[0]
    await fatima.invites_the_bot(name)
    await fatima.presses("Join this place to a community")
    await fatima.fills_in(Code=code, **{"What_is_this_place_for?": "listening"})


async def test_a_member_sees_the_greeting_again_with_its_buttons(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ben = await joined(talk, "Ben")
        for words in ("/welcome show", "/welcome"):
            await ben.says(words)
            assert "Welcome to Field Nurses, Ben!" in await ben.last()
            assert (await ben.last()).buttons == ["Introduce me", "Ask something", "The norms"]
        await introduces(ben)
        await ben.says("/welcome show", place="circle")
        assert (await ben.last("circle")).buttons == ["Ask something", "The norms"]


async def test_who_was_there_before_the_bot_can_see_the_greeting_too(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/welcome show")
        assert "Welcome to Field Nurses, Fatima!" in await fatima.last()


async def test_only_facilitators_preview_and_edit_and_nonsense_is_answered(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben = await joined(talk, "Ben")
        for act in ("preview", "edit", "history"):
            await ben.says(f"/welcome {act}")
            assert (await ben.last()).text == "Only facilitators can do this. Please ask one of them."
        for words, answer in {
            "dance": "I understand: welcome show, or welcome preview|edit|history [norms] [language] [#place]",
            "edit Klingon": "I know no language called Klingon. Write it like French or fr, and a place like #place.",
            "preview #nowhere": "I know no place called #nowhere in this community. /settings lists them.",
        }.items():
            await fatima.says(f"/welcome {words}")
            assert (await fatima.last()).text == answer


async def test_the_preview_is_what_a_newcomer_reads(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/welcome preview")
        preview = await fatima.last()
        assert preview.text.startswith("The greeting as newcomers in #circle read it (English):")
        assert "Welcome to Field Nurses, Fatima!" in preview
        assert "These are my own words. Yours can take their place." in preview
        assert preview.buttons == ["Change this text"]


async def test_an_edited_text_greets_newcomers_and_nothing_in_it_breaks_out(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await writes(fatima, OWN)
        saved = await fatima.last()
        assert saved.text.startswith("Saved.")
        assert "Written by Fatima (2 Mar) in English, for every place." in saved
        assert saved.buttons == ["Change this text", "Undo"]
        ben = await joined(talk, "**Ben** {community} <!here>")
        greeted = await ben.last()
        assert greeted.text == (
            "# Karibu **Ben** {community} <!here>!\nThis is Field Nurses, #circle. {ticket} stays.\n"
            "be kind <!channel>\n[click](http://x)"
        )
        assert greeted.buttons == ["Introduce me", "Ask something", "The norms"]
        assert greeted.bold == ["Field Nurses"]
        await introduces(ben)
        assert (await ben.sees())[0].text.startswith("# Karibu")


async def test_too_long_a_text_is_refused_with_a_sentence_and_an_empty_one_too(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/welcome edit")
        told = await fatima.fills_in_wrongly(Text="x" * 1501)
        assert told == {"text": "Please keep this under 1500 characters; it has 1501."}
        assert await fatima.fills_in_wrongly(Text=" \u200b ") == {"text": "Please fill this in."}
        await fatima.fills_in(Text="x" * 1500)
        assert (await fatima.last()).text.startswith("Saved.")


async def test_saving_without_a_change_keeps_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/welcome edit")
        await fatima.fills_in()
        assert (await fatima.last()).text.startswith("Nothing has changed.")
        await fatima.says("/welcome history")
        assert (await fatima.last()).text == "Nobody has written a text in English yet: /welcome edit"


async def test_a_place_comes_before_every_place_and_own_words_come_last(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await second_place(fatima)
        await writes(fatima, "Everywhere {name}")
        await writes(fatima, "On the side {name} in {place}", "/welcome edit #side")
        ana, ben = await joined(talk, "Ana"), await joined(talk, "Ben", "side")
        assert (await ana.last()).text == "Everywhere Ana"
        assert (await ben.last()).text == "On the side Ben in side"
        await ben.says("/welcome show")
        assert (await ben.last()).text == "On the side Ben in side"
        await fatima.says("/welcome preview #side")
        assert "for #side alone." in await fatima.last()
        await fatima.presses("Undo")
        assert "Everywhere Fatima" in await fatima.last()
        await fatima.presses("Undo")
        assert "These are my own words." in await fatima.last()


async def test_each_language_has_its_text_also_one_that_baraza_does_not_speak(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await writes(fatima, "Hello {name}")
        await writes(fatima, "Bonjour {name}", "/welcome edit French")
        people = {code: await talk.newcomer(f"Person {code}", code) for code in ("fr", "fr-CA", "sw", "en")}
        for who in people.values():
            await who.joins("circle")
        assert [(await who.last()).text.split()[0] for who in people.values()] == [
            "Bonjour",
            "Bonjour",
            "Hello",
            "Hello",
        ]
        await fatima.says("/welcome preview")
        assert "See it in French" in (await fatima.last()).buttons
        await fatima.presses("See it in French")
        assert "(French):\nBonjour Fatima" in await fatima.last()


async def test_undo_goes_back_one_version_at_a_time_and_a_double_click_goes_back_once(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        for text in ("One", "Two", "Three"):
            await writes(fatima, text)
        undo = await holds(fatima, "Undo")
        await undo.press()
        assert "Undone. The text before it is used again." in await fatima.last()
        assert "\nTwo\n" in (await fatima.last()).text
        await undo.press()
        assert (await fatima.last()).text.startswith("This text is not in use any more, so nothing was undone.")
        await fatima.presses("Undo")
        assert (await fatima.last()).text.startswith(
            "This text is not in use any more, so nothing was undone."
        ) is False
        assert (await (await joined(talk, "Ben")).last()).text == "One"


async def test_two_facilitators_who_edit_at_once_lose_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, gus = await facilitators(talk)
        await fatima.says("/welcome edit")
        await gus.says("/welcome edit")
        await fatima.fills_in(Text="By Fatima")
        first = await holds(fatima, "Undo")
        await gus.fills_in(Text="By Gus")
        told = "Saved. Fatima had saved another text while you were writing. It is kept: /welcome history"
        assert (await gus.last()).text.startswith(told)
        await first.press()
        assert (await fatima.last()).text.startswith("This text is not in use any more, so nothing was undone.")
        assert (await (await joined(talk, "Ben")).last()).text == "By Gus"
        await fatima.says("/welcome history")
        history = (await fatima.last()).text.split("\n")
        assert history[1:] == [
            "1. Gus, Monday 2 March, 09:00, in use: By Gus",
            "2. Fatima, Monday 2 March, 09:00: By Fatima",
        ]


async def test_an_earlier_version_can_be_used_again(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        for text in ("One", "Two"):
            await writes(fatima, text)
        await fatima.presses("Undo")
        await fatima.says("/welcome history")
        assert "1. Fatima, Monday 2 March, 09:00, undone: Two" in await fatima.last()
        again = await holds(fatima, "Use 1 again")
        await again.press()
        assert "Saved. This text is used again." in await fatima.last()
        await again.press()
        assert (await fatima.last()).text == "This text is in use already."
        assert (await (await joined(talk, "Ben")).last()).text == "Two"


async def test_the_norms_are_edited_in_the_same_way(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben = await joined(talk, "Ben")
        await fatima.says("/welcome edit norms")
        form = await fatima.form()
        assert form is not None
        assert str(form.initial("text")).startswith("- Ask early. There are no silly questions here.\n- ")
        await fatima.fills_in(Text="- Be **kind**\n- Be brief in #{place}")
        for ask in (ben.presses("The norms"), ben.says("/rules")):
            await ask
            assert (await ben.last()).text == "How we treat each other in Field Nurses\nBe kind\nBe brief in #circle"
        await fatima.says("/welcome preview norms")
        assert "How we treat each other, as #circle reads it (English):" in await fatima.last()
        await fatima.presses("Undo")
        await ben.says("/rules")
        assert "Ask early." in await ben.last()


async def test_who_is_no_facilitator_any_more_can_neither_save_nor_undo(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, gus = await facilitators(talk)
        await writes(gus, "By Gus")
        undo = await holds(gus, "Undo")
        await gus.says("/welcome edit")
        await fatima.says("/settings role @Gus member")
        await gus.fills_in(Text="Again by Gus")
        assert (await gus.last()).text == "Only facilitators can do this. Please ask one of them."
        await undo.press()
        assert (await gus.last()).text == "Only facilitators can do this. Please ask one of them."
        assert (await (await joined(talk, "Ben")).last()).text == "By Gus"


async def test_what_facilitators_wrote_survives_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await writes(fatima, "Hello {name}")
    async with running(tmp_path) as talk:
        assert (await (await joined(talk, "Ben")).last()).text == "Hello Ben"
