"""The inbox of whoever is signed in, and the record of what citizens were told."""

from datetime import datetime, time

from chalice.app import Blueprint, Response

from chalicelib.desk import attending, working
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.words import Role
from chalicelib.entrypoints.console.visits import Visit, page, seated

inbox = Blueprint(__name__)


@inbox.route("/inbox", methods=["GET"])
def entries() -> Response:
    """What happened to the visitor's cases, latest first."""

    def work(visit: Visit) -> Response:
        if visit.role is Role.LAY_SUPERVISOR:
            return page(visit, "inbox_lay", entries=attending.inbox_of(visit.seat.staff, visit.now))
        return page(visit, "inbox", entries=working.inbox_of(visit.seat.staff))

    return seated(inbox, "inbox", work)


@inbox.route("/messages", methods=["GET"])
def messages() -> Response:
    """Every SMS and e-mail of one day, latest first."""

    def work(visit: Visit) -> Response:
        chosen = _day(visit.query.get("day", ""), visit.now)
        return page(visit, "messages", sent=working.told_on(chosen), chosen=day_in_shanghai(chosen))

    return seated(inbox, "messages", work)


def _day(text: str, now: datetime) -> datetime:
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time(12), SHANGHAI)
    except ValueError:
        return now
