"""Beginning: the bot is brought into a place, and somebody says which community the place belongs to.

Until then the bot records nothing and stays silent there.
"""

from __future__ import annotations

from bot.core.capability import Capability
from bot.core.errors import Refusal
from bot.core.events import (
    BotInvited,
    BotRemoved,
    BotRightsChanged,
    BotUninstalled,
    ButtonPressed,
    CommandUsed,
    FormSubmitted,
    LeadsChecked,
    PlaceMoved,
    PlaceRenamed,
    PlaceReopened,
)
from bot.core.forms import Choice, ChoiceField, Form, TextField
from bot.core.messages import Button, Emphasis, Kind, Message, joined, mark
from bot.core.rights import Rights
from bot.core.roles import Purpose, Role
from bot.core.time_zones import time_zone_called
from bot.services import Services
from bot.texts import not_shown, own_name
from storage import communities, deep_links, invitations, members, tenants
from storage.communities import CommunityPlace

capability = Capability("beginning")

_BEGIN = "begin_"

PURPOSES = {
    Purpose.MAIN: mark("Main: where everybody talks"),
    Purpose.STAKEHOLDERS: mark("Stakeholders: where health checks are posted"),
    Purpose.EXPERTS: mark("Experts: where experts talk among themselves"),
    Purpose.LISTENING: mark("Just listening: I count activity and say nothing"),
}


@capability.on(BotInvited, strangers=True)
async def invited(event: BotInvited, services: Services) -> None:
    """Ask who brought the bot, privately, what this place is to be."""
    assert event.place is not None  # noqa: S101 - an invitation is to a place
    place = await communities.discover(services.session, event.place)
    if place.community_id is not None:
        return
    by = event.by.account
    if event.leads is not False and by.user and await services.can_write_to_account(by):
        await _offer(services, place)
    else:
        await _look_for_an_administrator(services, place)


async def _look_for_an_administrator(services: Services, place: CommunityPlace) -> None:
    """One line in the place, which leads an administrator to the private chat."""
    label, link = services.wording.label(mark("Begin here")), deep_links.payload(_BEGIN, place.id)
    begin_here = Button(label, emphasis=Emphasis.PRIMARY, starts=link)
    text = services.wording.say(
        mark("Hello, I am Baraza. One of the administrators can begin with me here: please press the button.")
    )
    row = await services.post(place.address, Message(text, (begin_here,)), Kind.RECEIPT)
    place.offer = row.reference
    services.session.add(place)


@capability.start(_BEGIN)
async def asks_to_begin(event: CommandUsed, services: Services) -> None:
    """Somebody came by that line: find out whether they are an administrator of the place now."""
    place_id = deep_links.row_of(_BEGIN, event.arguments)
    place = await _free_place(services, str(place_id or 0))
    if place.platform in services.frame.needs_first_word:
        await services.check_leads(place.address)
    else:
        await _offer(services, place)


@capability.on(LeadsChecked, strangers=True)
async def may_begin(event: LeadsChecked, services: Services) -> None:
    """An administrator is asked what the place is to be; others are told who can say it."""
    place = services.known_place
    if place is None or not place.active or place.community_id is not None:
        return
    if event.leads:
        await _offer(services, place)
        return
    key = mark("Only an administrator of **#{place}** can begin there. Please ask one of them to press the button.")
    await services.answer_privately(Message(services.wording.say(key, place=place.name)))


async def _offer(services: Services, place: CommunityPlace) -> None:
    say, label = services.wording.say, services.wording.label
    text = joined(
        [
            say(mark("Thank you for inviting me to **#{place}**!"), place=place.name),
            say(
                mark(
                    "Is this the beginning of a community, or one more place of a community that I serve already? "
                    "Until you choose I record nothing and say nothing there."
                )
            ),
        ]
    )
    buttons = (
        Button(label(mark("Start a community here")), "beginning.start", str(place.id), Emphasis.PRIMARY),
        Button(label(mark("Join this place to a community")), "beginning.join", str(place.id)),
    )
    place.asked = (await services.answer_privately(Message(text, buttons))).reference
    services.session.add(place)


