"""The modals and Home tabs of a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.wire.slack.refusal import Json, Refused

if TYPE_CHECKING:
    from tests.wire.slack.workspace import Workspace

_DEEPEST = 3
"""How many modals may lie on one another."""


class Views:
    """What is open for whom."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.modals: dict[str, list[Json]] = {}
        """By person: the modals on one another, the top one last."""
        self.homes: dict[str, Json] = {}
        """By person: what the Home tab shows."""

    def spend(self, trigger_id: str) -> str:
        """Use up a trigger; the id of the person who may be shown a modal."""
        slack = self._workspace.slack
        trigger = slack.triggers.get(trigger_id)
        if trigger is None or trigger.team != self._workspace.id:
            raise Refused("invalid_trigger_id")
        if slack.clock.now() - trigger.at > 3:
            raise Refused("expired_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        trigger.used = True
        return trigger.user

    def open(self, user: str, view: Json) -> Json:
        """Show a modal."""
        self._fresh_external_id(view)
        shown = self._shape(view)
        self.modals[user] = [shown]
        return shown

    def push(self, user: str, view: Json) -> Json:
        """Lay a modal on those that are open."""
        below = self.modals.setdefault(user, [])
        if len(below) >= _DEEPEST:
            raise Refused("push_limit_reached")
        self._fresh_external_id(view)
        shown = self._shape(view)
        if below:
            shown |= {"previous_view_id": below[-1]["id"], "root_view_id": below[0]["id"]}
        below.append(shown)
        return shown

    def update(self, view: Json, *, view_id: str, external_id: str, view_hash: str) -> Json:
        """Show something else where a modal is open."""
        shown = self._find(view_id, external_id)
        if view_hash and view_hash != shown["hash"]:
            raise Refused("hash_conflict")
        self.replace(shown, view)
        return shown

    def replace(self, shown: Json, view: Json) -> None:
        """Put a view in the place of one that is shown; it keeps its id."""
        kept = {name: shown[name] for name in ("id", "root_view_id", "previous_view_id")}
        shown |= self._shape(view) | kept

    def publish(self, user: str, view: Json, view_hash: str) -> Json:
        """Show something in somebody's Home tab."""
        shown = self.homes.get(user)
        if view_hash and shown is not None and view_hash != shown["hash"]:
            raise Refused("hash_conflict")
        if shown is None:
            shown = self.homes[user] = self._shape(view)
        else:
            self.replace(shown, view)
        return shown

    def _find(self, view_id: str, external_id: str) -> Json:
        for stack in self.modals.values():
            for shown in stack:
                if (view_id and shown["id"] == view_id) or (external_id and shown["external_id"] == external_id):
                    return shown
        raise Refused("not_found")

    def _fresh_external_id(self, view: Json) -> None:
        external = view.get("external_id")
        if external and any(one["external_id"] == external for stack in self.modals.values() for one in stack):
            raise Refused("duplicate_external_id")

    def _shape(self, view: Json) -> Json:
        slack = self._workspace.slack
        view_id = slack.ids.next("V")
        shape: Json = {
            "id": view_id,
            "team_id": self._workspace.id,
            "type": view["type"],
            "blocks": slack.with_ids(view["blocks"]),
            "private_metadata": view.get("private_metadata", ""),
            "callback_id": view.get("callback_id", ""),
            "external_id": view.get("external_id", ""),
            "state": {"values": {}},
            "hash": f"{int(slack.clock.now())}.{slack.secret(8)}",
            "title": view.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
            "clear_on_close": view.get("clear_on_close", False),
            "notify_on_close": view.get("notify_on_close", False),
            "submit_disabled": view.get("submit_disabled", False),
            "close": view.get("close"),
            "submit": view.get("submit"),
            "previous_view_id": None,
            "root_view_id": view_id,
            "app_id": slack.app.id,
            "app_installed_team_id": self._workspace.id,
            "bot_id": self._workspace.bot.bot_id,
        }
        return shape
