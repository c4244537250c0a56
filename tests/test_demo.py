"""``baraza demo``: the whole week is seen by those it is for, and what is not seen is said."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

import bot.demo
from bot.cli import cli
from bot.demo.secrecy import nobody_can_tell_who_asked, nobody_sees_the_words
from bot.demo.story import CIRCLE, MONDAY, WEEK, Cast, Scene
from tests.trees import clean_environment

pytestmark = pytest.mark.process

COMMAND = [sys.executable, "-m", "bot", "demo"]
# What stands on Chloé's own screen is in her language, where Baraza speaks it.
STEPS = [
    "Chloé joins #Circle.",
    "Chloé sees in private, from Baraza:",
    "Chloé fills in “",
    "Please welcome Chloé Vasseur (Lakeside mission)!",
    "Chloé sees Céline's hello below it.",
    "Baraka sees Hassan's answer below the question.",
    "Chloé types /ask to Baraza, in private.",
    "Chloé fills in “",
    "Chloé sees in private, from Baraza:",
    "Q1 (mental health): a question for you",
    "The other 11 members look everywhere: none of them sees the question.",
    "Q1 still waits for your answer.",
    "Nadia fills in “Answer a question”:",
    "Chloé sees in private, from Baraza:",
    "Après une urgence",
    "Chloé presses [",
    "Your answer to Q1 helped.",
    "All 12 other members look everywhere: each can read it, and nothing about Q1 names Chloé.",
    "Ingrid types /health 7d in #Steering.",
    "Health check of Field Health Circle",
    "Amina sees it there too.",
    "everybody saw what was meant for them.",
]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """A user's environment, with a Baraza of their own in it and a folder for what is temporary."""
    (folder / "temporary").mkdir()
    own = {"DATABASE_URL": "postgresql://nobody@nowhere/theirs", "SLACK_BOT_TOKEN": "xoxb-1", "HTTP_PORT": "1"}
    return {**clean_environment(), "TMPDIR": str(folder / "temporary"), **own, **more}


def test_a_week_is_played_and_every_step_is_seen(tmp_path: Path) -> None:
    done = subprocess.run(COMMAND, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    at = 0
    for step in STEPS:
        assert step in done.stdout[at:], f"after {at} characters: {step}\n{done.stdout}"
        at = done.stdout.index(step, at)
    picture = tmp_path / "baraza-demo" / "health-check.png"
    assert f"The picture of the health check: {picture}\n" in done.stdout
    assert picture.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert list((tmp_path / "temporary").iterdir()) == []
    took = re.search(r"a week in \d+ seconds", done.stdout)
    print(took and took[0])


async def test_its_folder_is_kept_for_who_wants_to_look_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert await bot.demo.play(WEEK[:2], keep=True)
    [kept] = tmp_path.iterdir()
    assert f"cd {kept} && " in capsys.readouterr().out
    assert (kept / ".env").stat().st_mode & 0o077 == 0
    assert "Traceback" not in (kept / "output.txt").read_text()


async def nobody_comes(cast: Cast) -> None:
    await cast["Mei"].sees("a letter from the moon", "moon", place=CIRCLE)


async def a_button_is_missing(cast: Cast) -> None:
    hello = await cast["Paulo"].writes("Hello!", CIRCLE)
    await cast["Paulo"].presses_main_button(hello)


async def a_place_is_missing(cast: Cast) -> None:
    await cast["Lucie"].writes("Hello?", "Nowhere")


async def she_gives_herself_away(cast: Cast) -> None:
    await cast.chloe.joins(CIRCLE)
    await cast.chloe.writes("Q1 was mine.", CIRCLE)
    await nobody_can_tell_who_asked(cast.chloe, "Q1", "was mine")


async def another_one_reads_it(cast: Cast) -> None:
    await cast["Hassan"].writes("How is one to sleep?", "Experts")
    await nobody_sees_the_words(cast.chloe, cast["Nadia"], "How is one to sleep?")


@pytest.mark.parametrize(
    ("played", "sentence"),
    [
        (nobody_comes, "Mei Kawaguchi did not see a letter from the moon (in #Circle) within 0.5 seconds."),
        (a_button_is_missing, "Paulo Macuane was to press a button, but there was none."),
        (a_place_is_missing, "Lucie Ferrandier found no place called Nowhere."),
        (she_gives_herself_away, "Amina Wekesa can see that Q1 is Chloé Vasseur's question."),
        (another_one_reads_it, "Amina Wekesa can see the question, which is for Nadia Rahimov alone."),
    ],
)
def test_what_is_not_as_the_story_says_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, played: Callable[[Cast], Awaitable[None]], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    story = (Scene(MONDAY, 9, "A broken story", "It has to be noticed.", played),)
    monkeypatch.setattr(bot.demo, "play", partial(bot.demo.play, story, patience=0.5))
    done = CliRunner().invoke(cli, ["demo"])
    assert done.exit_code == 1, done.output
    assert f"The story stops here. {sentence}" in done.output
    assert "Traceback" not in done.output
    printed = re.search(r"What Baraza itself printed: (.*)", done.output)
    assert printed is not None
    assert "127.0.0.1" in Path(printed[1]).read_text()
    assert not (tmp_path / "baraza-demo").exists()


def test_its_baraza_ends_with_it_also_when_it_is_ended_early(tmp_path: Path) -> None:
    demo = subprocess.Popen(COMMAND, cwd=tmp_path, env=environment(tmp_path), stdout=subprocess.PIPE, text=True)
    assert demo.stdout is not None
    while "Chloé joins" not in demo.stdout.readline():
        assert demo.poll() is None
    [its_baraza] = psutil.Process(demo.pid).children()
    demo.terminate()
    assert demo.wait(timeout=60) == 1
    demo.stdout.close()
    assert not its_baraza.is_running()
    assert list((tmp_path / "temporary").iterdir()) == []