async def _has_begun(services: Services, place: CommunityPlace) -> None:
    """The line that asked for an administrator has done its work."""
    if place.offer is not None:
        await services.take_down(place.offer)
        place.offer = None
        services.session.add(place)


@capability.on(BotRemoved, strangers=True)
async def removed(event: BotRemoved, services: Services) -> None:
    """The place is out of reach, and a group with its topics; their history stays."""
    if event.place is not None:
        await communities.close_place(services.session, event.place)


@capability.on(BotRightsChanged, strangers=True)
async def shown(event: BotRightsChanged, services: Services) -> None:
    """Keep what I am shown in the place from now on; ``/settings`` says what is missing."""
    if event.place is not None:
        rights = Rights(event.reads_everything, event.sees_joins, event.sees_reactions)
        await communities.show(services.session, event.place, rights)


@capability.on(BotUninstalled, private=True, strangers=True)
async def uninstalled(event: BotUninstalled, services: Services) -> None:
    """Every place of the tenant is out of reach; their history stays. An invitation opens a place again."""
    gone = event.by.account
    if await tenants.opened_since(services.session, gone.platform, gone.tenant, event.at):
        return  # the news comes late: it is about the installation before this one
    await communities.close_places_of(services.session, gone.platform, gone.tenant)
    await tenants.close(services.session, gone.platform, gone.tenant, services.now())


@capability.on(PlaceMoved, strangers=True)
async def moved(event: PlaceMoved, services: Services) -> None:
    """The place goes on elsewhere with everything that it has; told again, nothing is left to do.

    The bot may have been seen there before that was told: then somebody was asked in vain what it is to be.
    """
    seen = await communities.place_at(services.session, event.to)
    if event.place is not None and await communities.move(services.session, event.place, event.to):
        await services.messenger.follow(event.place, event.to)
        for reference in (seen.asked, seen.offer) if seen is not None else ():
            if reference is not None:
                await services.take_down(reference)


@capability.on(PlaceReopened, strangers=True)
async def reopened(event: PlaceReopened, services: Services) -> None:
    """A place that was archived goes on where it stopped."""
    if services.known_place is not None and event.place is not None:
        await communities.discover(services.session, event.place)


@capability.on(PlaceRenamed, strangers=True)
async def renamed(event: PlaceRenamed, services: Services) -> None:
    """Keep the place's new name."""
    if services.known_place is not None and event.place is not None:
        await communities.discover(services.session, event.place)


@capability.button("beginning.start", for_strangers=True)
async def ask_about_community(event: ButtonPressed, services: Services) -> None:
    """Ask for name, language and time zone."""
    place = await _free_place(services, event.subject)
    label = services.wording.label
    texts, settings = services.frame.texts, services.frame.settings
    languages = tuple(Choice(code, own_name(code)) for code in texts.languages)
    form = Form(
        action="beginning.started",
        subject=event.subject,
        title=label(mark("Start a community")),
        submit=label(mark("Start")),
        language=services.wording.language,
        fields=(
            TextField(name="name", label=label(mark("Community name")), initial=place.name, max_length=80),
            ChoiceField(name="language", label=label(mark("Language")), choices=languages,
                        initial=texts.default_language),
            TextField(name="time_zone", label=label(mark("Time zone")), initial=settings.default_timezone,
                      hint=label(mark("Region/City, such as Africa/Nairobi or Europe/Paris"))),
        ),
    )  # fmt: skip
    await services.open_form(form)


