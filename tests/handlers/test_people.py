"""Finding people by what they know, and choosing the language one is spoken to in."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.texts import known_language, own_name
from handlers.people import knowing
from storage.members import Member
from tests.community import START, founded, running
from tests.handlers.welcome.acting import introduces, joined


async def test_who_knows_about_a_topic_is_found_with_what_they_told(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ana, ben = await joined(talk, "Ana"), await joined(talk, "*Ben* <!here>")
        await introduces(ana, knows="Cold chain, training", Unit="Lakeside", Languages=["en", "sw"])
        await introduces(ben, knows="cold chains", Languages=[])
        await introduces(await joined(talk, "Cy"), knows="safe water")
        await ana.says("/who cold chian")
        assert (await ana.last()).text == (
            "Who knows about cold chian\n"
            "Ana (Lakeside): Cold chain, training. Speaks English and Swahili.\n"
            "*Ben* <!here>: cold chains"
        )
        await ana.says("/who")
        await ana.fills_in(Topic="water")
        assert "Cy: safe water" in await ana.last()
        await ana.says("/who astronomy")
        assert (await ana.last()).text.startswith("Nobody here has said that they know about astronomy.")


async def test_strangers_who_has_left_and_who_did_not_introduce_themselves_are_not_found(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben = await joined(talk, "Ben")
        await introduces(ben, knows="cold chain")
        await ben.leaves("circle")
        await fatima.says("/who cold chain")
        assert "Ben" not in await fatima.last()
        zoe = await talk.newcomer("Zoe")
        await zoe.says("/who cold chain")
        assert "Join one of its places first" in await zoe.last()


def test_ten_at_most_and_the_most_exact_first() -> None:
    people = [
        Member(
            id=number,
            name=f"P{number:02}",
            topics_known=["cold chain logistics"],
            introduced_at=START,
            created_at=START,
        )
        for number in range(12)
    ]
    people.append(Member(id=20, name="Z", topics_known=["cold chain"], introduced_at=START, created_at=START))
    people.append(Member(id=21, name="A", topics_known=["cold chain"], created_at=START))
    assert [one.name for one in knowing(people, "Cold Chain")][:3] == ["Z", "P00", "P01"]
    assert knowing(people, "???") == []
    assert knowing([], "cold chain") == []


async def test_more_than_ten_are_counted(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        for number in range(11):
            await introduces(await joined(talk, f"P{number:02}"), knows="cold chain")
        await fatima.says("/who cold chain")
        text = (await fatima.last()).text
        assert text.count("cold chain") == 11
        assert text.endswith("1 more person knows about it. A longer word finds fewer.")


async def test_choosing_a_language(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ben = await joined(talk, "Ben", language="sw")
        await ben.says("/lang")
        assert "Your language here is Kiswahili." in await ben.last()
        assert (await ben.last()).buttons == ["العربية", "English", "Español", "Français", "Português", "Kiswahili"]
        await ben.presses("English")
        assert (await ben.last()).text == "From now on I speak English with you."
        await ben.says("/lang hausa-land")
        assert "I know no language called hausa-land. For example: " in await ben.last()
        assert "fr (Français), pt (Português), and sw (Kiswahili)" in await ben.last()
        await ben.says("/lang ha")
        assert "as your language. I don't speak it yet, so until then I go on in English." in await ben.last()


async def test_a_language_that_is_not_spoken_yet_is_kept_and_facilitators_texts_come_in_it(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/welcome edit fr")
        await fatima.fills_in(Text="Bonjour {name}")
        ben = await joined(talk, "Ben")
        await ben.says("/lang français")
        assert "I keep Français as your language." in await ben.last()
        await ben.says("/welcome show")
        assert (await ben.last()).text == "Bonjour Ben"


@pytest.mark.parametrize(
    ("typed", "code"),
    [("fr", "fr"), (" FRANÇAIS ", "fr"), ("franc\u0327ais", "fr"), ("French", "fr"), ("fr_ca", "fr-CA"), ("ha", "ha"),
     ("", None), ("klingon", None), ("und", None), ("root", None), ("../..", None), ("\x00", None), ("a" * 999, None)],
)  # fmt: skip
def test_languages_are_understood_by_code_and_by_name(typed: str, code: str | None) -> None:
    assert known_language(typed) == code


def test_a_language_is_called_as_it_calls_itself() -> None:
    assert [own_name(code) for code in ("fr", "de", "xx")] == ["Français", "Deutsch", "xx"]
