"""People who don't give up: they press again when nothing came, and look through everything that they got."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp

from tests.community import Json, Seen, Someone, Talk, seen, text_of

_LOOK_AGAIN_SECONDS = 0.4
_PATIENCE_SECONDS = 4.0


@dataclass
class Persistent:
    """Somebody who talks with a process that is away now and then. Nothing here waits until Baraza is at rest."""

    someone: Someone
    _pressed: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return self.someone.name

    @property
    def talk(self) -> Talk:
        return self.someone.talk

    async def received(self, place: str | None = None) -> list[Seen]:
        """Every message of a place (by its id), or of the private chat with the bot; the oldest first."""
        query = {"person": self.someone.id, "place": place or self.someone.direct}
        found: list[Json] = []
        more = True
        while more:
            before = {"before": found[0]["id"]} if found else {}
            page = await self.talk.get("/local/messages", **query, **before)
            found = page["messages"] + found
            more = page["more"]
        return [one for one in map(seen, found) if one.by_bot]

    async def says(self, text: str) -> bool:
        """Type a command to the bot, which is always possible."""
        await self.talk.post("/local/commands", person=self.someone.id, place=self.someone.direct, text=text)
        return True

    async def presses(self, message: Seen, label: str) -> bool:
        """Press a button. False when it is gone by now."""
        token = next(one["token"] for one in message.raw["buttons"] if one["label"] == label)
        body = {"person": self.someone.id, "message": message.raw["id"], "button": token}
        return "error" not in await self.talk.post("/local/buttons", expect=(200, 400), **body)

    async def until(self, look: Callable[[], Awaitable[bool]], seconds: float = _PATIENCE_SECONDS) -> bool:
        """Look again and again for a while; whether it came."""
        ends = asyncio.get_running_loop().time() + seconds
        while not await look():
            if asyncio.get_running_loop().time() > ends:
                return False
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        return True

    async def asks_for_form(self, title: str, ask: Callable[[], Awaitable[bool]]) -> Json | None:
        """Get a form of this title on the screen: ask for it, open it by its button when it comes late, ask again.

        None when there is no longer anything to ask with (``ask`` said False), and no form came either.
        """

        async def there() -> bool:
            return await self._open_form(title) is not None or await self._opens_late_form(title)

        while (form := await self._open_form(title)) is None:
            possible = await ask()
            if not await self.until(there) and not possible:
                return None
        return form

    async def _open_form(self, title: str) -> Json | None:
        forms = (await self.talk.get("/local/forms", person=self.someone.id))["forms"]
        return next((one for one in forms if one["form"]["title"] == title), None)

    async def _opens_late_form(self, title: str) -> bool:
        """Press *Open the form* on the newest message that came in its stead, once. Always False: it opens later."""
        late = [one for one in await self.received() if "Open the form" in one.buttons and title in one][-1:]
        for message in late:
            if message.raw["id"] not in self._pressed:
                self._pressed.add(message.raw["id"])
                await self.presses(message, "Open the form")
        return False

    async def sends(self, form: Json, **by_label: str) -> bool:
        """Fill in the form and send it, until there is an answer. False for one that had been sent before."""
        values = {one["name"]: one["initial"] for one in form["form"]["fields"]}
        names = {one["label"]: one["name"] for one in form["form"]["fields"]}
        values |= {names[label.replace("_", " ")]: value for label, value in by_label.items()}
        path, body = f"/local/forms/{form['id']}", {"person": self.someone.id, "values": values}
        doubt = False
        while True:
            try:
                answer = await Talk.post(self.talk, path, expect=(200, 400), **body)
            except (aiohttp.ClientError, ConnectionError):
                doubt = True
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            else:
                break
        if "error" not in answer:
            return True
        await self.talk.post(f"{path}/close", person=self.someone.id)
        return doubt  # no answer came the first time, and now it says that it was sent: it was

    async def puts_away_forms(self) -> None:
        """Close what is still open after trying more than once."""
        for form in (await self.talk.get("/local/forms", person=self.someone.id))["forms"]:
            await self.talk.post(f"/local/forms/{form['id']}/close", person=self.someone.id)


def intro_of(form: Json) -> str:
    """What a form says above its fields."""
    return text_of(form["form"]["intro"])
