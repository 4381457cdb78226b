"""A citizen books a place on a reception, looks how the booking stands, and cancels it."""

import random
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import Struct

from chalicelib.desk import admitting
from chalicelib.desk.vault import vault
from chalicelib.domain import receptions as rules
from chalicelib.domain.errors import Changed, KeyUsed, NotFound, SlowDown
from chalicelib.domain.reception_forms import BookingForm, Visitor, read_booking
from chalicelib.domain.receptions import Booking, BookingState, Reception
from chalicelib.storage import receptions, throttle
from chalicelib.storage.receptions import Ticket, reception_item, ticket_item
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.unit_of_work import AlreadyThere, Work, commit

BOOKINGS = admitting.Numbers("booking", "booking", "booking#")
TRIES = 12  # whoever books at the same moment takes turns
LONGEST_PAUSE = 0.05  # seconds
SHOWN_AHEAD = timedelta(days=90)


class Standing(Struct, frozen=True):
    """How a booking stands. ``booking`` is None once it is cancelled: its place is another's then."""

    number: str
    reception: Reception
    booking: Booking | None
    visitor: Visitor

    @property
    def state(self) -> BookingState:
        """What became of it."""
        return self.booking.state if self.booking is not None else BookingState.CANCELLED

    def may_cancel(self, at: datetime) -> bool:
        """Whether the citizen can still cancel it."""
        return self.state is BookingState.BOOKED and at < self.reception.plan.starts_at


class Booked(Struct, frozen=True):
    """What the citizen gets at once. ``repeated``: the same form had come before."""

    standing: Standing
    code: str
    repeated: bool


def coming(at: datetime) -> list[Reception]:
    """The receptions of the next months, those that were called off too: who booked is to see it."""
    return list(receptions.between(at, at + SHOWN_AHEAD))


def _open(key: str) -> None:
    """The gate for whom no other is kept."""


def book(
    reception_id: str,
    raw: Mapping[str, object],
    language: str,
    address: str,
    at: datetime,
    gate: Callable[[str], None] = _open,
) -> Booked:
    """Book a place; ``gate`` raises for a form (its key) that is not let in. The number follows from the form's key, so
    the same form gets the same booking.

    Raises Invalid naming the fields, NotFound, what ``rules.book`` and ``gate`` raise, KeyUsed when the form's key came
    before with other content, SlowDown when too many bookings came from ``address``, Changed when others were faster
    time after time.
    """
    form = read_booking(raw, language)
    fingerprint = sha256(form.key.encode()).hexdigest()
    scope = throttle.from_address("book", address)
    attempt = 0
    for _ in range(TRIES):
        reception = receptions.load(reception_id)
        known = next((one for one in reception.bookings if one.form == fingerprint), None)
        if known is not None:
            return _again(known.number, form)
        if pause := throttle.locked_for([scope], at):
            raise SlowDown(pause)
        number = vault().receipt_of(f"{BOOKINGS.prefix}{form.key}", attempt)
        person = vault().person_of(form.visitor.petitioner) or ""
        after = rules.book(reception, number, form.people, person, fingerprint, at)
        gate(form.key)
        ticket = _ticket(number, reception_id, fingerprint, form)
        try:
            commit(Work(at, new=[ticket_item(ticket, after.plan.starts_at)], versioned=[reception_item(after)]))
        except AlreadyThere:
            earlier = receptions.load_ticket(number)
            if earlier is not None and earlier.form == fingerprint:
                return _again(number, form)
            attempt += 1  # two keys met in one number, once in 10¹¹: this form takes its next one
        except Changed:
            time.sleep(random.uniform(0, LONGEST_PAUSE))
        else:
            throttle.count([scope], at)
            return Booked(Standing(number, after, after.booking(number), form.visitor), _code(number), repeated=False)
    raise Changed()


def admitted(number: str, code: str, address: str, at: datetime) -> str:
    """The booking's number, if the code is its own. Raises NotFound for any wrong pair, SlowDown after too many."""
    return admitting.admitted(BOOKINGS, number, code, address, at)


def look_up(number: str) -> Standing:
    """How a booking stands. The caller was admitted. Raises NotFound for one long forgotten."""
    ticket = receptions.load_ticket(number)
    if ticket is None:
        raise NotFound()
    reception = receptions.load(ticket.reception)
    booking = next((one for one in reception.bookings if one.number == number), None)
    return Standing(number, reception, booking, visitor_of(ticket))


def cancel(number: str, at: datetime) -> Standing:
    """Give the place back; saying it twice is saying it once. The caller was admitted.

    Raises NotFound, what ``rules.cancel`` raises, Changed when others were faster time after time.
    """
    for _ in range(TRIES):
        standing = look_up(number)
        if standing.booking is None:
            return standing
        after = rules.cancel(standing.reception, number, at)
        try:
            commit(Work(at, versioned=[reception_item(after)]))
        except Changed:
            time.sleep(random.uniform(0, LONGEST_PAUSE))
        else:
            return Standing(number, after, None, standing.visitor)
    raise Changed()


def visitor_of(ticket: Ticket) -> Visitor:
    """Who booked. Whether the reader may see it is the caller's to know."""
    return unpack(vault().open(ticket.sealed, BOOKINGS.prefix + ticket.number), Visitor)


def _ticket(number: str, reception_id: str, fingerprint: str, form: BookingForm) -> Ticket:
    sealed = vault().seal(pack(form.visitor), BOOKINGS.prefix + number)
    return Ticket(number, reception_id, fingerprint, _content(form), form.language, sealed)


def _content(form: BookingForm) -> str:
    """A keyed digest of what was written: name and telephone could be guessed from a plain one."""
    return vault().sign("booking", pack((form.visitor, form.people)))


def _again(number: str, form: BookingForm) -> Booked:
    """The booking that the same form made before. Raises KeyUsed when it said something else then."""
    ticket = receptions.load_ticket(number)
    if ticket is None:
        raise NotFound()
    if ticket.content != _content(form):
        raise KeyUsed()
    return Booked(look_up(number), _code(number), repeated=True)


def _code(number: str) -> str:
    return vault().code_of(BOOKINGS.prefix + number)
