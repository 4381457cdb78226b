"""The case (信访事项): the matter itself, as folding its events gives it."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.clocks import Clock, next_change
from chalicelib.domain.invitations import Invitation
from chalicelib.domain.order import Inspection, Order, Released
from chalicelib.domain.transfer import Transfer as Transfer
from chalicelib.domain.voice import Voice as Voice
from chalicelib.domain.words import (
    ANSWERED,
    ENDED,
    LEFT,
    SETTLED,
    Channel,
    ClockName,
    Kind,
    Light,
    Outcome,
    ReviewLevel,
    State,
)

OUT_OF_HAND = frozenset({State.REPLIED, State.IN_REVIEW})  # answered: nobody is working on it now


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


class Assist(Struct, frozen=True, omit_defaults=True):
    """协办: what another unit adds to the lead's answer. ``asked``, ``given``: numbers of the events that say what."""

    unit: str
    asked: int
    clock: Clock
    told: Light = Light.GREEN  # the darkest light of which the unit was told
    given: int | None = None

    @property
    def next_told_at(self) -> datetime | None:
        """When the unit is next told that its term is ending, or over."""
        if self.given is not None or self.told is Light.RED:
            return None
        return self.clock.yellow_at if self.told is Light.GREEN else self.clock.red_at


class Conference(Struct, frozen=True, omit_defaults=True):
    """会办: a joint conference that was called. ``called``: number of the event that says why."""

    on: datetime
    members: tuple[str, ...]
    called: int


