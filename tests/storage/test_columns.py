"""Columns give back what they were given, and each says what it tells about people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from storage.columns import (
    PRIVACY,
    Moment,
    SealedBytes,
    SealedJson,
    SealedText,
    current_cipher,
    from_microseconds,
    is_token,
    new_token,
    to_microseconds,
)
from storage.encryption import Cipher
from storage.tables import METADATA

DIALECT = sqlite.dialect()
NEPAL = timezone(timedelta(hours=5, minutes=45))
any_text = st.text(st.characters(exclude_categories=[]))  # lone surrogates too
any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(autouse=True)
def cipher() -> None:
    current_cipher.set(Cipher("a key for tests alone"))


@given(st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1), timezones=st.sampled_from([UTC, NEPAL])))  # noqa: DTZ001
def test_a_moment_comes_back_to_the_microsecond(moment: datetime) -> None:
    back = from_microseconds(to_microseconds(moment))
    assert back == moment
    assert back.tzinfo is UTC


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_stored_moments_are_in_the_order_of_time(one: datetime, other: datetime) -> None:
    assert (to_microseconds(one) < to_microseconds(other)) == (one < other)


@given(any_text)
def test_any_text_comes_back(text: str) -> None:
    column = SealedText()
    assert column.process_result_value(column.process_bind_param(text, DIALECT), DIALECT) == text


@given(any_json)
def test_anything_that_json_can_hold_comes_back(value: Any) -> None:
    column = SealedJson()
    assert column.process_result_value(column.process_bind_param(value, DIALECT), DIALECT) == value


@given(st.binary())
def test_bytes_come_back_and_are_not_seen_in_what_is_stored(value: bytes) -> None:
    column = SealedBytes()
    stored = column.process_bind_param(value, DIALECT)
    assert stored is not None
    assert column.process_result_value(stored, DIALECT) == value
    assert len(value) < 4 or value not in stored


@pytest.mark.parametrize("column", [Moment(), SealedBytes(), SealedText(), SealedJson()])
def test_nothing_stays_nothing(column: Any) -> None:
    assert column.process_bind_param(None, DIALECT) is None
    assert column.process_result_value(None, DIALECT) is None


def test_every_column_of_every_table_says_what_it_tells_about_people() -> None:
    undeclared = [
        f"{table.name}.{column.name}"
        for table in METADATA.tables.values()
        for column in table.columns
        if column.info.get(PRIVACY) not in {"personal", "pseudonymous", "neutral"}
    ]
    assert undeclared == []


SECRETS = {"tenant.token"}
"""Encrypted since they open a door, not since they tell about anybody."""


def test_what_is_encrypted_is_declared_as_personal() -> None:
    sealed = [
        column
        for table in METADATA.tables.values()
        for column in table.columns
        if isinstance(column.type, SealedBytes | SealedText | SealedJson)
    ]
    assert sealed
    assert {str(column) for column in sealed if column.info[PRIVACY] != "personal"} == SECRETS


def test_whatever_points_at_a_member_is_declared_as_pseudonymous() -> None:
    pointing = {
        f"{table.name}.{column.name}": column.info[PRIVACY]
        for table in METADATA.tables.values()
        for column in table.columns
        if any(key.column.table.name == "member" for key in column.foreign_keys)
    }
    assert pointing
    assert set(pointing.values()) == {"pseudonymous"}


def test_tokens_are_22_characters_that_nobody_can_guess() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(token) == 22 and is_token(token) for token in tokens)


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "é"])
def test_what_comes_over_the_wire_may_be_no_token(text: str) -> None:
    assert not is_token(text)
