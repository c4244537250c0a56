"""A confidential question from its first word to the day when nobody can open it again: who could tell who asked?

The asker joined before and wrote in the circle; what was there before the question doesn't count. Their name is one
that stands nowhere else.
"""

from __future__ import annotations

import io
import json
import random
import re
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from sqlmodel import SQLModel, select

from bot.core.addresses import Account, InPlace, Privately, conversation_of
from bot.core.serialization import destination_from_json
from storage.database import Database
from storage.members import MemberAccount
from storage.outbox import OutboxRow
from storage.questions import ConfidentialAsker
from tests.conversations import Someone, Talk, running
from tests.databases import SECRET_KEY
from tests.handlers.questions.acting import app_of, heard_by, holds, rows, state_of
from tests.handlers.questions.circle import CONFIDENTIAL, Circle, circle

NAME = "Zenobia Quillfeather"
WORDS = re.compile(r"zenobia|quillfeather", re.IGNORECASE)
QUESTION = "May I refuse to open the freezer for the director?"
REPLY = "He asks for it every evening."
ANSWER = "Yes. Show him the rule on the door."

Row = tuple[Any, ...]


@dataclass
class Case:
    """Who asks, and how things stood before they did."""

    here: Circle
    zenobia: Someone
    member_id: int
    user_key: bytes
    conversation: bytes
    shown_before: Counter[str]
    rows_before: dict[str, Counter[Row]]

    @property
    def needles(self) -> re.Pattern[str]:
        return re.compile(f"{re.escape(self.zenobia.id)}|{WORDS.pattern}", re.IGNORECASE)

    def names(self, value: object) -> bool:
        """Whether a value tells who Zenobia is."""
        shown = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        return bool(self.needles.search(shown))


def everything_in(path: Path) -> dict[str, Counter[Row]]:
    """Every row of every table of a SQLite file."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: Counter(connection.execute(f'SELECT * FROM "{name}"').fetchall()) for name in tables}


def columns_of(path: Path, table: str) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [column[1] for column in connection.execute(f'PRAGMA table_info("{table}")')]


def database_in(folder: Path) -> Path:
    return folder / "baraza.sqlite3"


async def begin(here: Circle, folder: Path) -> Case:
    """Zenobia joins and says hello, long before she asks."""
    zenobia = await here.talk.newcomer(NAME)
    await zenobia.joins("circle")
    greeting = await zenobia.says("Good morning, everybody.", place="circle")
    await here.mei.says("Good morning to you.", place="circle", under=greeting)  # or facilitators hear that nobody did
    await here.talk.wait(days=7, minutes=23)
    async with rows(here.talk) as session:
        found = (await session.exec(select(MemberAccount))).all()
        kept = next(one for one in found if one.user == zenobia.id)
        member_id, user_key = kept.member_id, kept.user_key
        account = Account(kept.platform, kept.tenant, zenobia.id)
    cipher = app_of(here.talk).database.cipher
    conversation = cipher.digest("conversation", account.platform, account.tenant, conversation_of(Privately(account)))
    shown = Counter(await here.talk.shown_to_others(zenobia))
    return Case(here, zenobia, member_id, user_key, conversation, shown, everything_in(database_in(folder)))


async def whole_conversation(case: Case, *, share: str = "yes") -> None:
    """Everything that can happen to a question, but for its end."""
    here, zenobia = case.here, case.zenobia
    await here.asks(zenobia, QUESTION, manner=CONFIDENTIAL, **{"May_others_read_question_and_answer?": share})
    await here.talk.wait(hours=1)
    await zenobia.says("/questions", place="circle")
    await here.hassan.presses("Ask back")
    await here.hassan.fills_in(**{"What_would_you_like_to_know?": "How often does he ask?"})
    await zenobia.presses("Answer")
    await zenobia.fills_in(Your_answer=REPLY)
    await here.talk.wait(hours=24)  # a reminder
    await here.talk.wait(hours=24)  # the next expert
    await here.talk.wait(hours=24)  # the facilitators
    for name in ("Hassan", "Fatima", "Mei"):
        await here.fatima.says(f"/assign Q1 @{name}")
    await here.answers(here.mei, "It depends.")
    await zenobia.presses("Not yet")
    await zenobia.presses("Say more")
    await zenobia.fills_in(**{"What_is_missing?": "What do I tell him?"})
    await here.talk.wait(hours=1)
    await here.answers(here.mei, ANSWER)
    await zenobia.says("/questions")
    for reader in (here.fatima, here.hassan, here.mei):
        for words in ("/questions", "/questions open", "/questions overdue", "/experts", "/settings", "/health 7d"):
            await reader.says(words)


async def end(case: Case) -> None:
    """It helped, everybody reads it, and somebody asks the same."""
    await case.zenobia.presses("This helps")
    await case.here.talk.wait(hours=1)
    await case.here.asks(case.here.ana, QUESTION)
    await case.here.ana.presses("This helps")


async def test_the_asker_is_found_on_their_own_route_alone(tmp_path: Path, logs: io.StringIO) -> None:
    async with circle(tmp_path, confidential_delay_seconds=120) as here:
        case = await begin(here, tmp_path)
        logs.truncate(0)
        await whole_conversation(case)
        await end(case)
        await check_everything_sent(case)
        assert ANSWER in await here.ana.last("circle")
        assert QUESTION in await here.ana.last("circle")
    structlog.get_logger().info("the end")
    lines = logs.getvalue().splitlines()
    assert "the end" in lines[-1]
    assert not [line for line in lines if case.names(line)]
    check_every_column(case, tmp_path)
    check_the_bytes(case, tmp_path)


async def check_everything_sent(case: Case) -> None:
    """Every byte in the chat since the question, and every outgoing message as the database keeps it."""
    shown = Counter(await case.here.talk.shown_to_others(case.zenobia)) - case.shown_before
    assert shown.total() > 20
    assert not [one for one in shown if case.names(one)]
    async with rows(case.here.talk) as session:
        sent = (await session.exec(select(OutboxRow))).all()
    before = {row[0] for row in case.rows_before["outbox"]}
    for one in sent:
        destination = destination_from_json(one.destination)
        theirs = not isinstance(destination, InPlace) and destination.account.user == case.zenobia.id
        if one.id not in before and not theirs:
            assert not case.names(json.dumps([one.body, one.destination, one.sent])), one.operation


def check_every_column(case: Case, folder: Path) -> None:
    """No new row holds the asker's name, id or member id, nor a digest that stands for them beside the question."""
    database = database_in(folder)
    members_columns = {
        (table.name, column.name)
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "member" for key in column.foreign_keys)
    }
    assert ("question", "asker_id") in members_columns
    for table, all_rows in everything_in(database).items():
        columns = columns_of(database, table)
        for row in (all_rows - case.rows_before.get(table, Counter())).elements():
            for column, value in zip(columns, row, strict=True):
                assert not case.names(value), (table, column)
                assert value != case.user_key, (table, column)
                if (table, column) in members_columns:
                    assert value != case.member_id, (table, column)
            if case.conversation in row:  # pseudonymous: what they got and sent; nothing in it names the question
                assert table in ("inbox", "outbox"), table
    check_nothing_joins(case, database)


