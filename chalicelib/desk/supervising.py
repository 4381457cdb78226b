"""The supervision sweep: what is due now, and nothing else, is read and moved on (invariants 5 and 6)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.desk import announcing, examining, recounting
from chalicelib.desk.committing import Step, caught_up, finish, send
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Changed
from chalicelib.domain.exam import Exam
from chalicelib.domain.messages import AgencyMessage, AnyMessage, Message
from chalicelib.domain.receptions import Reception
from chalicelib.gateways import queues
from chalicelib.seen.lines import failure
from chalicelib.storage import cases, outbox
from chalicelib.storage.records import pack
from chalicelib.storage.unit_of_work import RESEND_AFTER

logger = logging.getLogger(__name__)

AGES_READ = 50  # of the messages that a sweep sends again: one read each


@dataclass(slots=True)
class Swept:
    """What one sweep did. ``happened`` counts the events by kind."""

    moved: int = 0
    reminded: int = 0  # receptions whose citizens are reminded
    examined: int = 0  # test letters that were sent, or ended with their exam
    resent: int = 0
    waited: float = 0  # seconds since the oldest message that was left lying was committed
    moved_meanwhile: int = 0
    failed: int = 0
    left: bool = False  # whether time ran out before everything due was looked at
    happened: dict[str, int] = field(default_factory=dict)


def sweep(now: datetime, go_on: Callable[[], bool] = lambda: True, amended_at: datetime | None = None) -> Swept:
    """Bring every case that is due up to ``now``, have who comes tomorrow reminded, and send again what a crash left
    in the outbox.

    ``amended_at``: when the calendar was, while not every case has been counted anew by it: whatever is due is counted
    first, so that no light turns red by a day that the office took off. ``go_on`` is asked before each; when it says no
    the rest is left for the next sweep. Running it twice, late, or in parallel ends in the same state: each step is
    committed against the version that was read.
    """
    swept = Swept()
    for due in outbox.due_by(now):
        if not go_on():
            swept.left = True
            break
        try:
            _bring_on(due, now, amended_at, swept, go_on)
        except Exception as error:  # it must not stop the others; the figure's alarm calls a person
            logger.error("could not be brought up to now", extra={**_which(due), **failure(error)})
            swept.failed += 1
    return swept


def _bring_on(
    due: outbox.Due, now: datetime, amended_at: datetime | None, swept: Swept, go_on: Callable[[], bool]
) -> None:
    match due:
        case Case():
            _move(_step(due, now, amended_at), due, now, swept)
        case Reception():
            _remind(due, now, swept)
        case Exam():
            swept.examined += examining.bring_on(due.id, now, go_on)
        case outbox.Unreadable():
            logger.error("what is due cannot be read by this version of the desk", extra=_which(due))
            swept.failed += 1
        case outbox.Again(message, at):
            outbox.postpone(message, now)
            queues.send_later(message, pack(message), (at - now).total_seconds())
            swept.resent += 1
        case message:
            outbox.postpone(message, now)
            send([message])
            swept.resent += 1
            if swept.resent <= AGES_READ:
                swept.waited = max(swept.waited, _age(message, now))


def _age(message: AnyMessage, now: datetime) -> float:
    """Seconds since what a message tells of happened; of what is no case's, at least so long it waits to be sent."""
    if isinstance(message, Message | AgencyMessage):
        return (now - cases.event(message.case_id, message.event).at).total_seconds()
    return RESEND_AFTER.total_seconds()


def _which(due: outbox.Due) -> dict[str, object]:
    """Which it is, for the log."""
    match due:
        case Case():
            return {"about": "case", "case": due.case_id}
        case Reception():
            return {"about": "reception"}
        case Exam():
            return {"about": "exam"}
        case outbox.Unreadable(pk):
            kind, _, number = pk.partition("#")
            return {"about": kind, **({"case": number} if kind == "case" else {})}
        case outbox.Again(message):
            return _of_message(message)
        case message:
            return _of_message(message)


def _of_message(message: AnyMessage) -> dict[str, object]:
    case, event = getattr(message, "case_id", None), getattr(message, "event", None)
    return {"about": "message", "case": case, "event": event}


def _step(case: Case, now: datetime, amended_at: datetime | None) -> Step:
    counted = recounting.counted(case, amended_at, now) if amended_at is not None else None
    return counted if counted is not None and counted.events else caught_up(case, now)


def _move(step: Step, case: Case, now: datetime, swept: Swept) -> None:
    if not step.events:
        _look_again(case, now, swept)
        return
    try:
        finish(step, at=now)
    except Changed:
        swept.moved_meanwhile += 1  # whoever moved it computed its next moment anew
        return
    swept.moved += 1
    for event in step.events:
        swept.happened[event.kind] = swept.happened.get(event.kind, 0) + 1


def _remind(reception: Reception, now: datetime, swept: Swept) -> None:
    try:
        announcing.remind(reception, now)
    except Changed:
        swept.moved_meanwhile += 1  # somebody booked, or it was planned anew: the next sweep reads it as it is now
    else:
        swept.reminded += 1


def _look_again(case: Case, now: datetime, swept: Swept) -> None:
    """The index may show an older state than the case has: what counts is the case itself."""
    fresh = cases.load(case.case_id)
    if fresh.version != case.version:
        swept.moved_meanwhile += 1
        return
    logger.warning("a case is due, and nothing about it changes", extra=_which(case))