@capability.form("beginning.started", for_strangers=True)
async def started(event: FormSubmitted, services: Services) -> None:
    """The community begins; who started it is its first facilitator."""
    place = await _free_place(services, event.subject)
    community = await communities.found(
        services.session,
        place,
        name=str(event.values["name"]),
        language=str(event.values["language"]),
        time_zone=time_zone(str(event.values["time_zone"])),
        now=services.now(),
    )
    await _has_begun(services, place)
    founder = await members.ensure(services.session, event.by, services.now())
    await members.arrive(services.session, community.id, place.id, founder.id, event.at)
    await members.give_role(services.session, community.id, founder.id, Role.FACILITATOR)
    await services.show_commands(founder)
    say = services.wording.say
    text = joined(
        [
            say(mark("**{community} has begun.** You are its first facilitator."), community=community.name),
            say(
                mark(
                    "From now on I welcome who joins **#{place}**, and I count activity without keeping any text. "
                    "Type /settings to add more places, or /help for everything you can do."
                ),
                place=place.name,
            ),
        ]
    )
    missing = not_shown(services.wording, place.name, place.rights)
    await services.answer(Message(text if missing is None else joined([text, missing])))
    line = services.frame.texts.wording(community.language).say(
        mark("Hello! I am Baraza, and I help **{community}** from now on. Type /help to see what I can do."),
        community=community.name,
    )
    await services.post(place.address, Message(line), Kind.WELCOME)


@capability.button("beginning.join", for_strangers=True)
async def ask_for_code(event: ButtonPressed, services: Services) -> None:
    """Ask for the code, and for what the place is to be."""
    await _free_place(services, event.subject)
    label = services.wording.label
    form = Form(
        action="beginning.joined",
        subject=event.subject,
        title=label(mark("Join a community")),
        submit=label(mark("Join")),
        language=services.wording.language,
        fields=(
            TextField(name="code", label=label(mark("Code")), max_length=40,
                      hint=label(mark("A facilitator of that community gets it with /settings"))),
            ChoiceField(name="purpose", label=label(mark("What is this place for?")),
                        choices=tuple(Choice(purpose.value, label(text)) for purpose, text in PURPOSES.items()),
                        initial=Purpose.MAIN.value),
        ),
    )  # fmt: skip
    await services.open_form(form)


@capability.form("beginning.joined", for_strangers=True)
async def joined_with_code(event: FormSubmitted, services: Services) -> None:
    """The place becomes part of the community that the code leads to."""
    place = await _free_place(services, event.subject)
    community_id = await invitations.redeem(services.session, str(event.values["code"]), services.now())
    if community_id is None:
        raise Refusal(mark("That code doesn't work (any more). Please ask a facilitator for a new one: /settings"))
    community = await communities.by_id(services.session, community_id)
    await communities.take_in(services.session, place, community_id, Purpose(str(event.values["purpose"])))
    await _has_begun(services, place)
    member = await members.ensure(services.session, event.by, services.now())
    await members.arrive(services.session, community_id, place.id, member.id, event.at)
    say = services.wording.say
    parts = [say(mark("**#{place}** is part of **{community}** now."), place=place.name, community=community.name)]
    main = await communities.places_for(services.session, community_id, Purpose.MAIN)
    if len(main) > 1 and place.purpose == Purpose.MAIN.value and not community.all_main_places:
        key = mark("Answers that helped and prompts still go to **#{place}** alone. A facilitator can have them in "
                   "every main place: /settings everywhere yes")  # fmt: skip
        parts.append(say(key, place=main[0].name))
    missing = not_shown(services.wording, place.name, place.rights)
    await services.answer(Message(joined(parts if missing is None else [*parts, missing])))


def time_zone(text: str) -> str:
    """The time zone that somebody wrote, upper or lower case, with spaces. Raises Refusal."""
    found = time_zone_called(text)
    if found is not None:
        return found
    raise Refusal(
        mark("I don't know the time zone {zone}. Write it like Africa/Nairobi."),
        zone=text,
    )


async def _free_place(services: Services, subject: str) -> CommunityPlace:
    place = await communities.place_by_id(services.session, int(subject))
    if place is None or not place.active:
        raise Refusal(mark("I am no longer in that place. Please invite me again."))
    if place.community_id is not None:
        raise Refusal(mark("This place is part of a community already."))
    return place
