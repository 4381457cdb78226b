"""Who is on the telephone: what the same person wrote before, found by number, mail or address, none of which is kept
to be read. What is found tells whose it is, so each is a look at who wrote it, and on its record.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.desk import tracking, working
from chalicelib.desk.counter import clerks_only
from chalicelib.desk.tracking import Status
from chalicelib.desk.vault import vault
from chalicelib.domain.counter_forms import dialled, spellings
from chalicelib.domain.errors import DataErased, NotFound
from chalicelib.domain.events import Event, PetitionerSeen
from chalicelib.domain.notices import is_public
from chalicelib.domain.people import Petitioner, Staff, may_know_petitioner
from chalicelib.domain.receipts import MisreadReceipt, read_receipt
from chalicelib.domain.words import Action
from chalicelib.storage.owed import owed_to
from chalicelib.storage.submissions import load_sealed_petitioner, load_signed, written_by

WITHIN = timedelta(days=3 * 366)
MOST_SHOWN = 8
SHORTEST = 6  # digits of a number that can be somebody's
LOOK_LASTS = timedelta(minutes=30)  # of one telephone call: within it a second search is no second look


class Earlier(Struct, frozen=True):
    """An earlier matter of the caller. ``petitioner``: masked; ``same_name``: whether the name typed is the one that
    was left, None where none was typed; ``last``: the last step that citizens see; ``owing``: steps she is to be told.
    """

    receipt: str
    status: Status
    petitioner: Petitioner
    same_name: bool | None
    last: Event
    owing: int

    @property
    def may_add(self) -> bool:
        """Whether something can still be added to it."""
        return Action.SUPPLEMENT in self.status.may


class Found(Struct, frozen=True):
    """``asked``: whether enough was typed to look by; ``more``: matters beside those shown."""

    asked: bool
    matters: tuple[Earlier, ...]
    more: int


def earlier(raw: Mapping[str, str], staff: Staff, at: datetime) -> Found:
    """The caller's earlier matters, newest first; accusations are not among them, for nobody here may know of whom one
    is. ``raw``: ``phone`` (also a receipt number read out), ``email``, ``name``, ``address``. Raises NotAllowed.
    """
    clerks_only(staff)
    people = list(_people(raw))
    receipts = list(dict.fromkeys((*_read_out(raw), *_written_by(people, at))))
    letters = load_signed(receipts) if receipts else {}
    by_time = sorted((one for one, _ in letters.values()), key=lambda one: one.filed_at, reverse=True)
    found: list[Earlier] = []
    beyond = 0
    for letter in by_time:
        if len(found) == MOST_SHOWN:
            beyond += 1
        elif (one := _matter(letter.receipt, raw.get("name", "").strip(), staff, at)) is not None:
            found.append(one)
    return Found(bool(people) or bool(receipts), tuple(found), beyond)


def _people(raw: Mapping[str, str]) -> Iterator[Petitioner]:
    """Whom the fields may mean, in every spelling of the number."""
    phone, email = dialled(raw.get("phone", "")), raw.get("email", "").strip()
    if len(phone) >= SHORTEST and phone.lstrip("+").isdigit():
        yield from (Petitioner(phone=spelt) for spelt in spellings(phone))
    if email:
        yield Petitioner(email=email)
    if raw.get("name", "").strip() and raw.get("address", "").strip():
        yield Petitioner(raw["name"].strip(), address=raw["address"].strip())


def _written_by(people: list[Petitioner], at: datetime) -> Iterator[str]:
    for person in people:
        digest = vault().person_of(person)
        assert digest is not None  # each is looked for by something they left
        yield from written_by(digest, at - WITHIN)


def _read_out(raw: Mapping[str, str]) -> Iterator[str]:
    """The receipt number that a caller reads out, typed where the telephone's goes."""
    try:
        yield read_receipt(raw.get("phone", ""))
    except MisreadReceipt:
        return


def _matter(receipt: str, name: str, staff: Staff, at: datetime) -> Earlier | None:
    """How one stands, with the look on its record; None for what this person may not know of."""
    try:
        status = tracking.track(receipt, at)
    except (DataErased, NotFound):
        return None
    sealed = load_sealed_petitioner(receipt)
    if sealed is None or not may_know_petitioner(staff, status.case, keep_name_from_unit=False):
        return None
    if _looked_just_now(status, staff, at):
        person = vault().open_petitioner(sealed, receipt)
    else:
        person = working.petitioner_of(staff, status.case.case_id, receipt, at)
    cases = {status.folder.submission.case_id, status.case.case_id}
    return Earlier(
        receipt,
        status,
        working.masked(person),
        _same(name, person.name) if name else None,
        next(event for event in reversed(status.events) if is_public(event) or event.number == 1),
        len(owed_to(cases, receipt)),
    )


def _looked_just_now(status: Status, staff: Staff, at: datetime) -> bool:
    return any(
        isinstance(event.payload, PetitionerSeen) and event.by.id == staff.login and at - event.at < LOOK_LASTS
        for event in status.events
    )


def _same(typed: str, left: str) -> bool:
    return "".join(typed.split()).casefold() == "".join(left.split()).casefold()
