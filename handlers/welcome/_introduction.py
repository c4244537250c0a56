"""An introduction: who somebody is and what they know, kept as their profile, and told to all if they like."""

from __future__ import annotations

from bot.core.capability import Where
from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed, FormSubmitted
from bot.core.forms import Choice, Form, FormValue, MultiChoiceField, TextField
from bot.core.messages import Button, Emphasis, Kind, Message, Text, joined, mark
from bot.core.roles import Purpose
from bot.core.topics import topics
from bot.services import Services
from bot.texts import OWN_NAMES
from handlers.welcome._capability import capability
from handlers.welcome._greeting import update_greeting
from storage import accounts, communities, members, welcomes
from storage.communities import CommunityPlace


@capability.button("welcome.introduce")
async def ask_for_introduction(_event: ButtonPressed, services: Services) -> None:
    """Open the form with what is known already."""
    await services.open_form(await _introduction_form(services))


@capability.command(
    "profile",
    summary=mark("Tell others who you are and what you know"),
    where=Where.ANYWHERE,
    title=mark("My profile"),
)
async def profile(_event: CommandUsed, services: Services) -> None:
    """The same form by command."""
    await services.open_form(await _introduction_form(services))


async def _introduction_form(services: Services) -> Form:
    wording, member = services.wording, services.member
    label = wording.label
    codes = dict.fromkeys([*OWN_NAMES, *member.languages])
    languages = tuple(Choice(code, wording.language_name(code)) for code in codes)
    hint = label(mark("Separate them with commas, for example: cold chain, training"))
    spoken = member.languages or ([member.language] if member.language in OWN_NAMES else [])
    return Form(
        action="welcome.introduction",
        title=label(mark("Introduce yourself")),
        submit=label(mark("Save")),
        language=wording.language,
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
    await update_greeting(services, member)
    say, label = services.wording.say, services.wording.label
    if not first_time:
        text = say(mark("Thank you, {name}. Your profile is up to date."), name=profile.name)
        several = len(await accounts.rows_of(services.session, member.id)) > 1
        where = (Button(label(mark("Where I write to you")), "linking.where"),) if several else ()
        await services.answer(Message(text, where))
        return
    place = await _main_place(services)
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


async def _main_place(services: Services) -> CommunityPlace | None:
    """The main place that they are in; the first one of the community where they are in none."""
    session, community_id = services.session, services.community.id
    there = await welcomes.places_with(session, community_id, services.member.id)
    mine = next((place for place in there if place.purpose == Purpose.MAIN.value), None)
    return mine or await communities.place_for(session, community_id, Purpose.MAIN)


@capability.button("welcome.announce")
async def announce(event: ButtonPressed, services: Services) -> None:
    """One line in the main place, once."""
    await services.check_belongs()
    place = await _main_place(services)
    if place is None:
        raise Refusal(
            mark("This community has no main place right now. Your profile is kept; others find it with /who.")
        )
    if not await members.announce(services.session, services.member.id, services.now()):
        return
    await welcomes.leave_out_of_joint_line(services.session, place.id, services.member.id)
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


def _text(value: FormValue) -> str | None:
    return value if isinstance(value, str) and value else None


def _list(value: FormValue) -> list[str]:
    return value if isinstance(value, list) else []
