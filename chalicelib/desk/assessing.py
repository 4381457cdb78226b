"""考核: a month's facts become its table. Read one unit's month at a time; counted again, the same."""

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from chalicelib.desk import cities
from chalicelib.domain.assessment import Part, Weights, assess_unit
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.ranking import Assessed, Assessment, Row, rank
from chalicelib.domain.words import UnitClass
from chalicelib.storage import assessments
from chalicelib.storage.facts import facts_of_month

WEIGHTS = Weights()
RUNS = tuple("=+-@\t\r\n\0＝＋－＠")  # OWASP, CSV Injection; the full-width ones run where people write Chinese


def month_before(at: datetime) -> date:
    """The first day of the month that ended last before ``at``, by Shanghai's calendar."""
    first = at.astimezone(SHANGHAI).date().replace(day=1)
    return (first - timedelta(days=1)).replace(day=1)


def assess(month: date, at: datetime) -> Assessment:
    """Count ``month`` (its first day) and keep its table. Twice, or a year later, it is the same but for ``at``."""
    assessed = []
    for unit in cities.current().units:
        figures = assess_unit(facts_of_month(unit.id, month), WEIGHTS)
        if figures.received or figures.due or figures.rated or figures.levels:
            assessed.append(Assessed(unit.id, unit.unit_class, figures))
    counted = Assessment(month, at, WEIGHTS.version, rank(assessed, WEIGHTS))
    assessments.save(counted)
    return counted


def table(month: date) -> Assessment | None:
    """A month's table, None before it was counted."""
    return assessments.load(month)


def months() -> list[date]:
    """The months that can be looked at, latest first."""
    return assessments.months()


def as_csv(assessment: Assessment, header: list[str], classes: Mapping[UnitClass, str], language: str) -> str:
    """A month's table for a spreadsheet: with a byte-order mark, so that Excel reads Chinese. ``header``: the
    columns' names, in the order of the columns; ``classes``: the names of the units' classes.
    """
    city = cities.current()
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(header)
    for row in assessment.rows:
        unit = city.unit(row.unit)
        writer.writerow(
            [_safe(unit.name.within(language) if unit else row.unit), classes[row.unit_class], *_cells(row)]
        )
    return "\ufeff" + lines.getvalue()


def _cells(row: Row) -> list[object]:
    shares = {component.part: component.value for component in row.components}
    values = [shares[part] for part in Part]
    percents = ["" if value is None else f"{value:.2%}" for value in values]
    return [
        row.received, row.replied, row.on_time, row.due, row.rated, *percents, row.penalty,
        "" if row.score is None else f"{row.score:.2f}", "" if row.rank is None else row.rank,
    ]  # fmt: skip


def _safe(text: str) -> str:
    """A spreadsheet runs what begins like a formula: an apostrophe makes it a text."""
    return f"'{text}" if text.startswith(RUNS) else text
