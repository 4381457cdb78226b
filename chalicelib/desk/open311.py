"""Programs of others hand in submissions by Open311 GeoReport v2, and read what is public, and how their own stand."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from chalicelib.desk import applications, cities, tracking
from chalicelib.desk.committing import caught_up
from chalicelib.desk.submitting import Receipt, Through, file
from chalicelib.desk.vault import vault
from chalicelib.domain.case import Case, Voice
from chalicelib.domain.city import Application
from chalicelib.domain.deciding import Matter
from chalicelib.domain.errors import DataErased, Invalid, NotFound
from chalicelib.domain.events import Actor
from chalicelib.domain.georeport import CLOSED, MOST, Filter, NoRequest, as_form, as_theirs, service_of
from chalicelib.domain.notices import is_public
from chalicelib.domain.receipts import MisreadReceipt, read_receipt
from chalicelib.domain.subject_list import counts_as
from chalicelib.domain.submission import Submission, day_in_shanghai, read_form
from chalicelib.domain.words import Channel, Role
from chalicelib.storage import cases, matters
from chalicelib.storage.submissions import load_submission

REPEATED_WITHIN = 600  # seconds: the same from the same program is one submission, as a lost answer is asked for again


class Own(Struct, frozen=True):
    """How what a program handed in stands: its submission, the case that handles it now, its own part in that."""

    submission: Submission
    case: Case
    voice: Voice
    updated_at: datetime


def hand_in(raw: Mapping[str, str], application: Application, language: str, at: datetime) -> Receipt:
    """File what a program sends. The same again within the same ten minutes gets the same receipt.

    Raises Invalid naming the fields as the specification does, NoService, SlowDown after too many in a minute.
    """
    applications.admit(application, at)
    city = cities.current()
    service = service_of(raw.get("service_code", ""), city)
    said = as_form(raw, service, application.mailbox)
    try:
        form = read_form({**said, "key": _key(raw, application, at)}, city, language, day_in_shanghai(at))
    except Invalid as refused:
        raise Invalid([as_theirs(one) for one in refused.errors]) from None
    actor = Actor(Role.AGENCY, application.id, None, application.name.zh)
    receipt = file(form, at, Channel.OPEN311, actor, Through(application.id, service.id))
    applications.used(application, at)
    return receipt


def _key(raw: Mapping[str, str], application: Application, at: datetime) -> str:
    """The specification knows no key of a form: it follows from all that was sent, and when."""
    said = {name: value for name, value in raw.items() if name != "api_key"}
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    return vault().sign("open311", f"{application.id}\x00{digest}\x00{int(at.timestamp()) // REPEATED_WITHIN}")


def found(wanted: Filter, application: Application | None, at: datetime) -> list[Matter | Own]:
    """What is public of ``wanted``, latest first, at most a thousand; by number also what the program handed in."""
    if wanted.ids:
        return [one for one in (_found(number, application, at) for number in wanted.ids) if one is not None]
    return list(_public(wanted))


def _public(wanted: Filter) -> Iterable[Matter]:
    """Whatever is published was decided, so it is closed."""
    if wanted.statuses and CLOSED not in wanted.statuses:
        return
    shown = 0
    for matter in matters.filed_between(wanted.start, wanted.end):
        if not wanted.services or _of_one(matter.category, wanted.services):
            yield matter
            shown += 1
        if shown == MOST:
            return


def _of_one(category: str | None, services: frozenset[str]) -> bool:
    """Whether a matter of ``category`` is of one of ``services``, at whatever level that stands."""
    return category is not None and any(counts_as(category, service) for service in services)


def one_of(number: str, application: Application | None, at: datetime) -> Matter | Own:
    """A request by its number. Raises NoRequest when it is neither public nor the program's own."""
    request = _found(number, application, at)
    if request is None:
        raise NoRequest()
    return request


def _found(number: str, application: Application | None, at: datetime) -> Matter | Own | None:
    try:
        known = read_receipt(number)
    except MisreadReceipt:
        known = ""
    own = _own(known, application, at) if known and application is not None else None
    return own if own is not None else _published(number)


def _own(receipt: str, application: Application, at: datetime) -> Own | None:
    try:
        submission = load_submission(receipt)
        if submission.application != application.id:
            return None
        case = caught_up(tracking.case_of(receipt), at).after
    except (NotFound, DataErased):
        return None
    voice = case.voice(receipt)
    assert voice is not None  # its case has it, wherever it went on
    public = (event.at for event in cases.record_of(case.case_id) if is_public(event))
    return Own(submission, case, voice, max(public, default=submission.filed_at))


def _published(case_id: str) -> Matter | None:
    if not (case_id.isascii() and case_id.isdigit() and len(case_id) == 12):
        return None
    try:
        return matters.load(cases.load(case_id))
    except NotFound:
        return None
