"""The room of the model: what is at work, how often persons agree with it, and how the one before is put back."""

from collections.abc import Callable

from chalice.app import Blueprint, Response

from chalicelib.desk import learning as desk
from chalicelib.domain.errors import Refused
from chalicelib.domain.learning import FEWEST_DECIDED, FEWEST_SURE, LEAST_SURE, MOST_SURE, RIGHT_WHEN_SURE, may_manage
from chalicelib.domain.words import Role
from chalicelib.entrypoints.console.fields import whole
from chalicelib.entrypoints.console.learning_figures import confusions_of, percent, rows_of, total_of
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated, words

learning = Blueprint(__name__)
ROOM, PLACE = "learning", "/console/learning"


@learning.route("/learning", methods=["GET"])
def look() -> Response:
    """The page; with ``said`` and ``was`` the cases of one confusion, for a clerk."""
    return seated(learning, ROOM, _shown)


@learning.route("/learning/return", methods=["POST"], content_types=FORM)
def put_back() -> Response:
    """The model before is at work again."""

    return _step("learning_back", lambda visit, seen: desk.put_back(seen, visit.seat.staff, visit.now))


@learning.route("/learning/threshold", methods=["POST"], content_types=FORM)
def set_threshold() -> Response:
    """How sure the model must be."""

    def set_there(visit: Visit, seen: int) -> None:
        desk.set_threshold(visit.form.get("sure_from", ""), seen, visit.seat.staff, visit.now)

    return _step("learning_threshold", set_there)


@learning.route("/learning/trial", methods=["POST"], content_types=FORM)
def end_trial() -> Response:
    """The model decides where it is sure."""

    return _step("learning_decides", lambda visit, seen: desk.let_decide(seen, visit.seat.staff, visit.now))


def _step(said: str, take: Callable[[Visit, int], object]) -> Response:
    """Take a step upon what its sender saw. ``said``: what is told when it was taken."""

    def work(visit: Visit) -> Response:
        try:
            take(visit, whole(visit.form.get("seen", "")))
        except Refused as refused:
            return _shown(visit, refused)
        return done(PLACE, said)

    return seated(learning, ROOM, work)


def _shown(visit: Visit, refused: Refused | None = None) -> Response:
    room = desk.room(visit.now)
    said, was = visit.query.get("said", ""), visit.query.get("was", "")
    opens = visit.role is Role.CLERK
    confusions = confusions_of(room.months, visit.language)
    chosen = next((one for one in confusions if (one.said, one.was) == (said, was)), None) if opens else None
    return page(
        visit,
        ROOM,
        refused=refused,
        changed="learning.changed",
        room=room,
        may_manage=may_manage(visit.seat.staff),
        opens=opens,
        rows=rows_of(room.months, visit.language),
        total=total_of(room.months, words(visit, "learning.all")),
        confusions=confusions,
        chosen=chosen,
        cases=desk.cases_of(said, was, visit.now) if chosen is not None else [],
        percent=percent,
        bounds={"least": str(LEAST_SURE), "most": str(MOST_SURE)},
        passing={"decided": str(FEWEST_DECIDED), "sure": str(FEWEST_SURE), "right": str(RIGHT_WHEN_SURE)},
    )
