"""The letters of the demo city and what becomes of each, as data."""

from enum import StrEnum
from pathlib import Path

import msgspec

from chalicelib.domain.words import Attitude, DeclineGround, Found, InspectionWay, Kind, Outcome, Satisfaction, Solved

_LETTERS = Path(__file__).parent / "letters"


class End(StrEnum):
    """How far a story goes."""

    RECEIVED = "received"  # just filed: the running desk takes it from here
    CLERK = "clerk"  # left to the intake clerk
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    RETURNED = "returned"
    HANDLING = "handling"
    CONFERENCE = "conference"  # a joint conference is called, and still to come
    DRAFT = "draft"
    REPLIED = "replied"
    RATED = "rated"
    CONCLUDED = "concluded"  # answered, never rated
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reply. In ``text`` {date}, {date-3}, {date+7} are days counted from the reply, {phone} is the unit's."""

    outcome: Outcome
    text: str


class Rating(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the citizen thought of it."""

    solved: Solved
    attitude: Attitude
    satisfaction: Satisfaction
    words: str


class Decline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it was not accepted, and where to go."""

    ground: DeclineGround
    where_to: str


class Assistance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another unit's part; ``given`` is None while it owes it."""

    unit: str
    words: str
    given: str | None = None


class Conference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A joint conference, ``after_days`` from the filing. ``lead`` and what was said are None until it is held."""

    after_days: float
    place: str
    members: tuple[str, ...]
    words: str
    lead: str | None = None
    present: str = ""
    minutes: str = ""
    opinion: str = ""


class Owner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The leader who owns the case."""

    login: str
    words: str


class Publication(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the clerk makes public of it, in her own words. Days as in a reply."""

    title: str
    text: str


class Pressing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """督办: what the unit answers to its order, and what an inspector then finds."""

    answer: str
    way: InspectionWay
    found: Found
    finding: str


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One letter and its story. ``days_ago`` and ``hour`` (Shanghai) say when it was filed."""

    key: str
    mailbox: str
    kind: Kind
    title: str
    text: str
    area: str
    anonymous: bool
    name: str
    phone: str
    keep_name_from_unit: bool
    may_publish: bool
    days_ago: int
    hour: float
    end: End
    unit: str | None = None  # whose it really is, where the rules do not find it
    reply_after_days: float = 5.0
    decided_after_days: float = 1.0  # until it is declined or withdrawn
    note: str | None = None
    instruction: str | None = None
    return_ground: str | None = None
    leader_dispatch: str | None = None  # a leader's words, by which it goes to ``unit``
    direct: bool = False  # the desk handles it itself
    assistance: tuple[Assistance, ...] = ()
    conference: Conference | None = None
    owner: Owner | None = None
    pressing: Pressing | None = None
    decline: Decline | None = None
    withdraw_reason: str | None = None
    reply: Reply | None = None
    rating: Rating | None = None
    publication: Publication | None = None


def stories() -> tuple[Story, ...]:
    """All stories. Raises msgspec.ValidationError naming the field that is wrong."""
    return tuple(
        story
        for path in sorted(_LETTERS.glob("*.json"))
        for story in msgspec.json.decode(path.read_bytes(), type=list[Story])
    )
