"""What becomes of a supervision order, and the inspections that a leader has made until a matter is done."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.actors import Reason
from chalicelib.domain.words import Found, InspectionWay

__all__ = [
    "InspectionDue",
    "InspectionEnded",
    "InspectionOrdered",
    "KeeperReminded",
    "OrderAnswered",
    "OrderInspected",
    "OrderOverdue",
    "OrderPayload",
    "OrderReleased",
]


class KeeperReminded(Struct, frozen=True, omit_defaults=True):
    """箱主提醒: the keeper of the mailbox is told, before yellow, of the answer's term that began at ``started_at``."""

    started_at: datetime


class OrderAnswered(Struct, frozen=True, omit_defaults=True):
    """The unit answered the order in writing. ``number``: of the order."""

    number: int
    words: str
    in_time: bool


class OrderOverdue(Struct, frozen=True, omit_defaults=True):
    """The order's own term is over, and the unit has not answered it."""

    number: int
    level: int


class OrderInspected(Struct, frozen=True, omit_defaults=True):
    """督查: what an inspector found. ``number``: of the order in force, 0 where none is."""

    number: int
    way: InspectionWay
    found: Found
    words: str


class OrderReleased(Struct, frozen=True, omit_defaults=True):
    """解除督办. ``again_at``: when the ladder begins anew if what is overdue still is."""

    number: int
    level: int
    ground: Reason
    words: str
    again_at: datetime


class InspectionOrdered(Struct, frozen=True, omit_defaults=True):
    """A leader has the matter inspected every few days until it is done; first by ``next_at``."""

    words: str
    next_at: datetime


class InspectionDue(Struct, frozen=True, omit_defaults=True):
    """The matter is to be inspected now, by one of ``offices``; once more at ``next_at``."""

    next_at: datetime
    offices: tuple[str, ...] = ()


class InspectionEnded(Struct, frozen=True, omit_defaults=True):
    """Who had it inspected is content."""

    words: str


OrderPayload = (
    KeeperReminded
    | OrderAnswered
    | OrderOverdue
    | OrderInspected
    | OrderReleased
    | InspectionOrdered
    | InspectionDue
    | InspectionEnded
)
