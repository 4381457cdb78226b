"""重算: an office amends its working calendar, and the deadlines of open cases are counted anew.

Each end of each clock by itself (《民法典》 art. 203 counts days as they are worked, so an end follows them):

- an end that was over when the calendar was amended, or that the record already shows as over, stays over: nobody who
  was late becomes innocent, and nobody who was in time late;
- one that comes later, comes later;
- one that would come earlier comes earlier, but leaves whoever is to act at least the next working day;
- the citizen's own time to answer never becomes shorter: she was told its last day.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.domain.case import Case
from chalicelib.domain.clocks import Clock, start_clock, yellow_at
from chalicelib.domain.events import ClocksRecounted, Reason
from chalicelib.domain.terms import working_days
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import ClockName

AMENDED = Reason("basis.calendar_amended", {})
KNOWN = Reason("basis.calendar_known", {})  # no end moved; what was provisional is not so any more, or the reverse


def recount(case: Case, amended_at: datetime, at: datetime, trade: Trade) -> ClocksRecounted | None:
    """The clocks of ``case``, running and stopped, counted anew at ``at``; None when nothing about them changes.

    ``amended_at``: when the calendar of ``trade`` was amended last.

    Clocks in hours, clocks that no calendar set, and all that is over stay as they are.
    """
    running, stood = case.clocks, case.waiting.stopped if case.waiting is not None else ()
    clocks = _all_again(running, max(amended_at, case.moved_at), at, trade)
    # time does not pass for what stands still: it was over when it was stopped, or it is not
    stopped = _all_again(stood, case.waiting.since, case.waiting.since, trade) if case.waiting is not None else ()
    if (clocks, stopped) == (running, stood):
        return None
    moved = _ends(clocks + stopped) != _ends(running + stood)
    return ClocksRecounted(clocks, stopped, AMENDED if moved else KNOWN, _answer_moved(case, clocks))


def _answer_moved(case: Case, clocks: tuple[Clock, ...]) -> datetime | None:
    if case.waiting is None:
        return None
    until = next(clock.due_at for clock in clocks if clock.name is ClockName.ANSWER)
    return until if until != case.waiting.until else None


def _ends(clocks: tuple[Clock, ...]) -> list[tuple[datetime | None, datetime | None]]:
    return [(clock.promised_by, clock.lawful_by) for clock in clocks]


def _all_again(clocks: tuple[Clock, ...], over_before: datetime, at: datetime, trade: Trade) -> tuple[Clock, ...]:
    soonest = trade.ends(working_days(1), at)
    return tuple(_again(clock, over_before, soonest, trade) for clock in clocks)


def _again(clock: Clock, over_before: datetime, soonest: datetime, trade: Trade) -> Clock:
    if not clock.set_by:
        return clock
    fresh = start_clock(
        clock.name, clock.started_at, promise=clock.promise, law=clock.law, calendar=trade.calendar, near=trade.near
    ).put_off(clock.days_put_off)

    def end(old: datetime | None, new: datetime | None) -> datetime | None:
        if old is None or new is None or old < over_before:
            return old
        if new >= old:
            return new
        return old if clock.name is ClockName.ANSWER else min(old, max(new, soonest))

    moved = replace(
        clock,
        promised_by=end(clock.promised_by, fresh.promised_by),
        lawful_by=end(clock.lawful_by, fresh.lawful_by),
    )
    kept = moved.due_at == clock.due_at and (moved.is_bound or clock.due_at != fresh.due_at)
    if clock.due_at < over_before or kept:
        return moved  # the end that the light follows is kept, and its warning with it
    put_off = timedelta(days=clock.days_put_off)
    warned_at = yellow_at(clock.started_at, moved.due_at - put_off, trade.calendar, trade.near) + put_off
    return replace(moved, yellow_at=warned_at, provisional=fresh.provisional)
