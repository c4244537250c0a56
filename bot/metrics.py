"""What ``/metrics`` tells (Prometheus)."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


class Metrics:
    """The counters of one running program; no globals, so that tests and replicas don't mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        register = self.registry
        self.events = Counter("baraza_events", "Events by kind and outcome", ["kind", "outcome"], registry=register)
        self.acknowledged = Histogram(
            "baraza_ack_seconds", "From a raw event to its commit", buckets=_SECONDS, registry=register
        )
        self.handled = Histogram(
            "baraza_handling_seconds", "One handler's transaction", buckets=_SECONDS, registry=register
        )
        self.deliveries = Counter(
            "baraza_deliveries",
            "Outgoing messages by platform and outcome",
            ["platform", "outcome"],
            registry=register,
        )
        self.assistant_calls = Counter(
            "baraza_assistant_calls", "Suggestions asked of a model, by use and outcome", ["use", "outcome"],
            registry=register,
        )  # fmt: skip
        self.outbox_depth = Gauge("baraza_outbox_depth", "Messages that wait to go out", registry=register)
        self.outbox_age = Gauge("baraza_outbox_oldest_seconds", "How long the oldest message waits", registry=register)
        self.inbox_depth = Gauge("baraza_inbox_depth", "Events that wait for their turn", registry=register)
        self.dead_letters = Gauge(
            "baraza_dead_letters", "What could not be handled or delivered", ["kind"], registry=register
        )

    def exposition(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)
