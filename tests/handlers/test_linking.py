"""One person on two platforms: linked by a code and a yes, and separated again."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import select

from storage import accounts, communities, members
from storage.members import Member
from tests.handlers.two_platforms import ANA, ANITA, FATIMA, HASSAN, ZOE, Bridge, two_platforms

NO_GOOD = "That code doesn't work (any more). Type /link on your other account to get a new one."


async def ids(here: Bridge, *people: str) -> list[int]:
    """Who each of these accounts belongs to."""
    async with here.database.reading() as session:
        found = [await members.find(session, here[person].account) for person in people]
    return [one.id for one in found if one is not None]


async def names(here: Bridge) -> list[str]:
    async with here.database.reading() as session:
        (community,) = await communities.all_communities(session)
        return [one.name for one in await members.of_community(session, community.id)]


async def test_a_code_and_a_yes_make_two_accounts_one_person(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        code = await here.code(ANA)
        assert len(code.replace("-", "")) == 28
        await here[ANITA].says(f"/link {code.lower().replace('-', ' ')}")
        assert "I have asked you on First" in here[ANITA].last()
        assert "Somebody called Anita on Second wants to be linked with you: is that you?" in here[ANA].last()
        assert here[ANA].buttons() == ["Yes, that is me", "No"]
        assert len(set(await ids(here, ANA, ANITA))) == 2
        await here[ANA].presses("Yes, that is me")
        assert len(set(await ids(here, ANA, ANITA))) == 1
        for person in (ANA, ANITA):
            assert "First and Second are linked" in here[person].last()
        assert sorted(await names(here)) == ["Ana", "Fatima", "Hassan", "Zoe"]


async def test_a_no_links_nothing_and_uses_the_code_up(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        code = await here.code(ANA)
        await here[ANITA].says(f"/link {code}")
        await here[ANA].presses("No")
        assert here[ANA].last() == "Good that you looked. Nothing was linked."
        assert here[ANITA].last() == "The other account said no, so nothing was linked."
        await here[ANITA].says(f"/link {code}")
        assert here[ANITA].last() == NO_GOOD
        assert len(set(await ids(here, ANA, ANITA))) == 2


async def test_a_code_that_is_wrong_old_or_used_gets_one_sentence(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        old = await here.code(ANA)
        code = await here.code(ANA)
        for wrong in ("ABCD", old, "nothing like it"):
            await here[ANITA].says(f"/link {wrong}")
            assert here[ANITA].last() == NO_GOOD
        await here.wait(minutes=10)
        await here[ANITA].says(f"/link {code}")
        assert here[ANITA].last() == NO_GOOD
        code = await here.code(ANA)
        await here[ZOE].says(f"/link {code}")
        await here[ANITA].says(f"/link {code}")
        assert here[ANITA].last() == NO_GOOD
        assert len([one for one in here[ANA].hears() if "is that you?" in one]) == 1


async def test_after_five_wrong_codes_there_is_a_pause(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        for number in range(5):
            await here[ANITA].says(f"/link WRONG{number}")
        code = await here.code(ANA)
        await here[ANITA].says(f"/link {code}")
        assert "Please wait an hour" in here[ANITA].last()
        await here[ZOE].says(f"/link {code}")
        assert "I have asked you" in here[ZOE].last()
        await here[ANA].presses("No")
        await here.wait(minutes=61)
        code = await here.code(ANA)
        await here[ANITA].says(f"/link {code}")
        assert "I have asked you" in here[ANITA].last()


async def test_a_link_that_opens_the_chat_brings_the_code_too(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        code = (await here.code(ANA)).replace("-", "")
        stranger = here.someone(here.second, "T-new")
        await stranger.says(f"/start link_{code}")
        assert "Somebody called T-new on Second" in here[ANA].last()
        await here[ANA].presses("Yes, that is me")
        assert len(set(await ids(here, ANA, "T-new"))) == 1
        await stranger.says("/questions")
        assert "You have no questions here yet" in stranger.last()


async def test_ones_own_code_and_anothers_question_are_refused(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        code = await here.code(ANA)
        await here[ANA].says(f"/link {code}")
        assert "That is the code that you got here" in here[ANA].last()
        await here[HASSAN].says(f"/link {code}")
        assert "You have an account on First already" in here[HASSAN].last()
        await here[ANITA].says(f"/link {code}")
        asked = next(one for one in here.first.shown if "is that you?" in one.words)
        await here[HASSAN].press(asked.message.buttons[0].token)
        assert here[HASSAN].last() == "That is for somebody else to decide."
        assert len(set(await ids(here, ANA, ANITA))) == 2


async def test_a_yes_that_comes_twice_or_too_late_changes_nothing(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        code = await here.code(ANA)
        await here[ANITA].says(f"/link {code}")
        asked = next(one for one in here.first.shown if "is that you?" in one.words)
        await here.wait(minutes=61)
        await here[ANA].press(asked.message.buttons[0].token)
        assert "That is over" in here[ANA].last()
        assert len(set(await ids(here, ANA, ANITA))) == 2
        await here.link(ANA, ANITA)
        await here[ANA].press(asked.message.buttons[0].token)
        assert len(set(await ids(here, ANA, ANITA))) == 1


async def test_they_are_written_to_where_they_were_last_or_where_they_choose(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        await here.link(HASSAN, ANITA)
        ask = {"Your_question": "How cold is cold?", "Topic": "cold chain"}
        await here[ANITA].says("/questions")
        await here[ANA].says("/ask")
        await here[ANA].fills_in(**ask)
        assert "Q1 (cold chain): a question for you" in here[ANITA].last()
        await here[ANITA].says("/profile")
        await here[ANITA].fills_in()
        assert "I know" not in here[ANITA].last()
        await here[HASSAN].says("/link")
        assert "Linked now: First and Second." in here[HASSAN].last()
        await here[HASSAN].presses("Where I write to you")
        await here[HASSAN].presses("Always on First")
        assert here[HASSAN].last() == "From now on I write to you on First."
        await here[ANITA].says("/questions")
        await here[ANA].says("/ask")
        await here[ANA].fills_in(**ask)
        assert "Q2 (cold chain): a question for you" in here[HASSAN].last()
        await here[HASSAN].presses("Where I write to you")
        await here[HASSAN].presses("Where I was last")
        assert here[HASSAN].last() == "From now on I write to you where you used me last."


async def test_the_profile_tells_where_who_has_two_accounts_is_written_to(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        for _ in range(2):
            await here[ANA].says("/profile")
            await here[ANA].fills_in(Unit="Goma")
        assert here[ANA].buttons() == []
        await here.link(ANA, ANITA)
        await here[ANITA].says("/profile")
        await here[ANITA].fills_in()
        assert here[ANITA].buttons() == ["Where I write to you"]


async def test_who_separates_them_is_told_what_that_means_first(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        await here[ANITA].says("/unlink")
        assert "No other account is linked with this one" in here[ANITA].last()
        await here.link(ANA, ANITA)
        await here[ANITA].says("/unlink")
        assert "Everything else since then" in here[ANITA].last()
        assert "stays with First" in here[ANITA].last()
        await here[ANITA].presses("Keep them together")
        assert len(set(await ids(here, ANA, ANITA))) == 1
        await here[ANITA].says("/unlink")
        await here[ANITA].presses("Separate Second")
        for person in (ANA, ANITA):
            assert "Your accounts are separate again: First and Second" in here[person].last()
        assert len(set(await ids(here, ANA, ANITA))) == 2
        assert sorted(await names(here)) == ["Ana", "Anita", "Fatima", "Hassan", "Zoe"]


async def test_they_are_found_by_the_name_that_they_have_on_either_side(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        await here.link(ANA, ANITA)
        for name in ("Ana", "Anita"):
            await here[FATIMA].says(f"/experts add @{name} fuel")
            assert "Ana answers questions now: fuel" in here[FATIMA].last()


async def test_roles_hang_on_the_person(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        await here.link(FATIMA, ANITA)
        await here[ANITA].says("/settings")
        assert "Settings of Field Nurses" in here[ANITA].last()
        await here[FATIMA].says("/unlink")
        await here[FATIMA].presses("Separate Second")
        await here[ANITA].says("/settings")
        assert "Only facilitators can do this" in here[ANITA].last()


async def test_nobody_is_asked_their_own_question(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        await here[FATIMA].says("/experts add @Zoe cold chain")
        await here[FATIMA].says("/experts remove @Hassan")
        await here[FATIMA].says("/experts add @Hassan cold chain")
        await here[ANITA].says("/ask")
        await here[ANITA].fills_in(Your_question="How cold is cold?", Topic="cold chain")
        if "Q1" in here[ZOE].last():
            await here[ZOE].presses("Not mine")
        await here.link(HASSAN, ANITA)
        held = [one for one in here[HASSAN].hears() if one.startswith("Q1")]
        assert "You asked this yourself" in held[-1]


async def test_who_is_forgotten_on_one_platform_is_forgotten_on_both(tmp_path: Path) -> None:
    async with two_platforms(tmp_path) as here:
        await here.link(ANA, ANITA)
        await here[ANITA].says("/mydata")
        await here.wait(minutes=2)
        assert "everything I keep about you" in here[ANITA].last()
        await here[ANITA].says("/forgetme")
        await here[ANITA].presses("Forget me and delete what I wrote")
        await here.wait(minutes=2)
        async with here.database.reading() as session:
            everybody = (await session.exec(select(Member))).all()
            assert not {"Ana", "Anita"} & {one.name for one in everybody}
            for person in (ANA, ANITA):
                assert await accounts.row_at(session, here[person].account) is None
