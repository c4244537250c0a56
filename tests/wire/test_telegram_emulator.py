"""The emulator's Bot API, called by the real python-telegram-bot: what it does, and what it refuses."""

from __future__ import annotations

import io
import struct

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyParameters,
)
from telegram.error import BadRequest, Forbidden, InvalidToken

from tests.wire.telegram import Json, Person, TelegramEmulator
from tests.wire.telegram_calls import Calls

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 640, 480)


@pytest.fixture
def ana(telegram: TelegramEmulator) -> Person:
    return telegram.person("Ana", language_code="fr", username="ana_k", started=True)


def keyboard(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=label.lower()) for label in labels]])


async def test_tokens_and_methods(telegram: TelegramEmulator, bot: Bot, calls: Calls) -> None:
    me = await bot.get_me()
    assert (me.username, me.is_bot, me.can_read_all_group_messages) == ("test_bot", True, False)
    assert await calls.refused("getMe", token="1:short") == "Not Found"
    assert await calls.refused("getMe", token=f"7000000001:{'x' * 35}") == "Unauthorized"
    assert (await calls.answer("sendNothing")) == {"ok": False, "error_code": 404, "description": "Not Found"}
    assert await calls.result("GETME") == await calls.result("getMe")
    before = telegram.token
    telegram.revoke_token()
    assert await calls.refused("getMe", token=before) == "Unauthorized"
    with pytest.raises(InvalidToken):
        await bot.get_me()


async def test_parameters(telegram: TelegramEmulator, calls: Calls, ana: Person) -> None:
    assert await calls.refused("sendMessage", text="x") == "Bad Request: chat_id is empty"
    assert await calls.refused("sendMessage", chat_id=ana.id) == "Bad Request: message text is empty"
    assert await calls.refused("sendMessage", chat_id=ana.id, text="") == "Bad Request: message text is empty"
    assert "has no parameter colour" in await calls.refused("sendMessage", chat_id=ana.id, text="x", colour="red")
    assert 'parameter "text" must be of type String' in await calls.refused("sendMessage", chat_id=ana.id, text=7)
    assert 'parameter "chat_id"' in await calls.refused("sendMessage", chat_id="Ana", text="x")
    assert (
        await calls.refused("sendMessage", chat_id=ana.id, text="x", reply_markup="{")
        == "Bad Request: can't parse reply markup JSON object"
    )
    url = f"{telegram.url}/bot{telegram.token}/sendMessage"
    async with calls.session.get(url, params={"chat_id": ana.id, "text": "by GET"}) as response:
        assert (await response.json())["result"]["text"] == "by GET"
    async with calls.session.post(url, data={"chat_id": str(ana.id), "text": "by form"}) as response:
        assert (await response.json())["result"]["text"] == "by form"
    async with calls.session.post(url, data=b"{", headers={"Content-Type": "application/json"}) as response:
        assert response.status == 400
    async with calls.session.post(url, data=b"hello", headers={"Content-Type": "text/csv"}) as response:
        assert response.status == 400
    assert ana.hears() == ["by GET", "by form"]


