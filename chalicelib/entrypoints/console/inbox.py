"""The inbox of whoever is signed in."""

from chalice.app import Blueprint, Response

from chalicelib.desk import attending, telling_again, working
from chalicelib.domain.words import Role
from chalicelib.entrypoints.console.visits import Visit, page, seated

inbox = Blueprint(__name__)


@inbox.route("/inbox", methods=["GET"])
def entries() -> Response:
    """What happened to the visitor's cases, latest first."""

    def work(visit: Visit) -> Response:
        if visit.role is Role.LAY_SUPERVISOR:
            return page(visit, "inbox_lay", entries=attending.inbox_of(visit.seat.staff, visit.now))
        untold = telling_again.failures() if visit.role is Role.CLERK else 0
        return page(visit, "inbox", entries=working.inbox_of(visit.seat.staff), untold=untold)

    return seated(inbox, "inbox", work)
