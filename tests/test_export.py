"""``baraza export contributions``: what a community has published, as a file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import cli
from storage import contributions
from storage.communities import Community
from storage.contributions import Contribution
from storage.database import Database
from tests.community import START
from tests.databases import SECRET_KEY


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "TELEGRAM_BOT_TOKEN", "HTTP_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/baraza.sqlite3")
    monkeypatch.setenv("SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("LOG_LEVEL", "ERROR")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["export", "contributions", *arguments])


def keep(tmp_path: Path, *states: str) -> None:
    """A community with contributions in these states."""
    assert "There is no community yet." in run().output  # it makes the database

    async def fill() -> None:
        database = Database(f"sqlite:///{tmp_path}/baraza.sqlite3", SECRET_KEY)
        async with database.transaction() as session:
            community = Community(name="Nurses", created_at=START)
            session.add(community)
            await session.flush()
            for state in states:
                await contributions.add(
                    session,
                    Contribution(
                        community_id=community.id, state=state, kind="lesson", title=f"A {state} one",
                        text="Nine hours.", saved_at=START, published_at=START,
                    ),
                )  # fmt: skip
        await database.close()

    asyncio.run(fill())


def test_only_what_is_published_is_written(tmp_path: Path) -> None:
    keep(tmp_path, "asked", "review", "published", "set aside")
    printed = run("--format", "md")
    assert printed.exit_code == 0, printed.output
    assert "#### C3 A published one" in printed.output
    assert printed.output.count("####") == 1
    for how in ("md", "csv", "xlsx"):
        done = run("--format", how, "--community", "nurses", "--to", f"out.{how}")
        assert done.exit_code == 0, done.output
        assert f"1 contribution is in out.{how}." in done.output
        assert (tmp_path / f"out.{how}").stat().st_size > 50
    assert "A published one" in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert "A review one" not in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--format", "pdf"], "--format takes md, csv, xlsx."),
        (["--format", "xlsx"], "A spreadsheet can't be printed."),
        (["--community", "Drivers"], "There is no community called Drivers."),
        (["--to", "nowhere/out.md"], "nowhere/out.md can't be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    keep(tmp_path, "published")
    done = run(*arguments)
    assert done.exit_code == 1
    assert sentence in done.output
    assert "Traceback" not in done.output
