"""Who of the staff may see what of a reception: one table, by role."""

from msgspec import Struct

from chalicelib.domain.people import Staff
from chalicelib.domain.receptions import Booking, BookingState, Reception
from chalicelib.domain.words import UNIT_ROLES, Role


class Sight(Struct, frozen=True):
    """What is shown of each booking. Everybody who sees the reception sees the times and how each booking stands."""

    name: bool = False  # masked
    phone: bool = False  # masked, and the address for mail likewise
    about: bool = False  # what it is about, in the citizen's few words
    receipt: bool = False  # of the submission that the matter became
    unmask: bool = False  # name and telephone in full, each look on record
    looks: bool = False  # who looked
    told: bool = False  # what was sent to whom


SIGHT: dict[Role, Sight] = {
    Role.CLERK: Sight(name=True, phone=True, about=True, receipt=True, unmask=True, looks=True, told=True),
    Role.SUPERVISOR: Sight(name=True, phone=True, receipt=True, looks=True),
    Role.LEADER: Sight(name=True, phone=True, about=True, receipt=True),
    Role.HANDLER: Sight(name=True, about=True),
    Role.HEAD: Sight(name=True, about=True),
}
NOTHING = Sight()


def may_see(staff: Staff, reception: Reception) -> bool:
    """Whether ``staff`` may see a reception: a leader the own days, a unit those that it sits in."""
    match staff.role:
        case Role.CLERK | Role.SUPERVISOR:
            return True
        case Role.LEADER:
            return reception.plan.leader == staff.login
        case Role.HANDLER | Role.HEAD:
            return staff.unit in reception.plan.units
        case _:
            return False


def sight_of(staff: Staff, booking: Booking) -> Sight:
    """What ``staff`` may see of a booking on a reception that they may see.

    Of one that became an accusation nobody is shown whose it is. A unit is shown a matter until it is heard: from then
    on it is a case, and the unit that it is given to reads it there. So all that were heard look alike to a unit, and
    none of them tells that it was an accusation.
    """
    own = SIGHT.get(staff.role, NOTHING)
    if staff.role in UNIT_ROLES:
        return NOTHING if booking.state is BookingState.HEARD else own
    return Sight(looks=own.looks) if booking.sealed else own
