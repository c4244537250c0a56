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
from bot.platforms.slack.incoming import closes_workspace, translate
from tests.platforms.slack.arriving import arrived
from tests.wire import slack_payloads as slack
from tests.wire.slack_payloads import ANA, BEN, ROOT, Json

EVERY_KIND = [
    slack.message(thread_ts=ROOT, parent_user_id=BEN, user_profile={"display_name": "Ana"}),
    slack.message(f"<@{slack.BOT}> help", channel=slack.DIRECT),
    slack.edited(),
    slack.deleted(),
    slack.mention(),
    slack.team_join(),
    slack.user_change(),
    slack.member("joined"),
    slack.member("joined", slack.BOT, inviter=ANA),
    slack.member("left"),
    slack.channel("channel_left"),
    slack.channel("channel_archive", user=ANA),
    slack.channel("group_unarchive", actor_id=ANA),
    slack.renamed(),
    slack.reaction(),
    slack.home_opened(),
    slack.uninstalled(),
    slack.revoked(bot=[slack.BOT]),
    slack.command("ask why"),
    slack.pressed(),
    slack.pressed_at_home(),
    slack.message_action(thread_ts=ROOT),
    slack.shortcut(),
    slack.submitted({"why": slack.typed("so"), "topic": {"type": "static_select", "selected_option": None}}),
    slack.closed(),
]

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["", "\ud800", "9999999999.999999", "99999999999", "message_changed", "tombstone", "{}", "D1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
DOCUMENTS = [json.loads(arrived(payload).body) for payload in EVERY_KIND]


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


@given(mutated())
def test_damaged_documents_can_be_read_or_are_said_to_be_damaged(document: Json) -> None:
    for event in read(json.dumps(document).encode()) or []:
        assert event.at.utcoffset() is not None
        assert event.at.utcoffset().total_seconds() == 0  # type: ignore[union-attr]
        assert event.by.account.tenant
    closes_workspace(document)


@given(VALUES)
def test_any_json(value: Any) -> None:
    read(json.dumps(value).encode())


@given(st.binary())
def test_any_bytes(body: bytes) -> None:
    assert read(body) is None or read(body) == []


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
        b'{"kind": "event"}',
        b'{"kind": "fax", "at": "2026-03-02T09:30:00+00:00", "payload": {"team_id": "T1"}}',
        b'{"kind": "event", "at": "yesterday", "payload": {"team_id": "T1"}}',
        b'{"kind": "event", "at": "2026-03-02T09:30:00", "payload": {"team_id": "T1"}}',
        b'{"kind": "command", "at": "0001-01-01T00:00:00+14:00", "payload": {"team_id": "T1"}}',
        b'{"kind": "event", "at": "2026-03-02T09:30:00+00:00", "payload": {"team_id": "T1", "event": 7}}',
        b'{"kind": "event", "at": "2026-03-02T09:30:00+00:00", "payload": {"team_id": "T1", "event": {"type": 7}}}',
    ],
)
def test_what_is_no_document_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        translate(body)


@pytest.mark.parametrize(
    "damage",
    [{"ts": "yesterday"}, {"ts": "1700000000.0001\u0660"}, {"channel": "C\x1f1"}, {"user": "Ana Müller"}, {"text": 7}],
)
def test_a_message_with_a_damaged_part_is_said_to_be_damaged(damage: Json) -> None:
    payload = slack.message()
    payload["event"].update(damage)
    with pytest.raises(ValueError, match="no "):
        translate(arrived(payload).body)


def test_what_is_left_blank_tells_of_nothing() -> None:
    for payload in EVERY_KIND:
        assert read(arrived(blank(payload)).body) == []


def blank(value: Any, name: str = "") -> Any:
    """The same with every text left empty, except for what it is."""
    if isinstance(value, dict):
        return {inner: blank(one, inner) for inner, one in value.items()}
    if isinstance(value, list):
        return [blank(one) for one in value]
    return "" if isinstance(value, str) and name not in ("type", "subtype") else value
