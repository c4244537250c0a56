"""One community on Slack and on Telegram: an expert who prefers the other one, and a prompt on both."""

from __future__ import annotations

from pathlib import Path

from tests.conversations import Someone
from tests.platforms.both_wires import BothWires, Community, both_wires, by_polling_and_by_webhook, community
from tests.platforms.phone import Phone
from tests.slack_community import SlackSomeone

QUESTION = "How long may the cold box stand open?"
ANSWER = "As short as you can: under a minute."


async def on_telegram_too(here: BothWires, somebody: Someone) -> Phone:
    """They link their account on Telegram, and want to be written to there."""
    phone = here.phone(somebody.name)
    await somebody.says("/link")
    code = (await somebody.last()).text.split("/link ")[1].split("\n")[0].strip("`. ")
    await phone.says(f"/link {code}")
    await somebody.presses("Yes, that is me")
    await somebody.presses("Always on Telegram")
    return phone


@by_polling_and_by_webhook
async def test_an_expert_answers_on_the_platform_that_they_prefer(tmp_path: Path, webhook: bool) -> None:
    async with both_wires(tmp_path, webhook=webhook, confidential_delay_seconds=0) as here:
        nurses = await community(here)
        phone = await on_telegram_too(here, nurses.hassan)
        ana = await here.newcomer("Ana")
        await ana.joins("circle")
        heard_on_slack = await nurses.hassan.hears()
        await ana.says("/ask")
        await ana.fills_in(Your_question=QUESTION, Topic="cold chain")
        card = phone.newest("Q1 (cold chain): a question for you")
        assert "Ana asks:" in card.text
        await here.wait(hours=25)
        assert "Q1 still waits for your answer." in phone.last()
        await nurses.hassan.person.opens_home()
        await here.settle()
        assert "Q1" in nurses.hassan.person.home().text
        await phone.person.sends_photo(None, b"a picture", reply_to=card.id)
        await here.settle()
        assert "I can pass on words alone." in phone.last()
        await phone.says(ANSWER, reply_to=card.id)
        assert "Your answer to Q1 is on its way." in phone.last()
        assert "You have answered this." in next(one.text for one in phone.person.sees() if one.id == card.id)
        await here.wait(minutes=1)
        assert "Q1" not in nurses.hassan.person.home().text
        assert "Q1: Hassan answers:" in await ana.last()
        assert ANSWER in await ana.last()
        await ana.presses("This helps")
        assert "Your answer to Q1 helped. Thank you!" in phone.last()
        assert ANSWER in await ana.last("circle")
        assert await nurses.hassan.hears() == heard_on_slack


async def everybody_is_here(here: BothWires, nurses: Community) -> tuple[list[SlackSomeone], list[Phone]]:
    """Six more people in the workspace, and six on their phones: enough of both to be told apart from each other."""
    colleagues = [await here.newcomer(name) for name in ("Ana", "Ben", "Chi", "Dio", "Eva", "Finn")]
    for one in colleagues:
        await one.joins("circle")
    phones = [here.phone(name) for name in ("Gul", "Ida", "Jun", "Kofi", "Lea", "Mio")]
    for phone in phones:
        await phone.joins(nurses.cercle)
    return colleagues, phones


@by_polling_and_by_webhook
async def test_a_prompt_stands_in_both_places_and_the_health_check_hears_both(tmp_path: Path, webhook: bool) -> None:
    async with both_wires(tmp_path, webhook=webhook) as here:
        nurses = await community(here)
        fatima = nurses.fatima
        colleagues, phones = await everybody_is_here(here, nurses)
        await fatima.says("/prompt now everywhere What went well?")
        assert "Posted in #circle, #cercle." in await fatima.last()
        root = next(one for one in await colleagues[0].sees("circle") if "What went well?" in one)
        for one in colleagues[:2]:
            await one.says("The rain.", place="circle", under=root.id)
        posted = phones[0].newest("What went well?", nurses.cercle)
        for phone in phones[:5]:
            await phone.says("The road.", place=nurses.cercle, reply_to=posted.id)
        await phones[5].presses("Answer", place=nurses.cercle)
        await phones[5].says("The people.")
        assert phones[5].last(nurses.cercle) == "Mio: The people."
        await fatima.says("/prompt")
        assert "in #circle, #cercle, 8 people have answered." in await fatima.last()
        await here.wait(days=1)
        await fatima.says("/health 7d")
        check = next(one for one in await fatima.sees() if "Health check of Field Nurses" in one)
        assert "Messages: 7" in check
        assert "Participation: 7 of 15" in check
        details = (await fatima.sees(under=check.id))[-1].text
        heard = details.partition("Who is heard on each platform\n")[2].splitlines()[:2]
        assert heard == [
            "Slack: 0.54 times as much as everybody",  # 2 of 8 there, 7 of 15 in all
            "Telegram: 1.53 times as much as everybody",  # 5 of 7
        ]
        assert "1 prompt; people who answered: 8" in details
