"""The command line: ``baraza`` and ``python -m bot``."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine
from typing import Any

import typer

from bot.logs import configure_logs
from bot.settings import Settings, SettingsProblem, load_settings
from storage.database import Database, DatabaseProblem

cli = typer.Typer(add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False)


def main() -> None:
    """Run the command line."""
    cli()


class Stop(Exception):
    """The program can't go on; the message says why and what to do."""


@cli.callback(invoke_without_command=True)
def _default(context: typer.Context) -> None:
    """Baraza helps the facilitators of a community. With no command it starts."""
    if context.invoked_subcommand is None:
        _carry_out(_serve)


@cli.command()
def run() -> None:
    """Start Baraza and keep it running."""
    _carry_out(_serve)


def _carry_out(command: Any) -> None:
    """Run a command with its settings; what stops it is said in plain words, and the exit code is 1."""
    try:
        settings = load_settings()
        configure_logs(settings.log_level)
        asyncio.run(command(settings))
    except (Stop, SettingsProblem, DatabaseProblem) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None


async def _serve(settings: Settings) -> None:
    from bot.local_installation import LocalApp

    app = LocalApp(settings, Database(settings.database_url))
    await app.start()
    typer.echo(f"open {app.web.url}")
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await stopping.wait()
    await app.stop()
