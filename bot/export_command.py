"""``baraza export``: what a community has published, as a file."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import typer

from bot.chosen_community import chosen
from bot.core.errors import Refusal
from bot.core.messages import mark
from bot.texts import Texts
from handlers.contributions import FORMATS, exported
from storage.database import Database

_NO_FORMAT = mark("--format takes {choices}.")
_NEEDS_FILE = mark("A spreadsheet can't be printed. Name a file: --to contributions.xlsx")
_UNWRITABLE = mark("{file} can't be written ({reason}). Name another file with --to.")


async def export_contributions(database: Database, name: str | None, how: str, file: Path | None) -> None:
    """Write the community's published contributions into ``file``, or print them. Raises Refusal."""
    if how not in FORMATS:
        raise Refusal(_NO_FORMAT, choices=", ".join(FORMATS))
    if file is None and how == "xlsx":
        raise Refusal(_NEEDS_FILE)
    async with database.reading() as session:
        community = await chosen(session, name)
        content, count = await exported(session, community, how)
    if file is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        await asyncio.to_thread(file.write_bytes, content)
    except OSError as error:
        raise Refusal(_UNWRITABLE, file=str(file), reason=error.strerror or "") from error
    told = (
        Texts()
        .wording()
        .plural("{count} contribution is in {file}.", "{count} contributions are in {file}.", count, file=str(file))
    )
    typer.echo(told.plain())
