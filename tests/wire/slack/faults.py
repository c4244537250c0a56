"""What goes wrong with calls of the Web API, on demand; ``upload`` and ``response_url`` are names of methods too."""

from tests.wire.faults import Fault, Faults, dropped, fine, hangs, late, rate_limited, says, server_error

__all__ = ["Fault", "Faults", "dropped", "fine", "hangs", "late", "rate_limited", "says", "server_error"]
