"""Messages that are committed and not yet acted upon, and everything else that is due by itself."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import MsgspecError, Struct
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from chalicelib.domain.case import Case
from chalicelib.domain.exam import Exam
from chalicelib.domain.messages import AnyMessage
from chalicelib.domain.receptions import Reception
from chalicelib.storage.keys import outbox_key, shards
from chalicelib.storage.records import unpack, unpack_message
from chalicelib.storage.table import DeskItem, condition_failed, get, moment, stamp

RESEND_EVERY = timedelta(hours=1)


class Unreadable(Struct, frozen=True):
    """Something is due that this version of the desk cannot read."""

    pk: str


class Again(Struct, frozen=True):
    """A webhook that was not taken is to be tried again at ``at``, a quarter of an hour ahead at most."""

    message: AnyMessage
    at: datetime


Due = Case | Reception | Exam | AnyMessage | Again | Unreadable
"""What is due now: a case, a reception or an exam to be brought up to now, or a message to be sent again."""

_BROUGHT_UP: dict[str, type[Case | Reception | Exam]] = {
    "case": Case,
    "reception": Reception,
    "exam": Exam,
}  # by their sort keys


def due_by(now: datetime) -> Iterator[Due]:
    """Everything that is due by ``now``: one index read an item, and none for what is not due."""
    for shard in shards():
        for item in DeskItem.due_index.query(shard, DeskItem.due_at <= stamp(now)):
            yield _read(item)


def _read(item: DeskItem) -> Due:
    kind = _BROUGHT_UP.get(item.sk)
    try:
        if kind is not None:
            return unpack(item.body, kind)
        message = unpack_message(item.body)
    except MsgspecError:
        return Unreadable(item.pk)
    return message if item.worklist_at is None else Again(message, moment(item.worklist_at))


def waits(message: AnyMessage) -> bool:
    """Whether nobody has acted upon ``message`` yet."""
    return get(*outbox_key(message.id)) is not None


def done(message: AnyMessage) -> None:
    """The message was acted upon; saying so twice is saying it once."""
    DeskItem(*outbox_key(message.id)).delete()


def postpone(message: AnyMessage, now: datetime) -> None:
    """It is being sent again now; should that too be lost, it is due again in an hour."""
    hold(message, now + RESEND_EVERY)


def hold(message: AnyMessage, until: datetime) -> None:
    """Nothing more is to be done about it before ``until``: the sweep sends it then."""
    change(message, [DeskItem.due_at.set(stamp(until))])


def change(message: AnyMessage, actions: list[Action]) -> None:
    """Change what is kept of a message, unless it was acted upon."""
    try:
        DeskItem(*outbox_key(message.id)).update(actions=actions, condition=DeskItem.pk.exists())
    except UpdateError as error:
        if not condition_failed(error):
            raise  # done in the meantime is well done