class Published(Struct, frozen=True, omit_defaults=True):
    """公开: what was decided on a piece of advice, as it is public. ``quoted``: the receipts whose consent it needs."""

    at: datetime
    outcome: Outcome
    quoted: tuple[str, ...]


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
    drafted_by: str = ""  # login
    transfer: Transfer | None = None  # the latest, while it stands or was answered
    transfers: int = 0  # how many there have been
    direct: bool = False  # 直接办理: the desk handles it itself
    return_until: datetime | None = None
    first_asked: str | None = None  # 首问责任: who returned it first stays responsible until another has signed for it
    assists: tuple[Assist, ...] = ()
    conference: Conference | None = None
    owner: str | None = None  # 包案: login of the leader who owns it
    backlog_at: datetime | None = None  # when it becomes backlog, if it is still open
    backlog_since: datetime | None = None  # 积案: when it became one
    owner_by: datetime | None = None  # how long a backlog may be without an owner before people are reminded
    settled_at: datetime | None = None  # 化解: since when a backlog is settled; None while it is open
    done_by: datetime | None = None  # what the reply promised to be done by
    decision: Outcome | None = None  # on a piece of advice: adopted or not
    published: Published | None = None
    withheld: bool = False  # the desk looked at the decision, and it is not to be public
    reminded: tuple[ClockName, ...] = ()
    order: Order | None = None
    orders: int = 0  # how many there have been
    highest_level: int = 0
    overseen_by: tuple[str, ...] = ()  # the units whose orders there have been
    released: Released | None = None
    inspection: Inspection | None = None
    false_reply: bool = False  # an inspector found one
    keeper: str | None = None  # the unit that keeps the mailbox it came to
    keeper_told: datetime | None = None  # of the answer's term that began then
    replied_at: datetime | None = None
    answered_by: str | None = None  # the unit that replied last; it may have returned the rest
    known_from: str = ""  # the case of the same matter whose result was told here; nothing was investigated again
    ask_rating_at: datetime | None = None
    window_ends_at: datetime | None = None
    stands_until: datetime | None = None  # how long a concluded first petition must not come again to count as settled
    joined_to: str | None = None
    waiting: Waiting | None = None
    extension: Extension | None = None
    extended: int = 0  # calendar days granted so far
    reworks: int = 0
    call_back_due: bool = False
    review: Review | None = None
    reviewed: ReviewLevel | None = None  # the highest that was decided
    review_until: datetime | None = None  # how long the next review may be asked for
    drill: str = ""  # id of the keepers' exam whose test letter this is

    @property
    def counted(self) -> bool:
        """Whether anybody but the keepers' exam counts it, compares with it or is told of it (docs/decisions/0012)."""
        return not self.drill

    place: str = ""  # 地点: what the gazetteer calls the place that the letter names
    urgent_by_rule: bool = False  # whatever risks stand
    risks: tuple[str, ...] = ()  # 风险: ids of those that stand
    alarm: bool = False  # life may be in danger
    lay: tuple[Invitation, ...] = ()  # 信访监督员: who was invited to it, earliest first
    ended_at: datetime | None = None  # since when nothing more is to be done; None while something is

    @property
    def receipts(self) -> tuple[str, ...]:
        """The receipts of all who spoke and did not withdraw."""
        return tuple(voice.receipt for voice in self.voices if not voice.withdrawn)

    @property
    def people(self) -> int:
        """How many people spoke and did not withdraw: of a joint letter, all who signed it."""
        return sum(max(1, voice.signers) for voice in self.voices if not voice.withdrawn)

    @property
    def bound_by(self) -> datetime | None:
        """The nearest date that other agencies have set for an answer that is still owed."""
        waiting = (voice for voice in self.voices if voice.answered_at is None and not voice.withdrawn)
        return min((voice.bound_by for voice in waiting if voice.bound_by is not None), default=None)

    @property
    def referred_by(self) -> frozenset[str]:
        """The ids of the agencies that referred what is spoken of here; "" stands for citizens themselves."""
        return frozenset(voice.agency for voice in self.voices if not voice.withdrawn)

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
    def assisting(self) -> tuple[str, ...]:
        """The units that still owe the lead their part."""
        return tuple(assist.unit for assist in self.assists if assist.given is None)

    @property
    def assists_overdue(self) -> tuple[str, ...]:
        """Those of them whose own term is over."""
        return tuple(one.unit for one in self.assists if one.given is None and one.told is Light.RED)

    @property
    def consenting(self) -> tuple[str, ...]:
        """The receipts of those who let the matter be published."""
        given = (voice.receipt for voice in self.voices if voice.may_publish and not voice.withdrawn)
        return tuple(given) if self.counted else ()

    @property
    def awaits_publication(self) -> bool:
        """Whether the desk is still to say if the decision on a piece of advice becomes public."""
        undecided = self.published is None and not self.withheld
        return self.state in ANSWERED and self.decision is not None and bool(self.consenting) and undecided

    @property
    def unrated(self) -> tuple[str, ...]:
        """The receipts that were answered and have not rated."""
        answered = (voice for voice in self.voices if voice.answered_at and not voice.withdrawn)
        return tuple(voice.receipt for voice in answered if voice.rated_at is None)

    @property
    def backlog(self) -> bool:
        """积案: whether it was ever too old, or done again too often; settled or not."""
        return self.backlog_since is not None

    @property
    def may_become_backlog(self) -> bool:
        """Whether it is still to be answered, and not in the backlog yet. An accusation never is: the campaign would
        tell of it.
        """
        still_open = not self.ended and self.state not in OUT_OF_HAND
        return self.counted and not self.backlog and not self.sealed and still_open

    @property
    def owner_missing_at(self) -> datetime | None:
        """When people are to be reminded that no leader owns this backlog; None when there is nothing to remind of."""
        settled = self.state in SETTLED or self.state in LEFT
        return self.owner_by if self.owner is None and self.backlog and not settled else None

    def voice(self, receipt: str) -> Voice | None:
        """The part of ``receipt`` in this case."""
        return next((voice for voice in self.voices if voice.receipt == receipt), None)

    @property
    def next_level_at(self) -> datetime | None:
        """When supervision begins, or the order in force climbs a level: never before the matter is overdue."""
        if not self.counted:
            return None
        if self.order is None:
            left_alone = self.released.ladder_at if self.released is not None else None
            return min((left_alone(one) if left_alone else one.red_at for one in self.clocks), default=None)
        if self.deadline is None or self.order.next_level_at is None:
            return None
        return max(self.order.next_level_at, self.deadline.red_at)

    def keeper_at(self, after: datetime) -> datetime | None:
        """When the keeper of the mailbox is to be told of the term to answer; None once it is told, or yellow."""
        handling = next((clock for clock in self.clocks if clock.name is ClockName.HANDLE), None)
        if handling is None or handling.started_at == self.keeper_told or after >= handling.yellow_at:
            return None
        return handling.keeper_at

    def next_due_at(self, after: datetime) -> datetime | None:
        """The nearest moment at which something about the case changes by itself (invariant 6).

        It may be past: a clock that stood still can be near its end, or over, as soon as it runs again.
        """
        moments = [self.owner_missing_at, *(assist.next_told_at for assist in self.assists)]
        moments.append(self.inspection.next_at if self.inspection is not None else None)
        if self.may_become_backlog:
            moments.append(self.backlog_at)
        if self.waiting is not None:
            moments.append(self.waiting.until)
        else:
            moments += [next_change(self.clocks, after), self.next_level_at, self.keeper_at(after)]
            moments.append(self.order.late_at if self.order is not None else None)
            moments += [clock.yellow_at for clock in self.clocks if clock.name not in self.reminded]
        if self.state is State.REPLIED:
            moments += [self.ask_rating_at, self.window_ends_at]
        if self.state in ANSWERED:
            moments += [self.done_by, self.stands_until]
        return min((moment for moment in moments if moment is not None), default=None)
