"""Who is told of what: one row for each step that anybody is told of."""

from enum import StrEnum

from msgspec import Struct

from chalicelib.domain import events as happened
from chalicelib.domain.case import Case
from chalicelib.domain.events import Event, Payload
from chalicelib.domain.words import Light


class Audience(StrEnum):
    """Whose inbox in the console."""

    DESK = "desk"  # the intake clerks
    UNIT = "unit"  # handlers and heads of the unit
    OTHER_UNIT = "other_unit"  # the same, of the case that this one was joined to
    HEADS = "heads"  # the unit's heads
    HANDLERS = "handlers"  # the unit's handlers
    SUPERVISORS = "supervisors"
    ASSISTING = "assisting"  # handlers and heads of the unit that is asked to assist
    MEMBERS = "members"  # handlers and heads of the units of a joint conference
    FIRST_ASKED = "first_asked"  # handlers and heads of the unit that was asked first
    OWNER = "owner"  # the leader who owns the case
    OFFICE = "office"  # the office whose the order in force is, or an inspection
    KEEPER = "keeper"  # handlers of the unit that keeps the mailbox, else of the unit in charge
    ORDERED_BY = "ordered_by"  # who has the matter inspected until done
    LAY = "lay"  # the lay supervisor whom the step names
    LAY_PRESENT = "lay_present"  # the lay supervisors who were at a hearing
    LEADERS = "leaders"  # every leader of the city
    INVITER = "inviter"  # the office that invited the lay supervisor whom the step names


class Notice(Struct, frozen=True):
    """``citizen``: the template of what the citizens of the case get by SMS and e-mail; ``staff``: whose inboxes."""

    citizen: str | None
    staff: tuple[Audience, ...] = ()

    def reaches(self, before: Case | None, after: Case) -> bool:
        """Whether there is anybody to tell of a step from ``before`` to ``after``: most cases have no owner."""
        absent = {
            *((Audience.OWNER,) if after.owner is None else ()),
            *((Audience.FIRST_ASKED,) if before is None or before.first_asked is None else ()),
            *((Audience.ORDERED_BY,) if before is None or before.inspection is None else ()),
        }
        return (self.citizen is not None and after.counted) or bool(set(self.staff) - absent)


NOTICES: dict[type[Payload], Notice] = {
    happened.Registered: Notice("receipt"),
    happened.Joined: Notice("joined", (Audience.UNIT, Audience.OTHER_UNIT)),
    happened.LeftToClerk: Notice(None, (Audience.DESK,)),
    happened.Accepted: Notice("accepted"),
    happened.Declined: Notice("declined"),
    happened.Dispatched: Notice("dispatched", (Audience.UNIT,)),
    happened.Returned: Notice(None, (Audience.DESK,)),
    happened.Signed: Notice(None, (Audience.FIRST_ASKED,)),
    happened.HandledDirectly: Notice("dispatched", (Audience.FIRST_ASKED,)),
    happened.AssistanceAsked: Notice(None, (Audience.ASSISTING, Audience.UNIT)),
    happened.AssistanceCalledOff: Notice(None, (Audience.ASSISTING, Audience.UNIT)),
    happened.AssistanceDue: Notice(None, (Audience.ASSISTING,)),
    happened.Assisted: Notice(None, (Audience.UNIT,)),
    happened.ConferenceCalled: Notice("conference", (Audience.MEMBERS, Audience.UNIT)),
    happened.ConferenceCalledOff: Notice(None, (Audience.MEMBERS, Audience.UNIT)),
    happened.ConferenceHeld: Notice(None, (Audience.MEMBERS, Audience.UNIT)),
    happened.OwnerNamed: Notice(None, (Audience.OWNER, Audience.UNIT)),
    happened.Drafted: Notice(None, (Audience.HEADS,)),
    happened.SentBack: Notice(None, (Audience.HANDLERS,)),
    happened.Replied: Notice("replied", (Audience.OWNER,)),
    happened.RatingAsked: Notice("rating_asked"),
    happened.Rated: Notice(None, (Audience.UNIT,)),
    happened.Supplemented: Notice(None, (Audience.UNIT, Audience.DESK)),
    happened.Withdrawn: Notice("withdrawn", (Audience.UNIT,)),
    happened.Reminded: Notice(None, (Audience.UNIT,)),
    happened.KeeperReminded: Notice(None, (Audience.KEEPER,)),
    happened.Supervised: Notice(None, (Audience.UNIT, Audience.OFFICE)),
    happened.OrderAnswered: Notice(None, (Audience.OFFICE,)),
    happened.OrderOverdue: Notice(None, (Audience.HEADS, Audience.OFFICE)),
    happened.OrderInspected: Notice(None, (Audience.UNIT, Audience.ORDERED_BY)),
    happened.OrderReleased: Notice(None, (Audience.UNIT,)),
    happened.InspectionOrdered: Notice(None, (Audience.UNIT, Audience.OFFICE)),
    happened.InspectionDue: Notice(None, (Audience.OFFICE,)),
    happened.InspectionEnded: Notice(None, (Audience.OFFICE,)),
    happened.Instructed: Notice(None, (Audience.UNIT, Audience.DESK)),
    happened.Referred: Notice("referred"),
    happened.Transferred: Notice("transferred", (Audience.FIRST_ASKED,)),
    happened.AgencyReported: Notice(None, (Audience.DESK,)),
    happened.TransferReturned: Notice(None, (Audience.DESK,)),
    happened.DeadlineSet: Notice(None, (Audience.UNIT, Audience.DESK)),
    happened.ReferralReturned: Notice("referral_returned"),
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
    happened.DecisionTakenDown: Notice(None, (Audience.DESK,)),
    happened.LayInvited: Notice(None, (Audience.LAY,)),
    happened.LayUninvited: Notice(None, (Audience.LAY,)),
    happened.LayAnswered: Notice(None, (Audience.INVITER,)),
    happened.OpinionGiven: Notice(None, (Audience.INVITER,)),
    happened.HearingHeld: Notice(None, (Audience.LAY_PRESENT,)),
    happened.RiskMarked: Notice(None, (Audience.DESK, Audience.UNIT)),
}

