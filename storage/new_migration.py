"""``python -m storage.new_migration NAME``: write down, as a migration, what has changed in the tables.

A database in a temporary folder is brought to the newest migration; how the tables in the code differ from it
is the new one. The database that Baraza works with is never opened.
"""

from __future__ import annotations

import re
import sys
from argparse import Namespace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from storage.schema import MIGRATIONS

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_HOW = "Name the new migration in small letters, for example: make migration name=kudos"


class NoMigration(Exception):
    """There is nothing to write; the message says why."""


def write_migration(name: str, migrations: Path = MIGRATIONS) -> Path:
    """The file of the new migration. Raises NoMigration when the name is no name, or no table has changed."""
    if _NAME.fullmatch(name) is None:
        raise NoMigration(_HOW)
    earlier = [int(path.name.split("_")[0]) for path in (migrations / "versions").glob("[0-9]*.py")]
    number = f"{max(earlier, default=0) + 1:04}"
    with TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/tables.sqlite3")
        try:
            with engine.begin() as connection:
                _compare(_config(migrations, connection), name, number, upgrade_first=bool(earlier))
        finally:
            engine.dispose()
    path = migrations / "versions" / f"{number}_{name}.py"
    if not path.exists():
        raise NoMigration("The tables are as the migrations make them: there is nothing to write.")
    return path


def _config(migrations: Path, connection: object) -> Config:
    config = Config(cmd_opts=Namespace(quiet=True))
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("truncate_slug_length", "80")
    config.attributes["connection"] = connection
    return config


def _compare(config: Config, name: str, number: str, *, upgrade_first: bool) -> None:
    if upgrade_first:
        command.upgrade(config, "head")
    title = name.replace("_", " ").capitalize()
    command.revision(config, title, autogenerate=True, rev_id=number, process_revision_directives=_drop_if_empty)


def _drop_if_empty(_context: object, _revision: object, directives: list[Any]) -> None:
    """An empty difference makes no file."""
    if directives[0].upgrade_ops.is_empty():
        directives.clear()


def main(arguments: list[str]) -> int:
    """Write it and say where; the exit code."""
    try:
        path = write_migration(arguments[0] if len(arguments) == 1 else "")
    except NoMigration as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(f"Written: {path}\nRead it before you use it, as you would read anybody's code.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
