"""The watch over open cases: lights, reminders and the ladder of supervision (督办), each due at its moment."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from chalicelib.domain.asking import SILENT, resume
from chalicelib.domain.calling_back import PROMISED, due_when_concluded
from chalicelib.domain.case import Case
from chalicelib.domain.events import (
    AssistanceDue,
    BacklogEntered,
    CallBackDue,
    KeeperReminded,
    LightChanged,
    OrderOverdue,
    OwnerMissing,
    Payload,
    RatingAsked,
    Reason,
    Reminded,
    StoodSettled,
    Supervised,
)
from chalicelib.domain.order import Order
from chalicelib.domain.ordering import inspection_due, next_level, supervise
from chalicelib.domain.settling import conclude
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import ANSWERED, ClockName, Light, State

OVERDUE = Reason("ground.overdue", {})
STILL_OVERDUE = Reason("ground.still_overdue", {})


def due_now(case: Case, now: datetime, trade: Trade) -> list[Payload]:
    """What the passing of time has brought about by ``now``; nothing when nothing is due."""
    return list(_due(case, now, trade))


def _due(case: Case, now: datetime, trade: Trade) -> Iterator[Payload]:
    yield from _assistance(case, now)
    yield from inspection_due(case, now, trade)
    yield from _backlog(case, now, trade)
    if case.waiting is not None:
        until = case.waiting.until
        if now < until:
            return
        silent = resume(case, until, SILENT)
        yield silent
        case = replace(case, state=State.IN_HANDLING, waiting=None, clocks=silent.clocks, moved_at=until)
    orders = list(_orders(case, now, trade))
    yield from _light_and_reminder(case, now, told=any(isinstance(one, Supervised) for one in orders))
    yield from orders
    if case.state in ANSWERED and case.done_by is not None and now >= case.done_by:
        yield CallBackDue(PROMISED)
    if case.stands_until is not None and now >= case.stands_until:
        yield StoodSettled()
    if case.state is not State.REPLIED:
        return
    if case.window_ends_at is not None and now >= case.window_ends_at:
        concluded = conclude(case, Reason("basis.window_over", {}), case.window_ends_at, trade)
        yield concluded
        yield from due_when_concluded(case, trade)
        if concluded.stands_until is not None and now >= concluded.stands_until:
            yield StoodSettled()
    elif case.ask_rating_at is not None and now >= case.ask_rating_at:
        yield RatingAsked(case.unrated)


def _backlog(case: Case, now: datetime, trade: Trade) -> Iterator[Payload]:
    """Counted from when it became backlog, not from when the sweep ran: a late one tells at once what is missing."""
    missing_at = case.owner_missing_at
    if case.may_become_backlog and case.backlog_at is not None and now >= case.backlog_at:
        owner_by = trade.ends(trade.terms.backlog_owner, case.backlog_at)
        yield BacklogEntered(Reason("backlog.age", {}), owner_by)
        missing_at = owner_by if case.owner is None else None
    if missing_at is not None and now >= missing_at:
        yield OwnerMissing()


def _assistance(case: Case, now: datetime) -> Iterator[Payload]:
    """Each assisting unit by its own term; a sweep that comes late tells it once."""
    for assist in case.assists:
        if assist.next_told_at is not None and now >= assist.next_told_at:
            yield AssistanceDue(assist.unit, assist.clock.light_at(now))


def _light_and_reminder(case: Case, now: datetime, told: bool) -> Iterator[Payload]:
    """Each clock by itself: a case that is red because nobody signed turns red once more when its answer is due.
    ``told``: an order comes with it, and says so to the unit.
    """
    keeper_at = case.keeper_at(now)
    for clock in sorted(case.clocks, key=lambda clock: clock.due_at):
        light = clock.light_at(now)
        if light is not clock.light_at(case.moved_at):
            alone = light is Light.RED and clock.name is ClockName.HANDLE and not told
            yield LightChanged(light, clock.name, tells=alone)
        if light is not Light.GREEN and clock.name not in case.reminded:
            yield Reminded(clock.name, "")
        if clock.name is ClockName.HANDLE and keeper_at is not None and now >= keeper_at:
            yield KeeperReminded(clock.started_at)


def _orders(case: Case, now: datetime, trade: Trade) -> Iterator[Supervised | OrderOverdue]:
    """The orders given, and left unanswered, by ``now``. Each level is counted from when the one before was due, not
    from when the sweep ran: a sweep that comes late finds the ladder where a punctual one would have left it.
    """
    climbs_at, late_at = case.next_level_at, case.order.late_at if case.order is not None else None
    while True:
        late = late_at is not None and late_at <= now and (climbs_at is None or late_at <= climbs_at)
        if late and case.order is not None:
            yield OrderOverdue(case.order.number, case.order.level)
        if climbs_at is None or climbs_at > now:
            return
        climbed = _climbed(case, climbs_at, trade)
        yield climbed
        order = Order(climbed.level, climbed.answer_by, climbed.next_level_at, climbed.number, climbed.offices)
        case = replace(case, order=order, orders=climbed.number)
        climbs_at, late_at = order.next_level_at, order.late_at


def _climbed(case: Case, at: datetime, trade: Trade) -> Supervised:
    """The next order. The first is counted from the end of the term, not from the moment after it."""
    level = next_level(case)
    first = next((clock.due_at for clock in case.clocks if level == 1 and clock.red_at == at), at)
    return supervise(case, level, first, OVERDUE if level == 1 else STILL_OVERDUE, "", trade)
