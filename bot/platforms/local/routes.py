"""The page and its API. For this machine alone: whoever opens the page can be anybody."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.core.addresses import Account
from bot.core.cadence import first_moment
from bot.core.forms import validate
from bot.platforms.local.acts import Acts
from bot.platforms.local.chat import ChatProblem, Json, LocalChat
from bot.platforms.local.incoming import PLATFORM, TENANT
from bot.platforms.local.stream import Streams
from bot.platforms.local.view import View

if TYPE_CHECKING:
    from bot.platforms.local.platform import LocalPlatform

PAGE = Path(__file__).parent / "page"
_BIGGEST_FILE = 8_000_000
_POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_LONGEST_STEP = timedelta(days=366)
_FIRST_YEAR, _LAST_YEAR = 1970, 9000
_PORT = re.compile(r":\d+$")
_SHOWN_IN_PLACE = {"image/png", "image/jpeg", "image/gif", "image/webp"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Routes:
    """Every address of the page. An error is a sentence for the person."""

    def __init__(self, platform: LocalPlatform, chat: LocalChat, time_zone: str) -> None:
        self._platform = platform
        self._chat = chat
        self._time_zone = time_zone
        self.acts = Acts(chat)
        self.view = View(chat)
        self.streams = Streams(chat, self.view)

    def add_to(self, application: web.Application) -> None:
        """Hang the routes into the server."""
        application.middlewares.append(_guard)
        add = application.router.add_route
        add("GET", "/", self._index)
        add("GET", "/page/{file}", self._asset)
        add("GET", "/local/people", self._people)
        add("GET", "/local/state", self._state)
        add("GET", "/local/messages", self._messages)
        add("GET", "/local/forms", self._open_forms)
        add("GET", "/local/stream", self._stream)
        add("GET", "/local/files/{file}", self._file)
        add("POST", "/local/people", self._come_in)
        add("POST", "/local/join", self._join)
        add("POST", "/local/leave", self._leave)
        add("POST", "/local/places", self._create_place)
        add("POST", "/local/invite", self._invite)
        add("POST", "/local/messages", self._write)
        add("POST", "/local/messages/{message}/edit", self._edit)
        add("POST", "/local/messages/{message}/delete", self._delete)
        add("POST", "/local/messages/{message}/react", self._react)
        add("POST", "/local/commands", self._command)
        add("POST", "/local/shortcuts", self._shortcut)
        add("POST", "/local/buttons", self._press)
        add("POST", "/local/forms/{form}", self._submit)
        add("POST", "/local/forms/{form}/close", self._close_form)
        add("POST", "/local/read", self._read)
        add("POST", "/local/files", self._upload)
        add("POST", "/local/clock", self._move_clock)

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html", headers={**_HEADERS, "Cache-Control": "no-cache"})

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        path = PAGE / request.match_info["file"]
        if path.parent != PAGE or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={**_HEADERS, "Cache-Control": "no-cache"})

    async def _people(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"people": await self.view.people()})

    async def _state(self, request: web.Request) -> web.StreamResponse:
        person = request.query.get("person", "")
        me = await self._chat.person(person)
        account = Account(PLATFORM, TENANT, person)
        commands = await self._platform.host.commands_for(account)
        shortcuts = await self._platform.host.shortcuts_for(account)
        return web.json_response(
            {
                "me": {**me, "is_bot": bool(me["is_bot"])},
                "clock": self._clock(),
                "places": await self.view.places(person),
                "commands": [{"name": one.name, "usage": one.usage, "summary": one.summary} for one in commands],
                "shortcuts": [{"name": one.name, "label": one.label} for one in shortcuts],
            }
        )

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        ask = request.query
        found, more = await self.view.messages(
            ask.get("person", ""), ask.get("place", ""), thread=ask.get("thread"), before=ask.get("before")
        )
        return web.json_response({"messages": found, "more": more})

    async def _open_forms(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"forms": await self.view.forms(request.query.get("person", ""))})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        person = request.query.get("person", "")
        await self._chat.person(person)
        return await self.streams.serve(request, person)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        file = request.match_info["file"]
        found = await self._chat.rows("SELECT name, media_type, content FROM file WHERE id = ?", file)
        if not found:
            raise web.HTTPNotFound
        shown = found[0]["media_type"] in _SHOWN_IN_PLACE
        headers = {
            **_HEADERS,
            "Content-Type": found[0]["media_type"] if shown else "application/octet-stream",
        }
        response = web.Response(body=found[0]["content"], headers=headers)
        response.headers["Content-Disposition"] = "inline" if shown else "attachment"
        return response

    async def _come_in(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        person = await self.acts.come_in(_text(body, "name"), _text(body, "language") or "en")
        return web.json_response({"person": {**person, "is_bot": False}}, status=201)

    async def _join(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        event = await self.acts.join(_text(body, "person"), _text(body, "place"), _moment(body))
        return await self._done(event)

    async def _leave(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        event = await self.acts.leave(_text(body, "person"), _text(body, "place"), _moment(body))
        return await self._done(event)

    async def _create_place(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        person = _text(body, "person")
        place = await self.acts.create_place(person, _text(body, "name"))
        return web.json_response({"place": await self.view.place(person, place["id"])}, status=201)

    async def _invite(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        return await self._done(await self.acts.invite_bot(_text(body, "person"), _text(body, "place")))

    async def _write(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        person = _text(body, "person")
        thread, files = body.get("thread"), body.get("files")
        number, event = await self.acts.write(
            person,
            _text(body, "place"),
            _as_typed(body, "text"),
            thread=_text(body, "thread") if thread else None,
            files=[_storable(str(file)) for file in files] if isinstance(files, list) else [],
            nonce=_text(body, "nonce") or None,
            at=_moment(body),
        )
        await self._platform.carried(event)
        return web.json_response({"message": await self.view.message(person, number)}, status=201)

    async def _edit(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        message = request.match_info["message"]
        return await self._done(await self.acts.edit(_text(body, "person"), message, _as_typed(body, "text")))

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        return await self._done(await self.acts.delete(_text(body, "person"), request.match_info["message"]))

    async def _react(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        message, removed = request.match_info["message"], bool(body.get("removed"))
        event = await self.acts.react(_text(body, "person"), message, _text(body, "emoji"), removed=removed)
        return await self._done(event)

    async def _command(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        person, place = (_text(body, name) for name in ("person", "place"))
        about = _text(body, "message") if body.get("message") else None
        return await self._done(await self.acts.use_command(person, place, _as_typed(body, "text"), about))

    async def _shortcut(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        person, message, shortcut = (_text(body, name) for name in ("person", "message", "shortcut"))
        return await self._done(await self.acts.use_shortcut(person, message, shortcut))

    async def _press(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        event = await self.acts.press(_text(body, "person"), _text(body, "message"), _text(body, "button"))
        return await self._done(event)

    async def _submit(self, request: web.Request) -> web.StreamResponse:
        """The form's own validation runs before anything is acknowledged or kept."""
        body = await _body(request)
        person, form_id = _text(body, "person"), request.match_info["form"]
        await self.acts.open_form(person, form_id)
        form = await self._platform.host.form(form_id)
        if form is None:
            raise ChatProblem("This form was sent already, or is no longer open.")
        values = body.get("values")
        cleaned, problems = validate(form, values if isinstance(values, dict) else {})
        if problems:
            say = self._platform.host.translate
            errors = {name: say(form.language, problem.key, problem.values) for name, problem in problems.items()}
            return web.json_response({"errors": errors}, status=422)
        return await self._done(await self.acts.submit(person, form_id, dict(cleaned)))

    async def _close_form(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        await self.acts.close_form(_text(body, "person"), request.match_info["form"])
        return await self._done(0)

    async def _read(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        await self.acts.read(_text(body, "person"), _text(body, "place"))
        return await self._done(0)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        await self._chat.person(request.query.get("person", ""))
        try:
            content = await request.clone(client_max_size=_BIGGEST_FILE).read()
        except web.HTTPRequestEntityTooLarge:
            return web.json_response({"error": "That file is too big. The limit is 8 MB."}, status=413)
        name = request.query.get("name", "file")
        file = await self.acts.keep_file(name, request.content_type, content)
        return web.json_response({"file": file}, status=201)

    async def _move_clock(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        to = _moment(body, "to") or self._forward(_text(body, "forward"))
        if to is None or self._platform.move_clock is None:
            raise ChatProblem("Choose +1 hour, +1 day or next Monday.")
        if to < self._chat.now():
            raise ChatProblem("Time only goes forward here.")
        if to - self._chat.now() > _LONGEST_STEP:
            raise ChatProblem("That is far away. Move the clock by a year at most.")
        await self._platform.move_clock(to)
        self.streams.changed([{"kind": "clock", "data": self._clock()}])
        return web.json_response({"clock": self._clock()})

    def _forward(self, how_far: str) -> datetime | None:
        now, zone = self._chat.now(), ZoneInfo(self._time_zone)
        if how_far == "monday":
            local = now.astimezone(zone).replace(tzinfo=None)
            monday = (local - timedelta(days=local.weekday())).replace(hour=9, minute=0, second=0, microsecond=0)
            while (moment := first_moment(monday, zone)) <= now:
                monday += timedelta(days=7)
            return moment
        steps = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
        return now + steps[how_far] if how_far in steps else None

    def _clock(self) -> Json:
        return {"now": self._chat.now().isoformat(), "time_zone": self._time_zone}

    async def _done(self, event: int) -> web.StreamResponse:
        """Answer when Baraza has the event durably."""
        await self._platform.carried(event)
        return web.json_response({"ok": True})


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Only pages of this machine may ask: no other site's page, and no name that was bent to point here."""
    if not _is_loopback(_PORT.sub("", request.host).strip("[]")):
        return web.json_response({"error": "This page is for this machine alone."}, status=403)
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        return web.json_response({"error": "This page is for this machine alone."}, status=403)
    try:
        return await handler(request)
    except ChatProblem as problem:
        return web.json_response({"error": str(problem)}, status=400)
    except web.HTTPRequestEntityTooLarge:
        return web.json_response({"error": "That is too much at once."}, status=413)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


async def _body(request: web.Request) -> Json:
    if request.content_type != "application/json":
        raise ChatProblem("That request could not be read.")
    try:
        body: Any = await request.json()
    except (ValueError, RecursionError) as error:
        raise ChatProblem("That request could not be read.") from error
    if not isinstance(body, dict):
        raise ChatProblem("That request could not be read.")
    return body


def _as_typed(body: Json, name: str) -> str:
    """Words that only JSON ever holds, so that Baraza meets whatever a device may send."""
    value = body.get(name, "")
    return value if isinstance(value, str) else str(value)


def _text(body: Json, name: str) -> str:
    """A name or an id: what the chat keeps in columns, and looks up."""
    return _storable(_as_typed(body, name))


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _moment(body: Json, name: str = "at") -> datetime | None:
    """A moment with its zone, for what is told after the fact, such as an archive that is played again."""
    if not body.get(name):
        return None
    try:
        moment = datetime.fromisoformat(_text(body, name))
    except ValueError as error:
        raise ChatProblem("That is no time.") from error
    if moment.tzinfo is None:
        raise ChatProblem("A time needs its zone.")
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ChatProblem("That is no time that people here remember.")
    return moment
