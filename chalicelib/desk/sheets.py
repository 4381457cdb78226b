"""Tables for a spreadsheet: with a byte-order mark, so that Excel reads Chinese, and with nothing that it would run."""

import csv
import io
from collections.abc import Iterable, Mapping

from chalicelib.desk import cities
from chalicelib.domain.assessment import Part
from chalicelib.domain.ranking import Assessment, Row
from chalicelib.domain.words import UnitClass

COLUMNS = ("unit", "class", "received", "replied", "on_time", "due", "rated", *Part, "penalty", "score", "rank")
RUNS = tuple("=+-@\t\r\n\0＝＋－＠")  # OWASP, CSV Injection; the full-width ones run where people write Chinese


def sheet(rows: Iterable[Iterable[object]]) -> str:
    """``rows`` as CSV. A text that a spreadsheet would take for a formula begins with an apostrophe."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    for row in rows:
        writer.writerow([_safe(cell) if isinstance(cell, str) else cell for cell in row])
    return "\ufeff" + lines.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(RUNS) else text


def scores(assessment: Assessment, header: list[str], classes: Mapping[UnitClass, str], language: str) -> str:
    """A month's table as CSV. ``header``: the names of COLUMNS; ``classes``: the names of the units' classes."""
    city = cities.current()
    rows = []
    for row in assessment.rows:
        unit = city.unit(row.unit)
        rows.append([unit.name.within(language) if unit else row.unit, classes[row.unit_class], *_cells(row)])
    return sheet([header, *rows])


def _cells(row: Row) -> list[object]:
    shares = {component.part: component.value for component in row.components}
    values = [shares[part] for part in Part]
    percents = ["" if value is None else f"{value:.2%}" for value in values]
    return [
        row.received, row.replied, row.on_time, row.due, row.rated, *percents, row.penalty,
        "" if row.score is None else f"{row.score:.2f}", "" if row.rank is None else row.rank,
    ]  # fmt: skip
