"""Experts and their topics: who answers, about what, and whether they are here."""

from __future__ import annotations

from bot.core.errors import Refusal
from bot.core.events import CommandUsed
from bot.core.messages import Message, Value, joined, mark, points
from bot.core.roles import Role
from bot.core.topics import topics as read_topics
from bot.services import Services
from handlers.questions import _routing as routing
from handlers.questions._capability import capability
from handlers.questions._state import State
from storage import members, questions
from storage.questions import Expert

_USAGE = mark("experts, experts add @name topic, topic, experts remove @name, or experts topics")
_MOST_TOPICS = 20
_WITH_THEM = (State.ROUTED.value, State.ASKED_BACK.value)


@capability.command("experts", summary=mark("See, add and remove experts and their topics"), usage=_USAGE,
                    roles=(Role.FACILITATOR,))  # fmt: skip
async def experts(event: CommandUsed, services: Services) -> None:
    """Everybody who answers, or what the words after the command say."""
    act, _, rest = event.arguments.strip().partition(" ")
    if not act:
        await _show(services)
    elif act.casefold() == "topics":
        await _show_topics(services)
    elif act.casefold() == "add" and rest.strip():
        await _add(services, rest.strip())
    elif act.casefold() == "remove" and rest.strip():
        await _remove(services, rest.strip())
    else:
        raise Refusal(mark("I understand: {usage}"), usage=services.wording.label(_USAGE))


async def _show(services: Services) -> None:
    known = await questions.experts_of(services.session, services.community.id)
    say = services.wording.say
    if not known:
        await services.answer(Message(say(mark("There are no experts yet. Add one: /experts add @name topic, topic"))))
        return
    load = await questions.load_of(services.session, services.community.id, _WITH_THEM)
    here, away = mark("**{name}**: {topics} ({count} open)"), mark("**{name}**: {topics} ({count} open, away)")
    lines = [
        say(
            away if expert.away else here,
            name=member.name,
            topics=", ".join(expert.topics) or services.wording.label(mark("every topic")),
            count=str(load.get(member.id, 0)),
        )
        for expert, member in known
    ]
    await services.answer(Message(joined([say(mark("**Experts**")), points(lines)])))


async def _show_topics(services: Services) -> None:
    topics = await routing.topics_of(services)
    say = services.wording.say
    key = mark("Topics that somebody answers: {topics}") if topics else mark("No topic has an expert yet.")
    await services.answer(Message(say(key, topics=", ".join(topics))))


async def _add(services: Services, words: str) -> None:
    """``@x topic, topic``: a name of several words is read as far as somebody is called so."""
    name, rest = await _name_and_rest(services, words)
    member = await services.member_called(name)
    known = await questions.expert(services.session, services.community.id, member.id)
    expert = Expert(
        community_id=services.community.id,
        member_id=member.id,
        topics=read_topics(rest, _MOST_TOPICS),
        away=known.away if known else False,
        asked_at=known.asked_at if known else None,
    )
    await questions.put_expert(services.session, expert)
    await members.give_role(services.session, services.community.id, member.id, Role.EXPERT)
    await services.show_commands(member)
    await routing.offer_waiting(services)
    say = services.wording.say
    about = ", ".join(expert.topics) or services.wording.label(mark("every topic"))
    await services.answer(Message(say(mark("{name} answers questions now: {topics}"), name=member.name, topics=about)))


async def _name_and_rest(services: Services, words: str) -> tuple[str, str]:
    """The longest beginning that is somebody's name, and what follows."""
    everybody = {one.name.casefold() for one in await members.of_community(services.session, services.community.id)}
    parts = words.lstrip("@").split(" ")
    for length in range(len(parts), 1, -1):
        if " ".join(parts[:length]).casefold() in everybody:
            return " ".join(parts[:length]), " ".join(parts[length:])
    return words.partition(" ")[0], words.partition(" ")[2]


async def _remove(services: Services, who: str) -> None:
    """They answer nothing any more; what they had goes to others."""
    member = await services.member_called(who)
    community_id = services.community.id
    held = await questions.waiting_for(services.session, community_id, member.id, _WITH_THEM)
    await questions.remove_expert(services.session, community_id, member.id)
    await members.take_role(services.session, community_id, member.id, Role.EXPERT)
    await services.show_commands(member)
    for question in held:
        await questions.pass_on(services.session, question.id, member.id)
        await routing.route(services, question)
    say = services.wording.say
    await services.answer(Message(say(mark("{name} gets no questions any more."), name=member.name)))


@capability.command("away", summary=mark("Get no questions for a while"), roles=(Role.EXPERT,))
async def away(_event: CommandUsed, services: Services) -> None:
    """No new questions; those at hand stay, and can be passed on with their button."""
    await questions.set_away(services.session, services.community.id, services.member.id, away=True)
    held = await questions.waiting_for(services.session, services.community.id, services.member.id, _WITH_THEM)
    say = services.wording.say
    key = mark("You get no new questions until you type /back.")
    more = mark("Still with you: {codes}. Press *Not mine* there to pass them on.")
    parts: list[Value] = [say(key)]
    if held:
        parts.append(say(more, codes=", ".join(one.code for one in held)))
    await services.answer(Message(joined(parts)))


@capability.command("back", summary=mark("Get questions again"), roles=(Role.EXPERT,))
async def back(_event: CommandUsed, services: Services) -> None:
    """Here again."""
    await questions.set_away(services.session, services.community.id, services.member.id, away=False)
    await routing.offer_waiting(services)
    await services.answer(Message(services.wording.say(mark("Welcome back! Questions come to you again."))))