def check_nothing_joins(case: Case, database: Path) -> None:
    """What stands in the question's row in the open leads to no message of the asker's."""
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        question = dict(connection.execute("SELECT * FROM question WHERE number = 1").fetchone())
        theirs = connection.execute("SELECT reference, target FROM outbox WHERE conversation = ?", (case.conversation,))
        references = {one for row in theirs for one in row if one}
        subjects = connection.execute("SELECT reference, subject FROM button").fetchall()
    assert question["confidential"] == 1
    assert question["asker_id"] is None
    assert references
    assert not references & set(map(str, question.values()))
    about = {bytes(row["subject"]) for row in subjects if row["reference"] in references}
    assert len(about) > 5
    assert not [one for one in about if one.split(b":")[0] == b"%d" % question["id"]]
    assert question["asked_at"] % (3600 * 10**6) == 0, "the minute would tell who was there"


def check_the_bytes(case: Case, folder: Path) -> None:
    """The files as they lie on the disk, with what was deleted and not yet written over."""
    for path in folder.glob("baraza.sqlite3*"):
        content = path.read_bytes()
        for words in (case.zenobia.id, "Zenobia", "Quillfeather", QUESTION, REPLY, ANSWER):
            for encoding in ("utf-8", "utf-16-le"):
                assert words.encode(encoding) not in content, (path.name, words)


