"""运行状况: how the desk itself stands, for whoever looks after it."""

from chalice.app import Blueprint, Response

from chalicelib.config import VERSION
from chalicelib.desk.standing import State, signs
from chalicelib.entrypoints.console.visits import Visit, page, seated

standing = Blueprint(__name__)


@standing.route("/standing", methods=["GET"])
def overview() -> Response:
    """Every sign with its light, what it means, and what to do next; the worst first."""
    return seated(standing, "standing", _shown)


def _shown(visit: Visit) -> Response:
    found = signs(visit.now)
    worst = found[0].state
    return page(visit, "standing", signs=found, worst=worst, states=list(State), version=VERSION)
