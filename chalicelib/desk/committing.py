"""How every command ends: one commit, then what it says is sent (invariants 1 and 2)."""

import logging
import os
from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec import Struct

from chalicelib.desk import cities
from chalicelib.desk.sealing import sealed
from chalicelib.domain.agency_news import agencies_told
from chalicelib.domain.case import Case
from chalicelib.domain.events import DESK, Actor, Event, Payload
from chalicelib.domain.facts import entries_of
from chalicelib.domain.folding import record
from chalicelib.domain.hooks import tells
from chalicelib.domain.messages import AgencyMessage, AnyMessage, Message, Topic
from chalicelib.domain.moves import permit
from chalicelib.domain.notices import notice_of
from chalicelib.domain.supervision import due_now
from chalicelib.domain.words import Action
from chalicelib.gateways import queues
from chalicelib.seen.counting import counted
from chalicelib.seen.lines import failure
from chalicelib.storage import decisions, matters
from chalicelib.storage.counts import Count
from chalicelib.storage.exams import answer_items
from chalicelib.storage.lay import attendance_items
from chalicelib.storage.records import pack
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import Work, commit

logger = logging.getLogger(__name__)

SALT = 16  # bytes
Decide = Callable[[Case], Payload | Iterable[Payload]]


class Step(Struct, frozen=True):
    """A case as it was read, as it is now, and the events between."""

    before: Case | None
    after: Case
    events: tuple[Event, ...]

    def then(self, payloads: Iterable[Payload], by: Actor, at: datetime) -> "Step":
        """More of the same step. What anybody typed on a sealed case goes into its record encrypted."""
        kept = sealed(self.after, payloads)
        after, events = record(self.after, self.after.case_id, kept, by, at, new_salt)
        return Step(self.before, after, (*self.events, *events))


def opening(case_id: str, payload: Payload, by: Actor, at: datetime) -> Step:
    """The step by which a case begins."""
    after, events = record(None, case_id, [payload], by, at, new_salt)
    return Step(None, after, tuple(events))


def new_salt() -> str:
    """A salt by chance: one that followed from the desk's key could be computed again after it was erased."""
    return os.urandom(SALT).hex()


def untouched(case: Case) -> Step:
    """A case to which nothing has happened yet."""
    return Step(case, case, ())


def caught_up(case: Case, at: datetime) -> Step:
    """What the passing of time has brought about by ``at``: a person acts on the case as a punctual sweep leaves it."""
    return untouched(case).then(due_now(case, at, cities.trade()), DESK, at)


def taken(case: Case, action: Action, by: Actor, at: datetime, decide: Decide) -> Step:
    """The step of ``by`` taking ``action``. Raises what ``permit`` and ``decide`` raise."""
    step = caught_up(case, at)
    permit(step.after, action, by, at)
    decided = decide(step.after)
    return step.then(decided if isinstance(decided, Iterable) else [decided], by, at)


def finish(
    *steps: Step,
    at: datetime,
    new: Iterable[DeskItem] = (),
    kept: Iterable[DeskItem] = (),
    versioned: Iterable[DeskItem] = (),
    newer: Iterable[DeskItem] = (),
    gone: Iterable[DeskItem] = (),
    messages: Iterable[AnyMessage] = (),
    consumes: AnyMessage | None = None,
    unmoved: Iterable[Case] = (),
    counts: Iterable[Count] = (),
) -> None:
    """Commit ``steps`` and what goes with them, then send what they say; ``unmoved``: cases they build upon;
    ``counts``: what they count for.

    Raises what ``commit`` raises. What cannot be sent now is sent by the sweep: the commit stands.
    """
    work = Work(
        at,
        new=list(new),
        kept=list(kept),
        versioned=list(versioned),
        newer=list(newer),
        gone=list(gone),
        messages=list(messages),
        consumes=consumes,
        unmoved=list(unmoved),
        counts=list(counts),
    )
    for step in steps:
        if step.events:
            work.move(step.before, step.after, list(step.events))
            work.messages += _messages_of(step)
            work.entries += entries_of(step.before, step.after, step.events)
            known = step.before.lay if step.before is not None else ()
            work.kept += attendance_items(step.after.case_id, known, step.after.lay)
            public, no_longer = decisions.changes(step.before, step.after, step.events)
            listed, unlisted = matters.changes(step.before, step.after, step.events)
            work.kept += [*public, *listed]
            work.gone += [*no_longer, *unlisted]
            work.kept += answer_items(step.before, step.after, step.events)
    commit(work)
    for step in steps:
        counted(step.events)
    send(work.messages)


def _messages_of(step: Step) -> Iterable[AnyMessage]:
    for event in step.events:
        notice = notice_of(event)
        if notice is not None and notice.reaches(step.before, step.after):
            yield Message(Topic.NOTICES, event.case_id, event.number)
        for endpoint in cities.known().endpoints:
            if tells(endpoint, event, step.before, step.after):
                yield Message(Topic.WEBHOOKS, event.case_id, event.number, endpoint.id)
        for agency_id in sorted(agencies_told(step.before, step.after, event)):
            # one that this process does not know was entered since it asked last
            agency = cities.known().agency(agency_id) or cities.refreshed().agency(agency_id)
            if agency is not None and agency.has_desk:
                yield AgencyMessage(event.case_id, event.number, agency_id)


def send(messages: Iterable[AnyMessage]) -> None:
    """Send committed messages. A queue that cannot be reached loses nothing: they stand in the outbox."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        queues.send([(message, pack(message)) for message in messages])
    except (BotoCoreError, ClientError, RuntimeError) as error:
        logger.error("messages stay in the outbox for the sweep", extra=failure(error))
