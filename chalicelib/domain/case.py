"""The case (信访事项): the matter itself, as folding its events gives it."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.clocks import Clock, next_change
from chalicelib.domain.words import (
    ENDED,
    Channel,
    ClockName,
    Kind,
    Light,
    ReviewLevel,
    Satisfaction,
    Solved,
    State,
)


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


class Waiting(Struct, frozen=True, omit_defaults=True):
    """A question to the citizen. ``stopped``: the clocks that stand still meanwhile."""

    since: datetime
    until: datetime
    stopped: tuple[Clock, ...]


class Extension(Struct, frozen=True, omit_defaults=True):
    """More time is asked for. ``asked``: number of the event that says why."""

    asked: int
    days: int
    endorsed: bool = False


class Review(Struct, frozen=True, omit_defaults=True):
    """复查 or 复核 under way. ``reviewer``: the unit that decides it; ``asked``: number of the event that asks."""

    level: ReviewLevel
    reviewer: str
    asked: int
    receipt: str
    heard: bool = False


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
    answered_by: str | None = None  # the unit that replied last; it may have returned the rest
    ask_rating_at: datetime | None = None
    window_ends_at: datetime | None = None
    joined_to: str | None = None
    waiting: Waiting | None = None
    extension: Extension | None = None
    extended: int = 0  # calendar days granted so far
    reworks: int = 0
    call_back_due: bool = False
    review: Review | None = None
    reviewed: ReviewLevel | None = None  # the highest that was decided
    review_until: datetime | None = None  # how long the next review may be asked for

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
    def in_charge(self) -> str | None:
        """The unit whose move it is: who reviews, while it is reviewed; else who is to answer."""
        return self.review.reviewer if self.review is not None else self.unit

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
        """When supervision begins, or the order in force climbs a level: never before the matter is overdue."""
        if self.deadline is None:
            return None
        overdue = self.deadline.red_at
        if self.order is None:
            return overdue
        return None if self.order.next_level_at is None else max(self.order.next_level_at, overdue)

    def next_due_at(self, after: datetime) -> datetime | None:
        """The nearest moment at which something about the case changes by itself (invariant 6).

        It may be past: a clock that stood still can be near its end, or over, as soon as it runs again.
        """
        if self.waiting is not None:
            return self.waiting.until
        moments = [next_change(self.clocks, after), self.next_level_at]
        moments += [clock.yellow_at for clock in self.clocks if clock.name not in self.reminded]
        if self.state is State.REPLIED:
            moments += [self.ask_rating_at, self.window_ends_at]
        return min((moment for moment in moments if moment is not None), default=None)
