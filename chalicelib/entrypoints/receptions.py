"""The citizens' API of receptions: the coming days, a place on one, how a booking stands, and giving it back."""

from collections.abc import Callable
from datetime import UTC, datetime

from chalice.app import Blueprint, Request, Response

from chalicelib.desk import booking, cities
from chalicelib.domain.errors import NotFound
from chalicelib.entrypoints.answers import JSON, answered, json_answer, json_body
from chalicelib.entrypoints.console.visits import address_of
from chalicelib.entrypoints.reception_views import booked_view, reception_view, standing_view

receptions = Blueprint(__name__)


def _answered(work: Callable[[Request, str, datetime], Response]) -> Response:
    """What is refused becomes a message in the reader's language."""
    return answered(receptions.current_request, lambda request, language: work(request, language, datetime.now(UTC)))


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
        return json_answer(booked_view(booked, cities.current(), language, now), 200 if booked.repeated else 201)

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
