"""``baraza demo``: the two weeks are seen by those they are for, and what is not seen is said."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any

import psutil
import pytest
from typer.testing import CliRunner

import bot.demo
from bot.cli import cli
from bot.demo import TWO_WEEKS, Scene
from bot.demo.asking import some_talk
from bot.demo.caring import nothing_in_an_export, somebody_is_forgotten, what_is_kept
from bot.demo.cast import A_WEEK, CIRCLE, FRIDAY, MONDAY, TUESDAY, WEDNESDAY, Cast
from bot.demo.newcomers import a_first_post, a_week_here, another_newcomer, still_a_stranger
from bot.demo.process import DemoStopped
from bot.demo.prompting import a_weekly_question, after_a_silence, one_and_not_two, the_question_of_the_week
from bot.demo.secrecy import nobody_can_tell_who_asked, nobody_sees_the_words
from bot.demo.sharing import a_thank_you, found_and_used, not_found, the_facilitators_day, worth_keeping
from tests.trees import clean_environment

pytestmark = pytest.mark.process

Played = Callable[[Cast], Awaitable[None]]

PATIENT_ENOUGH = 3.0
"""Seconds after which somebody who waits in vain gives up, and in which all else happens on a busy machine."""
COMMAND = [sys.executable, "-m", "bot", "demo"]
# What stands on Chloé's own screen is in her language, where Baraza speaks it.
STEPS = [
    "Chloé joins #Circle.",
    "Chloé sees in private, from Baraza:",
    "Chloé fills in “",
    "Please welcome Chloé Vasseur (Lakeside mission)!",
    "Chloé sees Céline's hello below it.",
    "Baraka sees Hassan's answer below the question.",
    "Mei reacts with 📌.",
    "Mei Kawaguchi would like to save something that you wrote",
    "Rafael sees what is known until now, without it.",
    "Hassan presses [Yes, share].",
    "2 contributions to review: C10 and C11",
    "Hassan El-Amry: shall everybody here find it?",
    "Amina presses [Publish it].",
    "C11, Vaccines from a warm fridge are not lost yet, is published",
    "Nothing waits for you in Field Health Circle today.",
    "Amina presses [Stop 1].",
    "Amina types to Baraza, in private: /prompt schedule every monday 9:00",
    "The next three dates:",
    "Amina presses [Yes, schedule it].",
    "comes early after 3 days of silence",
    "Chloé types to Baraza, in private: /ask",
    "Chloé fills in “",
    "Q7 (mental health): a question for you",
    "The other 12 members look everywhere: none of them sees the question.",
    "Daniel joins #Circle.",
    "Q7 still waits for your answer.",
    "Nadia fills in “Answer a question”:",
    "Chloé sees in private, from Baraza:",
    "Après une urgence",
    "A newcomer's first post has waited for an answer for a day.",
    "Amina presses [Go to the post], and is there.",
    "Your answer to Q7 helped.",
    "All 13 other members look everywhere: each can read it, and nothing about Q7 names Chloé.",
    "Daniel presses [Introduce me].",
    "Please welcome Daniel Achterberg (Technical support)!",
    "Daniel types to Baraza, in private: /log practice",
    "C12, Wash solar panels before eight in the morning, is published",
    "Samira sees in #Circle:",
    "What have the rains changed in your work this week?",
    "Valeria fills in “Answer the prompt”:",
    "Valeria Ponce Aldaz: Reports come a day late.",
    "These 2 conversations touch your topics.",
    "Chloé types to Baraza, in private: /find vaccines in a warm fridge",
    "Chloé presses [I used this].",
    "Somebody used what you shared: C11",
    "Baraka Ndunguru thanks Daniel Achterberg for the fridge at Hilltop",
    "Nadia Rahimov thanks you for taking Daniel Achterberg across the lake",
    "Three days of silence",
    "Céline fills in “Answer the prompt”:",
    "2 people have answered",
    "Chloé types to Baraza, in private: /mydata",
    "Chloé opens my-data-",
    "Ingrid types in #Steering: /health 30d",
    "Health check of Field Health Circle",
    "2 published",
    "people who answered each:",
    "Thanks: 6 times. In front of everybody: Daniel Achterberg",
    "Amina sees it there too.",
    "Daniel presses [Forget me and delete what I wrote].",
    "It is done: nothing here leads to you any more.",
    "Nobody here has said that they know about solar fridges.",
    "I found nothing about solar panels here yet.",
    "Everything that is published stands in it, and nothing of his.",
    "Amina presses [Take the name out].",
    "It is the same again: Messages:",
    "since Friday no other question has come.",
    "3 people answered the prompt of",
    "everybody saw what was meant for them.",
]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """A user's environment, with a Baraza of their own in it and a folder for what is temporary."""
    (folder / "temporary").mkdir()
    own = {"DATABASE_URL": "postgresql://nobody@nowhere/theirs", "SLACK_BOT_TOKEN": "xoxb-1", "HTTP_PORT": "1"}
    return {**clean_environment(), "TMPDIR": str(folder / "temporary"), **own, **more}


