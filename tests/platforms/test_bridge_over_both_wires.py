"""One community on Slack and on Telegram, with the real SDKs: what people say travels, and who asked stays unknown."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from pathlib import Path

import structlog

from tests.platforms.both_wires import BothWires, Community, both_wires, by_polling_and_by_webhook, community
from tests.platforms.phone import Phone
from tests.platforms.traces import Traces, all_of, files_of_the_database

NUMBER = 7_618_924_403
ASKER = Traces(("Zenobia", "Quillfeather", "frostwhistle"), NUMBER)
QUESTION = "Puis-je refuser d'ouvrir le frigo ?"


async def asks_confidentially(asker: Phone) -> None:
    """Question by question, as there are no forms on Telegram."""
    await asker.says("/ask")
    await asker.says(QUESTION)
    await asker.presses("cold chain")
    assert "✓ Français" in asker.newest("Language").buttons
    await asker.presses("Français", "Confidentially", "Yes", "Ask")


@by_polling_and_by_webhook
async def test_who_asks_confidentially_on_telegram_is_in_no_byte_elsewhere(
    tmp_path: Path, logs: io.StringIO, webhook: bool
) -> None:
    async with both_wires(tmp_path, webhook=webhook, confidential_delay_seconds=60) as here:
        nurses = await community(here)
        await nurses.posts_everywhere()
        asker = here.phone(
            "Zenobia", last_name="Quillfeather", username="frostwhistle", language_code="fr", number=NUMBER
        )
        await asker.joins(nurses.cercle)
        await here.wait(days=1)
        await asks_confidentially(asker)
        await here.wait(minutes=2)
        await to_the_end(here, nurses, asker)
        sent, hassan = all_of(here.slack), nurses.hassan
        assert ASKER.found_among(sent) == []
        assert set(Traces((hassan.id, "Hassan")).found_among(sent)) == {hassan.id, "Hassan"}
        on_telegram = [repr(one).encode() for one in here.telegram.called("sendMessage")]
        assert set(ASKER.found_among(on_telegram)) >= {str(NUMBER), "Zenobia", "Quillfeather"}
        in_the_group = [repr(one).encode() for one in here.telegram.called("sendMessage")
                        if one["chat_id"] == nurses.cercle.id and "Q1" in one["text"]]  # fmt: skip
        assert in_the_group
        assert ASKER.found_among(in_the_group) == []
    structlog.get_logger().info("the end")
    assert "the end" in logs.getvalue()
    assert ASKER.found(logs.getvalue().encode()) == []
    kept = files_of_the_database(tmp_path)
    assert ASKER.found_among(kept) == []
    assert set(Traces(("Field Nurses", "cercle")).found_among(kept)) == {"Field Nurses", "cercle"}


async def to_the_end(here: BothWires, nurses: Community, asker: Phone) -> None:
    """The expert asks back and answers on Slack; the asker reads it all on Telegram, and is helped."""
    fatima, hassan = nurses.fatima, nurses.hassan
    for one in (fatima, hassan):
        await one.person.opens_home()
    assert "Somebody asks confidentially:" in await hassan.last()
    assert QUESTION in await hassan.last()
    await hassan.presses("Ask back")
    await hassan.fills_in(**{"What_would_you_like_to_know?": "Qui le demande ?"})
    assert asker.last() == "Q1: Hassan would like to know:\n\nQui le demande ?"
    await asker.presses("Answer")
    await asker.says("Le directeur.")
    assert asker.last() == "Thank you. I pass it on for Q1."
    await here.wait(minutes=2)
    assert "Le directeur." in await hassan.last()
    await fatima.says("/questions open")
    assert "Q1" in await fatima.last()
    assert "Q1" in hassan.person.home().text
    await hassan.presses("Answer")
    await hassan.fills_in(Your_answer="Oui, vous le pouvez.")
    assert "Hassan answers:\n\nOui, vous le pouvez." in asker.last()
    await asker.presses("This helps")
    assert "Question and answer go to #circle, #cercle" in asker.newest("Q1 is answered.").text
    await here.wait(minutes=2)
    assert "Your answer to Q1 helped. Thank you!" in await hassan.last()
    for published in (await hassan.last("circle"), nurses.zoe.last(nurses.cercle)):
        assert "Q1: Somebody asked confidentially:" in published
        assert "Oui, vous le pouvez." in published


def test_somebody_is_found_however_they_are_written(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "baraza.sqlite3")) as connection:
        connection.execute("CREATE TABLE somebody (number INTEGER, words TEXT)")
        connection.execute("INSERT INTO somebody VALUES (?, 'of @FrostWhistle')", (NUMBER,))
        connection.commit()
    assert set(ASKER.found_among(files_of_the_database(tmp_path))) == {"frostwhistle", "the number's bytes"}
    assert ASKER.found(rb'{"name": "\u005aenobia \u0051uillfeather"}') == ["Zenobia", "Quillfeather"]
    assert ASKER.found(b"user=%37618924403&text=to+Zen%6Fbia") == ["Zenobia", str(NUMBER)]
    assert ASKER.found(b"Somebody asked") == []
