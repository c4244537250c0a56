"""Welcome: who joins is greeted privately, once, and the place gets one joint line for everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.core.capability import Capability, Where
from bot.core.events import ButtonPressed, CommandUsed, FormSubmitted, Joined
from bot.core.forms import Choice, Form, FormValue, MultiChoiceField, TextField
from bot.core.messages import Button, Emphasis, Kind, Message, Text, joined, mark, points
from bot.core.roles import Purpose
from bot.services import Services
from bot.texts import Wording
from storage import activity, communities, members, welcomes
from storage.members import Membership
from storage.welcomes import Welcome

capability = Capability("welcome")

AWAY_FOR = timedelta(days=30)
JOINT_LINE_AFTER = timedelta(minutes=1)
_NAMES_IN_JOINT_LINE = 5
_MOST_TOPICS = 12
_JOINT_LINE = "welcome.joint_line"

LANGUAGES = {
    "ar": mark("Arabic"),
    "en": mark("English"),
    "es": mark("Spanish"),
    "fr": mark("French"),
    "pt": mark("Portuguese"),
    "sw": mark("Swahili"),
}
NORMS = (
    mark("Ask early. There are no silly questions here."),
    mark("Share what went wrong too; that is what others learn from most."),
    mark("Never share what could identify a patient or a person you serve."),
    mark("Disagree with ideas, be kind to people."),
)


@capability.on(Joined)
async def greet(event: Joined, services: Services) -> None:
    """Greet who came, privately and in their language; who was here within 30 days is not greeted again."""
    assert services.known_place is not None  # noqa: S101 - a join happens in a place
    community, member = services.community, services.member
    await _expect_in_joint_line(event, services)
    greeted = await welcomes.of(services.session, community.id, member.id)
    membership = await members.membership(services.session, community.id, member.id)
    if greeted is not None and not _was_away(membership, event, greeted):
        return
    row = await services.tell(member, greeting(services, services.wording_for(member)), Kind.WELCOME)
    await welcomes.remember(
        services.session,
        Welcome(
            community_id=community.id,
            member_id=member.id,
            greeted_at=event.at,
            reference=row.reference if row else None,
        ),
    )


async def _expect_in_joint_line(event: Joined, services: Services) -> None:
    """The main place hears once of everybody who comes to it, or comes back to it after more than 30 days."""
    place, member = services.known_place, services.member
    if place is None or place.purpose != Purpose.MAIN.value:
        return
    last = await activity.last_came(services.session, services.community.id, place.id, member.id, before=event.at)
    if last is not None and event.at - last <= AWAY_FOR:
        return
    await welcomes.expect_in_joint_line(services.session, place.id, member.id, event.at)
    at = services.now() + JOINT_LINE_AFTER
    await services.later(_JOINT_LINE, {"place": place.id}, at=at, once=f"{_JOINT_LINE}:{place.id}")


def _was_away(membership: Membership | None, event: Joined, greeted: Welcome) -> bool:
    """Whether somebody came back after more than 30 days, since they were last greeted."""
    left_at = membership.last_left_at if membership else None
    return left_at is not None and left_at >= greeted.greeted_at and event.at - left_at > AWAY_FOR


def greeting(services: Services, wording: Wording, *, introduced: bool = False) -> Message:
    """The private greeting. Who has introduced themselves is not asked again."""
    say, label = wording.say, wording.label
    name = services.member.name
    text = joined(
        [
            say(mark("**Welcome to {community}, {name}!**"), community=services.community.name, name=name),
            say(
                mark(
                    "I am Baraza. I help the facilitators here: I bring questions to people who can answer them, "
                    "and I keep what we learn."
                )
            ),
            say(mark("Start with a short introduction, so that others know who to turn to.")),
        ]
    )
    buttons = [
        Button(label(mark("Introduce me")), "welcome.introduce", emphasis=Emphasis.PRIMARY),
        Button(label(mark("Ask something")), "questions.ask"),
        Button(label(mark("The norms")), "welcome.norms"),
    ]
    return Message(text, tuple(buttons[1:] if introduced else buttons))


@capability.due(_JOINT_LINE)
async def say_joint_line(payload: dict[str, Any], services: Services) -> None:
    """One line for everybody who came within the last minute."""
    newcomers = await welcomes.take_newcomers(services.session, payload["place"])
    place = await communities.place_by_id(services.session, payload["place"])
    if not newcomers or place is None or not place.active or place.purpose != Purpose.MAIN.value:
        return
    names = [member.name for member in newcomers]
    await services.post(place.address, Message(joint_line(services.community_wording, names)), Kind.WELCOME)


def joint_line(wording: Wording, names: list[str]) -> Text:
    """One line for everybody who came: five names at most, then how many more."""
    shown = names[:_NAMES_IN_JOINT_LINE]
    more = len(names) - len(shown)
    if more == 0:
        return wording.say(mark("Please welcome {names}! Say hello below."), names=wording.listing(shown))
    return wording.plural(
        "Please welcome {names} and {count} more person! Say hello below.",
        "Please welcome {names} and {count} more people! Say hello below.",
        more,
        names=", ".join(shown),
    )


@capability.button("welcome.norms")
async def show_norms(_event: ButtonPressed, services: Services) -> None:
    """What this community keeps to."""
    say = services.wording.say
    title = say(mark("**How we treat each other in {community}**"), community=services.community.name)
    await services.answer(Message(joined([title, points([say(norm) for norm in NORMS])])))


@capability.command(
    "rules",
    summary=mark("How we treat each other here"),
)
async def rules(_event: CommandUsed, services: Services) -> None:
    """The norms by command."""
    await show_norms(None, services)  # type: ignore[arg-type]


@capability.button("welcome.introduce")
async def ask_for_introduction(_event: ButtonPressed, services: Services) -> None:
    """Open the form with what is known already."""
    await services.open_form(await _introduction_form(services))


@capability.command(
    "profile",
    summary=mark("Tell others who you are and what you know"),
    where=Where.ANYWHERE,
)
async def profile(_event: CommandUsed, services: Services) -> None:
    """The same form by command."""
    await services.open_form(await _introduction_form(services))


async def _introduction_form(services: Services) -> Form:
    label, member = services.wording.label, services.member
    languages = tuple(Choice(code, label(name)) for code, name in LANGUAGES.items())
    hint = label(mark("Separate them with commas, for example: cold chain, training"))
    spoken = member.languages or ([member.language] if member.language in LANGUAGES else [])
    return Form(
        action="welcome.introduction",
        title=label(mark("Introduce yourself")),
        submit=label(mark("Save")),
        language=services.wording.language,
        fields=(
            TextField(name="name", label=label(mark("Name to show")), initial=member.name, max_length=80),
            TextField(name="unit", label=label(mark("Unit")), initial=member.unit, required=False, max_length=80,
                      hint=label(mark("Your mission, office or team"))),
            MultiChoiceField(name="languages", label=label(mark("Languages")), choices=languages, required=False,
                             initial=list(spoken)),
            TextField(name="knows", label=label(mark("Topics I know")), hint=hint, required=False, max_length=300,
                      initial=", ".join(member.topics_known)),
            TextField(name="wants", label=label(mark("Topics I want to learn")), hint=hint, required=False,
                      max_length=300, initial=", ".join(member.topics_wanted)),
        ),
    )  # fmt: skip


@capability.form("welcome.introduction")
async def introduced(event: FormSubmitted, services: Services) -> None:
    """Keep what they told, and offer to say it in the main place."""
    values = event.values
    member = services.member
    first_time = member.introduced_at is None
    profile = members.Profile(
        name=str(values["name"]),
        unit=_text(values.get("unit")),
        languages=_list(values.get("languages")),
        topics_known=topics(_text(values.get("knows"))),
        topics_wanted=topics(_text(values.get("wants"))),
    )
    await members.introduce(services.session, member.id, profile, services.now())
    await _update_greeting(services)
    say, label = services.wording.say, services.wording.label
    if not first_time:
        await services.answer(Message(say(mark("Thank you, {name}. Your profile is up to date."), name=profile.name)))
        return
    place = await communities.place_for(services.session, services.community.id, Purpose.MAIN)
    if place is None:
        await services.answer(Message(say(mark("Thank you, {name}. Good to have you here."), name=profile.name)))
        return
    await services.answer(
        Message(
            say(
                mark("Thank you, {name}. Shall I introduce you in **#{place}**, so that others can say hello?"),
                name=profile.name,
                place=place.name,
            ),
            (
                Button(label(mark("Yes, introduce me there")), "welcome.announce", emphasis=Emphasis.PRIMARY),
                Button(label(mark("No, thank you")), "welcome.stay_quiet"),
            ),
        )
    )


async def _update_greeting(services: Services) -> None:
    """The greeting loses the button that has been pressed."""
    greeted = await welcomes.of(services.session, services.community.id, services.member.id)
    if greeted is not None and greeted.reference is not None:
        message = greeting(services, services.wording_for(services.member), introduced=True)
        await services.edit(greeted.reference, message)


@capability.button("welcome.announce")
async def announce(event: ButtonPressed, services: Services) -> None:
    """One line in the main place, once."""
    place = await communities.place_for(services.session, services.community.id, Purpose.MAIN)
    if place is None or not await members.announce(services.session, services.member.id, services.now()):
        return
    await welcomes.leave_out_of_joint_line(services.session, services.member.id)
    await services.post(place.address, Message(introduction_line(services)), Kind.WELCOME)
    text = services.wording.say(mark("Done: you are introduced in **#{place}**."), place=place.name)
    await services.edit(event.reference, Message(text))


@capability.button("welcome.stay_quiet")
async def stay_quiet(event: ButtonPressed, services: Services) -> None:
    """Nothing is posted."""
    text = services.wording.say(mark("All right. You can change your profile with /profile at any time."))
    await services.edit(event.reference, Message(text))


def introduction_line(services: Services) -> Text:
    """Who somebody is, in one or two lines that everybody reads."""
    member, wording = services.member, services.community_wording
    say = wording.say
    lines = [
        say(mark("Please welcome **{name}** ({unit})!"), name=member.name, unit=member.unit)
        if member.unit
        else say(mark("Please welcome **{name}**!"), name=member.name)
    ]
    if member.topics_known:
        lines.append(say(mark("Knows about: {topics}"), topics=", ".join(member.topics_known)))
    if member.topics_wanted:
        lines.append(say(mark("Wants to learn about: {topics}"), topics=", ".join(member.topics_wanted)))
    return joined(lines, "\n")


def topics(text: str | None) -> list[str]:
    """Topics out of a line with commas: each once, at most twelve."""
    found = [" ".join(topic.split()) for topic in (text or "").replace(";", ",").replace("،", ",").split(",")]
    return list({topic.casefold(): topic for topic in found if topic}.values())[:_MOST_TOPICS]


def _text(value: FormValue) -> str | None:
    return value if isinstance(value, str) and value else None


def _list(value: FormValue) -> list[str]:
    return value if isinstance(value, list) else []
