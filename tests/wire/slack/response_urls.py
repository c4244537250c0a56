"""``response_url``: writing where a command or a button was used, five times within thirty minutes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from tests.wire.faults import no_answer
from tests.wire.slack.call import METHODS, Call
from tests.wire.slack.methods_chat import by_bot, content, whisper
from tests.wire.slack.refusal import Json, Refused
from tests.wire.slack.state import Channel
from tests.wire.slack.workspace import Workspace

if TYPE_CHECKING:
    from tests.wire.slack.emulator import SlackEmulator

USES = 5
SECONDS = 30 * 60
_MAY = (
    "text", "blocks", "response_type", "replace_original", "delete_original", "thread_ts", "unfurl_links",
    "unfurl_media", "metadata", "mrkdwn", "attachments",
)  # fmt: skip


@dataclass
class ResponseUrl:
    """Where one may write, who was there, and which message had the button."""

    workspace: Workspace
    channel: Channel
    user: str
    message: Json | None
    made: float
    uses: int = 0


class ResponseUrls:
    """Makes these addresses, and takes what is posted to them."""

    def __init__(self, slack: SlackEmulator) -> None:
        self._slack = slack
        self._made: dict[str, ResponseUrl] = {}

    def make(self, workspace: Workspace, channel: Channel, user: str, message: Json | None = None) -> str:
        """A new address."""
        key = f"{workspace.id}/{self._slack.secret(12)}/{self._slack.secret()}"
        self._made[key] = ResponseUrl(workspace, channel, user, message, self._slack.clock.now())
        return f"{self._slack.url}/respond/{key}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take a post."""
        fault = self._slack.faults.take("response_url", "")
        if fault is not None and not fault.delivered:
            return no_answer(request)
        try:
            self.use(request.match_info["key"], json.loads(await request.read()))
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_payload"}, status=400)
        except Refused as refused:
            status = 404 if refused.code in {"used_url", "expired_url"} else 400
            return web.json_response(refused.body(), status=status)
        if fault is not None:
            return no_answer(request)
        return web.Response(text="ok")

    def use(self, key: str, body: Json) -> None:
        """Write what was posted."""
        url = self._made.get(key)
        if url is None or self._slack.clock.now() - url.made > SECONDS:
            raise Refused("expired_url")
        if url.uses >= USES:
            raise Refused("used_url")
        url.uses += 1
        unknown = [name for name in body if name not in _MAY]
        if unknown:
            raise Refused("invalid_arguments", unknown)
        # The same checks of content as when a message is posted.
        call = Call(self._slack, METHODS["chat.postMessage"], body, url.workspace)
        self.write(call, url)

    def write(self, call: Call, url: ResponseUrl) -> None:
        """Change the message of the button, or write a new one."""
        workspace, channel, message = url.workspace, url.channel, url.message
        if call.flag("delete_original"):
            self._delete(url)
            return
        fields = content(call)
        if call.flag("replace_original") and message is not None:
            if message.get("is_ephemeral"):
                message |= fields
            else:
                workspace.change(channel, message, fields, by=workspace.bot.id)
            return
        fields |= by_bot(call) | ({"thread_ts": call.text("thread_ts")} if call.text("thread_ts") else {})
        if call.text("response_type", "ephemeral") == "in_channel":
            added = workspace.add(channel, workspace.bot, fields)
            workspace.tell(workspace.message_event(channel, added), channel)
        else:
            whisper(call, channel, url.user, fields)

    def _delete(self, url: ResponseUrl) -> None:
        if url.message is None:
            raise Refused("no_original_message")
        if url.message.get("is_ephemeral"):
            url.channel.ephemeral[url.user].pop(url.message["ts"], None)
        else:
            url.workspace.remove(url.channel, url.message)

    def answer_command(self, workspace: Workspace, channel: Channel, user: str, said: Json) -> None:
        """Show what an app answered to a command with its acknowledgement."""
        call = Call(self._slack, METHODS["chat.postMessage"], said, workspace)
        self.write(call, ResponseUrl(workspace, channel, user, None, self._slack.clock.now()))
