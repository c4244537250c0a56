"""What Baraza says, as the calls that make Telegram show it. Pure: nothing is sent.

Every word arrives: what is too long for a message is cut into several, and what is too long for a few goes into a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.core.addresses import Destination, InPlace, MessageRef
from bot.core.messages import Attachment, Message, Poll, Text
from bot.platforms.cutting import ELLIPSIS, is_blank, shortened, units
from bot.platforms.options import options_of, with_options
from bot.platforms.reading import readable
from bot.platforms.rich_text import clean, parse, plain
from bot.platforms.telegram._keyboards import keyboards
from bot.platforms.telegram._polls import native
from bot.platforms.telegram._quiet_words import quiet_words
from bot.platforms.telegram._styled import Styled, styled
from bot.platforms.too_long import IN_THE_FILE, MOST_MESSAGES, SHORTENED, Say

Json = dict[str, Any]

LONGEST_TEXT = 4_096
LONGEST_CAPTION = 1_024
MOST_IN_A_GROUP = 10
_LONGEST_NAME = 120
_PICTURES = ("image/jpeg", "image/png", "image/webp")
"""What Telegram shows in place; every other picture is a file to it."""
_NO_PREVIEW = {"link_preview_options": {"is_disabled": True}}


@dataclass(frozen=True, slots=True)
class File:
    """A file to upload: the stored bytes with the id ``content``, or ``words`` where that is empty."""

    name: str
    alt: str = ""
    content: str = ""
    words: str = ""
    is_picture: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Bot API, but for where. ``files`` go with it, in their order: see ``attached``.

    Of the calls that show one message exactly one is ``main``: its message is the one that is edited and linked to
    later. Those that come after it and say ``reply`` answer it. What Telegram refuses is said by ``instead``, if it can
    be.
    """

    method: str
    parameters: Json
    files: tuple[File, ...] = ()
    main: bool = False
    reply: bool = False
    instead: tuple[Call, ...] = ()

    def at(self, where: Json, main: int | None = None) -> Json:
        """All parameters, for a place as ``where`` gives it, once the id of the ``main`` message is known."""
        answers = {} if main is None or not self.reply else _answers(main)
        return {**self.parameters, **where, **answers}


def where(destination: Destination) -> Json:
    """The parameters that name a destination. What one person alone may see goes to their private chat.

    Raises ValueError for an address that can't be one of Telegram's, such as nobody's.
    """
    if not isinstance(destination, InPlace):
        return {"chat_id": int(destination.account.user)}
    chat, _, topic = destination.place.id.partition("/")
    place = {"chat_id": int(chat)} | ({"message_thread_id": int(topic)} if topic else {})
    return place | (_answers(int(destination.thread)) if destination.thread else {})


def target(there: MessageRef) -> Json:
    """The parameters that name a message that is to be edited. Raises ValueError as ``where`` does."""
    return {"chat_id": int(there.conversation), "message_id": int(there.id)}


def calls(message: Message, say: Say, *, username: str = "") -> list[Call]:
    """A message as one call or more, in their order. The buttons are under the end of its text; then comes its poll.

    ``username`` is the bot's; without it a button that opens the private chat with it is pressed where it stands.
    """
    message = _with_fitting_poll(message)
    files = [_file(one) for one in message.attachments]
    text, boards = styled(message.text), keyboards(message.buttons, username)
    captioned = _captioned(text, files)
    if captioned is not None:
        begins = _under(replace(_with_file(captioned, text), main=True), boards)
        under = [one for one in files if one is not captioned]
    elif text.blank and not boards and files:
        first, *more = _uploads(files, reply=True)
        begins, under = [replace(first, main=True, reply=False), *more], []
    else:
        begins = _uploads([one for one in files if one.is_picture], reply=False)
        begins += _texts(message.text, text, boards, say)
        under = [one for one in files if not one.is_picture]
    return [*begins, *_poll(message.poll, say), *_details(message.details, say), *_uploads(under, reply=True)]


def edited(message: Message, say: Say, *, caption: bool = False, username: str = "") -> Call:
    """A message in the place of another, with ``caption`` in the place of what stands under a file.

    Files, details and a poll stay as they were posted. What doesn't fit is left out, with a word that says so.
    """
    message = _with_fitting_poll(message)
    limit = LONGEST_CAPTION if caption else LONGEST_TEXT
    text, boards = styled(message.text), keyboards(message.buttons, username)
    if text.length > limit or len(boards) > 1:
        told = say(SHORTENED)
        parts = text.cut(limit - units(told) - 2)
        text = parts[0].followed_by(told) if parts else Styled(told)
    else:
        text = _whole(text, message.attachments)
    keyboard = {"reply_markup": boards[0]} if boards else {}
    if caption:
        return Call("editMessageCaption", {**_caption(text), **keyboard}, main=True)
    return Call("editMessageText", {**_text(text), **keyboard}, main=True)


def _texts(text: Text, shown: Styled, boards: Sequence[Json], say: Say) -> list[Call]:
    """The text in messages, of which the last is the main one, with its buttons."""
    said = _said(text, shown, say, "message.txt") or [Call("sendMessage", _text(Styled(ELLIPSIS)))]
    last = max(number for number, one in enumerate(said) if not one.files)
    return [*said[:last], *_under(replace(said[last], main=True), boards), *said[last + 1 :]]


