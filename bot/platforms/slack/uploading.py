"""Files: uploaded first, which nobody sees, then shared in a conversation."""

from __future__ import annotations

from typing import Any

from bot.core.platform import Host, NotSent
from bot.platforms.slack.calling import SlackCalls, Workspace, told
from bot.platforms.slack.outgoing import File


class Files:
    """Uploads and shares. ``host`` is known from ``start`` on."""

    def __init__(self, calls: SlackCalls) -> None:
        self._calls = calls
        self.host: Host | None = None

    async def share(self, workspace: Workspace, file: File, channel: str, thread: str | None) -> None:
        """Upload a file into a conversation. One whose bytes are gone is left out."""
        content = file.words.encode() if file.words else await self._content(file.content)
        if not content:
            return
        alt = {"alt_txt": file.alt} if file.alt else {}
        upload = await self._calls.harmless(
            workspace,
            "files.getUploadURLExternal",
            lambda client: client.files_getUploadURLExternal(filename=file.name, length=len(content), **alt),
        )
        await self._calls.upload(told(upload, "upload_url"), content)
        where: dict[str, Any] = {"channel_id": channel, **({"thread_ts": thread} if thread else {})}
        named: list[Any] = [{"id": told(upload, "file_id"), "title": file.name}]
        await self._calls.call(
            workspace,
            "files.completeUploadExternal",
            lambda client: client.files_completeUploadExternal(files=named, **where),
        )

    async def _content(self, content: str) -> bytes | None:
        assert self.host is not None, "the platform has not been started"  # noqa: S101 - a programmer's mistake
        try:
            return await self.host.attachment(content)
        except Exception as error:
            raise NotSent("a file can't be read now") from error
