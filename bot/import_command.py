"""``baraza import``: the archive's way into a community, with a progress bar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from handlers.imports import ImportResult, import_slack_export
from storage.database import Database

Echo = Callable[[str], None]


async def import_with_progress(database: Database, file: Path, community: str | None, echo: Echo) -> None:
    """Import, and say what came of it. Raises Refusal in plain words when the archive can't be read."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"Reading {file.name}", total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        result = await import_slack_export(database, file, community, datetime.now(UTC), progress)
    for line in told(result):
        echo(line)


def told(result: ImportResult) -> list[str]:
    """What came of an import, and what to do next."""
    counts = (
        f"{result.messages:,} messages by {result.writers:,} people in {result.places:,} places, "
        f"{result.reactions:,} reactions, {result.joins:,} joins and {result.leaves:,} leaves"
    )
    if result.already_there:
        return [f"This archive is in the community {result.community} already: {counts}. Nothing was changed."]
    return [
        f"Imported into the community {result.community}: {counts}.",
        f'Its health check: baraza health --community "{result.community}"',
    ]
