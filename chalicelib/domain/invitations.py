"""One invitation of a lay supervisor (信访监督员), to a case or to a reception, and what came of it."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from chalicelib.domain.actors import Actor, Reason
from chalicelib.domain.words import Occasion, View


class Invitation(Struct, frozen=True, omit_defaults=True):
    """Who was invited, when, by whom, and to what. ``number``: of the event that invited them first, or their place
    among a reception's invitations: with what they are invited to it names the invitation.
    """

    login: str
    name: str
    occasion: Occasion
    since: datetime
    by: Actor
    number: int
    basis: Reason | None = None  # chosen or drawn; of a case it stands in the event
    on: str = ""  # YYYY-MM-DD, "" where no day is set
    coming: bool | None = None  # None until they have said
    present: bool = False  # ticked as present at a hearing
    opinions: int = 0  # how often they gave one: the latest stands
    over: bool = False  # what they were invited to has been
    withdrawn: bool = False

    @property
    def open(self) -> bool:
        """Whether it stands, and what they are invited to is still to come."""
        return not self.withdrawn and not self.over

    @property
    def came(self) -> bool:
        """Whether they came: at a hearing it was ticked; elsewhere who says what they saw was there."""
        return self.present or (self.occasion is not Occasion.HEARING and self.opinions > 0)


class Observation(Struct, frozen=True, omit_defaults=True):
    """What a lay supervisor saw at a reception, and thinks of it."""

    login: str
    name: str
    at: datetime
    view: View
    saw: str
    words: str


def standing(invitations: Iterable[Invitation], login: str) -> Invitation | None:
    """The latest invitation of ``login`` that was not taken back; None where there is none."""
    own = [one for one in invitations if one.login == login and not one.withdrawn]
    return own[-1] if own else None


def invited(invitations: Iterable[Invitation]) -> tuple[str, ...]:
    """The logins of all who have an invitation that was not taken back."""
    return tuple(dict.fromkeys(one.login for one in invitations if not one.withdrawn))
