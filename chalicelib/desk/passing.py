"""转办 and its news on their way to another agency's desk: signed, and tried again by the schedule of the webhooks; a
petition that this desk refuses comes back to our clerks with its reason.
"""

import json
import time
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from chalicelib.desk import cities
from chalicelib.desk.committing import caught_up, finish, taken, untouched
from chalicelib.desk.correspondence import Letter, Sort, letters
from chalicelib.desk.retrying import again
from chalicelib.domain import transferring
from chalicelib.domain.case import Case
from chalicelib.domain.city import Agency
from chalicelib.domain.errors import Changed
from chalicelib.domain.events import DESK, Transferred, TransferTaken
from chalicelib.domain.messages import AgencyMessage
from chalicelib.domain.words import Action, State
from chalicelib.gateways import webhooks
from chalicelib.seen.going import Measure, count
from chalicelib.storage import cases, deliveries, outbox, waiting
from chalicelib.storage.agency_numbers import number_item
from chalicelib.storage.deliveries import Delivery
from chalicelib.storage.unit_of_work import AlreadyDone
from chalicelib.web.messages import DEFAULT, say

PASSING = frozenset({408, 425, 429})  # refusals of the moment: the same may be taken later
UNSIGNED = 401  # the secrets differ: a petition comes back to the clerks, all else waits until they agree again
LONGEST_NUMBER = 100
LONGEST_REASON = 600


class Answer(Struct, frozen=True):
    """What the other desk said to a letter. ``why``: its reason, in its own words."""

    status: int
    number: str
    why: str


class _NotTaken(Exception):
    """It is to be tried again. ``asked``: the pause that the other side asked for."""

    def __init__(self, asked: timedelta | None = None) -> None:
        super().__init__()
        self.asked = asked


def pass_on(message: AgencyMessage, at: datetime) -> None:
    """Send what ``message`` stands for, unless that was done; what is not taken is tried again by itself."""
    stands = waiting.standing(message)
    if stands is None or (stands.not_before is not None and at < stands.not_before):
        return  # taken; or it stands in the index of what is due, and comes again
    agency = _agency(message.agency)
    try:
        if agency is None:
            _nowhere(message, at)
        else:
            _pass(message, agency, stands.tries + 1, at)
    except _NotTaken as failed:
        count(Measure.WEBHOOKS_FAILED)
        again(message, stands.tries + 1, at, failed.asked)


def _pass(message: AgencyMessage, agency: Agency, attempt: int, at: datetime) -> None:
    for letter in letters(cases.record_of(message.case_id), message.event, agency):
        if letter.sort is Sort.PETITION and not _still_there(message, letter.number):
            break  # called back, or withdrawn, before it was ever sent
        if letter.sort in (Sort.DEADLINE, Sort.WITHDRAWAL, Sort.SUPPLEMENT) and _petition_waits(message, letter.number):
            raise _NotTaken  # its petition is on its way
        answer = _sent(agency, message, letter, attempt, at)
        if letter.sort is Sort.PETITION:
            if answer.status >= 400:
                _refused(message, letter.number, answer.why, at)
                return
            _taken(message, letter.number, answer.number, at)
    outbox.done(message)


def _agency(agency_id: str) -> Agency | None:
    for city in (cities.current, cities.refreshed):  # what this process knows may be old
        agency = city().agency(agency_id)
        if agency is not None and agency.has_desk:
            return agency
    return None


def _nowhere(message: AgencyMessage, at: datetime) -> None:
    """The agency has no desk any more: what was to go there comes back."""
    event = cases.event(message.case_id, message.event)
    if isinstance(event.payload, Transferred):
        _refused(message, event.payload.number, say("transfer.no_desk", DEFAULT), at)
    outbox.done(message)


def _still_there(message: AgencyMessage, number: str) -> bool:
    return _stands_at(cases.load(message.case_id), number)


def _stands_at(case: Case, number: str) -> bool:
    return case.state is State.WITH_AGENCY and case.transfer is not None and case.transfer.number == number


