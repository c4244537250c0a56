"""Who joins is greeted, once, in private; and the place hears of it in one line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from handlers.welcome import topics
from tests.conversations import Someone, Talk, founded, running
from tests.databases import fresh_postgres

GREETING = "Welcome to Field Nurses"


async def joined(talk: Talk, name: str = "Ben") -> Someone:
    someone = await talk.newcomer(name)
    await someone.joins("circle")
    return someone


async def greetings(someone: Someone) -> int:
    return sum(GREETING in text for text in await someone.hears())


async def test_who_joins_is_greeted_privately_with_three_buttons(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben = await joined(talk)
        welcome = await ben.last()
        assert "Welcome to Field Nurses, Ben!" in welcome
        assert welcome.buttons == ["Introduce me", "Ask something", "The norms"]
        assert not any(GREETING in text for text in await fatima.hears("circle"))


async def test_the_place_gets_one_line_after_a_minute(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await joined(talk, "Ben")
        await joined(talk, "Ana")
        assert not any("Please welcome" in text for text in await fatima.hears("circle"))
        await talk.wait(minutes=1)
        lines = [text for text in await fatima.hears("circle") if "Please welcome" in text]
        assert lines == ["Please welcome Ben and Ana! Say hello below."]


async def test_who_leaves_within_the_minute_is_not_named(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben = await joined(talk, "Ben")
        await joined(talk, "Ana")
        await ben.leaves("circle")
        await talk.wait(minutes=1)
        lines = [text for text in await fatima.hears("circle") if "Please welcome" in text]
        assert lines == ["Please welcome Ana! Say hello below."]


async def test_fifty_people_within_a_minute_are_each_greeted_and_the_place_gets_one_line(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        people = [await talk.newcomer(f"Person {number}") for number in range(50)]
        await asyncio.gather(*(one.joins("circle") for one in people))
        await talk.wait(minutes=1)
        assert [await greetings(one) for one in people] == [1] * 50
        lines = [text for text in await fatima.hears("circle") if "Please welcome" in text]
        assert len(lines) == 1
        assert lines[0].endswith("and 45 more people! Say hello below.")


async def test_coming_back_within_thirty_days_is_not_greeted_again(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ben = await joined(talk)
        await ben.leaves("circle")
        await talk.wait(days=29)
        await ben.joins("circle")
        assert await greetings(ben) == 1


async def test_coming_back_after_thirty_days_is_greeted_again(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ben = await joined(talk)
        await ben.leaves("circle")
        await talk.wait(days=31)
        await ben.joins("circle")
        assert await greetings(ben) == 2


async def test_who_opted_out_and_comes_back_soon_is_not_named_again(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben = await joined(talk)
        await talk.wait(days=40)
        await ben.says("/optout")

        async def named() -> int:
            return sum("Please welcome Ben" in text for text in await fatima.hears("circle"))

        for away, times in ((29, 1), (31, 2)):
            await ben.leaves("circle")
            await talk.wait(days=away)
            await ben.joins("circle")
            await talk.wait(minutes=1)
            assert (await named(), await greetings(ben)) == (times, times)


async def test_joining_another_place_of_the_community_is_no_second_beginning(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/settings")
        await fatima.presses("Get a code for another place")
        code = (await fatima.last()).text.split("enter ")[1].split(".")[0]
        await fatima.creates("side")
        await fatima.invites_the_bot("side")
        await fatima.presses("Join this place to a community")
        await fatima.fills_in(Code=code, **{"What_is_this_place_for?": "listening"})
        ben = await joined(talk)
        await talk.wait(days=60)
        await ben.joins("side")
        assert await greetings(ben) == 1


async def test_an_introduction_is_kept_and_announced_if_wished(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben = await joined(talk)
        await ben.presses("Introduce me")
        await ben.fills_in(
            Name_to_show="Dr Ben",
            Unit="Lakeside mission",
            Languages=["en", "sw"],
            Topics_I_know="cold chain, Training, training",
            Topics_I_want_to_learn="data",
        )
        asked = await ben.last()
        assert "Thank you, Dr Ben. Shall I introduce you in #circle" in asked
        assert "Introduce me" not in (await ben.sees())[0].buttons

        await ben.presses("Yes, introduce me there")
        line = (await fatima.last("circle")).text
        assert line.startswith("Please welcome Dr Ben (Lakeside mission)!")
        assert "Knows about: cold chain, training" in line
        assert "Wants to learn about: data" in line
        assert (await ben.last()).text == "Done: you are introduced in #circle."

        await talk.wait(minutes=1)  # and the joint line does not say it again
        assert sum("Please welcome" in text for text in await fatima.hears("circle")) == 1


async def test_who_does_not_wish_it_is_not_announced(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        before = len(await fatima.hears("circle"))
        ben = await joined(talk)
        await ben.presses("Introduce me")
        await ben.fills_in()
        await ben.presses("No, thank you")
        assert len(await fatima.hears("circle")) == before


async def test_who_has_left_is_not_announced(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben = await joined(talk)
        await ben.presses("Introduce me")
        await ben.fills_in()
        await ben.leaves("circle")
        await ben.presses("Yes, introduce me there")
        assert "You have left this community." in await ben.last()
        assert not any("Please welcome" in text for text in await fatima.hears("circle"))


async def test_a_form_without_a_name_is_sent_back_with_a_sentence(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ben = await joined(talk)
        await ben.presses("Introduce me")
        assert await ben.fills_in_wrongly(Name_to_show=" ") == {"name": "Please fill this in."}
        assert await ben.form() is not None


async def test_the_norms_and_a_question_are_one_press_away(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ben = await joined(talk)
        await ben.presses("The norms")
        assert "Ask early. There are no silly questions here." in await ben.last()
        await ben.presses("Ask something")
        form = await ben.form()
        assert form is not None
        assert form.title == "Ask a question"


async def test_a_name_with_markup_arrives_as_plain_characters(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ben = await joined(talk, "**Ben** <!channel> {community}")
        assert "Welcome to Field Nurses, **Ben** <!channel> {community}!" in await ben.last()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", []),
        ("cold chain", ["cold chain"]),
        ("a, A ;  b  c ,,", ["A", "b c"]),
        ("سلسلة التبريد، تدريب", ["سلسلة التبريد", "تدريب"]),
        (",".join(str(number) for number in range(20)), [str(number) for number in range(12)]),
    ],
)
def test_topics_are_read_from_a_line_with_commas(typed: str, kept: list[str]) -> None:
    assert topics(typed) == kept


async def test_it_is_the_same_on_postgresql(tmp_path: Path, postgres: URL) -> None:
    url = await fresh_postgres(postgres)
    async with running(tmp_path, database_url=url) as talk:
        fatima = await founded(talk)
        ben = await joined(talk)
        await ben.presses("Introduce me")
        await ben.fills_in(Unit="Lakeside mission")
        await ben.presses("Yes, introduce me there")
        await talk.wait(days=1)
        assert await greetings(ben) == 1
        assert any("Please welcome Ben (Lakeside mission)!" in text for text in await fatima.hears("circle"))
        await fatima.says("/health 7d")
        assert "Health check of Field Nurses" in await fatima.last()
