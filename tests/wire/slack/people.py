"""The people of a workspace: what they do in Slack's client, and what they see there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.wire.slack.blocks import check_view
from tests.wire.slack.filling_in import state_of
from tests.wire.slack.interacting import Interactions
from tests.wire.slack.refusal import Json
from tests.wire.slack.seeing import Renderer, Rendering, Seen
from tests.wire.slack.state import Channel, Delivery, User
from tests.wire.slack.typing_in import typed, typed_in_command

if TYPE_CHECKING:
    from tests.wire.slack.workspace import Workspace

Where = str | Channel | None
"""A channel, by its name, its id or as such; None is the direct message with the bot."""


class Person:
    """One person. Whatever they do comes back once the app has answered it, or failed to for the first time."""

    def __init__(self, workspace: Workspace, user: User) -> None:
        self.workspace = workspace
        self.user = user
        self._slack = workspace.slack
        self._interactions = Interactions(workspace, user)

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.name

    # What they write

    async def writes(
        self, channel: Where, text: str, *, thread: str | None = None, broadcast: bool = False, me: bool = False
    ) -> str:
        """Write a message, in a thread with its ``ts``; the message's own ``ts``."""
        place = self._there(channel)
        words, blocks = typed(self.workspace, text)
        fields: Json = {"text": words, "blocks": blocks, "client_msg_id": self._slack.secret(32)}
        if me:
            fields = {"text": words, "subtype": "me_message"}
        if thread is not None:
            fields["thread_ts"] = thread
        if broadcast and thread is not None:
            fields |= {"subtype": "thread_broadcast", "root": dict(place.messages[thread])}
        return await self._put(place, fields)

    async def shares(self, channel: Where, filename: str, text: str = "") -> str:
        """Share a file, with words; the message's ``ts``."""
        words, blocks = typed(self.workspace, text)
        file = {"id": self._slack.ids.next("F"), "name": filename, "title": filename, "mode": "hosted"}
        fields: Json = {"subtype": "file_share", "text": words, "files": [file], "upload": False}
        return await self._put(self._there(channel), fields | ({"blocks": blocks} if blocks else {}))

    async def _put(self, place: Channel, fields: Json) -> str:
        workspace = self.workspace
        assert not place.archived, f"{place.name} is archived"
        message = workspace.add(place, self.user, fields)
        event = workspace.message_event(place, message)
        told = [workspace.tell(event, place)]
        if f"<@{workspace.bot.id}>" in message["text"] and place.kind != "im":
            mention = {name: value for name, value in event.items() if name != "channel_type"}
            told.append(workspace.tell({**mention, "type": "app_mention"}, place))
        await self._slack.heard(*told)
        return str(message["ts"])

    async def edits(self, channel: Where, ts: str, text: str) -> None:
        """Change the words of a message."""
        place = self._there(channel)
        words, blocks = typed(self.workspace, text)
        fields = {"text": words, "blocks": blocks}
        await self._slack.heard(self.workspace.change(place, place.messages[ts], fields, by=self.id))

    async def deletes(self, channel: Where, ts: str) -> None:
        """Take a message back."""
        place = self._there(channel)
        await self._slack.heard(self.workspace.remove(place, place.messages[ts]))

    async def reacts(self, channel: Where, ts: str, name: str, *, removed: bool = False) -> None:
        """React to a message, or take the reaction back."""
        place = self._there(channel)
        await self._slack.heard(self.workspace.react(place, place.messages[ts], self.id, name, removed=removed))

    # Where they go

    async def joins(self, channel: str | Channel) -> None:
        """Become a member of a channel."""
        await self._slack.heard(self.workspace.join(self.workspace.find(channel), self.id))

    async def leaves(self, channel: str | Channel) -> None:
        """Leave a channel."""
        await self._slack.heard(self.workspace.leave(self.workspace.find(channel), self.id))

    async def invites_bot(self, channel: str | Channel) -> None:
        """Bring the bot into a channel."""
        place = self.workspace.find(channel)
        await self._slack.heard(self.workspace.join(place, self.workspace.bot.id, inviter=self.id))

    async def removes_bot(self, channel: str | Channel) -> None:
        """Put the bot out of a channel."""
        await self._slack.heard(self.workspace.leave(self.workspace.find(channel), self.workspace.bot.id))

    async def changes(self, *, name: str | None = None, locale: str | None = None, deleted: bool = False) -> None:
        """Take another name or language, or leave the workspace."""
        self.user.name = name or self.user.name
        self.user.locale = locale or self.user.locale
        self.user.deleted = deleted
        event = {"type": "user_change", "user": self.user.shape(locale=True), "cache_ts": int(self._slack.clock.now())}
        await self._slack.heard(self.workspace.tell(event | {"event_ts": self.workspace.next_ts()}))

    # What they use

    async def types(self, line: str, channel: Where = None) -> Delivery:
        """Type a slash command."""
        command, _, text = line.partition(" ")
        known = self._slack.app.commands
        assert known is None or command in known, f"{command} is not a valid command"
        text = typed_in_command(self.workspace, text.strip())
        return await self._interactions.command(self._there(channel), command, text)

    async def presses(self, label: str, channel: Where = None, *, thread: str | None = None) -> Delivery:
        """Press the newest button of this label that this person sees there."""
        place = self._there(channel)
        seen = self.sees(place, thread=thread) if thread else self._everything(place)
        message = next((one for one in reversed(seen) if label in one.buttons), None)
        assert message is not None, f"{self.name} sees no button {label}"
        return await self._interactions.button(place, message.raw, message.button(label))

    async def presses_in_home(self, label: str, *, nth: int = 0) -> Delivery:
        """Press a button of the Home tab."""
        view = self.workspace.views.homes[self.id]
        return await self._interactions.button_in_view(view, self._button(view, label, nth))

    async def presses_in_form(self, label: str, *, nth: int = 0) -> Delivery:
        """Press a button inside the open modal."""
        view = self._open_form()
        return await self._interactions.button_in_view(view, self._button(view, label, nth))

    async def uses_shortcut(self, callback_id: str, ts: str | None = None, channel: Where = None) -> Delivery:
        """Choose something from the menu of a message, or a shortcut that needs none."""
        if ts is None:
            return await self._interactions.shortcut(callback_id, None, None)
        place = self._there(channel)
        return await self._interactions.shortcut(callback_id, place, place.messages[ts])

    async def opens_home(self, *, tab: str = "home") -> None:
        """Look at the app's Home tab, or (``tab="messages"``) at its direct message."""
        place = self._there(None)
        event: Json = {"type": "app_home_opened", "user": self.id, "channel": place.id, "tab": tab}
        if tab == "home" and self.id in self.workspace.views.homes:
            event["view"] = self.workspace.views.homes[self.id]
        await self._slack.heard(self.workspace.tell(event | {"event_ts": self.workspace.next_ts()}))

    def home(self) -> Rendering:
        """What the Home tab shows."""
        view = self.workspace.views.homes.get(self.id)
        return self._renderer().blocks(view["blocks"] if view else [])

    # Forms

    def form(self) -> Json | None:
        """The modal that is open on top, as Slack keeps it."""
        stack = self.workspace.views.modals.get(self.id)
        return stack[-1] if stack else None

    async def fills_in(self, **by_label: Any) -> dict[str, str]:
        """Fill in the open modal by its labels (underscores for blanks) and send it.

        What the app finds wrong comes back by label, and the modal stays; so it does when the app doesn't answer.
        """
        return await self.sends(self._open_form(), by_label)

    async def sends(self, view: Json, by_label: Json, *, checked: bool = True) -> dict[str, str]:
        """The same with any modal that was open, such as one on another device.

        Without being ``checked`` it goes out as no client of Slack's would send it.
        """
        state = state_of(self.workspace, view, by_label, checked=checked)
        delivery = await self._interactions.submission(view, state)
        if not delivery.acknowledged:
            return {"": "We had some trouble connecting. Try again?"}
        return self._respond(view, delivery.response)

    async def closes_form(self) -> None:
        """Close the open modal; the app is told if it wanted to be."""
        stack = self.workspace.views.modals[self.id]
        view = stack.pop()
        if view["notify_on_close"]:
            await self._interactions.closing(view, is_cleared=False)

    def _respond(self, view: Json, response: Json) -> dict[str, str]:
        views, stack = self.workspace.views, self.workspace.views.modals[self.id]
        action = response.get("response_action")
        if action == "errors":
            labels = {one["block_id"]: one["label"]["text"] for one in view["blocks"] if one["type"] == "input"}
            errors = response.get("errors")
            assert errors, "errors without any"
            assert set(errors) <= set(labels), f"errors about blocks that are no inputs: {errors}"
            return {labels[block]: sentence for block, sentence in errors.items()}
        if action == "update":
            views.replace(view, check_view(response["view"]))
        elif action == "push":
            views.push(self.id, check_view(response["view"]))
        elif action == "clear":
            stack.clear()
        else:
            assert action is None, f"unknown response_action {action}"
            assert not response, f"a form is answered with nothing, or with a response_action: {response}"
            if view in stack:
                stack.remove(view)
        return {}

    # What they see

    def sees(self, channel: Where = None, *, thread: str | None = None) -> list[Seen]:
        """The messages of a place (or of a thread, its root first), the oldest first."""
        place = self._there(channel)
        seen = self._everything(place)
        if thread is not None:
            return [one for one in seen if one.raw.get("thread_ts", one.ts) == thread]
        return [
            one
            for one in seen
            if one.raw.get("thread_ts", one.ts) == one.ts or one.raw.get("subtype") == "thread_broadcast"
        ]

    def hears(self, channel: Where = None) -> list[str]:
        """What the bot said there, the oldest first."""
        return [one.text for one in self.sees(channel) if one.by_bot]

    def last(self, channel: Where = None) -> Seen:
        """The newest message of the bot there."""
        return [one for one in self._everything(self._there(channel)) if one.by_bot][-1]

    def _everything(self, place: Channel) -> list[Seen]:
        assert self.id in place.members, f"{self.name} is not in {place.name}"
        raw = [*place.messages.values(), *place.ephemeral.get(self.id, {}).values()]
        return [self._seen(one) for one in sorted(raw, key=lambda one: float(one["ts"]))]

    def _seen(self, raw: Json) -> Seen:
        kept = self._slack.files
        files = [
            {**one, "content": kept[one["id"]].content if one["id"] in kept else None} for one in raw.get("files", [])
        ]
        return Seen(raw, self._renderer().message(raw), raw["user"] == self.workspace.bot.id, files)

    def _renderer(self) -> Renderer:
        def name(some_id: str) -> str:
            if some_id in self.workspace.users:
                return self.workspace.users[some_id].name
            channel = self.workspace.channels.get(some_id)
            return channel.name if channel else some_id

        return Renderer(name)

    def _there(self, channel: Where) -> Channel:
        return self.workspace.open_direct(self.id) if channel is None else self.workspace.find(channel)

    def _open_form(self) -> Json:
        view = self.form()
        assert view is not None, f"{self.name} sees no form"
        return view

    def _button(self, view: Json, label: str, nth: int) -> Json:
        found = [one for one in self._renderer().blocks(view["blocks"]).buttons if one["text"]["text"] == label]
        assert len(found) > nth, f"{self.name} sees no button {label}"
        return found[nth]