async def test_a_message_as_telegram_keeps_it(telegram: TelegramEmulator, bot: Bot, ana: Person) -> None:
    first = await bot.send_message(
        ana.id,
        "Hello <b>Ana</b> &amp; <a href='example.org'>all</a>",
        parse_mode="HTML",
        reply_markup=keyboard("Yes", "No"),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    assert first.text == "Hello Ana & all"
    assert [(one.type, one.url) for one in first.entities] == [("bold", None), ("text_link", "http://example.org/")]
    assert (first.chat.type, first.chat.first_name) == ("private", "Ana")
    assert first.from_user is not None
    assert first.from_user.id == bot.id
    assert first.date.timestamp() == telegram.clock.now()
    second = await bot.send_message(ana.id, "More", reply_parameters=ReplyParameters(first.message_id, quote="Ana"))
    assert second.message_id > first.message_id
    assert second.reply_to_message is not None
    assert second.reply_to_message.message_id == first.message_id
    assert second.quote is not None
    assert second.quote.position == 6
    seen = ana.sees()
    assert seen[0].formatting == [("bold", "Ana"), ("text_link", "all")]
    assert (seen[0].look, seen[0].links) == ({"bold", "text_link"}, [("all", "http://example.org/")])
    assert (seen[0].buttons, seen[0].data) == (["Yes", "No"], {"Yes": "yes", "No": "no"})
    assert seen[1].reply_to == first.message_id
    assert "Hello" in seen[0]


async def test_how_long_a_text_may_be(calls: Calls, ana: Person) -> None:
    waving = "👋"
    await calls.result("sendMessage", chat_id=ana.id, text=waving * 2048)
    too_long = await calls.refused("sendMessage", chat_id=ana.id, text=waving * 2048 + "x")
    assert too_long == "Bad Request: message is too long"
    tagged = await calls.result("sendMessage", chat_id=ana.id, text=f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    assert tagged["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]
    assert (
        await calls.refused("editMessageText", chat_id=ana.id, message_id=tagged["message_id"], text="x" * 4097)
        == "Bad Request: MESSAGE_TOO_LONG"
    )
    assert await calls.refused("sendMessage", chat_id=ana.id, text=" \u200b ") == "Bad Request: text must be non-empty"
    assert (
        await calls.refused("sendMessage", chat_id=ana.id, text="\ud800")
        == "Bad Request: strings must be encoded in UTF-8"
    )
    cleaned = await calls.result(
        "sendMessage", chat_id=ana.id, text="  \r\n a\x00b\r  ", entities=[{"type": "bold", "offset": 5, "length": 3}]
    )
    assert cleaned["text"] == "a b"
    assert cleaned["entities"] == [{"type": "bold", "offset": 0, "length": 3}]


async def test_what_telegram_finds_by_itself(bot: Bot, ana: Person) -> None:
    await bot.send_message(
        ana.id, "/help@test_bot asks @ben_o about #Needles at https://a.org/b. <code>@no</code>", "HTML"
    )
    assert ana.last().formatting == [
        ("bot_command", "/help@test_bot"),
        ("mention", "@ben_o"),
        ("hashtag", "#Needles"),
        ("url", "https://a.org/b"),
        ("code", "@no"),
    ]


@pytest.mark.parametrize(
    ("entities", "why"),
    [
        ([("bold", 0, 1)], "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 4"),
        ([("bold", 1, 1)], "entity begins in a middle of a UTF-16 symbol at byte offset 4"),
        ([("bold", 3, 9)], "entity beginning at UTF-16 offset 3 ends after the end of the text at UTF-16 offset 12"),
        ([("bold", 9, 1)], "entity begins after the end of the text at UTF-16 offset 9"),
        ([("bold", -1, 1)], "receive an entity with incorrect offset -1"),
        ([("bold", 0, 4), ("italic", 2, 4)], "can't parse entities: italic at UTF-16 offset 2 and bold at 0 overlap"),
        ([("code", 0, 4), ("bold", 2, 1)], "can't parse entities: bold at UTF-16 offset 2 and code at 0: one can't be"),
        ([("bold", 0, 4), ("pre", 0, 2)], "can't parse entities: pre at UTF-16 offset 0 and bold at 0: one can't be"),
        ([("blockquote", 0, 6), ("blockquote", 2, 2)], "can't parse entities: blockquote at UTF-16 offset 2"),
        ([("shout", 0, 2)], "can't parse MessageEntity: Unsupported type specified"),
        ([("text_link", 0, 2)], "can't parse MessageEntity: Can't find field \"url\""),
        ([("bold", 0, 2)] * 101, "ENTITIES_TOO_LONG"),
    ],
)
async def test_entities_that_are_refused(
    calls: Calls, ana: Person, entities: list[tuple[str, int, int]], why: str
) -> None:
    given = [{"type": kind, "offset": offset, "length": length} for kind, offset, length in entities]
    assert (await calls.refused("sendMessage", chat_id=ana.id, text="👋hello", entities=given)).startswith(
        f"Bad Request: {why}"
    )


async def test_entities_that_pass(bot: Bot, calls: Calls, ana: Person) -> None:
    inside = [MessageEntity("bold", 0, 7), MessageEntity("italic", 2, 2), MessageEntity("blockquote", 0, 7)]
    sent = await bot.send_message(ana.id, "👋hello", entities=inside)
    assert {one.type for one in sent.entities} == {"bold", "italic", "blockquote"}
    link = {"type": "text_link", "offset": 0, "length": 2, "url": "nowhere"}
    assert (
        await calls.refused("sendMessage", chat_id=ana.id, text="👋", entities=[link])
        == "Bad Request: entity URL 'nowhere' is invalid: Wrong HTTP URL"
    )
    link["url"] = f"https://t.me/test_bot?start={'x' * 65}"
    assert "deep link" in await calls.refused("sendMessage", chat_id=ana.id, text="👋", entities=[link])
    assert "not both" in await calls.refused(
        "sendMessage",
        chat_id=ana.id,
        text="x",
        parse_mode="HTML",
        entities=[{"type": "bold", "offset": 0, "length": 1}],
    )
    assert await calls.refused("sendMessage", chat_id=ana.id, text="x", parse_mode="BBCode") == (
        "Bad Request: unsupported parse_mode"
    )


async def test_keyboards(calls: Calls, ana: Person) -> None:
    async def refusal(**button: object) -> str:
        markup = {"inline_keyboard": [[button]]}
        return await calls.refused("sendMessage", chat_id=ana.id, text="x", reply_markup=markup)

    assert await refusal(text="a", callback_data="é" * 33) == "Bad Request: BUTTON_DATA_INVALID"
    assert await refusal(text="a", callback_data="") == "Bad Request: BUTTON_DATA_INVALID"
    assert await refusal(text="a") == "Bad Request: text buttons are unallowed in the inline keyboard"
    assert "must be non-empty" in await refusal(text=" ", callback_data="x")
    assert "one thing" in await refusal(text="a", callback_data="x", url="https://a.org")
    assert "Wrong HTTP URL" in await refusal(text="a", url="javascript:1")
    assert "deep link" in await refusal(text="a", url="https://t.me/test_bot?start=a.b")
    assert "unknown fields" in await refusal(text="a", callback_data="x", colour="red")
    wrong = {"inline_keyboard": {"text": "a"}}
    assert (
        await calls.refused("sendMessage", chat_id=ana.id, text="x", reply_markup=wrong)
        == 'Bad Request: field "inline_keyboard" must be of type Array'
    )
    many = {"inline_keyboard": [[{"text": "a", "callback_data": "x"}]] * 101}
    assert (
        await calls.refused("sendMessage", chat_id=ana.id, text="x", reply_markup=many)
        == "Bad Request: REPLY_MARKUP_TOO_LONG"
    )
    for other in ({"force_reply": True}, {"remove_keyboard": True}, {"keyboard": [["Yes", {"text": "No"}]]}):
        assert "reply_markup" not in await calls.result("sendMessage", chat_id=ana.id, text="x", reply_markup=other)


async def test_editing(telegram: TelegramEmulator, bot: Bot, calls: Calls, ana: Person) -> None:
    hers = await ana.writes(None, "Mine")
    own = await bot.send_message(ana.id, "Old", reply_markup=keyboard("Yes"))
    where: Json = {"chat_id": ana.id, "message_id": own.message_id}
    with pytest.raises(BadRequest, match="Message is not modified: specified new message content and reply markup"):
        await bot.edit_message_text("Old", **where, reply_markup=keyboard("Yes"))
    await telegram.clock.move(5)
    edited = await bot.edit_message_text("New", **where)
    assert not isinstance(edited, bool)
    assert (edited.text, edited.reply_markup, ana.last().edited) == ("New", None, True)
    await bot.edit_message_reply_markup(**where, reply_markup=keyboard("No"))
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_reply_markup(**where, reply_markup=keyboard("No"))
    assert ana.last().buttons == ["No"]
    target = {"chat_id": ana.id, "text": "x"}
    assert await calls.refused("editMessageText", **target, message_id=999) == "Bad Request: message to edit not found"
    assert await calls.refused("editMessageText", **target, message_id=hers) == "Bad Request: message can't be edited"
    assert await calls.refused("editMessageText", text="x") == "Bad Request: chat_id is empty"
    photo = await bot.send_photo(ana.id, PNG, caption="Picture")
    assert (
        await calls.refused("editMessageText", **target, message_id=photo.message_id)
        == "Bad Request: there is no text in the message to edit"
    )
    await bot.edit_message_caption(ana.id, photo.message_id, caption="Better")
    assert ana.last().text == "Better"
    assert (
        await calls.refused("editMessageCaption", chat_id=ana.id, message_id=own.message_id, caption="x")
        == "Bad Request: there is no caption in the message to edit"
    )
    await bot.edit_message_media(
        InputMediaDocument(b"a,b", filename="a.csv", caption="Table"), ana.id, photo.message_id
    )
    assert [(one["name"], one["content"]) for one in ana.last().files] == [("a.csv", b"a,b")]


async def test_deleting(telegram: TelegramEmulator, bot: Bot, calls: Calls, ana: Person) -> None:
    own = (await bot.send_message(ana.id, "Mine")).message_id
    await bot.delete_message(ana.id, own)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(ana.id, own)
    old = (await bot.send_message(ana.id, "Old")).message_id
    await telegram.clock.move(48 * 3600 + 1)
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_message(ana.id, old)
    circle = telegram.group("Circle", ana, with_bot=True)
    hers = await ana.writes(circle, "Mine")
    assert (
        await calls.refused("deleteMessage", chat_id=circle.id, message_id=hers)
        == "Bad Request: message can't be deleted"
    )
    await ana.promotes_bot(circle)
    await bot.delete_messages(circle.id, [hers, 999_999])
    assert "Mine" not in [one.text for one in ana.sees(circle)]
    many = await calls.refused("deleteMessages", chat_id=circle.id, message_ids=list(range(101)))
    assert many == "Bad Request: too many message identifiers specified"


async def test_files(telegram: TelegramEmulator, bot: Bot, calls: Calls, ana: Person) -> None:
    photo = await bot.send_photo(ana.id, io.BytesIO(PNG), caption="<i>Health</i>", parse_mode="HTML")
    assert (photo.photo[0].width, photo.photo[0].height, photo.caption) == (640, 480, "Health")
    again = await bot.send_photo(ana.id, photo.photo[0].file_id)
    assert again.photo[0].file_unique_id == photo.photo[0].file_unique_id
    document = await bot.send_document(ana.id, b"a,b\n", filename="week.csv")
    assert document.document is not None
    assert (document.document.file_name, document.document.file_size) == ("week.csv", 4)
    file = await bot.get_file(document.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"a,b\n"
    assert await calls.refused("getFile", file_id="nothing") == "Bad Request: invalid file_id"
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(ana.id, b"no picture")
    with pytest.raises(BadRequest, match="Photo_invalid_dimensions"):
        await bot.send_photo(ana.id, PNG[:16] + struct.pack(">II", 3000, 10))
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(ana.id, PNG, caption="x" * 1025)
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await bot.send_document(ana.id, b"", filename="empty")
    sent = {"chat_id": ana.id}
    assert "wrong file identifier" in await calls.refused("sendPhoto", **sent, photo="attach://x")
    assert "failed to get HTTP URL content" in await calls.refused("sendPhoto", **sent, photo="https://a.org/b.png")
    assert "can't use file of type Document as Photo" in await calls.refused(
        "sendPhoto", **sent, photo=document.document.file_id
    )
    async with calls.session.get(f"{telegram.url}/file/bot{telegram.token}/nowhere") as response:
        assert response.status == 404


async def test_albums(bot: Bot, ana: Person) -> None:
    album = await bot.send_media_group(
        ana.id, [InputMediaPhoto(PNG, caption="Both"), InputMediaPhoto(PNG)], reply_to_message_id=None
    )
    assert len({one.media_group_id for one in album}) == 1
    assert [one.text for one in ana.sees()] == ["Both", ""]
    with pytest.raises(BadRequest, match="Too few messages"):
        await bot.send_media_group(ana.id, [InputMediaPhoto(PNG)])
    with pytest.raises(BadRequest, match="Too many messages"):
        await bot.send_media_group(ana.id, [InputMediaPhoto(PNG)] * 11)
    with pytest.raises(BadRequest, match="Documents can't be mixed"):
        await bot.send_media_group(ana.id, [InputMediaPhoto(PNG), InputMediaDocument(b"x", filename="x.txt")])


async def test_forwards_copies_and_reactions(telegram: TelegramEmulator, bot: Bot, calls: Calls, ana: Person) -> None:
    ben = telegram.person("Ben", started=True)
    hers = await ana.writes(None, "A thought")
    forwarded = await bot.forward_message(ben.id, ana.id, hers)
    assert forwarded.forward_origin is not None
    assert forwarded.forward_origin.type == "user"
    await bot.copy_message(ben.id, ana.id, hers)
    assert ben.hears() == ["A thought", "A thought"]
    target = {"chat_id": ben.id, "from_chat_id": ana.id}
    assert await calls.refused("forwardMessage", **target, message_id=9) == "Bad Request: message to forward not found"
    assert await calls.refused("copyMessage", **target, message_id=9) == "Bad Request: message to copy not found"
    await bot.set_message_reaction(ana.id, hers, ReactionTypeEmoji("✍"))
    assert telegram.direct(ana.user).reactions[hers][bot.id] == [{"type": "emoji", "emoji": "✍"}]
    with pytest.raises(BadRequest, match="Reaction_invalid"):
        await bot.set_message_reaction(ana.id, hers, ReactionTypeEmoji("📌"))
    with pytest.raises(BadRequest, match="Message to react not found"):
        await bot.set_message_reaction(ana.id, 999, "👍")


async def test_whom_a_bot_may_write_to(telegram: TelegramEmulator, bot: Bot, ana: Person) -> None:
    stranger = telegram.person("Chidi")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(stranger.id, "Hello")
    circle = telegram.supergroup("Circle", ana, stranger, with_bot=True, as_admin=True)
    await stranger.writes(circle, "Hello all")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(stranger.id, "Hello")
    await ana.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(ana.id, "Hello")
    await ana.starts()
    await bot.send_message(ana.id, "Hello")
    ana.deletes_account()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(ana.id, "Hello")
