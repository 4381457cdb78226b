"""The citizens' API of receptions: the coming days, a place on one, how a booking stands, and giving it back."""

from collections.abc import Callable
from datetime import UTC, datetime

from chalice.app import Blueprint, Request, Response

from chalicelib.desk import booking, cities
from chalicelib.desk.booking import Booked, Standing
from chalicelib.domain.city import City
from chalicelib.domain.errors import NotFound, Refused
from chalicelib.domain.people import masked_name
from chalicelib.domain.receipts import spoken
from chalicelib.domain.receptions import Reception
from chalicelib.entrypoints.answers import JSON, json_answer, json_body, language_of, refusal_answer
from chalicelib.entrypoints.console.visits import address_of
from chalicelib.entrypoints.views import Json, iso, unit_name
from chalicelib.web.messages import say

receptions = Blueprint(__name__)


def _answered(work: Callable[[Request, str, datetime], Response]) -> Response:
    """What is refused becomes a message in the reader's language."""
    request = receptions.current_request
    language = language_of(request)
    try:
        return work(request, language, datetime.now(UTC))
    except Refused as refused:
        return refusal_answer(refused, language)


@receptions.route("/api/receptions", methods=["GET"])
def coming() -> Response:
    """The coming receptions with their free places."""

    def work(request: Request, language: str, now: datetime) -> Response:
        city = cities.current()
        found = [reception_view(one, city, language, now) for one in booking.coming(now)]
        return json_answer({"receptions": found})

    return _answered(work)


@receptions.route("/api/receptions/{reception}/bookings", methods=["POST"], content_types=JSON)
def book(reception: str) -> Response:
    """Book a place. 201 with number and code; 200 with the same when the same form came before."""

    def work(request: Request, language: str, now: datetime) -> Response:
        booked = booking.book(reception, json_body(request), language, address_of(request), now)
        return json_answer(_booked_view(booked, cities.current(), language, now), 200 if booked.repeated else 201)

    return _answered(work)


@receptions.route("/api/bookings", methods=["POST"], content_types=JSON)
def look_up() -> Response:
    """How a booking stands. A POST, so that the code stands in no log and no history."""

    def work(request: Request, language: str, now: datetime) -> Response:
        body = json_body(request)
        number = _admitted(request, body.get("number"), body, now)
        return json_answer(standing_view(booking.look_up(number), cities.current(), language, now))

    return _answered(work)


@receptions.route("/api/bookings/{number}/cancellation", methods=["POST"], content_types=JSON)
def cancellation(number: str) -> Response:
    """Give the place back."""

    def work(request: Request, language: str, now: datetime) -> Response:
        known = _admitted(request, number, json_body(request), now)
        return json_answer(standing_view(booking.cancel(known, now), cities.current(), language, now), 201)

    return _answered(work)


def _admitted(request: Request, number: object, body: dict[str, object], now: datetime) -> str:
    code = body.get("code")
    if not isinstance(code, str) or not isinstance(number, str):
        raise NotFound()
    return booking.admitted(number, code, address_of(request), now)


def reception_view(reception: Reception, city: City, language: str, now: datetime) -> Json:
    """A reception as everybody may see it."""
    plan, off = reception.plan, reception.called_off
    return {
        "id": reception.id,
        "kind": plan.kind.value,
        "kind_name": say(f"reception.{plan.kind}", language),
        "host": plan.host,
        "units": [unit_name(unit, city, language) for unit in plan.units],
        "starts_at": iso(plan.starts_at),
        "ends_at": iso(plan.ends_at),
        "place": plan.place,
        "places": plan.places,
        "minutes": plan.minutes,
        "free": 0 if off else reception.free,
        "open": reception.open_at(now),
        "called_off": off.reason if off else None,
        "changed": reception.changes[-1].reason if reception.changes else None,
    }


def standing_view(standing: Standing, city: City, language: str, now: datetime) -> Json:
    """A booking as who made it sees it, with what has changed since."""
    own, reception = standing.booking, standing.reception
    since = [notice for notice in reception.changes if own is not None and notice.at >= own.booked_at]
    return {
        "number": standing.number,
        "number_spoken": spoken(standing.number),
        "state": standing.state.value,
        "state_name": say(f"booking.{standing.state}", language),
        "comes_at": iso(reception.time_of(own)) if own else None,
        "people": own.people if own else None,
        "name": masked_name(standing.visitor.petitioner.name),
        "about": standing.visitor.about,
        "reception": reception_view(reception, city, language, now),
        "changes": [{"at": iso(notice.at), "reason": notice.reason} for notice in since],
        "may": ["cancel"] if standing.may_cancel(now) else [],
    }


def _booked_view(booked: Booked, city: City, language: str, now: datetime) -> Json:
    code = {"code": booked.code, "code_spoken": spoken(booked.code)}
    return {**standing_view(booked.standing, city, language, now), **code}
