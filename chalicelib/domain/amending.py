"""What an office changes in the working calendar: a day off in a typhoon, a year's 调休 when it is announced."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from msgspec import Struct

from chalicelib.domain.calendar import CalendarDay, WorkingCalendar
from chalicelib.domain.errors import FieldError, Invalid, NotFound
from chalicelib.domain.fields import FieldReader

ONE_DAY = timedelta(days=1)
LOOKS_BACK = 31  # days: nobody rewrites how the last year was worked
MOST_AT_ONCE = 31  # days
LONGEST_NOTE = 30
HOLIDAYS = ("new_year", "spring", "qingming", "labour", "dragon_boat", "mid_autumn", "national")
MOST_EXCHANGED = 10  # weekend days that a year's notice gives to work: at most eight so far
FIXED: dict[str, tuple[tuple[int, int], ...]] = {
    "new_year": ((1, 1),),
    "labour": ((5, 1), (5, 2)),
    "national": ((10, 1), (10, 2), (10, 3)),
}
"""Months and days that are holidays whatever the notice says (《全国年节及纪念日放假办法》 2024)."""
HOLIDAYS_OF_A_YEAR = 13
"""By the same rules. What is off more than the weekends, less what is worked in exchange, is never fewer."""


def last_day(today: date) -> date:
    """The last day that can be amended: nobody knows more than the next year."""
    return date(today.year + 1, 12, 31)


def add(
    days: tuple[CalendarDay, ...], calendar: WorkingCalendar, raw: Mapping[str, object], today: date
) -> tuple[CalendarDay, ...]:
    """``days`` with one more, or with a stretch of them. ``calendar``: the one in force, ``days`` included.

    ``raw``: ``day`` and ``to`` (YYYY-MM-DD; ``to`` may be empty), ``working`` ("yes" or "no"), ``note``. Of a stretch,
    what is so already (a weekend in a holiday) is passed over. Raises Invalid naming every field that is wrong.
    """
    reader = FieldReader(raw)
    first = _read_day(reader, "day", today, required=True)
    last = _read_day(reader, "to", today) or first
    answer = reader.text("working", required=True)
    if answer not in ("yes", "no"):
        reader.refuse("working", "field.unknown_choice")
    note = reader.text("note", required=True, longest=LONGEST_NOTE)
    if first is not None and last is not None:
        _check_stretch(reader, first, last, MOST_AT_ONCE)
    reader.raise_errors()
    assert first is not None
    assert last is not None
    changed = [day for day in _each(first, last) if calendar.is_working_day(day) is not (answer == "yes")]
    twice = [one.day for one in days if first <= one.day <= last]
    if twice:
        reader.refuse("day", "calendar.twice", day=f"{min(twice)}")
    elif not changed:
        reader.refuse("day", f"calendar.already.{answer}", day=f"{first}")
    reader.raise_errors()
    return _in_order(days, [CalendarDay(day, answer == "yes", note) for day in changed])


def remove(days: tuple[CalendarDay, ...], raw: Mapping[str, object], today: date) -> tuple[CalendarDay, ...]:
    """``days`` without those from ``day`` to ``to`` of ``raw``: what the packaged calendar says is in force again.

    Raises NotFound when there are none, Invalid for days so long past that nothing may be changed about them.
    """
    reader = FieldReader(raw)
    first = reader.day("day", latest=date.max)
    last = reader.day("to", latest=date.max) or first
    reader.raise_errors()
    if first is None or last is None:
        raise NotFound()
    gone = tuple(one for one in days if first <= one.day <= last)
    if not gone:
        raise NotFound()
    if not is_recent(gone[0].day, today):
        raise Invalid([FieldError("day", "calendar.too_old", (("days", str(LOOKS_BACK)),))])
    return tuple(one for one in days if one not in gone)


def is_recent(day: date, today: date) -> bool:
    """Whether the calendar may still be changed for ``day``."""
    return day >= today - ONE_DAY * LOOKS_BACK


def add_year(
    days: tuple[CalendarDay, ...],
    calendar: WorkingCalendar,
    raw: Mapping[str, object],
    names: Mapping[str, str],
    today: date,
) -> tuple[int, tuple[CalendarDay, ...]]:
    """The year after the last that is known, and ``days`` with all that the State Council's notice says of it.

    ``raw``: ``year``; ``from_NAME`` and ``to_NAME`` for each of HOLIDAYS; ``work_1`` … for weekend days worked in
    exchange. ``names``: what each of HOLIDAYS, and "exchanged", is called. Raises Invalid naming every field that is
    wrong: a holiday without its days, one that misses the days fixed by law, or fewer days off than the law gives.
    """
    reader = FieldReader(raw)
    year = calendar.covered_until.year + 1
    if reader.text("year", required=True) != str(year) or year > today.year + 1:
        reader.refuse("year", "calendar.not_next", year=str(year))
        reader.raise_errors()
    off: dict[date, str] = {}
    for name in HOLIDAYS:
        for day in _read_holiday(reader, name, year):
            off.setdefault(day, names[name])  # Mid-Autumn may lie within the National Day's week
    worked = _read_exchanged(reader, year, off)
    weekdays_off = [day for day in off if day.weekday() < 5]
    if not reader.errors and len(weekdays_off) - len(worked) < HOLIDAYS_OF_A_YEAR:
        reader.refuse("year", "calendar.too_few", off=str(len(weekdays_off)), worked=str(len(worked)))
    own = {one.day: one for one in days}
    entered = [CalendarDay(day, False, off[day]) for day in weekdays_off]
    entered += [CalendarDay(day, True, names["exchanged"]) for day in worked]
    for one in entered:
        if one.day in own and own[one.day].working is not one.working:
            reader.refuse("year", "calendar.twice", day=f"{one.day}")
    reader.raise_errors()
    return year, _in_order(days, [one for one in entered if one.day not in own and _is_new(one, calendar)])


def _read_holiday(reader: FieldReader, name: str, year: int) -> Iterator[date]:
    first, last = reader.day(f"from_{name}", latest=date.max), reader.day(f"to_{name}", latest=date.max)
    if first is None or last is None:
        reader.refuse(f"from_{name}" if first is None else f"to_{name}", "field.empty")
        return
    if not date(year - 1, 12, 24) <= first <= last <= date(year, 12, 31):
        reader.refuse(f"from_{name}", "calendar.not_in_year", year=str(year))
        return
    _check_stretch(reader, first, last, MOST_AT_ONCE, f"from_{name}")
    if any(not first <= date(year, month, day) <= last for month, day in FIXED.get(name, ())):
        reader.refuse(f"from_{name}", "calendar.misses_law")
        return
    yield from _each(first, last)


def _read_exchanged(reader: FieldReader, year: int, off: Mapping[date, str]) -> list[date]:
    """The weekend days that are worked; a New Year's can lie in the December before."""
    found: list[date] = []
    for number in range(1, MOST_EXCHANGED + 1):
        field = f"work_{number}"
        day = reader.day(field, latest=date.max)
        if day is None:
            continue
        if day.weekday() < 5:
            reader.refuse(field, "calendar.no_weekend", day=f"{day}")
        elif day in off:
            reader.refuse(field, "calendar.off_and_worked", day=f"{day}")
        elif not date(year - 1, 12, 1) <= day <= date(year, 12, 31):
            reader.refuse(field, "calendar.not_in_year", year=str(year))
        elif day in found:
            reader.refuse(field, "calendar.twice", day=f"{day}")
        found.append(day)
    return found


