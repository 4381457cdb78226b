"""Messages that are committed and not yet acted upon, and everything else that is due by itself."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from chalicelib.domain.case import Case
from chalicelib.domain.messages import Message
from chalicelib.storage.keys import outbox_key, shards
from chalicelib.storage.records import unpack
from chalicelib.storage.table import DeskItem, get, stamp

RESEND_EVERY = timedelta(hours=1)


class Due(Struct, frozen=True):
    """What is due now: a case or a message, never both."""

    case: Case | None = None
    message: Message | None = None

    @property
    def name(self) -> str:
        """Which it is, for the log."""
        return f"case {self.case.case_id}" if self.case else f"message {self.message.id if self.message else ''}"


def due_by(now: datetime) -> Iterator[Due]:
    """Everything that is due by ``now``: one index read an item, and none for what is not due."""
    for shard in shards():
        for item in DeskItem.due_index.query(shard, DeskItem.due_at <= stamp(now)):
            if item.sk == "case":
                yield Due(case=unpack(item.body, Case))
            else:
                yield Due(message=unpack(item.body, Message))


def waits(message: Message) -> bool:
    """Whether nobody has acted upon ``message`` yet."""
    return get(*outbox_key(message.id)) is not None


def done(message: Message) -> None:
    """The message was acted upon; saying so twice is saying it once."""
    DeskItem(*outbox_key(message.id)).delete()


def postpone(message: Message, now: datetime) -> None:
    """It is being sent again now; should that too be lost, it is due again in an hour."""
    _update(message, [DeskItem.due_at.set(stamp(now + RESEND_EVERY))])


def leave_to_queue(message: Message) -> None:
    """The queue has it and retries it: the sweep need not. It stays here until it is done."""
    _update(message, [DeskItem.due_shard.remove(), DeskItem.due_at.remove()])


def _update(message: Message, actions: list[Action]) -> None:
    try:
        DeskItem(*outbox_key(message.id)).update(actions=actions, condition=DeskItem.pk.exists())
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise  # done in the meantime is well done
