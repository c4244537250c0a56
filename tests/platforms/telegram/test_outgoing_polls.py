"""What goes out to Telegram as a poll of its own, and what as a list, since Telegram takes no such poll."""

from __future__ import annotations

import pytest

from bot.core.messages import Button, Message, Poll, Text
from bot.platforms.options import with_options
from bot.platforms.telegram.outgoing import calls, edited
from tests.platforms.any_words import visible
from tests.platforms.telegram.limits import characters
from tests.platforms.telegram.test_outgoing import PICTURE, SHEET, buttons_of, meant, say, shown


def test_a_poll_answers_the_text_with_its_buttons() -> None:
    poll = Poll("Which day\nsuits @ana?", ("Monday", " Tuesday "), several=True)
    message = Message(Text("Hello"), (Button("Answer", token="t"),), (SHEET, PICTURE), Text("More"), poll)
    photo, votes, details, sheet = calls(message, say)
    assert (photo.main, len(buttons_of(photo)), votes.reply) == (True, 1, True)
    assert votes.parameters == {
        "question": "Which day suits @\u200cana?",
        "options": [{"text": "Monday"}, {"text": "Tuesday"}],
        "is_anonymous": False,
        "allows_multiple_answers": True,
    }
    assert [shown(one) for one in votes.instead] == ["• Monday\n• Tuesday"]
    assert (shown(details), sheet.method) == ("More", "sendDocument")
    assert shown(edited(message, say)) == "Hello"


@pytest.mark.parametrize("question", ["q" * 300, "q" * 301, "😀" * 151])
def test_a_question_that_is_too_long_for_a_poll_is_shortened(question: str) -> None:
    _, votes = calls(Message(Text("Hello"), poll=Poll(question, ("😀" * 50, "y" * 100))), say)
    assert characters(votes.parameters["question"]) in (299, 300)
    assert question.startswith(votes.parameters["question"].removesuffix("…"))


@pytest.mark.parametrize(
    "options",
    [
        ("only one",),
        tuple(f"option {number}" for number in range(13)),
        ("y" * 101, "n"),
        ("😀" * 51, "n"),
        ("Monday", "Monday "),
        ("Monday", "\u200b \u2800"),
        ("@ana " * 20, "n"),
    ],
)
def test_what_is_no_poll_on_telegram_is_a_list_under_the_text(options: tuple[str, ...]) -> None:
    message = Message(Text("Hello"), (Button("Answer", token="t"),), poll=Poll("Which?", options))
    (call,) = calls(message, say)
    assert meant(with_options(message)) == visible(shown(call))
    assert shown(call).startswith("Hello\n\n• ")
    assert (call.main, shown(edited(message, say))) == (True, shown(call))
