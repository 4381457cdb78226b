"""待告知: the list of citizens who are told by telephone, by post or in person, and the letter that goes to them."""

from datetime import datetime

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.desk import by_hand, cities
from chalicelib.desk.by_hand import NOT_REACHED, WAYS, Owing, Told
from chalicelib.domain.city import City
from chalicelib.domain.errors import Changed, NotFound, Refused
from chalicelib.domain.events import Accepted, Event
from chalicelib.domain.people import Petitioner
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.words import ClockName
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated
from chalicelib.entrypoints.story_views import step_view

to_tell = Blueprint(__name__)
ROOM, PLACE = "answers", "/console/answers"


class Line(Struct, frozen=True):
    """One step in the words in which it is said. ``text``: the reply itself; ``neutral``: all that is said of a step
    of a sealed matter, "" of any other.
    """

    at: datetime
    name: str
    detail: str
    unit: str
    text: str
    review_until: datetime | None = None
    reply_by: datetime | None = None
    neutral: str = ""


@to_tell.route("/answers", methods=["GET"])
def waiting() -> Response:
    """Who waits, the longest first."""
    return seated(to_tell, ROOM, _list)


@to_tell.route("/answers/{receipt}", methods=["GET"])
def one(receipt: str) -> Response:
    """What one citizen is to be told."""
    return seated(to_tell, ROOM, lambda visit: _one(visit, receipt))


@to_tell.route("/answers/{receipt}/person", methods=["POST"], content_types=FORM)
def person(receipt: str) -> Response:
    """Name, number and address in full, once: the look is on record."""

    def work(visit: Visit) -> Response:
        owing = by_hand.owing_to(visit.seat.staff, receipt)
        return _one(visit, receipt, person=by_hand.person_of(visit.seat.staff, owing, visit.now))

    return seated(to_tell, ROOM, work)


@to_tell.route("/answers/{receipt}/letter", methods=["POST"], content_types=FORM)
def letter(receipt: str) -> Response:
    """The letter, to be printed; with the name and the address on it, so the look is on record."""

    def work(visit: Visit) -> Response:
        staff, city = visit.seat.staff, cities.current()
        owing = by_hand.owing_to(staff, receipt)
        paper = owing.submission.language
        return page(
            visit,
            "answer_letter",
            owing=owing,
            person=by_hand.person_of(staff, owing, visit.now),
            lines=[_line(told, owing, city, paper) for told in by_hand.to_say(owing)],
            paper=paper,
            desk=city.unit(city.desk_unit),
            today=day_in_shanghai(visit.now),
        )

    return seated(to_tell, ROOM, work)


@to_tell.route("/answers/{receipt}/told", methods=["POST"], content_types=FORM)
def told(receipt: str) -> Response:
    """She was told, or not reached."""

    def work(visit: Visit) -> Response:
        try:
            by_hand.tell(visit.seat.staff, receipt, visit.form, visit.now)
        except Refused as refused:
            return _one(visit, receipt, refused)
        return done(PLACE, "told")

    return seated(to_tell, ROOM, work)


def _list(visit: Visit, refused: Refused | None = None) -> Response:
    found = by_hand.waiting(visit.seat.staff)
    return page(visit, "answers", refused=refused, changed="answers.changed", waiting=found)


def _one(visit: Visit, receipt: str, refused: Refused | None = None, person: Petitioner | None = None) -> Response:
    """The page; where somebody else has told her meanwhile, the list with a word on it."""
    staff = visit.seat.staff
    try:
        owing = by_hand.owing_to(staff, receipt)
    except NotFound:
        if refused is None:
            raise
        return _list(visit, Changed())
    city = cities.current()
    return page(
        visit,
        "answer",
        refused=refused,
        changed="answers.changed",
        owing=owing,
        person=person,
        lines=[_line(told, owing, city, visit.language) for told in by_hand.to_say(owing)],
        seen=" ".join(by_hand.name_of(step) for step in owing.steps),
        ways=[*WAYS, NOT_REACHED],
        today=day_in_shanghai(visit.now),
    )


def _line(told: Told, owing: Owing, city: City, language: str) -> Line:
    event = told.event
    if event is None:
        return Line(told.attempt.at, told.attempt.subject, "", "", "", neutral=told.attempt.text)
    step = step_view(event, owing.submission.kind, city, language)
    return Line(
        event.at,
        step.name,
        step.detail,
        step.unit_name or "",
        str(getattr(event.payload, "text", "")),
        getattr(event.payload, "review_until", None),
        _reply_by(event) if not step.detail else None,
    )


def _reply_by(event: Event) -> datetime | None:
    """By when she is answered, of an accepted matter."""
    clocks = event.payload.clocks if isinstance(event.payload, Accepted) else ()
    return next((clock.due_at for clock in clocks if clock.name is ClockName.HANDLE), None)
