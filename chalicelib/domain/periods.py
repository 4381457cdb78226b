"""The spans of time that reports are about: a month, a quarter, a year."""

import re
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

_SHAPES = (
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])"),
    re.compile(r"(?P<year>[0-9]{4})-Q(?P<quarter>[1-4])"),
    re.compile(r"(?P<year>[0-9]{4})"),
)


class Span(StrEnum):
    """How long a report's period is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}


class Period(Struct, frozen=True):
    """A month, a quarter or a year of Shanghai's calendar. ``first``: its first day."""

    span: Span
    first: date

    @property
    def months(self) -> tuple[date, ...]:
        """Its months, each by its first day."""
        return tuple(shifted(self.first, number) for number in range(_MONTHS[self.span]))

    @property
    def last(self) -> date:
        """Its last day."""
        return shifted(self.first, _MONTHS[self.span]) - timedelta(days=1)

    @property
    def key(self) -> str:
        """How an address names it: 2026-10, 2026-Q4, 2026."""
        if self.span is Span.MONTH:
            return f"{self.first:%Y-%m}"
        return f"{self.first.year}-Q{self.quarter}" if self.span is Span.QUARTER else str(self.first.year)

    @property
    def quarter(self) -> int:
        """The quarter in which it begins, from 1."""
        return (self.first.month + 2) // 3

    @property
    def before(self) -> "Period":
        """The one before it, of the same span."""
        return Period(self.span, shifted(self.first, -_MONTHS[self.span]))

    @property
    def year_before(self) -> "Period":
        """The same one of the year before."""
        return Period(self.span, shifted(self.first, -12))


def shifted(month: date, by: int) -> date:
    """The first day of the month that comes ``by`` months after that of ``month``. Raises ValueError beyond 1…9999."""
    count = month.year * 12 + month.month - 1 + by
    return date(count // 12, count % 12 + 1, 1)


def period_of(span: Span, day: date) -> Period:
    """The period of ``span`` in which ``day`` lies."""
    months = _MONTHS[span]
    return Period(span, date(day.year, (day.month - 1) // months * months + 1, 1))


def read_period(text: str) -> Period | None:
    """The period that ``text`` names as ``Period.key`` does; None when it names none of the years 2000 to 2999."""
    for span, shape in zip(Span, _SHAPES, strict=True):
        found = shape.fullmatch(text)
        if found and 2000 <= int(found["year"]) <= 2999:
            parts = found.groupdict()
            month = int(parts.get("month") or 0) or (int(parts.get("quarter") or 1) - 1) * 3 + 1
            return Period(span, date(int(found["year"]), month, 1))
    return None
