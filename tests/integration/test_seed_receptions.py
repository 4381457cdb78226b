"""The demo city's receptions are held and planned through the desk's own use cases."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.desk import booking, receiving, signing_in
from chalicelib.domain.city import City
from chalicelib.domain.receptions import BookingState, ReceptionKind
from chalicelib.domain.words import Role
from infra.seed import DEMO_ACCOUNTS
from infra.seed.receptions import HELD, receive
from infra.seed.staff import demo_staff, desk_staff
from infra.seed.working_off import work_off
from tests.integration.watching import outbox


@pytest.mark.parametrize("weekday", range(7))
def test_last_thursday_was_held_and_two_days_can_be_booked_whatever_day_it_is(city: City, weekday: int) -> None:
    now = datetime(2026, 3, 16, 4, 0, tzinfo=UTC) + timedelta(days=weekday)
    for account in DEMO_ACCOUNTS:
        if account.role is Role.LEADER:
            signing_in.open_account(demo_staff(account, city), account.password)
    receive(now, work_off)
    calendar = receiving.calendar(desk_staff(Role.SUPERVISOR, city), now)
    assert [one.plan.kind for one in calendar.coming] == [ReceptionKind.LEADER, ReceptionKind.JOINT]
    assert all(one.open_at(now) for one in booking.coming(now))
    [held] = calendar.past
    assert [one.state for one in held.bookings] == [
        BookingState.HEARD if caller.title else BookingState.ABSENT for caller in HELD
    ]
    assert [(one.sessions, one.people, one.cases) for one in calendar.figures] == [(1, 4, 2)]
    assert not [message for message in outbox() if message.startswith(("routing", "notices"))]
