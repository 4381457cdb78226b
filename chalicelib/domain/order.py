"""A supervision order (督办单) in force, what is left of one that was released, and a leader's standing inspection."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.clocks import TICK, Clock
from chalicelib.domain.words import Found


class Order(Struct, frozen=True, omit_defaults=True):
    """``number``: in its case; ``offices``: the units whose order it is; ``overdue``: its lateness was told."""

    level: int
    answer_by: datetime
    next_level_at: datetime | None
    number: int = 0
    offices: tuple[str, ...] = ()
    answered_at: datetime | None = None
    overdue: bool = False
    found: Found | None = None
    inspected_at: datetime | None = None

    @property
    def late_at(self) -> datetime | None:
        """When its term is over unanswered; None when that cannot be any more, or was told."""
        return None if self.answered_at is not None or self.overdue else self.answer_by + TICK

    @property
    def awaits_answer(self) -> bool:
        """Whether the unit is to write: for the first time, or again after it was inspected."""
        answered, inspected = self.answered_at, self.inspected_at
        return answered is None or (inspected is not None and inspected > answered)


class Released(Struct, frozen=True, omit_defaults=True):
    """An order was released at ``at``: what was overdue then is left alone until ``again_at``."""

    at: datetime
    again_at: datetime

    def ladder_at(self, clock: Clock) -> datetime:
        """When the ladder begins for ``clock``."""
        return clock.red_at if clock.red_at > self.at else max(clock.red_at, self.again_at)


class Inspection(Struct, frozen=True, omit_defaults=True):
    """A matter that is inspected until done. ``by``: login of who ordered it; ``unit``: where a head did, their unit;
    ``due``: whether it is to be inspected now.
    """

    by: str
    unit: str | None
    next_at: datetime
    due: bool = False
