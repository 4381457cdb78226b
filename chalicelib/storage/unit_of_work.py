"""One command, one commit: everything a use case writes, in one TransactWriteItems (invariant 1)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.domain.case import Case
from chalicelib.domain.errors import Changed
from chalicelib.domain.events import Event
from chalicelib.domain.facts import Entry
from chalicelib.domain.messages import AnyMessage
from chalicelib.domain.roots import day_of
from chalicelib.storage.counts import Count, Exhausted, update_of
from chalicelib.storage.facts import ledger_update
from chalicelib.storage.keys import case_key, event_key, outbox_key, pointer_key, shard_of
from chalicelib.storage.placing import BACKLOG_SETTLED, list_of, place, pointers
from chalicelib.storage.records import pack, pack_event
from chalicelib.storage.table import DeskItem, stamp

Conditional = tuple[DeskItem, Condition | None]

RESEND_AFTER = timedelta(minutes=2)  # what was committed but, after this, not yet acted upon is sent again
MOST_ITEMS = 100  # of one transaction


class AlreadyDone(Exception):
    """The message this work answers was acted upon before; nothing was written."""


class AlreadyThere(Exception):
    """A case that must begin here, or an item that must be new, exists."""


@dataclass(slots=True)
class Work:
    """What one command writes. ``consumes`` is the message whose work this is: it is done once or not at all."""

    at: datetime
    moved: list[tuple[Case | None, Case, list[Event]]] = field(default_factory=list)
    new: list[DeskItem] = field(default_factory=list)  # must not exist yet
    kept: list[DeskItem] = field(default_factory=list)  # written whatever was there
    versioned: list[DeskItem] = field(default_factory=list)  # each must be at the version before its own
    newer: list[DeskItem] = field(default_factory=list)  # what is there, if anything, must be of an older version
    gone: list[DeskItem] = field(default_factory=list)
    unmoved: list[Case] = field(default_factory=list)  # other cases that must stand as they were read
    entries: list[Entry] = field(default_factory=list)  # added to what their ledgers hold
    messages: list[AnyMessage] = field(default_factory=list)
    consumes: AnyMessage | None = None
    counts: list[Count] = field(default_factory=list)  # each one more, if it is below its bound

    def move(self, before: Case | None, after: Case, events: list[Event]) -> None:
        """Add one case's step. ``before`` is the case as it was read, None when it begins here."""
        self.moved.append((before, after, events))


def commit(work: Work) -> None:
    """Write all of ``work`` or nothing.

    Raises Changed when a case, also one of ``unmoved``, or a versioned item was moved by somebody else since it was
    read, AlreadyDone when the message consumed was acted upon before, AlreadyThere when an item of ``new`` exists,
    Exhausted when one of ``counts`` is at its bound.
    """
    deletes, puts = _deletes(work), _puts(work)
    items = len(work.unmoved) + len(deletes) + len(puts) + len(work.entries) + len(work.counts)
    if items > MOST_ITEMS:
        raise ValueError(f"{items} items do not fit one transaction of {MOST_ITEMS}")
    if not deletes and not puts:
        return
    try:
        with TransactWrite(connection=_connection()) as transaction:
            for case in work.unmoved:
                transaction.condition_check(
                    DeskItem, *case_key(case.case_id), condition=DeskItem.version == case.version
                )
            for item, condition in deletes:
                transaction.delete(item, condition=condition)
            for item, condition in puts:
                transaction.save(item, condition=condition)
            for entry in work.entries:
                item, actions = ledger_update(entry)
                transaction.update(item, actions=actions)
            for count in work.counts:
                item, actions, below = update_of(count)
                transaction.update(item, actions=actions, condition=below)
    except TransactWriteError as error:
        _explain(error, work, len(deletes), len(puts))
        raise


def items_of(work: Work) -> tuple[list[DeskItem], list[DeskItem]]:
    """What committing ``work`` writes, and what it takes away; what it adds to the ledgers stands in its entries."""
    return [item for item, _ in _puts(work)], [item for item, _ in _deletes(work)]


