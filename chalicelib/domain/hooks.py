"""What an endpoint of another agency is told of, and when it is tried again (Standard Webhooks)."""

import re
from datetime import datetime, timedelta

from chalicelib.domain import events as happened
from chalicelib.domain.case import Case
from chalicelib.domain.city import Endpoint
from chalicelib.domain.events import Event, Payload
from chalicelib.domain.notices import PUBLIC_STEPS, WARNINGS, is_public, is_warning

PING = "test.ping"
KEYS_LIVE_TOGETHER = timedelta(hours=24)  # a new key and the one before it
MOST_ENDPOINTS = 12  # each step is a message to each of them, in one commit of at most a hundred items
MOST_WARNED = 3  # each warning likewise

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400))
"""Between the ten tries, the specification's own: at once, after 5 s, 5 and 30 min, 2, 5, 10, 14, 20 and 24 h."""

JITTER = 0.1  # of each pause, either way, lest all that failed together come again together
LONGEST_ASKED = timedelta(hours=48)  # that a Retry-After is kept

_WORD = re.compile(r"(?<!^)(?=[A-Z])")  # ReviewAsked is told as review_asked


def step_of(kind: type[Payload]) -> str:
    """The step as it is told: "review_asked"."""
    return _WORD.sub("_", kind.__name__).lower()


STEP_TYPES = tuple(f"case.{step_of(kind)}" for kind in PUBLIC_STEPS)
WARNING_TYPES = tuple(f"warning.{step_of(kind)}" for kind in WARNINGS)

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "intake",
        (
            "case.registered",
            "case.joined",
            "case.accepted",
            "case.declined",
            "case.referred",
            "case.transferred",
            "case.referral_returned",
        ),
    ),
    (
        "handling",
        (
            "case.dispatched",
            "case.handled_directly",
            "case.conference_called",
            "case.conference_called_off",
            "case.conference_held",
            "case.owner_named",
            "case.asked",
            "case.extension_granted",
        ),
    ),
    ("answer", ("case.replied", "case.rework_ordered", "case.review_asked", "case.review_decided")),
    ("end", ("case.concluded", "case.terminated", "case.withdrawn")),
    ("warnings", WARNING_TYPES),
)
"""The event types as an administrator chooses among them; whatever is told stands in one of them."""


def type_of(event: Event) -> str:
    """The event's type: "case.replied", or "warning.light_changed" of what is a warning."""
    return f"{'warning' if is_warning(event) else 'case'}.{step_of(type(event.payload))}"


def tells(endpoint: Endpoint, event: Event, before: Case | None, after: Case) -> bool:
    """Whether ``endpoint`` is told of a step from ``before`` to ``after``.

    Of a sealed matter nobody outside is told anything but warnings, and who is told those is the office's to say. With
    chosen units it is told of what happens while one of them is in charge, and that it no longer is.
    """
    if not (endpoint.enabled and after.counted):
        return False
    warned = endpoint.warnings and is_warning(event)
    if not warned and not (is_public(event) and not after.sealed):
        return False
    return _chosen(endpoint, type_of(event)) and _concerns(endpoint, event, before, after)


def _chosen(endpoint: Endpoint, kind: str) -> bool:
    """Nothing chosen is everything; among warnings likewise."""
    if kind in WARNING_TYPES:
        warnings = [one for one in endpoint.types if one in WARNING_TYPES]
        return not warnings or kind in warnings
    return not endpoint.types or kind in endpoint.types


def _concerns(endpoint: Endpoint, event: Event, before: Case | None, after: Case) -> bool:
    if not endpoint.units:
        return True
    own = event.payload.unit if isinstance(event.payload, happened.AssistanceDue) else None
    return not {before.in_charge if before else None, after.in_charge, own}.isdisjoint(endpoint.units)


def live_keys(endpoint: Endpoint, at: datetime) -> tuple[str, ...]:
    """The secrets that sign at ``at``, the newest first."""
    older = endpoint.older_secret if endpoint.older_until is not None and at < endpoint.older_until else ""
    return (endpoint.secret, older) if older else (endpoint.secret,)


def pause_after(tries: int, spread: float, asked: timedelta | None = None) -> timedelta | None:
    """How long to wait after so many tries; None after the last.

    ``spread``: from -1 to 1, how far within the jitter. Never shorter than the other side ``asked`` for, up to a bound.
    """
    if tries > len(PAUSES):
        return None
    pause = PAUSES[tries - 1] * (1 + spread * JITTER)
    return max(pause, min(asked, LONGEST_ASKED)) if asked is not None else pause
