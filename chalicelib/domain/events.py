"""What happened to a case. Append-only, numbered per case, each sealed to the one before by its hash.

Every moment at which something will change by itself is computed when the event is decided and stands in it, so
that folding the events needs neither the settings of that day nor a calendar.
"""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.actors import CITIZEN as CITIZEN
from chalicelib.domain.actors import DESK as DESK
from chalicelib.domain.actors import Actor as Actor
from chalicelib.domain.actors import Reason as Reason
from chalicelib.domain.clocks import Clock
from chalicelib.domain.events_arranging import AssistanceAsked as AssistanceAsked
from chalicelib.domain.events_arranging import AssistanceCalledOff as AssistanceCalledOff
from chalicelib.domain.events_arranging import AssistanceDue as AssistanceDue
from chalicelib.domain.events_arranging import Assisted as Assisted
from chalicelib.domain.events_arranging import BacklogEntered as BacklogEntered
from chalicelib.domain.events_arranging import ConferenceCalled as ConferenceCalled
from chalicelib.domain.events_arranging import ConferenceCalledOff as ConferenceCalledOff
from chalicelib.domain.events_arranging import ConferenceHeld as ConferenceHeld
from chalicelib.domain.events_arranging import ConsentWithdrawn as ConsentWithdrawn
from chalicelib.domain.events_arranging import DecisionPublished as DecisionPublished
from chalicelib.domain.events_arranging import DecisionTakenDown as DecisionTakenDown
from chalicelib.domain.events_arranging import DecisionWithheld as DecisionWithheld
from chalicelib.domain.events_arranging import HandledDirectly as HandledDirectly
from chalicelib.domain.events_arranging import OwnerMissing as OwnerMissing
from chalicelib.domain.events_arranging import OwnerNamed as OwnerNamed
from chalicelib.domain.events_later import Asked as Asked
from chalicelib.domain.events_later import CallBackDue as CallBackDue
from chalicelib.domain.events_later import CalledBack as CalledBack
from chalicelib.domain.events_later import ClocksRecounted as ClocksRecounted
from chalicelib.domain.events_later import ExtensionAsked as ExtensionAsked
from chalicelib.domain.events_later import ExtensionEndorsed as ExtensionEndorsed
from chalicelib.domain.events_later import ExtensionGranted as ExtensionGranted
from chalicelib.domain.events_later import ExtensionRefused as ExtensionRefused
from chalicelib.domain.events_later import HearingHeld as HearingHeld
from chalicelib.domain.events_later import Referred as Referred
from chalicelib.domain.events_later import Resumed as Resumed
from chalicelib.domain.events_later import ReviewAsked as ReviewAsked
from chalicelib.domain.events_later import ReviewDecided as ReviewDecided
from chalicelib.domain.events_later import ReworkOrdered as ReworkOrdered
from chalicelib.domain.events_later import SplitOff as SplitOff
from chalicelib.domain.events_later import Terminated as Terminated
from chalicelib.domain.events_later import VoicesSplit as VoicesSplit
from chalicelib.domain.events_watch import Erased as Erased
from chalicelib.domain.events_watch import Instructed as Instructed
from chalicelib.domain.events_watch import LightChanged as LightChanged
from chalicelib.domain.events_watch import Looked as Looked
from chalicelib.domain.events_watch import PetitionerSeen as PetitionerSeen
from chalicelib.domain.events_watch import Reminded as Reminded
from chalicelib.domain.events_watch import Supervised as Supervised
from chalicelib.domain.words import (
    Attitude,
    Channel,
    DeclineGround,
    Kind,
    Outcome,
    Satisfaction,
    Solved,
)

# Arrival ------------------------------------------------------------------------------------------------------------


class Filed(Struct, frozen=True, omit_defaults=True):
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
    signers: int = 0  # of a joint letter
    may_publish: bool = False


class Registered(Struct, frozen=True, omit_defaults=True):
    """登记: the matter stands in the register, with what the rules made of it."""

    category: str | None
    area: str | None
    suggested_unit: str | None
    urgent: bool
    first_petition: bool
    reasons: tuple[Reason, ...]
    clocks: tuple[Clock, ...]


class LeftToClerk(Struct, frozen=True, omit_defaults=True):
    """The rules were not sure; the intake clerk decides."""

    reasons: tuple[Reason, ...]


class Joined(Struct, frozen=True, omit_defaults=True):
    """并案: this submission speaks of another case's matter, and is handled there."""

    into: str
    basis: Reason


class VoiceAdded(Struct, frozen=True, omit_defaults=True):
    """Another submission was joined to this case."""

    receipt: str
    from_case: str
    filed_at: datetime
    own_term_ends_at: datetime | None
    basis: Reason
    signers: int = 0
    may_publish: bool = False


class Accepted(Struct, frozen=True, omit_defaults=True):
    """受理. ``backlog_at``: when it becomes backlog, unless it is answered by then."""

    basis: Reason
    clocks: tuple[Clock, ...]
    backlog_at: datetime | None = None


