"""The assessment: the months' tables of units and of mailboxes, a year's, as pages and as spreadsheets."""

import time
from collections.abc import Callable
from datetime import date, datetime
from datetime import time as clock

from chalice.app import Blueprint, Response

from chalicelib.desk import administering, assessing, backlog, honouring, run_sheets, sheets
from chalicelib.desk.assessing import Proof, Table
from chalicelib.domain.assessment import Part
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.errors import NotFound, Refused
from chalicelib.domain.formula import Grade
from chalicelib.domain.mailbox_figures import Box
from chalicelib.domain.people import Staff
from chalicelib.domain.runs import RUN_STEPS, RunState, RunStep
from chalicelib.domain.spans import Span, span
from chalicelib.domain.words import UNIT_ROLES, Role, UnitClass
from chalicelib.entrypoints.answers import HEADERS
from chalicelib.entrypoints.console.fields import whole
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated, words

assessment = Blueprint(__name__)
ROOM, PLACE = "assessment", "/console/assessment"
AT_MOST = 18.0  # seconds for one answer: the gateway waits 29
MONTHS_BACK = 12  # that a supervisor may have counted


@assessment.route("/assessment", methods=["GET"])
def table() -> Response:
    """One month's table, the latest unless another is asked for; ``view`` says of what."""
    return seated(assessment, ROOM, _shown)


@assessment.route("/assessment", methods=["POST"], content_types=FORM)
def count() -> Response:
    """A month that was not counted is. What does not fit into one answer is gone on with by the sweep."""

    def work(visit: Visit) -> Response:
        month = _month(visit.form.get("month", ""))
        if month is None:
            raise NotFound()
        try:
            run = assessing.count_past(month, visit.seat.staff, visit.now, _while_there_is_time())
        except Refused as refused:
            return _shown(visit, refused)
        return done(f"{PLACE}?month={month:%Y-%m}", "count" if run is not None else "counting")

    return seated(assessment, ROOM, work)


@assessment.route("/assessment/{name}", methods=["GET"])
def spreadsheet(name: str) -> Response:
    """A month's table as ``2026-10.csv``, its mailboxes as ``2026-10-mailboxes.csv``; a year's as ``2026.csv``."""

    def work(visit: Visit) -> Response:
        wanted = name.removesuffix(".csv")
        month = _month(wanted.removesuffix("-mailboxes"))
        if month is None:
            found = span(wanted)
            if found is None:
                raise NotFound()
            return _file(visit, name, _sums_sheet(visit, found))
        counted = _counted(month)
        if wanted.endswith("-mailboxes"):
            return _file(visit, name, _mailboxes_sheet(visit, counted))
        header = [words(visit, f"column.{column}") for column in sheets.COLUMNS]
        grades = {one: words(visit, f"grade.{one}") for one in Grade}
        return _file(visit, name, sheets.scores(counted.assessment, header, _classes(visit), grades, visit.language))

    return seated(assessment, ROOM, work)


@assessment.route("/assessment/{name}/publication", methods=["POST"], content_types=FORM)
def publish(name: str) -> Response:
    """The leader approves, and the run is frozen."""

    def work(visit: Visit) -> Response:
        try:
            run = assessing.publish(_named(name), whole(visit.form.get("version", "")), visit.seat.staff, visit.now)
        except Refused as refused:
            return _shown(visit, refused, _named(name))
        return done(f"{PLACE}?month={run.month:%Y-%m}", "publication")

    return seated(assessment, ROOM, work)


@assessment.route("/assessment/{name}/recount", methods=["POST"], content_types=FORM)
def recount(name: str) -> Response:
    """Count a run again from the ledgers, and say what differs. Nothing is written."""

    def work(visit: Visit) -> Response:
        start = whole(visit.form.get("start", "0"))
        proof = assessing.recount(_named(name), visit.seat.staff, max(0, start), _while_there_is_time())
        return _shown(visit, month=_named(name), proof=proof)

    return seated(assessment, ROOM, work)


def _while_there_is_time() -> Callable[[], bool]:
    ends = time.monotonic() + AT_MOST
    return lambda: time.monotonic() < ends


