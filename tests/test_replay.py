"""An archive gives the same figures however it comes in: imported, lived through, or with thirty deaths between."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from handlers.imports import import_slack_export
from tests.community import running
from tests.process import Process, baraza, process
from tests.replay import WINDOW, Replay, archive, prepare, real_archive

KILLS = 30
EXPECTED = {
    "messages": 1025,
    "active_members": 32,
    "gini": 0.805579,
    "top10_share": 0.783415,
    "newcomer_retention_w2": 0.2,
    "newcomer_retention_d30": 0.285714,
    "questions": 104,
}
NEED_THREADS = (
    "threads",
    "replies",
    "first_response_median",
    "first_response_p90",
    "reply_coverage_24h",
    "solo_threads",
    "newcomer_reply_rate",
    "reciprocity",
    "density",
    "cross_group_share",
)
SAME = (*EXPECTED, "new_members", "known_members", "absence_factor", "returning", "lost", *NEED_THREADS)

Json = dict[str, Any]


def health(folder: Path, community: str) -> Json:
    """What ``baraza health --json`` prints for the archive's window."""
    start, end = WINDOW
    done = baraza(folder, "health", "--community", community, "--from", start, "--to", end, "--json")
    assert done.returncode == 0, done.stderr
    found: Json = json.loads(done.stdout)
    return found


def imported_figures(folder: Path, path: Path) -> Json:
    """The figures after an import by the command line."""
    done = baraza(folder, "import", "slack-export", str(path), "--community", "Archive")
    assert done.returncode == 0, done.stderr
    return health(folder, "Archive")


@pytest.mark.process
def test_the_real_archive_gives_the_known_figures(tmp_path: Path) -> None:
    path = real_archive()
    if path is None:
        pytest.skip("set BARAZA_SAMPLE_DATA to the folder that holds houston-slack-export.zip")
    found = imported_figures(tmp_path, path)
    for name, value in EXPECTED.items():
        assert found["figures"][name] == pytest.approx(value, abs=1e-6), name
    for name in NEED_THREADS:
        assert found["figures"][name] is None, name
        assert found["reasons"][name], name


@pytest.mark.process
async def test_the_archive_lived_through_gives_the_figures_of_its_import(tmp_path: Path) -> None:
    path = archive(tmp_path)
    async with running(tmp_path, log_level="ERROR") as talk:
        replay = await prepare(talk, path)
        await replay.play()
        assert set((await replay.greetings()).values()) == {1}
        assert talk.app is not None
        await import_slack_export(talk.app.database, path, "Archive", datetime.now(UTC), lambda done, total: None)
    lived = baraza_figures(tmp_path, "Replay")
    kept = baraza_figures(tmp_path, "Archive")
    assert {name: lived[name] for name in SAME} == {name: kept[name] for name in SAME}


def baraza_figures(folder: Path, community: str) -> Json:
    figures: Json = health(folder, community)["figures"]
    return figures


@pytest.mark.process
async def test_thirty_deaths_change_no_figure_and_nobody_is_greeted_twice(tmp_path: Path) -> None:
    path = archive(tmp_path)
    random = Random(30)
    async with process(tmp_path) as (installation, talk):
        replay = await prepare(talk, path)
        over = asyncio.Event()
        dying = asyncio.create_task(_die_again_and_again(installation, replay, random, over))
        await replay.play(pause=_pace(len(replay.happenings), over))
        assert await dying == KILLS
        await installation.healthy(talk.session)
        await talk.settle()
        assert set((await replay.greetings()).values()) == {1}
        assert installation.terminate() == 0
    lived = baraza_figures(tmp_path, "Replay")
    kept = imported_figures(tmp_path, path)["figures"]
    assert {name: lived[name] for name in SAME} == {name: kept[name] for name in SAME}
    assert "dead letters: ok (none)" in baraza(tmp_path, "doctor").stdout


async def _die_again_and_again(installation: Process, replay: Replay, random: Random, over: asyncio.Event) -> int:
    """Kill the process at random moments of its life, from before it is ready to long after."""
    for _ in range(KILLS):
        if random.random() < 0.7:
            await installation.healthy(replay.talk.session)
        await asyncio.sleep(random.uniform(0.01, 0.6))
        installation.kill()
        installation.start()
    over.set()
    return KILLS


def _pace(happenings: int, over: asyncio.Event) -> Any:
    """Spread the replay so that it outlasts the deaths: the last tenth waits for the last of them."""
    done = 0

    async def pause() -> None:
        nonlocal done
        done += 1
        if done >= happenings * 0.9 or over.is_set():
            await over.wait()
        else:
            await asyncio.sleep(0.35)

    return pause
