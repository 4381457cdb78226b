"""接访: the staff plan receptions, receive whoever booked, and each matter heard becomes a submission."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import Struct

from chalicelib.desk import cities, reception_lay, submitting
from chalicelib.desk.announcing import messages_of
from chalicelib.desk.booking import visitor_of
from chalicelib.desk.committing import finish
from chalicelib.desk.submitting import Receipt
from chalicelib.desk.vault import vault
from chalicelib.desk.working import masked
from chalicelib.domain import receptions as rules
from chalicelib.domain.city import City
from chalicelib.domain.errors import Changed, KeyUsed, NotAllowed, NotFound
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.people import Petitioner, Staff
from chalicelib.domain.reception_errors import Settled
from chalicelib.domain.reception_figures import Figures, figures
from chalicelib.domain.reception_forms import OFF_THE_LIST, Visitor, read_plan, read_reason, read_turn
from chalicelib.domain.reception_sight import SIGHT, Sight, may_see, sight_of
from chalicelib.domain.receptions import Booking, BookingState, Plan, Reception
from chalicelib.domain.submission import Form, day_in_shanghai, read_form, read_key
from chalicelib.domain.words import Channel, Kind, Role
from chalicelib.storage import accounts, receptions
from chalicelib.storage.notices import Attempted, of_reception
from chalicelib.storage.receptions import Look, Ticket, look_item, looks_of, reception_item
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import AlreadyThere, Work, commit

TRIES = 5
PAST, AHEAD = timedelta(days=183), timedelta(days=183)  # what the calendar shows


class Calendar(Struct, frozen=True):
    """The receptions that somebody may see: those to come, those of the last months, and what these amount to."""

    coming: tuple[Reception, ...]
    past: tuple[Reception, ...]  # latest first
    figures: tuple[Figures, ...]


class Guest(Struct, frozen=True):
    """A booking for one reader. ``petitioner`` is masked, None where nothing of it is shown; so are the others."""

    booking: Booking
    comes_at: datetime
    petitioner: Petitioner | None
    about: str | None
    receipt: str | None
    may_unmask: bool


class Day(Struct, frozen=True):
    """A reception for one reader."""

    reception: Reception
    guests: tuple[Guest, ...]
    looks: tuple[Look, ...]
    told: tuple[Attempted, ...]  # what was sent to who booked, in the order of the news
    may_hear: bool
    may_rebook: bool

    def told_of(self, number: str) -> tuple[Attempted, ...]:
        """What was sent to who made a booking."""
        return tuple(one for one in self.told if one.recipient == number)


def leaders() -> dict[str, Staff]:
    """The leaders who have an account, by login."""
    known = (account for account in accounts.accounts() if account.enabled)
    return {account.staff.login: account.staff for account in known if account.staff.role is Role.LEADER}


def new_key() -> str:
    """A key for one form of a plan."""
    return secrets.token_hex(16)


def plan(raw: Mapping[str, object], staff: Staff, at: datetime) -> Reception:
    """Plan a reception; ``raw``: as ``read_plan`` says, and the form's ``key``: sent twice it is planned once.

    Raises NotAllowed, Invalid.
    """
    _clerks_only(staff)
    planned = read_plan(raw, cities.current(), leaders(), at)
    reader = FieldReader(raw)
    reception_id = sha256(read_key(reader).encode()).hexdigest()[:12]
    reader.raise_errors()
    reception = Reception(reception_id, planned, 1, staff.login)
    try:
        commit(Work(at, new=[reception_item(reception)]))
    except AlreadyThere:
        return receptions.load(reception_id)
    return reception


def change(reception_id: str, raw: Mapping[str, object], staff: Staff, at: datetime) -> Reception:
    """Plan it anew; ``raw`` as for ``plan``, the ``reason``, and ``revision``: how many changes the clerk had seen.

    Raises NotAllowed, Invalid, and what ``rules.change`` raises.
    """
    _clerks_only(staff)
    planned, reason = read_plan(raw, cities.current(), leaders(), at), read_reason(raw)
    revision = str(raw.get("revision", ""))
    seen = int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 6 else -1
    return _moved(
        reception_id, staff, at, lambda reception: rules.change(reception, planned, reason, staff.name, at, seen)
    )


def call_off(reception_id: str, raw: Mapping[str, object], staff: Staff, at: datetime) -> Reception:
    """It does not take place. ``raw``: ``reason``. Raises NotAllowed, Invalid, and what ``rules.call_off`` raises."""
    _clerks_only(staff)
    reason = read_reason(raw)
    return _moved(reception_id, staff, at, lambda reception: rules.call_off(reception, reason, staff.name, at))


def rebook(reception_id: str, number: str, raw: Mapping[str, object], staff: Staff, at: datetime) -> Reception:
    """A booking gets another turn, or is taken off the list. ``raw``: ``turn`` as ``read_turn`` says, ``reason``.

    Raises NotAllowed, Invalid, and what ``rules.shift`` and ``rules.release`` raise.
    """
    _clerks_only(staff)
    turn, reason = read_turn(raw), read_reason(raw)
    if turn == OFF_THE_LIST:
        return _moved(reception_id, staff, at, lambda one: rules.release(one, number, reason, staff.name, at))
    return _moved(reception_id, staff, at, lambda one: rules.shift(one, number, turn, reason, staff.name, at))


def miss(reception_id: str, number: str, staff: Staff, at: datetime) -> Reception:
    """Who booked did not come. Raises NotAllowed, and what ``rules.miss`` raises."""
    _clerks_only(staff)
    return _moved(reception_id, staff, at, lambda reception: rules.miss(reception, number, at))


def hear(reception_id: str, number: str, raw: Mapping[str, object], staff: Staff, at: datetime) -> Receipt:
    """The matter was heard: it becomes a submission, and the booking names it, in one commit.

    ``raw``: ``kind``, ``title``, ``text``, ``area`` and ``keep_name`` = "yes". The same form sent twice gives the same
    receipt. Raises NotAllowed, Invalid, and what ``rules.hear`` raises.
    """
    _clerks_only(staff)
    for _ in range(TRIES):
        reception = _seen(reception_id, staff)
        booking, ticket = reception.booking(number), _ticket(number)
        form = _form(reception.plan, ticket, raw, at)
        try:
            beside = _heard(reception, booking, form.kind is Kind.ACCUSATION, at)
            return submitting.file(form, at, Channel.RECEPTION, staff.actor, beside=beside)
        except KeyUsed:
            raise Settled() from None
        except Changed:
            continue
    raise Changed()


def calendar(staff: Staff, at: datetime) -> Calendar:
    """The receptions that ``staff`` may see: a leader the own days, a unit those that it sits in."""
    leader = staff.login if staff.role is Role.LEADER else None
    found = [one for one in receptions.between(at - PAST, at + AHEAD, leader) if may_see(staff, one)]
    coming = tuple(one for one in found if one.plan.ends_at > at)
    past = tuple(one for one in reversed(found) if one.plan.ends_at <= at)
    return Calendar(coming, past, tuple(figures(found, at)))


def day(reception_id: str, staff: Staff, at: datetime) -> Day:
    """A reception with the bookings in their order. Raises NotFound for one that ``staff`` may not see."""
    reception = _seen(reception_id, staff)
    tickets = receptions.tickets(booking.number for booking in reception.bookings)
    guests = tuple(_guest(reception, booking, tickets.get(booking.number), staff) for booking in reception.bookings)
    looks = tuple(looks_of(reception_id)) if SIGHT[staff.role].looks else ()
    told = tuple(of_reception(reception_id)) if SIGHT[staff.role].told else ()
    standing, clerk = reception.called_off is None, staff.role is Role.CLERK
    return Day(
        reception,
        guests,
        looks,
        told,
        may_hear=clerk and standing and day_in_shanghai(at) >= reception.plan.day,
        may_rebook=clerk and standing and at < reception.plan.starts_at,
    )


def look(reception_id: str, number: str, staff: Staff, at: datetime) -> Visitor:
    """Who booked, in full; the look is on record before anything is shown. Raises NotAllowed, NotFound."""
    _clerks_only(staff)
    reception = _seen(reception_id, staff)
    if reception.booking(number).sealed:
        raise NotAllowed(action="look")
    visitor = visitor_of(_ticket(number))
    commit(Work(at, kept=[look_item(reception_id, Look(at, staff.login, staff.name, number))]))
    return visitor


def _clerks_only(staff: Staff) -> None:
    if staff.role is not Role.CLERK:
        raise NotAllowed(action="receptions")


def _moved(reception_id: str, staff: Staff, at: datetime, step: Callable[[Reception], Reception]) -> Reception:
    """Take ``step`` on the reception as it stands: who books meanwhile neither loses the place nor stops the clerk."""
    for _ in range(TRIES):
        before = _seen(reception_id, staff)
        after = step(before)
        try:
            kept = list(reception_lay.told_of_news(before, after, at))
            finish(at=at, versioned=[reception_item(after)], kept=kept, messages=messages_of(before, after, at))
        except Changed:
            continue
        return after
    raise Changed()


def _seen(reception_id: str, staff: Staff) -> Reception:
    reception = receptions.load(reception_id)
    if not may_see(staff, reception):
        raise NotFound()
    return reception


def _ticket(number: str) -> Ticket:
    ticket = receptions.load_ticket(number)
    if ticket is None:
        raise NotFound()
    return ticket


def _form(plan: Plan, ticket: Ticket, raw: Mapping[str, object], at: datetime) -> Form:
    """What was heard, as the citizen would have written it: checked by the same rules."""
    city, petitioner = cities.current(), visitor_of(ticket).petitioner
    written = {
        "key": vault().sign("heard", ticket.number),
        "mailbox": _mailbox(plan, str(raw.get("kind", "")), city),
        "kind": raw.get("kind", ""),
        "title": raw.get("title", ""),
        "text": raw.get("text", ""),
        "area": raw.get("area", ""),
        "name": petitioner.name,
        "phone": petitioner.phone,
        "email": petitioner.email,
        "keep_name_from_unit": raw.get("keep_name") == "yes",
    }
    return read_form(written, city, ticket.language, day_in_shanghai(at))


def _mailbox(plan: Plan, kind: str, city: City) -> str:
    """Where a matter heard belongs: the leader's own mailbox, else the desk's, else any that takes its kind."""
    own = [box for box in city.mailboxes if plan.leader is not None and box.leader == plan.leader]
    desks = [box for box in city.mailboxes if box.keeper == city.desk_unit and box.leader is None]
    boxes = (*own, *desks, *city.mailboxes)
    return next((box.id for box in boxes if kind in box.kinds), boxes[0].id)


def _heard(reception: Reception, booking: Booking, sealed: bool, at: datetime) -> submitting.Beside:
    if booking.state is BookingState.HEARD:  # the same form again: there is nothing left to change
        return lambda receipt: ()

    def items(receipt: str) -> tuple[DeskItem, ...]:
        return (reception_item(rules.hear(reception, booking.number, receipt, sealed, at)),)

    return items


def _guest(reception: Reception, booking: Booking, ticket: Ticket | None, staff: Staff) -> Guest:
    sight = sight_of(staff, booking)
    visitor = visitor_of(ticket) if ticket is not None and ticket.sealed and (sight.name or sight.about) else None
    return Guest(
        booking,
        reception.time_of(booking),
        petitioner=_shown(visitor.petitioner, sight) if visitor and sight.name else None,
        about=visitor.about if visitor and sight.about else None,
        receipt=booking.receipt or None if sight.receipt else None,
        may_unmask=sight.unmask and visitor is not None,
    )


def _shown(petitioner: Petitioner, sight: Sight) -> Petitioner:
    hidden = masked(petitioner)
    return hidden if sight.phone else Petitioner(hidden.name)
