"""公文: papers drafted from reports, edited, issued, and handed out as Word files."""

from chalice.app import Blueprint, Response

from chalicelib.desk import cities, issuing, reporting
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.errors import NotAllowed, NotFound, Refused, RuleBroken
from chalicelib.domain.papers import DRAFTERS, ISSUERS, LONGEST_LINE, LONGEST_TEXT, LONGEST_TITLE, Number
from chalicelib.entrypoints.console import report_papers, report_words
from chalicelib.entrypoints.console.fields import whole
from chalicelib.entrypoints.console.report_figures import Speaker
from chalicelib.entrypoints.console.reports import ROOM, own_unit, period_named
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, redirect, seated

papers = Blueprint(__name__)
PAPERS = f"/console/{ROOM}/papers"


@papers.route("/reports/period/{name}/paper", methods=["POST"], content_types=FORM)
def draft(name: str) -> Response:
    """Draft a paper of the period, when it is over."""

    def work(visit: Visit) -> Response:
        report = reporting.report(period_named(name), visit.now)
        if report.provisional:
            raise RuleBroken("report_running")
        speaker = Speaker(cities.current(), report_papers.PAPER_LANGUAGE)
        issuer = issuing.head_of(speaker.city).issuer
        title = speaker.say(f"paper.title.{report.period.span}", issuer=issuer, period=speaker.period(report.period))
        sections = report_words.sections(report, speaker)
        paper = issuing.draft(report.period.key, title, sections, visit.seat.staff, visit.now)
        return redirect(f"{PAPERS}/{paper.id}")

    return seated(papers, ROOM, work)


@papers.route("/reports/papers", methods=["GET"])
def overview() -> Response:
    """The drafts, and what was issued in a year."""

    def work(visit: Visit) -> Response:
        _whole(visit)
        asked = whole(visit.query.get("year", ""))
        this_year = visit.now.astimezone(SHANGHAI).year
        years = sorted({this_year, *issuing.years()}, reverse=True)
        year = asked if asked in years else this_year
        return page(
            visit,
            "reports/papers",
            drafts=issuing.drafts(),
            issued=issuing.issued_in(year),
            years=years,
            year=year,
        )

    return seated(papers, ROOM, work)


def _whole(visit: Visit) -> None:
    """Papers are the whole city's. Raises NotAllowed for whom only a unit's part is shown."""
    if own_unit(visit) is not None:
        raise NotAllowed(action=ROOM)


@papers.route("/reports/papers/{name}", methods=["GET"])
def paper(name: str) -> Response:
    """A paper, to be read, edited and issued; with .docx at its end, as a Word file."""

    def work(visit: Visit) -> Response:
        _whole(visit)
        stem, _, form = name.partition(".")
        found = issuing.paper_of(stem)
        if form == "docx":
            speaker = Speaker(cities.current(), report_papers.PAPER_LANGUAGE)
            return redirect(report_papers.handed_out(report_papers.official(found, speaker), f"{found.title}.docx"))
        if form:
            raise NotFound()
        return _paper_page(visit, stem)

    return seated(papers, ROOM, work)


@papers.route("/reports/papers/{name}/text", methods=["POST"], content_types=FORM)
def edit(name: str) -> Response:
    """Keep what was edited. What was typed is still there when it is refused."""

    def work(visit: Visit) -> Response:
        _whole(visit)
        try:
            issuing.edit(name, visit.form, _seen(visit), visit.seat.staff, visit.now)
        except Refused as refused:
            return _paper_page(visit, name, refused)
        return done(f"{PAPERS}/{name}", "text")

    return seated(papers, ROOM, work)


@papers.route("/reports/papers/{name}/issue", methods=["POST"], content_types=FORM)
def issue(name: str) -> Response:
    """印发."""

    def work(visit: Visit) -> Response:
        _whole(visit)
        try:
            issuing.issue(name, _seen(visit), visit.seat.staff, visit.now)
        except Refused as refused:
            return _paper_page(visit, name, refused)
        return done(f"{PAPERS}/{name}", "issue")

    return seated(papers, ROOM, work)


def _seen(visit: Visit) -> int:
    return whole(visit.form.get("version", ""))


def _paper_page(visit: Visit, name: str, refused: Refused | None = None) -> Response:
    found = issuing.paper_of(name)
    return page(
        visit,
        "reports/paper",
        refused=refused,
        paper=found,
        next_number=str(Number(issuing.head_of(cities.current()).word, *issuing.next_serial(visit.now))),
        may_edit=visit.role in DRAFTERS,
        may_issue=visit.role in ISSUERS,
        longest={"title": LONGEST_TITLE, "line": LONGEST_LINE, "text": LONGEST_TEXT},
    )


@papers.route("/admin/papers", methods=["POST"], content_types=FORM)
def letterhead() -> Response:
    """What all papers bear: an administrator's setting."""

    def work(visit: Visit) -> Response:
        issuing.set_letterhead(visit.form)
        return done("/console/admin", "papers")

    return seated(papers, "admin", work)
