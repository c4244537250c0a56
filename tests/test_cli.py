"""The command line says what happened, and what to do when it can't."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import cli
from storage import inbox
from storage.database import Database
from tests.databases import SECRET_KEY
from tests.slack_exports import in_days, said, user, write_export


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "TELEGRAM_BOT_TOKEN", "HTTP_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/baraza.sqlite3")
    monkeypatch.setenv("SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def small_export(folder: Path, name: str = "nurses") -> Path:
    entries = [said("U1", "1700006400.000100", "Who knows?"), said("U2", "1700009400.000100", "I do")]
    return write_export(folder / f"{name}.zip", in_days("general", entries), users=[user("U1"), user("U2")])


def test_an_export_is_imported_and_its_health_printed(tmp_path: Path) -> None:
    done = run("import", "slack-export", str(small_export(tmp_path)))
    assert done.exit_code == 0, done.output
    assert "Imported into the community nurses: 2 messages by 2 people in 1 places" in done.output

    table = run("health", "--from", "2023-11-15", "--to", "2023-11-16")
    assert table.exit_code == 0, table.output
    assert "nurses: 2023-11-15 – 2023-11-16 (UTC)" in table.output
    assert "no threads in this archive" in table.output

    data = json.loads(run("health", "--from", "2023-11-15", "--to", "2023-11-16", "--json").output)
    assert data["figures"]["messages"] == 2
    assert data["figures"]["threads"] is None
    assert data["reasons"]["threads"] == "no threads in this archive"
    assert data["previous"]["figures"]["messages"] == 0
    assert data["from"].startswith("2023-11-15T00:00:00")

    windows = json.loads(run("health", "--from", "2023-11-01", "--to", "2023-11-29", "--every", "week").output)
    assert [one["figures"]["messages"] for one in windows["windows"]] == [0, 0, 2, 0]


def test_a_full_time_is_understood_as_well_as_a_date(tmp_path: Path) -> None:
    imported = run("import", "slack-export", str(small_export(tmp_path)))
    assert imported.exit_code == 0, imported.output
    done = run("health", "--from", "2023-11-15T00:30:00+00:00", "--to", "2023-11-16T03:00:00+03:00", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["figures"]["messages"] == 1


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    path = small_export(tmp_path)
    run("import", "slack-export", str(path))
    again = run("import", "slack-export", str(path))
    assert again.exit_code == 0
    assert "Nothing was changed." in again.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["health"], "There is no community yet."),
        (["import", "slack-export", "nowhere.zip"], "nowhere.zip can't be read"),
        (["health", "--every", "year"], "--every takes week or 30d."),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(arguments: list[str], sentence: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 1
    assert sentence in done.output
    assert "Traceback" not in done.output


def test_questions_about_communities_and_dates_are_answered(tmp_path: Path) -> None:
    for name in ("nurses", "midwives"):
        run("import", "slack-export", str(small_export(tmp_path, name)))
    assert 'Choose one: --community "nurses", --community "midwives"' in run("health").output
    assert "There is no community called doctors." in run("health", "--community", "doctors").output
    assert "May is no date." in run("health", "--community", "NURSES", "--from", "May").output
    backwards = run("health", "--community", "nurses", "--from", "2024-01-02", "--to", "2024-01-01")
    assert "--from has to be earlier than --to." in backwards.output


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("HTTP_HOST", "0.0.0.0", "the local page is for this machine alone"),  # noqa: S104
        ("DATABASE_URL", "mysql://somewhere/else", "Baraza works with sqlite and postgresql"),
        ("DEFAULT_TIMEZONE", "Mars/Olympus", "DEFAULT_TIMEZONE: use a name such as UTC or Africa/Nairobi"),
        ("DEFAULT_LANGUAGE", "klingon", "DEFAULT_LANGUAGE: use a language code such as en or fr"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL: use DEBUG, INFO, WARNING or ERROR"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    done = run("run")
    assert done.exit_code == 1
    assert sentence in done.output


def test_a_damaged_database_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "baraza.sqlite3"
    path.write_bytes(b"this is no database, but it is long enough to be looked at" * 100)
    before = path.read_bytes()
    for command in ("run", "doctor", "health"):
        done = run(command)
        assert done.exit_code == 1
        assert "is damaged, or no SQLite database" in done.output, command
    assert path.read_bytes() == before


def test_the_doctor_finds_nothing_wrong_with_a_fresh_installation(tmp_path: Path) -> None:
    fresh = run("doctor")
    assert fresh.exit_code == 0, fresh.output
    assert "migrations: ok (an empty database" in fresh.output
    run("import", "slack-export", str(small_export(tmp_path)))
    lines = run("doctor").output.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "settings",
        "clock",
        "time zones",
        "database",
        "migrations",
        "secret key",
        "communities",
        "dead letters",
    ]
    assert all(": ok (" in line for line in lines), lines


def test_the_doctor_lists_dead_letters_without_anybodys_words(tmp_path: Path) -> None:
    run("import", "slack-export", str(small_export(tmp_path)))

    async def die() -> None:
        from datetime import UTC, datetime

        from bot.core.platform import RawEvent

        database = Database(f"sqlite:///{tmp_path}/baraza.sqlite3", SECRET_KEY)
        raw = RawEvent("local", "local", "1", "here", b"my secret words")
        await inbox.keep(database, [raw], datetime.now(UTC))
        async with database.transaction() as session:
            letter = (await inbox.waiting(session, limit=1))[0]
            await inbox.bury(session, letter.id, 8, "KeyError at greet:17")
        await database.close()

    asyncio.run(die())
    done = run("doctor")
    assert done.exit_code == 1
    assert "dead letter: inbox 1 (local)" in done.output
    assert "KeyError at greet:17" in done.output
    assert "secret words" not in done.output


def test_the_doctor_notices_another_key_and_a_newer_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    run("import", "slack-export", str(small_export(tmp_path)))
    monkeypatch.setenv("SECRET_KEY", "another key")
    assert "SECRET_KEY is not the one" in run("doctor").output
    monkeypatch.setenv("SECRET_KEY", SECRET_KEY)
    with sqlite3.connect(tmp_path / "baraza.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "a newer Baraza has been here (revision 9999)" in run("doctor").output
    assert "This database was written by a newer Baraza" in run("run").output
