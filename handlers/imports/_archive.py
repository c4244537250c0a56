"""An export's zip file: the JSON lists in it, piece by piece, and where in them something is wrong.

Whatever a file's size, only a few megabytes of it are in memory; what can't be read is refused with the
name of its file and the line.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

import orjson

from bot.core.errors import Refusal
from bot.core.messages import mark

NOT_AN_ARCHIVE = mark("{file} is not a zip archive, or a damaged one. Nothing was imported.")
CANNOT_UNPACK = mark("{file} in the archive is damaged and can't be unpacked. Nothing was imported.")
ENCRYPTED = mark("{file} in the archive is locked with a password. Nothing was imported.")
TOO_LARGE = mark("{file} in the archive is larger than any that Slack writes. Nothing was imported.")
NOT_JSON = mark("{file}, line {line}: this is not JSON. Nothing was imported.")
NOT_A_LIST = mark("{file}, line {line}: this is not a list. Nothing was imported.")
NOT_AN_ENTRY = mark("{file}, line {line}: this is not an entry. Nothing was imported.")

_MEGABYTE = 1 << 20
_AT_ONCE = 4 * _MEGABYTE
_LARGEST_ENTRY = 16 * _MEGABYTE
_UTF8_NAME = 0x800  # general purpose bit 11 of APPNOTE.TXT 4.4.4: the name is UTF-8
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some entries of a file's list, whole ones. ``data`` is the JSON text they come from."""

    file: str
    entries: list[Any]
    data: bytes
    lines_before: int

    def refusal(self, key: str, index: int) -> Refusal:
        """A refusal with the sentence ``key`` about the entry at ``index``: names its file and line."""
        commas = islice(_commas(self.data, within=1), index - 1, None) if index else iter(())
        start = next(commas, self.data.find(b"[")) + 1
        start += len(self.data[start:]) - len(self.data[start:].lstrip())
        return Refusal(key, file=self.file, line=str(self.lines_before + self.data.count(b"\n", 0, start) + 1))


class Archive:
    """The files of a zip archive by the names that Slack gave them, without a folder around them all."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        """Raises Refusal when ``file``, called ``name``, is no zip archive."""
        try:
            self._zip = ZipFile(file)
        except (BadZipFile, LargeZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Refusal(NOT_AN_ARCHIVE, file=name) from error
        members = {_name(member): member for member in self._zip.infolist() if not member.is_dir()}
        around = _folder_around(members)
        self.members = {name.removeprefix(around): member for name, member in members.items()}

    def pieces(self, name: str, largest: int) -> Iterator[Piece]:
        """The list in the file ``name``. Raises Refusal where it is damaged, or over ``largest`` bytes."""
        member = self.members[name]
        if member.file_size > largest:
            raise Refusal(TOO_LARGE, file=name)
        try:
            with self._zip.open(member) as stream:
                if member.file_size <= _AT_ONCE:
                    data = stream.read(_AT_ONCE + 1)  # what the directory says of a size need not be true
                    yield _piece(name, data.removeprefix(b"\xef\xbb\xbf"), 0)
                else:
                    yield from _streamed(name, stream, largest)
        except (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise Refusal(CANNOT_UNPACK, file=name) from error
        except RuntimeError as error:  # all that zipfile tells about a password
            raise Refusal(ENCRYPTED, file=name) from error


def _name(member: ZipInfo) -> str:
    name = member.filename
    if name.isascii():
        return name
    if not member.flag_bits & _UTF8_NAME:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name)


def _folder_around(names: dict[str, ZipInfo]) -> str:
    """People unpack an export, look at it and pack it again, with the folder that it was in."""
    lists = [name for name in names if f"/{name}".endswith("/channels.json") and not name.startswith("__MACOSX/")]
    return min(lists, key=lambda name: name.count("/"), default="").removesuffix("channels.json")


def _streamed(name: str, stream: IO[bytes], largest: int) -> Iterator[Piece]:
    opening = stream.read(_MEGABYTE).removeprefix(b"\xef\xbb\xbf")
    bracket = opening.find(b"[")
    if bracket < 0 or opening[:bracket].strip():
        raise Refusal(NOT_A_LIST, file=name, line="1")
    lines, size = opening.count(b"\n", 0, bracket), len(opening)
    rest = opening[bracket + 1 :]
    while chunk := stream.read(_MEGABYTE):
        size += len(chunk)
        rest += chunk
        cut = max(_commas(rest, within=0), default=-1)
        if size > largest or len(rest) - cut > _LARGEST_ENTRY:
            raise Refusal(TOO_LARGE, file=name)
        if cut >= 0:
            yield _piece(name, b"[" + rest[:cut] + b"]", lines)
            lines += rest.count(b"\n", 0, cut)
            rest = rest[cut + 1 :]
    yield _piece(name, b"[" + rest, lines)


def _commas(data: bytes, within: int) -> Iterator[int]:
    """Where the commas are that stand ``within`` so many brackets."""
    depth = 0
    for token in _TOKEN.finditer(data):
        match data[token.start()]:
            case 0x5B | 0x7B:
                depth += 1
            case 0x5D | 0x7D:
                depth -= 1
            case 0x2C if depth == within:
                yield token.start()


def _piece(name: str, data: bytes, lines_before: int) -> Piece:
    try:
        entries = orjson.loads(data)
    except orjson.JSONDecodeError:
        entries = _parsed_with_patience(name, data, lines_before)
    if not isinstance(entries, list):
        raise Refusal(NOT_A_LIST, file=name, line=str(lines_before + 1))
    return Piece(name, entries, data, lines_before)


def _parsed_with_patience(name: str, data: bytes, lines_before: int) -> Any:
    """What the fast parser refuses may still be right: half of a surrogate pair is written as it came."""
    line = 1
    try:
        return json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    except json.JSONDecodeError as error:
        line = error.lineno
    except (ValueError, RecursionError):
        pass
    raise Refusal(NOT_JSON, file=name, line=str(lines_before + line))
