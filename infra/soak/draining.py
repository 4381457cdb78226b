"""After the storm: until all that was committed is acted upon, in the time that it takes; then the days after, played.

What a failure has put off for an hour, or by the schedule of the webhooks for days, is not waited for: time is an
argument of the desk's use cases, so the next three days are played upon the same table, in this process.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from msgspec import Struct, field

from chalicelib.config import config
from chalicelib.desk import cities, delivering, notifying, passing, routing
from chalicelib.desk.sending import NotAllTold
from chalicelib.domain.case import Case
from chalicelib.domain.exam import Exam
from chalicelib.domain.messages import AgencyMessage, AnyMessage, Message, Topic
from chalicelib.domain.receptions import Reception
from chalicelib.gateways.aws import client
from chalicelib.storage import outbox
from chalicelib.storage.keys import shards
from chalicelib.storage.outbox import Again, Unreadable
from chalicelib.storage.table import DeskItem, moment

logger = logging.getLogger(__name__)

SWEEPS_EVERY = 20.0  # seconds
LOOKS_EVERY = 4.0
HOURS = (0.1, 0.6, 1.1, 2, 6, 12, 24, 36, 48, 72)
"""How far ahead the days after are played."""

COUNTED = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")


class Queues(Struct, frozen=True):
    """What lies in the queues: to be handed out, being worked upon, delayed, and dead."""

    visible: int
    in_flight: int
    delayed: int
    dead: int


class Drained(Struct):
    """How it went. ``ahead``: messages that were put off, and played; ``hours``: how far ahead the last of them.

    ``dead_letters``: messages that a queue gave up after five tries. They are lost to nobody: what they ask for stands
    in the outbox until somebody has acted upon it, and is sent again from there.
    """

    seconds: float = 0.0
    ahead: int = 0
    hours: float = 0.0
    dead_letters: int = 0
    left: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def queues() -> Queues:
    """The four queues and their dead letters, together."""
    sqs, known = client("sqs"), config()
    working = (known.routing_queue, known.notices_queue, known.webhooks_queue, known.mail_queue)
    dead = (
        known.routing_dead_letters,
        known.notices_dead_letters,
        known.webhooks_dead_letters,
        known.mail_dead_letters,
    )

    def counts(queue: str) -> list[int]:
        told = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=list(COUNTED))["Attributes"]
        return [int(told[name]) for name in COUNTED]

    visible, in_flight, delayed = map(sum, zip(*map(counts, working), strict=True))
    return Queues(visible, in_flight, delayed, sum(sum(counts(queue)) for queue in dead))


def put_off() -> list[tuple[str, datetime]]:
    """Every message that nobody has acted upon and that is not given up: its key, and when it is due."""
    return [
        (item.pk, moment(str(item.due_at)))
        for shard in shards()
        for item in DeskItem.due_index.query(shard)
        if item.pk.startswith("outbox#")
    ]


def wait(sweep: Callable[[], str], longest: float, say: Callable[[str], None]) -> Drained:
    """Until nothing waits that real time will bring within ``longest`` seconds; the sweeps go on meanwhile."""
    began, swept, quiet = time.monotonic(), 0.0, 0
    ends = datetime.now(UTC) + timedelta(seconds=longest)
    while time.monotonic() - began < longest:
        if time.monotonic() - swept > SWEEPS_EVERY:
            error, swept = sweep(), time.monotonic()
            if error:
                logger.warning("a sweep failed: %s", error)
        left, lying = put_off(), queues()
        say(f"draining: {len(left)} messages, {lying.visible + lying.in_flight} in queues, {lying.delayed} delayed")
        still = lying.visible == lying.in_flight == 0 and all(due > ends for _, due in left)
        quiet = quiet + 1 if still else 0
        if quiet == 2:
            break
        time.sleep(LOOKS_EVERY)
    return Drained(seconds=time.monotonic() - began, left=[pk for pk, _ in put_off()])


def run_empty(drained: Drained, longest: float) -> Queues:
    """Until the queues, which nobody fills any more, are empty, ``longest`` seconds at most; gives what is left there.

    What comes now was acted upon in the days that were played: it finds nothing to do, and goes.
    """
    until = time.monotonic() + longest
    while (lying := queues()).visible + lying.in_flight + lying.delayed and time.monotonic() < until:
        time.sleep(LOOKS_EVERY)
    drained.dead_letters = lying.dead
    return lying


def play_ahead(drained: Drained, now: datetime) -> None:
    """Act upon what was put off, hour by hour, until nothing is left or three days are over."""
    for hours in HOURS:
        if not put_off():
            break
        later = now + timedelta(hours=hours)
        for due in list(outbox.due_by(later)):
            message = due.message if isinstance(due, Again) else due
            if isinstance(message, Case | Reception | Exam | Unreadable):
                continue
            drained.ahead, drained.hours = drained.ahead + 1, hours
            try:
                _act(message, later)
            except Exception as error:  # what fails here is told with the evidence, and tried at the next hour
                drained.failed.append(f"{message.id} after {hours} h: {type(error).__name__}: {_why(error)}")
    drained.left = [pk for pk, _ in put_off()]


def _why(error: Exception) -> str:
    cause = error.__cause__ if isinstance(error, NotAllTold) and error.__cause__ is not None else error
    return repr(cause)[:300]


def _act(message: AnyMessage, at: datetime) -> None:
    """What the function of the message's queue does with it."""
    cities.refreshed()
    if isinstance(message, AgencyMessage):
        passing.pass_on(message, at)
    elif isinstance(message, Message) and message.topic is Topic.ROUTING:
        routing.route(message, at)
    elif isinstance(message, Message) and message.topic is Topic.WEBHOOKS:
        delivering.deliver(message, at)
    else:
        notifying.notify(message, at)
