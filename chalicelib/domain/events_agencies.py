"""What happens between our desk and another agency's: a matter goes there, comes back, or had come from there."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.agency_words import Progress
from chalicelib.domain.clocks import Clock

__all__ = [
    "AgencyPayload",
    "AgencyReported",
    "DeadlineSet",
    "ReferralReturned",
    "TransferReturned",
    "TransferTaken",
    "Transferred",
]


class Transferred(Struct, frozen=True, omit_defaults=True):
    """转办: another agency's desk is to answer, and ours sees to it that it does. ``number``: ours for it there;
    ``desk``: our petition office, in charge meanwhile.
    """

    agency: str
    name: str
    number: str
    words: str
    desk: str
    clocks: tuple[Clock, ...]


class TransferTaken(Struct, frozen=True, omit_defaults=True):
    """That desk has it, under a number of its own."""

    number: str
    their_number: str


class AgencyReported(Struct, frozen=True, omit_defaults=True):
    """How the matter stands there, as that desk told. ``reported_at``: since when, by its own clock."""

    number: str
    name: str
    state: Progress
    reported_at: datetime
    unit_name: str = ""
    words: str = ""
    their_number: str = ""


class TransferReturned(Struct, frozen=True, omit_defaults=True):
    """It comes back to our clerks: as not that agency's, as not taken there, or because they called it back."""

    number: str
    name: str
    words: str
    desk: str
    clocks: tuple[Clock, ...]


class DeadlineSet(Struct, frozen=True, omit_defaults=True):
    """The agency that referred ``receipt`` has set another date for the answer."""

    receipt: str
    name: str
    bound_by: datetime
    clocks: tuple[Clock, ...]
    stopped: tuple[Clock, ...] = ()


class ReferralReturned(Struct, frozen=True, omit_defaults=True):
    """退回: not ours, and back at the agency that had referred it."""

    name: str
    words: str


AgencyPayload = Transferred | TransferTaken | AgencyReported | TransferReturned | DeadlineSet | ReferralReturned
