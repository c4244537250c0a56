"""Looking through everything that an installation keeps, opened and as it lies there."""

from __future__ import annotations

import html
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from storage import question_exchange, questions
from storage.database import Database
from storage.erasure import pointers
from storage.tables import METADATA


async def rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table with its values decrypted."""
    found: dict[str, list[dict[str, Any]]] = {}
    async with database.reading() as session:
        connection = await session.connection()
        for table in METADATA.sorted_tables:
            found[table.name] = [dict(row._mapping) for row in await connection.execute(select(table))]
        sealed = await questions.confidential_words(session, database.cipher)
        said = await question_exchange.confidential(session, database.cipher)
    found["confidential_asker"] = [{"member_id": asker.member_id, "words": asker.words} for _, asker in sealed]
    found["question_exchange"] += [{"member_id": one.member_id, "words": content} for one, _, content in said]
    return found


async def _as_stored(database: Database) -> dict[str, str]:
    """Every row of every table as it lies there."""
    async with database.reading() as session:
        connection = await session.connection()
        return {
            name: "\n".join(str(tuple(row)) for row in await connection.execute(text(f'SELECT * FROM "{name}"')))
            for name in METADATA.tables
        }


async def where_found(database: Database, words: list[str], folder: Path | None = None) -> list[str]:
    """The tables (or files in ``folder``, but for the chat's own) that have one of the words, in any case."""
    places = {name: "\n".join(map(_readable, kept)) for name, kept in (await rows(database)).items()}
    stored = {f"{name} as stored": kept for name, kept in (await _as_stored(database)).items()}
    files = {}
    for file in sorted(folder.iterdir()) if folder else []:
        if file.is_file() and "chat" not in file.name:
            files[file.name] = file.read_bytes().decode("utf-8", "replace")
    return [name for name, kept in {**places, **stored, **files}.items() if has(kept, words)]


def has(kept: str, words: list[str]) -> bool:
    return any(word.casefold() in kept.casefold() for word in words)


def _readable(value: Any) -> str:
    if isinstance(value, bytes):
        return text_of_file(value)
    if isinstance(value, dict):
        return "\n".join(f"{_readable(key)} {_readable(one)}" for key, one in value.items())
    if isinstance(value, list):
        return "\n".join(map(_readable, value))
    return str(value)


def text_of_file(content: bytes) -> str:
    """What can be read in a file; a spreadsheet is an archive, and JSON may spell letters in its own way."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(text_of_file(archive.read(name)) for name in archive.namelist())
    words = html.unescape(content.decode("utf-8", "replace"))
    try:
        return words + json.dumps(json.loads(words), ensure_ascii=False)
    except ValueError:
        return words


def tables_of_people() -> set[str]:
    """The tables whose columns point at members."""
    return {table.name for table in METADATA.sorted_tables if pointers(table)}


def belongs(table: str, row: dict[str, Any], member_id: int) -> bool:
    """Whether a row points at a member."""
    return any(row[one.name] == member_id for one in pointers(METADATA.tables[table]))
