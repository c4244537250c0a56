"""One community on two platforms: what happens on one reaches the other, and who asks confidentially stays unknown."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
import structlog

from bot.core.serialization import destination_to_json, message_to_json
from storage import communities, members
from tests.fakes import FakePlatform
from tests.handlers.two_platforms import ANA, ANITA, FATIMA, HASSAN, NAMES, ZOE, Bridge, labels, two_platforms

ASKER, NAME = "T-8812004417", "Zenobia Quillfeather"
TRACES = re.compile(r"8812004417|zenobia|quillfeather", re.IGNORECASE)
QUESTION = "Puis-je refuser d'ouvrir le frigo ?"


async def asks(here: Bridge, person: str, text: str, *, manner: str = "name", **more: str) -> None:
    await here[person].says("/ask")
    await here[person].fills_in(Your_question=text, Topic="cold chain", By_name_or_confidentially=manner, **more)


def everything_on(platform: FakePlatform) -> str:
    """Every message and form that a platform was given, with whom it was for."""
    shown = [[destination_to_json(one.destination), message_to_json(one.message)] for one in platform.shown]
    return json.dumps([*shown, *[str(one) for one in platform.opened]], ensure_ascii=False, default=str)


async def test_a_question_travels_to_the_other_platform_and_its_answer_back(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        await here[FATIMA].says("/settings everywhere yes")
        assert "to every main place: #circle, #cercle" in here[FATIMA].last()
        await asks(here, ANITA, "How cold is cold?")
        assert "Anita asks:" in here[HASSAN].last()
        await here[HASSAN].presses("Ask back")
        await here[HASSAN].fills_in(**{"What_would_you_like_to_know?": "Which box?"})
        assert "Hassan would like to know:" in here[ANITA].last()
        await here[ANITA].presses("Answer")
        await here[ANITA].fills_in(Your_answer="The blue one.")
        assert "The blue one." in here[HASSAN].last()
        await here.wait(hours=25)
        assert "Q1" in here[HASSAN].last()
        await here[HASSAN].presses("Answer")
        await here[HASSAN].fills_in(Your_answer="Five degrees.")
        assert "Hassan answers:" in here[ANITA].last()
        await here[ANITA].presses("Not yet")
        await here[HASSAN].presses("Answer")
        await here[HASSAN].fills_in(Your_answer="Below eight degrees.")
        await here[ANITA].presses("This helps")
        assert "#circle, #cercle" in here[ANITA].last()
        for platform, place in ((here.first, "circle"), (here.second, "cercle")):
            published = here.said_in(platform, place)[-1]
            assert "Q1: Anita asked:" in published
            assert "Below eight degrees." in published


async def test_without_that_setting_an_answer_goes_to_the_first_main_place_alone(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        await asks(here, ANITA, "How cold is cold?")
        await here[HASSAN].presses("Answer")
        await here[HASSAN].fills_in(Your_answer="Five degrees.")
        await here[ANITA].presses("This helps")
        assert "Five degrees." in here.said_in(here.first, "circle")[-1]
        assert not [words for words in here.said_in(here.second, "cercle") if "Five degrees." in words]


async def test_who_brings_a_second_main_place_hears_where_answers_go(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        assert "#cercle is part of Field Nurses now" in here[ZOE].hears()[-1]
        assert "still go to #circle alone" in here[ZOE].hears()[-1]


async def test_a_confidential_asker_is_in_no_byte_of_the_other_platform(tmp_path: Path, logs: io.StringIO) -> None:
    async with two_platforms(tmp_path, confidential_delay_seconds=60) as here:
        await here[FATIMA].says("/settings everywhere yes")
        NAMES[ASKER] = NAME
        asker = here.someone(here.second, ASKER)
        await asker.joins("cercle")
        await here.wait(days=1)
        seen = len(here.first.shown)
        await asks(here, ASKER, QUESTION, manner="confidential", Language="fr")
        await here.wait(minutes=2)
        assert "Somebody asks confidentially:" in here[HASSAN].last()
        await here[HASSAN].presses("Ask back")
        await here[HASSAN].fills_in(**{"What_would_you_like_to_know?": "Qui le demande ?"})
        await asker.presses("Answer")
        await asker.fills_in(Your_answer="Le directeur.")
        await here.wait(minutes=2)
        await here[HASSAN].presses("Answer")
        await here[HASSAN].fills_in(Your_answer="Oui.")
        await asker.presses("This helps")
        await here.wait(minutes=2)
        for platform, place in ((here.first, "circle"), (here.second, "cercle")):
            assert "Somebody asked confidentially:" in here.said_in(platform, place)[-1]
        assert len(here.first.shown) > seen
        assert not TRACES.search(everything_on(here.first))
        assert not TRACES.search("".join(here.said_in(here.second, "cercle")[1:]))
    structlog.get_logger().info("the end")
    assert "the end" in logs.getvalue()
    assert not TRACES.search(logs.getvalue())
    for file in tmp_path.glob("baraza.sqlite3*"):
        assert not TRACES.search(file.read_bytes().decode("latin-1"))


async def test_linking_tells_nobody_who_asked_and_either_account_can_go_on(tmp_path: Path, logs: io.StringIO) -> None:
    async with two_platforms(tmp_path) as here:
        await asks(here, ANITA, "May I refuse?", manner="confidential")
        before, sealed = here[HASSAN].hears(), await here.sealed()
        await here.link(ANA, ANITA)
        assert here[HASSAN].hears() == before
        assert await here.sealed() == sealed
        await here[ANA].says("/questions")
        assert "May I refuse?" in here[ANA].last()
        await here[HASSAN].presses("Answer")
        await here[HASSAN].fills_in(Your_answer="You may.")
        assert "Hassan answers:" in here[ANA].last()
        await here[ANA].presses("This helps")
        assert "Q1 is answered." in here[ANA].last()
        everybody = "".join([*here[HASSAN].hears(), *here[FATIMA].hears(), *here.said_in(here.first, "circle")[-1:]])
        assert "Ana asked" not in everybody
        assert "Anita asked" not in everybody


async def test_an_expert_who_turns_out_to_have_asked_passes_it_on_unseen(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        await asks(here, ANITA, "May I refuse?", manner="confidential")
        await here[FATIMA].says("/experts add @Zoe cold chain")
        await here.link(HASSAN, ANITA)
        assert here[HASSAN].hears()[-1].startswith("Done.")
        await here.wait(hours=2)
        assert "Q1" in here[ZOE].last()


async def test_in_both_but_not_linked_they_count_as_two_and_are_found_by_name(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        async with here.database.reading() as session:
            (community,) = await communities.all_communities(session)
            assert len(await members.of_community(session, community.id)) == 5
        await here[ANITA].says("/profile")
        await here[ANITA].fills_in(Topics_I_know="fuel")
        await here[ANA].says("/who fuel")
        assert "Anita: fuel" in here[ANA].last()
        await here[FATIMA].says("/experts add @Anita fuel")
        assert "Anita answers questions now: fuel" in here[FATIMA].last()
        await here[FATIMA].says("/thanks @Zoe for the place")
        assert "Fatima thanks you" in here[ZOE].last()


async def test_a_mention_behind_a_command_is_a_name_on_the_other_platform(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        await here[FATIMA].says(f"/thanks @Zoe for helping <@{HASSAN}> and <@U-nobody>")
        assert "helping @Hassan and @…" in here[ZOE].last()
        await here[FATIMA].says(f"/prompt now everywhere What do you owe to <@{HASSAN}|hassan> today?")
        assert f"owe to @{NAMES[HASSAN]} today" in here.said_in(here.second, "cercle")[-1]
        assert HASSAN not in everything_on(here.second)


async def test_one_prompt_stands_in_both_places_and_counts_answers_of_both(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        await here[FATIMA].says("/prompt now everywhere What went well?")
        assert "Posted in #circle, #cercle." in here[FATIMA].last()
        for platform, place in ((here.first, "circle"), (here.second, "cercle")):
            assert "What went well?" in here.said_in(platform, place)[-1]
        await here[ANITA].presses("Answer", place="cercle")
        await here[ANITA].fills_in(Your_answer="The rain.")
        assert "Anita: The rain." in here.said_in(here.second, "cercle")[-1]
        assert "The rain." not in here.said_in(here.first, "circle")[-1]
        for platform, person, place in ((here.first, ANA, "circle"), (here.second, ZOE, "cercle")):
            root = next(one for one in reversed(platform.shown) if "What went well?" in one.words)
            assert labels(root) == ["Answer"]
            await platform.writes(person, "The people.", place=place, thread=root.ref.id)
        await here.settle()
        await here[FATIMA].says("/prompt")
        assert "3 people have answered" in here[FATIMA].last()
        assert "in #circle, #cercle" in here[FATIMA].last()
        await here.wait(days=8)
        assert any("3 people answered the prompt" in words for words in here[FATIMA].hears())


async def test_a_schedule_for_everywhere_posts_one_prompt_in_both_places(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        await here[FATIMA].says("/prompt schedule everywhere every tuesday 9:00")
        assert "every tuesday 09:00 in #circle, #cercle" in here[FATIMA].last()
        await here[FATIMA].presses("Yes, schedule it")
        await here.wait(days=1, minutes=1)
        places = ((here.first, "circle"), (here.second, "cercle"))
        first, second = (
            [words for words in here.said_in(*place) if "Answer here in the thread" in words] for place in places
        )
        assert len(first) == 1
        assert first == second
        await here[FATIMA].says("/prompt schedule")
        assert "in #circle, #cercle" in here[FATIMA].last()


async def test_where_the_community_wants_it_a_prompt_goes_everywhere_by_itself(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        await here[FATIMA].says("/prompt now What went well?")
        assert "Posted in #circle." in here[FATIMA].last()
        await here[FATIMA].says("/settings")
        await here[FATIMA].presses("Where answers and prompts go")
        await here[FATIMA].fills_in(Post_them_in="yes")
        await here[FATIMA].says("/prompt now What was hard?")
        assert "Posted in #circle, #cercle." in here[FATIMA].last()
        await here[FATIMA].says("/settings everywhere perhaps")
        assert "settings everywhere yes" in here[FATIMA].last()


@pytest.mark.parametrize("account", [ANA, ANITA])
async def test_a_newcomer_is_introduced_where_they_are(tmp_path: Path, account: str) -> None:
    async with two_platforms(tmp_path) as here:
        await here[account].says("/profile")
        await here[account].fills_in()
        platform, place = (here.first, "circle") if account == ANA else (here.second, "cercle")
        assert f"Shall I introduce you in #{place}" in here[account].last()
        await here[account].presses("Yes, introduce me there")
        assert f"Please welcome {NAMES[account]}" in here.said_in(platform, place)[-1]
