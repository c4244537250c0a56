"""Kinds of columns: what a value is in Python, in the database, and to the person it is about.

Every column of every table is declared with one of three functions, so that exports and erasure can be
driven by the tables themselves:

- ``personal``: tells who somebody is, or what they wrote; encrypted wherever it can be;
- ``pseudonymous``: stands for somebody by a number that only this database resolves;
- ``neutral``: about nobody.

Each also says what becomes of it once its person is forgotten (``Erase``), where that isn't what follows from the
kind: a row whose own key points at somebody is deleted; any other pointer stays, as the member that it leads to is
nameless then; what is personal is emptied; what is neutral stays. ``whose`` names the column that points at the
person whom a personal column tells about, where the table has several; ``seen_by`` the columns of people who may
see it besides. ``linked`` says what becomes of a value once two members turn out to be one person, where each of
them has a row and only one can stay (``Linked``).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import BigInteger, Dialect, Integer, LargeBinary
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field

from storage.encryption import Cipher

PRIVACY = "privacy"
DECLARED = "declared"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

current_cipher: ContextVar[Cipher] = ContextVar("current_cipher")
"""The cipher of the database in use. Set by ``storage.database``, never by hand."""


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970, exactly (a float would round)."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """The moment again, in UTC."""
    return _EPOCH + timedelta(microseconds=value)


class Moment(TypeDecorator[datetime]):
    """A point in time, UTC, as microseconds since 1970: exact, and ordered alike on every database.

    SQLite gives a stored datetime back without its zone; a number can't lose it.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_microseconds(value)


class SealedBytes(TypeDecorator[bytes]):
    """Bytes that are encrypted at rest."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else current_cipher.get().encrypt(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> bytes | None:
        return None if value is None else current_cipher.get().decrypt(value)


class SealedText(TypeDecorator[str]):
    """A text that is encrypted at rest. Lone surrogates survive: people's devices do send them."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else current_cipher.get().encrypt(value.encode("utf-8", "surrogatepass"))

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else current_cipher.get().decrypt(value).decode("utf-8", "surrogatepass")


class SealedJson(TypeDecorator[Any]):
    """Anything that JSON can hold, encrypted at rest. Lone surrogates survive here too."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> bytes | None:
        return None if value is None else current_cipher.get().encrypt(_dumped(value))

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any | None:
        return None if value is None else _loaded(current_cipher.get().decrypt(value))


class RowId(TypeDecorator[int]):
    """A growing 64-bit row number; SQLite grows one only for a plain INTEGER key."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


class Erase(StrEnum):
    """What becomes of a column, or of the row that it belongs to, once its person is forgotten."""

    ROW = "delete the row"
    CLEAR = "clear"
    UNLESS_SHARED = "clear, unless it was shared and its person lets others keep it"
    KEEP = "keep"


class Linked(StrEnum):
    """Which of two values stays once two members are one person, and each of them had a row."""

    OWN = "that of who goes on; the other's where they have none"
    FULLER = "that of the fuller profile; the other's where it has none"
    CHOSEN = "that of whoever chose a language; where both did, or nobody, as with OWN"
    FIRST = "the earlier one"
    LAST = "the later one"
    OPEN = "none where either has none, else the later one"
    BOTH = "what is in either list"


@dataclass(frozen=True, slots=True)
class Declared:
    """What a column says of itself. Without ``erase`` it is what follows from the column's kind.

    ``shared``: the values of other columns of the row by which others may read this one.
    """

    privacy: str
    erase: Erase | None = None
    whose: str = ""
    seen_by: tuple[str, ...] = ()
    shared: Mapping[str, Any] = field(default_factory=dict)
    linked: Linked | None = None


def personal(
    *,
    erase: Erase | None = None,
    whose: str = "",
    seen_by: tuple[str, ...] = (),
    shared: Mapping[str, Any] | None = None,
    linked: Linked | None = None,
    **options: Any,
) -> Any:
    """A column that tells who somebody is or what they wrote."""
    return _declared(Declared("personal", erase, whose, seen_by, shared or {}, linked), options)


def pseudonymous(*, erase: Erase | None = None, seen_by: tuple[str, ...] = (), **options: Any) -> Any:
    """A column that stands for somebody without telling who it is."""
    return _declared(Declared("pseudonymous", erase, seen_by=seen_by), options)


def neutral(*, erase: Erase | None = None, whose: str = "", linked: Linked | None = None, **options: Any) -> Any:
    """A column about nobody."""
    return _declared(Declared("neutral", erase, whose, linked=linked), options)


NEVER_AGAIN = {"sqlite_autoincrement": True}
"""For ``__table_args__``: a row's number is never given to another row, even when it was the newest and is deleted."""


def row_id() -> Any:
    """A table's own growing number."""
    return neutral(default=None, primary_key=True, sa_type=RowId)


def new_token() -> str:
    """128 random bits as 22 characters of ``[A-Za-z0-9_-]``: an id that nobody can guess."""
    return secrets.token_urlsafe(16)


def _dumped(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:  # it refuses lone surrogates, which the standard library escapes
        return json.dumps(value).encode()


def _loaded(document: bytes) -> Any:
    try:
        return orjson.loads(document)
    except orjson.JSONDecodeError:
        return json.loads(document)


def is_token(text: str) -> bool:
    """Whether it could be one of ours; what comes over the wire may be anything, also what no column can hold."""
    return text.isascii() and text.isprintable()


def _declared(declared: Declared, options: dict[str, Any]) -> Any:
    if "foreign_key" in options:
        options.setdefault("sa_type", RowId)  # as wide as the number that it points at
    info = {PRIVACY: declared.privacy, DECLARED: declared}
    column = {**options.pop("sa_column_kwargs", {}), "info": info}
    return Field(sa_column_kwargs=column, **options)
