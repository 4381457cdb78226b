"""The supervision room: what is yellow, red, or under an order."""

from chalice.app import Blueprint, Response

from chalicelib.desk import working
from chalicelib.entrypoints.console.visits import Visit, page, seated

supervision = Blueprint(__name__)


@supervision.route("/supervision", methods=["GET"])
def supervised() -> Response:
    """The lists of what is late or about to be, the worst first."""

    def work(visit: Visit) -> Response:
        return page(visit, "supervision", lists=working.under_watch(visit.seat.staff))

    return seated(supervision, "supervision", work)