def _deletes(work: Work) -> list[Conditional]:
    gone: list[Conditional] = [(item, None) for item in work.gone]
    if work.consumes is not None:
        gone.insert(0, (DeskItem(*outbox_key(work.consumes.id)), DeskItem.pk.exists()))
    for before, after, _ in work.moved:
        left = pointers(before) - pointers(after) if before is not None else ()
        gone += [(DeskItem(*pointer_key(after.case_id, name)), None) for name in left]
    return gone


def _puts(work: Work) -> list[Conditional]:
    puts: list[Conditional] = []
    for before, after, events in work.moved:
        unchanged = DeskItem.pk.does_not_exist() if before is None else DeskItem.version == before.version
        puts.append((case_item(after, after.moved_at), unchanged))  # a look moves nothing, nor its next moment
        puts += [(event_item(event), DeskItem.pk.does_not_exist()) for event in events]
    for before, after, _ in work.moved:
        new = pointers(after) - pointers(before) if before is not None else pointers(after)
        puts += [(pointer_item(after, name), None) for name in new]
    puts += [(item, DeskItem.pk.does_not_exist()) for item in work.new]
    puts += [(item, None) for item in work.kept]
    puts += [(_outbox_item(message, work.at), None) for message in work.messages]
    puts += [(item, DeskItem.version == item.version - 1) for item in work.versioned]
    puts += [(item, DeskItem.pk.does_not_exist() | (DeskItem.version < item.version)) for item in work.newer]
    return puts


def case_item(case: Case, at: datetime) -> DeskItem:
    """The case as the table keeps it, with the lists it stands in."""
    item = DeskItem(*case_key(case.case_id), body=pack(case), version=case.version)
    next_due_at = case.next_due_at(at)
    if next_due_at is not None:
        item.due_shard, item.due_at = shard_of(case.case_id), stamp(next_due_at)
    place(item, case)
    return item


def event_item(event: Event) -> DeskItem:
    """One line of a case's record as the table keeps it, with its place in its day."""
    item = DeskItem(*event_key(event.case_id, event.number), body=pack_event(event))
    item.day, item.day_hash = f"{day_of(event.at):%Y-%m-%d}", event.hash
    return item


def pointer_item(case: Case, name: str) -> DeskItem:
    """The list's own item: the case stands in its worklist already. It says which case, and the case how it stands."""
    stands_in = list_of(name)
    since = (case.settled_at if stands_in == BACKLOG_SETTLED else None) or case.opened_at
    return DeskItem(*pointer_key(case.case_id, name), body=case.case_id, worklist=stands_in, worklist_at=stamp(since))


def _outbox_item(message: AnyMessage, at: datetime) -> DeskItem:
    return DeskItem(
        *outbox_key(message.id),
        body=pack(message),
        due_shard=shard_of(message.subject),
        due_at=stamp(at + RESEND_AFTER),
    )


def _connection() -> Connection:
    return DeskItem._get_connection().connection


def _explain(error: TransactWriteError, work: Work, deletes: int, puts: int) -> None:
    """Raise the trade's error for the condition that failed. Reasons come checks first, deletes, then puts, as written;
    what is added to the ledgers comes after them, and has no condition; the counts come last.

    A message that was acted upon before is done, whatever else has moved since.
    """
    failed = [
        place - len(work.unmoved)
        for place, reason in enumerate(error.cancellation_reasons)
        if reason is not None and reason.code == "ConditionalCheckFailed"
    ]
    if not failed:
        if any(reason is not None and reason.code == "TransactionConflict" for reason in error.cancellation_reasons):
            raise Changed() from error
        return
    built_upon = failed[0] < 0
    failed = [place for place in failed if place >= 0]
    if failed and failed[0] < deletes:
        raise AlreadyDone from error
    if built_upon:
        raise Changed() from error
    if failed[0] >= deletes + puts:
        raise Exhausted(work.counts[failed[0] - deletes - puts - len(work.entries)]) from error
    if failed[0] >= deletes + puts - len(work.versioned) - len(work.newer):
        raise Changed() from error
    begins = any(before is None for before, _, _ in work.moved)
    moves = sum(1 + len(events) for _, _, events in work.moved)
    if begins or failed[0] - deletes >= moves:
        raise AlreadyThere from error
    raise Changed() from error
