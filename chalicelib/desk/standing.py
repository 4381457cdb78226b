"""How the desk itself stands: what the last sweep found, whether the day is closed and the month scored, what lies in
the queues; for the office's own eyes, and for the alarms.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from chalicelib.config import config
from chalicelib.desk.assessing import month_before
from chalicelib.desk.supervising import Swept
from chalicelib.domain.messages import Topic
from chalicelib.domain.roots import ONE_DAY, day_of
from chalicelib.gateways import queues
from chalicelib.seen.going import Measure, count, stands
from chalicelib.storage import assessments, pulse, roots
from chalicelib.storage.pulse import Pulse

NIGHT_ENDS = timedelta(hours=6)  # by then what runs at night is done, or has failed
SWEEP_EVERY = timedelta(minutes=15)
WAITS_LONG = 100  # messages in a queue that is worked off at once
OLD = timedelta(minutes=30)


class State(StrEnum):
    """As the trade's lights."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Sign(Struct, frozen=True):
    """One thing looked at. ``name`` is the key of what it means and what to do; ``figures`` fill it. ``topic``: of a
    queue, or the way that an engine serves.
    """

    name: str
    state: State
    figures: dict[str, str]
    topic: str = ""


def note_sweep(now: datetime, swept: Swept) -> None:
    """Keep what a sweep found, and hand it to the figures that alarms look at."""
    before = pulse.last()
    since = before.since if before is not None else now
    late = pulse.late_now()
    pulse.beat(Pulse(now, since, swept.moved, swept.failed, swept.resent, swept.waited, late, swept.left))
    count(Measure.SWEPT)
    stands(Measure.LATE, late)
    stands(Measure.RESENT, swept.resent)
    stands(Measure.OLDEST_MESSAGE, swept.waited)
    stands(Measure.NOT_MOVED, swept.failed)
    stands(Measure.DAYS_UNCLOSED, days_unclosed(now, since))
    stands(Measure.MONTHS_UNSCORED, int(not month_scored(now, since)))


def days_unclosed(now: datetime, since: datetime) -> int:
    """How many days are over, and their night too, without a published root. ``since``: when the desk began to work."""
    last = roots.last_root()
    closed = last.day if last is not None else day_of(since) - ONE_DAY
    return max(0, (_over(now) - closed).days)


def _over(now: datetime) -> date:
    """The last day whose night is over."""
    return day_of(now - NIGHT_ENDS) - ONE_DAY


def month_scored(now: datetime, since: datetime) -> bool:
    """Whether the last month whose night is over was scored, or ended before the desk began to work."""
    month = month_before(now - NIGHT_ENDS)
    began_after = month_before(since - NIGHT_ENDS) >= month
    return began_after or assessments.load(month) is not None


def is_up() -> bool:
    """Whether the table answers. One read."""
    return pulse.table_answers()


def signs(now: datetime) -> tuple[Sign, ...]:
    """Everything an administrator looks at, worst first. Of a queue that does not answer, that it does not."""
    found = pulse.last()
    told = [_sweep(found, now)]
    if found is not None:
        told += [_left_lying(found), _late(found), _day(now, found.since), _month(now, found.since)]
    told += [sign for topic in Topic for sign in (_queue(topic), _dead(topic))]
    told += [_engine("mail", config().mail), _engine("sms", config().sms)]
    return tuple(sorted(told, key=lambda sign: list(State)[::-1].index(sign.state)))


def _sweep(found: Pulse | None, now: datetime) -> Sign:
    if found is None:
        return Sign("sweep_never", State.YELLOW, {})
    minutes = int((now - found.at).total_seconds() // 60)
    state = State.GREEN if now - found.at < 2 * SWEEP_EVERY else State.YELLOW
    if now - found.at >= 4 * SWEEP_EVERY:
        state = State.RED
    figures = {"minutes": str(minutes), "moved": str(found.moved), "failed": str(found.failed)}
    if state is State.GREEN and found.failed:
        return Sign("sweep_failed", State.YELLOW, figures)
    return Sign("sweep", state, figures)


def _left_lying(found: Pulse) -> Sign:
    state = State.GREEN if not found.resent else State.RED if found.waited > OLD.total_seconds() else State.YELLOW
    return Sign("outbox", state, {"number": str(found.resent), "minutes": str(int(found.waited // 60))})


def _late(found: Pulse) -> Sign:
    return Sign("late", State.GREEN, {"number": str(found.late)})


def _day(now: datetime, since: datetime) -> Sign:
    unclosed, last = days_unclosed(now, since), roots.last_root()
    state = State.GREEN if not unclosed else State.YELLOW if unclosed == 1 else State.RED
    return Sign("day", state, {"number": str(unclosed), "day": last.day.isoformat() if last is not None else "—"})


def _month(now: datetime, since: datetime) -> Sign:
    month = month_before(now - NIGHT_ENDS)
    state = State.GREEN if month_scored(now, since) else State.RED
    return Sign("month", state, {"month": f"{month:%Y-%m}"})


def _queue(topic: Topic) -> Sign:
    waiting = _waiting(lambda: queues.waiting(queues.queue_of(topic)))
    if waiting is None:
        return Sign("queue_unseen", State.YELLOW, {}, topic.value)
    state = State.GREEN if waiting < WAITS_LONG else State.YELLOW if waiting < 10 * WAITS_LONG else State.RED
    return Sign("queue", state, {"number": str(waiting)}, topic.value)


def _dead(topic: Topic) -> Sign:
    dead = _waiting(lambda: queues.waiting(queues.dead_letters_of(topic)))
    if dead is None:
        return Sign("queue_unseen", State.YELLOW, {}, topic.value)
    return Sign("dead", State.RED if dead else State.GREEN, {"number": str(dead)}, topic.value)


def _waiting(ask: Callable[[], int]) -> int | None:
    """None where SQS does not answer, or the functions may not ask."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return ask()
    except (BotoCoreError, ClientError):
        return None


def _engine(way: str, engine: str) -> Sign:
    """By what notices go; on a developer's machine they are only ever recorded."""
    state = State.YELLOW if engine == "record" and not config().local else State.GREEN
    return Sign("engine", state, {"engine": engine}, way)
