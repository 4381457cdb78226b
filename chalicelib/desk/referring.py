"""A higher desk refers a petition to us by a signed webhook, gets our number back, and asks how it stands."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from itertools import count

from msgspec import Struct

from chalicelib.desk import cities, limits
from chalicelib.desk.committing import caught_up
from chalicelib.desk.signed import Unverified, check, headers_of, spend
from chalicelib.desk.submitting import Receipt, Referral, file
from chalicelib.desk.vault import vault
from chalicelib.domain.case import Case, Voice
from chalicelib.domain.city import Agency, City
from chalicelib.domain.errors import FieldError, Invalid, NotFound
from chalicelib.domain.events import Actor
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.referrals import read_demands
from chalicelib.domain.submission import Submission, day_in_shanghai, read_form
from chalicelib.domain.words import Role
from chalicelib.storage import agency_numbers, cases
from chalicelib.storage.submissions import load_submission

LONGEST_NUMBER = 100
LANGUAGE = "zh"  # in which a referred petitioner is written to
_PETITIONER = ("name", "phone", "email")


class Request(Struct, frozen=True):
    """What an agency sent, as it came. ``path`` and ``method`` are no part of what it signed."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Referred(Struct, frozen=True):
    """Our number for their petition."""

    receipt: Receipt
    case_id: str
    their_number: str


class Standing(Struct, frozen=True):
    """How a referred petition stands: its submission, the case that handles it now, and its own part in that."""

    submission: Submission
    case: Case
    voice: Voice


def sender_of(agency_id: str, request: Request, at: datetime) -> Agency:
    """The agency that signed ``request``.

    Raises Invalid when the headers are not of the specification, Unverified when they are not the agency's or more than
    five minutes old, Reused when the id was used for another request, TooMany for too many in a minute.
    """
    headers = headers_of(request.headers, at)
    try:
        agency = _signer(cities.current(), agency_id, headers, request.body)
    except Unverified:
        # what this process knows of the city may be old; only a refusal is worth asking again
        agency = _signer(cities.refreshed(), agency_id, headers, request.body)
    limits.count_webhook(agency.id, at)
    spend(agency.id, headers, b"\x00".join((request.method.encode(), request.path.encode(), request.body)), at)
    return agency


def _signer(city: City, agency_id: str, headers: dict[str, str], body: bytes) -> Agency:
    agency = city.agency(agency_id)
    check(agency.secret if agency is not None else "", headers, body)
    assert agency is not None  # nothing is signed with no secret
    return agency


def refer(agency: Agency, raw: Mapping[str, object], at: datetime) -> Referred:
    """File what an agency refers. The same number from the same agency is the same submission, however often it comes.

    Raises Invalid naming the fields, KeyUsed when the number came before with other content.
    """
    reader = FieldReader(raw)
    number = _number(reader)
    petitioner = _petitioner(reader)
    demands = read_demands(reader, _first_sent(agency, number) or at)
    try:
        form = read_form(_as_form(agency, raw, number, petitioner), cities.current(), LANGUAGE, day_in_shanghai(at))
    except Invalid as refused:
        raise Invalid([*reader.errors, *map(_as_theirs, refused.errors)]) from None
    reader.raise_errors()
    actor = Actor(Role.AGENCY, agency.id, None, agency.name.zh)
    receipt = file(form, at, agency.channel, actor, Referral(agency, number, demands))
    return Referred(receipt, load_submission(receipt.number).case_id, number)


def _first_sent(agency: Agency, number: str) -> datetime | None:
    """When it came first: what is sent again may name a date that was to come then."""
    try:
        return submission_of(agency, number).filed_at if number else None
    except NotFound:
        return None


def _number(reader: FieldReader) -> str:
    number = reader.text("number", required=True, longest=LONGEST_NUMBER)
    return "" if reader.errors else number  # what is refused may hold what no key can be made of


def _petitioner(reader: FieldReader) -> Mapping[str, object]:
    petitioner = reader.raw.get("petitioner")
    if petitioner is not None and not isinstance(petitioner, Mapping):
        reader.refuse("petitioner", "field.not_object")
    return petitioner if isinstance(petitioner, Mapping) else {}


def _as_form(
    agency: Agency, raw: Mapping[str, object], number: str, petitioner: Mapping[str, object]
) -> dict[str, object]:
    """What the agency sent, as a citizen's page would have sent it."""
    said = ("kind", "title", "text", "area", "place", "happened_on", "keep_name_from_unit", "may_publish")
    return {
        **{name: raw[name] for name in said if name in raw},
        **{name: petitioner[name] for name in _PETITIONER if name in petitioner},
        "anonymous": raw.get("anonymous", not petitioner),
        "mailbox": agency.mailbox,
        "key": _form_key(agency, number),
    }


def _as_theirs(error: FieldError) -> FieldError:
    """The field by the name that it has in what the agency sent."""
    return FieldError(f"petitioner.{error.field}", error.code, error.params) if error.field in _PETITIONER else error


def _form_key(agency: Agency, number: str) -> str:
    return vault().sign("referral", f"{agency.id}\x00{number}")


def standing_of(agency: Agency, number: str, at: datetime) -> Standing:
    """How an agency's petition stands at ``at``, followed into the case it was joined to.

    Raises Invalid when ``number`` can be nobody's, NotFound when it is not one of the agency's.
    """
    submission = submission_of(agency, number)
    case = cases.load(submission.case_id)
    while case.joined_to is not None:
        into = cases.load(case.joined_to)
        if into.voice(submission.receipt) is None:  # withdrawn before the case that it was in was joined on
            break
        case = into
    case = caught_up(case, at).after  # shown as a punctual sweep would leave it; nothing is written by looking
    voice = case.voice(submission.receipt)
    assert voice is not None  # its own case has it, and it went on into no other without it
    return Standing(submission, case, voice)


def case_known_by(number: str) -> str | None:
    """The case that any agency knows by ``number``, its own for what it referred to us or was referred by us; None for
    none.
    """
    reader = FieldReader({"number": number})
    number = _number(reader)
    for agency in cities.current().agencies if number else ():
        passed_on = agency_numbers.case_known_by(agency.id, number)
        if passed_on is not None:
            return passed_on
        with suppress(NotFound):
            return submission_of(agency, number).case_id
    return None


def submission_of(agency: Agency, number: str) -> Submission:
    """What ``agency`` referred under ``number``.

    Raises Invalid when ``number`` can be nobody's, NotFound when it is not one of the agency's.
    """
    reader = FieldReader({"number": number})
    number = _number(reader)  # written as it was kept
    reader.raise_errors()
    key = _form_key(agency, number)
    found = (load_submission(vault().receipt_of(key, attempt)) for attempt in count())  # ends where nobody has it
    return next(one for one in found if (one.agency, one.agency_number) == (agency.id, number))
