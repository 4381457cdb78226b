"""联合接访: handlers and heads of the units that sit in a reception see it at the console, and nobody else's."""

import pytest

from chalicelib.desk import receiving
from chalicelib.domain.people import Staff
from chalicelib.domain.receptions import BookingState
from chalicelib.domain.words import Role
from tests.integration.desk import Desk
from tests.integration.receiving import MATTER, booked, joint, planned
from tests.integration.visitor import Visitor
from tests.integration.watching import everything

ROOM = "/console/receptions"
SITS = {role: Staff(f"housing-{role}", "马超", role, "housing") for role in (Role.HANDLER, Role.HEAD)}
ELSEWHERE = {role: Staff(f"education-{role}", "许宁", role, "education") for role in (Role.HANDLER, Role.HEAD)}


@pytest.mark.parametrize("role", sorted(SITS))
def test_a_unit_that_sits_in_it_sees_subject_time_and_masked_name_and_nothing_more(now: Desk, role: Role) -> None:
    reception = joint(now)
    made = booked(now, reception, name="欧阳春华", phone="19900001234", about="家里进水了")
    person = Visitor(SITS[role]).sign_in()
    assert f"{ROOM}/{reception.id}" in person.get(ROOM).page
    page = person.get(f"{ROOM}/{reception.id}").page
    assert "欧某某" in page
    assert "家里进水了" in page
    assert page.count("<form") == 1, "to sign out, and nothing else"
    for secret in ("欧阳春华", "1990000", "199***", made.code, "查看记录"):
        assert secret not in page


@pytest.mark.parametrize("role", sorted(ELSEWHERE))
def test_a_unit_that_does_not_sit_in_it_does_not_know_of_it(now: Desk, role: Role) -> None:
    reception, leaders = joint(now), planned(now)
    person = Visitor(ELSEWHERE[role]).sign_in().get(ROOM)
    assert "本单位参加的联合接访安排好以后，会列在这里" in person.page
    for hidden in (reception, leaders):
        assert hidden.id not in person.page
        assert person.get(f"{ROOM}/{hidden.id}").status == 404
        person.get(ROOM)


def test_a_unit_changes_nothing(now: Desk) -> None:
    reception = joint(now)
    number = booked(now, reception).standing.number
    person = Visitor(SITS[Role.HEAD]).sign_in()
    from tests.integration.test_receptions_console import token

    before = everything()
    own = f"/bookings/{number}"
    for step in ("", "/cancellation", own, f"{own}/visitor", f"{own}/absence", f"{own}/hearing"):
        person.post(f"{ROOM}/{reception.id}{step}", csrf=token(person), reason="改", turn="off")
        assert person.status in (400, 403), step
    assert everything() == before


@pytest.mark.parametrize("kind", ["appeal", "accusation"])
def test_what_was_heard_is_a_case_from_then_on_and_no_unit_sees_which_was_an_accusation(desk: Desk, kind: str) -> None:
    reception = joint(desk, days=1)
    number = booked(desk, reception, name="欧阳春华", about="家里进水了").standing.number
    desk.later(days=1)
    receiving.hear(reception.id, number, {**MATTER, "kind": kind}, desk.clerk, desk.now)
    [guest] = receiving.day(reception.id, SITS[Role.HANDLER], desk.now).guests
    assert (guest.petitioner, guest.about, guest.receipt, guest.may_unmask) == (None, None, None, False)
    assert guest.booking.state is BookingState.HEARD
    page = Visitor(SITS[Role.HANDLER]).sign_in().get(f"{ROOM}/{reception.id}").page
    assert "已接谈，登记为来信" in page
    assert "密封" not in page


def test_the_figures_of_a_unit_are_of_its_own_receptions(desk: Desk) -> None:
    reception = joint(desk, days=1)
    number = booked(desk, reception, people=4).standing.number
    planned(desk, days=1)
    desk.later(days=1)
    receiving.hear(reception.id, number, MATTER, desk.clerk, desk.now)
    desk.later(days=1)
    figures = receiving.calendar(SITS[Role.HEAD], desk.now).figures
    assert [(one.kind, one.sessions, one.people, one.cases) for one in figures] == [("joint", 1, 4, 1)]
    assert receiving.calendar(ELSEWHERE[Role.HEAD], desk.now).figures == ()