class Declined(Struct, frozen=True, omit_defaults=True):
    """不予受理, with the ground and where to go instead."""

    ground: DeclineGround
    where_to: str


# Handling -----------------------------------------------------------------------------------------------------------


class Dispatched(Struct, frozen=True, omit_defaults=True):
    """交办: made one unit's to answer. ``return_until``: how long it may say that it is not its own."""

    unit: str
    basis: Reason
    note: str
    clocks: tuple[Clock, ...]
    return_until: datetime | None = None


class Returned(Struct, frozen=True, omit_defaults=True):
    """退回: the unit says it is not its own."""

    unit: str
    ground: str
    clocks: tuple[Clock, ...]


class Signed(Struct, frozen=True, omit_defaults=True):
    """签收: the unit has taken it up."""

    unit: str
    clocks: tuple[Clock, ...]


class Noted(Struct, frozen=True, omit_defaults=True):
    """A note on progress. Public notes are shown to the citizen."""

    text: str
    public: bool


class Drafted(Struct, frozen=True, omit_defaults=True):
    """A reply was written and waits for the unit head."""

    text: str
    outcome: Outcome
    done_by: datetime | None = None  # with a promise: the end of the day by which it is done


class SentBack(Struct, frozen=True, omit_defaults=True):
    """The unit head wants the draft changed."""

    words: str


class Answer(Struct, frozen=True, omit_defaults=True):
    """One citizen answered: ``in_time`` by her own term."""

    receipt: str
    in_time: bool


class Replied(Struct, frozen=True, omit_defaults=True):
    """答复: the written reply, sent to the citizens named in ``answers``.

    ``clocks`` run on for citizens of the same case who are still to be answered; with none left they are empty.
    ``known_from``: the case of the same matter whose result this is; then nothing was investigated again.
    """

    unit: str
    text: str
    outcome: Outcome
    answers: tuple[Answer, ...]
    ask_rating_at: datetime
    window_ends_at: datetime
    clocks: tuple[Clock, ...]
    review_until: datetime | None = None  # how long review may be asked for, where the law gives it
    done_by: datetime | None = None
    known_from: str = ""
    known_at: datetime | None = None  # when that case was answered
    known_review_until: datetime | None = None  # how long its own citizens may still ask for review


class RatingAsked(Struct, frozen=True, omit_defaults=True):
    """Those who were answered and have not rated were asked to, once."""

    receipts: tuple[str, ...]


class Concluded(Struct, frozen=True, omit_defaults=True):
    """办结."""

    basis: Reason


# The citizen --------------------------------------------------------------------------------------------------------


class Supplemented(Struct, frozen=True, omit_defaults=True):
    """The citizen added something. The words stand with the submission; here their digest."""

    receipt: str
    number: int
    digest: str


class Rated(Struct, frozen=True, omit_defaults=True):
    """评价."""

    receipt: str
    solved: Solved
    attitude: Attitude
    satisfaction: Satisfaction
    words: str


class VoiceWithdrawn(Struct, frozen=True, omit_defaults=True):
    """One of several citizens withdrew; the matter goes on for the others."""

    receipt: str
    reason: str


class Withdrawn(Struct, frozen=True, omit_defaults=True):
    """The only citizen withdrew, and with it the matter ends."""

    receipt: str
    reason: str


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
    | Looked
    | Erased
    | Instructed
    | Referred
    | Asked
    | Resumed
    | ExtensionAsked
    | ExtensionEndorsed
    | ExtensionRefused
    | ExtensionGranted
    | ClocksRecounted
    | CallBackDue
    | CalledBack
    | ReworkOrdered
    | ReviewAsked
    | HearingHeld
    | ReviewDecided
    | Terminated
    | VoicesSplit
    | SplitOff
    | HandledDirectly
    | AssistanceAsked
    | AssistanceCalledOff
    | AssistanceDue
    | Assisted
    | ConferenceCalled
    | ConferenceCalledOff
    | ConferenceHeld
    | OwnerNamed
    | BacklogEntered
    | OwnerMissing
    | DecisionPublished
    | DecisionTakenDown
    | DecisionWithheld
    | ConsentWithdrawn
)

PAYLOADS: dict[str, type[Payload]] = {payload.__name__: payload for payload in Payload.__args__}

LOOKS = (PetitionerSeen, Looked)
ASIDE = (*LOOKS, Erased)  # they stand in the record, and leave the case where it is


class Event(Struct, frozen=True, omit_defaults=True):
    """One line of a case's record. ``hash`` covers everything else in it, and ``previous``; of a text, its digest.

    ``salt``: of the digests of its texts. ``erased``: the digests of texts that are no longer there, by their fields.
    """

    case_id: str
    number: int
    at: datetime
    by: Actor
    payload: Payload
    previous: str
    hash: str
    salt: str = ""
    erased: dict[str, str] = {}

    @property
    def kind(self) -> str:
        """The payload's name, e.g. "Dispatched"."""
        return type(self.payload).__name__
