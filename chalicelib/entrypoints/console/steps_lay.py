"""The steps by which lay supervisors are invited to a case, and what its page shows of them."""

from msgspec import Struct

from chalicelib.desk import inviting
from chalicelib.desk.inviting import Candidate
from chalicelib.desk.working import Dossier
from chalicelib.domain.events import Event, LayInvited, OpinionGiven
from chalicelib.domain.invitations import Invitation
from chalicelib.domain.inviting import may_read_opinions, occasions_of
from chalicelib.domain.words import Action, Occasion
from chalicelib.entrypoints.console.steps_arranging import Step
from chalicelib.entrypoints.console.visits import Visit

LAY: dict[str, tuple[Action, Step]] = {
    "lay-invitation": (
        Action.INVITE_LAY,
        lambda case_id, version, visit: inviting.invite(case_id, version, visit.seat.staff, visit.now, visit.form),
    ),
    "lay-invitation-end": (
        Action.UNINVITE_LAY,
        lambda case_id, version, visit: inviting.uninvite(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("login", ""), visit.form.get("words", "")
        ),
    ),
}
"""As in ``steps.STEPS``, of which these are a part."""


def ticked(visit: Visit) -> tuple[str, ...]:
    """The logins whose boxes are ticked: ``lay.LOGIN`` = "yes" for each."""
    marked = (name for name, value in visit.form.items() if name.startswith(inviting.TICKED) and value == "yes")
    return tuple(name.removeprefix(inviting.TICKED) for name in marked)


class Invited(Struct, frozen=True):
    """One invitation that stands. ``asked``: what they were told, and where; of who saw it moved, the latest."""

    invitation: Invitation
    asked: LayInvited | None


class Lay(Struct, frozen=True):
    """``opinions``: the one of each that stands; ``earlier``: those that were given anew. Empty for who may not read
    them. ``due``: who is asked at a hearing whether they are here.
    """

    invited: tuple[Invited, ...]
    opinions: tuple[Event, ...]
    earlier: tuple[Event, ...]
    candidates: tuple[Candidate, ...]
    occasions: tuple[Occasion, ...]
    due: tuple[Invitation, ...]


def lay_view(dossier: Dossier, visit: Visit) -> Lay:
    """What the page of a case shows of its lay supervisors."""
    case = dossier.case
    asked = {one.payload.login: one.payload for one in dossier.events if isinstance(one.payload, LayInvited)}
    said: dict[str, Event] = {}
    earlier: list[Event] = []
    if may_read_opinions(visit.seat.staff, case):
        for event in dossier.events:
            if isinstance(event.payload, OpinionGiven):
                earlier += [said[event.payload.login]] if event.payload.login in said else []
                said[event.payload.login] = event
    offered = Action.INVITE_LAY in dossier.actions
    return Lay(
        tuple(Invited(one, asked.get(one.login)) for one in case.lay if not one.withdrawn),
        tuple(said.values()),
        tuple(earlier),
        tuple(inviting.candidates(case.area, case.lay, visit.now)) if offered else (),
        occasions_of(case),
        tuple(one for one in case.lay if one.open) if Action.HOLD_HEARING in dossier.actions else (),
    )
