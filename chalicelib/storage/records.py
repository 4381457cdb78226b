"""Bodies in JSON: structs out and in, checked on the way in."""

from datetime import datetime
from typing import TypeVar

import msgspec

from chalicelib.domain.events import PAYLOADS, Actor, Event

T = TypeVar("T")


def pack(value: object) -> str:
    """``value`` (a struct) as JSON text."""
    return msgspec.json.encode(value).decode()


def unpack(text: str, kind: type[T]) -> T:
    """The ``kind`` that ``text`` holds. Raises msgspec.ValidationError when it holds something else."""
    return msgspec.json.decode(text, type=kind)


class _Line(msgspec.Struct):
    case_id: str
    number: int
    at: datetime
    by: Actor
    kind: str
    payload: msgspec.Raw
    previous: str
    hash: str


def pack_event(event: Event) -> str:
    """An event as JSON text, its payload's kind beside it."""
    line = {
        "case_id": event.case_id,
        "number": event.number,
        "at": event.at,
        "by": event.by,
        "kind": event.kind,
        "payload": event.payload,
        "previous": event.previous,
        "hash": event.hash,
    }
    return msgspec.json.encode(line).decode()


def unpack_event(text: str) -> Event:
    """The event that ``text`` holds. Raises KeyError for an unknown kind, ValidationError for a wrong shape."""
    line = msgspec.json.decode(text, type=_Line)
    payload = msgspec.json.decode(line.payload, type=PAYLOADS[line.kind])
    return Event(line.case_id, line.number, line.at, line.by, payload, line.previous, line.hash)