def _petition_waits(message: AgencyMessage, number: str) -> bool:
    """Whether the petition to which a letter belongs has not been taken there yet."""
    for event in cases.record_of(message.case_id):
        if isinstance(event.payload, Transferred) and event.payload.number == number and event.number != message.event:
            return outbox.waits(AgencyMessage(message.case_id, event.number, message.agency))
    return False


def _sent(agency: Agency, message: AgencyMessage, letter: Letter, attempt: int, at: datetime) -> Answer:
    """One attempt, recorded whatever comes of it. Raises _NotTaken for anything but a taking and a refusal."""
    began = time.monotonic()
    webhook_id = f"{message.id}.{letter.place}"
    answer, why = _posted(agency, webhook_id, letter, at)
    milliseconds = round((time.monotonic() - began) * 1000)
    status = answer.status if answer is not None else None
    told = _read(answer) if answer is not None else None
    # the petitioner's query code is in their answer, and is kept nowhere
    said = why if told is None else told.why if told.status >= 400 else told.number
    deliveries.keep(Delivery(agency.id, webhook_id, attempt, at, status, milliseconds, said))
    if told is None or told.status in PASSING or (told.status == UNSIGNED and letter.sort is not Sort.PETITION):
        asked = answer.retry_after if answer is not None else None
        raise _NotTaken(timedelta(seconds=asked) if asked is not None else None)
    return told


def _posted(agency: Agency, webhook_id: str, letter: Letter, at: datetime) -> tuple[webhooks.Answered | None, str]:
    """The answer, or why there is none."""
    from standardwebhooks import Webhook  # 40 ms, and only here

    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Sunlight/1",
        "Accept-Language": DEFAULT,
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        # the library takes the clock's figures for UTC, whatever the time's zone
        "webhook-signature": Webhook(agency.secret_out).sign(webhook_id, at.astimezone(UTC), letter.body.decode()),
    }
    try:
        return webhooks.post(f"{agency.origin}/api/agencies/{agency.as_agency}{letter.path}", headers, letter.body), ""
    except (webhooks.NoAnswer, webhooks.Refused) as error:
        return None, f"{type(error).__name__}: {error}"


def _read(answer: webhooks.Answered) -> Answer | None:
    """What a desk of our kind says; None for what is no desk's taking or refusal."""
    try:
        body = json.loads(answer.body)
    except ValueError:
        body = None
    if 200 <= answer.status < 300:
        if not isinstance(body, dict):
            return None  # somebody else answers at this address
        return Answer(answer.status, str(body.get("receipt") or "")[:LONGEST_NUMBER], "")
    if not 400 <= answer.status < 500:
        return None
    return Answer(answer.status, "", f"{answer.status} {_reason(body, answer.body)}"[:LONGEST_REASON])


def _reason(body: object, text: str) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return "".join(char for char in text if char.isprintable())
    fields = error.get("fields")
    named = [one for one in fields if isinstance(one, dict)] if isinstance(fields, list) else []
    details = (f"{one.get('field')}: {one.get('message')}" for one in named)
    return " ".join((str(error.get("message", "")), *details)).replace("\x00", "")


def _taken(message: AgencyMessage, number: str, their_number: str, at: datetime) -> None:
    """They have it: their number is ours from now on too."""
    case = cases.load(message.case_id)
    known = [number_item(message.agency, their_number, case.case_id)] if their_number else []
    step = untouched(case)
    if _stands_at(case, number) and case.transfer is not None and case.transfer.their_number != their_number:
        step = caught_up(case, at).then([TransferTaken(number, their_number)], DESK, at)
    try:
        finish(step, at=at, kept=known)
    except Changed:
        raise _NotTaken from None  # the case was moved meanwhile


def _refused(message: AgencyMessage, number: str, why: str, at: datetime) -> None:
    """They do not take it: it is our clerks' again, and they read why."""
    case = cases.load(message.case_id)
    if not _stands_at(case, number):
        outbox.done(message)
        return
    words = say("transfer.refused", DEFAULT, why=why)
    step = taken(
        case,
        Action.RETURN_TRANSFER,
        DESK,
        at,
        lambda now: transferring.return_transfer(now, words, at, cities.trade()),
    )
    try:
        finish(step, at=at, consumes=message)
    except AlreadyDone:
        return
    except Changed:
        raise _NotTaken from None  # the case was moved meanwhile
