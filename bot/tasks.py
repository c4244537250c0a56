"""Slow work, done outside any transaction, and what comes of it, written inside one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from bot.core.capability import TaskKind
from bot.core.events import CarriedOut
from bot.dead_letters import DeadLetters
from bot.logs import where_it_failed
from bot.loops import STEP_PATIENCE, TRIES, Loop, delay_after
from bot.services import Frame, Services, WorkServices
from storage import communities, tasks
from storage.communities import Community
from storage.database import Database, DatabaseUnavailable, Session
from storage.tasks import Task

log = structlog.get_logger()

_AT_ONCE = 20


class TaskRunner(Loop):
    """Works through the tasks that are due until it is stopped."""

    def __init__(self, database: Database, frame: Frame, on_outgoing: Callable[[], None]) -> None:
        super().__init__("task runner")
        self._database = database
        self._frame = frame
        self._on_outgoing = on_outgoing
        self._dead_letters = DeadLetters(database, frame)
        self.patience = STEP_PATIENCE

    async def round(self) -> bool:
        """Do what is due, in the order in which it fell due."""
        async with self._database.reading() as session:
            due = await tasks.due(session, self._frame.clock.now(), _AT_ONCE)
        for task in due:
            if self._stopping:
                break
            await self._do(task)
            self.lives()
        if due:
            self._on_outgoing()
        return bool(due)

    async def _do(self, task: Task) -> None:
        try:
            await self._work_and_finish(task)
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one broken task must not stop the others
            await self._failed(task, error)

    async def _work_and_finish(self, task: Task) -> None:
        kind = self._kind(task)
        async with self._database.reading() as session:
            community = await self._community(session, task)
        result = await kind.work(task.payload, WorkServices(self._frame, self._database, community))
        async with self._database.transaction() as session:
            if not await tasks.finish(session, task.id):
                return
            services = Services(self._frame, session, known_community=await self._community(session, task))
            async with asyncio.timeout(self.patience.total_seconds()):
                await kind.finish(task.payload, result, services)
                if services.known_community is not None:
                    await services.announce(CarriedOut(f"task.{task.kind}"))

    async def _failed(self, task: Task, error: Exception) -> None:
        attempts = task.attempts + 1
        reason = where_it_failed(error)
        dead = attempts >= TRIES
        async with self._database.transaction() as session:
            if dead:
                await tasks.bury(session, task.id, attempts, reason)
            else:
                retry_at = self._frame.clock.now() + delay_after(attempts)
                await tasks.retry_later(session, task.id, attempts, retry_at, reason)
        log.error("dead letter" if dead else "will try again", task=task.kind, attempts=attempts, reason=reason)
        if dead:
            await self._dead_letters.task(task)

    def _kind(self, task: Task) -> TaskKind:
        kind = self._frame.registry.tasks.get(task.kind)
        if kind is None:
            raise LookupError(f"nothing does tasks of this kind: {task.kind}")
        return kind

    async def _community(self, session: Session, task: Task) -> Community | None:
        if task.community_id is None:
            return None
        return await communities.by_id(session, task.community_id)
