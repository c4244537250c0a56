"""People who talk with the bot on a platform that shows no forms: in one private chat, message by message."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes import FakePlatform, Shown
from tests.frame import Program


def without_forms(running_on: FakePlatform) -> FakePlatform:
    """The same platform, which can show no form."""
    running_on.shows_forms = False
    return running_on


@dataclass
class Phone:
    """What one person does in their private chat with the bot, and sees there."""

    running: Program
    person: str

    async def says(self, text: str, *, reply_to: str | None = None) -> None:
        """Write something; a word that begins with ``/`` is a command."""
        if text.startswith("/"):
            name, _, arguments = text[1:].partition(" ")
            await self.running.fake.commands(self.person, name, arguments)
        else:
            await self.running.fake.writes(self.person, text, thread=reply_to)
        await self.running.settle()

    async def presses(self, *labels: str) -> None:
        """Press a button of the newest message that has it, one after the other."""
        for label in labels:
            await self.running.fake.presses(self.person, self.button(label))
            await self.running.settle()

    def button(self, label: str) -> str:
        """The token of such a button, on the newest message that has one."""
        for shown in reversed(self.shown):
            for button in shown.message.buttons:
                if button.label.removeprefix("✓ ") == label:
                    return button.token
        raise AssertionError(f"{self.person} sees no button {label}")

    @property
    def shown(self) -> list[Shown]:
        """Every message of the private chat, the oldest first, as it stands now."""
        return [one for one in self.running.fake.shown if one.ref.conversation == f"person:{self.person}"]

    @property
    def words(self) -> list[str]:
        """What the messages say."""
        return [one.words for one in self.shown]

    @property
    def last(self) -> str:
        """What the newest message says."""
        return self.shown[-1].words

    @property
    def buttons(self) -> list[str]:
        """The labels on the newest message."""
        return [button.label for button in self.shown[-1].message.buttons]

    @property
    def pressable(self) -> list[str]:
        """The labels on all messages but the newest."""
        return [button.label for one in self.shown[:-1] for button in one.message.buttons]

    def screen(self) -> str:
        """The chat as it stands on the screen, to be read by people."""
        lines = []
        for one in self.shown:
            lines += ["", *one.words.splitlines()]
            lines += ["   " + " ".join(f"[{button.label}]" for button in one.message.buttons)] * bool(
                one.message.buttons
            )
        return "\n".join(lines)
