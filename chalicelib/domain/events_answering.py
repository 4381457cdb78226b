"""What happens when a matter is answered: the draft, the reply, and what the citizen says of it."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.actors import Reason
from chalicelib.domain.clocks import Clock
from chalicelib.domain.reply_marks import Marked
from chalicelib.domain.words import Attitude, Outcome, Satisfaction, Solved


class Drafted(Struct, frozen=True, omit_defaults=True):
    """A reply was written and waits for the unit head."""

    text: str
    outcome: Outcome
    done_by: datetime | None = None  # with a promise: the end of the day by which it is done
    check: Marked | None = None  # 答复质量提示, as the writer was told it


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
    ``agency``: the name of another agency whose answer this is, to which the matter had been transferred.
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
    agency: str = ""
    check: Marked | None = None  # that of the draft; of what nobody drafted here, none


class RatingAsked(Struct, frozen=True, omit_defaults=True):
    """Those who were answered and have not rated were asked to, once."""

    receipts: tuple[str, ...]


class Concluded(Struct, frozen=True, omit_defaults=True):
    """办结. ``stands_until``: how long a first petition must not come again to count as settled (初信初访一次化解)."""

    basis: Reason
    stands_until: datetime | None = None


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
