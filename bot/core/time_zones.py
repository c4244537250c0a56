"""Time zones by the names that people write."""

from __future__ import annotations

from zoneinfo import available_timezones


def time_zone_called(text: str) -> str | None:
    """The name of the zone that somebody wrote, upper or lower case, with spaces; None for one nobody knows."""
    wanted = "_".join(text.split()).casefold()
    return next((name for name in available_timezones() if name.casefold() == wanted), None)