def _is_new(one: CalendarDay, calendar: WorkingCalendar) -> bool:
    """Whether the calendar says otherwise so far. What a year's last days already are is not entered again."""
    return calendar.is_working_day(one.day) is not one.working


def _read_day(reader: FieldReader, field: str, today: date, *, required: bool = False) -> date | None:
    day = reader.day(field, latest=date.max)
    if day is None:
        if required:
            reader.refuse(field, "field.empty")
    elif not is_recent(day, today):
        reader.refuse(field, "calendar.too_old", days=str(LOOKS_BACK))
    elif day > last_day(today):
        reader.refuse(field, "calendar.too_far", day=f"{last_day(today)}")
    return day


def _check_stretch(reader: FieldReader, first: date, last: date, most: int, field: str = "to") -> None:
    if last < first:
        reader.refuse(field, "calendar.backwards")
    elif (last - first).days >= most:
        reader.refuse(field, "calendar.too_long", most=str(most))


def _each(first: date, last: date) -> Iterator[date]:
    return (first + ONE_DAY * number for number in range((last - first).days + 1))


def _in_order(days: tuple[CalendarDay, ...], more: list[CalendarDay]) -> tuple[CalendarDay, ...]:
    return tuple(sorted((*days, *more), key=lambda one: one.day))


class Stretch(Struct, frozen=True):
    """Amended days in a row that say the same, as they were entered and can be taken back together."""

    first: date
    last: date
    working: bool
    note: str


def stretches(days: tuple[CalendarDay, ...], calendar: WorkingCalendar) -> list[Stretch]:
    """``days``, earliest first, put together where nothing but what is so anyway lies between."""
    found: list[Stretch] = []
    for one in days:
        before = found[-1] if found else None
        if before is not None and _goes_on(before, one, calendar):
            found[-1] = Stretch(before.first, one.day, one.working, one.note)
        else:
            found.append(Stretch(one.day, one.day, one.working, one.note))
    return found


def _goes_on(before: Stretch, one: CalendarDay, calendar: WorkingCalendar) -> bool:
    same = (before.working, before.note) == (one.working, one.note)
    between = _each(before.last + ONE_DAY, one.day - ONE_DAY)
    return same and all(calendar.is_working_day(day) is one.working for day in between)
