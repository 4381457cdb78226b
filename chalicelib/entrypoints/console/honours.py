"""表扬与批评: what is proposed, picked, approved and taken down."""

from collections.abc import Callable

from chalice.app import Blueprint, Response

from chalicelib.desk import honouring
from chalicelib.domain.errors import FieldError, Invalid, NotFound, Refused
from chalicelib.domain.honours import HONOUR_STEPS, Candidate, Ground, Honours
from chalicelib.domain.spans import Span, span
from chalicelib.entrypoints.console.fields import unknown, whole
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated

honours = Blueprint(__name__)
ROOM, PLACE = "assessment", "/console/honours"
LONGEST_CASE = 12  # digits


@honours.route("/honours", methods=["GET"])
def latest() -> Response:
    """The list of a month or a quarter, the latest unless another is asked for."""

    def work(visit: Visit) -> Response:
        asked = span(visit.query.get("span", ""))
        known = honouring.spans()
        if asked is None and not known:
            return page(visit, "honours", view="honours", months=[], chosen=None, room=None)
        return _shown(visit, asked or known[0])

    return seated(honours, ROOM, work)


@honours.route("/honours/{name}/picks", methods=["POST"], content_types=FORM)
def pick(name: str) -> Response:
    """A supervisor puts a case on the list. What looks like a person's data is hidden, shown, and confirmed."""

    def step(visit: Visit, of: Span, version: int) -> Honours:
        form = visit.form
        if form.get("ground") not in set(Ground):
            raise unknown("ground")
        case = "".join(char for char in form.get("case", "") if char.isascii() and char.isdigit())[:LONGEST_CASE]
        candidate = Candidate(form.get("unit", ""), case, Ground(form["ground"]))
        title, sentence = form.get("title", ""), form.get("sentence", "")
        if form.get("looked") != "yes":
            for field, text in (("title", title), ("sentence", sentence)):
                visit.form[field] = honouring.checked(candidate.case_id, text)
            if (visit.form["title"], visit.form["sentence"]) != (title, sentence):
                raise Invalid([FieldError("sentence", "honour.masked")])
        return honouring.pick(of, version, candidate, title, sentence, visit.seat.staff, visit.now)

    return _step(name, "pick", step)


@honours.route("/honours/{name}/removal", methods=["POST"], content_types=FORM)
def drop(name: str) -> Response:
    """A supervisor takes a case off the list before it is approved."""
    return _step(
        name,
        "drop",
        lambda visit, of, version: honouring.drop(of, version, visit.form.get("case", ""), visit.seat.staff, visit.now),
    )


@honours.route("/honours/{name}/approval", methods=["POST"], content_types=FORM)
def approve(name: str) -> Response:
    """The leader approves, and everybody may read it."""
    return _step(
        name,
        "approval",
        lambda visit, of, version: honouring.approve(
            of, version, visit.form.get("case", ""), visit.seat.staff, visit.now
        ),
    )


@honours.route("/honours/{name}/taking-down", methods=["POST"], content_types=FORM)
def take_down(name: str) -> Response:
    """The leader takes down what is public, with words."""

    def step(visit: Visit, of: Span, version: int) -> Honours:
        form = visit.form
        return honouring.take_down(
            of, version, form.get("case", ""), form.get("words", ""), visit.seat.staff, visit.now
        )

    return _step(name, "taking-down", step)


def _step(name: str, said: str, step: Callable[[Visit, Span, int], Honours]) -> Response:
    """Take a step on a list. What was typed is still there when it is refused."""

    def work(visit: Visit) -> Response:
        of = span(name)
        if of is None:
            raise NotFound()
        try:
            step(visit, of, whole(visit.form.get("version", "")))
        except Refused as refused:
            return _shown(visit, of, refused)
        return done(f"{PLACE}?span={of.name}", said)

    return seated(honours, ROOM, work)


def _shown(visit: Visit, of: Span, refused: Refused | None = None) -> Response:
    return page(
        visit,
        "honours",
        refused=refused,
        view="honours",
        months=[],
        chosen=None,
        room=honouring.room(of, visit.seat.staff),
        grounds=list(Ground),
        may={step for step, role in HONOUR_STEPS.items() if visit.role is role},
        changed="honour.changed",
    )
