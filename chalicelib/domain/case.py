"""The case (信访事项): the matter itself, as folding its events gives it."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.clocks import Clock, next_change
from chalicelib.domain.words import ENDED, Channel, ClockName, Kind, Light, Satisfaction, Solved, State


class Voice(Struct, frozen=True, omit_defaults=True):
    """One submission's part in a case."""

    receipt: str
    filed_at: datetime
    own_term_ends_at: datetime | None = None  # where one term for all runs from each filing
    answered_at: datetime | None = None
    in_time: bool | None = None
    withdrawn: bool = False
    rated_at: datetime | None = None
    solved: Solved | None = None
    satisfaction: Satisfaction | None = None


class Order(Struct, frozen=True, omit_defaults=True):
    """A supervision order in force."""

    level: int
    answer_by: datetime
    next_level_at: datetime | None


class Case(Struct, frozen=True, omit_defaults=True):
    """Everything a rule needs to know of a matter; texts stand in its events and submissions."""

    case_id: str
    version: int
    last_hash: str
    state: State
    kind: Kind
    channel: Channel
    mailbox: str
    title: str
    sealed: bool
    opened_at: datetime
    voices: tuple[Voice, ...]
    clocks: tuple[Clock, ...]
    light: Light | None
    moved_at: datetime  # of the latest event: up to here everything that fell due is recorded
    area: str | None = None
    category: str | None = None
    urgent: bool = False
    first_petition: bool = True
    left_to_clerk: bool = False
    suggested_unit: str | None = None
    unit: str | None = None
    dispatched_at: datetime | None = None
    signed_at: datetime | None = None
    returns: int = 0
    supplements: int = 0
    draft: int | None = None  # number of the event that holds the draft
    reminded: tuple[ClockName, ...] = ()
    order: Order | None = None
    highest_level: int = 0
    replied_at: datetime | None = None
    ask_rating_at: datetime | None = None
    window_ends_at: datetime | None = None
    joined_to: str | None = None

    @property
    def receipts(self) -> tuple[str, ...]:
        """The receipts of all who spoke and did not withdraw."""
        return tuple(voice.receipt for voice in self.voices if not voice.withdrawn)

    @property
    def ended(self) -> bool:
        """Whether nothing more is to be done."""
        return self.state in ENDED

    @property
    def deadline(self) -> Clock | None:
        """The running clock that ends first."""
        return min(self.clocks, key=lambda clock: clock.due_at, default=None)

    @property
    def unrated(self) -> tuple[str, ...]:
        """The receipts that were answered and have not rated."""
        answered = (voice for voice in self.voices if voice.answered_at and not voice.withdrawn)
        return tuple(voice.receipt for voice in answered if voice.rated_at is None)

    def voice(self, receipt: str) -> Voice | None:
        """The part of ``receipt`` in this case."""
        return next((voice for voice in self.voices if voice.receipt == receipt), None)

    @property
    def next_level_at(self) -> datetime | None:
        """When the order in force climbs a level: at its own time, but never before the matter is overdue."""
        if self.order is None or self.order.next_level_at is None or self.deadline is None:
            return None
        return max(self.order.next_level_at, self.deadline.red_at)

    def next_due_at(self, after: datetime) -> datetime | None:
        """The nearest moment at which something about the case changes by itself (invariant 6)."""
        moments = [next_change(self.clocks, after)]
        if self.order is not None:
            moments.append(self.next_level_at)
        if self.state is State.REPLIED:
            moments += [self.ask_rating_at, self.window_ends_at]
        return min((moment for moment in moments if moment is not None), default=None)
