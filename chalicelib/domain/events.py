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
from chalicelib.domain.events_agencies import *  # noqa: F403 — all of its payloads, as its __all__ lists them
from chalicelib.domain.events_answering import Answer as Answer
from chalicelib.domain.events_answering import Concluded as Concluded
from chalicelib.domain.events_answering import Drafted as Drafted
from chalicelib.domain.events_answering import Rated as Rated
from chalicelib.domain.events_answering import RatingAsked as RatingAsked
from chalicelib.domain.events_answering import Replied as Replied
from chalicelib.domain.events_answering import SentBack as SentBack
from chalicelib.domain.events_answering import Supplemented as Supplemented
from chalicelib.domain.events_answering import VoiceWithdrawn as VoiceWithdrawn
from chalicelib.domain.events_answering import Withdrawn as Withdrawn
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
from chalicelib.domain.events_lay import LayAnswered as LayAnswered
from chalicelib.domain.events_lay import LayInvited as LayInvited
from chalicelib.domain.events_lay import LayUninvited as LayUninvited
from chalicelib.domain.events_lay import OpinionGiven as OpinionGiven
from chalicelib.domain.events_orders import *  # noqa: F403 — all of its payloads, as its __all__ lists them
from chalicelib.domain.events_reading import AreaCorrected as AreaCorrected
from chalicelib.domain.events_reading import RiskMarked as RiskMarked
from chalicelib.domain.events_watch import CameAgain as CameAgain
from chalicelib.domain.events_watch import Erased as Erased
from chalicelib.domain.events_watch import Instructed as Instructed
from chalicelib.domain.events_watch import LightChanged as LightChanged
from chalicelib.domain.events_watch import Looked as Looked
from chalicelib.domain.events_watch import PetitionerSeen as PetitionerSeen
from chalicelib.domain.events_watch import Reminded as Reminded
from chalicelib.domain.events_watch import StoodSettled as StoodSettled
from chalicelib.domain.events_watch import Supervised as Supervised
from chalicelib.domain.said import ModelSays as ModelSays
from chalicelib.domain.words import (
    Channel,
    DeclineGround,
    Kind,
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
    drill: str = ""  # id of the keepers' exam whose test letter it is
    keeper: str | None = None  # the unit that keeps the mailbox
    bound_by: datetime | None = None  # the date that the agency which referred it has set for the answer


class Registered(Struct, frozen=True, omit_defaults=True):
    """登记: the matter stands in the register, with what the rules made of it."""

    category: str | None
    area: str | None
    suggested_unit: str | None
    urgent: bool
    first_petition: bool
    reasons: tuple[Reason, ...]
    clocks: tuple[Clock, ...]
    place: str = ""  # by which the area was found in the letter, as the gazetteer names it
    model_says: ModelSays | None = None
    moved_by: str = ""  # words of the letter that moved it: a text, erased with the letter


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
    agency: str = ""  # id of the agency that referred it
    bound_by: datetime | None = None


class Accepted(Struct, frozen=True, omit_defaults=True):
    """受理. ``backlog_at``: when it becomes backlog, unless it is answered by then. ``category``,
    ``suggested_unit``: what a clerk decided it is about, and whose that is; None where she was not asked.
    """

    basis: Reason
    clocks: tuple[Clock, ...]
    backlog_at: datetime | None = None
    category: str | None = None
    suggested_unit: str | None = None


class Declined(Struct, frozen=True, omit_defaults=True):
    """不予受理, with the ground and where to go instead."""

    ground: DeclineGround
    where_to: str


# Handling -----------------------------------------------------------------------------------------------------------


class Dispatched(Struct, frozen=True, omit_defaults=True):
    """交办: made one unit's to answer. ``return_until``: how long it may say that it is not its own. ``category``:
    what a clerk decided it is about; None where she was not asked.
    """

    unit: str
    basis: Reason
    note: str
    clocks: tuple[Clock, ...]
    return_until: datetime | None = None
    category: str | None = None


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
    | StoodSettled
    | CameAgain
    | OrderPayload  # noqa: F405
    | AgencyPayload  # noqa: F405
    | LayInvited
    | LayUninvited
    | LayAnswered
    | OpinionGiven
    | RiskMarked
    | AreaCorrected
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
