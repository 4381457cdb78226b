"""反馈: what another agency's desk tells of a petition that we passed to it: how it stands, its answer, its return."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from chalicelib.desk import cities
from chalicelib.desk.committing import Step, finish, taken
from chalicelib.domain import events as happened
from chalicelib.domain import transferring
from chalicelib.domain.agency_words import GIVEN_BACK, Progress
from chalicelib.domain.case import Case
from chalicelib.domain.city import Agency
from chalicelib.domain.errors import Changed, NotFound, RuleBroken, WrongState
from chalicelib.domain.events import Actor, Event
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.referrals import read_answer, read_told
from chalicelib.domain.transferring import Told
from chalicelib.domain.words import Action, Role, State
from chalicelib.storage import cases
from chalicelib.storage.agency_numbers import number_item

TRIES = 5
MOST_REPORTED = 200  # of one transfer: no petition has so many steps


class Heard(Struct, frozen=True):
    """Where our case stands now, and whether what was told is news: said again, or too late, it changes nothing."""

    number: str
    case: Case
    news: bool


def hear(agency: Agency, raw: Mapping[str, object], at: datetime) -> Heard:
    """Record what ``agency`` tells.

    Raises Invalid naming the fields, NotFound for a number that we did not pass to it, WrongState for an answer or a
    return of what is no longer with it.
    """
    reader = FieldReader(raw)
    told = read_told(reader, at)
    reader.raise_errors()
    assert told is not None  # else something was refused

    def once() -> Heard:
        case, record = _passed_to(agency, told.number)
        if _known(record, told, raw):
            return Heard(told.number, case, news=False)
        here = case.state is State.WITH_AGENCY and case.transfer is not None and case.transfer.number == told.number
        if not here:
            _refuse_too_late(case, told)
            return Heard(told.number, case, news=False)
        step = _step(case, told, reader, agency, at)
        numbers = [number_item(agency.id, told.their_number, case.case_id)] if told.their_number else []
        finish(step, at=at, kept=numbers)
        return Heard(told.number, step.after, news=True)

    return _insisting(once)


def _passed_to(agency: Agency, number: str) -> tuple[Case, list[Event]]:
    case_id = number.partition("-")[0]
    if not (case_id.isascii() and case_id.isdigit()):
        raise NotFound()
    case = cases.load(case_id)
    record = cases.record_of(case_id)
    for place, event in enumerate(record):
        if isinstance(event.payload, happened.Transferred) and (event.payload.agency, event.payload.number) == (
            agency.id,
            number,
        ):
            return case, record[place:]
    raise NotFound()


def _known(record: Iterable[Event], told: Told, raw: Mapping[str, object]) -> bool:
    """Whether the same was told before."""
    for event in record:
        match event.payload:
            case happened.AgencyReported(number=number, state=state, reported_at=since):
                if (number, state, since) == (told.number, told.state, told.at):
                    return True
            case happened.Replied(agency=agency, text=text) if agency and told.state is Progress.REPLIED:
                if text == FieldReader(raw).text("text", many_lines=True, longest=len(str(raw.get("text")))):
                    return True
            case happened.TransferReturned(number=number, words=words) if event.by.role is Role.AGENCY:
                if told.state in GIVEN_BACK and (number, words) == (told.number, told.words):
                    return True
    return False


def _refuse_too_late(case: Case, told: Told) -> None:
    """What is told of its way after it was answered is no news of ours; another answer, or a return, is refused."""
    if told.state is Progress.REPLIED:
        raise WrongState(Action.ANSWER_TRANSFER, case.state)
    if told.state in GIVEN_BACK:
        raise WrongState(Action.RETURN_TRANSFER, case.state)


def _step(case: Case, told: Told, reader: FieldReader, agency: Agency, at: datetime) -> Step:
    actor = Actor(Role.AGENCY, agency.id, None, agency.name.zh)
    trade = cities.trade()
    if told.state is Progress.REPLIED:
        return taken(
            case,
            Action.ANSWER_TRANSFER,
            actor,
            at,
            lambda now: transferring.answer(now, read_answer(reader, now, at), agency, at, trade),
        )
    if told.state in GIVEN_BACK:
        return taken(
            case,
            Action.RETURN_TRANSFER,
            actor,
            at,
            lambda now: transferring.return_transfer(now, told.words, at, trade),
        )
    if case.version > MOST_REPORTED and _told_so_often(case):
        raise RuleBroken("transfer.too_many")
    return taken(case, Action.REPORT_STATUS, actor, at, lambda now: transferring.report(told, agency.name.zh))


def _told_so_often(case: Case) -> bool:
    told = (event for event in cases.record_of(case.case_id) if isinstance(event.payload, happened.AgencyReported))
    return sum(1 for _ in told) >= MOST_REPORTED


def _insisting(once: Callable[[], Heard]) -> Heard:
    """Another desk is not to be told that a clerk was faster."""
    for _ in range(TRIES - 1):
        try:
            return once()
        except Changed:
            continue
    return once()
