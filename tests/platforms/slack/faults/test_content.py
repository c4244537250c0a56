"""Words at their worst, from somebody's keyboard through the whole program and back: they ping and pretend nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.frame import echo
from tests.platforms.slack.faults.installation import Installed, answering, installed
from tests.wire.slack import Seen

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
HOSTILE = {
    "channel": "<!channel> <!here> <!everyone> @channel @here @everyone <!subteam^S0123>",
    "mention": "<@U0123456789> <#C0123456789|general>",
    "link": "<evil.example|good.example> [good](https://evil.example)",
    "html": "<b>bold</b> <script>alert(1)</script> &lt;!channel&gt; &amp;",
    "markup": "*bold* _italic_ ~gone~ `code` **bold** > quote :tada: # title",
    "rtl": "\u202egnp.exe \u2066hidden\u2069",
    "family": FAMILY * 50,
    "names": "{text} {x} %s {{y}} \\n",
    "date": "<!date^1392734382^{date}|soon>",
}


def own(here: Installed) -> list[Seen]:
    return [one for one in here.ana._everything(here.circle) if one.by_bot]


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
async def test_what_somebody_writes_comes_back_as_plain_words(tmp_path: Path, words: str) -> None:
    async with installed(tmp_path, echo()) as here:
        await here.ana.writes("circle", words)
        await here.settles()
        (seen,) = own(here)
        assert seen.rendering.pings == []
        assert seen.rendering.formatting == []
        assert seen.rendering.links == []
        assert seen.rendering.emoji == []
        visible = words.translate({ord(mark): None for mark in "\u202e\u2066\u2069"})
        assert seen.text.split() == visible.split()
        assert "\u202e" not in str(seen.raw)
        assert here.slack.web_api.refused() == []
        assert await here.dead() == []


async def test_five_thousand_marks_on_one_letter_hold_nothing_up(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        await here.ana.writes("circle", "e" + "\u0301" * 5_000 + " and more")
        await here.ana.writes("circle", "after")
        await here.settles()
        assert own(here)[0].text.startswith("e\u0301")
        assert own(here)[0].text.endswith(" and more")
        assert own(here)[-1].text == "after"
        assert here.slack.web_api.refused() == []
        assert await here.dead() == []


async def test_a_hundred_thousand_characters_arrive_whole_and_once(tmp_path: Path) -> None:
    words = " ".join(f"word{number}" for number in range(12_000))[:100_000]
    async with installed(tmp_path, echo()) as here:
        await here.ana.writes("circle", words)
        await here.settles()
        files = [file["content"].decode() for one in own(here) for file in one.files]
        told = "".join(one.text for one in own(here))
        assert files == [words]
        assert told.startswith("word0 word1 ")
        assert here.slack.web_api.refused() == []
        assert await here.dead() == []


@pytest.mark.parametrize("words", ["<!channel>", "*bold* <@U0123456789> <https://evil.example|good>"])
async def test_an_unknown_command_is_repeated_as_plain_words(tmp_path: Path, words: str) -> None:
    async with installed(tmp_path, answering()) as here:
        await here.ana.types(f"/baraza {words}", "circle")
        await here.settles()
        (seen,) = (one for one in here.ana.sees("circle") if one.by_bot)
        assert (seen.rendering.pings, seen.rendering.formatting, seen.rendering.links) == ([], [], [])
        assert here.ben.hears("circle") == []
