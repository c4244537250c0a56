"""The sample community holds together: who speaks belongs there, and a health check has something to say."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.roles import Purpose, Role
from bot.platforms.local.sample import COMMUNITY, PEOPLE, PLACES, SampleMessage, talk

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
    """How long each root waited for somebody else, by its index; roots left alone are missing."""
    waited: dict[int, timedelta] = {}
    for message in messages:
        if message.answers is not None and message.person != messages[message.answers].person:
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
    for message in messages:
        assert message.person in MEMBERS_OF[message.place], message.text
        assert message.before_end < BY_ID[message.person].joined_days_ago * DAY, message.text
    assert {message.person for message in messages} == set(BY_ID)


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
    roots = [index for index, message in enumerate(messages) if message.answers is None]
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
    counts = Counter(message.person for message in messages).most_common()
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
