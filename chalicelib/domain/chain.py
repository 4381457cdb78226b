"""The hash chain: nobody can change a line of a case's record without breaking every line after it."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec
from msgspec.structs import replace

from chalicelib.domain.events import Actor, Event, Payload
from chalicelib.domain.texts import detached, texts_of

GENESIS = "0" * 64
Salts = Callable[[], str]  # a new salt each time, that nobody can guess


def link(case_id: str, number: int, at: datetime, by: Actor, payload: Payload, previous: str, salts: Salts) -> Event:
    """The event that follows the one whose hash is ``previous``, salted where it has a text."""
    salt = salts() if texts_of(payload) else ""
    event = Event(case_id, number, at, by, payload, previous, "", salt)
    return replace(event, hash=_hash(event))


def _hash(event: Event) -> str:
    """SHA-256, in hexadecimal, over the event's line."""
    return hashlib.sha256(_line(event)).hexdigest()


def _line(event: Event) -> bytes:
    """The event's canonical JSON: fields by name, UTF-8, no spaces, the digests of texts in their place."""
    line = [event.case_id, event.number, event.at, event.by, event.kind, detached(event), event.previous]
    return msgspec.json.encode(line, order="sorted")


def line_of(event: Event) -> str:
    """The line over which the event's hash is taken."""
    return _line(event).decode()


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
        if not follows or (event.case_id, event.number, event.hash) != (case_id, number, _hash(event)):
            wrong.append(number)
        previous = event.hash
    return wrong


def first_break(events: Iterable[Event]) -> int | None:
    """The number of the first event that does not fit its place or its hash; None when all do."""
    previous = GENESIS
    for number, event in enumerate(events, start=1):
        if (event.number, event.previous, event.hash) != (number, previous, _hash(event)):
            return number
        previous = event.hash
    return None
