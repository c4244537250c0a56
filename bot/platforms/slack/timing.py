"""How long Slack is waited for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """In seconds, by the clock of the event loop: changes of the wall's clock don't count here.

    A socket that went deaf is noticed after ``ping`` and half of it; a new one may take the longest of ``waits``, and
    ``open`` for its ticket, for its connection and for its hello. Together that has to stay under a minute.
    """

    names: float = 0.8
    """An event waits so long for the names in it: Slack wants its answer within 3 seconds, and forms open in them."""
    look_up: float = 10.0
    """A name, once no event waits for it any more."""
    call: float = 30.0
    form: float = 4.0
    """A form; it is no use to anybody later."""
    again: float = 5.0
    """Until Slack is tried again after it could not be reached."""
    token: float = 10.0
    """Until a token that was refused is tried again."""
    answer: float = 2.0
    """Until Slack is asked again whose a token is, where it did not answer."""
    whisper: float = 30.0
    """How long the next part of what one person alone sees may be held up."""
    pause: float = 1.0
    """The shortest wait between two tries of that."""

    open: float = 10.0
    ping: float = 10.0
    drain: float = 2.0
    """What was taken from a socket may be acknowledged for so long after its end."""
    overlap: float = 20.0
    """A socket that is to end may go on so long beside the one that replaces it."""
    lasts: float = 1.0
    """A socket that ends sooner counts as a failure, even if it said hello: else it would be tried without a pause."""
    waits: tuple[float, ...] = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
    """Before the next socket, after so many failures."""
