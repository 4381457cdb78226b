"""The console's inboxes: which of them an audience reads, and which is a person's own."""

from collections.abc import Iterable, Iterator, Sequence

from chalicelib.domain import events as happened
from chalicelib.domain.case import Case
from chalicelib.domain.events import Event
from chalicelib.domain.folding import fold
from chalicelib.domain.notices import Audience
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role
from chalicelib.storage import cases

DESK = "desk"
SUPERVISORS = "supervisors"


def inboxes_of(audience: Audience, event: Event, case: Case) -> Iterator[str]:
    """The inboxes that ``event`` is laid into for an audience. ``case`` as it stands now: notices may be late."""
    match audience:
        case Audience.DESK:
            yield DESK
        case Audience.SUPERVISORS:
            yield SUPERVISORS
        case Audience.UNIT | Audience.HANDLERS | Audience.HEADS:
            yield from _in_charge(audience, case)
        case Audience.OWNER:
            owner = event.payload.login if isinstance(event.payload, happened.OwnerNamed) else case.owner
            yield from (f"leader#{owner}",) if owner is not None else ()
        case Audience.ASSISTING:
            yield from _of_units([getattr(event.payload, "unit", None)])
        case Audience.FIRST_ASKED:
            first = _before(event).first_asked
            yield from _of_units([first] if first != case.in_charge else [])  # who signed needs no word of it
        case Audience.MEMBERS:
            called = event.payload.members if isinstance(event.payload, happened.ConferenceCalled) else ()
            sitting = _before(event).conference
            yield from _of_units(dict.fromkeys((*(sitting.members if sitting is not None else ()), *called)))


def _in_charge(audience: Audience, case: Case) -> Iterator[str]:
    if case.in_charge is None:
        return
    if audience in (Audience.UNIT, Audience.HANDLERS):
        yield DESK if case.direct else f"handlers#{case.in_charge}"  # the clerks are the handlers of such a case
    if audience in (Audience.UNIT, Audience.HEADS):
        yield f"heads#{case.in_charge}"
    if audience is Audience.HEADS and case.direct:
        yield DESK


def _of_units(units: Iterable[str | None]) -> Iterator[str]:
    for unit in units:
        if unit is not None:
            yield f"handlers#{unit}"
            yield f"heads#{unit}"


def every_inbox_of(audiences: Iterable[Audience], record: Sequence[Event]) -> set[str]:
    """The inboxes of ``audiences``, whichever of the units and leaders that ``record`` names they were laid into."""
    units: set[str] = set()
    leaders: set[str] = set()
    for event in record:
        units |= {unit for field in _UNITS if (unit := getattr(event.payload, field, None)) is not None}
        units |= set(getattr(event.payload, "members", ()))
        leaders |= {event.payload.login} if isinstance(event.payload, happened.OwnerNamed) else set()
    found: set[str] = set()
    for audience in audiences:
        match audience:
            case Audience.DESK:
                found.add(DESK)
            case Audience.SUPERVISORS:
                found.add(SUPERVISORS)
            case Audience.OWNER:
                found |= {f"leader#{leader}" for leader in leaders}
            case _:
                found |= {DESK, *_of_units(units)}  # the clerks are the handlers of what the desk handles itself
    return found


_UNITS = ("unit", "reviewer", "lead")  # the fields by which events name one


def _before(event: Event) -> Case:
    """The case as ``event`` found it."""
    return fold(earlier for earlier in cases.record_of(event.case_id) if earlier.number < event.number)


def inbox_of(staff: Staff) -> str:
    """The inbox of a person. Raises KeyError for a role that has none."""
    names = {
        Role.CLERK: DESK,
        Role.SUPERVISOR: SUPERVISORS,
        Role.HANDLER: f"handlers#{staff.unit}",
        Role.HEAD: f"heads#{staff.unit}",
        Role.LEADER: f"leader#{staff.login}",
    }
    return names[staff.role]
