"""The command line: ``baraza`` and ``python -m bot``."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.core.clock import Clock
from bot.core.errors import Refusal
from bot.logs import configure_logs
from bot.settings import Settings, SettingsProblem, load_settings
from bot.texts import Texts
from storage.database import Database, DatabaseProblem, DatabaseUnavailable
from storage.encryption import WrongKey

if TYPE_CHECKING:
    from bot.app import App

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
importing = typer.Typer(add_completion=False, no_args_is_help=True)
cli.add_typer(importing, name="import", help="Read an archive of another chat program into a community.")
exporting = typer.Typer(add_completion=False, no_args_is_help=True)
cli.add_typer(exporting, name="export", help="Write what a community has as a file.")
slack = typer.Typer(add_completion=False, no_args_is_help=True)
cli.add_typer(slack, name="slack", help="Put Baraza into Slack workspaces.")

Work = Callable[[Settings], Coroutine[Any, Any, None]]
CommunityName = Annotated[str | None, typer.Option("--community", metavar="NAME", help="Which community.")]


def main() -> None:
    """Run the command line."""
    cli()


class Stop(Exception):
    """The program can't go on; the message says why and what to do."""


@cli.callback(invoke_without_command=True)
def _default(context: typer.Context) -> None:
    """Baraza helps the facilitators of communities. With no command it starts."""
    if context.invoked_subcommand is None:
        _carry_out(_serve)


@cli.command()
def run() -> None:
    """Start Baraza and keep it running; Ctrl+C stops it."""
    _carry_out(_serve)


@cli.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Keep the demo's database, to look around in it.")] = False,
) -> None:
    """Play two weeks in the life of a community, in half a minute: what each member does and sees."""
    from bot.demo import play

    try:
        seen = asyncio.run(play(keep=keep))
    except asyncio.CancelledError:  # a signal ended it
        seen = False
    if not seen:
        raise typer.Exit(1)


@cli.command()
def doctor() -> None:
    """Check settings, clock, database and platforms, and list dead letters: one line each, with what to do."""
    from bot.doctor import examine

    async def work(settings: Settings) -> None:
        if not await examine(settings, typer.echo):
            raise typer.Exit(1)

    _carry_out(work)


@cli.command()
def health(
    start: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day, or an ISO time.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="The day after the last one.")] = None,
    every: Annotated[str | None, typer.Option(metavar="week|30d", help="Cut it into windows.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    community: CommunityName = None,
) -> None:
    """Print a community's health check, by default of the last 30 days."""
    from bot.health_command import print_health

    async def work(settings: Settings) -> None:
        async with _opened(settings) as database:
            await print_health(database, community, start=start, end=end, every=every, as_json=as_json, echo=typer.echo)

    _carry_out(work)


@importing.command("slack-export")
def import_slack_export_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="The export as Slack wrote it.")],
    community: CommunityName = None,
) -> None:
    """Read a Slack export; a new community is made, unless --community names one. Twice is as good as once."""
    from bot.import_command import import_with_progress

    async def work(settings: Settings) -> None:
        async with _opened(settings) as database:
            await import_with_progress(database, file, community, typer.echo)

    _carry_out(work)


@exporting.command("contributions")
def export_contributions_command(
    how: Annotated[str, typer.Option("--format", metavar="md|csv|xlsx", help="Which kind of file.")] = "md",
    community: CommunityName = None,
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Where to; otherwise it is printed.")] = None,
) -> None:
    """Write the lessons, practices, resources and stories that a community has published."""
    from bot.export_command import export_contributions

    async def work(settings: Settings) -> None:
        async with _opened(settings) as database:
            await export_contributions(database, community, how, to)

    _carry_out(work)


@slack.command("install")
def slack_install_command(
    token: Annotated[
        str | None, typer.Option(metavar="xoxb-...", help="The bot token; otherwise SLACK_BOT_TOKEN, or you are asked.")
    ] = None,
) -> None:
    """Keep the bot token of one workspace, encrypted, and say whether it can do everything."""
    from bot.slack_install import install_with_token

    def ask() -> str:
        return str(typer.prompt("Bot User OAuth Token (xoxb-...), from OAuth & Permissions", hide_input=True))

    async def work(settings: Settings) -> None:
        async with _opened(settings) as database:
            await install_with_token(database, settings, token, ask, typer.echo)

    _carry_out(work)


def _carry_out(work: Work) -> None:
    """Run a command with its settings; what stops it is said in plain words, and the exit code is 1."""
    try:
        settings = load_settings()
        configure_logs(settings.log_level)
        asyncio.run(work(settings))
    except Refusal as refusal:
        typer.echo(Texts().wording().say(refusal.key, **refusal.values).plain(), err=True)
    except (Stop, SettingsProblem, DatabaseProblem, WrongKey) as problem:
        typer.echo(str(problem), err=True)
    except DatabaseUnavailable as problem:
        typer.echo(f"The database does not answer ({problem}). Is it running, and is DATABASE_URL right?", err=True)
    else:
        return
    raise typer.Exit(1)


def _database(settings: Settings) -> Database:
    secret = settings.secret_key
    return Database(settings.database_url, secret.get_secret_value() if secret else None)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    """An open, up-to-date database, for commands that stand beside the running program."""
    from storage.installation import check_key
    from storage.runner_lock import only_runner
    from storage.schema import known_revisions, revision_of, upgrade

    database = _database(settings)
    try:
        if await revision_of(database) != known_revisions()[-1]:
            async with only_runner(database):  # the tables don't change under a running program
                await upgrade(database)
        async with database.transaction() as session:
            await check_key(session, database.cipher)
        yield database
    finally:
        await database.close()


async def _serve(settings: Settings) -> None:
    from bot.app import App
    from bot.chat_platforms import chat_platforms

    clock, database = Clock(), _database(settings)
    platforms = chat_platforms(settings, clock, database.cipher)
    app = App(settings, database, platforms, clock=clock) if platforms else _local_app(settings, database, clock)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    try:
        await app.start()
    except OSError as error:
        raise Stop(
            f"Port {settings.http_port} can't be opened ({error.strerror}). Is another Baraza running? "
            "Stop it, or set HTTP_PORT to another number."
        ) from error
    if database.secret_key_created:
        typer.echo(f"SECRET_KEY was not set: a new key is in {database.secret_key_created}. Keep a copy of that file.")
    _greet(app)
    gc.freeze()  # what is there by now stays there: to look through it now and then held everything up for 150 ms
    await stopping.wait()
    await app.stop()


def _local_app(settings: Settings, database: Database, clock: Clock) -> App:
    from bot.local_installation import LocalApp

    if not settings.loopback_only:
        raise Stop(
            f"HTTP_HOST is {settings.http_host}, but the local page is for this machine alone: whoever opens it "
            "can be anybody. Set HTTP_HOST=127.0.0.1."
        )
    return LocalApp(settings, database, clock)


def _greet(app: App) -> None:
    """Say where Baraza is now, and what is amiss from the start."""
    if "local" in app.platforms:
        typer.echo("There are no Slack or Telegram tokens in .env, so Baraza serves its local page.")
        typer.echo(f"Open {app.web.url} in your browser. Ctrl+C stops it.")
        return
    for name, platform in app.platforms.items():
        trouble = platform.trouble()
        typer.echo(f"{name.capitalize()}: {trouble}." if trouble else f"{name.capitalize()}: connected.")
    typer.echo(f"How it is doing: {app.web.url}/healthz. Ctrl+C stops it.")
