"""A damaged archive is refused in a plain sentence that names its file and the line, and leaves nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from bot.core.errors import Refusal
from bot.core.messages import Text
from storage.activity import Activity
from storage.communities import Community
from storage.database import Database
from storage.imports import ArchiveImport
from tests.handlers.imports.reading import count, read_in, waiting
from tests.slack_exports import START, said, user, write_export

DAYS = {f"general/2023-11-{day}.json": [said("U1", f"{START + day}.000100")] for day in range(15, 18)}
DAY = "general/2023-11-17.json"
LAST = {"general/2023-11-18.json": [said("U1", f"{START + 18}.000100")]}


async def refused(database: Database, path: Path) -> str:
    """What is said when the archive at ``path`` is refused; nothing of it stays."""
    with pytest.raises(Refusal) as refusal:
        await read_in(database, path)
    for table in (Activity, ArchiveImport, Community):
        assert await count(database, table) == 0
    assert await waiting(database) == 0
    return Text(refusal.value.key, refusal.value.values).plain()


def lines(*entries: Any) -> bytes:
    """A list with one entry on each line, the first on line 2."""
    return b"[\n" + b",\n".join(json.dumps(entry).encode() for entry in entries) + b"\n]"


GOOD = said("U1", f"{START}.000001", 'a [bracket], a } and a \\" quote, in a text')
NOT_JSON = "this is not JSON"


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        (b"", 1, NOT_JSON),
        (b"[\n{},\n{]\n]", 3, NOT_JSON),
        (lines(GOOD)[:-20], 2, NOT_JSON),
        (lines(GOOD) + b"\n, more", 4, NOT_JSON),
        (b'[\n\n"\xff\xfe"]', 3, NOT_JSON),
        (b'[\n"a\nb"]', 2, NOT_JSON),
        (b"[" * 100_000, 1, NOT_JSON),
        (b"[\n" + b"9" * 5000 + b"\n]", 1, NOT_JSON),
        (b'{"messages": []}', 1, "this is not a list"),
        (b"null", 1, "this is not a list"),
        (lines(GOOD, "a text"), 3, "this is not an entry"),
        (lines(GOOD, GOOD, None), 4, "this is not an entry"),
        (lines([GOOD]), 2, "this is not an entry"),
        (lines(GOOD, {"type": "message", "user": "U1"}), 3, "this message has no time (ts)"),
        (lines(GOOD, said("U1", "")), 3, "this message has no time (ts)"),
        (json.dumps([GOOD, {**GOOD, "ts": None}], indent=4).encode(), 8, "this message has no time (ts)"),
        (lines(GOOD, said("U1", "soon")), 3, "the time (ts) of this message is not a number"),
        (lines(GOOD, said("U1", "1e9")), 3, "the time (ts) of this message is not a number"),
        (lines(GOOD, said("U1", "-1.5")), 3, "the time (ts) of this message is not a number"),
        (lines(said("U1", "١٧٠٠٠٠٦٤٠٠.000100")), 2, "the time (ts) of this message is not a number"),
        (lines(said("U1", "99999999999999.0")), 2, "the time (ts) of this message is not a number"),
        (lines({**GOOD, "ts": True}), 2, "the time (ts) of this message is not a number"),
        (b'[\n{"ts": NaN}]', 2, "the time (ts) of this message is not a number"),
        (lines(GOOD, {**GOOD, "thread_ts": "x"}), 3, "the time (ts) of this message is not a number"),
    ],
)
async def test_a_damaged_day_is_named_with_its_line(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, line: int, problem: str
) -> None:
    monkeypatch.setattr("handlers.imports._BATCH", 1)
    path = write_export(tmp_path / "a.zip", {**DAYS, **LAST}, users=[user("U1")], files={DAY: content})
    assert await refused(database, path) == f"{DAY}, line {line}: {problem}. Nothing was imported."


@pytest.mark.parametrize("name", ["channels.json", "users.json", "groups.json", "dms.json"])
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[\n{", "line 2: this is not JSON"),
        (b"{}", "line 1: this is not a list"),
        (b'[\n{"id": "C1"},\n7\n]', "line 3: this is not an entry"),
        (b'[\n\n{"name": "general"}]', "line 3: this entry has no id"),
    ],
)
async def test_a_damaged_list_is_named_with_its_line(
    database: Database, tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    path = write_export(tmp_path / "a.zip", DAYS, users=[user("U1")], files={name: content})
    assert await refused(database, path) == f"{name}, {problem}. Nothing was imported."


async def test_a_file_in_a_folder_of_no_channel_is_named(database: Database, tmp_path: Path) -> None:
    path = write_export(tmp_path / "a.zip", {**DAYS, "lost/2023-11-15.json": []}, channels=[], users=[])
    said_then = await refused(database, path)
    assert said_then.startswith("general/2023-11-15.json belongs to no channel")


@pytest.mark.parametrize("missing", ["users.json", "channels.json"])
async def test_an_archive_of_something_else_is_no_slack_export(
    database: Database, tmp_path: Path, missing: str
) -> None:
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in {"users.json", "channels.json", "holiday.jpg"} - {missing}:
            archive.writestr(name, "[]")
    assert await refused(database, tmp_path / "a.zip") == (
        f"This is not a Slack export: the archive has no {missing}. Nothing was imported."
    )


@pytest.mark.parametrize("cut", [0, 1, 100, -1, -30])
async def test_a_broken_zip_file_is_named(database: Database, tmp_path: Path, cut: int) -> None:
    whole = write_export(tmp_path / "whole.zip", DAYS, users=[user("U1")]).read_bytes()
    (tmp_path / "a.zip").write_bytes(whole[:cut])
    assert await refused(database, tmp_path / "a.zip") == (
        "a.zip is not a zip archive, or a damaged one. Nothing was imported."
    )


async def test_a_file_that_cannot_be_unpacked_is_named(database: Database, tmp_path: Path) -> None:
    path = write_export(tmp_path / "a.zip", DAYS, users=[user("U1")])
    with ZipFile(path) as archive:
        start = archive.getinfo(DAY).header_offset + 30 + len(DAY)
    content = bytearray(path.read_bytes())
    content[start + 5 : start + 25] = b"\xff" * 20
    path.write_bytes(content)
    assert await refused(database, path) == (
        f"{DAY} in the archive is damaged and can't be unpacked. Nothing was imported."
    )


async def test_a_locked_file_is_named(database: Database, tmp_path: Path) -> None:
    path = write_export(tmp_path / "a.zip", DAYS, users=[user("U1")])
    with ZipFile(path) as archive:
        name = archive.infolist()[0].filename
    content = bytearray(path.read_bytes())
    content[6] |= 1  # bit 0 of the general purpose flags, in the file's own header
    content[content.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    path.write_bytes(content)
    assert await refused(database, path) == f"{name} in the archive is locked with a password. Nothing was imported."


@pytest.mark.parametrize("size", [100_000, 6_000_000])
async def test_a_bomb_is_refused(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("handlers.imports._slack_export.LARGEST_DAY", size - 1)
    path = write_export(tmp_path / "a.zip", DAYS, users=[user("U1")], files={DAY: b"[" + b" " * size + b"]"})
    too_large = f"{DAY} in the archive is larger than any that Slack writes. Nothing was imported."
    assert await refused(database, path) == too_large


async def test_an_endless_entry_is_refused(database: Database, tmp_path: Path) -> None:
    path = write_export(tmp_path / "a.zip", DAYS, users=[user("U1")], files={DAY: b'["' + b"x" * (18 << 20) + b'"]'})
    assert "larger than any that Slack writes" in await refused(database, path)


async def test_a_large_file_is_read_in_pieces_and_its_lines_are_counted(database: Database, tmp_path: Path) -> None:
    text = 'quotes " and \\, brackets ]}[{ and é😀' * 20
    entries: list[Any] = [said("U1", f"{START + number}.000100", text) for number in range(9000)]
    for indent in (None, 4):
        good = json.dumps(entries, indent=indent, ensure_ascii=False).encode()
        assert len(good) > 6 << 20
        bad = json.dumps([*entries, said("U1", "soon")], indent=indent, ensure_ascii=False).encode()
        path = write_export(tmp_path / "a.zip", DAYS, users=[user("U1")], files={DAY: bad})
        line = bad[: bad.rindex(b"{")].count(b"\n") + 1
        assert f"{DAY}, line {line}: the time (ts)" in await refused(database, path)
        truncated = write_export(tmp_path / "a.zip", DAYS, users=[user("U1")], files={DAY: good[:-9]})
        last = good[:-9].count(b"\n") + 1
        assert f"{DAY}, line {last}: this is not JSON" in await refused(database, truncated)
        no_list = write_export(tmp_path / "a.zip", DAYS, users=[user("U1")], files={DAY: b"{" + good})
        assert f"{DAY}, line 1: this is not a list" in await refused(database, no_list)
    result = await read_in(
        database,
        write_export(
            tmp_path / "b.zip",
            {},
            channels=[{"id": "C1", "name": "general"}],
            users=[user("U1")],
            files={DAY: b"\xef\xbb\xbf \n" + good},
        ),
    )
    assert result.messages == 9000


async def test_a_size_that_the_archive_lies_about_is_not_trusted(database: Database, tmp_path: Path) -> None:
    path = write_export(tmp_path / "a.zip", DAYS, users=[user("U1")], files={DAY: b"[" + b" " * 9000 + b"]"})
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(DAY.encode()))
    content[entry + 24 : entry + 28] = (100).to_bytes(4, "little")  # the size when unpacked, in the directory
    path.write_bytes(content)
    assert DAY in await refused(database, path)


async def test_names_in_old_archives_are_read_as_slack_wrote_them(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    name = "café/2023-11-15.json"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("users.json", "[]")
        archive.writestr("channels.json", json.dumps([{"id": "C1", "name": "café"}]))
        archive.writestr(name, json.dumps([said("U1", f"{START}.0001")]))
    content = path.read_bytes()
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.rindex(mark) + offset + 1
        assert content[start] == 0x08
        content = content[:start] + b"\x00" + content[start + 1 :]
    path.write_bytes(content)
    assert (await read_in(database, path)).messages == 1
