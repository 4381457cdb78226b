"""收件箱: into whose inbox a step is laid, and that erasing looks into every one into which it was ever laid."""

from datetime import timedelta

import pytest

from chalicelib.desk import signing_in
from chalicelib.desk.inboxes import DESK, SUPERVISORS, every_inbox_of, inboxes_of, of_inviter
from chalicelib.domain.events import InspectionOrdered, LayInvited, OwnerNamed, Supervised
from chalicelib.domain.notices import Audience
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Occasion, Role, State
from tests.unit.matter import ACTORS, BASIS, UNIT, Matter, acting

OFFICE = "city-inspection"
THEIRS = {f"{who}#{unit}" for who in ("handlers", "heads") for unit in (UNIT, OFFICE)}
LEADERS = {"leader#mayor", f"leader#{ACTORS[Role.LEADER].id}"}
LOOKED_INTO = {
    Audience.SUPERVISORS: {SUPERVISORS},
    Audience.OWNER: LEADERS,
    Audience.ORDERED_BY: LEADERS | THEIRS,
    Audience.OFFICE: {SUPERVISORS, f"{SUPERVISORS}#{UNIT}", f"{SUPERVISORS}#{OFFICE}"} | THEIRS,
    Audience.LAY: {"lay#lin"},
    Audience.LAY_PRESENT: {"lay#lin"},
    Audience.INVITER: {DESK, SUPERVISORS} | THEIRS,
    Audience.LEADERS: {"leader#vice-mayor"},  # who has an account, whether or not the matter names them
    Audience.HANDLERS: {DESK} | THEIRS,
}


@pytest.fixture
def matter() -> Matter:
    """A matter that a leader owns and has inspected, that an office ordered, and to which a supervisor came."""
    matter = Matter().at(State.IN_HANDLING)
    matter.happens(OwnerNamed("mayor", "高远", ""), by=ACTORS[Role.SUPERVISOR])
    matter.happens(InspectionOrdered("每周看一次。", matter.now + timedelta(days=7)), by=ACTORS[Role.LEADER])
    by = matter.now + timedelta(days=3)
    matter.happens(Supervised(1, BASIS, "请说明。", by, None, 1, (OFFICE,)), by=ACTORS[Role.SUPERVISOR])
    return matter.happens(LayInvited("lin", "林先生", Occasion.HEARING, BASIS), by=acting(Role.HEAD, matter.case))


@pytest.mark.parametrize("audience", LOOKED_INTO)
def test_what_is_erased_is_looked_for_in_every_inbox_of_whoever_was_told(
    audience: Audience, matter: Matter, table: str
) -> None:
    signing_in.keep(Staff("vice-mayor", "周宁", Role.LEADER), "")
    assert every_inbox_of([audience], matter.events) == LOOKED_INTO[audience]


def test_who_invited_a_lay_supervisor_hears_of_them_in_the_inbox_of_the_own_office(matter: Matter) -> None:
    told = matter.events[-1]
    theirs = {f"handlers#{matter.case.in_charge}", f"heads#{matter.case.in_charge}"}
    assert set(inboxes_of(Audience.INVITER, told, matter.case)) == theirs
    others = {role: list(of_inviter(ACTORS[role])) for role in (Role.SUPERVISOR, Role.CLERK)}
    assert others == {Role.SUPERVISOR: [SUPERVISORS], Role.CLERK: [DESK]}


def test_of_a_matter_that_no_unit_has_yet_nobody_but_the_desk_is_told() -> None:
    matter = Matter().at(State.REGISTERED)
    for audience in (Audience.KEEPER, Audience.UNIT, Audience.HEADS, Audience.OWNER, Audience.OTHER_UNIT):
        assert list(inboxes_of(audience, matter.events[-1], matter.case)) == []
    assert list(inboxes_of(Audience.DESK, matter.events[-1], matter.case)) == [DESK]
