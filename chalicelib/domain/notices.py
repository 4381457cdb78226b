"""Who is told of what: one row for each step that anybody is told of."""

from enum import StrEnum

from msgspec import Struct

from chalicelib.domain import events as happened
from chalicelib.domain.events import Event, Payload


class Audience(StrEnum):
    """Whose inbox in the console."""

    DESK = "desk"  # the intake clerks
    UNIT = "unit"  # handlers and heads of the unit
    OTHER_UNIT = "other_unit"  # the same, of the case that this one was joined to
    HEADS = "heads"  # the unit's heads
    HANDLERS = "handlers"  # the unit's handlers
    SUPERVISORS = "supervisors"


class Notice(Struct, frozen=True):
    """``citizen``: the template of what the citizens of the case get by SMS and e-mail; ``staff``: whose inboxes."""

    citizen: str | None
    staff: tuple[Audience, ...] = ()


NOTICES: dict[type[Payload], Notice] = {
    happened.Registered: Notice("receipt"),
    happened.Joined: Notice("joined", (Audience.UNIT, Audience.OTHER_UNIT)),
    happened.LeftToClerk: Notice(None, (Audience.DESK,)),
    happened.Accepted: Notice("accepted"),
    happened.Declined: Notice("declined"),
    happened.Dispatched: Notice("dispatched", (Audience.UNIT,)),
    happened.Returned: Notice(None, (Audience.DESK,)),
    happened.Drafted: Notice(None, (Audience.HEADS,)),
    happened.SentBack: Notice(None, (Audience.HANDLERS,)),
    happened.Replied: Notice("replied"),
    happened.RatingAsked: Notice("rating_asked"),
    happened.Rated: Notice(None, (Audience.UNIT,)),
    happened.Supplemented: Notice(None, (Audience.UNIT, Audience.DESK)),
    happened.Withdrawn: Notice("withdrawn", (Audience.UNIT,)),
    happened.Reminded: Notice(None, (Audience.UNIT,)),
    happened.Supervised: Notice(None, (Audience.UNIT, Audience.SUPERVISORS)),
    happened.Instructed: Notice(None, (Audience.UNIT, Audience.DESK)),
    happened.Referred: Notice("referred"),
    happened.SplitOff: Notice("split_off", (Audience.DESK,)),
    happened.VoicesSplit: Notice(None, (Audience.UNIT,)),
    happened.Asked: Notice("asked"),
    happened.Resumed: Notice(None, (Audience.UNIT,)),
    happened.ExtensionAsked: Notice(None, (Audience.HEADS,)),
    happened.ExtensionEndorsed: Notice(None, (Audience.DESK,)),
    happened.ExtensionRefused: Notice(None, (Audience.UNIT,)),
    happened.ExtensionGranted: Notice("extended", (Audience.UNIT,)),
    happened.ClocksRecounted: Notice("recounted"),
    happened.CallBackDue: Notice(None, (Audience.DESK,)),
    happened.BacklogEntered: Notice(None, (Audience.DESK, Audience.SUPERVISORS)),
    happened.OwnerMissing: Notice(None, (Audience.DESK, Audience.SUPERVISORS)),
    happened.ReworkOrdered: Notice("rework", (Audience.UNIT,)),
    happened.ReviewAsked: Notice("review_asked", (Audience.UNIT, Audience.DESK)),
    happened.ReviewDecided: Notice("review_decided", (Audience.UNIT, Audience.DESK)),
    happened.Terminated: Notice("terminated"),
}

KNOWN = Notice("known")  # of a reply that tells what was answered before: nobody of the staff has anything to do

PUBLIC_STEPS: tuple[type[Payload], ...] = (
    happened.Registered,
    happened.Joined,
    happened.Accepted,
    happened.Declined,
    happened.Referred,
    happened.Dispatched,
    happened.Asked,
    happened.ExtensionGranted,
    happened.Replied,
    happened.ReworkOrdered,
    happened.ReviewAsked,
    happened.ReviewDecided,
    happened.Concluded,
    happened.Terminated,
    happened.Withdrawn,
)


def notice_of(event: Event) -> Notice | None:
    """Who is told of ``event``; None when nobody is. Of an amended calendar, whoever has other days to answer in."""
    payload = event.payload
    if isinstance(payload, happened.ClocksRecounted) and payload.until is None:
        return None
    return KNOWN if isinstance(payload, happened.Replied) and payload.known_from else NOTICES.get(type(payload))


def is_public(event: Event) -> bool:
    """Whether citizens may see the step, and other agencies are told of it."""
    return isinstance(event.payload, PUBLIC_STEPS)
