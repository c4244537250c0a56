"""Drafts of new prompts from what the community talks about: a facilitator takes, edits or drops each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.core.assistance import AssistantUnavailable, TopicCount
from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, FormSubmitted
from bot.core.forms import Form, LongTextField
from bot.core.messages import Button, Kind, Message, Text, Value, joined, mark
from bot.core.roles import Role
from bot.services import Services, WorkServices
from bot.texts import Wording
from handlers.prompts import _library
from handlers.prompts._capability import capability
from handlers.prompts._drafting import DRAFTS, closeness, topic_counts, worth_showing
from handlers.prompts._library import LONGEST, words_of
from handlers.prompts._pack import OWN, PACK
from handlers.prompts._similarity import alike
from storage import contributions, members, prompt_drafts, prompts
from storage.columns import new_token
from storage.members import Member
from storage.prompt_drafts import DraftState, PromptDraft
from storage.prompts import LibraryPrompt

KEPT_FOR = timedelta(days=7)
_LATELY = timedelta(days=60)
_TASK = "prompts.draft"
_USE, _EDIT, _DROP = "prompts.use_draft", "prompts.edit_draft", "prompts.drop_draft"
_LABELS = ((_USE, mark("Use {number}")), (_EDIT, mark("Edit {number}")), (_DROP, mark("Drop {number}")))


@dataclass(frozen=True, slots=True)
class Drafted:
    """What came of the work: drafts of the assistant, which may be none, and the topics."""

    drafts: tuple[str, ...]
    topics: tuple[TopicCount, ...]


async def start_drafting(services: Services) -> None:
    """Three drafts come in a moment, privately. Asked for twice at once, they come once."""
    member = services.member
    await services.later(_TASK, {"for": member.id}, once=f"{_TASK}:{services.community.id}:{member.id}")
    say = services.wording.say
    text = say(mark("I look at what you all talked and asked about lately. Three drafts come to your private chat "
                    "with me in a moment; nothing is posted by itself."))  # fmt: skip
    await services.answer(Message(text))


async def _offer(payload: Mapping[str, Any], drafted: Drafted, services: Services) -> None:
    """Send the drafts to who asked for them, filled up from the library, while they still facilitate here."""
    session, community_id = services.session, services.community.id
    member = await members.by_id(session, payload["for"])
    if member is None or Role.FACILITATOR not in await members.roles_of(session, community_id, member.id):
        return
    fill = await _fitting(services, drafted.topics, DRAFTS - len(drafted.drafts), drafted.drafts)
    if not drafted.drafts and not fill:
        key = mark("I have no draft: the community has seen the whole library within 90 days. "
                   "Write one yourself: /prompt add debate: your question")  # fmt: skip
        await services.tell(member, Message(services.wording_for(member).say(key)), Kind.RECEIPT)
        return
    batch = new_token()
    contents: list[dict[str, Any]] = [{"text": text} for text in drafted.drafts]
    contents += [{"prompt_id": one.id} for one in fill]
    await prompt_drafts.offer(
        session,
        [
            PromptDraft(community_id=community_id, asked_by=member.id, batch=batch, number=number,
                        made_at=services.now(), **content)
            for number, content in enumerate(contents, start=1)
        ],
    )  # fmt: skip
    row = await services.tell(member, await _message(services, member, batch), Kind.RECEIPT)
    await prompt_drafts.sent(session, batch, row.reference if row else "")


@capability.task(_TASK, finish=_offer)
async def draft(_payload: Mapping[str, Any], work: WorkServices) -> Drafted:
    """Ask the assistant, with topics and counts alone; without it, or when it fails, there are no drafts of it."""
    community, since = work.community, work.now() - _LATELY
    async with work.database.reading() as session:
        everybody = await members.of_community(session, community.id)
        kept = await contributions.findable(session, community.id)
        topics = topic_counts(
            await prompt_drafts.topics_asked(session, community.id, since),
            await prompt_drafts.topics_wanted(session, community.id),
            [topic for one in kept if one.published_at and one.published_at >= since for topic in one.topics],
            [member.name for member in everybody],
        )
        known = [words_of(one, work.wording) for one in await prompts.in_library(session, community.id)]
    drafts: list[str] = []
    if work.assistant is not None:
        try:
            drafts = await work.assistant.draft_prompts(topics, work.wording.language)
        except AssistantUnavailable:
            drafts = []
    pack = [work.wording.label(one.words) for one in PACK.values()]
    return Drafted(tuple(worth_showing(drafts, [*known, *pack])), tuple(topics))


async def _fitting(
    services: Services, topics: tuple[TopicCount, ...], count: int, drafts: tuple[str, ...]
) -> list[LibraryPrompt]:
    """Prompts of the library that are ready and fit the topics best; by rotation where none fits."""
    if count <= 0:
        return []
    wording = services.community_wording
    lined_up = await _library.line_up(services, count=1000)
    left = [one for one in lined_up if not any(alike(words_of(one, wording), draft) for draft in drafts)]
    scores = {one.id: closeness(_about(one, wording), topics) for one in left}
    return sorted(left, key=lambda one: -scores[one.id])[:count]  # a stable order: equals stay in rotation


def _about(one: LibraryPrompt, wording: Wording) -> str:
    known = PACK.get(one.pack) if one.pack else None
    return f"{words_of(one, wording)} {known.about if known else ''}"


async def _message(services: Services, member: Member, batch: str) -> Message:
    """The drafts as they stand: what is still open has its buttons."""
    wording = services.wording_for(member)
    say, label = wording.say, wording.label
    drafts = await prompt_drafts.together(services.session, batch)
    key = mark("**From your library**, as it fits what people here talk about. What you take is next in line.")
    if any(one.text for one in drafts):
        key = mark("**Drafts for new prompts**, written by a language model from your topics alone: read before you "
                   "use them. What you take is next in line.")  # fmt: skip
    parts: list[Value] = [say(key)]
    buttons: list[Button] = []
    for one in drafts:
        text = await _words(services, one)
        values = {"number": str(one.number), "draft": text}
        if one.state == DraftState.OFFERED.value:
            parts.append(Text("**{number}.** {draft}", values))
            for action, name in _LABELS:
                buttons.append(Button(label(name, number=str(one.number)), action, str(one.id)))
        elif one.state == DraftState.USED.value:
            parts.append(say(mark("**{number}.** In the library, next in line."), number=str(one.number)))
        else:
            parts.append(say(mark("**{number}.** Dropped."), number=str(one.number)))
    return Message(joined(parts), tuple(buttons))


async def _words(services: Services, one: PromptDraft) -> str:
    if one.prompt_id is None:
        return one.text or ""
    known = await prompts.prompt(services.session, services.community.id, one.prompt_id)
    return words_of(known, services.community_wording) if known else ""


async def _chosen(services: Services, subject: str) -> PromptDraft:
    """The draft, while nobody has decided about it. Raises Refusal."""
    one = await prompt_drafts.by_id(services.session, services.community.id, int(subject))
    if one is None or services.now() - one.made_at > KEPT_FOR:
        raise Refusal(mark("These drafts are forgotten by now. Ask for new ones: /prompt draft"))
    if one.state != DraftState.OFFERED.value:
        raise Refusal(mark("That is decided already. Ask for new drafts: /prompt draft"))
    return one


async def _decide(services: Services, one: PromptDraft, state: DraftState) -> None:
    if not await prompt_drafts.decide(services.session, one.id, state):
        raise Refusal(mark("That is decided already. Ask for new drafts: /prompt draft"))


async def _show_again(services: Services, one: PromptDraft) -> None:
    asked_by = await members.by_id(services.session, one.asked_by)
    if asked_by is not None and one.reference:
        await services.edit(one.reference, await _message(services, asked_by, one.batch))


@capability.button(_USE, roles=(Role.FACILITATOR,))
async def use(event: ButtonPressed, services: Services) -> None:
    """The draft joins the library as it is, and is next in line."""
    one = await _chosen(services, event.subject)
    await _decide(services, one, DraftState.USED)
    if one.prompt_id is not None:
        await prompts.want(services.session, one.prompt_id, services.now())
    else:
        own = await _library.add_own(services, OWN, one.text or "")
        await prompts.want(services.session, own.id, services.now())
    await _show_again(services, one)


@capability.button(_DROP, roles=(Role.FACILITATOR,))
async def drop(event: ButtonPressed, services: Services) -> None:
    """The draft is gone; a prompt of the library stays there."""
    one = await _chosen(services, event.subject)
    await _decide(services, one, DraftState.DROPPED)
    await _show_again(services, one)


@capability.button(_EDIT, roles=(Role.FACILITATOR,))
async def edit(event: ButtonPressed, services: Services) -> None:
    """Open the draft in a form."""
    one = await _chosen(services, event.subject)
    label = services.wording.label
    field = LongTextField(
        name="text", label=label(mark("Prompt")), initial=await _words(services, one), max_length=LONGEST
    )
    form = Form(
        action="prompts.edited_draft",
        subject=event.subject,
        title=label(mark("Edit the draft")),
        submit=label(mark("Use it")),
        language=services.wording.language,
        fields=(field,),
    )
    await services.open_form(form)


@capability.form("prompts.edited_draft", roles=(Role.FACILITATOR,))
async def edited(event: FormSubmitted, services: Services) -> None:
    """What the facilitator made of the draft joins the library, and is next in line."""
    one = await _chosen(services, event.subject)
    own = await _library.add_own(services, OWN, str(event.values["text"]))
    await _decide(services, one, DraftState.USED)
    await prompts.want(services.session, own.id, services.now())
    await _show_again(services, one)
