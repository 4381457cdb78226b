"""Who handles a matter together, who answers for it, and what is made known of it."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.actors import Reason
from chalicelib.domain.clocks import Clock
from chalicelib.domain.words import Light, Outcome


class HandledDirectly(Struct, frozen=True, omit_defaults=True):
    """直接办理: simple enough for the desk to handle it itself."""

    unit: str
    clocks: tuple[Clock, ...]


class AssistanceAsked(Struct, frozen=True, omit_defaults=True):
    """协办: another unit is to add its part to the lead's answer, in a term of its own."""

    unit: str
    words: str
    clock: Clock


class AssistanceCalledOff(Struct, frozen=True, omit_defaults=True):
    """The unit's part is not needed after all."""

    unit: str
    words: str


class AssistanceDue(Struct, frozen=True, omit_defaults=True):
    """An assisting unit's term is ending (yellow), or over (red)."""

    unit: str
    light: Light


class Assisted(Struct, frozen=True, omit_defaults=True):
    """The assisting unit's part. It goes to the lead, not to the citizen."""

    unit: str
    text: str
    in_time: bool


class ConferenceCalled(Struct, frozen=True, omit_defaults=True):
    """会办: several units are to settle together who does what. Called anew, it is put off."""

    on: datetime
    place: str
    members: tuple[str, ...]
    words: str
    clocks: tuple[Clock, ...]


class ConferenceCalledOff(Struct, frozen=True, omit_defaults=True):
    """The conference is not needed after all; the matter goes on where it stood."""

    words: str
    clocks: tuple[Clock, ...]


class ConferenceHeld(Struct, frozen=True, omit_defaults=True):
    """One opinion, which binds all members, and one lead to carry it out."""

    present: str
    minutes: str
    opinion: str
    lead: str
    clocks: tuple[Clock, ...]


class OwnerNamed(Struct, frozen=True, omit_defaults=True):
    """包案: one leader owns the case until it is settled."""

    login: str
    name: str
    words: str


class BacklogEntered(Struct, frozen=True, omit_defaults=True):
    """积案: too old, or done again too often. A leader must own it.

    ``owner_by``: by when one is to be named; None where nobody is reminded of it.
    """

    ground: Reason
    owner_by: datetime | None = None


class OwnerMissing(Struct, frozen=True, omit_defaults=True):
    """The term to name a leader who owns the backlog is over, and none is named. Told once."""


class DecisionPublished(Struct, frozen=True, omit_defaults=True):
    """What was decided on a piece of advice, in words fit for everybody. ``quoted``: who consented to it."""

    title: str
    text: str
    outcome: Outcome
    quoted: tuple[str, ...]


class DecisionTakenDown(Struct, frozen=True, omit_defaults=True):
    """What was published is public no longer."""

    basis: Reason
    words: str = ""


class DecisionWithheld(Struct, frozen=True, omit_defaults=True):
    """The desk looked at what was decided, and it is not to be public."""

    words: str


class ConsentWithdrawn(Struct, frozen=True, omit_defaults=True):
    """不再同意公开: nothing of what this citizen wrote may be public any longer."""

    receipt: str
