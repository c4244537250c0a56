"""What people do besides writing: they press, react, vote, ask inline, come and go."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.wire.telegram import membership
from tests.wire.telegram.asking import InlineQuery, Press, ask_inline, choose, press
from tests.wire.telegram.chats import Chat
from tests.wire.telegram.reactions import EMOJI, set_reactions
from tests.wire.telegram.refusal import Json
from tests.wire.telegram.state import USUAL_RIGHTS, Member, Topic, User

if TYPE_CHECKING:
    from tests.wire.telegram.emulator import TelegramEmulator
    from tests.wire.telegram.people import Person


class Acting:
    """One person, in so far as they act."""

    def __init__(self, telegram: TelegramEmulator, user: User) -> None:
        self.telegram = telegram
        self.user = user

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.first_name

    def there(self, chat: Chat | str | int | None) -> Chat:
        """The chat that is meant; None is the private chat with the bot."""
        return self.telegram.direct(self.user) if chat is None else self.telegram.find(chat)

    def inside(self, chat: Chat | str | int | None) -> Chat:
        """The same, which they must be in."""
        place = self.there(chat)
        assert place.user is not None or place.membership(self.id).inside, f"{self.name} is not in {place.title}"
        return place

    def _message(self, place: Chat, number: int) -> Json:
        assert number in place.messages, f"no message {number} in {place.title or self.name}"
        return place.messages[number]

    # What they use

    async def presses(self, label: str, chat: Chat | str | int | None = None, *, message: int | None = None) -> Press:
        """Press the newest button of this label there (or the one under a message)."""
        place = self.inside(chat)
        for raw in reversed([one for one in place.history() if message in {None, one["message_id"]}]):
            for row in raw.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    if button["text"] == label and "callback_data" in button:
                        pressed = press(self.telegram, self.user, place, raw, button["callback_data"])
                        await self.telegram.heard(pressed.delivery)
                        return pressed
        raise AssertionError(f"{self.name} sees no button {label}")

    async def presses_old(self, message: Json, data: str, chat: Chat | str | int | None = None) -> Press:
        """Press a button that has gone meanwhile, in a client that still shows the message as it was."""
        pressed = press(self.telegram, self.user, self.inside(chat), message, data)
        await self.telegram.heard(pressed.delivery)
        return pressed

    async def reacts(
        self, message: int, emoji: str, chat: Chat | str | int | None = None, *, removed: bool = False
    ) -> None:
        """React to a message, which takes back what this person reacted with before; or only take it back."""
        assert emoji in EMOJI, f"{emoji} is no reaction of Telegram's"
        place = self.inside(chat)
        reactions = [] if removed else [{"type": "emoji", "emoji": emoji}]
        await self.telegram.heard(set_reactions(place, self._message(place, message), self.user, reactions))

    async def votes(self, message: int, *options: str, chat: Chat | str | int | None = None) -> None:
        """Choose these options of a poll; none takes the vote back."""
        place = self.inside(chat)
        poll = self.telegram.polls[self._message(place, message)["poll"]["id"]]
        assert not poll.shape["is_closed"], "the poll is closed"
        labels = [one["text"] for one in poll.shape["options"]]
        assert len(options) < 2 or poll.shape["allows_multiple_answers"], "only one option may be chosen"
        chosen = [labels.index(one) for one in options]
        poll.votes[self.id] = chosen
        poll.count()
        told = [self.telegram.updates.tell("poll", poll.shape, conversation=place.id)]
        if not poll.shape["is_anonymous"]:
            answer: Json = {"poll_id": poll.shape["id"], "user": self.user.shape(), "option_ids": chosen}
            answer["option_persistent_ids"] = [str(one) for one in chosen]
            told.append(self.telegram.updates.tell("poll_answer", answer, conversation=place.id))
        await self.telegram.heard(*told)

    async def queries(self, text: str, chat: Chat | str | int | None = None) -> InlineQuery:
        """Type the bot's name and these words."""
        assert self.telegram.bot.inline, "the bot has no inline mode"
        asked = ask_inline(self.telegram, self.user, self.inside(chat), text)
        await self.telegram.heard(asked.delivery)
        return asked

    async def chooses(self, asked: InlineQuery, title: str, chat: Chat | str | int | None = None) -> None:
        """Choose what the bot offered, and send it."""
        result = next((one for one in asked.results if one["title"] == title), None)
        assert result is not None, f"{self.name} is not offered {title}"
        await self.telegram.heard(*choose(self.telegram, self.user, self.inside(chat), asked.query, result))

    # Where they go

    async def joins(self, chat: Chat | str | int, *, link: Json | None = None) -> None:
        """Become a member, perhaps by an invitation."""
        place = self.there(chat)
        await self.telegram.heard(*membership.enters(place, self.user, by=self.user, link=link))

    async def leaves(self, chat: Chat | str | int) -> None:
        """Leave a group."""
        await self.telegram.heard(*membership.goes(self.there(chat), self.user, by=self.user))

    async def requests_to_join(self, chat: Chat | str | int, *, bio: str = "", link: Json | None = None) -> None:
        """Ask to be let in."""
        await self.telegram.heard(membership.asks_to_join(self.there(chat), self.user, bio=bio, link=link))

    # What administrators do

    async def adds(self, person: Person, chat: Chat | str | int) -> None:
        """Bring somebody in."""
        await self.telegram.heard(*membership.enters(self.there(chat), person.user, by=self.user))

    async def removes(self, person: Person, chat: Chat | str | int) -> None:
        """Put somebody out."""
        await self.telegram.heard(*membership.goes(self.there(chat), person.user, by=self.user))

    async def adds_bot(self, chat: Chat | str | int, *, as_admin: bool = False) -> None:
        """Bring the bot into a group."""
        member = Member("administrator", USUAL_RIGHTS) if as_admin else Member("member")
        bot = self.telegram.bot.user
        await self.telegram.heard(*membership.enters(self.there(chat), bot, by=self.user, member=member))

    async def removes_bot(self, chat: Chat | str | int) -> None:
        """Put the bot out of a group."""
        await self.telegram.heard(*membership.goes(self.there(chat), self.telegram.bot.user, by=self.user))

    async def promotes_bot(self, chat: Chat | str | int, *, rights: frozenset[str] = USUAL_RIGHTS) -> None:
        """Make the bot an administrator, or give it other rights."""
        bot = self.telegram.bot.user
        await self.telegram.heard(membership.promoted(self.there(chat), bot, by=self.user, rights=rights))

    async def demotes_bot(self, chat: Chat | str | int) -> None:
        """Make the bot an ordinary member again."""
        bot = self.telegram.bot.user
        await self.telegram.heard(membership.changes_to(self.there(chat), bot, Member("member"), by=self.user))

    async def promotes(self, person: Person, chat: Chat | str | int) -> None:
        """Make somebody an administrator."""
        await self.telegram.heard(membership.promoted(self.there(chat), person.user, by=self.user))

    async def opens_topic(self, name: str, chat: Chat | str | int) -> Topic:
        """Begin a topic in a forum."""
        place = self.there(chat)
        topic = place.open_topic(name, self.user)
        await self.telegram.heard(place.tell(topic.created))
        return topic

    async def closes_topic(self, name: str | int, chat: Chat | str | int) -> None:
        """Close a topic."""
        place = self.there(chat)
        topic = place.topics[place.topic(name)]
        topic.closed = True
        await self.telegram.heard(place.tell(place.add(self.user, {"forum_topic_closed": {}}, topic=topic.id)))

    async def upgrades(self, chat: Chat | str | int) -> Chat:
        """Make a supergroup of a group; the new chat."""
        new, told = membership.upgraded(self.there(chat), by=self.user)
        await self.telegram.heard(*told)
        return new

    def command_scopes(self, place: Chat) -> list[str]:
        """Which commands a client looks for in a chat, the nearest first."""
        scopes: list[Json] = []
        if place.kind == "private":
            scopes = [{"type": "chat", "chat_id": place.id}, {"type": "all_private_chats"}]
        else:
            scopes.append({"type": "chat_member", "chat_id": place.id, "user_id": self.id})
            if place.membership(self.id).administers:
                scopes.append({"type": "chat_administrators", "chat_id": place.id})
            scopes.append({"type": "chat", "chat_id": place.id})
            if place.membership(self.id).administers:
                scopes.append({"type": "all_chat_administrators"})
            scopes.append({"type": "all_group_chats"})
        return [json.dumps(one, sort_keys=True) for one in [*scopes, {"type": "default"}]]
