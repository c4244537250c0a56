"""Whether calls go through a proxy."""

from __future__ import annotations

from urllib.request import getproxies


def is_behind_a_proxy() -> bool:
    """Whether the environment names a proxy, as in ``HTTPS_PROXY``.

    Where it names none, aiohttp need not look at the environment: it would read ``.netrc`` before every call, and send
    what stands there for everybody in place of our own token.
    """
    return bool(getproxies().keys() - {"no"})
