"""The room of the working calendar: the year as it is worked, what the office amends, and how far the recount is."""

import calendar as weeks
import time
from collections.abc import Callable
from datetime import date, timedelta

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.desk import cities, recounting
from chalicelib.domain import amending
from chalicelib.domain.calendar import CalendarDay, WorkingCalendar
from chalicelib.domain.errors import Invalid
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated
from chalicelib.web.messages import DEFAULT, say

calendar = Blueprint(__name__)
ROOM, PLACE = "calendar", "/console/calendar"
WORKED_FOR = 5.0  # seconds of a visitor's patience; the sweep carries on the rest
ANNOUNCED_IN = 11  # the month in which the State Council tells of the next year


class Shown(Struct, frozen=True):
    """A day on the page. ``kind``: work, weekend, holiday, exchanged; ``own``: the office's own word on it."""

    day: date
    kind: str
    own: CalendarDay | None


@calendar.route("/calendar", methods=["GET"])
def year() -> Response:
    """This year, or the one that is asked for."""
    return seated(calendar, ROOM, _shown)


@calendar.route("/calendar/days", methods=["POST"], content_types=FORM)
def add_days() -> Response:
    """A day, or a stretch of days, is off or worked."""
    return _amended("days", lambda visit: recounting.add_days(visit.form, visit.now))


@calendar.route("/calendar/days/removal", methods=["POST"], content_types=FORM)
def remove_days() -> Response:
    """It is not, after all."""
    return _amended("removal", lambda visit: recounting.remove_days(visit.form, visit.now))


@calendar.route("/calendar/years", methods=["POST"], content_types=FORM)
def add_year() -> Response:
    """All that is announced of the next year."""
    names = {name: say(f"calendar.holiday.{name}", DEFAULT) for name in (*amending.HOLIDAYS, "exchanged")}
    return _amended("years", lambda visit: recounting.add_year(visit.form, names, visit.now))


@calendar.route("/calendar/recount", methods=["POST"], content_types=FORM)
def carry_on() -> Response:
    """Recount some more now, rather than with the next sweep."""
    return _amended("recount", lambda visit: recounting.try_again())


def _amended(form: str, amend: Callable[[Visit], object]) -> Response:
    def work(visit: Visit) -> Response:
        until = time.monotonic() + WORKED_FOR
        try:
            amend(visit)
        except Invalid as refused:
            return _shown(visit, refused, form)
        recounting.work(visit.now, lambda: time.monotonic() < until)
        return done(PLACE, form)

    return seated(calendar, ROOM, work)


def _shown(visit: Visit, refused: Invalid | None = None, form: str = "") -> Response:
    """The page. ``form``: the one that was refused, and is shown as it was filled in."""
    city, in_force = cities.current(), cities.trade().calendar
    today = day_in_shanghai(visit.now)
    years = range(today.year - 1, today.year + 2)
    asked = visit.query.get("year", "")
    chosen = int(asked) if asked in {str(one) for one in years} else today.year
    own = {one.day: one for one in city.days}
    next_year = in_force.covered_until.year + 1
    return page(
        visit,
        "calendar",
        refused=refused,
        refused_form=form,
        years=years,
        chosen=chosen,
        months=[_weeks(chosen, month, in_force, own) for month in range(1, 13)],
        today=today,
        known_until=in_force.covered_until,
        stretches=[
            (one, amending.is_recent(one.first, today)) for one in reversed(amending.stretches(city.days, in_force))
        ],
        first_day=today - timedelta(days=amending.LOOKS_BACK),
        last_day=amending.last_day(today),
        next_year=next_year if next_year <= today.year + 1 else None,
        missing=today.month >= ANNOUNCED_IN and next_year <= today.year + 1,
        holidays=amending.HOLIDAYS,
        most_exchanged=amending.MOST_EXCHANGED,
        recount=recounting.last(),
        known_everywhere=recounting.KNOWN_EVERYWHERE,
    )


def _weeks(year: int, month: int, in_force: WorkingCalendar, own: dict[date, CalendarDay]) -> list[list[Shown | None]]:
    """The weeks of a month, Monday first; None where a week belongs to another month."""
    rows = weeks.Calendar().monthdatescalendar(year, month)
    return [[_day(day, in_force, own) if day.month == month else None for day in row] for row in rows]


def _day(day: date, in_force: WorkingCalendar, own: dict[date, CalendarDay]) -> Shown:
    worked, weekend = in_force.is_working_day(day), day.weekday() >= 5
    kind = ("exchanged" if weekend else "work") if worked else ("weekend" if weekend else "holiday")
    return Shown(day, kind, own.get(day))
