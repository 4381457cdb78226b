"""Tables for a spreadsheet: with a byte-order mark, so that Excel reads Chinese, and with nothing that it would run."""

import csv
import io
from collections.abc import Iterable, Mapping

from chalicelib.desk import cities
from chalicelib.domain.figures import Ground, Part
from chalicelib.domain.formula import Grade
from chalicelib.domain.ranking import Assessment, Row
from chalicelib.domain.words import UnitClass

COLUMNS = (
    "unit", "class", "received", "replied", "on_time", "due", "rated", "returned", "extended", "concluded",
    *Part, *Ground, "penalty", "bonus", "score", "grade", "rank", "cases", "sealed", "contested",
)  # fmt: skip
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


def scores(
    assessment: Assessment,
    header: list[str],
    classes: Mapping[UnitClass, str],
    grades: Mapping[Grade, str],
    language: str,
) -> str:
    """A month's table as CSV. ``header``: the names of COLUMNS; ``classes``, ``grades``: what they are called."""
    city = cities.current()
    rows = []
    for row in assessment.rows:
        unit = city.unit(row.unit)
        name = unit.name.within(language) if unit else row.unit
        rows.append([name, classes[row.unit_class], *_cells(row, "" if row.grade is None else grades[row.grade])])
    return sheet([header, *rows])


def _cells(row: Row, grade: str) -> list[object]:
    shares = {component.part: component.value for component in row.components}
    percents = ["" if (value := shares.get(part)) is None else f"{value:.2%}" for part in Part]
    cases = {charge.ground: len(charge.cases) for charge in row.charges}
    return [
        row.received, row.replied, row.on_time, row.due, row.rated, row.returned, row.extended, row.concluded,
        *percents, *(cases.get(ground, 0) for ground in Ground), row.penalty, row.bonus,
        "" if row.score is None else f"{row.score:.2f}", grade, "" if row.rank is None else row.rank,
        row.cases, row.left_out.sealed, row.left_out.contested,
    ]  # fmt: skip
