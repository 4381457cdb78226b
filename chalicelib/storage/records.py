"""Bodies in JSON: structs out and in, checked on the way in."""

from datetime import datetime
from typing import TypeVar

import msgspec

from chalicelib.domain.events import PAYLOADS, Actor, Event
from chalicelib.domain.messages import AnyMessage
from chalicelib.domain.texts import well_formed

T = TypeVar("T")


def pack(value: object) -> str:
    """``value`` (a struct) as JSON text."""
    return msgspec.json.encode(value).decode()


def unpack(text: str, kind: type[T]) -> T:
    """The ``kind`` that ``text`` holds. Raises msgspec.ValidationError when it holds something else."""
    return msgspec.json.decode(text, type=kind)


def unpack_message(text: str) -> AnyMessage:
    """The message that ``text`` holds, whatever it is about. Raises msgspec.ValidationError when it holds none."""
    message: AnyMessage = msgspec.json.decode(text, type=AnyMessage)
    return message


class _Line(msgspec.Struct):
    case_id: str
    number: int
    at: datetime
    by: Actor
    kind: str
    payload: msgspec.Raw
    previous: str
    hash: str
    salt: str = ""
    erased: dict[str, str] = {}


def pack_event(event: Event) -> str:
    """An event as JSON text, its payload's kind beside it."""
    line: dict[str, object] = {
        "case_id": event.case_id,
        "number": event.number,
        "at": event.at,
        "by": event.by,
        "kind": event.kind,
        "payload": event.payload,
        "previous": event.previous,
        "hash": event.hash,
    }
    if event.salt:
        line["salt"] = event.salt
    if event.erased:
        line["erased"] = event.erased
    return msgspec.json.encode(line).decode()


def read_event(text: str) -> Event | None:
    """The event that ``text`` holds, if ``text`` is what would be written for it, to the byte; None when it is not."""
    try:
        event = unpack_event(text)
    except (KeyError, msgspec.MsgspecError):
        return None
    return event if is_as_written(text, pack_event(event)) else None


def is_as_written(text: str, written: str) -> bool:
    """Whether ``text`` says what ``written`` does, letter by letter; the order of fields may change in time."""
    return len(text) == len(written) and _in_order(text) == _in_order(written)


def _in_order(text: str) -> bytes:
    return msgspec.json.encode(msgspec.json.decode(text), order="sorted")


def unpack_event(text: str) -> Event:
    """The event that ``text`` holds. Raises KeyError for an unknown kind, ValidationError for a wrong shape."""
    line = msgspec.json.decode(text, type=_Line)
    payload = msgspec.json.decode(line.payload, type=PAYLOADS[line.kind])
    event = Event(
        line.case_id, line.number, line.at, line.by, payload, line.previous, line.hash, line.salt, line.erased
    )
    if not well_formed(event):
        raise msgspec.ValidationError("salt and erased texts do not fit what the event says")
    return event