def _shown(
    visit: Visit, refused: Refused | None = None, month: date | None = None, proof: Proof | None = None
) -> Response:
    """The page: of units, of mailboxes, or of a year."""
    match visit.query.get("view", ""):
        case "mailboxes":
            return _mailboxes(visit)
        case "year":
            return _year(visit)
    months = assessing.months()
    chosen = month or _month(visit.query.get("month", "")) or (months[0] if months else None)
    counted = assessing.run_table(chosen) if chosen else None
    run = counted.run if counted is not None else None
    contestable = run is not None and run.state is RunState.COUNTED and visit.now <= run.contest_until
    head = visit.role is Role.HEAD and contestable
    return page(
        visit,
        "assessment",
        refused=refused,
        view="units",
        months=months,
        chosen=chosen,
        run=run,
        table=counted.assessment if counted is not None else None,
        contest_ended=run is not None and visit.now > run.contest_until,
        contestable=visit.seat.staff.unit if head else "",
        may={step for step in RunStep if visit.role in RUN_STEPS[step]},
        reads_contests=visit.role in UNIT_ROLES | {Role.SUPERVISOR, Role.LEADER},
        uncounted=_uncounted(visit, months),
        parts=list(Part),
        changed="assessment.changed",
        proof=proof,
    )


def _uncounted(visit: Visit, months: list[date]) -> list[date]:
    found, month = [], visit.now
    for _ in range(MONTHS_BACK):
        first = assessing.month_before(month)
        found += [first] if first not in months else []
        month = _noon(first)
    return found


def _noon(first: date) -> datetime:
    return datetime.combine(first, clock(12), SHANGHAI)


def _mailboxes(visit: Visit) -> Response:
    """信箱与领导: a keeper's own first, then leaders' own, then the others."""
    months = assessing.months()
    chosen = _month(visit.query.get("month", "")) or (months[0] if months else None)
    counted = assessing.run_table(chosen) if chosen else None
    boxes = assessing.mailboxes(counted.run) if counted is not None else ()
    own = [box for box in boxes if _is_own(box, visit.seat.staff)]
    return page(
        visit,
        "assessment_mailboxes",
        view="mailboxes",
        months=months,
        chosen=chosen,
        run=counted.run if counted is not None else None,
        own=own,
        leaders=[box for box in boxes if box.leader and box not in own],
        others=_busiest([box for box in boxes if not box.leader and box not in own]),
        people=administering.by_login(),
        campaign=backlog.figures(),
    )


def _is_own(box: Box, staff: Staff) -> bool:
    return (staff.unit is not None and box.keeper == staff.unit) or box.leader == staff.login


def _busiest(boxes: list[Box]) -> list[Box]:
    return sorted(boxes, key=lambda box: (box.empty, -box.received, box.mailbox))


def _year(visit: Visit) -> Response:
    months = assessing.months()
    years = sorted({month.year for month in months}, reverse=True)
    asked = span(visit.query.get("year", ""))
    chosen = asked or (Span(f"{years[0]:04}") if years else None)
    found, counted = honouring.sums(chosen) if chosen is not None else ((), ())
    return page(
        visit,
        "assessment_year",
        view="year",
        months=months,
        years=years,
        chosen=None,
        span=chosen,
        sums=found,
        counted=counted,
        parts=list(Part),
    )


def _file(visit: Visit, name: str, body: str) -> Response:
    """A spreadsheet to keep. ``name`` was parsed: it holds nothing but digits, letters and dashes."""
    headers: dict[str, str | list[str]] = {
        **HEADERS,
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="assessment-{name.removesuffix(".csv")}.csv"',
    }
    return Response(body, status_code=200, headers=headers)


def _sums_sheet(visit: Visit, of: Span) -> str:
    header = [words(visit, f"column.{column}") for column in run_sheets.SUM_COLUMNS]
    return run_sheets.sums(honouring.sums(of)[0], header, _classes(visit), visit.language)


def _mailboxes_sheet(visit: Visit, counted: Table) -> str:
    header = [words(visit, f"column.{column}") for column in run_sheets.MAILBOX_COLUMNS]
    return run_sheets.mailboxes(assessing.mailboxes(counted.run), administering.by_login(), header, visit.language)


def _classes(visit: Visit) -> dict[UnitClass, str]:
    return {one: words(visit, f"unit_class.{one}") for one in UnitClass}


def _counted(month: date) -> Table:
    counted = assessing.run_table(month)
    if counted is None:
        raise NotFound()
    return counted


def _named(name: str) -> date:
    month = _month(name)
    if month is None:
        raise NotFound()
    return month


def _month(text: str) -> date | None:
    found = span(text)
    return found.months[0] if found is not None and len(found.months) == 1 else None
