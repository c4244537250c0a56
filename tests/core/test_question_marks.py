"""What counts as asking."""

from __future__ import annotations

import time

import pytest

from bot.core.question_marks import asks_something


@pytest.mark.parametrize(
    "text",
    [
        "Who knows a cheap pump?",
        "?",
        "¿Dónde está el informe?",
        "这个怎么用？",
        "كيف أبدأ؟",
        "Seen <https://example.org/a?b=1|this page>? It is new.",
        "Have you read https://example.org/page?",
        "Have you read https://example.org/page?id=3 yet?",
        "(is it www.example.org?)",
        "Run `ls` first, then what?",
        "Is `a?b` right?",
        "Hello <@U123>, are you there?",
        "Meet at 10:30 or at 11:30?",
        "Really :thinking_face: ?",
        "One ` tick and a question?",
        "`this line ends\nis it code?",
    ],
)
def test_a_question_mark_among_the_words_asks(text: str) -> None:
    assert asks_something(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Good morning everyone.",
        "See <https://example.org/search?q=pump>",
        "See <https://example.org/|what is this?>",
        "Write to <mailto:a@b.org?subject=x|a@b.org>",
        "See https://example.org/search?q=pump",
        "See HTTPS://EXAMPLE.ORG/?q=pump&x=1 now",
        "See www.example.org/?x=1 now",
        "`SELECT ?`",
        "``really?``",
        "```\nif (a ? b : c)\n```",
        "before ```x ? y``` after",
        "```never closed ? 1 : 0",
        "Oh :question: no",
        "Thanks :+1::skin-tone-3:",
        "<!subteam^S1|@who?>",
        "ποιος είναι;",
        "a semicolon; a statement;",
    ],
)
def test_question_marks_in_code_links_and_emoji_do_not_ask(text: str) -> None:
    assert not asks_something(text)


@pytest.mark.parametrize("unit", ["`", "<", ":", "?", "<@", "www.", ":a", "https://a?", "```", "<http:"])
def test_a_hundred_thousand_odd_characters_take_no_time(unit: str) -> None:
    started = time.perf_counter()
    asks_something(unit * (100_000 // len(unit)) + " ?")
    assert time.perf_counter() - started < 5, "quadratic in the length of the text"