def _with_fitting_poll(message: Message) -> Message:
    """The message with a poll that is one on Telegram too; any other stands in its text."""
    if message.poll is None or native(message.poll) is not None:
        return message
    return replace(message, text=with_options(message), poll=None)


def _poll(poll: Poll | None, say: Say) -> list[Call]:
    """The poll, which answers the main message; the options as words where a group allows no polls."""
    shown = native(poll) if poll else None
    if poll is None or shown is None:
        return []
    return [Call("sendPoll", shown, reply=True, instead=tuple(_details(options_of(poll), say)))]


def _details(text: Text | None, say: Say) -> list[Call]:
    """What answers the main message."""
    if text is None:
        return []
    return [replace(one, reply=True) for one in _said(text, styled(text), say, "details.txt")]


def _said(text: Text, shown: Styled, say: Say, name: str) -> list[Call]:
    """A text in a few messages; else its beginning, and all of it in a file. Nothing where there is nothing to see."""
    parts = shown.cut(LONGEST_TEXT)
    if len(parts) <= MOST_MESSAGES:
        return [Call("sendMessage", _text(one)) for one in parts]
    told = say(IN_THE_FILE)
    beginning = shown.cut(LONGEST_TEXT - units(told) - 2)[0].followed_by(told)
    whole = File(name, words=readable(plain(parse(text))))
    return [Call("sendMessage", _text(beginning)), *_uploads([whole], reply=True)]


def _under(shown: Call, boards: Sequence[Json]) -> list[Call]:
    """The first keyboard under a call's message; each further one under a message of its own."""
    if not boards:
        return [shown]
    under = replace(shown, parameters={**shown.parameters, "reply_markup": boards[0]})
    more = [Call("sendMessage", {**_text(Styled(ELLIPSIS)), "reply_markup": one}, reply=True) for one in boards[1:]]
    return [under, *more]


def _captioned(text: Styled, files: Sequence[File]) -> File | None:
    """The file that the text goes under: the only picture, else the only file, where the text is short enough."""
    pictures = [one for one in files if one.is_picture]
    fits = text.length <= LONGEST_CAPTION
    return (pictures or files)[0] if fits and len(pictures or files) == 1 else None


def _uploads(files: Sequence[File], *, reply: bool) -> list[Call]:
    """Files, several of one kind together."""
    groups: list[list[File]] = []
    for one in files:
        if groups and groups[-1][0].is_picture is one.is_picture and len(groups[-1]) < MOST_IN_A_GROUP:
            groups[-1].append(one)
        else:
            groups.append([one])
    made = [_with_file(one[0], Styled("")) if len(one) == 1 else _group(one) for one in groups]
    return [replace(one, reply=reply) for one in made]


def _with_file(file: File, text: Styled) -> Call:
    method, name = ("sendPhoto", "photo") if file.is_picture else ("sendDocument", "document")
    parts = text.cut(LONGEST_CAPTION)
    caption = _caption(parts[0] if parts else _alternative(file))
    return Call(method, {name: attached(0), **caption}, (file,))


def _group(files: Sequence[File]) -> Call:
    media = [
        {
            "type": "photo" if one.is_picture else "document",
            "media": attached(number),
            **_caption(_alternative(one)),
        }
        for number, one in enumerate(files)
    ]
    return Call("sendMediaGroup", {"media": media}, tuple(files))


def attached(number: int) -> str:
    """What stands in the parameters for a call's file of this number, from 0: the part that carries it, by name."""
    return f"attach://file{number}"


def _alternative(file: File) -> Styled:
    """What a picture shows, told in words to who can't see or load it."""
    words = quiet_words(file.alt).strip()
    return Styled(words if units(words) <= LONGEST_CAPTION else shortened(words, LONGEST_CAPTION, units))


def _whole(text: Styled, attachments: Iterable[Attachment]) -> Styled:
    """All of a text; where it has no words, those of its file, and else an ellipsis."""
    parts = text.cut(LONGEST_TEXT)
    told = [_alternative(_file(one)) for one in attachments]
    return next((one for one in (*parts, *told) if not one.blank), Styled(ELLIPSIS))


def _text(text: Styled) -> Json:
    entities = text.entities()
    return {"text": text.words, **({"entities": entities} if entities else {}), **_NO_PREVIEW}


def _caption(text: Styled) -> Json:
    if text.blank:
        return {}
    entities = text.entities()
    return {"caption": text.words, **({"caption_entities": entities} if entities else {})}


def _answers(message: int) -> Json:
    """Answer a message; without it where it is gone."""
    return {"reply_parameters": {"message_id": message, "allow_sending_without_reply": True}}


def _file(attachment: Attachment) -> File:
    """An attachment with a name that Telegram takes."""
    stem, dot, ending = clean(attachment.name).replace("/", "-").replace("\n", " ").rpartition(".")
    short = len(ending) < 10
    name = (
        shortened(stem, _LONGEST_NAME - len(dot + ending), units) + dot + ending
        if short
        else shortened(stem + dot + ending, _LONGEST_NAME, units)
    )
    return File(
        name="file" if is_blank(name) else name,
        alt=clean(attachment.alt),
        content=attachment.content,
        is_picture=attachment.media_type in _PICTURES,
    )
