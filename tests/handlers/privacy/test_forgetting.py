"""Being forgotten: asked twice, done once, and what becomes of what others waited for."""

from __future__ import annotations

import json
from pathlib import Path

from sqlmodel import select

from bot.core.platform import RawEvent
from storage.members import Member, MemberAccount
from storage.questions import Question
from tests.community import START, Talk, running
from tests.handlers.privacy.circle import NAME, asks, circle, is_forgotten

KEEP = "Forget me, keep what I shared without my name"


async def all_members(talk: Talk) -> list[Member]:
    assert talk.app is not None
    async with talk.app.database.reading() as session:
        return list((await session.exec(select(Member).order_by(Member.id))).all())  # type: ignore[arg-type]


async def question(talk: Talk, number: int) -> Question:
    assert talk.app is not None
    async with talk.app.database.reading() as session:
        return (await session.exec(select(Question).where(Question.number == number))).one()


async def test_it_is_explained_and_asked_first(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        _, _, renee = await circle(talk)
        await renee.says("/forgetme")
        page = await renee.last()
        assert "Shall I forget you?" in page
        assert page.buttons == ["Forget me and delete what I wrote", KEEP, "Stay"]
        await renee.presses("Stay")
        assert (await renee.last()).text == "Good that you stay. Nothing was changed."
        assert [one.name for one in await all_members(talk)] == ["Fatima", "Hassan", NAME]


async def test_one_line_confirms_it_and_then_there_is_silence(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, _, renee = await circle(talk)
        await is_forgotten(renee)
        assert (await renee.hears())[-2:] == [
            "One moment: I am forgetting you.",
            "It is done: nothing here leads to you any more. All the best!",
        ]
        heard = len(await renee.hears())
        await talk.wait(days=40)
        assert len(await renee.hears()) == heard
        assert [one.name for one in await all_members(talk)] == ["Fatima", "Hassan", "Former member"]
        assert await fatima.last("circle")


async def test_two_clicks_forget_once_and_a_later_one_is_met_with_silence(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        _, _, renee = await circle(talk)
        await renee.says("/forgetme")
        button = next(one for one in (await renee.last()).raw["buttons"] if one["label"] == KEEP)
        message = (await renee.last()).raw["id"]
        for _ in range(2):
            await talk.post("/local/buttons", person=renee.id, message=message, button=button["token"])
        await talk.settle()
        await talk.wait(minutes=5)
        heard = await renee.hears()
        assert len([one for one in heard if "It is done" in one]) == 1
        assert len(await all_members(talk)) == 3


async def test_nobody_can_have_somebody_else_forgotten(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        _, hassan, renee = await circle(talk)
        await renee.says("/forgetme")
        seen = await renee.last()
        body = {
            "type": "button",
            "at": START.isoformat(),
            "person": {"id": hassan.id, "name": hassan.name, "language": "en", "is_bot": False},
            "button": seen.raw["buttons"][0]["token"],
            "message": {"id": seen.raw["id"]},
        }
        assert talk.app is not None
        await talk.app.accept([RawEvent("local", "local", "forged", "dm", json.dumps(body).encode())])
        await talk.settle()
        assert "This is for somebody else to decide." in await hassan.last()
        assert [one.name for one in await all_members(talk)] == ["Fatima", "Hassan", NAME]


async def test_the_only_facilitator_of_others_names_another_first(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, hassan, renee = await circle(talk)
        await fatima.says("/forgetme")
        assert "You are the only facilitator of Field Nurses." in await fatima.last()
        await fatima.says("/settings role @Hassan facilitator")
        await fatima.says("/forgetme")
        await is_forgotten(fatima)
        assert "It is done" in await fatima.last()
        await hassan.says("/forgetme")
        assert "You are the only facilitator of Field Nurses." in await hassan.last()
        for person in (hassan, renee):
            assert person.name in [one.name for one in await all_members(talk)]


async def test_who_is_alone_in_a_community_may_go(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, hassan, renee = await circle(talk)
        for person in (hassan, renee):
            await person.leaves("circle")
        await is_forgotten(fatima)
        assert "It is done" in await fatima.last()


async def test_who_comes_back_is_somebody_new(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        _, _, renee = await circle(talk)
        await is_forgotten(renee)
        await renee.says("here I am again", place="circle")
        names = [(one.name, one.forgotten_at is None) for one in await all_members(talk)]
        assert names == [("Fatima", True), ("Hassan", True), ("Former member", False), (NAME, True)]


async def test_leaving_the_place_afterwards_makes_nobody_known(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        _, _, renee = await circle(talk)
        await is_forgotten(renee)
        await renee.leaves("circle")
        assert [one.name for one in await all_members(talk)] == ["Fatima", "Hassan", "Former member"]


async def test_an_expert_who_goes_leaves_their_questions_to_others(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, hassan, renee = await circle(talk)
        mei = await talk.newcomer("Mei")
        await mei.joins("circle")
        await asks(renee, "How cold is cold?")
        await asks(renee, "How warm is warm?")
        await hassan.presses("Answer")
        await hassan.fills_in(Your_answer="Above twenty.")
        await fatima.says("/experts add @Mei cold chain")
        await is_forgotten(hassan)
        cards = [heard for heard in await mei.hears() if "a question for you" in heard]
        assert [code for code in ("Q1", "Q2") if any(code in card for card in cards)] == ["Q1", "Q2"]
        await mei.presses("Answer")
        await mei.fills_in(Your_answer="Ask a thermometer.")
        assert "Mei answers:" in await renee.last()


async def test_without_another_expert_the_facilitator_hears_of_it(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, hassan, renee = await circle(talk)
        await asks(renee, "How cold is cold?")
        await is_forgotten(hassan)
        assert any("finds no expert" in heard and "Q1" in heard for heard in await fatima.hears())
        assert (await question(talk, 1)).state == "waiting"


async def test_what_an_expert_answered_stays_when_they_let_it(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        _, hassan, renee = await circle(talk)
        for text in ("How cold is cold?", "How warm is warm?"):
            await asks(renee, text)
            await hassan.presses("Answer")
            await hassan.fills_in(Your_answer="Ask a thermometer.")
        await renee.presses("This helps")
        await is_forgotten(hassan, KEEP)
        await renee.presses("This helps")
        assert "Former member answered:" in await renee.last("circle")
        assert [(await question(talk, number)).answer for number in (1, 2)] == ["Ask a thermometer."] * 2


async def test_questions_of_who_goes_come_to_their_end(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        _, hassan, renee = await circle(talk)
        await asks(renee, "How cold is cold?")
        await is_forgotten(renee)
        assert "Nobody waits for this answer any more." in await hassan.last()
        one = await question(talk, 1)
        assert (one.state, one.text) == ("closed", None)


async def test_a_confidential_question_does_not_give_away_who_went(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        _, hassan, renee = await circle(talk)
        await asks(renee, "May I say no?", confidentially=True)
        await is_forgotten(renee)
        await talk.wait(hours=20)
        assert not [heard for heard in await hassan.hears() if "Nobody waits" in heard]
        assert (await question(talk, 1)).state == "routed"
        await talk.wait(days=4)
        assert [heard for heard in await hassan.hears() if "Nobody waits" in heard]
        assert (await question(talk, 1)).state == "closed"


async def test_who_goes_while_a_form_is_open_sends_it_in_vain(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        _, hassan, renee = await circle(talk)
        await renee.says("/ask")
        form = await renee.form()
        assert form is not None
        await is_forgotten(renee)
        heard = len(await hassan.hears())
        values = {one.name: one.initial for one in form.fields} | {
            "text": "May I say no?",
            "manner": "confidential",
        }
        await talk.post(f"/local/forms/{form.raw['id']}", expect=(400,), person=renee.id, values=values)
        await talk.settle()
        assert len(await hassan.hears()) == heard


async def test_a_name_in_what_others_wrote_is_reviewed_without_being_shown(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, hassan, renee = await circle(talk)
        await asks(fatima, "Why did rene\u0301e  OTIENO's box melt?")
        await hassan.presses("Answer")
        await hassan.fills_in(Your_answer="Ask @Renée, or Hassan Otienoson.")
        await asks(hassan, f"Did {NAME} or {renee.id} tell you, Renéeotieno?", confidentially=True)
        await is_forgotten(renee)
        card = await fatima.last()
        assert "A name that was forgotten stands in 3 texts: Q1, Q1, and Q2." in card
        assert card.buttons == ["Take the name out", "Leave it"]
        assert "Renée" not in card.text
        await fatima.presses("Take the name out")
        assert "stands in 2 texts" in await fatima.last()
        await fatima.presses("Leave it")
        await fatima.presses("Take the name out")
        assert "Every text with a forgotten name is decided." in await fatima.last()
        one = await question(talk, 1)
        assert (one.text, one.answer) == (
            "Why did a member's box melt?",
            "Ask @Renée, or Hassan Otienoson.",
        )
        await hassan.says("/questions")
        assert "Did a member or a member tell you, Renéeotieno?" in await hassan.last()


async def test_a_text_that_changed_since_is_left_alone(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, hassan, renee = await circle(talk)
        await asks(fatima, f"Why did {NAME}'s box melt?")
        await is_forgotten(renee)
        assert talk.app is not None
        async with talk.app.database.transaction() as session:
            (one,) = (await session.exec(select(Question))).all()
            one.text = "Something else"
        await fatima.presses("Take the name out")
        assert "Q1 has changed since I looked" in await fatima.last()
        assert (await question(talk, 1)).text == "Something else"
        assert hassan.name


async def test_no_account_leads_to_a_former_member(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        _, _, renee = await circle(talk)
        await is_forgotten(renee)
        assert talk.app is not None
        async with talk.app.database.reading() as session:
            users = [one.user for one in (await session.exec(select(MemberAccount))).all()]
        assert len(users) == 2
        assert renee.id not in users
