"""The tables of a report: places up their three levels, subjects by group, units by class, and how much was handled."""

from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

from chalicelib.domain.city import City, Name
from chalicelib.domain.reports import Counts, Measure, Table, Totals
from chalicelib.domain.words import Level

NOWHERE = ""  # of no known place, or of one above the level asked for
_HUNDREDTH = Decimal("0.01")


class CountyRow(Struct, frozen=True):
    """A county's line. ``area``: its code; "" for what lies in no county."""

    area: str
    received: int
    handled: int

    @property
    def rate(self) -> Decimal | None:
        """Handled of received, in percent."""
        return percent(self.handled, self.received)


def percent(part: int, whole: int) -> Decimal | None:
    """``part`` of ``whole`` in percent, to two places, halves up; None of nothing."""
    return None if not whole else (Decimal(part * 100) / whole).quantize(_HUNDREDTH, ROUND_HALF_UP)


def county_table(totals: Totals, city: City) -> tuple[CountyRow, ...]:
    """受理、办结 by county: what came from each county, and of how much of it citizens had an answer.

    An answer is a unit's reply, the earlier result told, or that the matter is not accepted or was referred, with the
    ground. The counties stand in the city's order, then what lies in none. Together they are the whole city.
    """
    rows = by_level(totals, city, Level.COUNTY)
    codes = [area.code for area in city.areas if area.level is Level.COUNTY]
    table = [_county_row(code, rows.get(code, {})) for code in codes]
    nowhere = _county_row(NOWHERE, rows.get(NOWHERE, {}))
    return (*table, nowhere) if nowhere.received or nowhere.handled else tuple(table)


def _county_row(code: str, counts: Counts) -> CountyRow:
    return CountyRow(code, counts.get(Measure.ARRIVED, 0), counts.get(Measure.HANDLED, 0))


def by_level(totals: Totals, city: City, level: Level) -> dict[str, Counts]:
    """The counts by the areas of one level, whatever lies in them together."""
    return _regrouped(totals.of(Table.AREA), lambda code: area_at(code, city, level))


def area_at(code: str, city: City, level: Level) -> str:
    """The area of ``level`` in which ``code`` lies; NOWHERE where it lies in none."""
    area = city.area(code)
    while area is not None and area.level is not level:
        area = city.area(area.parent)
    return NOWHERE if area is None else area.code


def by_group(totals: Totals, city: City) -> dict[str, Counts]:
    """The counts by the groups of subjects, by their Chinese names; "" for what has no subject."""
    return _regrouped(totals.of(Table.CATEGORY), lambda category: _group(category, city))


def _group(category: str, city: City) -> str:
    found = city.category(category)
    return "" if found is None else (found.group or found.name).zh


def group_names(city: City) -> dict[str, Name]:
    """The groups of subjects in both languages, by their Chinese names."""
    return {(one.group or one.name).zh: one.group or one.name for one in city.categories}


def by_class(totals: Totals, city: City) -> dict[str, Counts]:
    """The counts of what units did by the units' classes; "" for a unit that is no more."""
    return _regrouped(totals.of(Table.UNIT), lambda unit: found.unit_class if (found := city.unit(unit)) else "")


def _regrouped(rows: Mapping[str, Counts], group: Callable[[str], str]) -> dict[str, Counts]:
    together: dict[str, list[Counts]] = {}
    for key, counts in rows.items():
        together.setdefault(group(key), []).append(counts)
    return {key: added(several) for key, several in together.items()}


def added(several: Iterable[Counts]) -> Counts:
    """Several counts as one."""
    total: dict[Measure, int] = {}
    for counts in several:
        for measure, number in counts.items():
            total[measure] = total.get(measure, 0) + number
    return total
