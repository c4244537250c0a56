"""The local platform wired up: its chat beside the database, and the sample community on first start."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from bot.app import App
from bot.core.addresses import Account, Person, Place
from bot.core.clock import Clock
from bot.core.roles import Purpose, Role
from bot.platforms.local.incoming import PLATFORM, TENANT
from bot.platforms.local.platform import LocalPlatform
from bot.platforms.local.sample import COMMUNITY, KNOWLEDGE_FILE, PEOPLE, PLACES, SamplePerson, before_end
from bot.platforms.local.seeding import Seeded, seed, seeded
from bot.recurrence import choose
from bot.settings import Settings
from handlers.sample_community import Knowledge, Prompted, Settler, is_settled, settle
from storage import members
from storage.database import Database, Session

_POST = "prompts.post"


class LocalApp(App):
    """Baraza with the local platform alone; people move its clock on the page."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock | None = None,
        *,
        sample: bool = True,
        folder: Path | None = None,
    ) -> None:
        clock = clock or Clock()
        self.local = LocalPlatform((folder or database.folder) / f"{database.stem}-chat.sqlite3", clock)
        self._sample = sample
        super().__init__(settings, database, [self.local], clock=clock)
        self.local.move_clock = self.move_clock

    async def prepare(self) -> None:
        """The sample community, on the first start. The chat fills first; Baraza hears of the talk afterwards."""
        if not self._sample:
            return
        chat = await self.local.open_chat()
        await seed(chat)
        async with self.database.transaction() as session:
            if not await is_settled(session, COMMUNITY.name):
                await self._settle(session, await seeded(chat))

    async def _settle(self, session: Session, talk: Seeded) -> None:
        settled = await settle(
            session,
            name=COMMUNITY.name,
            language=COMMUNITY.language,
            time_zone=COMMUNITY.time_zone,
            places=[(Place(PLATFORM, TENANT, one.id, one.name), Purpose(one.purpose)) for one in PLACES],
            settlers=[_settler(person, talk.end) for person in PEOPLE],
            now=talk.end,
        )
        knowledge = cast("Knowledge", json.loads(KNOWLEDGE_FILE.read_text(encoding="utf-8")))
        await settled.learn(knowledge, lambda day, at: talk.end - before_end(day, at))
        for one in talk.prompts:
            await settled.was_prompted(Prompted(one.kind, one.text, one.at, one.message))
        scheduled = knowledge["schedule"]
        schedule = await settled.schedule(scheduled, talk.end - before_end(scheduled["day"], scheduled["at"]))
        registry, now = self.frame.registry, self.clock.now()
        await choose(session, registry, settled.community, _POST, schedule.cadence, str(schedule.id), now)


def _settler(person: SamplePerson, now: datetime) -> Settler:
    return Settler(
        id=person.id,
        person=Person(Account(PLATFORM, TENANT, person.id), person.name, person.language),
        role=Role(person.role),
        profile=members.Profile(
            name=person.name,
            unit=person.unit,
            languages=list(person.languages),
            topics_known=list(person.topics_known),
            topics_wanted=list(person.topics_wanted),
        ),
        since=now - timedelta(days=person.joined_days_ago),
        places=tuple(place.id for place in PLACES if person.id in place.members),
    )
