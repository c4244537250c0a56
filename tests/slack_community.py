"""The same people as in ``tests/conversations.py``, in a workspace on the emulator of Slack.

The program speaks to it with the real slack_bolt and slack_sdk, over Socket Mode or over HTTP. Where Slack has other
ways than the page, people here go them: a command is ``/baraza ask``, a reply with a command is a mention of the bot
in the thread, and a form that could not open by itself is opened with the button *Open the form*.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app import App
from bot.core.clock import Clock
from bot.platforms.slack.pacing import Unpaced
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.timing import Timing
from bot.settings import Settings
from storage.database import Database
from tests.conversations import File, FormField, Held, Json, OpenForm, Seen, Someone, StandingClock, Talk
from tests.databases import SECRET_KEY, migrated
from tests.in_step import InStep
from tests.wire.slack import Channel, Person, SlackEmulator, Workspace
from tests.wire.slack import Seen as SeenInSlack
from tests.wire.slack.filling_in import initial
from tests.wire.slack.interacting import Interactions

OPEN_THE_FORM = "Open the form"
A_MOMENT = timedelta(milliseconds=10)
"""Slack numbers what is said within one second by its microseconds, so what is said at nine is a moment after nine."""

_LINK = re.compile(r"/p([0-9]+)([0-9]{6})(?:\?|$)")
_EMOJI = {
    "📌": "pushpin", "📍": "round_pushpin", "👍": "+1", "✍": "writing_hand", "✍️": "writing_hand",
    "✍🏽": "writing_hand::skin-tone-4",
}  # fmt: skip


@dataclass
class SlackTalk(Talk):
    """The program as people in the workspace reach it."""

    slack: SlackEmulator
    workspace: Workspace
    app: App | None

    @property
    def running(self) -> App:
        """The program, which has been started."""
        assert self.app is not None
        return self.app

    async def settle(self) -> None:
        """Wait until neither Baraza nor Slack has anything left to do."""
        told = -1
        while told != len(self.slack.deliveries):  # what Baraza says, Slack tells it in turn
            told = len(self.slack.deliveries)
            await self.slack.settle()
            await self.running.settle()

    async def wait_until(self, moment: datetime) -> None:
        """Let time pass until a moment; what falls due on the way happens in order."""
        await self.settle()
        await self.running.move_clock(moment.replace(microsecond=0) + A_MOMENT)
        await self.settle()
        clock = self.slack.clock
        assert isinstance(clock, InStep)
        await clock.catch_up()

    async def newcomer(self, name: str, language: str = "en") -> SlackSomeone:
        """Somebody of the workspace, in no place yet."""
        return SlackSomeone(self, self.workspace.person(name, locale=language))

    def person(self, person_id: str, name: str = "") -> SlackSomeone:
        """Somebody who is here already."""
        return SlackSomeone(self, Person(self.workspace, self.workspace.users[person_id]))

    async def content(self, file: File) -> bytes:
        """The bytes of a file."""
        content = self.slack.files[file.id].content
        assert content is not None
        return content

    async def shown_to_others(self, person: Someone) -> list[str]:
        """Every message, with its metadata, and every form and page that isn't this person's alone."""
        found: list[Json] = []
        for channel in self.workspace.channels.values():
            if channel.kind != "im" or person.id not in channel.members:
                found += channel.messages.values()
            for user, whispers in channel.ephemeral.items():
                found += whispers.values() if user != person.id else ()
        views = self.workspace.views
        for user, stack in views.modals.items():
            found += stack if user != person.id else ()
        found += [home for user, home in views.homes.items() if user != person.id]
        return [repr(one) for one in found]


class SlackSomeone(Someone):
    """One person of the workspace."""

    def __init__(self, talk: SlackTalk, person: Person) -> None:
        self.talk: SlackTalk = talk
        self.person = person
        self.id = person.id
        self.name = person.name

    async def joins(self, place: str) -> None:
        """Become a member of a channel."""
        await self.person.joins(place)
        await self.talk.settle()

    async def leaves(self, place: str) -> None:
        """Leave a channel."""
        await self.person.leaves(place)
        await self.talk.settle()

    async def creates(self, place: str) -> None:
        """Make a channel."""
        self.talk.workspace.channel(place, self.person)

    async def invites_the_bot(self, place: str) -> None:
        """Bring the bot into a channel."""
        await self.person.invites_bot(place)
        await self.talk.settle()

    async def says(
        self, text: str, *, place: str | None = None, under: str | None = None, about: str | None = None
    ) -> str:
        """Write in a channel or privately to the bot; a text with a slash is a command. The message's ``ts``."""
        if not text.startswith("/"):
            message = await self.person.writes(place, text, thread=under)
        elif message := about or under or "":
            await self._replies_with_a_command(text, place, message)
        else:
            await self.person.types(f"/baraza {text.removeprefix('/')}", place)
        await self.talk.settle()
        return "" if text.startswith("/") else message

    async def _replies_with_a_command(self, text: str, place: str | None, message: str) -> None:
        """Mention the bot in the thread of a message; a form that this opens has to be asked for with its button."""
        before = {one.ts for one in self.person.sees(place, thread=message)}
        words = f"@{self.talk.workspace.bot.name} {text.removeprefix('/')}"
        await self.person.writes(place, words, thread=message)
        await self.talk.settle()
        new = [one for one in self.person.sees(place, thread=message) if one.ts not in before]
        if any(OPEN_THE_FORM in one.buttons for one in new):
            await self.person.presses(OPEN_THE_FORM, place)

    async def takes_back(self, message: str) -> None:
        """Delete a message."""
        await self.person.deletes(self._channel_of(message), message)
        await self.talk.settle()

    async def rewrites(self, message: str, text: str) -> None:
        """Edit a message."""
        await self.person.edits(self._channel_of(message), message, text)
        await self.talk.settle()

    async def reacts(self, message: str, emoji: str, *, removed: bool = False) -> None:
        """Put an emoji on a message; Slack has names for them."""
        name = _EMOJI.get(emoji, emoji.strip(":"))
        await self.person.reacts(self._channel_of(message), message, name, removed=removed)
        await self.talk.settle()

    async def shortcuts(self) -> list[str]:
        """What the menu of a message offers: the same to everybody, for so it is with an app's manifest."""
        return list(self._shortcuts())

    async def uses_shortcut(self, message: str, label: str) -> None:
        """Choose something from the menu of a message."""
        await self.person.uses_shortcut(self._shortcuts()[label], message, self._channel_of(message))
        await self.talk.settle()

    def _shortcuts(self) -> dict[str, str]:
        registry = self.talk.running.frame.registry
        return {one.label: one.name for one in registry.shortcuts.values()}

    async def presses(self, label: str, *, place: str | None = None) -> None:
        """Press the newest button of this label."""
        await self.person.presses(label, place)
        await self.talk.settle()

    async def holds(self, label: str) -> SlackHeld:
        """The newest button of this label in the private chat."""
        message = next(one for one in reversed(self.person.sees()) if label in one.buttons)
        return SlackHeld(self, dict(message.raw), message.button(label))

    async def form(self) -> OpenForm | None:
        """The modal on top."""
        view = self.person.form()
        return _form(view) if view else None

    async def hands_in(self, form: OpenForm, **by_label: Any) -> None:
        """Fill in a modal and submit it."""
        assert not await self.person.sends(form.raw, by_label)

    async def fills_in_wrongly(self, **by_label: Any) -> dict[str, str]:
        """Submit the open modal with what no client of Slack's would let through; the sentences, by field."""
        form = await self.form()
        assert form is not None, f"{self.name} sees no form"
        problems = await self.person.sends(form.raw, by_label, checked=False)
        names = {one.label: one.name for one in form.fields}
        return {names[label]: sentence for label, sentence in problems.items()}

    async def sees(self, place: str | None = None, *, under: str | None = None) -> Sequence[Seen]:
        """The messages of a channel, of the private chat or of a thread; a file belongs to the message before it.

        Those of a channel are with what this person alone is told in its threads.
        """
        shown = [one for one in self.person.sees(place, thread=under) if one.raw.get("subtype") != "channel_join"]
        found: list[Seen] = []
        for one in shown:
            if _is_only_a_file(one) and found:
                found[-1].files.extend(_files(one))
                continue
            found.append(self._seen(one))
        for root in tuple(found) if under is None else ():
            replies = self.person.sees(place, thread=root.id)[1:]
            root.files.extend(file for reply in replies if _is_only_a_file(reply) for file in _files(reply))
            found += [self._seen(reply) for reply in replies if reply.ephemeral]
        return sorted(found, key=lambda one: float(one.id))

    async def commands(self) -> list[str]:
        """The commands that the help names."""
        await self.says("/help")
        return re.findall(r"^/(\w+) ", (await self.last()).text, re.MULTILINE)

    def _seen(self, one: SeenInSlack) -> Seen:
        return Seen(
            id=one.ts,
            text=self._read(one) if one.by_bot else one.text,
            author=one.raw["user"],
            by_bot=one.by_bot,
            at=datetime.fromtimestamp(int(one.ts.partition(".")[0]), UTC),
            buttons=one.buttons,
            leads_to={label: _message_at(address) for label, address in one.leads_to.items()},
            files=_files(one),
            bold=[words for look, words in one.rendering.formatting if look == "bold"],
            raw=one.raw,
        )

    def _read(self, one: SeenInSlack) -> str:
        """What the bot said, without empty lines. It may name no command that is not typed so on Slack."""
        known = "|".join(self.talk.running.frame.registry.commands)
        assert not re.search(rf"(?<![\w/:.])/({known})\b", one.text), f"a command that Slack doesn't have: {one.text}"
        return re.sub(r"/baraza (?=[a-z])", "/", re.sub(r"\n{2,}", "\n", one.text))

    def _channel_of(self, message: str) -> Channel:
        channels = self.talk.workspace.channels.values()
        return next(one for one in channels if message in one.messages and self.id in one.members)


