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
    return hashlib.sha256(_line(case_id, number, at, by, payload, previous)).hexdigest()


def _line(case_id: str, number: int, at: datetime, by: Actor, payload: Payload, previous: str) -> bytes:
    line = [case_id, number, at, by, type(payload).__name__, payload, previous]
    return msgspec.json.encode(line, order="deterministic")


def line_of(event: Event) -> str:
    """The line over which the event's hash is taken."""
    return _line(event.case_id, event.number, event.at, event.by, event.payload, event.previous).decode()


def misfits(case_id: str, record: Iterable[Event | None]) -> list[int]:
    """The numbers of all events that do not fit their place, their hash or the event before. None: cannot be read.

    An event after one that cannot be read is told sound by its own hash: what is wrong is told where it is.
    """
    wrong: list[int] = []
    previous = GENESIS
    for number, event in enumerate(record, start=1):
        if event is None:
            wrong.append(number)
            previous = ""
            continue
        follows = event.previous == previous or not previous
        own = _hash(event.case_id, event.number, event.at, event.by, event.payload, event.previous)
        if not follows or (event.case_id, event.number, event.hash) != (case_id, number, own):
            wrong.append(number)
        previous = event.hash
    return wrong


def first_break(events: Iterable[Event]) -> int | None:
    """The number of the first event that does not fit its place or its hash; None when all do."""
    previous = GENESIS
    for number, event in enumerate(events, start=1):
        expected = _hash(event.case_id, number, event.at, event.by, event.payload, previous)
        if (event.number, event.previous, event.hash) != (number, previous, expected):
            return number
        previous = event.hash
    return None
