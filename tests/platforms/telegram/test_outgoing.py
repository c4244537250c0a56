"""What goes out to Telegram: within every limit, calling nobody, and with every word."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given

from bot.core.addresses import Account, InPlace, MessageRef, OnlyVisibleTo, Place, Privately
from bot.core.messages import Attachment, Button, Emphasis, Message, Text, joined, points
from bot.platforms.options import with_options
from bot.platforms.rich_text import Code, Listing, parse, plain
from bot.platforms.telegram.outgoing import Call, File, calls, edited, target, where
from bot.platforms.too_long import IN_THE_FILE, SHORTENED
from tests.platforms.any_words import FAMILY, HOSTILE, messages, visible, words
from tests.platforms.telegram.limits import Json, calls_out, characters, part_of, problems_of_call

GROUP = "-1001234567890"
PICTURE = Attachment("stored", "week.png", "image/png", "The week in a picture")
SHEET = Attachment("sheet", "week.xlsx", "application/vnd.ms-excel")


def say(key: str) -> str:
    """The translation that changes nothing."""
    return key


def says(markdown: str, **values: str) -> Message:
    return Message(Text(markdown, values))


def shown(call: Call) -> str:
    """What people read of a message, without the buttons."""
    return str(call.parameters.get("text", call.parameters.get("caption", "")))


def entities(call: Call) -> list[Json]:
    found: list[Json] = call.parameters.get("entities") or call.parameters.get("caption_entities") or []
    return found


def meant(text: Text) -> str:
    """The words that should be there, whatever they look like."""
    lines = []
    for block in parse(text):
        if isinstance(block, Code):
            lines.append(block.text)
        elif isinstance(block, Listing):
            lines += ["•" + "".join(span.text for span in item) for item in block.items]
        else:
            lines += [span.text for span in block.spans]
    return visible(re.sub("[\ud800-\udfff]", "\ufffd", "".join(lines)))


def buttons_of(call: Call) -> list[Json]:
    return [one for row in call.parameters.get("reply_markup", {}).get("inline_keyboard", []) for one in row]


def said(found: list[Call], *, details: bool) -> list[Call]:
    """The messages of the text, or those of the details, which come after the main one and answer it."""
    return [one for one in found if one.reply is details and shown(one) not in ("", "…")]


@given(messages)
@example(says("{x}", x="e" + "\u0301" * 5_000))
@example(says("{x}", x=FAMILY * 14_300))
@example(says("{x}", x="@all " * 20_000))
@example(says("**{x}** *{x}*", x="\u2800"))
@example(Message(Text("")))
@example(says("\n\n".join(["*a **b*** `c`"] * 60)))
@example(Message(Text("{x}", {"x": "y" * 1_024}), attachments=(PICTURE, PICTURE, SHEET)))
@example(Message(Text(""), attachments=(PICTURE,) * 12))
def test_no_message_breaks_a_limit(message: Message) -> None:
    found = calls(message, say)
    assert sum(one.main for one in found) == 1
    main = next(number for number, one in enumerate(found) if one.main)
    for number, call in enumerate(found):
        assert not any(problems_of_call(one.method, one.parameters) for one in (call, *call.instead))
        assert number > main or not call.reply
        for file in call.files:
            assert file.name.strip()
            assert characters(file.name) <= 120
            assert bool(file.content) != bool(file.words)
    for caption in (False, True):
        call = edited(message, say, caption=caption)
        assert problems_of_call(call.method, call.parameters) == []


def in_words(message: Message) -> Text:
    """What the text says, where the poll is none of Telegram's also its options."""
    return message.text if "sendPoll" in {one.method for one in calls(message, say)} else with_options(message)


