"""When the desk talks: the hours of 在线沟通, by the working calendar. Data that an office replaces."""

import re
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from chalicelib.domain.calendar import SHANGHAI, WorkingCalendar

LOOKS_AHEAD = 30  # days: no holiday is as long
_MINUTE = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")
_LAST = 24 * 60  # minutes


class Session(Struct, frozen=True):
    """A stretch of a working day in Shanghai, "09:00" to "12:00"; the end of the day is "24:00"."""

    opens: str
    closes: str


class TalkHours(Struct, frozen=True):
    """``on``: whether the desk talks at all; ``always``: at every hour of every day; else in the sessions of working
    days. ``phrases``: what clerks often say, to be put in by a click.
    """

    on: bool = True
    always: bool = False
    sessions: tuple[Session, ...] = (Session("09:00", "12:00"), Session("13:30", "17:00"))
    phrases: tuple[str, ...] = ()


def open_at(hours: TalkHours, calendar: WorkingCalendar, at: datetime) -> bool:
    """Whether the desk's hours are on at ``at``. Whether somebody is there is another question."""
    if not hours.on or hours.always:
        return hours.on
    return any(opens <= at < closes for opens, closes in _spans(hours, calendar, at.astimezone(SHANGHAI).date()))


def opens_next(hours: TalkHours, calendar: WorkingCalendar, at: datetime) -> datetime | None:
    """When the hours begin next after ``at``; None where they never do, or never end."""
    if not hours.on or hours.always:
        return None
    today = at.astimezone(SHANGHAI).date()
    days = (today + timedelta(days=ahead) for ahead in range(LOOKS_AHEAD + 1))
    return next((opens for day in days for opens, _ in _spans(hours, calendar, day) if opens > at), None)


def _spans(hours: TalkHours, calendar: WorkingCalendar, day: date) -> list[tuple[datetime, datetime]]:
    if not calendar.is_working_day(day):
        return []
    midnight = datetime.combine(day, time(), SHANGHAI)

    def moment(written: str) -> datetime:
        minutes = minutes_of(written)
        assert minutes is not None  # ``setting_talk.read_hours`` wrote it
        return midnight + timedelta(minutes=minutes)

    return [(moment(one.opens), moment(one.closes)) for one in hours.sessions]


def minutes_of(written: str) -> int | None:
    """Minutes since midnight that "13:30" stands for, "24:00" included; None for what is no time."""
    found = _MINUTE.fullmatch(written)
    minutes = int(found[1]) * 60 + int(found[2]) if found else _LAST + 1
    return minutes if minutes <= _LAST else None
