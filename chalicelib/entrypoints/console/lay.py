"""The ledger of lay supervisors (信访监督员): who was invited how often in a year, as a page and as a spreadsheet."""

from chalice.app import Blueprint, Response

from chalicelib.desk import lay_ledger
from chalicelib.domain.errors import NotFound
from chalicelib.entrypoints.answers import HEADERS
from chalicelib.entrypoints.console.fields import whole
from chalicelib.entrypoints.console.visits import Visit, page, seated, words

lay = Blueprint(__name__)
ROOM = "lay"
YEARS = 5  # to choose from


@lay.route("/lay", methods=["GET"])
def ledger() -> Response:
    """One year, this one unless another is asked for."""

    def work(visit: Visit) -> Response:
        now = lay_ledger.this_year(visit.now)
        year = _year(visit.query.get("year", ""), now) or now
        return page(visit, ROOM, ledger=lay_ledger.ledger(year), years=[now - back for back in range(YEARS)])

    return seated(lay, ROOM, work)


@lay.route("/lay/{name}", methods=["GET"])
def spreadsheet(name: str) -> Response:
    """A year as ``2026.csv``."""

    def work(visit: Visit) -> Response:
        year = _year(name.removesuffix(".csv"), lay_ledger.this_year(visit.now))
        if year is None:
            raise NotFound()
        header = [words(visit, f"lay.column.{column}") for column in lay_ledger.COLUMNS]
        headers: dict[str, str | list[str]] = {
            **HEADERS,
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="lay-supervisors-{year}.csv"',
        }
        table = lay_ledger.as_csv(lay_ledger.ledger(year), header, visit.language)
        return Response(table, status_code=200, headers=headers)

    return seated(lay, ROOM, work)


def _year(text: str, now: int) -> int | None:
    """A year up to this one; None for what is none."""
    year = whole(text)
    return year if lay_ledger.FIRST_YEAR <= year <= now else None
