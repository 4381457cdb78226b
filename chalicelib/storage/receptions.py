"""Receptions, who booked on them, and who looked at that."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.domain.errors import NotFound
from chalicelib.domain.reception_news import remind_at
from chalicelib.domain.receptions import Reception
from chalicelib.storage.keys import booking_key, reception_key, shard_of
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, stamp, under

LONGEST_ID = 64  # a key has its limits, and addresses are typed by anybody
ALL = "receptions"  # the list of them in the worklist index
KEPT = timedelta(days=365)  # who booked is known that long after the day, then forgotten


class Ticket(Struct, frozen=True):
    """What a booking is found by. ``sealed``: who booked and what about, encrypted; "" once it is erased."""

    number: str
    reception: str
    form: str  # fingerprint of the form's key
    content: str  # keyed digest of what was written, to tell a repeated form from a reused key
    language: str
    sealed: str
    version: int = 1


class Look(Struct, frozen=True):
    """Somebody of the staff looked at who booked."""

    at: datetime
    login: str
    name: str
    booking: str


def reception_item(reception: Reception) -> DeskItem:
    """A reception as the table keeps it, with the lists it stands in."""
    item = DeskItem(*reception_key(reception.id), body=pack(reception), version=reception.version)
    starts_at = stamp(reception.plan.starts_at)
    item.worklist, item.worklist_at = ALL, starts_at
    if reception.plan.leader is not None:
        item.mailbox, item.mailbox_at = _days_of(reception.plan.leader), starts_at
    reminded_at = remind_at(reception)
    if reminded_at is not None:
        item.due_shard, item.due_at = shard_of(reception.id), stamp(reminded_at)
    return item


def ticket_item(ticket: Ticket, day: datetime) -> DeskItem:
    """A booking's ticket as the table keeps it. ``day``: that of the reception."""
    item = DeskItem(*booking_key(ticket.number), body=pack(ticket), version=ticket.version)
    item.expires = int((day + KEPT).timestamp())
    return item


def look_item(reception_id: str, look: Look) -> DeskItem:
    """A look, on record."""
    return DeskItem(reception_key(reception_id)[0], f"look#{stamp(look.at)}#{look.booking}", body=pack(look))


def load(reception_id: str) -> Reception:
    """The reception. Raises NotFound."""
    item = get(*reception_key(reception_id)) if len(reception_id) <= LONGEST_ID else None
    if item is None:
        raise NotFound()
    return unpack(item.body, Reception)


def load_ticket(number: str) -> Ticket | None:
    """The ticket of a booking; None when there is none."""
    item = get(*booking_key(number))
    return None if item is None else unpack(item.body, Ticket)


def tickets(numbers: Iterable[str]) -> Mapping[str, Ticket]:
    """The tickets of bookings, by their numbers, in one read."""
    keys = [booking_key(number) for number in numbers]
    found = DeskItem.batch_get(keys, consistent_read=True) if keys else ()
    known = (unpack(item.body, Ticket) for item in found)
    return {ticket.number: ticket for ticket in known}


def looks_of(reception_id: str) -> Iterator[Look]:
    """Who looked at who booked, earliest first."""
    return (unpack(item.body, Look) for item in under(reception_key(reception_id)[0], "look#"))


def between(first: datetime, last: datetime, leader: str | None = None) -> Iterable[Reception]:
    """The receptions that start within the two moments, in order; those of one leader when one is named."""
    span = stamp(first), stamp(last)
    if leader is None:
        items = DeskItem.worklist_index.query(ALL, DeskItem.worklist_at.between(*span))
    else:
        items = DeskItem.mailbox_index.query(_days_of(leader), DeskItem.mailbox_at.between(*span))
    return (unpack(item.body, Reception) for item in items)


def _days_of(leader: str) -> str:
    return f"receptions#{leader}"
