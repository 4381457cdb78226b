"""考核: a month's facts become its table. Read one unit's month at a time; counted again, the same."""

from datetime import date, datetime, timedelta

from chalicelib.desk import cities
from chalicelib.domain.assessment import Weights, assess_unit
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.ranking import Assessed, Assessment, rank
from chalicelib.storage import assessments
from chalicelib.storage.facts import facts_of_month

WEIGHTS = Weights()


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
