"""一月一办结、一季一分析: a month is counted once, when it is over; reports are put together from what was counted."""

import time
from collections.abc import Iterable
from datetime import date, datetime
from itertools import chain

from msgspec import Struct

from chalicelib.desk import cities
from chalicelib.domain.case import Case
from chalicelib.domain.errors import NotFound
from chalicelib.domain.facts import CITY, month_of
from chalicelib.domain.periods import Period, Span, period_of, shifted
from chalicelib.domain.reports import Counts, Measure, Table, Tally, Totals, merged
from chalicelib.domain.roots import day_of
from chalicelib.domain.trends import USUAL_MONTHS
from chalicelib.storage import cases, reports
from chalicelib.storage.facts import ledger_of

LOOKED_BACK = 24  # months in which the first one is looked for
SERIES = 13  # months of a chart: the same month of the year before is the first
KEPT_FOR = 300.0  # seconds: how long the running month, once counted, is not counted again

_running: tuple[float, date, "Counted"] | None = None


class Counted(Struct, frozen=True):
    """A month's totals. ``provisional``: it is not over, and nothing is kept."""

    month: date
    at: datetime
    provisional: bool
    totals: Totals


class InMonth(Struct, frozen=True):
    """One month of a chart. ``counts``: None where nothing is known of it."""

    month: date
    counts: Counts | None


class Report(Struct, frozen=True):
    """A period's figures beside those it is compared with. None: nothing is known, or the period is not over.

    ``usual``: the three months before it together. ``missing``: its own months of which nothing is known.
    """

    period: Period
    counted_at: datetime
    provisional: bool
    missing: tuple[date, ...]
    totals: Totals
    before: Totals | None
    year_before: Totals | None
    usual: Totals | None
    series: tuple[InMonth, ...]


def close_months(at: datetime) -> list[date]:
    """Count every month that is over and was not counted yet, from the first one with a case on; gives them."""
    last = shifted(month_of(at), -1)
    first = shifted(last, 1 - LOOKED_BACK)
    kept = {head.month for head in reports.heads(first, last)}
    months = [shifted(first, number) for number in range(LOOKED_BACK)]
    begun = next(
        (place for place, month in enumerate(months) if month in kept or reports.anything_in(CITY, month)), None
    )
    closed = [] if begun is None else [month for month in months[begun:] if month not in kept]
    for month in closed:
        close_month(month, at)
    return closed


def close_month(month: date, at: datetime) -> Totals:
    """The totals of a month that is over, counted now unless they were before. Raises ValueError while it runs."""
    if month >= month_of(at):
        raise ValueError(f"{month:%Y-%m} is not over")
    head = reports.head_of(month)
    if head is not None:
        return reports.load(head)
    totals = count(month)
    reports.save(month, totals, at)
    return totals


def count(month: date) -> Totals:
    """What ``month`` comes to, from the city's ledger and every unit's, one after the other; each item is read once."""
    tally = Tally()
    for unit in chain((CITY,), (unit.id for unit in cities.current().units)):
        for told in ledger_of(unit, month):
            tally.add(unit, told.case_id, told.about, told.facts)
    return tally.totals()


def report(period: Period, now: datetime) -> Report:
    """A period's report. Raises NotFound for one that has not begun, or of which nothing is known."""
    months = [_counted(month, now) for month in period.months if month <= month_of(now)]
    known = [one for one in months if one is not None]
    if not known:
        raise NotFound()
    provisional = period.last >= day_of(now)
    shown = period.months[-1] if not provisional else month_of(now)
    return Report(
        period=period,
        counted_at=max(one.at for one in known),
        provisional=provisional,
        missing=tuple(month for month, one in zip(period.months, months, strict=False) if one is None),
        totals=merged(one.totals for one in known),
        before=None if provisional else _whole(period.before.months),
        year_before=None if provisional else _whole(period.year_before.months),
        usual=None if provisional else _whole(tuple(shifted(period.first, -by) for by in range(USUAL_MONTHS, 0, -1))),
        series=_series(shown, {one.month: one.totals.all for one in known}),
    )


def _counted(month: date, now: datetime) -> Counted | None:
    """A month as it is kept; one that was forgotten is counted and kept, the running one counted as it stands."""
    if month == month_of(now):
        return _as_it_stands(month, now)
    head = reports.head_of(month)
    if head is not None:
        return Counted(month, head.counted_at, provisional=False, totals=reports.load(head))
    if not reports.anything_in(CITY, month):
        return None
    return Counted(month, now, provisional=False, totals=close_month(month, now))


def _as_it_stands(month: date, now: datetime) -> Counted:
    global _running
    fresh = _running is not None and time.monotonic() - _running[0] < KEPT_FOR and _running[1] == month
    if not fresh:
        _running = (time.monotonic(), month, Counted(month, now, provisional=True, totals=count(month)))
    assert _running is not None
    return _running[2]


def _whole(months: tuple[date, ...]) -> Totals | None:
    """Several months as one; None unless each of them is known, for a part compares with nothing."""
    heads = reports.heads(months[0], months[-1])
    return merged(reports.load(head) for head in heads) if len(heads) == len(months) else None


def _series(last: date, counted: dict[date, dict[Measure, int]]) -> tuple[InMonth, ...]:
    first = shifted(last, 1 - SERIES)
    kept: dict[date, Counts] = {head.month: head.all for head in reports.heads(first, last)}
    known = {**kept, **counted}
    return tuple(InMonth(month, known.get(month)) for month in (shifted(first, by) for by in range(SERIES)))


def units_series(unit: str, report: Report) -> tuple[InMonth, ...]:
    """The months of a report's chart, of one unit alone; a month that is not over is not among what is known."""
    kept = {head.month: head for head in reports.heads(report.series[0].month, report.series[-1].month)}
    return tuple(
        InMonth(one.month, reports.load(kept[one.month], (Table.UNIT,)).unit(unit) if one.month in kept else None)
        for one in report.series
    )


def cases_now(case_ids: Iterable[str]) -> dict[str, Case]:
    """How the cases that a report names stand now."""
    wanted = sorted(set(case_ids))
    return cases.load_all(wanted) if wanted else {}


def periods(now: datetime) -> dict[Span, list[Period]]:
    """The periods that can be looked at, latest first: those of the months that are counted, and the running ones."""
    months = [month_of(now), *(month for month in reports.months() if month != month_of(now))]
    return {span: list(dict.fromkeys(period_of(span, month) for month in months)) for span in Span}
