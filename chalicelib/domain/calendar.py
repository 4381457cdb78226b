"""The working calendar: which days count, and when a term is over."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache, cached_property

from msgspec import Struct

from chalicelib.domain.terms import Term, TermUnit

# No daylight saving since 1991, and a function may be without the zone files.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
_DAY = timedelta(days=1)


class Moment(Struct, frozen=True):
    """A moment in UTC; ``provisional`` when it lies beyond the days the calendar knows."""

    at: datetime
    provisional: bool


class CalendarDay(Struct, frozen=True):
    """A day on which an office works, or does not, whatever else is known of it. ``note``: why."""

    day: date
    working: bool
    note: str


@dataclass(frozen=True)
class WorkingCalendar:
    """``holidays``: weekdays that are off; ``makeup_days``: weekend days that are worked (调休)."""

    holidays: frozenset[date]
    makeup_days: frozenset[date]
    covered_until: date

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on ``day`` (by the week alone where the calendar knows nothing yet)."""
        if day in self.makeup_days:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def amended(self, days: Collection[CalendarDay], years: Collection[int] = ()) -> "WorkingCalendar":
        """This calendar with an office's own ``days`` on top. ``years``: those whose days the office has entered whole.

        What is known grows year by year, without a gap: a deadline is provisional until its own year is entered whole.
        """
        off = frozenset(one.day for one in days if not one.working)
        worked = frozenset(one.day for one in days if one.working)
        known = self.covered_until
        while known.year + 1 in years:
            known = date(known.year + 1, 12, 31)
        return WorkingCalendar((self.holidays - worked) | off, (self.makeup_days - off) | worked, known)

    @cached_property
    def fingerprint(self) -> str:
        """The same for two calendars by which every term ends alike."""
        days = [sorted(f"{day:%Y-%m-%d}" for day in group) for group in (self.holidays, self.makeup_days)]
        return hashlib.sha256(f"{days}{self.covered_until}".encode()).hexdigest()[:16]

    def end_of(self, term: Term, start: datetime) -> Moment:
        """When ``term`` from ``start`` is over.

        A term in days does not count its first day and lasts to the end of its last (《民法典》 art. 201, 203); one in
        calendar days whose last day is off ends with the next working day (art. 203). Hours are exact (art. 201).
        """
        if term.unit is TermUnit.HOURS:
            end = start + timedelta(hours=term.amount)
            return Moment(end.astimezone(UTC), self._provisional(end.astimezone(SHANGHAI).date()))
        first = start.astimezone(SHANGHAI).date()
        if term.unit is TermUnit.WORKING_DAYS:
            last = self._working_day_after(first, term.amount)
        else:
            last = first + _DAY * term.amount
            if not self.is_working_day(last):
                last = self._working_day_after(last, 1)
        end = datetime.combine(last + _DAY, time(), SHANGHAI)
        return Moment(end.astimezone(UTC), self._provisional(last))

    def before(self, end: datetime, working_days: int) -> datetime:
        """The moment so many working days before ``end``."""
        day, left = end, working_days
        while left:
            day -= _DAY
            left -= self.is_working_day(day.astimezone(SHANGHAI).date())
        return day

    def _working_day_after(self, day: date, number: int) -> date:
        while number:
            day += _DAY
            number -= self.is_working_day(day)
        return day

    def _provisional(self, day: date) -> bool:
        return day > self.covered_until


@cache
def default_calendar() -> WorkingCalendar:
    """The State Council's calendar as the chinesecalendar package knows it."""
    from chinese_calendar.constants import holidays, workdays  # only where a term is counted

    return WorkingCalendar(
        holidays=frozenset(day for day in holidays if day.weekday() < 5),
        makeup_days=frozenset(day for day in workdays if day.weekday() >= 5),
        covered_until=date(max(day.year for day in holidays), 12, 31),
    )
