"""The room of the keepers' exam: plan one, watch it, mark the answers, see and take away the results."""

from collections.abc import Callable
from datetime import timedelta

from chalice.app import Blueprint, Response

from chalicelib.desk import cities, sheets
from chalicelib.desk import exams as desk
from chalicelib.desk.exams import Room
from chalicelib.domain.errors import Invalid, Refused
from chalicelib.domain.exam import MOST_LETTERS, TELLS, Exam
from chalicelib.domain.exam_forms import Draft
from chalicelib.domain.exam_marks import ORDERS, Criterion, Result
from chalicelib.domain.words import Kind
from chalicelib.entrypoints.answers import HEADERS
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated, words
from chalicelib.web.templating import on_paper

exams = Blueprint(__name__)
ROOM, PLACE = "exams", "/console/exams"
KINDS = [kind for kind in Kind if kind is not Kind.ACCUSATION]
USUAL = {
    "opens": "09:00",
    "closes": "17:00",
    "term": "5",
    "read_within": "24",
    "points.read": "10",
    "points.answered": "30",
    "points.answers": "25",
    "points.acts": "15",
    "points.contact": "10",
    "points.manner": "10",
    "passes": "60",
}
"""What an empty plan proposes."""
COLUMNS = ("mailbox", "unit", "letter", "sent", "read", "answered", *Criterion, "points", "passed")


@exams.route("/exams", methods=["GET"])
def shelf() -> Response:
    """All exams, and the form for another."""
    return seated(exams, ROOM, _shelf)


@exams.route("/exams", methods=["POST"], content_types=FORM)
def plan() -> Response:
    """Plan an exam, or see first what it would be."""

    def work(visit: Visit) -> Response:
        staff = visit.seat.staff
        try:
            if visit.form.get("step") == "preview":
                return _shelf(visit, draft=desk.preview(visit.form, staff, visit.now))
            planned = desk.plan(visit.form, staff, visit.now)
        except Invalid as refused:
            return _shelf(visit, refused)
        return done(f"{PLACE}/{planned.id}", "plan")

    return seated(exams, ROOM, work)


@exams.route("/exams/{exam}", methods=["GET"])
def room(exam: str) -> Response:
    """One exam: how far it is, and what came of each letter."""
    return seated(exams, ROOM, lambda visit: _room(visit, exam))


@exams.route("/exams/{exam}/sending", methods=["POST"], content_types=FORM)
def start(exam: str) -> Response:
    """Begin to send."""
    return _step(exam, "sending", lambda visit: desk.start(exam, visit.seat.staff, visit.now))


@exams.route("/exams/{exam}/stop", methods=["POST"], content_types=FORM)
def stop(exam: str) -> Response:
    """What is not sent is not sent."""
    return _step(exam, "stop", lambda visit: desk.stop(exam, visit.seat.staff, visit.now))


@exams.route("/exams/{exam}/closure", methods=["POST"], content_types=FORM)
def close(exam: str) -> Response:
    """The results stand, and the units get to know."""

    def step(visit: Visit) -> Exam:
        return desk.close(exam, visit.form.get("anyway") == "yes", visit.seat.staff, visit.now)

    return _step(exam, "closure", step)


@exams.route("/exams/{exam}/results", methods=["GET"])
def spreadsheet(exam: str) -> Response:
    """The results for a spreadsheet, in the order of the page."""

    def work(visit: Visit) -> Response:
        shown = desk.room(exam, visit.seat.staff, visit.query.get("by", ""))
        headers: dict[str, str | list[str]] = {
            **HEADERS,
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="exam-{shown.exam.id}.csv"',
            "Cache-Control": "no-store",
        }
        return Response(_as_csv(shown, visit), status_code=200, headers=headers)

    return seated(exams, ROOM, work)


@exams.route("/exams/{exam}/papers/{mailbox}", methods=["GET"])
def paper(exam: str, mailbox: str) -> Response:
    """A letter and its answer, side by side."""
    return seated(exams, ROOM, lambda visit: _paper(visit, exam, mailbox))


@exams.route("/exams/{exam}/papers/{mailbox}", methods=["POST"], content_types=FORM)
def mark(exam: str, mailbox: str) -> Response:
    """Mark it, and go on to the next. What was given is still there when it is refused."""

    def work(visit: Visit) -> Response:
        try:
            following = desk.mark(exam, mailbox, visit.form, visit.seat.staff, visit.now)
        except Refused as refused:
            return _paper(visit, exam, mailbox, refused)
        return done(f"{PLACE}/{exam}/papers/{following}" if following else f"{PLACE}/{exam}", "mark")

    return seated(exams, ROOM, work)


def _step(exam: str, form: str, step: Callable[[Visit], Exam]) -> Response:
    def work(visit: Visit) -> Response:
        try:
            step(visit)
        except Refused as refused:
            return _room(visit, exam, refused, form)
        return done(f"{PLACE}/{exam}", form)

    return seated(exams, ROOM, work)


def _shelf(visit: Visit, refused: Invalid | None = None, draft: Draft | None = None) -> Response:
    return page(
        visit,
        "exams",
        refused=refused,
        shelf=desk.shelf(visit.seat.staff),
        draft=draft,
        sent_at=draft.first_and_last(visit.now) if draft else (),
        key=desk.new_key(),
        kinds=KINDS,
        most_letters=MOST_LETTERS,
        tells=TELLS,
        criteria=list(Criterion),
        typed=visit.form if refused or draft else {},
        usual=USUAL,
    )


def _room(visit: Visit, exam: str, refused: Refused | None = None, form: str = "") -> Response:
    order = visit.query.get("by", "")
    return page(
        visit,
        "exam",
        refused=refused,
        room=desk.room(exam, visit.seat.staff, order),
        order=order if order in ORDERS else next(iter(ORDERS)),
        orders=list(ORDERS),
        criteria=list(Criterion),
        refused_form=form,
    )


def _paper(visit: Visit, exam: str, mailbox: str, refused: Refused | None = None) -> Response:
    return page(
        visit,
        "exam_paper",
        refused=refused,
        script=desk.script(exam, mailbox, visit.seat.staff),
        criteria=list(Criterion),
    )


def _as_csv(shown: Room, visit: Visit) -> str:
    header = [words(visit, f"exams.column.{column}") for column in COLUMNS]
    return sheets.sheet([header, *(_cells(result, visit) for result in shown.results)])


def _cells(result: Result, visit: Visit) -> list[object]:
    city, paper = cities.current(), result.paper
    box, unit = city.mailbox(paper.mailbox), city.unit(paper.keeper)
    given = paper.looks[-1].points if paper.looks else {}
    return [
        box.name.within(visit.language) if box else paper.mailbox,
        unit.name.within(visit.language) if unit else paper.keeper,
        paper.letter + 1,
        on_paper(paper.sent_at),
        _hours(paper.read_after),
        _hours(paper.answered_after),
        *(given.get(one, "") for one in Criterion),
        result.points,
        words(visit, f"exams.passed.{'yes' if result.passed else 'no'}"),
    ]


def _hours(after: timedelta | None) -> str:
    return "" if after is None else f"{after / timedelta(hours=1):.1f}"
