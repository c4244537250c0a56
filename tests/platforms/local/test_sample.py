"""The sample community holds together: who speaks belongs there, a health check has something to say, and whoever
opens the page for the first time finds what the community knows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.core.roles import Purpose, Role
from bot.platforms.local.sample import (
    COMMUNITY,
    KNOWLEDGE_FILE,
    PEOPLE,
    PLACES,
    PROMPT_TITLES,
    SampleMessage,
    before_end,
    talk,
)
from handlers.prompts._pack import KINDS
from storage import members
from tests.community import Seen, Talk, running

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
BY_ID = {person.id: person for person in PEOPLE}
MEMBERS_OF = {place.id: frozenset(place.members) for place in PLACES}
NEWCOMERS = ("samira", "valeria")


@pytest.fixture(scope="module")
def messages() -> list[SampleMessage]:
    return talk()


def week_of(message: SampleMessage) -> int:
    """1 for the oldest of the six weeks, 6 for the last."""
    return 6 - message.before_end // WEEK


def first_answers(messages: list[SampleMessage]) -> dict[int, timedelta]:
    """How long each root waited for somebody else, by its index; roots left alone, and prompts, are missing."""
    waited: dict[int, timedelta] = {}
    for message in messages:
        if message.answers is None or messages[message.answers].prompt:
            continue
        if message.person != messages[message.answers].person:
            root = messages[message.answers]
            waited.setdefault(message.answers, root.before_end - message.before_end)
    return waited


def test_the_community_lives_in_a_known_time_zone() -> None:
    assert (COMMUNITY.name, COMMUNITY.language) == ("Field Health Circle", "en")
    assert ZoneInfo(COMMUNITY.time_zone).key == "Africa/Nairobi"


def test_twelve_people_with_the_roles_a_community_needs() -> None:
    assert len(BY_ID) == len({person.name for person in PEOPLE}) == len(PEOPLE) == 12
    roles = Counter(person.role for person in PEOPLE)
    assert roles == {Role.FACILITATOR: 2, Role.EXPERT: 4, Role.STAKEHOLDER: 1, Role.MEMBER: 5}
    for person in PEOPLE:
        assert person.language == person.languages[0]
        assert set(person.languages) <= {"en", "fr", "es", "ar", "sw", "pt"}
        assert person.topics_known
        assert person.topics_wanted


def test_two_units_are_large_enough_to_be_shown() -> None:
    units = Counter(person.unit for person in PEOPLE)
    assert sum(size >= 5 for size in units.values()) == 2
    assert len(units) == 3


def test_three_places_whose_members_exist() -> None:
    assert [place.purpose for place in PLACES] == [Purpose.MAIN, Purpose.STAKEHOLDERS, Purpose.EXPERTS]
    for place in PLACES:
        assert set(place.members) <= set(BY_ID)
        assert len(set(place.members)) == len(place.members)
        assert "\n" not in place.topic
    experts = {person.id for person in PEOPLE if person.role == Role.EXPERT}
    assert experts <= MEMBERS_OF["experts"]


def test_six_weeks_oldest_first_and_nothing_in_the_last_hour(messages: list[SampleMessage]) -> None:
    times = [message.before_end for message in messages]
    assert times == sorted(times, reverse=True)
    assert len(set(times)) == len(times)
    assert 250 <= len(messages) <= 350
    assert HOUR <= times[-1] < DAY
    assert 5 * WEEK < times[0] < 6 * WEEK


def test_each_call_tells_the_same(messages: list[SampleMessage]) -> None:
    assert talk() == messages


def test_everyone_writes_where_they_belong_and_after_they_joined(messages: list[SampleMessage]) -> None:
    people = [message for message in messages if not message.prompt]
    for message in people:
        assert message.person in MEMBERS_OF[message.place], message.text
        assert message.before_end < BY_ID[message.person].joined_days_ago * DAY, message.text
    assert {message.person for message in people} == set(BY_ID)


def test_reactions_come_once_from_others_who_can_see_the_message(messages: list[SampleMessage]) -> None:
    for message in messages:
        assert len(set(message.reactions)) == len(message.reactions), message.text
        for person, emoji in message.reactions:
            assert person in MEMBERS_OF[message.place], message.text
            assert person != message.person, message.text
            assert message.before_end < BY_ID[person].joined_days_ago * DAY, message.text
            assert not emoji.isascii()


def test_replies_follow_a_first_message_of_the_same_place(messages: list[SampleMessage]) -> None:
    replies = [(index, message) for index, message in enumerate(messages) if message.answers is not None]
    for index, message in replies:
        assert message.answers is not None
        root = messages[message.answers]
        assert message.answers < index
        assert root.answers is None
        assert root.place == message.place
        assert root.before_end > message.before_end
    assert 0.55 <= len(replies) / len(messages) <= 0.65


def test_no_text_is_long_or_said_twice(messages: list[SampleMessage]) -> None:
    assert len({message.text.casefold() for message in messages}) == len(messages)
    for message in messages:
        assert 0 < len(message.text) < 400
        assert message.text == message.text.strip()
        assert not set("<>@\n") & set(message.text), message.text


def test_most_questions_find_an_answer_and_some_do_not(messages: list[SampleMessage]) -> None:
    roots = [index for index, message in enumerate(messages) if message.answers is None and not message.prompt]
    questions = [index for index in roots if "?" in messages[index].text]
    assert 0.4 <= len(questions) / len(roots) <= 0.7
    waited = first_answers(messages)
    answered = [index for index in questions if index in waited]
    assert 0.7 <= len(answered) / len(questions) <= 0.9
    assert min(waited.values()) < 10 * timedelta(minutes=1)
    assert 12 * HOUR < max(waited.values()) < 2 * DAY


def test_the_fourth_week_is_the_quiet_one(messages: list[SampleMessage]) -> None:
    weeks = Counter(week_of(message) for message in messages)
    assert sorted(weeks) == [1, 2, 3, 4, 5, 6]
    assert all(weeks[4] * 2 < weeks[other] for other in (1, 2, 3, 5, 6))


def test_a_few_people_write_a_lot(messages: list[SampleMessage]) -> None:
    counts = Counter(message.person for message in messages if not message.prompt).most_common()
    assert sum(count for _, count in counts[:5]) > len(messages) / 2
    assert sum(count for _, count in counts[-4:]) < len(messages) / 8


def test_work_happens_by_day_and_rests_at_the_weekend(messages: list[SampleMessage]) -> None:
    days: Counter[int] = Counter()
    for message in messages:
        since_monday = 2 * DAY + 15 * HOUR - message.before_end + 6 * WEEK  # the end: Wednesday, 15:00
        assert 7 * HOUR <= since_monday % DAY <= 20 * HOUR, message.text
        days[since_monday // DAY % 7] += 1
    assert 0 < days[5] + days[6] < min(days[day] for day in range(5)) / 2


def test_one_newcomer_is_answered_and_one_is_not(messages: list[SampleMessage]) -> None:
    assert {person.id for person in PEOPLE if person.joined_days_ago <= 21} == set(NEWCOMERS)
    waited = first_answers(messages)
    first = {
        newcomer: next(index for index, message in enumerate(messages) if message.person == newcomer)
        for newcomer in NEWCOMERS
    }
    for index in first.values():
        assert messages[index].answers is None
        assert messages[index].before_end > WEEK  # old enough to count as left alone
    assert waited[first["valeria"]] < HOUR
    assert first["samira"] not in waited


def test_all_the_languages_that_were_promised_are_heard(messages: list[SampleMessage]) -> None:
    texts = " ".join(message.text for message in messages)
    for words in ("Bonjour à tous", "Bienvenida", "Nani ana maandishi", "شكراً"):
        assert words.casefold() in texts.casefold(), words


def test_prompts_stand_in_the_talk_with_a_kind_that_prompts_have(messages: list[SampleMessage]) -> None:
    prompts = [message for message in messages if message.prompt]
    assert len(prompts) == 5
    assert {message.prompt for message in prompts} == set(PROMPT_TITLES)
    assert all(KINDS[kind] == title for kind, title in PROMPT_TITLES.items())
    assert all(message.answers is None and message.place == "circle" for message in prompts)
    answered = {message.answers for message in messages}
    assert all(messages.index(message) in answered for message in prompts)


@pytest.fixture(scope="module")
def knowledge() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(KNOWLEDGE_FILE.read_text(encoding="utf-8"))
    return found


def people_in(written: Any) -> Iterator[tuple[str, int]]:
    """Everybody who did something, and how many days before the end."""
    for key, value in written.items():
        if key in ("author", "who", "asker", "expert", "giver", "receiver", "by") and value is not None:
            yield value, written["day"]
        for one in value if isinstance(value, list) else []:
            if isinstance(one, dict):
                yield from people_in(one)


def test_who_shares_asks_and_thanks_is_there_already(knowledge: dict[str, Any]) -> None:
    acts = [
        act for part in ("contributions", "questions", "thanks") for one in knowledge[part] for act in people_in(one)
    ]
    acts += people_in(knowledge["schedule"])
    assert len(acts) > 40
    for person, day in acts:
        assert day < BY_ID[person].joined_days_ago, person


def test_what_is_known_is_old_enough_and_in_order(knowledge: dict[str, Any]) -> None:
    for part in ("contributions", "questions"):
        moments = [before_end(one["day"], one["at"]) for one in knowledge[part]]
        assert moments == sorted(moments, reverse=True)
        assert moments[-1] > HOUR
    for one in knowledge["questions"]:
        assert before_end(one["day"], one["at"]) > one["hours"] * HOUR
        assert one["topic"] in BY_ID[one["expert"]].topics_known
    for one in knowledge["contributions"]:
        assert all(use["day"] <= one["day"] and use["who"] != one["author"] for use in one.get("used", []))
    assert all(one["giver"] != one["receiver"] for one in knowledge["thanks"])


def test_contributions_are_of_every_kind_and_nobody_is_named_in_them(knowledge: dict[str, Any]) -> None:
    shared = knowledge["contributions"]
    assert {one["kind"] for one in shared} == {"lesson", "practice", "resource", "story"}
    assert [one.get("waits", False) for one in shared] == [False] * (len(shared) - 1) + [True]
    first_names = {person.name.split()[0] for person in PEOPLE}
    for one in (*shared, *knowledge["questions"]):
        words = " ".join(str(one.get(part, "")) for part in ("title", "text", "answer"))
        assert not first_names & set(words.replace(",", " ").split()), words


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Talk]:
    async with running(tmp_path, sample=True) as talk:
        await talk.settle()
        yield talk


async def heard(talk: Talk, person: str, command: str) -> list[Seen]:
    """What somebody is answered, in private."""
    someone = talk.person(person)
    before = len(await someone.sees())
    await someone.says(command)
    return (await someone.sees())[before:]


async def test_whoever_opens_the_page_first_finds_what_the_community_knows(page: Talk) -> None:
    found = await heard(page, "amina", "/find cold chain")
    assert [one.text.split(":")[0] for one in found] == ["C7 (Story)", "C1 (Practice)", "Q1"]
    assert "I used this" in found[0].buttons
    [own] = await heard(page, "amina", "/questions")
    assert "Q3 Which papers have to travel" in own
    assert "answered, it helped" in own
    [people] = await heard(page, "celine", "/who cold chain")
    assert "Hassan El-Amry (Regional office)" in people
    [mine] = await heard(page, "hassan", "/log mine")
    assert "C1 Door, plug, thermometer, phone" in mine


async def test_a_facilitator_has_something_to_do_on_the_first_day(page: Talk) -> None:
    [day] = await heard(page, "amina", "/today")
    assert "1 contribution to review: C10" in day
    assert "Next: A prompt, Tuesday" in day
    amina = page.person("amina")
    await amina.presses("Show what to review")
    assert "A map of the boat times" in await amina.last()
    [overview] = await heard(page, "amina", "/prompt")
    assert "Finish the sentence" in overview
    assert "5 people have answered" in overview
    [menu] = await heard(page, "amina", "/baraza")
    assert {"Find something", "Share something", "Prompts", "My day"} <= set(menu.buttons)


async def test_the_prompt_of_the_next_tuesday_is_posted(page: Talk) -> None:
    await page.wait(days=7)
    posted = [one for one in await page.person("amina").sees("Circle") if one.buttons == ["Answer"]]
    assert len(posted) == 1
    assert datetime.fromisoformat(posted[0].raw["at"]).astimezone(ZoneInfo(COMMUNITY.time_zone)).weekday() == 1


async def test_a_broken_off_first_start_is_made_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(*_: Any) -> None:
        raise RuntimeError("the power is out")

    with monkeypatch.context() as patched:
        patched.setattr(members, "introduce", breaks)
        with pytest.raises(RuntimeError, match="the power is out"):
            async with running(tmp_path, sample=True):
                pass
    async with running(tmp_path, sample=True) as talk:
        await talk.settle()
        assert len(await heard(talk, "amina", "/find cold chain")) == 3
    async with running(tmp_path, sample=True) as talk:
        assert len(await heard(talk, "amina", "/find cold chain")) == 3