@given(messages)
@example(says("{x}", x="A hundred thousand characters. " * 3_226))
@example(says("{x}", x="Some. " * 5_000))
def test_every_word_arrives(message: Message) -> None:
    found = calls(message, say)
    alternatives = {one.alt for one in message.attachments}
    for text, details in ((in_words(message), False), (message.details or Text(""), True)):
        name = "details.txt" if details else "message.txt"
        everything, part = meant(text), said(found, details=details)
        whole = [file.words for call in found for file in call.files if file.name == name and file.words]
        if whole:
            assert visible(whole[0]) == visible(re.sub("[\ud800-\udfff]", "\ufffd", plain(parse(text))))
            read = next(visible(shown(one).removesuffix(IN_THE_FILE)) for one in part if IN_THE_FILE in shown(one))
            assert everything.startswith(read)
            assert len(read) > 0
        elif everything and not set(everything) <= set("\u2800\ufffc"):
            texts = [shown(one) for one in part if one.method == "sendMessage" or not alternatives]
            captions = [shown(one) for one in part if one.method != "sendMessage"]
            assert everything in (visible("".join(texts)), *map(visible, captions))


@given(messages)
def test_an_edit_shows_the_beginning_and_says_so_where_it_is_not_all(message: Message) -> None:
    for caption in (False, True):
        read, everything = shown(edited(message, say, caption=caption)), meant(in_words(message))
        if read.endswith(SHORTENED):
            assert everything.startswith(visible(read.removesuffix(SHORTENED)))
        elif everything and not set(everything) <= set("\u2800\ufffc"):
            assert visible(read) == everything


@given(messages)
def test_the_buttons_are_under_the_end_of_the_text_each_once(message: Message) -> None:
    found = calls(message, say)
    assert sum(len(buttons_of(one)) for one in found) == sum(one.goes_to is None for one in message.buttons)
    with_buttons = [one for one in found if buttons_of(one)]
    assert with_buttons == [] or with_buttons[0].main
    assert all(shown(one) == "…" for one in with_buttons[1:])


@given(words)
@pytest.mark.parametrize("pattern", ["Hello {x}!", "- {x}\n- next", "> {x}", "{x}", "{x}name", "@{x}"])
def test_what_people_wrote_never_shows_as_formatting_nor_calls_anybody(pattern: str, value: str) -> None:
    for call in calls(says(pattern, x=value), say):
        looks = {one["type"] for one in entities(call)}
        assert looks <= {"blockquote"} | ({"italic"} if IN_THE_FILE in shown(call) else set())
        assert calls_out(shown(call), entities(call)) == []


@pytest.mark.parametrize(
    "hostile",
    [
        *HOSTILE,
        "@all",
        "hello @ana_silva, @ben",
        "(@ana)",
        "/forgetme",
        "tap /forgetme@baraza_bot now",
        "\u200b@ana",
        "a\u200c@ana",
        "e\u0301/forgetme",
        "@\u200bana",
        "/\u2060forgetme",
        "@",
        "/",
        "https://)@ana https:///@ana https://x@ana https://x.example @ana",
    ],
)
@pytest.mark.parametrize("pattern", ["From {x}: well", "{x}", "{x}ana", "**{x}**", "- {x}", "@{x}", "{x}\n{x}"])
def test_nobody_is_called(hostile: str, pattern: str) -> None:
    message = Message(Text(pattern, {"x": hostile}), attachments=(Attachment("id", "a.png", "image/png", hostile),))
    for call in (*calls(message, say), *calls(Message(joined([Text(pattern, {"x": hostile})])), say)):
        assert calls_out(shown(call), entities(call)) == []


@pytest.mark.parametrize(
    "untouched",
    [
        "ana@x.example",
        "https://x.example/@ana/b?c=@d",
        "1/2",
        "and/or",
        "</b>",
        "a @ b",
        "/usr/bin/x",
        "#nurses",
        "/?",
        "a / b",
    ],
)
def test_what_calls_nobody_is_copied_as_it_was(untouched: str) -> None:
    (call,) = calls(says("{x}", x=untouched), say)
    assert shown(call) == untouched


