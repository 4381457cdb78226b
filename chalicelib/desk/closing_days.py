"""Closing days: each night the day that is over gets its root, which is published and never changes."""

from collections.abc import Callable
from datetime import date, datetime

from msgspec import Struct

from chalicelib.domain.chain import GENESIS
from chalicelib.domain.errors import DayOpen
from chalicelib.domain.roots import ONE_DAY, DayRoot, close, day_of
from chalicelib.storage import roots

BEGINS_WITHIN = 366  # days that are looked back for the first one, once, when no day was ever closed
A_MONTH = 31  # days
MOST_AT_ONCE = 400  # days in one answer: more than a year


class Closed(Struct, frozen=True):
    """What one run closed. ``left``: time ran out before the last day that is over."""

    days: tuple[DayRoot, ...]
    left: bool


def close_days(now: datetime, go_on: Callable[[], bool] = lambda: True) -> Closed:
    """Close every day that is over and still open, in their order.

    ``go_on`` is asked before each; when it says no, the rest is left for the next run. Running it twice, late or in
    parallel gives the same roots: the first root kept for a day is that day's, and every later day builds on it.
    """
    yesterday, last = day_of(now) - ONE_DAY, roots.last_root()
    day = _first_day(yesterday) if last is None else last.day + ONE_DAY
    closed: list[DayRoot] = []
    while day <= yesterday:
        if not go_on():
            return Closed(tuple(closed), left=True)
        last = _close(day, last)
        closed.append(last)
        day += ONE_DAY
    return Closed(tuple(closed), left=False)


def _first_day(yesterday: date) -> date:
    """The first day on which anything happened; on a desk where nothing did yet, the record begins yesterday."""
    days = (yesterday - ONE_DAY * back for back in range(BEGINS_WITHIN, 0, -1))
    return next((day for day in days if roots.anything_on(day)), yesterday)


def _close(day: date, before: DayRoot | None) -> DayRoot:
    hashes = [*roots.hashes_on(day), *(_late(before) if before is not None else ())]
    closed, pages = close(day, hashes, before.hash if before is not None else GENESIS)
    return roots.keep(closed, pages)


def _late(before: DayRoot) -> set[str]:
    """What belongs to the day before but was stored after that was closed: it stands in this day's root."""
    return set(roots.hashes_on(before.day)) - set(roots.leaves_of(before))


def published(since: date | None) -> list[DayRoot]:
    """The closed days from ``since`` on, or without it those of the last month, earliest first."""
    return roots.newest_roots(A_MONTH) if since is None else roots.roots_from(since, MOST_AT_ONCE)


def published_day(day: date) -> DayRoot:
    """One closed day. Raises DayOpen when it is not closed."""
    closed = roots.root_of(day)
    if closed is None:
        raise DayOpen()
    return closed
