"""Clocks (期限): when a term began, when it turns yellow, when it is over; and the light they show."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.calendar import WorkingCalendar
from chalicelib.domain.terms import Term, read_term
from chalicelib.domain.words import ClockName, Light

TICK = timedelta(microseconds=1)
_DARKNESS = {Light.GREEN: 0, Light.YELLOW: 1, Light.RED: 2}


class Nearness(Struct, frozen=True):
    """When a light turns yellow: in the last of so many equal parts of the term, or in its last working days,
    whichever comes first.
    """

    parts: int = 3
    working_days: int = 2


USUAL = Nearness()


class Clock(Struct, frozen=True, omit_defaults=True):
    """A term that is running: by the city's promise, by the law, or both.

    ``set_by``: the promise and the law it was counted from, e.g. "5w/60d", "2w", "/30d"; "" where no calendar counts.
    ``days_put_off``: the whole days it was put off by since, by questions to the citizen and by extensions.
    ``keeper_percent``: how far on the way to yellow the keeper of the mailbox is told; 0 for never.
    ``bound_by``: the date that another agency has set for us; it never moves with the other two.
    """

    name: ClockName
    started_at: datetime
    yellow_at: datetime
    promised_by: datetime | None
    lawful_by: datetime | None
    provisional: bool = False
    set_by: str = ""
    days_put_off: int = 0
    keeper_percent: int = 0
    bound_by: datetime | None = None

    @property
    def promise(self) -> Term | None:
        """The city's term that it was counted from."""
        return read_term(self.set_by.partition("/")[0])

    @property
    def law(self) -> Term | None:
        """The law's term that it was counted from."""
        return read_term(self.set_by.partition("/")[2])

    @property
    def due_at(self) -> datetime:
        """The nearest of its ends."""
        return min(end for end in (self.promised_by, self.lawful_by, self.bound_by) if end is not None)

    @property
    def is_bound(self) -> bool:
        """Whether it is another agency's date that ends it."""
        return self.bound_by is not None and self.due_at == self.bound_by

    @property
    def red_at(self) -> datetime:
        """The first moment past the nearest end."""
        return self.due_at + TICK

    @property
    def keeper_at(self) -> datetime | None:
        """When the keeper of the mailbox is told that the term runs; None where nobody is."""
        way = self.yellow_at - self.started_at
        return self.started_at + way * self.keeper_percent / 100 if self.keeper_percent else None

    def light_at(self, now: datetime) -> Light:
        """Red past the end, yellow near it, else green."""
        if now > self.due_at:
            return Light.RED
        return Light.YELLOW if now >= self.yellow_at else Light.GREEN

    def put_off(self, days: int) -> "Clock":
        """The same clock with its promise and its law so many whole days later; another agency's date stays."""
        by = timedelta(days=days)
        later = replace(
            self,
            promised_by=self.promised_by + by if self.promised_by is not None else None,
            lawful_by=self.lawful_by + by if self.lawful_by is not None else None,
            days_put_off=self.days_put_off + days,
        )
        return replace(later, yellow_at=self.yellow_at + (later.due_at - self.due_at))

    def bound(self, by: datetime | None, calendar: WorkingCalendar, near: Nearness) -> "Clock":
        """The same clock, ending at ``by`` at the latest; None: at its own ends."""
        moved = replace(self, bound_by=by)
        if moved.due_at == self.due_at:
            return moved
        put_off = timedelta() if moved.is_bound else timedelta(days=self.days_put_off)
        warned_at = yellow_at(self.started_at, moved.due_at - put_off, calendar, near) + put_off
        return replace(moved, yellow_at=warned_at)


def start_clock(
    name: ClockName,
    at: datetime,
    *,
    promise: Term | None,
    law: Term | None,
    calendar: WorkingCalendar,
    near: Nearness = USUAL,
) -> Clock:
    """A clock that starts at ``at``. Raises ValueError with neither promise nor law."""
    promised = calendar.end_of(promise, at) if promise is not None else None
    lawful = calendar.end_of(law, at) if law is not None else None
    ends = [end for end in (promised, lawful) if end is not None]
    if not ends:
        raise ValueError("a clock needs a term")
    nearest = min(ends, key=lambda end: end.at)
    return Clock(
        name,
        at,
        yellow_at(at, nearest.at, calendar, near),
        promised.at if promised else None,
        lawful.at if lawful else None,
        nearest.provisional,
        _set_by(promise, law),
    )


def _set_by(promise: Term | None, law: Term | None) -> str:
    return f"{promise.short if promise else ''}{'/' + law.short if law else ''}"


def yellow_at(start: datetime, due: datetime, calendar: WorkingCalendar, near: Nearness) -> datetime:
    """When the term is ``near`` its end; but not in its first half, lest a one-day promise be born yellow."""
    term = due - start
    last_part = start + term * (near.parts - 1) / near.parts
    return max(start + term / 2, min(last_part, calendar.before(due, near.working_days)))


def exact_clock(name: ClockName, at: datetime, days: int) -> Clock:
    """A clock of so many times 24 hours."""
    term = timedelta(days=days)
    return Clock(name, at, at + term * 2 / 3, at + term, None)


def worst_light(clocks: Iterable[Clock], now: datetime) -> Light | None:
    """The darkest light of several clocks; None when none runs."""
    return max((clock.light_at(now) for clock in clocks), key=_DARKNESS.__getitem__, default=None)


def next_change(clocks: Iterable[Clock], now: datetime) -> datetime | None:
    """The next moment after ``now`` at which one of the clocks changes its light."""
    changes = [change for clock in clocks for change in (clock.yellow_at, clock.red_at)]
    return min((change for change in changes if change > now), default=None)
