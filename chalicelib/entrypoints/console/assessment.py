"""The assessment: the months' tables, as a page and as a spreadsheet."""

from datetime import date

from chalice.app import Blueprint, Response

from chalicelib.desk import assessing, sheets
from chalicelib.domain.assessment import Part
from chalicelib.domain.errors import NotFound
from chalicelib.domain.formula import Grade
from chalicelib.domain.ranking import Assessment
from chalicelib.domain.words import UnitClass
from chalicelib.entrypoints.answers import HEADERS
from chalicelib.entrypoints.console.visits import Visit, page, seated, words

assessment = Blueprint(__name__)


@assessment.route("/assessment", methods=["GET"])
def table() -> Response:
    """One month's table, the latest unless another is asked for."""

    def work(visit: Visit) -> Response:
        months = assessing.months()
        chosen = _month(visit.query.get("month", "")) or (months[0] if months else None)
        counted = assessing.table(chosen) if chosen else None
        return page(visit, "assessment", months=months, chosen=chosen, table=counted, parts=list(Part))

    return seated(assessment, "assessment", work)


@assessment.route("/assessment/{name}", methods=["GET"])
def spreadsheet(name: str) -> Response:
    """A month's table as ``2026-10.csv``."""

    def work(visit: Visit) -> Response:
        counted = _counted(name.removesuffix(".csv"))
        header = [words(visit, f"column.{column}") for column in sheets.COLUMNS]
        headers: dict[str, str | list[str]] = {
            **HEADERS,
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="assessment-{counted.month:%Y-%m}.csv"',
        }
        classes = {one: words(visit, f"unit_class.{one}") for one in UnitClass}
        grades = {one: words(visit, f"grade.{one}") for one in Grade}
        body = sheets.scores(counted, header, classes, grades, visit.language)
        return Response(body, status_code=200, headers=headers)

    return seated(assessment, "assessment", work)


def _counted(text: str) -> Assessment:
    month = _month(text)
    counted = assessing.table(month) if month else None
    if counted is None:
        raise NotFound()
    return counted


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
