"""清理与报告: the mornings' lists, and the months', quarters' and years' reports."""

from datetime import date

from chalice.app import Blueprint, Response

from chalicelib.desk import cities, clearing, issuing, reporting
from chalicelib.desk.reporting import Report
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.errors import Invalid, NotAllowed, NotFound, Refused
from chalicelib.domain.papers import DRAFTERS
from chalicelib.domain.people import may_list
from chalicelib.domain.periods import Period, Span, read_period
from chalicelib.domain.reports import Listing, Measure, Named
from chalicelib.domain.words import UNIT_ROLES, Role
from chalicelib.entrypoints.console import report_data, report_papers, report_words
from chalicelib.entrypoints.console.report_figures import Speaker
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, redirect, seated

reports = Blueprint(__name__)
ROOM = "reports"
DAYS_SHOWN = 14
CASES_SHOWN = 40  # of each list on a report's page
PAPERS = f"/console/{ROOM}/papers"


@reports.route("/reports", methods=["GET"])
def overview() -> Response:
    """What there is."""

    def work(visit: Visit) -> Response:
        return page(
            visit,
            "reports/overview",
            days=clearing.days(DAYS_SHOWN),
            made_today=clearing.made_today(visit.now),
            may_make=visit.role in DRAFTERS,
            periods=reporting.periods(visit.now),
            spans=list(Span),
            speaker=speaker_of(visit),
            whole=own_unit(visit) is None,
            today=visit.now.astimezone(SHANGHAI).date(),
        )

    return seated(reports, ROOM, work)


def speaker_of(visit: Visit) -> Speaker:
    return Speaker(cities.current(), visit.language)


def own_unit(visit: Visit) -> str | None:
    """The one unit whose part this visitor sees; None who sees the whole."""
    return visit.seat.staff.unit or "" if visit.role in UNIT_ROLES else None


@reports.route("/reports/day", methods=["POST"], content_types=FORM)
def make_today() -> Response:
    """The day's list now, where the schedule has not made it."""

    def work(visit: Visit) -> Response:
        if visit.role not in DRAFTERS:
            raise NotAllowed(action=ROOM)
        return redirect(f"/console/{ROOM}/day/{clearing.make(visit.now).day:%Y-%m-%d}")

    return seated(reports, ROOM, work)


@reports.route("/reports/day/{name}", methods=["GET"])
def day(name: str) -> Response:
    """A morning's list as a page, or with .docx, .csv, .json at its end."""

    def work(visit: Visit) -> Response:
        stem, _, form = name.partition(".")
        found = clearing.morning(visit.seat.staff, _day(stem)).clearing
        if form == "docx":
            speaker = Speaker(cities.current(), report_papers.PAPER_LANGUAGE)
            return redirect(report_papers.handed_out(report_papers.clearing_list(found, speaker), f"{stem}.docx"))
        if form == "csv":
            return report_data.attachment(report_data.clearing_sheet(found, speaker_of(visit)), f"clearing-{stem}.csv")
        if form == "json":
            return report_data.clearing_json(found)
        if form:
            raise NotFound()
        return _day_page(visit, _day(stem))

    return seated(reports, ROOM, work)


@reports.route("/reports/day/{name}/endorsement", methods=["POST"], content_types=FORM)
def endorse(name: str) -> Response:
    """批阅."""

    def work(visit: Visit) -> Response:
        try:
            clearing.endorse(visit.seat.staff, _day(name), visit.form.get("words", ""), visit.now)
        except Invalid as refused:
            return _day_page(visit, _day(name), refused)
        return done(f"/console/{ROOM}/day/{name}", "endorsement")

    return seated(reports, ROOM, work)


def _day(text: str) -> date:
    """The day that ``text`` names. Raises NotFound."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound() from None


def _day_page(visit: Visit, chosen: date, refused: Refused | None = None) -> Response:
    morning = clearing.morning(visit.seat.staff, chosen)
    return page(
        visit,
        "reports/day",
        refused=refused,
        clearing=morning.clearing,
        endorsements=morning.endorsements,
        cases=morning.now,
        opens=frozenset(one for one, case in morning.now.items() if may_list(visit.seat.staff, case)),
        what=lambda matter: report_papers.what(matter, speaker_of(visit)),
        speaker=speaker_of(visit),
        may_endorse=visit.role is Role.LEADER,
        own=own_unit(visit) is not None,
    )


@reports.route("/reports/period/{name}", methods=["GET"])
def period(name: str) -> Response:
    """A month's, quarter's or year's report as a page, or with .csv, .json at its end."""

    def work(visit: Visit) -> Response:
        stem, _, form = name.partition(".")
        report = reporting.report(period_named(stem), visit.now)
        unit = own_unit(visit)
        if form == "csv":
            return report_data.attachment(
                report_data.report_sheet(report, speaker_of(visit), unit), f"report-{stem}.csv"
            )
        if form == "json":
            return report_data.report_json(report, speaker_of(visit), unit)
        if form:
            raise NotFound()
        return _period_page(visit, report, unit)

    return seated(reports, ROOM, work)


def period_named(text: str) -> Period:
    """The period that ``text`` names. Raises NotFound."""
    found = read_period(text)
    if found is None:
        raise NotFound()
    return found


def _period_page(visit: Visit, report: Report, unit: str | None) -> Response:
    speaker = speaker_of(visit)
    if unit is None:
        parts = report_words.told(report, speaker)
    else:
        parts = report_words.told_of_unit(report, unit, reporting.units_series(unit, report), speaker)
    named = {listing: _named(report, listing, unit) for listing in Listing}
    shown = {listing: several[:CASES_SHOWN] for listing, several in named.items()}
    now = reporting.cases_now(one.case_id for several in shown.values() for one in several)
    return page(
        visit,
        "reports/period",
        report=report,
        parts=parts,
        named=named,
        shown=shown,
        cases=now,
        opens={case_id for case_id, case in now.items() if may_list(visit.seat.staff, case)},
        totals={Listing.OVERDUE: Measure.OVERDUE, Listing.REPEATED: Measure.REPEATED},
        speaker=speaker,
        unit=unit,
        paper=issuing.of_period(report.period.key) if unit is None else None,
        may_draft=visit.role in DRAFTERS and not report.provisional,
    )


def _named(report: Report, listing: Listing, unit: str | None) -> list[Named]:
    return [one for one in report.totals.lists.get(listing, ()) if unit is None or one.unit == unit]
