"""The bot's own page in Slack's Home tab: within every limit, calling nobody, and each thing with its buttons."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.home import Home, HomeRow, HomeSection
from bot.core.messages import Button, Emphasis, Text
from bot.platforms.slack.home import LEFT_OUT, MOST_BLOCKS, view
from tests.platforms.any_words import FAMILY, HOSTILE, many_buttons, texts, words
from tests.wire.slack_limits import Json, problems_of_home, words_of_block

TOKEN = "t" * 22
rows = st.builds(HomeRow, texts, many_buttons.map(tuple))
many_rows = st.one_of(
    st.lists(rows, max_size=3),
    st.builds(lambda row, count: [row] * count, rows, st.sampled_from((6, 40, 120))),
).map(tuple)
sections = st.builds(HomeSection, heading=words, rows=many_rows, empty=st.none() | rows)
homes = st.builds(Home, st.lists(sections, max_size=4).map(tuple))


def say(key: str) -> str:
    """The translation that changes nothing."""
    return key


def row(text: str, *labels: str) -> HomeRow:
    return HomeRow(Text(text), tuple(Button(label, "questions.answer", "1", token=TOKEN) for label in labels))


def shown(home: Home) -> Json:
    made = view(home, say)
    assert problems_of_home(made) == []
    return made


def lines(made: Json) -> list[str]:
    return [words_of_block(block) for block in made["blocks"]]


def buttons_of(made: Json) -> list[Json]:
    return [one for block in made["blocks"] if block["type"] == "actions" for one in block["elements"]]


@given(homes)
@example(Home())
@example(Home((HomeSection(""),)))
@example(Home((HomeSection("h", tuple(row(FAMILY * 300, "x") for _ in range(120))),)))
def test_no_page_breaks_a_limit_or_calls_anybody(home: Home) -> None:
    made = shown(home)
    ids = [one["action_id"] for one in buttons_of(made)]
    assert len(ids) == len(set(ids))
    assert all(one.startswith("button_") for one in ids)


@given(homes)
def test_what_is_left_out_is_said(home: Home) -> None:
    made = shown(home)
    reachable = [one for one in home.buttons if one.goes_to is None or one.goes_to.platform == "slack"]
    left_out = lines(made)[-1] == LEFT_OUT
    assert len(buttons_of(made)) == len(reachable) or left_out


@pytest.mark.parametrize("hostile", [one for one in HOSTILE if one.strip("\n \t\u202e\u2066\x00")])
def test_what_people_wrote_is_words_and_nothing_more(hostile: str) -> None:
    made = shown(Home((HomeSection(hostile, (HomeRow(Text("**Q1** {x}", {"x": hostile})),)),)))
    heading, text = made["blocks"]
    assert heading["text"]["emoji"] is False
    bold = [one for one in text["elements"][0]["elements"] if one.get("style")]
    assert [one["text"] for one in bold] == ["Q1"]


def test_each_row_stands_above_its_buttons_under_its_heading() -> None:
    home = Home(
        (
            HomeSection("Your questions", (row("**Q1** a", "Say more"), row("**Q2** b", "This helps", "Not yet"))),
            HomeSection("To review", empty=row("Nothing waits.", "Share something")),
        )
    )
    made = shown(home)
    assert [block["type"] for block in made["blocks"]] == [
        *("header", "rich_text", "actions", "rich_text", "actions"),
        *("header", "rich_text", "actions"),
    ]
    assert lines(made)[0] == "Your questions"
    assert [(one["action_id"], one["text"]["text"], one["value"]) for one in buttons_of(made)] == [
        ("button_0", "Say more", TOKEN),
        ("button_1", "This helps", TOKEN),
        ("button_2", "Not yet", TOKEN),
        ("button_3", "Share something", TOKEN),
    ]


def test_a_row_that_doesnt_fit_takes_its_buttons_and_its_heading_with_it() -> None:
    many = tuple(row(f"Row {number}", "Do it") for number in range(49))
    home = Home((HomeSection("First", many), HomeSection("Second", (row("One more", "Do it"),))))
    made = shown(home)
    assert lines(made)[-1] == LEFT_OUT
    assert len(made["blocks"]) == MOST_BLOCKS
    assert "Second" not in lines(made)
    assert len(buttons_of(made)) == 49


def test_a_page_that_just_fits_is_whole() -> None:
    home = Home((HomeSection("First", tuple(row(f"Row {number}", "Do it") for number in range(49))),))
    made = shown(home)
    assert len(made["blocks"]) == 99
    assert lines(made)[-1] == "Do it"


def test_long_words_are_cut_to_one_block() -> None:
    made = shown(Home((HomeSection("First", (HomeRow(Text("{x}", {"x": "A sentence is here. " * 500})),)),)))
    _, text, more = lines(made)
    assert len(text) <= 3_000
    assert more == "…"


def test_a_button_may_ask_to_be_pressed() -> None:
    answer = Button("Answer", "questions.answer", token=TOKEN, emphasis=Emphasis.PRIMARY)
    (button,) = buttons_of(shown(Home((HomeSection("First", (HomeRow(Text("Q1"), (answer,)),)),))))
    assert button["style"] == "primary"
