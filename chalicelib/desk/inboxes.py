"""The console's inboxes: which of them an audience reads, and which is a person's own."""

from collections.abc import Iterable, Iterator, Sequence

from chalicelib.desk import cities
from chalicelib.domain import events as happened
from chalicelib.domain.case import Case
from chalicelib.domain.events import Actor, Event
from chalicelib.domain.folding import fold
from chalicelib.domain.notices import Audience
from chalicelib.domain.people import Staff
from chalicelib.domain.words import UNIT_ROLES, Role
from chalicelib.storage import accounts, cases

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
        case Audience.OFFICE:
            yield from _of_offices(_offices_of(event))
        case Audience.KEEPER:
            yield from _keeper_of(case)
        case Audience.ORDERED_BY:
            ordered = _before(event).inspection
            if ordered is not None:
                yield f"leader#{ordered.by}" if ordered.unit is None else f"heads#{ordered.unit}"
        case Audience.LAY:
            yield of_lay(getattr(event.payload, "login", ""))
        case Audience.LAY_PRESENT:
            yield from (of_lay(login) for login in getattr(event.payload, "lay", ()))
        case Audience.INVITER:
            login = getattr(event.payload, "login", "")
            inviters = [one.by for one in case.lay if one.login == login]
            yield from of_inviter(inviters[-1]) if inviters else ()
        case Audience.LEADERS:
            yield from _leaders() if case.counted and not case.sealed else ()
        case Audience.MEMBERS:
            called = event.payload.members if isinstance(event.payload, happened.ConferenceCalled) else ()
            sitting = _before(event).conference
            yield from _of_units(dict.fromkeys((*(sitting.members if sitting is not None else ()), *called)))


def _leaders() -> Iterator[str]:
    """One query of the accounts."""
    return (f"leader#{one.staff.login}" for one in accounts.accounts() if one.staff.role is Role.LEADER)


def _offices_of(event: Event) -> tuple[str, ...]:
    """Whose the order is that ``event`` gives or tells of; the petition office's where none stands."""
    if isinstance(event.payload, happened.Supervised | happened.InspectionDue):
        return event.payload.offices
    order = _before(event).order
    return () if order is None else order.offices


def _of_offices(offices: Iterable[str]) -> Iterator[str]:
    desk = cities.current().desk_unit
    others = [office for office in offices if office != desk]
    if len(others) < len(tuple(offices)) or not others:
        yield SUPERVISORS
    for office in others:
        yield _supervisors_of(office)
    yield from _of_units(others)


def _supervisors_of(office: str) -> str:
    return f"{SUPERVISORS}#{office}"


def _keeper_of(case: Case) -> Iterator[str]:
    """Who keeps the mailbox, if that is another unit than the one in charge; of an accusation its own unit alone."""
    unit = case.in_charge if case.sealed or case.keeper is None else case.keeper
    if unit is not None:
        yield DESK if unit == cities.current().desk_unit else f"handlers#{unit}"


def of_lay(login: str) -> str:
    """The inbox of a lay supervisor."""
    return f"lay#{login}"


def of_inviter(by: Actor) -> Iterator[str]:
    """The inboxes of the office that invited a lay supervisor."""
    if by.role in UNIT_ROLES:
        yield from _of_units([by.unit])
    else:
        yield SUPERVISORS if by.role is Role.SUPERVISOR else DESK


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
    lay: set[str] = set()
    for event in record:
        units |= {unit for field in _UNITS if (unit := getattr(event.payload, field, None)) is not None}
        units |= {*getattr(event.payload, "members", ()), *getattr(event.payload, "offices", ())}
        lay |= {event.payload.login} if isinstance(event.payload, happened.LayInvited) else set()
        leaders |= {event.payload.login} if isinstance(event.payload, happened.OwnerNamed) else set()
        leaders |= {event.by.id} if isinstance(event.payload, happened.InspectionOrdered) else set()
    found: set[str] = set()
    for audience in audiences:
        match audience:
            case Audience.DESK:
                found.add(DESK)
            case Audience.SUPERVISORS:
                found.add(SUPERVISORS)
            case Audience.OWNER:
                found |= {f"leader#{leader}" for leader in leaders}
            case Audience.ORDERED_BY:
                found |= {f"leader#{leader}" for leader in leaders} | set(_of_units(units))
            case Audience.OFFICE:
                found |= {SUPERVISORS, *_of_units(units), *(_supervisors_of(unit) for unit in units)}
            case Audience.LAY | Audience.LAY_PRESENT:
                found |= {of_lay(login) for login in lay}
            case Audience.LEADERS:
                found |= set(_leaders())
            case Audience.INVITER:
                found |= {DESK, SUPERVISORS, *_of_units(units)}
            case _:
                found |= {DESK, *_of_units(units)}  # the clerks are the handlers of what the desk handles itself
    return found


_UNITS = ("unit", "reviewer", "lead", "keeper")  # the fields by which events name one


def _before(event: Event) -> Case:
    """The case as ``event`` found it."""
    return fold(earlier for earlier in cases.record_of(event.case_id) if earlier.number < event.number)


def inbox_of(staff: Staff) -> str:
    """The inbox of a person. Raises KeyError for a role that has none."""
    names = {
        Role.CLERK: DESK,
        Role.SUPERVISOR: _supervisors_of(staff.unit or "") if staff.supervises > 1 else SUPERVISORS,
        Role.HANDLER: f"handlers#{staff.unit}",
        Role.HEAD: f"heads#{staff.unit}",
        Role.LEADER: f"leader#{staff.login}",
        Role.LAY_SUPERVISOR: of_lay(staff.login),
    }
    return names[staff.role]
