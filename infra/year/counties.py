"""What the stored ledgers say of the year: received and handled by place, level and mailbox, each letter once."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date

from msgspec import Struct, field
from tqdm import tqdm

from chalicelib.desk import cities, reporting
from chalicelib.domain.assessment import Fact, FactKind
from chalicelib.domain.facts import CITY, About
from chalicelib.domain.report_tables import CountyRow, county_table, percent
from chalicelib.domain.reports import merged
from chalicelib.domain.words import Kind, Level
from chalicelib.storage.facts import Told, ledger_of
from infra.year.city import PLACES, SECRETARY, SECRETARY_BOX, county_code
from infra.year.marginals import DISTRICT
from infra.year.plan import MONTHS


class Row(Struct):
    """A place's line. ``rate``: handled of received, in percent."""

    received: int = 0
    handled: int = 0
    rate: float = 0.0


class Counted(Struct):
    """The published figures, as they stand in the ledgers."""

    counties: dict[str, Row]
    district: Row
    cases: int = 0
    unit_month_cases: int = 0  # a case counts once in each unit's month in which anything happened to it there
    levels: dict[str, int] = field(default_factory=dict)  # received, by the level of the mailbox
    answered: int = 0
    answered_rate: float = 0.0
    on_time: int = 0
    advice: int = 0
    secretary: int = 0
    secretary_in_person: int = 0
    secretary_advice: int = 0


def count(scored: tuple[date, ...]) -> Counted:
    """Count the year, and the cases of its ``scored`` months.

    Received and handled by county is the desk's own table, as its reports have it; what else was published is read off
    the ledgers: whoever was answered at least once is answered, and on time by the first answer.
    """
    arrived = [one.about for _, one in _told(CITY) for fact in one.facts if fact.kind is FactKind.ARRIVED]
    answers, of_units = _first_answers(scored)
    levels = _levels()
    rows = _by_place()
    secretary = [about for about in arrived if about.mailbox == SECRETARY_BOX]
    whole = _row(len(arrived), len(answers))
    return Counted(
        counties={place: row for place, row in rows.items() if place != DISTRICT},
        district=rows[DISTRICT],
        cases=len(arrived),
        unit_month_cases=of_units,
        levels=dict(Counter(levels[about.mailbox].value for about in arrived)),
        answered=whole.handled,
        answered_rate=whole.rate,
        on_time=sum(bool(fact.in_time) for _, fact, _ in answers),
        advice=sum(about.kind is Kind.ADVICE for about in arrived),
        secretary=len(secretary),
        secretary_in_person=sum(unit == SECRETARY for _, _, unit in answers),
        secretary_advice=sum(about.kind is Kind.ADVICE for about in secretary),
    )


def _first_answers(scored: tuple[date, ...]) -> tuple[list[tuple[About, Fact, str]], int]:
    """Of each letter its first answer, and the unit that gave it: what was done again was answered before. And how
    many cases the units' ``scored`` months have.
    """
    first: dict[str, tuple[About, Fact, str]] = {}
    cases = 0
    for unit in tqdm(cities.current().units, desc="ledgers", unit="", file=sys.stderr):
        for month, one in _told(unit.id):
            cases += month in scored
            for fact in one.facts:
                known = first.get(fact.receipt)
                if fact.kind is FactKind.REPLIED and (known is None or fact.at < known[1].at):
                    first[fact.receipt] = (one.about, fact, unit.id)
    return list(first.values()), cases


def _told(unit: str) -> Iterator[tuple[date, Told]]:
    for month in MONTHS:
        yield from ((month, one) for one in ledger_of(unit, month))


def _by_place() -> dict[str, Row]:
    totals = merged(reporting.count(month) for month in tqdm(MONTHS, desc="months", unit="", file=sys.stderr))
    table = {one.area: one for one in county_table(totals, cities.current())}
    rows = {place: table.get(county_code(place), CountyRow("", 0, 0)) for place in PLACES}
    return {place: _row(one.received, one.handled) for place, one in rows.items()}


def _row(received: int, handled: int) -> Row:
    return Row(received, handled, float(percent(handled, received) or 0))


def _levels() -> dict[str, Level]:
    """The level of each mailbox: its keeper's."""
    city = cities.current()
    of_unit = {unit.id: unit.level for unit in city.units}
    return {box.id: of_unit[box.keeper] for box in city.mailboxes}