def test_two_weeks_are_played_and_every_step_is_seen(tmp_path: Path) -> None:
    done = subprocess.run(COMMAND, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    told = " ".join(line.strip().removeprefix("| ") for line in done.stdout.splitlines())
    at = 0
    for step in STEPS:
        assert step in told[at:], f"after {at} characters: {step}\n{done.stdout}"
        at = told.index(step, at)
    picture = tmp_path / "baraza-demo" / "health-check.png"
    assert f"The picture of the health check: {picture}\n" in done.stdout
    assert picture.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert list((tmp_path / "temporary").iterdir()) == []
    took = re.search(r"two weeks in \d+ seconds", done.stdout)
    print(took and took[0])


async def test_its_folder_is_kept_for_who_wants_to_look_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert await bot.demo.play(TWO_WEEKS[:2], keep=True)
    [kept] = tmp_path.iterdir()
    assert f"cd {kept} && " in capsys.readouterr().out
    assert (kept / ".env").stat().st_mode & 0o077 == 0
    assert "Traceback" not in (kept / "output.txt").read_text()


def stops(played: Played, sentence: str) -> Played:
    """The scene, which has to stop with this sentence; then the story goes on."""

    @wraps(played)
    async def lacking(cast: Cast) -> None:
        try:
            await played(cast)
        except DemoStopped as stopped:
            if sentence not in str(stopped):
                raise
        else:
            raise DemoStopped(f"Nobody noticed that this should stop: {sentence}")

    return lacking


def without(name: str, act: str, played: Played) -> Played:
    """The scene, in which one person does not do such a thing."""

    @wraps(played)
    async def lacking(cast: Cast) -> None:
        member = getattr(cast, name, None) or cast[name]

        async def nothing(*_: Any, **__: Any) -> None: ...

        setattr(member, act, nothing)
        try:
            await played(cast)
        finally:
            delattr(member, act)

    return lacking


async def chloe_joins(cast: Cast) -> None:
    await cast.chloe.joins(CIRCLE)


async def daniel_is_answered(cast: Cast) -> None:
    hello = cast.held("Daniel's hello")
    await cast["Mei"].writes("Karibu!", CIRCLE, under=hello)


async def somebody_talks(cast: Cast) -> None:
    await cast["Mei"].writes("The tap at the school runs again.", CIRCLE)


async def one_more_prompt(cast: Cast) -> None:
    prompt = await cast["Amina"].writes("Shall we have a question today?", CIRCLE)
    cast.keep("the early question", prompt)
    await cast["Amina"].types("/prompt now")
    await cast.stage.wait(minutes=1)
    await one_and_not_two(cast)


async def he_is_still_found(cast: Cast) -> None:
    await not_found(cast["Rafael"], "/who cold chain", "Hassan")


async def his_words_are_exported(cast: Cast) -> None:
    await nothing_in_an_export(cast["Amina"], cast["Hassan"])


async def there_is_no_file(cast: Cast) -> None:
    hello = await cast["Paulo"].writes("Here is nothing.", CIRCLE)
    await cast["Paulo"].opens(hello, ".json")


async def nothing_leads_there(cast: Cast) -> None:
    hello = await cast["Paulo"].writes("Look here!", CIRCLE)
    await cast["Paulo"].follows(hello, CIRCLE)


LACKING: tuple[tuple[int, str, Played, str], ...] = (
    (MONDAY, "09:00", a_thank_you, "Samira Haddadine did not see it, as everybody does"),
    (MONDAY, "09:10", what_is_kept, "Chloé Vasseur did not see two files"),
    (MONDAY, "09:20", chloe_joins, ""),
    (MONDAY, "11:00", some_talk, ""),
    (MONDAY, "14:00", found_and_used, "Chloé Vasseur did not see Hassan's advice"),
    (MONDAY, "16:00", without("Hassan", "presses_main_button", worth_keeping),
     "Hassan El-Amry did not see that a facilitator has a look"),
    (TUESDAY, "08:00", the_facilitators_day, "Amina Wekesa did not see a card"),
    (TUESDAY, "09:00", without("Amina", "presses_main_button", a_weekly_question),
     "Amina Wekesa did not see that it counts from now on"),
    (TUESDAY, "12:00", another_newcomer, ""),
    (TUESDAY, "13:00", daniel_is_answered, ""),
    (WEDNESDAY, "13:30", a_first_post, "Amina Wekesa did not see that a first post waits"),
    (FRIDAY, "12:30", without("daniel", "presses_main_button", still_a_stranger),
     "Daniel Achterberg did not see a form that opens"),
    (A_WEEK + MONDAY, "09:05", the_question_of_the_week, "Samira Haddadine did not see the question of the week"),
    (A_WEEK + TUESDAY, "09:05", somebody_talks, ""),
    (A_WEEK + TUESDAY, "13:00", a_week_here, "Chloé Vasseur did not see conversations that fit her"),
    (A_WEEK + FRIDAY, "10:05", after_a_silence, "Céline Mbuyi did not see the next question"),
    (A_WEEK + FRIDAY, "11:00", one_more_prompt, "Amina Wekesa sees a second prompt (in #Circle)"),
    (A_WEEK + FRIDAY, "12:00", he_is_still_found, "Rafael Quispe Mora still finds something of who was forgotten."),
    (A_WEEK + FRIDAY, "12:10", his_words_are_exported, "Amina Wekesa finds something of Hassan El-Amry in the export."),
    (A_WEEK + FRIDAY, "12:20", there_is_no_file, "Paulo Macuane got no file that ends with .json."),
    (A_WEEK + FRIDAY, "12:30", nothing_leads_there, "Paulo Macuane was to follow a button, but none leads anywhere."),
    (A_WEEK + FRIDAY, "14:00", somebody_is_forgotten, "Rafael Quispe Mora did not see it"),
)  # fmt: skip


async def test_each_scene_stops_where_it_lacks_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    story = [
        Scene(day, hour, played.__name__, "It has to be noticed.", stops(played, sentence) if sentence else played)
        for day, hour, played, sentence in LACKING
    ]
    assert await bot.demo.play(story, patience=PATIENT_ENOUGH), capsys.readouterr().out


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
    story = (Scene(MONDAY, "09:00", "A broken story", "It has to be noticed.", played),)
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
