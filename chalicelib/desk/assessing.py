"""考核: a month's facts become its table. Read one unit's month at a time; counted again, the same."""

from datetime import date, datetime, timedelta

from chalicelib.desk import cities, formulas
from chalicelib.domain.assessment import assess_unit
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.ranking import Assessed, Assessment, rank
from chalicelib.storage import assessments
from chalicelib.storage.facts import facts_of, ledger_of


def month_before(at: datetime) -> date:
    """The first day of the month that ended last before ``at``, by Shanghai's calendar."""
    first = at.astimezone(SHANGHAI).date().replace(day=1)
    return (first - timedelta(days=1)).replace(day=1)


def assess(month: date, at: datetime) -> Assessment:
    """Count ``month`` (its first day) and keep its table. Twice, or a year later, it is the same but for ``at``."""
    formula = formulas.in_force(month)
    assessed = []
    for unit in cities.current().units:
        told = tuple(ledger_of(unit.id, month))
        sealed = frozenset(one.case_id for one in told if one.about.sealed)
        figures = assess_unit(facts_of(told), formula, sealed=sealed)
        if not figures.empty:
            assessed.append(Assessed(unit.id, unit.unit_class, figures))
    counted = Assessment(month, at, formula.version, rank(assessed, formula))
    assessments.save(counted)
    return counted


def table(month: date) -> Assessment | None:
    """A month's table, None before it was counted."""
    return assessments.load(month)


def months() -> list[date]:
    """The months that can be looked at, latest first."""
    return assessments.months()