async def test_words_that_may_not_be_shared_stay_with_expert_and_asker(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        case = await begin(here, tmp_path)
        await whole_conversation(case, share="no")
        await case.zenobia.presses("This helps")
        await here.talk.wait(hours=1)
        for reader, said in (await heard_by(here.fatima, here.ana)).items():
            assert not any(QUESTION in one or ANSWER in one for one in said), reader
        await here.asks(here.ana, QUESTION)
        assert "Q2 (cold chain): a question for you" in await here.hassan.last()
        check_every_column(case, tmp_path)


async def test_asking_leaves_no_trace_of_activity(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        case = await begin(here, tmp_path)
        await whole_conversation(case)
        database = database_in(tmp_path)
        for table in ("activity", "membership", "member", "account", "presence", "role"):
            assert everything_in(database)[table] == case.rows_before[table], table


async def test_after_thirty_days_nobody_can_open_it_and_nothing_breaks(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        case = await begin(here, tmp_path)
        await here.asks(case.zenobia, QUESTION, manner=CONFIDENTIAL)
        held = [await holds(here.hassan, label) for label in ("Answer", "Not mine")]
        await here.answers(here.hassan, ANSWER)
        held += [await holds(case.zenobia, label) for label in ("This helps", "Not yet")]
        await case.zenobia.presses("This helps")
        await here.talk.wait(days=29)
        assert await sealed(here.talk) == 1
        await case.zenobia.says("/questions")
        assert "answered, it helped" in await case.zenobia.last()
        await here.talk.wait(days=2)
        assert await sealed(here.talk) == 0

        await case.zenobia.says("/questions")
        assert "You have no questions here yet." in await case.zenobia.last()
        for late in held:
            before = len(await late.who.hears())
            await late.press_too_late()
            assert len(await late.who.hears()) == before + 1
            assert (await late.who.last()).text == "This question is answered and closed. Thank you!"
        await here.fatima.says("/assign Q1 @Mei")
        assert (await here.fatima.last()).text == "This question is answered and closed. Thank you!"
        await here.fatima.says("/questions open")
        assert "No question waits." in await here.fatima.last()
        assert await state_of(here.talk) == "accepted"
        assert await app_of(here.talk).troubles() == []
        await here.asks(here.ana, QUESTION)
        assert ANSWER in await here.ana.last()


async def test_an_answer_that_nobody_took_up_is_forgotten_too(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        case = await begin(here, tmp_path)
        await here.asks(case.zenobia, QUESTION, manner=CONFIDENTIAL)
        await here.answers(here.hassan, ANSWER)
        await here.talk.wait(days=43)
        assert await sealed(here.talk) == 1
        await here.talk.wait(days=3)
        assert await sealed(here.talk) == 0
        await case.zenobia.presses("This helps")
        assert (await case.zenobia.last()).text.startswith("This question is closed.")


async def test_with_another_key_nothing_of_it_can_be_read(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        case = await begin(here, tmp_path)
        await here.asks(case.zenobia, QUESTION, manner=CONFIDENTIAL)
    other = Database(f"sqlite:///{tmp_path}/baraza.sqlite3", f"not {SECRET_KEY}")
    async with other.reading() as session:
        connection = await session.connection()
        found = (await connection.execute(text("SELECT data_key, sealed FROM confidential_asker"))).one()
        for value in found:
            with pytest.raises(Exception, match="SECRET_KEY"):
                other.cipher.decrypt(bytes(value))
    await other.close()


async def replies(here: Circle) -> None:
    await here.hassan.presses("Ask back")
    await here.hassan.fills_in(**{"What_would_you_like_to_know?": "How often does he ask?"})
    await here.ana.presses("Answer")
    await here.ana.fills_in(Your_answer=REPLY)


async def accepts(here: Circle) -> None:
    await here.answers(here.hassan, ANSWER)
    await here.ana.presses("This helps")


async def reopens(here: Circle) -> None:
    await here.answers(here.hassan, "It depends.")
    await here.ana.presses("Not yet")


async def reopens_when_the_expert_is_gone(here: Circle) -> None:
    await here.answers(here.hassan, "It depends.")
    await here.fatima.says("/experts remove @Hassan")
    await here.ana.presses("Not yet")


@pytest.mark.parametrize(
    ("act", "heard"),
    [
        pytest.param(replies, REPLY, id="a reply"),
        pytest.param(accepts, "Q1: Somebody asked confidentially:", id="This helps"),
        pytest.param(reopens, "The answer has not solved it yet.", id="Not yet"),
        pytest.param(reopens_when_the_expert_is_gone, "Q1 (cold chain): a question for you", id="Not yet, to another"),
    ],
)
async def test_what_they_do_reaches_others_after_a_random_while(
    tmp_path: Path, act: Callable[[Circle], Awaitable[None]], heard: str
) -> None:
    async with circle(tmp_path, confidential_delay_seconds=120) as here:
        await here.asks(here.ana, QUESTION, manner=CONFIDENTIAL)
        await here.talk.wait(hours=1)
        await act(here)
        assert not any(heard in said for said in await others_heard(here))
        await here.talk.wait(seconds=120)
        assert any(heard in said for said in await others_heard(here))


async def test_the_queue_does_not_show_a_question_before_it_has_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random.SystemRandom, "uniform", lambda _self, _shortest, longest: longest)
    async with circle(tmp_path, confidential_delay_seconds=120) as here:
        await here.asks(here.ana, QUESTION, manner=CONFIDENTIAL)
        await here.fatima.says("/questions open")
        assert "Q1" not in await here.fatima.last()
        await here.talk.wait(seconds=120)
        await here.fatima.says("/questions open")
        assert "Q1" in await here.fatima.last()


async def others_heard(here: Circle) -> list[str]:
    return [one for said in (await heard_by(here.hassan, here.mei, here.fatima)).values() for one in said]


async def test_the_program_started_again_still_finds_the_way_to_the_asker(tmp_path: Path) -> None:
    async with circle(tmp_path, confidential_delay_seconds=120) as here:
        case = await begin(here, tmp_path)
        now = app_of(here.talk).clock
        await here.asks(case.zenobia, QUESTION, manner=CONFIDENTIAL)
    async with running(tmp_path, clock=now) as talk:
        hassan, zenobia = talk.person(here.hassan.id, "Hassan"), talk.person(case.zenobia.id, NAME)
        await talk.wait(seconds=120)
        assert QUESTION in await hassan.last()
        await hassan.presses("Answer")
        await hassan.fills_in(Your_answer=ANSWER)
        assert ANSWER in await zenobia.last()


async def sealed(talk: Talk) -> int:
    async with rows(talk) as session:
        return len((await session.exec(select(ConfidentialAsker.question_id))).all())
