"""Commands, buttons, shortcuts and modals, as Slack tells the app of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.wire.slack.refusal import Json
from tests.wire.slack.state import Channel, Delivery, User

if TYPE_CHECKING:
    from tests.wire.slack.workspace import Workspace


class Interactions:
    """What one person does with the app."""

    def __init__(self, workspace: Workspace, user: User) -> None:
        self._workspace = workspace
        self._slack = workspace.slack
        self._user = user

    async def command(self, channel: Channel, command: str, text: str) -> Delivery:
        """A slash command. What the app answers in its acknowledgement is shown to the person."""
        payload = {
            "token": self._slack.app.verification_token,
            "team_id": self._workspace.id,
            "team_domain": self._workspace.domain,
            "channel_id": channel.id,
            "channel_name": channel.told_name,
            "user_id": self._user.id,
            "user_name": self._user.handle,
            "command": command,
            "text": text,
            "api_app_id": self._slack.app.id,
            "is_enterprise_install": "false",
            "response_url": self._slack.response_urls.make(self._workspace, channel, self._user.id),
            "trigger_id": self._slack.trigger(self._workspace, self._user.id),
        }
        delivery = await self._send("slash_commands", payload)
        if delivery.response.get("text") or delivery.response.get("blocks"):
            self._slack.response_urls.answer_command(self._workspace, channel, self._user.id, delivery.response)
        return delivery

    async def button(self, channel: Channel, message: Json, button: Json) -> Delivery:
        """A button under a message."""
        ephemeral = bool(message.get("is_ephemeral"))
        container: Json = {"type": "message", "message_ts": message["ts"], "channel_id": channel.id}
        container |= {"is_ephemeral": ephemeral}
        if "thread_ts" in message:
            container["thread_ts"] = message["thread_ts"]
        shown = {name: value for name, value in message.items() if name != "metadata"}
        return await self._interact(
            "block_actions",
            container=container,
            channel={"id": channel.id, "name": channel.told_name},
            state={"values": {}},
            response_url=self._slack.response_urls.make(self._workspace, channel, self._user.id, message),
            actions=[self._action(button)],
            # What one person alone sees isn't sent along.
            **({} if ephemeral else {"message": shown}),
        )

    async def button_in_view(self, view: Json, button: Json) -> Delivery:
        """A button in a modal or in the Home tab."""
        container = {"type": "view", "view_id": view["id"]}
        return await self._interact("block_actions", container=container, view=view, actions=[self._action(button)])

    async def shortcut(self, callback_id: str, channel: Channel | None, message: Json | None) -> Delivery:
        """A shortcut, from a message's menu or (without one) from anywhere."""
        known = self._slack.app.shortcuts
        assert known is None or callback_id in known, f"no shortcut {callback_id}"
        if channel is None or message is None:
            return await self._interact("shortcut", callback_id=callback_id, action_ts=self._workspace.next_ts())
        return await self._interact(
            "message_action",
            callback_id=callback_id,
            action_ts=self._workspace.next_ts(),
            message_ts=message["ts"],
            channel={"id": channel.id, "name": channel.told_name},
            message={name: value for name, value in message.items() if name != "metadata"},
            response_url=self._slack.response_urls.make(self._workspace, channel, self._user.id, message),
        )

    async def submission(self, view: Json, state: Json) -> Delivery:
        """A modal that is sent."""
        return await self._interact("view_submission", view={**view, "state": state}, response_urls=[])

    async def closing(self, view: Json, *, is_cleared: bool) -> Delivery:
        """A modal that somebody closed."""
        payload = self._payload("view_closed") | {"view": view, "is_cleared": is_cleared}
        return await self._send("interactive", payload)

    def _action(self, button: Json) -> Json:
        shown: Json = {
            name: button[name] for name in ("action_id", "block_id", "text", "value", "style") if name in button
        }
        return {"type": "button", **shown, "action_ts": self._workspace.next_ts()}

    async def _interact(self, kind: str, **more: Any) -> Delivery:
        trigger = {"trigger_id": self._slack.trigger(self._workspace, self._user.id)}
        return await self._send("interactive", self._payload(kind) | trigger | more)

    def _payload(self, kind: str) -> Json:
        return {
            "type": kind,
            "team": {"id": self._workspace.id, "domain": self._workspace.domain},
            "user": {
                "id": self._user.id,
                "username": self._user.handle,
                "name": self._user.handle,
                "team_id": self._workspace.id,
            },
            "api_app_id": self._slack.app.id,
            "token": self._slack.app.verification_token,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    async def _send(self, kind: str, payload: Json) -> Delivery:
        delivery = self._slack.deliver(Delivery(kind, self._workspace.id, payload))
        await self._slack.heard(delivery)
        return delivery