class SlackHeld(Held):
    """A button of a message, as it was sent."""

    def __init__(self, who: SlackSomeone, message: Json, button: Json) -> None:
        self.who: SlackSomeone = who
        self._message = message
        self._button = button

    async def press(self) -> None:
        """Press it where it still is."""
        await self.press_too_late()

    async def press_too_late(self, by: Someone | None = None) -> None:
        """The press arrives although the button is gone: a second finger, a slow wire, another hand."""
        workspace = self.who.talk.workspace
        chat = workspace.open_direct(self.who.id)
        user = workspace.users[by.id if by else self.who.id]
        await Interactions(workspace, user).button(chat, self._message, self._button)
        await self.who.talk.settle()

    async def is_gone(self) -> bool:
        """Whether it can no longer be pressed by who held it."""
        now = next((one for one in self.who.person.sees() if one.ts == self._message["ts"]), None)
        return now is None or self._button["value"] not in [one.get("value") for one in now.rendering.buttons]


class OnSlack:
    """The stage for conversations in a workspace; one for each folder, which lasts as long as the stage."""

    def __init__(self, *, socket: bool) -> None:
        self._socket = socket
        self._stages = AsyncExitStack()
        self._workspaces: dict[Path, tuple[SlackEmulator, Workspace]] = {}

    async def close(self) -> None:
        """Let go of the workspaces."""
        await self._stages.aclose()

    @asynccontextmanager
    async def running(
        self, folder: Path, *, database_url: str = "", clock: Clock | None = None, **settings: Any
    ) -> AsyncIterator[SlackTalk]:
        """The whole program beside a workspace; see ``tests.conversations.running``."""
        clock = clock or StandingClock()
        slack, workspace = await self._workspace(folder, clock)
        url = database_url or await migrated(folder)
        settings.setdefault("confidential_delay_seconds", 0)
        chosen = Settings(_env_file=None, database_url=url, http_port=0, **settings)
        secret: dict[str, Any] = (
            {"app_token": slack.app.app_token} if self._socket else {"signing_secret": slack.app.signing_secret}
        )
        patient = Timing(names=30.0)  # a busy machine is no slow Slack
        platform = SlackPlatform(
            clock, bot_token=workspace.token, api_url=slack.api_url, pace=Unpaced(), timing=patient, **secret
        )
        app = App(chosen, Database(url, SECRET_KEY), [platform], clock=clock)
        await app.start()
        try:
            if self._socket:
                await slack.socket.connected(2)
            else:
                slack.app.request_url = f"{app.web.url}/slack/events"
            yield SlackTalk(slack, workspace, app)
        finally:
            await app.stop()

    async def _workspace(self, folder: Path, clock: Clock) -> tuple[SlackEmulator, Workspace]:
        if folder not in self._workspaces:
            slack = SlackEmulator(clock=InStep(clock), app_name="Baraza")
            slack.app.socket_mode = self._socket
            await self._stages.enter_async_context(slack)
            self._workspaces[folder] = slack, slack.workspace()
        slack, workspace = self._workspaces[folder]
        assert isinstance(slack.clock, InStep)
        slack.clock.followed = clock
        return slack, workspace


