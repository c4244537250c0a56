"""What Telegram is asked to do besides showing messages. Each of it, done again, is as if it were done once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from bot.core.clock import Clock
from bot.core.platform import AnswerInline, ApproveJoin, CheckLeads, Delete, Host, ShowCommands
from bot.platforms.telegram.calling import BotApi, Moved, Refused
from bot.platforms.telegram.commands import everybodys, own
from bot.platforms.telegram.envelope import Bot, from_update
from bot.platforms.telegram.inline import inline_answer
from bot.platforms.telegram.outgoing import Call, target, where

Json = dict[str, Any]
Act = Delete | ApproveJoin | AnswerInline | ShowCommands | CheckLeads
GroupMoved = Callable[[int, int], Awaitable[None]]

_LEADS = ("creator", "administrator")
_GONE = ("message to delete not found", "message can't be deleted")
"""It is gone, or it stays: Telegram lets a bot that is no administrator take nothing away after two days."""
_LET_IN = ("hide_requester_missing", "user_already_participant")
_STALE = ("query is too old", "query id is invalid")
_NOT_THERE = ("user not found", "member not found", "participant_id_invalid")
_NO_CHAT = ("chat not found", "can't initiate conversation", "blocked by the user")


class Acting:
    """Carries out what is no message. Raises as ``calling.BotApi.harmless`` does, but for Moved."""

    def __init__(self, clock: Clock, api: BotApi, moved: GroupMoved) -> None:
        self._clock = clock
        self._api = api
        self._moved = moved

    async def carry_out(self, act: Act, host: Host, bot: Bot) -> None:
        """Do it. What needs no doing any more is done."""
        match act:
            case Delete():
                await self._delete(act)
            case ApproveJoin():
                asked = {"user_id": int(act.account.user)}
                await self._in_group("approveChatJoinRequest", _chat(act), asked, fine=_LET_IN)
            case AnswerInline():
                call = inline_answer(act)
                await self._unless(call.method, call.parameters, _STALE)
            case ShowCommands():
                user = act.destination.account.user
                await self._set(own(await host.commands_for(act.destination.account), user), fine=_NO_CHAT)
            case CheckLeads():
                await self._tell_who_leads(act, host, bot)

    async def show_menus(self, host: Host) -> None:
        """Set the menus of commands that everybody sees, and administrators in groups, in each language."""
        await self._set(everybodys(host.menus(), host.menus(leads=True)))

    async def _set(self, calls: Iterable[Call], fine: tuple[str, ...] = ()) -> None:
        for call in calls:
            await self._unless(call.method, call.parameters, fine)

    async def _delete(self, act: Delete) -> None:
        try:
            await self._unless("deleteMessage", target(act.target), _GONE)
        except Moved:
            return  # the group is shut with all that was in it, and nobody writes there any more

    async def _tell_who_leads(self, act: CheckLeads, host: Host, bot: Bot) -> None:
        person = act.person
        found = await self._in_group(
            "getChatMember", _chat(act), {"user_id": int(person.account.user)}, fine=_NOT_THERE
        )
        leads = isinstance(found, dict) and found.get("status") in _LEADS
        who = {"id": int(person.account.user), "first_name": person.name, "language_code": person.language or ""}
        place = act.destination.place
        chat = {"id": _chat(act), "type": "supergroup", "title": place.name}
        told = {"place": place.id, "chat": chat, "from": who, "leads": leads, "reference": act.reference}
        await host.accept([from_update({"leads_checked": told}, self._clock.now(), bot)])

    async def _in_group(self, method: str, chat: int, parameters: Json, *, fine: tuple[str, ...]) -> Any:
        """A call about a group, wherever it is by now."""
        try:
            return await self._unless(method, {"chat_id": chat, **parameters}, fine)
        except Moved as moved:
            await self._moved(chat, moved.chat)
            return await self._unless(method, {"chat_id": moved.chat, **parameters}, fine)

    async def _unless(self, method: str, parameters: Json, fine: tuple[str, ...]) -> Any:
        """A call; None where Telegram refuses it in words that say that there is nothing to do."""
        try:
            return await self._api.harmless(method, parameters)
        except Refused as refused:
            if refused.says(*fine):
                return None
            raise


def _chat(act: ApproveJoin | CheckLeads) -> int:
    return int(where(act.destination)["chat_id"])
