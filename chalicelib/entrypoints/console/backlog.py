"""The room of the backlog: how far the campaign has come, by leader, and what still needs an owner."""

from chalice.app import Blueprint, Response

from chalicelib.desk import arranging, backlog, cities
from chalicelib.desk.backlog import Starts
from chalicelib.domain.errors import FieldError, Invalid, Refused
from chalicelib.entrypoints.console.fields import whole
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated

backlogs = Blueprint(__name__)
ROOM = "backlog"


@backlogs.route("/backlog", methods=["GET"])
def campaign() -> Response:
    """The campaign."""
    return seated(backlogs, ROOM, _shown)


@backlogs.route("/backlog/{case_id}/owner", methods=["POST"], content_types=FORM)
def name_owner(case_id: str) -> Response:
    """包案 by the leader who was chosen, unless somebody was faster. What was chosen is kept when it is refused."""

    def work(visit: Visit) -> Response:
        seen = whole(visit.form.get("version", ""))
        owner = visit.form.get("owner", "")
        try:
            if not owner:
                raise Invalid([FieldError("owner", "campaign.choose")])
            arranging.name_owner(case_id, seen, visit.seat.staff, visit.now, owner)
        except Refused as refused:
            return _shown(visit, refused, case_id)
        return done(f"/console/{ROOM}", "owner")

    return seated(backlogs, ROOM, work)


def _shown(visit: Visit, refused: Refused | None = None, case_id: str = "") -> Response:
    """The page. ``case_id``: the one whose form was refused."""
    starts = Starts(*(whole(visit.query.get(name, ""), 0) for name in Starts.__struct_fields__))
    return page(
        visit,
        ROOM,
        refused=refused,
        room=backlog.room(visit.seat.staff, visit.now, starts),
        terms=cities.current().terms,
        changed="campaign.changed",
        refused_case=case_id,
        chosen=visit.form.get("owner", "") if refused else "",
    )
