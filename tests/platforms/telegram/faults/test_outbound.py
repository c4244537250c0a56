"""What goes out on bad days: what arrives twice says so, what may not is given up visibly, and others go on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.core.capability import Capability
from bot.core.events import ButtonPressed, CommandUsed
from bot.core.messages import Button, Kind, Message, Text
from bot.core.roles import Role
from bot.services import Services
from handlers.alerts import capability as alerts
from storage import communities, members
from tests.frame import echo
from tests.platforms.telegram.faults.installation import Installed, command, installed, repeating, say_hello
from tests.wire.telegram.faults import Fault, dropped, hangs, rate_limited, says, server_error

WITHOUT_EFFECT = {
    "500": server_error(500),
    "502": server_error(502),
    "dropped": dropped(delivered=False),
    "no answer": hangs(delivered=False),
    "no JSON": server_error(200),
    "504 as JSON": says(504, "Gateway Timeout"),
}
WITH_EFFECT = {
    "500 after it": server_error(500, delivered=True),
    "502 after it": server_error(502, delivered=True),
    "dropped after it": dropped(),
    "no answer after it": hangs(),
    "no JSON after it": server_error(200, delivered=True),
}
UNKNOWN = WITHOUT_EFFECT | WITH_EFFECT
CERTAIN = {"429": rate_limited(1), "token refused": says(401, "Unauthorized")}
GIVEN_UP = "nobody can tell whether it arrived, and it must not arrive twice"
REPEATED = re.compile(r"hello\n+\(This may be a repeat of #([A-Z0-9]{4})\.\)")


def with_each(ways: dict[str, Fault]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fault", ways.values(), ids=ways)


def patience(fault: Fault) -> float:
    """How long a call may take: not long where no answer will come, and else as long as a busy machine needs."""
    return 1.0 if fault.kind == "hang" else 30.0


async def fails_once(here: Installed, fault: Fault) -> None:
    """Ana says hello, and the first call that should answer her goes wrong."""
    here.telegram.faults.plan("sendMessage", fault)
    await here.ana.writes("circle", "hello")
    await here.settles()
    await here.waits_long()
    here.telegram.faults.release()
    await here.ana.writes("circle", "next")
    await here.settles()


# Unknown outcomes, by class


@with_each(UNKNOWN)
@pytest.mark.parametrize("kind", [Kind.ANSWER])
async def test_an_answer_comes_again_and_says_that_it_may_be_a_repeat(tmp_path: Path, kind: Kind, fault: Fault) -> None:
    async with installed(tmp_path, repeating(kind), call=patience(fault)) as here:
        await fails_once(here, fault)
        *before, repeat, after = here.ana.hears("circle")
        assert before == ["hello"] * fault.delivered
        assert REPEATED.fullmatch(repeat)
        assert after == "next"
        assert await here.dead() == []


@pytest.mark.parametrize("kind", [Kind.RECEIPT, Kind.WELCOME])
async def test_so_do_receipts_and_welcomes(tmp_path: Path, kind: Kind) -> None:
    async with installed(tmp_path, repeating(kind)) as here:
        await fails_once(here, dropped())
        assert REPEATED.fullmatch(here.ana.hears("circle")[1])
        assert await here.dead() == []


@with_each(UNKNOWN)
@pytest.mark.parametrize("kind", [Kind.PROMPT])
async def test_a_prompt_never_comes_again_and_is_a_visible_dead_letter(
    tmp_path: Path, kind: Kind, fault: Fault
) -> None:
    async with installed(tmp_path, repeating(kind), call=patience(fault)) as here:
        await fails_once(here, fault)
        assert here.ana.hears("circle") == [*["hello"] * fault.delivered, "next"]
        assert await here.dead() == [GIVEN_UP]


@pytest.mark.parametrize("kind", [Kind.REMINDER, Kind.HEALTH, Kind.ALERT])
async def test_nor_do_reminders_health_checks_and_alerts(tmp_path: Path, kind: Kind) -> None:
    async with installed(tmp_path, repeating(kind)) as here:
        await fails_once(here, dropped())
        assert here.ana.hears("circle") == ["hello", "next"]
        assert await here.dead() == [GIVEN_UP]


@with_each(CERTAIN)
@pytest.mark.parametrize("kind", [Kind.ANSWER, Kind.PROMPT])
async def test_what_surely_did_not_arrive_comes_once_and_says_nothing(tmp_path: Path, kind: Kind, fault: Fault) -> None:
    async with installed(tmp_path, repeating(kind)) as here:
        await fails_once(here, fault)
        assert here.ana.hears("circle") == ["hello", "next"]
        assert await here.dead() == []


@pytest.mark.parametrize("kind", [Kind.ANSWER, Kind.PROMPT])
async def test_while_telegram_cannot_be_reached_everything_waits(tmp_path: Path, kind: Kind) -> None:
    async with installed(tmp_path, repeating(kind)) as here:
        base = here.platform._api._bot._base_url
        here.platform._api._bot._base_url = base.replace(here.telegram.url, "http://127.0.0.1:9")  # nobody is there
        await here.ana.writes("circle", "hello")
        await here.settles()
        assert here.ana.hears("circle") == []
        here.platform._api._bot._base_url = base
        await here.waits_long()
        assert here.ana.hears("circle") == ["hello"]
        assert await here.dead() == []


async def test_what_only_one_person_may_see_comes_again_in_their_private_chat(tmp_path: Path) -> None:
    async with installed(tmp_path, command("say", say_hello)) as here:
        here.telegram.faults.plan("sendMessage", dropped())
        await here.ana.writes("circle", "/say")
        await here.settles()
        await here.waits_long()
        first, second = here.ana.hears()
        assert (first, second[:12]) == ("Good morning", "Good morning")
        assert "repeat of #" in second
        assert here.ben.hears("circle") == []
        assert await here.dead() == []


async def test_the_words_for_a_repeat_stay_the_same_however_often_it_is_tried(tmp_path: Path) -> None:
    async with installed(tmp_path, repeating(Kind.ANSWER)) as here:
        faults = (dropped(), rate_limited(1), dropped(), server_error(502))
        here.telegram.faults.plan("sendMessage", *faults)
        await here.ana.writes("circle", "hello")
        await here.settles()
        await here.waits_long()
        first, second, third = here.ana.hears("circle")
        assert first == "hello"
        assert REPEATED.fullmatch(second)
        assert second == third


async def test_a_prompt_that_may_be_lost_is_told_to_the_facilitators_without_its_words(tmp_path: Path) -> None:
    async with installed(tmp_path, repeating(Kind.PROMPT), alerts) as here:
        await here.ana.writes("circle", "who are you?")
        await here.settles()
        await here.founds_a_community()
        await here.ben.writes("circle", "I am Ben")
        await here.settles()
        async with here.running.database.transaction() as session:
            member = await members.find(session, here.account(here.ben))
            assert member is not None
            (community,) = await communities.all_communities(session)
            await members.give_role(session, community.id, member.id, Role.FACILITATOR)
        here.telegram.faults.plan("sendMessage", dropped(), channel=str(here.circle.id))
        await here.ana.writes("circle", "hello")
        await here.settles()
        (alert,) = here.ben.hears()
        assert alert.startswith("Something could not be done (1).")
        assert "Ana" not in alert
        assert here.ana.hears() == []


# One chat and the others


@pytest.mark.parametrize("seconds", [1, 3_600])
async def test_too_many_requests_hold_up_their_own_chat_alone(tmp_path: Path, seconds: int) -> None:
    async with installed(tmp_path, echo()) as here:
        here.telegram.faults.plan("sendMessage", rate_limited(seconds), channel=str(here.circle.id))
        for word in ("one", "two"):
            await here.ana.writes("circle", word)
            await here.ana.writes("square", word)
        await here.settles()
        assert (here.ana.hears("circle"), here.ana.hears("square")) == ([], ["one", "two"])
        await here.waits(seconds - 0.5)
        assert here.ana.hears("circle") == []
        assert len(here.telegram.called("sendMessage")) == 2
        await here.waits(1)
        await here.waits_long()
        assert here.ana.hears("circle") == ["one", "two"]
        assert await here.dead() == []


NO_MORE = {
    "blocked": "Forbidden: bot was blocked by the user",
    "deactivated": "Forbidden: user is deactivated",
    "kicked": "Forbidden: bot was kicked from the supergroup chat",
    "not a member": "Forbidden: bot is not a member of the supergroup chat",
    "not found": "Bad Request: chat not found",
    "no rights": "Bad Request: not enough rights to send text messages to the chat",
}


@pytest.mark.parametrize("why", NO_MORE.values(), ids=NO_MORE)
async def test_a_chat_that_takes_nothing_is_a_visible_dead_letter_and_others_go_on(tmp_path: Path, why: str) -> None:
    async with installed(tmp_path, echo()) as here:
        status = 400 if why.startswith("Bad Request") else 403
        here.telegram.faults.plan("sendMessage", says(status, why), channel=str(here.circle.id))
        for word in ("one", "two"):
            await here.ana.writes("circle", word)
            await here.ana.writes("square", word)
        await here.settles()
        await here.waits_long()
        assert here.ana.hears("square") == ["one", "two"]
        assert here.ana.hears("circle") == ["two"]
        (dead,) = await here.dead()
        assert dead.startswith("undeliverable: ")
        assert "Ana" not in dead


async def test_who_blocks_the_bot_gets_nothing_and_others_go_on(tmp_path: Path) -> None:
    async with installed(tmp_path, command("say", say_hello)) as here:
        await here.ana.blocks()
        await here.ana.writes("circle", "/say")
        await here.ben.writes("circle", "/say")
        await here.settles()
        await here.waits_long()
        assert here.ben.hears() == ["Good morning"]
        (dead,) = await here.dead()
        assert dead.startswith("undeliverable: ")
        assert "Ana" not in dead


async def test_put_out_of_a_group_the_bot_writes_there_no_more(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        here.telegram.faults.plan("sendMessage", rate_limited(60), channel=str(here.circle.id))
        await here.ana.writes("circle", "hello")
        await here.settles()
        await here.ana.removes_bot("circle")
        await here.ana.writes("square", "hello")
        await here.settles()
        await here.waits_long()
        assert here.ana.hears("circle") == []
        assert here.ana.hears("square") == ["hello"]
        assert await here.dead() == ["undeliverable: Forbidden: bot was kicked from the supergroup chat"]


@pytest.mark.parametrize("kind", [Kind.ANSWER, Kind.PROMPT])
async def test_what_goes_to_a_group_that_became_a_supergroup_arrives_there_once(tmp_path: Path, kind: Kind) -> None:
    async with installed(tmp_path, repeating(kind)) as here:
        group = here.telegram.group("village", here.ana, here.ben, with_bot=True, as_admin=True)
        here.telegram.faults.plan("sendMessage", rate_limited(60), channel=str(group.id))
        await here.ana.writes(group, "hello")
        await here.settles()
        new = await here.ana.upgrades(group)
        await here.settles()
        await here.waits_long()
        assert here.ana.hears(new) == ["hello"]
        assert await here.dead() == []
        await here.ana.writes(new, "next")
        await here.settles()
        assert here.ana.hears(new) == ["hello", "next"]


# Edits


def changing() -> Capability:
    """``/say`` posts a message whose button changes it."""
    capability = Capability("say")

    @capability.command("say", summary="", for_strangers=True)
    async def say(event: CommandUsed, services: Services) -> None:
        assert event.place is not None
        buttons = (Button("Change", "say.change"),)
        await services.post(event.place, Message(Text("Before"), buttons), Kind.PROMPT)

    @capability.button("say.change", for_strangers=True)
    async def change(event: ButtonPressed, services: Services) -> None:
        await services.edit(event.reference, Message(Text("After")))

    return capability


@with_each(UNKNOWN | CERTAIN)
async def test_a_change_is_made_whatever_became_of_the_call(tmp_path: Path, fault: Fault) -> None:
    async with installed(tmp_path, changing(), call=patience(fault)) as here:
        await here.ana.writes("circle", "/say")
        await here.settles()
        here.telegram.faults.plan("editMessageText", fault)
        await here.ana.presses("Change", "circle")
        await here.settles()
        await here.waits_long()
        here.telegram.faults.release()
        assert here.ana.hears("circle") == ["After"]
        assert await here.dead() == []


async def test_a_message_that_is_not_modified_is_as_it_should_be(tmp_path: Path) -> None:
    async with installed(tmp_path, changing()) as here:
        await here.ana.writes("circle", "/say")
        await here.settles()
        before = here.ana.last("circle")
        message, data = dict(before.raw), before.data["Change"]
        for _ in range(2):
            await here.ana.presses_old(message, data, "circle")
            await here.settles()
        assert [why for method, why in here.telegram.refused() if method == "editMessageText"]
        assert here.ana.hears("circle") == ["After"]
        assert await here.dead() == []


# The token


async def test_a_token_that_is_revoked_drops_nothing_and_it_goes_on_once_it_is_good(tmp_path: Path) -> None:
    async with installed(tmp_path, echo(), waits=(0.05,)) as here:
        await here.ana.writes("circle", "before")
        await here.settles()
        here.telegram.faults.plan("sendMessage", rate_limited(1), rate_limited(1))
        for chat in ("circle", "square"):
            await here.ana.writes(chat, "during")
        await here.settles()
        good = here.telegram.token
        here.telegram.revoke_token()
        await here.telegram.clock.move(30)  # the question that waits ends
        await here.waits(2)
        assert (await here.health())[0] == 503
        assert "refuses TELEGRAM_BOT_TOKEN" in (await here.health())[1][0]
        for seconds in (60, 3_600, 86_400):
            await here.waits(seconds)
        assert here.ana.hears("circle") == ["before"]
        assert await here.dead() == []
        here.telegram.bot.token = good
        await here.waits_long()
        await here.ana.writes("circle", "after")
        await here.settles()
        assert here.ana.hears("circle") == ["before", "during", "after"]
        assert here.ana.hears("square") == ["during"]
        assert await here.health() == (200, [])


async def test_a_new_token_takes_over_what_waits(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        here.telegram.faults.plan("sendMessage", rate_limited(1))
        await here.ana.writes("circle", "hello")
        await here.settles()
        here.telegram.revoke_token()
        await here.dies()
        await here.starts()
        await here.waits_long()
        assert here.ana.hears("circle") == ["hello"]
        assert await here.health() == (200, [])
