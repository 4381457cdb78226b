"""What happened to a case. Append-only, numbered per case, each sealed to the one before by its hash.

Every moment at which something will change by itself is computed when the event is decided and stands in it, so
that folding the events needs neither the settings of that day nor a calendar.
"""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.clocks import Clock
from chalicelib.domain.words import (
    Attitude,
    Channel,
    ClockName,
    DeclineGround,
    Kind,
    Light,
    Outcome,
    Role,
    Satisfaction,
    Solved,
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it. ``id`` is a login, an agency's id, or "" for citizen and desk."""

    role: Role
    id: str = ""
    unit: str | None = None
    name: str = ""


DESK = Actor(Role.DESK)
CITIZEN = Actor(Role.CITIZEN)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in words: a message key and what fills it."""

    code: str
    params: dict[str, str]


# Arrival ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filed:
    """A citizen spoke. ``digest`` is a salted digest of the text: the text itself can be erased, the record stands."""

    receipt: str
    kind: Kind
    channel: Channel
    mailbox: str
    title: str  # "" where the matter is sealed
    area: str | None
    sealed: bool
    digest: str
    clocks: tuple[Clock, ...]


@dataclass(frozen=True, slots=True)
class Registered:
    """登记: the matter stands in the register, with what the rules made of it."""

    category: str | None
    area: str | None
    suggested_unit: str | None
    urgent: bool
    first_petition: bool
    reasons: tuple[Reason, ...]
    clocks: tuple[Clock, ...]


@dataclass(frozen=True, slots=True)
class LeftToClerk:
    """The rules were not sure; the intake clerk decides."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """并案: this submission speaks of another case's matter, and is handled there."""

    into: str
    basis: Reason


@dataclass(frozen=True, slots=True)
class VoiceAdded:
    """Another submission was joined to this case."""

    receipt: str
    from_case: str
    filed_at: datetime
    own_term_ends_at: datetime | None
    basis: Reason


@dataclass(frozen=True, slots=True)
class Accepted:
    """受理."""

    basis: Reason
    clocks: tuple[Clock, ...]


@dataclass(frozen=True, slots=True)
class Declined:
    """不予受理, with the ground and where to go instead."""

    ground: DeclineGround
    where_to: str


# Handling -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dispatched:
    """交办: made one unit's to answer."""

    unit: str
    basis: Reason
    note: str
    clocks: tuple[Clock, ...]


@dataclass(frozen=True, slots=True)
class Returned:
    """退回: the unit says it is not its own."""

    unit: str
    ground: str
    clocks: tuple[Clock, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """签收: the unit has taken it up."""

    unit: str
    clocks: tuple[Clock, ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """A note on progress. Public notes are shown to the citizen."""

    text: str
    public: bool


@dataclass(frozen=True, slots=True)
class Drafted:
    """A reply was written and waits for the unit head."""

    text: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class SentBack:
    """The unit head wants the draft changed."""

    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One citizen answered: ``in_time`` by her own term."""

    receipt: str
    in_time: bool


@dataclass(frozen=True, slots=True)
class Replied:
    """答复: the written reply, sent to the citizens named in ``answers``.

    ``clocks`` run on for citizens of the same case who are still to be answered; with none left they are empty.
    """

    unit: str
    text: str
    outcome: Outcome
    answers: tuple[Answer, ...]
    ask_rating_at: datetime
    window_ends_at: datetime
    clocks: tuple[Clock, ...]


@dataclass(frozen=True, slots=True)
class RatingAsked:
    """Those who were answered and have not rated were asked to, once."""

    receipts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concluded:
    """办结."""

    basis: Reason


# The citizen --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Supplemented:
    """The citizen added something. The words stand with the submission; here their digest."""

    receipt: str
    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Rated:
    """评价."""

    receipt: str
    solved: Solved
    attitude: Attitude
    satisfaction: Satisfaction
    words: str


@dataclass(frozen=True, slots=True)
class VoiceWithdrawn:
    """One of several citizens withdrew; the matter goes on for the others."""

    receipt: str
    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The only citizen withdrew, and with it the matter ends."""

    receipt: str
    reason: str


# The watch ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LightChanged:
    """A clock came nearer its end."""

    light: Light
    clock: ClockName


@dataclass(frozen=True, slots=True)
class Reminded:
    """催办. ``words`` is "" when the passing of time reminds."""

    clock: ClockName | None
    words: str


@dataclass(frozen=True, slots=True)
class Supervised:
    """督办 at a level; the next level follows at ``next_level_at`` unless the matter moves."""

    level: int
    ground: Reason
    words: str
    answer_by: datetime
    next_level_at: datetime | None


@dataclass(frozen=True, slots=True)
class PetitionerSeen:
    """Somebody of the staff looked at who wrote a submission (invariant 7)."""

    receipt: str


@dataclass(frozen=True, slots=True)
class Instructed:
    """批示: a leader's words on the case."""

    words: str


Payload = (
    Filed
    | Registered
    | LeftToClerk
    | Joined
    | VoiceAdded
    | Accepted
    | Declined
    | Dispatched
    | Returned
    | Signed
    | Noted
    | Drafted
    | SentBack
    | Replied
    | RatingAsked
    | Concluded
    | Supplemented
    | Rated
    | VoiceWithdrawn
    | Withdrawn
    | LightChanged
    | Reminded
    | Supervised
    | PetitionerSeen
    | Instructed
)

PAYLOADS: dict[str, type[Payload]] = {payload.__name__: payload for payload in Payload.__args__}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a case's record. ``hash`` covers everything else in it, and ``previous``."""

    case_id: str
    number: int
    at: datetime
    by: Actor
    payload: Payload
    previous: str
    hash: str

    @property
    def kind(self) -> str:
        """The payload's name, e.g. "Dispatched"."""
        return type(self.payload).__name__