def test_our_own_commands_stay_commands() -> None:
    (call,) = calls(Message(points([Text("**/{name}** {what}", {"name": "help", "what": "/forgetme"})])), say)
    assert calls_out(shown(call), []) == ["/help"]
    assert shown(call) == "• /help /\u200cforgetme"


@pytest.mark.parametrize(
    "letter", [FAMILY, "e\u0301\u0323", "\U0001f1eb\U0001f1f7", "👍🏽", "1\ufe0f\u20e3", "क्ष", "नि", "각"]
)
def test_no_letter_is_cut_in_two(letter: str) -> None:
    for count in (1_999, 2_000, 2_001):
        for call in calls(says("{x}", x="." + letter * count), say):
            text = shown(call).removesuffix(IN_THE_FILE).strip().removeprefix(".")
            assert text == letter * (len(text) // len(letter))


@pytest.mark.parametrize("look", ["**{x}**", "*{x}*", "`{x}`"])
@pytest.mark.parametrize("before", range(4_060, 4_100, 3))
def test_no_look_is_cut_in_two(look: str, before: int) -> None:
    name = "Ana Maria da Silva e Souza. Dr."
    found = calls(Message(Text("{y} " + look + " z", {"x": name, "y": "y" * before})), say)
    looks = [(call, one) for call in found for one in entities(call)]
    assert [part_of(shown(call), one) for call, one in looks] == [name]


def test_a_look_that_is_longer_than_a_message_goes_on_in_the_next() -> None:
    found = calls(says("**{x}**", x="Words and words. " * 600), say)
    assert len(found) == 3
    assert [(one["type"], part_of(shown(call), one)) for call in found for one in entities(call)] == [
        ("bold", shown(call)) for call in found
    ]


def test_a_long_text_is_cut_where_people_pause() -> None:
    paragraph = "This is one of many sentences. " * 60
    found = calls(says("{x}", x=f"{paragraph}\n\n" * 5), say)
    assert [len(shown(one)) for one in found] == [3_721, 3_721, 1_859]
    found = calls(says("{x}", x="A sentence is here, and it goes on. " * 200), say)
    assert all(shown(one).endswith("oes on.") for one in found)


def test_what_is_too_long_for_a_message_becomes_several_with_the_buttons_under_the_last() -> None:
    message = Message(Text("{x}", {"x": "Words and words. " * 600}), buttons=(Button("Answer", token="t" * 22),))
    found = calls(message, say)
    assert [(len(buttons_of(one)), one.main) for one in found] == [(0, False), (0, False), (1, True)]


def test_what_is_too_long_for_four_messages_goes_into_a_file() -> None:
    text = "Words and words. " * 6_000
    beginning, whole, sheet = calls(Message(Text("{x}", {"x": text}), (Button("Answer", token="t"),), (SHEET,)), say)
    assert shown(beginning).endswith(IN_THE_FILE)
    assert (len(buttons_of(beginning)), beginning.main) == (1, True)
    assert (whole.method, whole.files, whole.reply) == ("sendDocument", (File("message.txt", words=text),), True)
    assert sheet.files == (File("week.xlsx", content="sheet"),)


def test_a_health_check_is_a_picture_with_words_under_it_then_details_then_the_sheet() -> None:
    message = Message(
        Text("**Five** lines"), (Button("More", token="t" * 22),), (PICTURE, SHEET), details=points(["one", "two"])
    )
    photo, details, sheet = calls(message, say)
    assert (photo.method, shown(photo), photo.main) == ("sendPhoto", "Five lines", True)
    assert photo.parameters["photo"] == "attach://file0"
    assert photo.files == (File("week.png", "The week in a picture", "stored", is_picture=True),)
    assert entities(photo) == [{"type": "bold", "offset": 0, "length": 4}]
    assert len(buttons_of(photo)) == 1
    assert (details.method, shown(details), details.reply) == ("sendMessage", "• one\n• two", True)
    assert (sheet.method, sheet.reply, shown(sheet)) == ("sendDocument", True, "")


def test_words_that_are_too_long_for_a_caption_follow_the_picture() -> None:
    message = Message(Text("{x}", {"x": "Words. " * 200}), (Button("More", token="t" * 22),), (PICTURE,))
    photo, text = calls(message, say)
    assert (photo.method, shown(photo), photo.main) == ("sendPhoto", "The week in a picture", False)
    assert (text.method, text.main, len(buttons_of(text))) == ("sendMessage", True, 1)


def test_several_pictures_come_together_and_then_the_words() -> None:
    group, text = calls(Message(Text("Look"), attachments=(PICTURE, PICTURE)), say)
    assert group.method == "sendMediaGroup"
    assert [one["media"] for one in group.parameters["media"]] == ["attach://file0", "attach://file1"]
    assert (shown(text), text.main) == ("Look", True)


def test_only_a_file_with_words_is_one_message() -> None:
    (call,) = calls(Message(Text("Here it is"), attachments=(SHEET,)), say)
    assert (call.method, shown(call), call.main) == ("sendDocument", "Here it is", True)


def test_nothing_but_a_picture_is_told_in_words() -> None:
    (call,) = calls(Message(Text(""), attachments=(PICTURE,)), say)
    assert (call.method, shown(call)) == ("sendPhoto", "The week in a picture")


def test_a_picture_that_telegram_cannot_show_is_a_file() -> None:
    (call,) = calls(Message(Text("Look"), attachments=(Attachment("id", "a.svg", "image/svg+xml"),)), say)
    assert call.method == "sendDocument"


def test_the_look_of_each_block() -> None:
    (call,) = calls(
        says("Hi **{x}**\n\nso *it **is***\n\n- a\n- `b`\n\n> said 😀 *so*\n\n```\n*as it is*\n```", x="*A*"), say
    )
    assert shown(call) == "Hi *A*\n\nso it is\n\n• a\n• b\n\nsaid 😀 so\n\n*as it is*"
    assert [(one["type"], part_of(shown(call), one)) for one in entities(call)] == [
        ("bold", "*A*"),
        ("italic", "it is"),
        ("bold", "is"),
        ("code", "b"),
        ("blockquote", "said 😀 so"),
        ("italic", "so"),
        ("pre", "*as it is*"),
    ]


def test_words_from_right_to_left_keep_to_themselves() -> None:
    (call,) = calls(says("Hello **{x}**!", x="שלום"), say)
    assert shown(call) == "Hello \u2068שלום\u2069!"
    assert entities(call) == [{"type": "bold", "offset": 6, "length": 6}]


def test_a_button_opens_the_private_chat_where_the_bots_name_is_known() -> None:
    begin = Button("Begin", "start.follow", "join_1", token="token", starts="join_1")
    message = Message(Text("Welcome!"), (begin,))
    (made,) = calls(message, say, username="baraza_bot")
    changed = edited(message, say, username="baraza_bot")
    assert buttons_of(made) == buttons_of(changed) == [{"text": "Begin", "url": "https://t.me/baraza_bot?start=join_1"}]


@pytest.mark.parametrize(("payload", "username"), [("join_1", ""), ("join 1", "baraza_bot"), ("j" * 65, "baraza_bot")])
def test_otherwise_it_is_pressed_where_it_stands(payload: str, username: str) -> None:
    begin = Button("Begin", "start.follow", payload, token="token", starts=payload)
    (made,) = calls(Message(Text("Welcome!"), (begin,)), say, username=username)
    assert buttons_of(made) == [{"text": "Begin", "callback_data": "b:token"}]


def test_buttons_by_kind() -> None:
    there, small = MessageRef("telegram", "7", GROUP, "42"), MessageRef("telegram", "7", "-4001", "42")
    message = Message(
        Text("Choose"),
        (
            Button("Answer", token="t" * 22, emphasis=Emphasis.PRIMARY),
            Button("Remove", token="u" * 22, emphasis=Emphasis.DANGER),
            Button("Go there", goes_to=there),
            Button("Has no address", goes_to=small),
            Button("Is elsewhere", goes_to=MessageRef("slack", "T1", "C1", "1700000000.000100")),
        ),
    )
    (call,) = calls(message, say)
    assert buttons_of(call) == [
        {"text": "Answer", "style": "primary", "callback_data": "b:" + "t" * 22},
        {"text": "Remove", "style": "danger", "callback_data": "b:" + "u" * 22},
        {"text": "Go there", "url": "https://t.me/c/1234567890/42"},
    ]


def rows(*labels: str) -> list[int]:
    (call,) = calls(Message(Text("?"), tuple(Button(one, token="t") for one in labels)), say)
    return [len(row) for row in call.parameters["reply_markup"]["inline_keyboard"]]


def test_short_labels_stand_side_by_side() -> None:
    assert rows(*"123456789") == [7, 2]
    assert rows("This helps", "Not yet") == [2]
    assert rows("Start a community here", "Join this place to a community") == [1, 1]


def test_a_hundred_buttons_and_one() -> None:
    first, second = calls(Message(Text("Choose"), tuple(Button("x", token="t") for _ in range(101))), say)
    assert (len(buttons_of(first)), len(buttons_of(second)), shown(second)) == (100, 1, "…")
    assert shown(edited(Message(Text("Choose"), tuple(Button("x") for _ in range(101))), say)).endswith(SHORTENED)


def test_an_edit_takes_the_place_of_a_text_or_a_caption() -> None:
    message = Message(Text("*Done*"), (Button("Undo", token="t" * 22),), (PICTURE,))
    text, caption = edited(message, say), edited(message, say, caption=True)
    assert (text.method, text.parameters["text"], len(buttons_of(text))) == ("editMessageText", "Done", 1)
    assert (caption.method, caption.parameters["caption"]) == ("editMessageCaption", "Done")
    assert "reply_markup" not in edited(says("Done"), say).parameters
    assert target(MessageRef("telegram", "7", GROUP, "42")) == {"chat_id": int(GROUP), "message_id": 42}


def test_where_it_goes() -> None:
    answers = {"reply_parameters": {"message_id": 9, "allow_sending_without_reply": True}}
    ana = Account("telegram", "7", "5")
    group, topic = Place("telegram", "7", GROUP), Place("telegram", "7", f"{GROUP}/3")
    assert where(Privately(ana)) == where(OnlyVisibleTo(ana, group)) == {"chat_id": 5}
    assert where(InPlace(group)) == {"chat_id": int(GROUP)}
    assert where(InPlace(topic)) == {"chat_id": int(GROUP), "message_thread_id": 3}
    assert where(InPlace(group, "9")) == {"chat_id": int(GROUP), **answers}
    with pytest.raises(ValueError, match="invalid literal"):
        where(Privately(Account("telegram", "7", "")))


def test_what_comes_later_answers_the_main_message() -> None:
    first, details = calls(Message(Text("Five lines"), details=Text("More")), say)
    place = where(InPlace(Place("telegram", "7", f"{GROUP}/3"), "8"))
    assert first.at(place, 9)["reply_parameters"]["message_id"] == 8
    assert details.at(place, 9) == {
        "text": "More",
        "link_preview_options": {"is_disabled": True},
        "chat_id": int(GROUP),
        "message_thread_id": 3,
        "reply_parameters": {"message_id": 9, "allow_sending_without_reply": True},
    }


def test_a_name_that_is_too_long_keeps_its_ending() -> None:
    (call,) = calls(Message(Text("Here"), attachments=(Attachment("id", "n" * 900 + ".xlsx", "x"),)), say)
    assert call.files[0].name.endswith("….xlsx")
