"""Server-sent events: what changes in the chat reaches every open page that may see it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from bot.platforms.local.chat import Json, LocalChat
from bot.platforms.local.view import View

_KEEP_ALIVE_SECONDS = 15.0
_LONGEST_QUEUE = 1000


class Streams:
    """The open pages, each with a queue of what it has not been told yet."""

    def __init__(self, chat: LocalChat, view: View) -> None:
        self._chat = chat
        self._view = view
        self._open: list[tuple[str, asyncio.Queue[Json | None]]] = []

    def changed(self, changes: Iterable[Json]) -> None:
        """Queue changes for every page; what each may see of them is decided when it is told."""
        for change in changes:
            for _, queue in self._open:
                if queue.qsize() < _LONGEST_QUEUE:  # a page that doesn't read asks again when it comes back
                    queue.put_nowait(change)

    def close(self) -> None:
        """Tell every page that it is over, so that the server can stop."""
        for _, queue in self._open:
            queue.put_nowait(None)

    async def serve(self, request: web.Request, person: str) -> web.StreamResponse:
        """Tell one page until it goes away."""
        headers = {
            "Content-Type": "text/event-stream",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        entry: tuple[str, asyncio.Queue[Json | None]] = (person, asyncio.Queue())
        self._open.append(entry)
        try:
            await response.write(b"retry: 1000\n\n")
            for form in await self._view.forms(person):
                await _write(response, "form", form)
            await self._tell(response, person, entry[1])
        except (ConnectionResetError, asyncio.CancelledError):
            pass
        finally:
            self._open.remove(entry)
        return response

    async def _tell(self, response: web.StreamResponse, person: str, queue: asyncio.Queue[Json | None]) -> None:
        while True:
            try:
                async with asyncio.timeout(_KEEP_ALIVE_SECONDS):
                    change = await queue.get()
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if change is None:
                return
            for name, data in await self._seen_by(person, change):
                await _write(response, name, data)

    async def _seen_by(self, person: str, change: Json) -> list[tuple[str, Any]]:
        """The events that this change is for this person; none, when it is not theirs to see."""
        kind = change["kind"]
        if kind in ("message", "edited"):
            return await self._message(person, change["message"])
        if kind == "deleted":
            if not await self._chat.is_in(person, change["place"]):
                return []
            thread = str(change["thread"]) if change["thread"] else None
            return [("deleted", {"id": str(change["message"]), "place": change["place"], "thread": thread})]
        if kind == "place":
            place = await self._view.place(person, change["place"])
            return [("place", place)] if place and change.get("person") in (None, person) else []
        if kind in ("form", "closed") and change["person"] != person:
            return []
        if kind == "form":
            return [("form", {"id": change["form"], "form": change["body"]})]
        if kind == "closed":
            return [("closed", {"id": change["form"]})]
        return [(kind, change.get("data", {}))]

    async def _message(self, person: str, number: int) -> list[tuple[str, Any]]:
        shown = await self._view.message(person, number)
        if shown is None:
            return []
        root = await self._view.message(person, int(shown["thread"])) if shown["thread"] else None
        place = await self._view.place(person, shown["place"])
        seen = [("message", one) for one in (shown, root) if one is not None]
        return [*seen, ("place", place)] if place else seen


async def _write(response: web.StreamResponse, name: str, data: Any) -> None:
    await response.write(f"event: {name}\ndata: {json.dumps(data)}\n\n".encode())
