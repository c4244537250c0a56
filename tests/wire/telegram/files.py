"""Files that bots and people send."""

from __future__ import annotations

import mimetypes
import struct
from typing import TYPE_CHECKING

from tests.wire.telegram.refusal import Json, Refused
from tests.wire.telegram.state import File

if TYPE_CHECKING:
    from tests.wire.telegram.call import Call, Upload
    from tests.wire.telegram.emulator import TelegramEmulator

LARGEST_PHOTO = 10 * 1024**2
LARGEST_DOWNLOAD = 20 * 1024**2

_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")
_NO_FILE = "wrong file identifier/HTTP URL specified"


def kept(telegram: TelegramEmulator, kind: str, name: str, content: bytes, mime: str = "") -> File:
    """Keep a file; ``kind`` is ``photo`` or ``document``."""
    number = len(telegram.files)
    suffix = name[name.rfind(".") :] if "." in name else ""
    file = File(
        id=f"{'AgACAgIAAxk' if kind == 'photo' else 'BQACAgIAAxk'}{telegram.secret(40)}",
        unique_id=f"AQAD{telegram.secret(10)}",
        name=name,
        mime=mime or mimetypes.guess_type(name)[0] or "application/octet-stream",
        content=content,
        kind=kind,
        path=f"{kind}s/file_{number}{suffix}",
    )
    telegram.files[file.id] = file
    return file


def shown(file: File) -> Json:
    """A file as a message has it."""
    if file.kind == "photo":
        width, height = _size(file.content)
        return {"photo": [{**file.shape(), "width": width, "height": height}]}
    return {"document": {**file.shape(), "file_name": file.name, "mime_type": file.mime}}


def sent(call: Call, kind: str, named: str | None, field: str) -> File:
    """The file of a call: an upload of its own, one that is attached, or one that Telegram has already."""
    upload = call.uploads.get(field)
    if named is not None and named.startswith("attach://"):
        upload = call.uploads.get(named.removeprefix("attach://"))
        if upload is None:
            raise Refused(_NO_FILE)
    if upload is not None:
        return _taken(call.telegram, kind, upload)
    if named is not None and named.startswith(("http://", "https://")):
        raise Refused("failed to get HTTP URL content")
    file = call.telegram.files.get(named or "")
    if file is None:
        raise Refused(_NO_FILE)
    if file.kind != kind:
        raise Refused(f"can't use file of type {file.kind.title()} as {kind.title()}")
    return file


def _taken(telegram: TelegramEmulator, kind: str, upload: Upload) -> File:
    if not upload.content:
        raise Refused("file must be non-empty")
    if kind == "photo":
        _check_photo(upload.content)
    return kept(telegram, kind, upload.filename or "file", upload.content, upload.mime)


def _check_photo(content: bytes) -> None:
    if len(content) > LARGEST_PHOTO:
        raise Refused(
            f"file of size {len(content)} bytes is too big for a photo; the maximum size is {LARGEST_PHOTO} bytes"
        )
    if not content.startswith(_PICTURES):
        raise Refused("IMAGE_PROCESS_FAILED")
    width, height = _size(content)
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise Refused("PHOTO_INVALID_DIMENSIONS")


def _size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG; others are taken to be of a usual size."""
    if content.startswith(_PICTURES[0]) and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return int(width), int(height)
    return 800, 600
