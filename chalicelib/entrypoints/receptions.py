"""The citizens' API of receptions: the coming days, a place on one, how a booking stands, and giving it back."""

from collections.abc import Callable
from datetime import UTC, datetime

from chalice.app import Blueprint, Request, Response

from chalicelib.desk import booking, cities, gates
from chalicelib.domain.errors import NotFound
from chalicelib.domain.gates import Purpose
from chalicelib.entrypoints.answers import address_of, answered, json_answer, json_body
from chalicelib.entrypoints.contract import BY_CODE, IN_BODY, PROVEN, Guard, promise
from chalicelib.entrypoints.forms import BookingAsked, CodeOnly, NumberAndCode
from chalicelib.entrypoints.reception_views import (
    BookedPlace,
    BookingStanding,
    Receptions,
    booked_view,
    reception_view,
    standing_view,
)

receptions = Blueprint(__name__)
CLOSED = ("reception_full", "reception_begun", "reception_called_off")


def _answered(work: Callable[[Request, str, datetime], Response]) -> Response:
    """What is refused becomes a message in the reader's language."""
    return answered(receptions.current_request, lambda request, language: work(request, language, datetime.now(UTC)))


@promise(receptions, "GET", "/api/receptions", "receptions", answers={200: Receptions})
def coming() -> Response:
    """The coming receptions with their free places."""

    def work(request: Request, language: str, now: datetime) -> Response:
        city = cities.current()
        found = tuple(reception_view(one, city, language, now) for one in booking.coming(now))
        return json_answer(Receptions(found))

    return _answered(work)


@promise(
    receptions,
    "POST",
    "/api/receptions/{reception}/bookings",
    "book",
    takes=BookingAsked,
    answers={201: BookedPlace, 200: BookedPlace},
    refuses=(*IN_BODY, *PROVEN, "not_found", "key_used", "changed", "slow_down", *CLOSED),
)
def book(reception: str) -> Response:
    """Book a place. 201 with number and code; 200 with the same when the same form came before."""

    def work(request: Request, language: str, now: datetime) -> Response:
        body = json_body(request)
        gate = gates.of_form(Purpose.BOOKING, body, now)
        booked = booking.book(reception, body, language, address_of(request), now, gate)
        return json_answer(booked_view(booked, cities.current(), language, now), 200 if booked.repeated else 201)

    return _answered(work)


@promise(
    receptions,
    "POST",
    "/api/bookings",
    "booking",
    takes=NumberAndCode,
    answers={200: BookingStanding},
    refuses=(*IN_BODY, *BY_CODE),
    guard=Guard.CODE,
)
def look_up() -> Response:
    """How a booking stands. A POST, so that the code stands in no log and no history."""

    def work(request: Request, language: str, now: datetime) -> Response:
        body = json_body(request)
        number = _admitted(request, body.get("number"), body, now)
        return json_answer(standing_view(booking.look_up(number), cities.current(), language, now))

    return _answered(work)


@promise(
    receptions,
    "POST",
    "/api/bookings/{number}/cancellation",
    "cancel_booking",
    takes=CodeOnly,
    answers={201: BookingStanding},
    refuses=(*IN_BODY, *BY_CODE, "changed", "booking_settled", "reception_begun"),
    guard=Guard.CODE,
)
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