def _form(view: Json) -> OpenForm:
    blocks = view["blocks"]
    inputs = [block for block in blocks if block["type"] == "input"]
    fields = [
        FormField(
            name=block["block_id"].removeprefix("field_"),
            label=block["label"]["text"],
            hint=block.get("hint", {}).get("text", ""),
            initial=_initial(block["element"]),
        )
        for block in inputs
    ]
    intro = "\n".join(_words(block) for block in blocks if block["type"] != "input")
    return OpenForm(view["title"]["text"], intro, fields, view)


def _initial(element: Json) -> Any:
    (value,) = initial(element).values()
    if isinstance(value, list):
        return [one["value"] for one in value]
    return value["value"] if isinstance(value, dict) else value


def _words(block: Json) -> str:
    """The words of a block, whatever is around them."""
    if isinstance(block.get("text"), str):
        return str(block["text"])
    inside = [one for value in block.values() for one in (value if isinstance(value, list) else [value])]
    return "".join(_words(one) for one in inside if isinstance(one, dict))


def _is_only_a_file(one: SeenInSlack) -> bool:
    return one.by_bot and one.raw.get("subtype") == "file_share" and not one.text


def _files(one: SeenInSlack) -> list[File]:
    return [File(file["id"], file["name"], file.get("alt_txt", "")) for file in one.files]


def _message_at(address: str) -> str:
    match = _LINK.search(address)
    assert match is not None, address
    return f"{match[1]}.{match[2]}"
