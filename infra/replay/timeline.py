"""The clock of a replay: letters and replies at their moments, a sweep each midnight, an assessment each month."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum

from chalicelib.desk import assessing, supervising
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.ranking import Assessment
from chalicelib.storage.keys import shards
from chalicelib.storage.table import DeskItem
from infra.replay.letters import Letter, Skipped
from infra.replay.office import Office

ASSESSED_AT = time(0, 30)  # of the first, as the schedule has it
_DAY = timedelta(days=1)
_NOW_ON = datetime.min.replace(tzinfo=UTC)  # nothing is known to be quiet
_FOR_EVER = datetime.max.replace(tzinfo=UTC)


class Step(IntEnum):
    """What happens at a moment; of one moment, in this order."""

    FILED = 0
    REPLIED = 1
    SWEPT = 2
    ASSESSED = 3


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens; ``letter`` for the first two."""

    at: datetime
    step: Step
    letter: Letter | None = None


@dataclass(slots=True)
class Played:
    """What a replay leaves beside the cases themselves."""

    refused: list[Skipped] = field(default_factory=list)
    months: dict[date, Assessment] = field(default_factory=dict)
    sweeps: int = 0
    unswept: int = 0  # times that the sweep failed on a case; anything but 0 is a defect


def play(letters: Sequence[Letter], office: Office, passed: Callable[[Moment], None]) -> Played:
    """Play ``letters``; ``passed`` is told of each moment that is over."""
    played = Played()
    quiet_until = _NOW_ON
    for moment in _moments(letters):
        match moment.step, moment.letter:
            case Step.FILED, Letter() as letter:
                refused = office.receive(letter)
                played.refused += [refused] if refused else []
                quiet_until = _NOW_ON
            case Step.REPLIED, Letter() as letter:
                office.answer(letter)
                quiet_until = _NOW_ON
            case Step.SWEPT, _ if moment.at >= quiet_until:
                office.room.put_aside()
                swept = supervising.sweep(moment.at)
                played.unswept += swept.failed
                played.sweeps += 1
                quiet_until = _NOW_ON if swept.moved else _next_due_at()
            case Step.ASSESSED, _:
                month = assessing.month_before(moment.at)
                played.months[month] = assessing.assess(month, moment.at)
        passed(moment)
    return played


def _next_due_at() -> datetime:
    """When something is due that nobody brings about: until then, or until somebody writes, a sweep finds nothing."""
    firsts = [next(DeskItem.due_index.query(shard, limit=1), None) for shard in shards()]
    moments = [datetime.fromisoformat(item.due_at) for item in firsts if item is not None]
    return min(moments, default=_FOR_EVER)


def _moments(letters: Sequence[Letter]) -> Iterator[Moment]:
    """Everything in its order. The clock stops with the assessment of the month of the last letter or reply."""
    filed = sorted((Moment(letter.filed_at, Step.FILED, letter) for letter in letters), key=_order)
    replies = (Moment(letter.replied_at, Step.REPLIED, letter) for letter in letters if letter.replied_at)
    replied = sorted(replies, key=_order)
    if not filed:
        return iter(())
    first, last = filed[0].at, max(filed[-1].at, replied[-1].at if replied else filed[-1].at)
    return heapq.merge(filed, replied, _sweeps(first, last), _assessments(first, last), key=_order)


def _order(moment: Moment) -> tuple[datetime, Step]:
    return moment.at, moment.step


def _sweeps(first: datetime, last: datetime) -> Iterator[Moment]:
    day, end = _day_of(first) + _DAY, _month_after(_day_of(last))
    while day <= end:
        yield Moment(datetime.combine(day, time(), SHANGHAI), Step.SWEPT)
        day += _DAY


def _assessments(first: datetime, last: datetime) -> Iterator[Moment]:
    month, end = _month_after(_day_of(first)), _month_after(_day_of(last))
    while month <= end:
        yield Moment(datetime.combine(month, ASSESSED_AT, SHANGHAI), Step.ASSESSED)
        month = _month_after(month)


def _day_of(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
