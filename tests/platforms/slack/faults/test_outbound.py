"""What goes out on bad days: it arrives once, or is visibly given up; and what can't leave holds up nobody else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.capability import Capability
from bot.core.events import ButtonPressed, CommandUsed
from bot.core.messages import Button, Kind, Message, Text
from bot.core.platform import Installation
from bot.services import Services
from storage import tenants
from tests.frame import echo
from tests.platforms.slack.faults.installation import command, installed
from tests.wire.slack.call import METHODS
from tests.wire.slack.faults import Fault, dropped, hangs, rate_limited, says, server_error

UNKNOWN = {
    "500": server_error(500),
    "500 after it": server_error(500, delivered=True),
    "502": server_error(502),
    "502 after it": server_error(502, delivered=True),
    "dropped": dropped(delivered=False),
    "dropped after it": dropped(),
    "no answer": hangs(delivered=False),
    "no answer after it": hangs(),
    "fatal_error": says("fatal_error"),
    "internal_error": says("internal_error"),
}
CERTAIN = {"429": rate_limited(1), "service_unavailable": says("service_unavailable")}
EVERY = UNKNOWN | CERTAIN


def with_each(ways: dict[str, Fault]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fault", ways.values(), ids=ways)


# One chat and the others


@pytest.mark.parametrize("seconds", [1, 3_600])
async def test_too_many_requests_hold_up_their_own_channel_alone(tmp_path: Path, seconds: int) -> None:
    async with installed(tmp_path, echo()) as here:
        here.slack.faults.plan("chat.postMessage", rate_limited(seconds), channel=here.circle.id)
        for word in ("one", "two"):
            await here.ana.writes("circle", word)
            await here.ana.writes("square", word)
        await here.settles()
        assert (here.posted(here.circle), here.posted(here.square)) == ([], ["one", "two"])
        await here.waits(seconds - 0.5)
        assert here.posted(here.circle) == []
        assert len(here.slack.web_api.called("chat.postMessage")) == 2
        await here.waits(1)
        await here.waits_long()
        assert here.posted(here.circle) == ["one", "two"]
        assert await here.dead() == []


@pytest.mark.parametrize("why", ["is_archived", "channel_not_found", "not_in_channel", "restricted_action"])
async def test_a_channel_that_takes_nothing_is_a_visible_dead_letter_and_others_go_on(tmp_path: Path, why: str) -> None:
    async with installed(tmp_path, echo()) as here:
        here.slack.faults.plan("chat.postMessage", says(why), channel=here.circle.id)
        for word in ("one", "two"):
            await here.ana.writes("circle", word)
            await here.ana.writes("square", word)
        await here.settles()
        await here.waits_long()
        assert here.posted(here.square) == ["one", "two"]
        assert here.posted(here.circle) == ["two"]
        assert await here.dead() == [f"undeliverable: {why}"]


async def test_somebody_whose_account_was_closed_is_a_dead_letter_without_a_name(tmp_path: Path) -> None:
    async def write(event: CommandUsed, services: Services) -> None:
        await services.answer_privately(Message(Text("Good morning")))

    async with installed(tmp_path, command("say", write)) as here:
        here.ana.user.deleted = True
        await here.ana.types("/baraza say", "circle")
        await here.ben.types("/baraza say", "circle")
        await here.settles()
        assert here.ben.hears() == ["Good morning"]
        assert await here.dead() == ["undeliverable: user_disabled"]


# Unknown outcomes


@with_each(EVERY)
async def test_a_message_arrives_once_whatever_became_of_the_call(tmp_path: Path, fault: Fault) -> None:
    async with installed(tmp_path, echo(), call=0.5) as here:
        here.slack.faults.plan("chat.postMessage", fault)
        await here.ana.writes("circle", "hello")
        await here.settles()
        await here.waits_long()
        here.slack.faults.release()
        assert here.posted(here.circle) == ["hello"]
        assert await here.dead() == []


@with_each({name: fault for name, fault in EVERY.items() if name.startswith(("500", "dropped", "429"))})
@pytest.mark.parametrize("method", ["conversations.open", "chat.postMessage"])
async def test_a_private_message_arrives_once_whatever_became_of_the_call(
    tmp_path: Path, method: str, fault: Fault
) -> None:
    async def write(event: CommandUsed, services: Services) -> None:
        await services.answer_privately(Message(Text("Good morning")))

    async with installed(tmp_path, command("say", write)) as here:
        here.slack.faults.plan(method, fault)
        await here.ana.types("/baraza say", "circle")
        await here.settles()
        await here.waits_long()
        assert here.ana.hears() == ["Good morning"]
        assert await here.dead() == []


@with_each({"500 after it": server_error(delivered=True), "dropped": dropped(delivered=False)})
async def test_while_nobody_can_look_for_it_nothing_is_sent_again(tmp_path: Path, fault: Fault) -> None:
    async with installed(tmp_path, echo()) as here:
        here.slack.faults.plan("chat.postMessage", fault)
        here.slack.faults.plan("conversations.history", *[server_error()] * 3, says("internal_error"), rate_limited(30))
        await here.ana.writes("circle", "hello")
        await here.settles()
        await here.waits_long()
        assert here.posted(here.circle) == ["hello"]


async def test_where_history_is_closed_a_prompt_is_a_dead_letter_rather_than_said_twice(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        here.workspace.scopes = {scope for scope in here.workspace.scopes if not scope.endswith(":history")}
        here.slack.faults.plan("chat.postMessage", dropped())
        await here.ana.writes("circle", "hello")
        await here.settles()
        await here.waits_long()
        assert here.posted(here.circle) == ["hello"]
        assert await here.dead() == ["nobody can tell whether it arrived, and it must not arrive twice"]


def changing() -> Capability:
    """``/baraza say`` posts a message whose button changes it."""
    capability = Capability("say")

    @capability.command("say", summary="", for_strangers=True)
    async def say(event: CommandUsed, services: Services) -> None:
        assert event.place is not None
        await services.post(event.place, Message(Text("Before"), (Button("Change", "say.change"),)), Kind.PROMPT)

    @capability.button("say.change", for_strangers=True)
    async def change(event: ButtonPressed, services: Services) -> None:
        await services.edit(event.reference, Message(Text("After")))

    return capability


@with_each({name: fault for name, fault in EVERY.items() if "no answer" not in name})
async def test_a_change_is_made_whatever_became_of_the_call(tmp_path: Path, fault: Fault) -> None:
    async with installed(tmp_path, changing()) as here:
        await here.ana.types("/baraza say", "circle")
        await here.settles()
        here.slack.faults.plan("chat.update", fault)
        await here.ana.presses("Change", "circle")
        await here.settles()
        await here.waits_long()
        assert here.posted(here.circle) == ["After"]
        assert await here.dead() == []


def taking_down() -> Capability:
    """``/baraza say`` posts a message, and ``/baraza enough`` takes it down."""
    capability = Capability("say")
    posted: list[str] = []

    @capability.command("say", summary="", for_strangers=True)
    async def say(event: CommandUsed, services: Services) -> None:
        assert event.place is not None
        row = await services.post(event.place, Message(Text("Before")), Kind.PROMPT)
        posted.append(row.reference)

    @capability.command("enough", summary="", for_strangers=True)
    async def enough(_event: CommandUsed, services: Services) -> None:
        await services.take_down(posted[0])

    return capability


@pytest.mark.parametrize("way", ["changed", "taken down"])
async def test_on_a_message_that_somebody_has_deleted_there_is_nothing_left_to_do(tmp_path: Path, way: str) -> None:
    async with installed(tmp_path, changing() if way == "changed" else taking_down()) as here:
        await here.ana.types("/baraza say", "circle")
        await here.settles()
        here.slack.faults.plan("chat.update", rate_limited(1))
        here.slack.faults.plan("chat.delete", rate_limited(1))
        if way == "changed":
            await here.ana.presses("Change", "circle")
        else:
            await here.ana.types("/baraza enough", "circle")
        await here.settles()
        (posted,) = here.circle.messages.values()
        here.workspace.remove(here.circle, posted)
        await here.waits_long()
        assert here.posted(here.circle) == []
        assert await here.dead() == []


# The token


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_a_token_that_is_refused_drops_nothing_and_goes_on_once_it_is_good(tmp_path: Path, code: str) -> None:
    async with installed(tmp_path, echo()) as here:
        await here.ana.writes("circle", "before")
        await here.settles()
        here.workspace.revoke_token(code=code)
        for word in ("one", "two"):
            await here.ana.writes("circle", word)
            await here.ana.writes("square", word)
        await here.settles()
        assert await here.health() == (503, [f"Slack refuses the bot's token ({code})"])
        await here.waits_long()
        assert here.posted(here.circle) == ["before"]
        assert await here.dead() == []
        here.slack.revoked.clear()
        await here.platform._workspaces.look()
        await here.waits_long()
        assert await here.health() == (200, [])
        assert here.posted(here.circle) == ["before", "one", "two"]
        assert here.posted(here.square) == ["one", "two"]


@pytest.mark.parametrize("again", ["the same", "another"])
async def test_a_token_of_which_slack_says_that_it_is_revoked_drops_nothing(tmp_path: Path, again: str) -> None:
    async with installed(tmp_path, echo()) as here:
        here.workspace.revoke_token()
        bot = here.workspace.bot.id
        here.workspace.tell({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [bot]}})
        await here.settles()
        assert await here.health() == (503, ["Slack refuses the bot's token (token_revoked)"])
        await here.ana.writes("circle", "hello")
        await here.settles()
        await here.waits_long()
        assert (here.posted(here.circle), await here.dead()) == ([], [])
        if again == "another":
            await here.dies()
            here.workspace.install()
            await here.starts()
        else:
            here.slack.revoked.clear()
            await here.platform._workspaces.look()
        await here.waits_long()
        assert here.posted(here.circle) == ["hello"]
        assert await here.health() == (200, [])


async def test_a_token_that_is_refused_from_the_start_drops_nothing(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        await here.dies()
        here.workspace.revoke_token()
        await here.starts()
        assert here.platform.trouble() == "Slack refuses SLACK_BOT_TOKEN (token_revoked)"
        await here.ana.writes("circle", "hello")
        await here.settles()
        here.slack.revoked.clear()
        await here.platform._workspaces.look()
        await here.waits_long()
        assert here.posted(here.circle) == ["hello"]
        assert here.platform.trouble() is None


@pytest.mark.parametrize("method", ["chat.postMessage", "conversations.open"])
async def test_a_permission_that_is_missing_drops_nothing_and_holds_up_nothing_else(
    tmp_path: Path, method: str
) -> None:
    needed = set(METHODS[method].scopes)

    async def write(event: CommandUsed, services: Services) -> None:
        await services.answer_privately(Message(Text("Good morning")))

    async with installed(tmp_path, echo(), command("say", write)) as here:
        taken = here.workspace.scopes & needed
        here.workspace.scopes -= taken
        await here.ana.types("/baraza say", "circle")
        await here.ana.writes("circle", "one")
        await here.settles()
        lacking = f"Slack's token lacks a permission, so {method} is refused: baraza doctor says which"
        await here.waits_long()
        assert await here.health() == (503, [lacking])
        assert here.posted(here.circle) == ([] if method == "chat.postMessage" else ["one"])
        assert (here.ana.hears(), await here.dead()) == ([], [])
        here.workspace.scopes |= taken
        await here.waits_long()
        assert (here.ana.hears(), here.posted(here.circle)) == (["Good morning"], ["one"])
        assert await here.health() == (200, [])
        assert await here.dead() == []


async def test_a_permission_that_stays_missing_is_a_dead_letter_in_the_end(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        here.workspace.scopes.discard("chat:write")
        await here.ana.writes("circle", "one")
        await here.settles()
        for _ in range(3):
            await here.waits(86_400 + 60)
        assert await here.dead() == ["tried for three days: a permission is missing"]


# The workspace


async def test_taken_out_of_a_workspace_it_writes_there_no_more_and_keeps_what_it_knows(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        await here.founds_a_community()
        here.slack.faults.plan("chat.postMessage", rate_limited(60))
        await here.ana.writes("circle", "hello")
        await here.settles()
        await here.workspace.uninstalls()
        await here.settles()
        assert await here.health() == (503, ["the app is in no Slack workspace"])
        await here.waits_long()
        assert here.posted(here.circle) == []
        assert await here.dead() == ["undeliverable: the app is not in this workspace"]
        await here.dies()
        await here.starts()
        assert here.platform.trouble() == "Slack refuses SLACK_BOT_TOKEN (account_inactive)"


async def test_installed_again_by_another_process_it_is_there_without_a_restart(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        await here.workspace.uninstalls()
        await here.settles()
        token = here.workspace.install()
        async with here.running.database.transaction() as session:
            bot = here.workspace.bot.id
            await tenants.keep(
                session, Installation("slack", here.workspace.id, "Nurses", bot, token), here.clock.now()
            )
        here.platform._workspaces._unknown.clear()  # ten seconds pass
        await here.ana.writes("circle", "hello again")
        await here.settles()
        await here.waits_long()
        assert here.posted(here.circle) == ["hello again"]
        assert here.platform.trouble() is None


@pytest.mark.parametrize("kind", ["app_uninstalled", "tokens_revoked"])
async def test_late_news_of_an_earlier_removal_does_not_take_it_out_again(tmp_path: Path, kind: str) -> None:
    async with installed(tmp_path, echo()) as here:
        await here.workspace.uninstalls()
        await here.settles()
        late = next(one for one in here.slack.deliveries if one.payload.get("event", {}).get("type") == kind)
        here.clock.move_to(here.clock.now() + timedelta(seconds=60))
        made = Installation("slack", here.workspace.id, "Nurses", here.workspace.bot.id, here.workspace.install())
        await here.running.app.keep_installation(made)
        await here.platform._workspaces.was_installed(made)
        here.slack.repeat(late)  # it was not acknowledged in time, so Slack tells it again
        await here.settles()
        await here.platform._workspaces.look()
        await here.ana.writes("circle", "hello again")
        await here.settles()
        assert here.posted(here.circle) == ["hello again"]
        assert here.platform.trouble() is None
        assert [one.tenant for one in await here.running.app.installations("slack")] == [here.workspace.id]
