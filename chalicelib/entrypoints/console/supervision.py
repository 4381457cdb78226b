"""The supervision room: orders by office and level, what is to be inspected, what is late; and circulars."""

from chalice.app import Blueprint, Response

from chalicelib.desk import cities, overseeing
from chalicelib.domain.city import LEVELS
from chalicelib.entrypoints.console.fields import unknown
from chalicelib.entrypoints.console.visits import Visit, page, seated

supervision = Blueprint(__name__)
CHOSEN = "case."  # by which the boxes of a circular's cases begin: case.310000000001=yes


@supervision.route("/supervision", methods=["GET"])
def supervised() -> Response:
    """The lists of what is under an order, late or about to be, the worst first."""
    return seated(
        supervision, "supervision", lambda visit: page(visit, "supervision", room=overseeing.room(visit.seat.staff))
    )


@supervision.route("/supervision/circular", methods=["GET"])
def circular() -> Response:
    """通报: matters under an order of one level, by unit, to be printed and sent to them."""

    def work(visit: Visit) -> Response:
        from chalicelib.domain.masking import mask  # its patterns take 4 ms, and few pages need them

        level = visit.query.get("level", "")
        if level not in [str(one) for one in LEVELS]:
            raise unknown("level")
        chosen = {name.removeprefix(CHOSEN) for name in visit.query if name.startswith(CHOSEN)}
        blamed = overseeing.circular(visit.seat.staff, int(level), chosen)
        offices = cities.current().supervised_by(int(level))
        return page(visit, "circular", blamed=blamed, level=level, offices=offices, hide=mask)

    return seated(supervision, "supervision", work)
