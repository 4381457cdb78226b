"""The watch over open cases: lights, reminders and the ladder of supervision (督办), each due at its moment."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from chalicelib.domain.asking import SILENT, resume
from chalicelib.domain.calling_back import PROMISED, due_when_concluded
from chalicelib.domain.case import Case
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.events import (
    AssistanceDue,
    BacklogEntered,
    CallBackDue,
    LightChanged,
    OwnerMissing,
    Payload,
    RatingAsked,
    Reason,
    Reminded,
    StoodSettled,
    Supervised,
)
from chalicelib.domain.handling import required_words
from chalicelib.domain.settling import conclude
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import ANSWERED, Light, State

HIGHEST_LEVEL = 3  # petition office, the general offices' inspection rooms, the discipline commission


def due_now(case: Case, now: datetime, trade: Trade) -> list[Payload]:
    """What the passing of time has brought about by ``now``; nothing when nothing is due."""
    return list(_due(case, now, trade))


def _due(case: Case, now: datetime, trade: Trade) -> Iterator[Payload]:
    yield from _assistance(case, now)
    if case.may_become_backlog and case.backlog_at is not None and now >= case.backlog_at:
        yield BacklogEntered(Reason("backlog.age", {}), trade.ends(trade.terms.backlog_owner, now))
    if case.owner_missing_at is not None and now >= case.owner_missing_at:
        yield OwnerMissing()
    if case.waiting is not None:
        until = case.waiting.until
        if now < until:
            return
        silent = resume(case, until, SILENT)  # a sweep that comes late gives nobody more time
        yield silent
        case = replace(case, state=State.IN_HANDLING, waiting=None, clocks=silent.clocks, moved_at=until)
    yield from _light_and_reminder(case, now)
    yield from _next_level(case, now, trade)
    if case.state in ANSWERED and case.done_by is not None and now >= case.done_by:
        yield CallBackDue(PROMISED)
    if case.stands_until is not None and now >= case.stands_until:
        yield StoodSettled()
    if case.state is not State.REPLIED:
        return
    if case.window_ends_at is not None and now >= case.window_ends_at:
        yield conclude(case, Reason("basis.window_over", {}), now, trade)
        yield from due_when_concluded(case, trade)
    elif case.ask_rating_at is not None and now >= case.ask_rating_at:
        yield RatingAsked(case.unrated)


def _assistance(case: Case, now: datetime) -> Iterator[Payload]:
    """Each assisting unit by its own term; a sweep that comes late tells it once."""
    for assist in case.assists:
        if assist.next_told_at is not None and now >= assist.next_told_at:
            yield AssistanceDue(assist.unit, assist.clock.light_at(now))


def _light_and_reminder(case: Case, now: datetime) -> Iterator[Payload]:
    """Each clock by itself: a case that is red because nobody signed turns red once more when its answer is due."""
    for clock in sorted(case.clocks, key=lambda clock: clock.due_at):
        light = clock.light_at(now)
        if light is not clock.light_at(case.moved_at):
            yield LightChanged(light, clock.name)
        if light is not Light.GREEN and clock.name not in case.reminded:
            yield Reminded(clock.name, "")


def _next_level(case: Case, now: datetime, trade: Trade) -> Iterator[Payload]:
    """The levels reached by ``now``. Each is counted from when the one before was due, not from when the sweep ran:
    a sweep that comes late finds the ladder where a punctual one would have left it.
    """
    clock = case.deadline
    if clock is None or not case.counted or clock.light_at(now) is not Light.RED:
        return
    level, due_at = (1, clock.due_at) if case.order is None else (case.order.level + 1, case.next_level_at)
    while due_at is not None and due_at <= now:
        ground = Reason("ground.overdue" if level == 1 else "ground.still_overdue", {})
        order = _order(level, due_at, ground, "", trade)
        yield order
        level, due_at = level + 1, order.next_level_at


def supervise_by_hand(case: Case, words: str, now: datetime, trade: Trade) -> Supervised:
    """A supervisor's own order, one level above the one in force.

    Raises Invalid without words, or when the highest level stands already.
    """
    said = required_words("words", words)
    level = 1 if case.order is None else case.order.level + 1
    if level > HIGHEST_LEVEL:
        raise Invalid([FieldError("words", "supervision.highest")])
    return _order(level, now, Reason("ground.by_hand", {}), said, trade)


def remind_by_hand(words: str) -> Reminded:
    """催办 by a person. Raises Invalid without words."""
    return Reminded(None, required_words("words", words))


def _order(level: int, now: datetime, ground: Reason, words: str, trade: Trade) -> Supervised:
    next_level_at = trade.ends(trade.terms.supervision_step, now) if level < HIGHEST_LEVEL else None
    return Supervised(level, ground, words, trade.ends(trade.terms.supervision_order, now), next_level_at)
