"""The hash chain: nobody can change a line of a case's record without breaking every line after it."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

import msgspec

from chalicelib.domain.events import Actor, Event, Payload

GENESIS = "0" * 64


def link(case_id: str, number: int, at: datetime, by: Actor, payload: Payload, previous: str) -> Event:
    """The event that follows the one whose hash is ``previous``."""
    sealed = _hash(case_id, number, at, by, payload, previous)
    return Event(case_id, number, at, by, payload, previous, sealed)


def _hash(case_id: str, number: int, at: datetime, by: Actor, payload: Payload, previous: str) -> str:
    """SHA-256, in hexadecimal, over the line's canonical JSON (sorted keys, UTF-8, no spaces)."""
    line = [case_id, number, at, by, type(payload).__name__, payload, previous]
    return hashlib.sha256(msgspec.json.encode(line, order="deterministic")).hexdigest()


def first_break(events: Iterable[Event]) -> int | None:
    """The number of the first event that does not fit its place or its hash; None when all do."""
    previous = GENESIS
    for number, event in enumerate(events, start=1):
        expected = _hash(event.case_id, number, event.at, event.by, event.payload, previous)
        if (event.number, event.previous, event.hash) != (number, previous, expected):
            return number
        previous = event.hash
    return None
