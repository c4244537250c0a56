"""How long Telegram is waited for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """In seconds, by the clock of the event loop: changes of the wall's clock don't count here."""

    poll: int = 25
    """Telegram may keep a question for updates so long."""
    slack: float = 10.0
    """So much longer is waited for its answer."""
    first: float = 5.0
    """The program's start waits so long for the first answer."""
    waits: tuple[float, ...] = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
    """Before the next question, after so many failures."""
    stand_by: float = 20.0
    """The same while another program asks with the token: each question of ours cuts off one of its own."""
    confirm: float = 2.0
    """At the end, for confirming what was taken."""
    introduce: float = 5.0
    """Until Telegram is asked again who the bot is, or where it should post updates."""

    connect: float = 10.0
    call: float = 30.0
    again: float = 5.0
    """Until Telegram is tried again after it could not be reached."""
    token: float = 10.0
    """Until a token that was refused is tried again."""
    pause: float = 0.5
    """The shortest wait within a message of which some is shown."""
    longest_pause: float = 60.0
    """The longest."""
