"""Who has to do with a case besides its unit, for its page: assisting units and their parts, conference, owner."""

from msgspec import Struct

from chalicelib.desk import arranging
from chalicelib.desk.working import Dossier
from chalicelib.domain.arranging import owner_of
from chalicelib.domain.case import Assist, Conference
from chalicelib.domain.events import AssistanceAsked, Assisted, ConferenceCalled
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Action


class Part(Struct, frozen=True):
    """What an assisting unit was asked, and what it gave; None while it owes it."""

    assist: Assist
    asked: AssistanceAsked
    given: Assisted | None


class Together(Struct, frozen=True):
    """``owner``: the name of the leader who owns the case, ""; ``leaders``: who could, for whoever may name one."""

    owner: str
    leaders: tuple[Staff, ...]
    parts: tuple[Part, ...]
    conference: Conference | None
    called: ConferenceCalled | None


def together_view(dossier: Dossier) -> Together:
    """What the page of a case shows of those who handle it together."""
    case, told = dossier.case, {event.number: event.payload for event in dossier.events}
    parts = []
    for assist in case.assists:
        asked, given = told.get(assist.asked), told.get(assist.given or 0)
        if isinstance(asked, AssistanceAsked):
            parts.append(Part(assist, asked, given if isinstance(given, Assisted) else None))
    called = told.get(case.conference.called) if case.conference is not None else None
    return Together(
        owner_of(case, dossier.events),
        tuple(one.staff for one in arranging.leaders()) if Action.NAME_OWNER in dossier.actions else (),
        tuple(parts),
        case.conference,
        called if isinstance(called, ConferenceCalled) else None,
    )
