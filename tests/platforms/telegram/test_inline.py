"""What was found, as Telegram shows it to who looks something up while writing to others."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.core.addresses import Account, Privately
from bot.core.messages import Text
from bot.core.platform import AnswerInline, InlineResult
from bot.platforms.telegram.inline import MOST_RESULTS, inline_answer
from tests.platforms.any_words import words
from tests.platforms.telegram.limits import characters, problems_of_call

results = st.builds(
    InlineResult,
    id=st.text(max_size=80),
    title=words,
    text=st.builds(lambda value: Text("**{x}** and more", {"x": value}), words),
)


def answer(*found: InlineResult) -> AnswerInline:
    return AnswerInline("ref", Privately(Account("telegram", "1", "2")), "query", found)


@given(st.lists(results, max_size=60))
def test_no_limit_is_broken(found: list[InlineResult]) -> None:
    call = inline_answer(answer(*found))
    shown = call.parameters["results"]
    assert call.method == "answerInlineQuery"
    assert len(shown) <= MOST_RESULTS
    assert len({one["id"] for one in shown}) == len(shown)
    for one in shown:
        assert 1 <= len(one["id"].encode()) <= 64
        assert one["title"].strip()
        assert characters(one["title"]) <= 120
        content = dict(one["input_message_content"])
        content["text"] = content.pop("message_text")
        assert problems_of_call("sendMessage", content) == []


def test_it_is_for_this_person_alone_and_not_for_long() -> None:
    call = inline_answer(answer(InlineResult("C1", "Cold @boxes", Text("**{x}**", {"x": "/forgetme @ana"}))))
    assert call.parameters["is_personal"] is True
    assert call.parameters["cache_time"] <= 10
    (article,) = call.parameters["results"]
    assert article["id"] == "C1"
    content = article["input_message_content"]
    assert content["link_preview_options"] == {"is_disabled": True}
    assert not re.search(r"@ana|/forgetme", content["message_text"])
    assert [one["type"] for one in content["entities"]] == ["bold"]


def test_nothing_found_is_an_answer_too() -> None:
    assert inline_answer(answer()).parameters["results"] == []