ALARM = Notice(None, (Audience.DESK, Audience.UNIT, Audience.LEADERS))  # life may be in danger

ANSWERED_THERE = Notice("replied", (Audience.OWNER, Audience.DESK))  # by another agency, to which it was transferred
KNOWN = Notice("known")  # of a reply that tells what was answered before: nobody of the staff has anything to do
RED: dict[type[Payload], Notice] = {
    happened.LightChanged: Notice(None, (Audience.OWNER,)),
    happened.AssistanceDue: Notice(None, (Audience.ASSISTING, Audience.UNIT, Audience.DESK, Audience.SUPERVISORS)),
}
"""Who is told when a light turns red, where that differs."""

RED_ALONE = Notice(None, (Audience.OWNER, Audience.UNIT))  # no order comes with it, which would tell the unit

PUBLIC_STEPS: tuple[type[Payload], ...] = (
    happened.Registered,
    happened.Joined,
    happened.Accepted,
    happened.Declined,
    happened.Referred,
    happened.Transferred,
    happened.ReferralReturned,
    happened.Dispatched,
    happened.HandledDirectly,
    happened.ConferenceCalled,
    happened.ConferenceCalledOff,
    happened.ConferenceHeld,
    happened.OwnerNamed,
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

WARNINGS: tuple[type[Payload], ...] = (
    happened.LightChanged,
    happened.Reminded,
    happened.KeeperReminded,
    happened.Supervised,
    happened.OrderAnswered,
    happened.OrderOverdue,
    happened.OrderInspected,
    happened.OrderReleased,
    happened.InspectionDue,
    happened.AssistanceDue,
)


def notice_of(event: Event) -> Notice | None:
    """Who is told of ``event``; None when nobody is. Of an amended calendar, whoever has other days to answer in; of a
    hearing, the lay supervisors who were there, to say what they think of it.
    """
    payload = event.payload
    if isinstance(payload, happened.ClocksRecounted) and payload.until is None:
        return None
    if isinstance(payload, happened.HearingHeld) and not payload.lay:
        return None
    if isinstance(payload, happened.RiskMarked) and payload.alarm and payload.found:
        return ALARM
    if isinstance(payload, happened.Replied) and payload.known_from:
        return KNOWN
    if isinstance(payload, happened.Replied) and payload.agency:
        return ANSWERED_THERE
    if isinstance(payload, happened.LightChanged) and payload.tells:
        return RED_ALONE
    red = getattr(payload, "light", None) is Light.RED
    return RED[type(payload)] if red and type(payload) in RED else NOTICES.get(type(payload))


def is_public(event: Event) -> bool:
    """Whether citizens may see the step, and other agencies are told of it."""
    return isinstance(event.payload, PUBLIC_STEPS)


def is_warning(event: Event) -> bool:
    """Whether the discipline system is told of it, where the office has it told of warnings."""
    calm = isinstance(event.payload, happened.LightChanged) and event.payload.light not in (Light.YELLOW, Light.RED)
    return isinstance(event.payload, WARNINGS) and not calm
