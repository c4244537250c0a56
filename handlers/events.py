"""What one capability tells another: ``services.announce(...)`` here, ``@capability.hears(...)`` there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MemberForgotten:
    """A member is about to be forgotten, in this transaction; told once for each of their communities.

    Everything about them can still be read. ``keep_shared``: what they shared may stay, without their name.
    """

    member_id: int
    keep_shared: bool
