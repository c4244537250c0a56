"""Whatever a document of the inbox has become, reading it gives events or a ValueError."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.events import Event
from bot.platforms.telegram.envelope import Known
from bot.platforms.telegram.incoming import translate
from tests.platforms.telegram import payloads as tg
from tests.platforms.telegram.arriving import arrived
from tests.platforms.telegram.payloads import Json
from tests.platforms.telegram.test_incoming import IN, OUT

EVERYTHING = Known(
    roots={"40": "31"},
    topics={"41": "77"},
    places={f"{tg.GROUP}/77": "Wound care"},
    users={"ben": "5002"},
    polls={"6001": str(tg.GROUP)},
)
EVERY_KIND = [
    tg.message(
        "/log @Ben Ana",
        entities=[tg.entity("mention", 5, 4), tg.entity("text_mention", 10, 3, user=tg.ANA_USER)],
        reply_to_message=tg.said(
            "see", message_id=40, entities=[tg.entity("text_link", 0, 3, url="https://x.example")]
        ),
    ),
    tg.in_topic("@baraza_bot help"),
    tg.message(rich_message={"blocks": [{"type": "paragraph", "text": ["a", {"type": "bold", "text": "b"}]}]}),
    tg.message(poll={"id": "1", "question": "?", "options": []}),
    tg.edited("hi"),
    tg.update("channel_post", tg.said("hi", chat=tg.NEWS, by=None, sender_chat=tg.NEWS)),
    tg.message(new_chat_members=[tg.ANA_USER]),
    tg.message(left_chat_member=tg.ANA_USER),
    tg.message(new_chat_title="x"),
    tg.message(migrate_to_chat_id=tg.GROUP),
    tg.message(migrate_from_chat_id=tg.GROUP),
    tg.topic_news(forum_topic_created={"name": "x"}),
    tg.topic_news(forum_topic_edited={"name": "x"}),
    tg.topic_news(forum_topic_closed={}),
    tg.topic_news(forum_topic_reopened={}),
    tg.moved(OUT[0], IN[0]),
    tg.moved(IN[1], OUT[2]),
    tg.bot_moved("left", "administrator"),
    tg.bot_moved("member", "kicked", chat=tg.DIRECT),
    tg.join_request(),
    tg.reaction([tg.emoji("🔥")], [{"type": "custom_emoji", "custom_emoji_id": "1"}]),
    tg.vote(0, 1),
    tg.pressed(),
    tg.asked_inline(),
    tg.chosen_inline(),
]

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["", "\ud800", "private", "channel", "/", "b:", 0, 2**63, 10**30, 10**10, -1]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
DOCUMENTS = [json.loads(arrived(update, EVERYTHING).body) for update in EVERY_KIND]


def read(body: bytes) -> list[Event] | None:
    """The events, or None where the body can't be read. Every other error fails the test."""
    try:
        return list(translate(body))
    except ValueError:
        return None


def paths(value: Any, *before: Any) -> Iterator[tuple[Any, ...]]:
    """The way to each part of a document."""
    if before:
        yield before
    for name, inner in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from paths(inner, *before, name)


@st.composite
def mutated(draw: st.DrawFn) -> Json:
    """A document of which some parts are gone or have become something else."""
    document: Json = copy.deepcopy(draw(st.sampled_from(DOCUMENTS)))
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(list(paths(document))))
        parent: Any = document
        for step in way:
            parent = parent[step]
        if draw(st.booleans()):
            del parent[last]
        else:
            parent[last] = draw(VALUES)
        if not document:
            break
    return document


def test_every_kind_tells_something_but_that_a_topic_is_closed() -> None:
    silent = [document["update"]["message"] for document in DOCUMENTS if not read(json.dumps(document).encode())]
    assert ["forum_topic_closed" in message for message in silent] == [True]


@given(mutated())
def test_damaged_documents_can_be_read_or_are_said_to_be_damaged(document: Json) -> None:
    for event in read(json.dumps(document).encode()) or []:
        offset = event.at.utcoffset()
        assert offset is not None
        assert offset.total_seconds() == 0
        assert event.by.account.tenant
        arrived(document.get("update"), EVERYTHING)


@given(VALUES)
def test_any_json(value: Any) -> None:
    read(json.dumps(value).encode())
    arrived(value)
    arrived({"message": value, "update_id": value})


@given(st.binary())
def test_any_bytes(body: bytes) -> None:
    assert read(body) is None


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_part_that_goes_missing(document: Json) -> None:
    for *way, last in paths(document):
        damaged = copy.deepcopy(document)
        parent: Any = damaged
        for step in way:
            parent = parent[step]
        del parent[last]
        read(json.dumps(damaged).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"at": "2026-03-02T09:30:00+00:00"}',
        b'{"at": "2026-03-02T09:30:00+00:00", "bot": {"id": "7"}}',
        b'{"at": "2026-03-02T09:30:00+00:00", "bot": {"id": ""}, "update": {}}',
        b'{"at": "2026-03-02T09:30:00+00:00", "bot": {"id": 7}, "update": {}}',
        b'{"at": "2026-03-02T09:30:00", "bot": {"id": "7"}, "update": {}}',
        b'{"at": "0001-01-01T00:00:00+14:00", "bot": {"id": "7"}, "update": {}}',
        b'{"at": "2026-03-02T09:30:00+00:00", "bot": {"id": "7"}, "update": {"message": 7}}',
        b'{"at": "2026-03-02T09:30:00+00:00", "bot": {"id": "7"}, "update": {"message": {"text": "x"}}}',
    ],
)
def test_what_is_no_document_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        translate(body)


@pytest.mark.parametrize(
    "damage",
    [
        {"date": "yesterday"},
        {"date": -1},
        {"date": 10**11},
        {"date": True},
        {"message_id": "42"},
        {"message_id": 2**70},
        {"chat": {"id": None, "type": "group"}},
        {"from": {"id": 1.5}},
        {"text": 7},
        {"entities": {}},
        {"reply_to_message": []},
    ],
)
def test_a_message_with_a_damaged_part_is_said_to_be_damaged(damage: Json) -> None:
    with pytest.raises(ValueError, match="no "):
        translate(arrived(tg.message("hi", **damage)).body)


@pytest.mark.parametrize(
    "odd",
    [
        {"author_signature": 7},
        {"photo": 7},
        {"quote": []},
        {"forward_origin": {}},
        {"via_bot": {"id": "x"}},
        {"edit_date": "x"},
        {"entities": [{"type": "bold", "offset": "x"}, None, {"type": "code"}, {"type": ["x"]}]},
        {"reply_to_message": {"message_id": 40, "date": "x", "from": 7}},
    ],
)
def test_one_odd_part_loses_no_message(odd: Json) -> None:
    assert read(arrived(tg.message("hi", **odd)).body)
