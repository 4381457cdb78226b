"""Webhooks that were not taken: when each is tried again, and which nobody tries any more.

They stay in the outbox, and stand in the worklist index beside: by endpoint, in the order of their next try.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.domain.messages import Message, Webhook
from chalicelib.storage import outbox
from chalicelib.storage.keys import outbox_key, shard_of
from chalicelib.storage.records import unpack
from chalicelib.storage.table import DeskItem, get, moment, stamp

SENT_AHEAD = timedelta(minutes=15)  # a queue delays a message so long at most; what comes later, the sweep sends
RESENT_AFTER = timedelta(minutes=2)  # what the queue was given and lost all the same
KEPT = timedelta(days=30)  # what failed, as long as the log of its tries
MOST_COUNTED = 1_000


class Waiting(Struct, frozen=True):
    """A message that nobody has taken yet, after so many ``tries``; 0 for one that begins, or begins anew."""

    tries: int = 0
    not_before: datetime | None = None


class Listed(Struct, frozen=True):
    """A message in the list of an endpoint. ``at``: its next try, or when it was given up."""

    message: Message
    at: datetime
    tries: int


def standing(message: Webhook) -> Waiting | None:
    """How a message stands; None for one that was taken. What was given up and is sent all the same begins anew."""
    item = get(*outbox_key(message.id))
    if item is None:
        return None
    if item.worklist is None or item.worklist_at is None or item.worklist == _given_up(message.receiver):
        return Waiting()
    return Waiting(int(item.version or 0), moment(item.worklist_at))


def until(message: Webhook, tries: int, at: datetime, now: datetime) -> bool:
    """It is tried again ``at``. Gives whether that is so soon that the queue is to be given it now, with a delay."""
    soon = at - now <= SENT_AHEAD
    outbox.change(
        message,
        [
            DeskItem.version.set(tries),
            DeskItem.worklist.set(_waiting(message.receiver)),
            DeskItem.worklist_at.set(stamp(at)),
            DeskItem.due_shard.set(shard_of(message.subject)),
            DeskItem.due_at.set(stamp(at + RESENT_AFTER if soon else at - SENT_AHEAD)),
            DeskItem.expires.remove(),
        ],
    )
    return soon


def give_up(message: Webhook, tries: int, now: datetime) -> None:
    """Nobody tries it again until a person says so."""
    outbox.change(
        message,
        [
            DeskItem.version.set(tries),
            DeskItem.worklist.set(_given_up(message.receiver)),
            DeskItem.worklist_at.set(stamp(now)),
            DeskItem.due_shard.remove(),
            DeskItem.due_at.remove(),
            DeskItem.expires.set(int((now + KEPT).timestamp())),
        ],
    )


def waiting(endpoint: str, limit: int) -> list[Listed]:
    """What waits for its next try, the nearest first."""
    return _listed(_waiting(endpoint), limit, forward=True)


def given_up(endpoint: str, limit: int) -> list[Listed]:
    """What was given up, the latest first."""
    return _listed(_given_up(endpoint), limit, forward=False)


def counts(endpoint: str) -> tuple[int, int]:
    """How much waits, and how much was given up; counted up to a thousand each."""
    return _count(_waiting(endpoint)), _count(_given_up(endpoint))


def _count(worklist: str) -> int:
    return int(DeskItem.worklist_index.count(worklist, limit=MOST_COUNTED))


def _listed(worklist: str, limit: int, *, forward: bool) -> list[Listed]:
    found = DeskItem.worklist_index.query(worklist, scan_index_forward=forward, limit=limit)
    return [Listed(unpack(item.body, Message), moment(str(item.worklist_at)), int(item.version or 0)) for item in found]


def _waiting(receiver: str) -> str:
    return f"hook-waits#{receiver}"


def _given_up(receiver: str) -> str:
    return f"hook-failed#{receiver}"
