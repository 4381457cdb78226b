"""What may happen to a case beyond the straight road: time asked for, replies looked at again, an end for good."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.actors import Reason
from chalicelib.domain.clocks import Clock
from chalicelib.domain.words import ReviewLevel, ReworkGround, Satisfaction, Solved


class VoicesSplit(Struct, frozen=True, omit_defaults=True):
    """拆分: these citizens speak of another matter after all, and are answered with the case they began."""

    receipts: tuple[str, ...]
    to_case: str
    words: str


class SplitOff(Struct, frozen=True, omit_defaults=True):
    """This case had been joined to another, and stands by itself again.

    ``receipts``: whoever has not withdrawn; ``consenting``: of these, whoever lets the matter be published.
    """

    from_case: str
    receipts: tuple[str, ...]
    words: str
    clocks: tuple[Clock, ...]
    consenting: tuple[str, ...] = ()


class Referred(Struct, frozen=True, omit_defaults=True):
    """转送: another agency's to answer, by level or place (art. 22); the number is kept."""

    agency: str
    words: str
    their_number: str = ""


class Asked(Struct, frozen=True, omit_defaults=True):
    """The unit asks the citizens something; until ``until`` the ``stopped`` clocks stand still."""

    question: str
    until: datetime
    stopped: tuple[Clock, ...]
    clocks: tuple[Clock, ...]


class Resumed(Struct, frozen=True, omit_defaults=True):
    """The clocks run on, put off by as long as they stood."""

    basis: Reason
    clocks: tuple[Clock, ...]


class ExtensionAsked(Struct, frozen=True, omit_defaults=True):
    """The unit asks for more time, in calendar days. ``endorsed`` at once where its head asks."""

    reason: str
    days: int
    endorsed: bool = False


class ExtensionEndorsed(Struct, frozen=True, omit_defaults=True):
    """The unit's head stands behind it."""


class ExtensionRefused(Struct, frozen=True, omit_defaults=True):
    """By the unit's head or the desk."""

    words: str


class ExtensionGranted(Struct, frozen=True, omit_defaults=True):
    """延期: the desk grants it, and the citizens are told why."""

    reason: str
    days: int
    clocks: tuple[Clock, ...]


class ClocksRecounted(Struct, frozen=True, omit_defaults=True):
    """The office amended its calendar; running and stopped clocks were counted anew.

    ``until``: the last moment for the citizen's own answer, where that has moved.
    """

    clocks: tuple[Clock, ...]
    stopped: tuple[Clock, ...]
    basis: Reason
    until: datetime | None = None


# After the reply ----------------------------------------------------------------------------------------------------


class CallBackDue(Struct, frozen=True, omit_defaults=True):
    """The matter stands in the ledger of calls to be made (回访)."""

    ground: Reason


class CalledBack(Struct, frozen=True, omit_defaults=True):
    """回访: the desk asked the citizen how it went. Nothing is said of ``solved`` where nobody was reached."""

    reached: bool
    words: str
    solved: Solved | None = None
    satisfaction: Satisfaction | None = None


class ReworkOrdered(Struct, frozen=True, omit_defaults=True):
    """重办: to be done, and answered, again. Earlier replies stay on record. ``unsatisfied``: the receipts of those who
    were not satisfied with what is done again.
    """

    unit: str
    ground: ReworkGround
    words: str
    clocks: tuple[Clock, ...]
    unsatisfied: tuple[str, ...] = ()


class ReviewAsked(Struct, frozen=True, omit_defaults=True):
    """复查 or 复核 is asked for by a citizen. The words stand with the submission; here their digest."""

    level: ReviewLevel
    receipt: str
    reviewer: str
    number: int
    digest: str
    clocks: tuple[Clock, ...]


class HearingHeld(Struct, frozen=True, omit_defaults=True):
    """听证: when, who was there, what was said. ``lay``: the logins of the lay supervisors who were there."""

    on: str
    present: str
    minutes: str
    lay: tuple[str, ...] = ()


class ReviewDecided(Struct, frozen=True, omit_defaults=True):
    """The opinion of the reviewing unit. ``review_until``: how long re-review may be asked for, where it may."""

    level: ReviewLevel
    unit: str
    upheld: bool
    text: str
    review_until: datetime | None = None


class Terminated(Struct, frozen=True, omit_defaults=True):
    """终结: nothing more is accepted on the same facts (art. 36)."""

    basis: Reason
