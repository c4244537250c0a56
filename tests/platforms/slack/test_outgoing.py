"""What goes out to Slack: within every limit, calling nobody, and with every word."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from hypothesis import example, given

from bot.core.addresses import MessageRef
from bot.core.messages import Attachment, Button, Emphasis, Message, Poll, Text, points
from bot.platforms.options import with_options
from bot.platforms.rich_text import Code, Listing, parse, plain
from bot.platforms.slack.outgoing import File, Posting, edited, link, postings
from bot.platforms.too_long import IN_THE_FILE, SHORTENED
from tests.platforms.any_words import FAMILY, HOSTILE, messages, visible, words
from tests.wire.slack_limits import Json, problems_of_message, words_of_block


def say(key: str) -> str:
    """The translation that changes nothing."""
    return key


def says(markdown: str, **values: str) -> Message:
    return Message(Text(markdown, values))


def shown(posting: Posting) -> str:
    """What people read of a message, without the buttons."""
    return "\n".join(words_of_block(block) for block in posting.blocks if block["type"] == "rich_text")


def meant(text: Text) -> str:
    """The words that should be there, whatever they look like."""
    lines = []
    for block in parse(text):
        spans = [line for item in block.items for line in item] if isinstance(block, Listing) else []
        spans = spans if isinstance(block, Code | Listing) else list(block.spans)
        lines.append(block.text if isinstance(block, Code) else "".join(span.text for span in spans))
    return visible(re.sub("[\ud800-\udfff]", "\ufffd", "".join(lines)))


def buttons_of(posting: Posting) -> list[Json]:
    return [one for block in posting.blocks if block["type"] == "actions" for one in block["elements"]]


def written_out(found: list[Posting]) -> str:
    """The text that a file carries in place of the messages; empty where none does."""
    return "".join(file.words for posting in found for file in posting.files)


@given(messages)
@example(says("{x}", x="e" + "\u0301" * 5_000))
@example(says("{x}", x=FAMILY * 14_300))
@example(says("{x}", x="<!channel>" * 10_000))
@example(Message(Text("")))
def test_no_message_breaks_a_limit_or_calls_anybody(message: Message) -> None:
    for posting in [*postings(message, say), edited(message, say)]:
        assert problems_of_message(posting.arguments) == []
        assert posting.content.items() <= posting.arguments.items()
        for file in posting.files:
            assert file.name.strip()
            assert len(file.name) <= 255
            assert len(file.alt) <= 1_000
            assert bool(file.content) != bool(file.words)


@given(messages)
@example(says("{x}", x="A hundred thousand characters. " * 3_226))
@example(says("{x}", x="Some. " * 5_000))
def test_every_word_arrives(message: Message) -> None:
    found = postings(message, say)
    for text, thread in ((with_options(message), False), (message.details or Text(""), True)):
        part = [posting for posting in found if posting.thread is thread]
        everything = meant(text)
        if written_out(part):
            assert visible(written_out(part)) == visible(re.sub("[\ud800-\udfff]", "\ufffd", plain(parse(text))))
            read = visible(shown(part[0]).removesuffix(IN_THE_FILE))
            assert everything.startswith(read)
            assert len(read) > 0
        elif everything:
            assert visible("".join(shown(posting) for posting in part)) == everything


@given(messages)
def test_an_edit_shows_the_beginning_and_says_so_where_it_is_not_all(message: Message) -> None:
    read, everything = shown(edited(message, say)), meant(with_options(message))
    if read.endswith(SHORTENED):
        assert everything.startswith(visible(read.removesuffix(SHORTENED)))
    elif everything:
        assert visible(read) == everything


@given(messages)
def test_the_buttons_are_under_the_end_of_the_text_each_once(message: Message) -> None:
    found = [posting for posting in postings(message, say) if not posting.thread]
    leading = [one for one in message.buttons if one.goes_to is None or one.goes_to.platform == "slack"]
    assert sum(len(buttons_of(posting)) for posting in found) == len(leading)
    ids = [one["action_id"] for posting in found for one in buttons_of(posting)]
    assert len(ids) == len(set(ids))
    first = next((place for place, posting in enumerate(found) if buttons_of(posting)), len(found))
    assert not any(visible(shown(posting)) for posting in found[first + 1 :])


def test_a_poll_stands_under_the_text_as_points_in_the_notification_too() -> None:
    message = Message(Text("Which day?"), (Button("Answer", token="t"),), poll=Poll("Which day?", ("*Mon*", "", "Tue")))
    (posting,) = postings(message, say)
    assert shown(posting) == shown(edited(message, say)) == "Which day?\n*Mon*\nTue"
    assert posting.text == "Which day?\n\n- *Mon*\n- Tue"
    assert postings(replace(message, poll=Poll("?", ())), say) == postings(replace(message, poll=None), say)


@given(words)
@pytest.mark.parametrize("pattern", ["Hello {x}!", "- {x}\n- next", "> {x}"])
def test_what_people_wrote_never_shows_as_formatting(pattern: str, value: str) -> None:
    found = str([posting.blocks for posting in postings(says(pattern, x=value), say)])
    assert "'style': {'bold'" not in found
    assert "'style': {'code'" not in found
    assert found.count("'style': {'italic'") == (1 if repr(IN_THE_FILE) in found else 0)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_notification_calls_nobody(hostile: str) -> None:
    (posting,) = postings(says("From {x}: well", x=hostile), say)
    assert "<" not in posting.text
    assert html.unescape(posting.text).startswith("From")
    assert (
        posting.arguments["unfurl_links"] is posting.arguments["unfurl_media"] is posting.arguments["mrkdwn"] is False
    )
    assert posting.arguments["parse"] == "none"
    assert "link_names" not in posting.arguments


@pytest.mark.parametrize(
    "letter", [FAMILY, "e\u0301\u0323", "\U0001f1eb\U0001f1f7", "👍🏽", "1\ufe0f\u20e3", "क्ष", "नि", "각"]
)
def test_no_letter_is_cut_in_two(letter: str) -> None:
    for count in (1_999, 2_000, 2_001):
        found = postings(says("{x}", x="." + letter * count), say)
        for block in [block for posting in found for block in posting.blocks]:
            text = words_of_block(block).removeprefix(".")
            if text != IN_THE_FILE:
                assert text == letter * (len(text) // len(letter))


def test_a_long_text_is_cut_where_people_pause() -> None:
    paragraph = "This is one of many sentences. " * 40
    (posting,) = postings(says("{x}", x=f"{paragraph}\n\n" * 5), say)
    assert len(posting.blocks) == 3
    assert all(words_of_block(block).endswith("sentences. \n\n") for block in posting.blocks)
    (posting,) = postings(says("{x}", x="A sentence is here, and it goes on. " * 100), say)
    assert [words_of_block(block)[-8:] for block in posting.blocks] == ["oes on. ", "oes on. "]


def test_what_is_too_long_for_a_message_becomes_several_with_the_buttons_under_the_last() -> None:
    message = Message(Text("{x}", {"x": "Words and words. " * 1_500}), buttons=(Button("Answer", token="t" * 22),))
    found = postings(message, say)
    assert [len(buttons_of(posting)) for posting in found] == [0, 0, 1]
    assert shown(found[-1])
    assert not any(posting.thread for posting in found)


def test_what_is_too_long_for_four_messages_goes_into_a_file() -> None:
    text = "Words and words. " * 6_000
    picture = Attachment("stored", "picture.png", "image/png", "The week in a picture")
    message = Message(Text("{x}", {"x": text}), (Button("Answer", token="t" * 22),), (picture,))
    (posting,) = postings(message, say)
    assert shown(posting).endswith(IN_THE_FILE)
    assert len(buttons_of(posting)) == 1
    assert posting.files == (
        File("picture.png", alt="The week in a picture", content="stored", is_picture=True),
        File("message.txt", words=text),
    )


def test_details_go_into_the_thread() -> None:
    first, second = postings(Message(Text("Five lines"), details=points(["one", "two"])), say)
    assert (first.thread, second.thread) == (False, True)
    assert second.text == "- one\n- two"


def test_the_look_of_each_block() -> None:
    (posting,) = postings(
        says("Hi **{x}**\n\nso *it* is\n\n- a\n- `b`\n\n> said\n\n```\n*as it is*\n```", x="*A*"), say
    )
    (block,) = posting.blocks
    section, listing, quote, code = block["elements"]
    assert section["elements"] == [
        {"type": "text", "text": "Hi "},
        {"type": "text", "text": "*A*", "style": {"bold": True}},
        {"type": "text", "text": "\n\n"},
        {"type": "text", "text": "so "},
        {"type": "text", "text": "it", "style": {"italic": True}},
        {"type": "text", "text": " is"},
    ]
    assert (listing["type"], listing["style"]) == ("rich_text_list", "bullet")
    assert listing["elements"][1]["elements"] == [{"type": "text", "text": "b", "style": {"code": True}}]
    assert (quote["type"], code["type"]) == ("rich_text_quote", "rich_text_preformatted")
    assert code["elements"] == [{"type": "text", "text": "*as it is*"}]


def test_buttons_by_kind() -> None:
    there = MessageRef("slack", "T1", "C1", "1700000000.000100")
    elsewhere = MessageRef("telegram", "T1", "1", "2")
    message = Message(
        Text("Choose"),
        (
            Button("Answer", token="t" * 22, emphasis=Emphasis.PRIMARY),
            Button("Remove :fire:", token="u" * 22, emphasis=Emphasis.DANGER),
            Button("Go there", goes_to=there),
            Button("Can't go there", goes_to=elsewhere),
        ),
    )
    (posting,) = postings(message, say)
    answer, remove, go = buttons_of(posting)
    assert (answer["value"], answer["style"], answer["action_id"]) == ("t" * 22, "primary", "button_0")
    assert (remove["style"], remove["text"]["emoji"]) == ("danger", False)
    assert go["url"] == "https://slack.com/archives/C1/p1700000000000100"
    assert "value" not in go


def test_the_link_to_a_reply_names_its_thread() -> None:
    reply = MessageRef("slack", "T1", "C1", "1700000001.000100", thread="1700000000.000100")
    assert link(reply) == ("https://slack.com/archives/C1/p1700000001000100?thread_ts=1700000000.000100&cid=C1")


def test_nothing_but_a_picture_is_told_in_words() -> None:
    (posting,) = postings(Message(Text(""), attachments=(Attachment("id", "a.png", "image/png", "Up by 3 %"),)), say)
    assert posting.text == "Up by 3 %"
    assert posting.files == (File("a.png", alt="Up by 3 %", content="id", is_picture=True),)


def test_a_name_that_is_too_long_keeps_its_ending() -> None:
    (posting,) = postings(Message(Text("Here"), attachments=(Attachment("id", "n" * 900 + ".xlsx", "x"),)), say)
    assert posting.files[0].name.endswith("….xlsx")


def test_commands_are_named_as_they_are_typed_here_and_people_keep_their_words() -> None:
    inside = Text("**/ask** or {words}", {"words": "/find <!channel>"})
    message = Message(Text("Type /help, /baraza or {more}", {"more": inside}), details=Text("See /{it}", {"it": "log"}))
    first, second = postings(message, say)
    shown = "Type /baraza help, /baraza or /baraza ask or /find <!channel>"
    assert words_of_block(first.blocks[0]) == shown
    assert first.text == html.escape(shown, quote=False)
    assert words_of_block(second.blocks[0]) == "See /baraza log"
    assert html.unescape(edited(message, say).text) == shown


def test_commands_in_a_file_of_words_are_named_as_they_are_typed_here() -> None:
    (file,) = postings(Message(Text("Type /help. {x}", {"x": "/ask " * 20_000})), say)[-1].files
    assert file.words.startswith("Type /baraza help. /ask /ask")
