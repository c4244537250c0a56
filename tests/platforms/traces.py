"""Who somebody is, looked for wherever it could have been left: in bytes on a wire, in a platform's state, in files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from tests.handlers.privacy.searching import text_of_file
from tests.wire.slack import SlackEmulator

_BYTES = 6
"""So many SQLite takes for a whole number of ten digits."""
_ESCAPED = re.compile(rb"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True)
class Traces:
    """The words of somebody's name and handle, and their id where it is a number: what stands in nothing else."""

    words: tuple[str, ...]
    number: int = 0

    def found(self, content: bytes) -> list[str]:
        """What of it is there, as it stands or as forms, JSON and SQLite write it."""
        readable = _readable(content).lower()
        found = [word for word in self.words if word.lower().encode() in readable]
        if self.number and str(self.number).encode() in readable:
            found.append(str(self.number))
        if self.number and self.number.to_bytes(_BYTES, "big") in content:
            found.append("the number's bytes")
        return found

    def found_among(self, contents: Iterable[bytes]) -> list[str]:
        """What of it is in any of these."""
        return [one for content in contents for one in self.found(content)]


def _readable(content: bytes) -> bytes:
    """The content, and what it says once forms and JSON are read."""
    unquoted = unquote_to_bytes(content.replace(b"+", b" "))
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)).encode("utf-8", "replace"), unquoted)
    return b"\n".join([content, unquoted, plain])


def all_of(slack: SlackEmulator) -> list[bytes]:
    """Every byte that the app ever sent to Slack, and everything that Slack holds or has told."""
    assert slack.overheard is not None, "nobody kept what was sent"
    held: list[object] = [slack.web_api.calls]
    held += [[one.payload, one.response] for one in slack.deliveries]
    for workspace in slack.workspaces.values():
        held += [workspace.users, workspace.channels, workspace.views.modals, workspace.views.homes]
    files = [f"{one.name} {one.title} {one.alt} {text_of_file(one.content or b'')}" for one in slack.files.values()]
    return [*slack.overheard, *[repr(one).encode("utf-8", "replace") for one in held], *map(str.encode, files)]


def files_of_the_database(folder: Path) -> list[bytes]:
    """The database with what lies beside it, byte by byte."""
    return [file.read_bytes() for file in sorted(folder.glob("baraza.sqlite3*"))]
