"""What may happen with lay supervisors (信访监督员): people from outside who are asked to look at what is done."""

from msgspec import Struct

from chalicelib.domain.actors import Reason
from chalicelib.domain.words import Occasion, View


class LayInvited(Struct, frozen=True, omit_defaults=True):
    """受邀. Invited anew to what is still to come, it is moved. ``on``: YYYY-MM-DD, "" where no day is set.

    ``basis``: whether they were chosen or drawn by lot, and of how many.
    """

    login: str
    name: str
    occasion: Occasion
    basis: Reason
    on: str = ""
    place: str = ""
    words: str = ""


class LayUninvited(Struct, frozen=True, omit_defaults=True):
    """The invitation is taken back: they see nothing of it from now on. What they said stays on record."""

    login: str
    name: str
    words: str = ""


class LayAnswered(Struct, frozen=True, omit_defaults=True):
    """Whether they are coming."""

    login: str
    name: str
    coming: bool
    words: str = ""


class OpinionGiven(Struct, frozen=True, omit_defaults=True):
    """监督员意见. Given again, the later one stands; both are on record."""

    login: str
    name: str
    view: View
    words: str
