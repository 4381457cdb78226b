"""The room of receptions: the calendar, a day with its bookings, and the slip for each matter heard."""

from collections.abc import Callable

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.config import config
from chalicelib.desk import receiving, reception_lay
from chalicelib.domain.errors import Invalid, Refused
from chalicelib.domain.people import Staff
from chalicelib.domain.reception_forms import MOST_PLACES, Visitor
from chalicelib.domain.receptions import Reception, ReceptionKind
from chalicelib.domain.words import Kind, Role
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated

receptions = Blueprint(__name__)
ROOM, PLACE = "receptions", "/console/receptions"


class Plans(Struct, frozen=True):
    """What the form of a plan needs. ``leaders``: who can receive, by login."""

    may: bool
    leaders: dict[str, Staff]
    kinds: list[ReceptionKind]
    most_places: int
    key: str


@receptions.route("/receptions", methods=["GET"])
def calendar() -> Response:
    """The days to come and those that were, with what they amount to."""
    return seated(receptions, ROOM, _calendar)


@receptions.route("/receptions", methods=["POST"], content_types=FORM)
def plan() -> Response:
    """Plan a reception."""

    def work(visit: Visit) -> Response:
        try:
            planned = receiving.plan(visit.form, visit.seat.staff, visit.now)
        except Invalid as refused:
            return _calendar(visit, refused)
        return done(f"{PLACE}/{planned.id}", "plan")

    return seated(receptions, ROOM, work)


@receptions.route("/receptions/{reception}", methods=["GET"])
def day(reception: str) -> Response:
    """One reception, and who booked on it."""
    return seated(receptions, ROOM, lambda visit: _day(visit, reception))


@receptions.route("/receptions/{reception}", methods=["POST"], content_types=FORM)
def change(reception: str) -> Response:
    """Plan it anew."""
    return _step(
        reception, "change", lambda visit: receiving.change(reception, visit.form, visit.seat.staff, visit.now)
    )


@receptions.route("/receptions/{reception}/cancellation", methods=["POST"], content_types=FORM)
def call_off(reception: str) -> Response:
    """It does not take place."""
    return _step(
        reception, "cancellation", lambda visit: receiving.call_off(reception, visit.form, visit.seat.staff, visit.now)
    )


@receptions.route("/receptions/{reception}/bookings/{number}", methods=["POST"], content_types=FORM)
def rebook(reception: str, number: str) -> Response:
    """A booking gets another turn, or is taken off the list."""

    def step(visit: Visit) -> Reception:
        return receiving.rebook(reception, number, visit.form, visit.seat.staff, visit.now)

    return _step(reception, f"rebook-{number}", step)


@receptions.route("/receptions/{reception}/bookings/{number}/absence", methods=["POST"], content_types=FORM)
def miss(reception: str, number: str) -> Response:
    """Who booked did not come."""
    return _step(reception, number, lambda visit: receiving.miss(reception, number, visit.seat.staff, visit.now))


@receptions.route("/receptions/{reception}/bookings/{number}/visitor", methods=["POST"], content_types=FORM)
def look(reception: str, number: str) -> Response:
    """Who booked, in full, once: the look is on record."""

    def work(visit: Visit) -> Response:
        visitor = receiving.look(reception, number, visit.seat.staff, visit.now)
        return _day(visit, reception, unmasked={number: visitor})

    return seated(receptions, ROOM, work)


@receptions.route("/receptions/{reception}/bookings/{number}/hearing", methods=["POST"], content_types=FORM)
def hear(reception: str, number: str) -> Response:
    """The matter was heard. The slip with receipt and code is shown this once: nobody is shown it again."""

    def work(visit: Visit) -> Response:
        staff = visit.seat.staff
        try:
            receipt = receiving.hear(reception, number, visit.form, staff, visit.now)
        except Refused as refused:
            return _day(visit, reception, refused, number)
        shown = receiving.day(reception, staff, visit.now)
        return page(visit, "reception_slip", reception=shown.reception, receipt=receipt, origin=config().public_origin)

    return seated(receptions, ROOM, work)


@receptions.route("/receptions/{reception}/lay", methods=["POST"], content_types=FORM)
def invite_lay(reception: str) -> Response:
    """Lay supervisors are invited to be there."""
    return _step(
        reception, "lay", lambda visit: reception_lay.invite(reception, visit.form, visit.seat.staff, visit.now)
    )


@receptions.route("/receptions/{reception}/lay/withdrawal", methods=["POST"], content_types=FORM)
def uninvite_lay(reception: str) -> Response:
    """An invitation is taken back."""

    def step(visit: Visit) -> Reception:
        return reception_lay.uninvite(reception, visit.form.get("login", ""), visit.seat.staff, visit.now)

    return _step(reception, "lay", step)


def _step(reception: str, form: str, step: Callable[[Visit], Reception]) -> Response:
    """Take a step on a reception. What was typed is still there when it is refused."""

    def work(visit: Visit) -> Response:
        try:
            step(visit)
        except Refused as refused:
            return _day(visit, reception, refused, form)
        return done(f"{PLACE}/{reception}", form)

    return seated(receptions, ROOM, work)


def _calendar(visit: Visit, refused: Invalid | None = None) -> Response:
    return page(
        visit,
        "receptions",
        refused=refused,
        calendar=receiving.calendar(visit.seat.staff, visit.now),
        plans=_plans(visit),
    )


def _day(
    visit: Visit,
    reception: str,
    refused: Refused | None = None,
    form: str = "",
    unmasked: dict[str, Visitor] | None = None,
) -> Response:
    """The page. ``form``: the one that was refused, and is shown as it was filled in."""
    day = receiving.day(reception, visit.seat.staff, visit.now)
    return page(
        visit,
        "reception",
        refused=refused,
        day=day,
        lay=reception_lay.guests(day.reception, visit.seat.staff, visit.now),
        unmasked=unmasked or {},
        refused_form=form,
        letter_kinds=list(Kind),
        plans=_plans(visit),
    )


def _plans(visit: Visit) -> Plans:
    may = visit.role is Role.CLERK
    return Plans(may, receiving.leaders() if may else {}, list(ReceptionKind), MOST_PLACES, receiving.new_key())
