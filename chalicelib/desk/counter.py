"""登记台: what is said by telephone, in person or on paper is filed by a clerk, by the checks of the web form."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from chalicelib.desk import cities, submitting, tracking, uploading
from chalicelib.desk.submitting import Receipt
from chalicelib.desk.tracking import Hand
from chalicelib.domain.case import Case
from chalicelib.domain.city import City
from chalicelib.domain.counter_forms import CHANNELS, Came, Heard, read_counter
from chalicelib.domain.errors import FieldError, Invalid, NotAllowed, NotFound
from chalicelib.domain.people import Staff, may_know_petitioner
from chalicelib.domain.receipts import MisreadReceipt, read_receipt
from chalicelib.domain.submission import Form, day_in_shanghai
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import ClockName, Kind, Role

TICKETS = "tickets"  # the field of the scans that have arrived, with this form or when it was refused; by blanks


class Slip(Struct, frozen=True):
    """What goes home with whoever spoke. ``accept_by``, ``answer_by``: the latest days that the desk promises, None
    where the city sets a single term.
    """

    receipt: Receipt
    form: Form
    accept_by: datetime | None
    answer_by: datetime | None


class Scan(Struct, frozen=True):
    """A file that was handed in with a form."""

    name: str
    content_type: str
    content: bytes


def new_key() -> str:
    """A key for one form."""
    return secrets.token_hex(16)


def clerks_only(staff: Staff) -> None:
    """Raise NotAllowed for anybody else: they alone register for others."""
    if staff.role is not Role.CLERK:
        raise NotAllowed(action="counter")


def register(raw: Mapping[str, str], staff: Staff, at: datetime) -> Slip:
    """File what was said. ``raw``: the fields of the form, with the ``tickets`` of scans that have arrived. The same
    form sent twice gives the same receipt.

    Raises NotAllowed, Invalid naming the fields, KeyUsed.
    """
    clerks_only(staff)
    heard = _read(raw, at)
    receipt = submitting.file(heard.form, at, heard.channel, staff.actor)
    return _slip(receipt, heard.form, cities.trade())


def _read(raw: Mapping[str, str], at: datetime) -> Heard:
    def read(city: City) -> Heard:
        return read_counter(raw, city, day_in_shanghai(at), _tickets(raw))

    try:
        return read(cities.known())
    except Invalid:  # what this process knows of the city may be old
        return read(cities.current())


def _tickets(raw: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(raw.get(TICKETS, "").split())


def _slip(receipt: Receipt, form: Form, trade: Trade) -> Slip:
    """The latest days, each reckoned from the latest one before it."""
    if trade.terms.single_days is not None:
        return Slip(receipt, form, None, None)
    accept_by = min(clock.due_at for clock in trade.to_accept((), receipt.register_by))
    handling = trade.to_dispatch((), accept_by, form.kind, urgent=False)
    answer_by = next(clock.due_at for clock in handling if clock.name is ClockName.HANDLE)
    return Slip(receipt, form, accept_by, None if form.kind is Kind.ACCUSATION else answer_by)


def arrived(scan: Scan, staff: Staff, at: datetime) -> str:
    """The ticket of a scan, which waits in quarantine as every upload does. Raises NotAllowed, Invalid."""
    clerks_only(staff)
    return uploading.handed_in(scan.name, scan.content_type, scan.content, at)


def add(raw: Mapping[str, str], staff: Staff, at: datetime) -> Case:
    """What is said belongs to an earlier matter: it is added to that. ``raw``: ``receipt``, ``channel``, ``text``,
    ``key``, the ``tickets`` of scans. The same form sent twice adds it once.

    Raises NotAllowed, Invalid, NotFound, and WrongState where that matter is over.
    """
    clerks_only(staff)
    receipt = _receipt_of(raw)
    case = tracking.case_of(receipt)
    if not may_know_petitioner(staff, case, keep_name_from_unit=False):
        raise NotFound()
    try:
        came = Came(raw.get("channel", ""))
    except ValueError:
        raise Invalid([FieldError("channel", "field.unknown_choice")]) from None
    said = {"key": raw.get("key"), "text": raw.get("text"), "uploads": list(_tickets(raw))}
    tracking.supplement(receipt, said, at, Hand(staff.actor, CHANNELS[came]))
    return case


def _receipt_of(raw: Mapping[str, str]) -> str:
    try:
        return read_receipt(raw.get("receipt", ""))
    except MisreadReceipt:
        raise NotFound() from None
