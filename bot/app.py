"""The composition root: the one place that wires everything together, and accepts fakes."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

import structlog

import handlers
import schedules
from bot import form_conversation
from bot.core.addresses import Account
from bot.core.capability import Capability, Command, Schedule, Where
from bot.core.clock import Clock
from bot.core.dispatch import Registry
from bot.core.events import Event
from bot.core.forms import Form
from bot.core.platform import CommandHint, Installation, Platform, RawEvent, ShortcutHint
from bot.core.roles import Role
from bot.core.serialization import form_from_json
from bot.dead_letters import DeadLetters
from bot.delivery import Delivery
from bot.heartbeat import Heartbeat
from bot.intake import Intake
from bot.loops import Loop
from bot.metrics import Metrics
from bot.outages import Outages
from bot.scheduling import Ticker
from bot.services import Frame
from bot.settings import Settings
from bot.tasks import TaskRunner
from bot.texts import Texts, Wording
from bot.token_budget import assistant_within_budget
from bot.web import ServesHttp, WebServer
from bot.worker import Worker
from storage import attachments, forms, inbox, installation, members, outbox, tasks, tenants
from storage.database import Database, DatabaseUnavailable
from storage.runner_lock import only_runner
from storage.schema import upgrade

log = structlog.get_logger()

_DRAIN_SECONDS = 8.0
_PROBE_SECONDS = 2.0


def discover_capabilities() -> list[Capability]:
    """Every capability in ``handlers/``: each public module there has one, named ``capability``."""
    return [module.capability for module in _public_modules(handlers) if hasattr(module, "capability")]


def discover_schedules() -> list[Schedule]:
    """Every schedule in ``schedules/``: each module there has one, named ``schedule``."""
    return [module.schedule for module in _public_modules(schedules)]


def _public_modules(package: ModuleType) -> list[Any]:
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__) if not found.name.startswith("_"))
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]


class App:
    """One running Baraza. ``start`` it, and ``stop`` it; between the two it serves."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        platforms: Sequence[Platform],
        *,
        clock: Clock | None = None,
        capabilities: Sequence[Capability] | None = None,
        declared_schedules: Sequence[Schedule] | None = None,
    ) -> None:
        self.settings = settings
        self.database = database
        self.clock = clock or Clock()
        self.platforms: Mapping[str, Platform] = {platform.name: platform for platform in platforms}
        self.metrics = Metrics()
        declared = discover_schedules() if declared_schedules is None else declared_schedules
        found = discover_capabilities() if capabilities is None else capabilities
        registry = Registry([*found, form_conversation.capability], declared)
        texts = Texts(settings.default_language)
        assistant = assistant_within_budget(settings, database, self.clock, self.metrics)
        by_name = {platform.name: platform for platform in platforms}
        self.frame = Frame(
            self.clock,
            texts,
            database.cipher,
            registry,
            settings,
            self._understand,
            assistant,
            asks_step_by_step=frozenset(name for name, one in by_name.items() if not one.shows_forms),
            needs_first_word=frozenset(name for name, one in by_name.items() if one.needs_first_word),
        )
        dead_letters = DeadLetters(database, self.frame)
        self.delivery = Delivery(database, self.platforms, self.clock, self.metrics, dead_letters)
        self.tasks = TaskRunner(database, self.frame, self._after_work)
        self.worker = Worker(database, self.frame, self.platforms, self.metrics, self._after_event)
        self.intake = Intake(database, self.clock, self.metrics, self.worker.wake)
        self.ticker = Ticker(database, self.frame, self._after_work)
        self.outages = Outages(database, self.frame, self.platforms, self._after_work)
        self.web = WebServer(settings.http_host, settings.http_port, self.troubles, self._refresh_metrics, self.metrics)
        self.heartbeat = Heartbeat(settings.heartbeat_url, self.troubles)
        self._open = AsyncExitStack()
        self._moving = asyncio.Lock()

    async def start(self) -> None:
        """Bring the tables up to date, open the wires, go to work. Raises in plain words when it can't."""
        try:
            await self._open.enter_async_context(only_runner(self.database))
            await upgrade(self.database)
            await self._read_installation()
            await self.prepare()
            await self.ticker.tick(self.clock.now())
            for platform in self.platforms.values():
                await platform.start(self)
            await self.web.start([one for one in self.platforms.values() if isinstance(one, ServesHttp)])
        except BaseException:
            await self._close()
            raise
        for loop in self._loops:
            loop.start()
        self.ticker.start()
        self.heartbeat.start()

    async def prepare(self) -> None:
        """What an installation of a special kind does before its wires open."""

    async def stop(self) -> None:
        """Take nothing new, finish what runs, let go of everything; within ten seconds."""
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                await self.outages.stop()
                for platform in self.platforms.values():
                    await platform.stop_receiving()
                await self.ticker.stop()
                await self.worker.stop()
                await self.tasks.stop()
                await self.delivery.stop()
        except (TimeoutError, DatabaseUnavailable):
            log.warning("stopped before everything had ended; it goes on at the next start")
        finally:
            await self._close()

    async def _close(self) -> None:
        for loop in self._loops:
            await loop.break_off()
        await self.heartbeat.stop()
        await self.web.stop()
        for platform in self.platforms.values():
            await platform.close()
        await self._open.aclose()
        await self.database.close()

    async def settle(self) -> None:
        """Return when nothing is left to be handled, worked on or delivered now."""
        quiet_rounds = 0
        while quiet_rounds < 2:  # what one loop finishes may be another's work: all must find nothing, twice
            before = self._work_done
            for loop in self._loops:
                await loop.settled()
            quiet_rounds = quiet_rounds + 1 if self._work_done == before else 0

    @property
    def _work_done(self) -> int:
        return sum(loop.busy_rounds for loop in self._loops)

    @property
    def _loops(self) -> tuple[Loop, ...]:
        return (self.outages, self.worker, self.tasks, self.delivery)

    async def move_clock(self, to: datetime) -> None:
        """Let time pass until ``to`` (UTC): what falls due on the way happens at its own moment, in order."""
        async with self._moving:
            await self.settle()
            while (due := await self.ticker.next_due(self.clock.now())) is not None and due <= to:
                await self._pass_time(due)
            await self._pass_time(to)

    async def _pass_time(self, to: datetime) -> None:
        if to > self.clock.now():
            self.clock.move_to(to)
        async with self.database.transaction() as session:
            await installation.remember_clock_offset(session, self.clock.offset)
        await self.ticker.tick(self.clock.now())
        await self.settle()

    async def troubles(self) -> list[str]:
        """What keeps Baraza from its work now, in a few words each; empty while all is well."""
        found = [await self._database_trouble(), self.ticker.trouble()]
        found += [loop.trouble() for loop in (self.worker, self.tasks, self.delivery)]
        found += [platform.trouble() for platform in self.platforms.values()]
        return [trouble for trouble in found if trouble]

    async def _database_trouble(self) -> str | None:
        try:
            async with asyncio.timeout(_PROBE_SECONDS), self.database.reading() as session:
                await installation.clock_offset(session)
        except (DatabaseUnavailable, TimeoutError):
            return "the database does not answer"
        return None

    def _understand(self, platform: str, body: bytes) -> Sequence[Event]:
        wired = self.platforms.get(platform)
        return wired.translate(body) if wired else ()

    async def _read_installation(self) -> None:
        async with self.database.transaction() as session:
            await installation.check_key(session, self.database.cipher)
            offset = await installation.clock_offset(session)
        if offset > timedelta(0) and self.clock.offset == timedelta(0):
            self.clock.move_to(self.clock.now() + offset)

    async def _refresh_metrics(self) -> None:
        async with self.database.reading() as session:
            count, oldest = await outbox.depth(session)
            self.metrics.outbox_depth.set(count)
            self.metrics.outbox_age.set((self.clock.now() - oldest).total_seconds() if oldest else 0)
            self.metrics.inbox_depth.set(await inbox.count_waiting(session))
            for kind, dead in (("inbox", inbox.dead), ("outbox", outbox.dead), ("task", tasks.dead)):
                self.metrics.dead_letters.labels(kind=kind).set(len(await dead(session)))

    def _after_event(self) -> None:
        self.delivery.wake()
        if self.worker.handling.added_tasks:
            self.worker.handling.added_tasks = False
            self.tasks.wake()

    def _after_work(self) -> None:
        for loop in (self.worker, self.tasks, self.delivery):
            loop.wake()

    async def accept(self, events: Sequence[RawEvent]) -> None:
        """Part of ``bot.core.platform.Host``."""
        await self.intake.accept(events)

    async def form(self, form_id: str) -> Form | None:
        """Part of ``bot.core.platform.Host``."""
        async with self.database.reading() as session:
            stored = await forms.by_id(session, form_id)
        return None if stored is None or stored.submitted_at is not None else form_from_json(stored.body)

    async def commands_for(self, account: Account) -> list[CommandHint]:
        """Part of ``bot.core.platform.Host``."""
        wording, roles, belongs = await self._what_counts_for(account)
        return [
            _hint(command, wording)
            for command in self.frame.commands(roles, account.platform)
            if belongs or command.for_strangers
        ]

    def menus(self, *, leads: bool = False) -> dict[str, list[CommandHint]]:
        """Part of ``bot.core.platform.Host``."""
        roles = frozenset({Role.FACILITATOR}) if leads else frozenset()
        texts, asked = self.frame.texts, next(iter(self.frame.asks_step_by_step), "")
        commands = self.frame.commands(roles, asked)  # none leaves a form where every platform shows them
        wordings = {"": texts.wording(), **{language: texts.wording(language) for language in texts.languages}}
        return {language: [_hint(command, wording) for command in commands] for language, wording in wordings.items()}

    async def shortcuts_for(self, account: Account) -> list[ShortcutHint]:
        """Part of ``bot.core.platform.Host``."""
        wording, roles, belongs = await self._what_counts_for(account)
        if not belongs:
            return []
        shortcuts = self.frame.registry.allowed_shortcuts(roles)
        return [ShortcutHint(shortcut.name, wording.label(shortcut.label)) for shortcut in shortcuts]

    async def _what_counts_for(self, account: Account) -> tuple[Wording, frozenset[Role], bool]:
        """The language and the roles of a person, and whether they belong to a community."""
        async with self.database.reading() as session:
            member = await members.find(session, account)
            own = await members.communities_of(session, member.id) if member else []
            roles = await members.roles_of(session, own[0].id, member.id) if member and own else frozenset()
        return self.frame.texts.wording(member.language if member else None), roles, bool(own)

    def translate(self, language: str | None, key: str, values: Mapping[str, str]) -> str:
        """Part of ``bot.core.platform.Host``."""
        return self.frame.texts.wording(language).label(key, **values)

    async def attachment(self, content: str) -> bytes | None:
        """Part of ``bot.core.platform.Host``."""
        async with self.database.reading() as session:
            return await attachments.content_of(session, content)

    async def installations(self, platform: str) -> list[Installation]:
        """Part of ``bot.core.platform.Host``."""
        async with self.database.reading() as session:
            return await tenants.open_on(session, platform)

    async def keep_installation(self, installation: Installation) -> None:
        """Part of ``bot.core.platform.Host``."""
        async with self.database.transaction() as session:
            await tenants.keep(session, installation, self.clock.now())

    async def close_installation(self, platform: str, tenant: str, told_at: datetime | None = None) -> bool:
        """Part of ``bot.core.platform.Host``."""
        async with self.database.transaction() as session:
            if told_at is not None and await tenants.opened_since(session, platform, tenant, told_at):
                return False
            await tenants.close(session, platform, tenant, self.clock.now())
        return True


def _hint(command: Command, wording: Wording) -> CommandHint:
    where = {"in_private": command.where is not Where.PLACE, "in_places": command.where is not Where.PRIVATE}
    return CommandHint(command.name, wording.label(command.usage), wording.label(command.summary), **where)
