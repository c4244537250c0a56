"""Reading JSON that others wrote: a part of the wrong kind raises ValueError, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import orjson

Json = Mapping[str, Any]

_UNREADABLE = re.compile("[\ud800-\udfff]")


class NothingTold(Exception):
    """Who or what something is about is left blank: it tells of nothing."""


def parsed(document: str | bytes) -> Any:
    """What JSON says. Raises ValueError for what is none, RecursionError for what is nested too deep.

    What orjson refuses (half of a surrogate pair, NaN) the standard library may read.
    """
    try:
        return orjson.loads(document)
    except ValueError:
        return json.loads(document)


def written(value: Any) -> bytes:
    """JSON that ``parsed`` understands, whatever characters are in it."""
    try:
        return orjson.dumps(value)
    except TypeError:  # orjson refuses halves of surrogate pairs, and large numbers
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def part(data: Json, name: str) -> Json:
    """The object of this name, which must be there."""
    value = data.get(name)
    if not isinstance(value, dict):
        raise ValueError(f"{name} is missing, or no object")
    return value


def optional_part(data: Json, name: str) -> Json:
    """The object of this name; an empty one where there is none."""
    return {} if data.get(name) is None else part(data, name)


def text(data: Json, name: str) -> str:
    """The text of this name, empty where there is none; without characters that nobody can read or store."""
    value = data.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    return readable(value)


def identity(data: Json, name: str) -> str:
    """The id of this name, which must be there. Raises NothingTold where it is blank."""
    if name not in data:
        raise ValueError(f"{name} is missing")
    found = text(data, name)
    if not found:
        raise NothingTold
    if not (found.isascii() and found.isprintable()):
        raise ValueError(f"{name} is no id")
    return found


def readable(found: str) -> str:
    """Text that any database takes: without NUL, and without halves of surrogate pairs."""
    if found.isascii() and "\x00" not in found:
        return found
    return _UNREADABLE.sub("\ufffd", found.replace("\x00", ""))
