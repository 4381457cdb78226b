"""Who of the staff may see which reception, and what of it: laid out as a table."""

from datetime import UTC, datetime

import pytest

from chalicelib.domain.people import Staff
from chalicelib.domain.reception_sight import NOTHING, Sight, may_see, sight_of
from chalicelib.domain.receptions import Booking, BookingState, Plan, Reception, ReceptionKind
from chalicelib.domain.words import STAFF, Role

START = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)

OWN_DAY, OTHERS_DAY, SITS_IN, SITS_NOT_IN = "own day", "another's day", "joint, sits in it", "joint, sits not in it"
PLACES = {
    OWN_DAY: Plan(ReceptionKind.LEADER, "高远（市委书记）", "somebody", (), START, "一楼", 3, 20),
    OTHERS_DAY: Plan(ReceptionKind.LEADER, "江平（市长）", "jiang", (), START, "一楼", 3, 20),
    SITS_IN: Plan(ReceptionKind.JOINT, "", None, ("housing", "justice"), START, "一楼", 3, 20),
    SITS_NOT_IN: Plan(ReceptionKind.JOINT, "", None, ("education", "justice"), START, "一楼", 3, 20),
}
EVERY = set(PLACES)
SEEN: dict[Role, set[str]] = {
    Role.CLERK: EVERY,
    Role.SUPERVISOR: EVERY,
    Role.LEADER: {OWN_DAY},
    Role.HANDLER: {SITS_IN},
    Role.HEAD: {SITS_IN},
}

BOOKED = Booking("1", 0, 1, "p", "f", START)
ABSENT = Booking("1", 0, 1, "p", "f", START, BookingState.ABSENT)
HEARD = Booking("1", 0, 1, "p", "f", START, BookingState.HEARD, "482710935526")
SEALED = Booking("1", 0, 1, "p", "f", START, BookingState.HEARD, "482710935526", sealed=True)

CLERK = Sight(name=True, phone=True, about=True, receipt=True, unmask=True, looks=True, told=True)
SUPERVISOR = Sight(name=True, phone=True, receipt=True, looks=True)
LEADER = Sight(name=True, phone=True, about=True, receipt=True)
UNIT = Sight(name=True, about=True)
LOOKS = Sight(looks=True)
SHOWN: dict[Role, tuple[Sight, Sight, Sight, Sight]] = {  # of one that is booked, absent, heard, heard and sealed
    Role.CLERK: (CLERK, CLERK, CLERK, LOOKS),
    Role.SUPERVISOR: (SUPERVISOR, SUPERVISOR, SUPERVISOR, LOOKS),
    Role.LEADER: (LEADER, LEADER, LEADER, NOTHING),
    Role.HANDLER: (UNIT, UNIT, NOTHING, NOTHING),
    Role.HEAD: (UNIT, UNIT, NOTHING, NOTHING),
}


def somebody(role: Role, unit: str | None = "housing") -> Staff:
    """One of the staff; a leader's login is that of the own day."""
    return Staff("somebody", "某人", role, unit)


@pytest.mark.parametrize("place", sorted(PLACES))
@pytest.mark.parametrize("role", sorted(STAFF))
def test_each_role_sees_its_own_receptions_and_nobody_else_any(role: Role, place: str) -> None:
    reception = Reception("r", PLACES[place], 1, "clerk")
    assert may_see(somebody(role), reception) == (place in SEEN.get(role, set()))


@pytest.mark.parametrize("role", [Role.HANDLER, Role.HEAD])
@pytest.mark.parametrize("place", sorted(PLACES))
def test_who_belongs_to_no_unit_sits_in_no_reception(role: Role, place: str) -> None:
    assert not may_see(somebody(role, unit=None), Reception("r", PLACES[place], 1, "clerk"))


@pytest.mark.parametrize("role", sorted(STAFF))
def test_of_each_booking_a_role_is_shown_what_the_table_says(role: Role) -> None:
    shown = tuple(sight_of(somebody(role), booking) for booking in (BOOKED, ABSENT, HEARD, SEALED))
    assert shown == SHOWN.get(role, (NOTHING,) * 4)


@pytest.mark.parametrize("role", [Role.HANDLER, Role.HEAD])
def test_a_unit_cannot_tell_an_accusation_from_any_other_matter_that_was_heard(role: Role) -> None:
    assert sight_of(somebody(role), SEALED) == sight_of(somebody(role), HEARD)
