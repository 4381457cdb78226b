"""督办单: whose an order is, how it is answered, inspected and released."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.domain import events as happened
from chalicelib.domain import ordering
from chalicelib.domain.city import DISCIPLINE, INSPECTION, LEVELS
from chalicelib.domain.errors import Invalid, NotAllowed, NotYours, RuleBroken
from chalicelib.domain.events import Actor, Supervised
from chalicelib.domain.facts import entries_of
from chalicelib.domain.moves import permit
from chalicelib.domain.people import Staff, may_list, may_read, reads_masked
from chalicelib.domain.words import Action, Found, Role, State
from tests.unit.matter import ACTORS, CITY, FIRST, MONDAY, OTHER_UNIT, TRADE, UNIT, Matter, unhappy
from tests.unit.ordered import COMMISSION, DESK, HANDLER, LEADER, OFFICED, ROOM, inspects, moments, overdue, supervisor


def test_each_level_is_an_office_of_the_city() -> None:
    assert [unit.id for unit in CITY.supervised_by(1)] == [CITY.desk_unit]
    assert all(INSPECTION in unit.functions for unit in CITY.supervised_by(2))
    assert all(DISCIPLINE in unit.functions for unit in CITY.supervised_by(3))
    assert [CITY.level_of(unit) for unit in (DESK, ROOM, COMMISSION, UNIT, None)] == [1, 2, 3, 0, 0]


def test_a_town_without_those_offices_supervises_by_its_petition_office() -> None:
    town = replace(CITY, units=tuple(unit for unit in CITY.units if not {INSPECTION, DISCIPLINE} & set(unit.functions)))
    assert [[unit.id for unit in town.supervised_by(level)] for level in LEVELS] == [[CITY.desk_unit]] * 3
    assert town.level_of(CITY.desk_unit) == 1


@pytest.mark.parametrize("level", LEVELS)
def test_an_order_has_its_number_its_term_and_its_office(level: int) -> None:
    order = overdue(level).case.order
    assert order is not None
    assert (order.level, order.number, order.offices) == (level, level, CITY.offices[level - 1])
    assert order.awaits_answer


def test_nobody_supervises_itself() -> None:
    assert OFFICED.supervised_by(3, COMMISSION) == (DESK,)
    assert OFFICED.supervised_by(3, UNIT) == (COMMISSION,)


@pytest.mark.parametrize(
    ("supervises", "sees"),
    [(0, (True, True, True)), (1, (True, True, True)), (2, (False, True, True)), (3, (False, False, True))],
)
def test_a_supervisor_sees_what_is_or_was_at_the_level_of_the_office(supervises: int, sees: tuple[bool, ...]) -> None:
    staff = Staff("duban", "督办员", Role.SUPERVISOR, "somewhere", supervises=supervises)
    cases = [overdue(level).case for level in LEVELS]
    assert tuple(may_list(staff, case) for case in cases) == sees
    assert tuple(may_list(staff, replace(case, order=None, light=None)) for case in cases) == sees


@pytest.mark.parametrize("role", [Role.HANDLER, Role.HEAD])
def test_the_discipline_commission_reads_what_came_to_it_masked_and_no_accusation_of_others(role: Role) -> None:
    officer = Staff("jijian", "清一", role, COMMISSION, supervises=3)
    before, there = overdue(2).case, overdue(3).case
    assert not may_list(officer, before)
    assert may_read(officer, there)
    assert reads_masked(officer, there)
    assert not may_list(officer, replace(there, sealed=True))


def test_who_keeps_the_mailbox_sees_how_it_stands_and_may_remind() -> None:
    keeper = Staff("xiangzhu", "箱主", Role.HANDLER, OTHER_UNIT)
    matter = Matter().at(State.IN_HANDLING)
    kept = replace(matter.case, keeper=OTHER_UNIT)
    assert may_list(keeper, kept)
    assert not may_read(keeper, kept)
    assert permit(kept, Action.REMIND, keeper.actor, matter.now)
    for case in (matter.case, replace(kept, sealed=True)):
        assert not may_list(keeper, case)
        with pytest.raises(NotYours):
            permit(case, Action.REMIND, keeper.actor, matter.now)
    with pytest.raises(NotYours):
        permit(replace(kept, keeper=UNIT), Action.REMIND, HANDLER, matter.now)  # nobody reminds itself


def test_the_unit_answers_an_order_once_until_it_was_inspected() -> None:
    matter = overdue()
    matter.take(Action.ANSWER_ORDER, HANDLER)
    assert matter.case.order is not None
    assert not matter.case.order.awaits_answer
    with pytest.raises(RuleBroken):
        matter.take(Action.ANSWER_ORDER, HANDLER)
    inspects(matter.later(hours=1), Found.NOT_DONE).later(hours=1).take(Action.ANSWER_ORDER, HANDLER)
    assert matter.case.order.number == 1
    with pytest.raises(RuleBroken):
        matter.take(Action.ANSWER_ORDER, ACTORS[Role.CLERK])  # not hers to answer


def test_an_answer_that_is_late_turns_visible_once() -> None:
    matter = overdue()
    order = matter.case.order
    assert order is not None
    told = [
        one for one in moments(matter, order.answer_by + timedelta(days=3)) if isinstance(one, happened.OrderOverdue)
    ]
    assert told == [happened.OrderOverdue(1, 1)]
    assert matter.case.order is not None
    assert matter.case.order.overdue


def test_an_answer_in_time_is_never_called_late() -> None:
    matter = overdue().take(Action.ANSWER_ORDER, HANDLER)
    later = list(moments(matter, matter.now + timedelta(days=20)))
    assert not [one for one in later if isinstance(one, happened.OrderOverdue)]


def test_the_climb_goes_on_though_the_order_was_answered() -> None:
    matter = overdue().take(Action.ANSWER_ORDER, HANDLER)
    levels = [one.level for one in moments(matter, matter.now + timedelta(days=100)) if isinstance(one, Supervised)]
    assert levels == [2, 3]


def test_what_is_found_done_is_released() -> None:
    matter = inspects(overdue(2), Found.DONE)
    assert matter.case.order is None
    assert [event.kind for event in matter.events[-2:]] == ["OrderInspected", "OrderReleased"]
    assert matter.case.highest_level == 2


def test_only_the_office_whose_order_it_is_releases_it() -> None:
    matter = overdue(2)
    for unit in (DESK, COMMISSION):
        with pytest.raises(RuleBroken):
            permit(matter.case, Action.RELEASE, supervisor(unit), matter.now)
    assert permit(matter.case, Action.RELEASE, supervisor(ROOM), matter.now)
    assert permit(matter.case, Action.RELEASE, supervisor(None), matter.now)
    with pytest.raises(NotYours):
        permit(matter.case, Action.RELEASE, HANDLER, matter.now)
    with pytest.raises(NotAllowed):
        permit(matter.case, Action.RELEASE, LEADER, matter.now)


def test_the_commission_itself_inspects_and_releases_at_the_third_level() -> None:
    matter = overdue(3)
    officer = Actor(Role.HANDLER, "jijian", COMMISSION, "清一")
    matter.take(Action.INSPECT, officer).take(Action.RELEASE, officer)
    assert matter.case.order is None


def test_what_was_released_and_turns_red_again_begins_at_the_first_level() -> None:
    matter = Matter(trade=OFFICED).at(State.DISPATCHED)
    list(moments(matter, MONDAY + timedelta(days=3)))
    assert matter.case.order is not None, "nobody signed"
    matter.take(Action.RELEASE, supervisor(DESK))
    given = [one for one in moments(matter, MONDAY + timedelta(days=20)) if isinstance(one, Supervised)]
    assert [(one.level, one.number) for one in given] == [(1, 2)], "its answer is due, and there is none"


def test_what_was_released_and_stays_overdue_is_not_forgotten() -> None:
    matter = overdue(2).take(Action.RELEASE, supervisor(ROOM))
    assert matter.case.next_due_at(matter.now) is not None
    quiet = matter.now + timedelta(days=29)
    assert not [one for one in moments(matter, quiet) if isinstance(one, Supervised)]
    again = [one.level for one in moments(matter, quiet + timedelta(days=5)) if isinstance(one, Supervised)]
    assert again == [1]
    assert matter.case.highest_level == 2


def test_a_false_reply_goes_one_level_up_at_once_and_is_a_fact() -> None:
    matter = overdue().take(Action.ANSWER_ORDER, HANDLER)
    inspects(matter.later(hours=1), Found.FALSE_REPLY)
    assert matter.case.false_reply
    assert matter.case.order is not None
    assert matter.case.order.level == 2
    said = next(event for event in matter.events if event.kind == "OrderInspected")
    (entry,) = entries_of(matter.case, matter.case, [said])
    assert [fact.kind for fact in entry.facts] == ["false_reply"]


def test_at_the_third_level_a_false_reply_stays_there() -> None:
    matter = inspects(overdue(3), Found.FALSE_REPLY)
    assert matter.case.order is not None
    assert (matter.case.order.level, matter.case.order.found) == (3, Found.FALSE_REPLY)


@pytest.mark.parametrize("state", [State.REPLIED, State.CONCLUDED])
def test_a_reply_found_false_is_under_an_order_until_it_is_done_again_and_answered(state: State) -> None:
    matter = overdue()
    for action, role in ((Action.DRAFT, Role.HANDLER), (Action.REPLY, Role.HEAD)):
        matter.take(action, ACTORS[role])
    if state is State.CONCLUDED:
        matter.take(Action.CONCLUDE, ACTORS[Role.CLERK])
    inspects(matter, Found.FALSE_REPLY)
    assert matter.case.state is state
    assert matter.case.order is not None
    if state is State.REPLIED:
        list(moments(matter, matter.now + timedelta(days=40)))
        assert matter.case.state is State.CONCLUDED
        assert matter.case.order is not None, "the end of the rating window lifts no order"
    matter.take(Action.REWORK, supervisor(DESK))
    assert matter.case.order is not None
    for action, role in ((Action.DRAFT, Role.HANDLER), (Action.REPLY, Role.HEAD)):
        matter.take(action, ACTORS[role])
    assert matter.case.order is None


def test_who_is_unsatisfied_with_the_rework_too_brings_it_under_supervision() -> None:
    matter = Matter().at(State.REPLIED).happens(unhappy(), by=ACTORS[Role.CITIZEN])
    matter.take(Action.REWORK, ACTORS[Role.CLERK])
    for action, role in ((Action.DRAFT, Role.HANDLER), (Action.REPLY, Role.HEAD)):
        matter.take(action, ACTORS[role])
    again = ordering.supervise_if_twice_unsatisfied(matter.case, FIRST, matter.now, TRADE)
    assert [(one.level, one.ground.code) for one in again] == [(1, "ground.unsatisfied_twice")]
    once = Matter().at(State.REPLIED)
    assert not list(ordering.supervise_if_twice_unsatisfied(once.case, FIRST, once.now, TRADE))


@pytest.mark.parametrize("level", LEVELS)
def test_a_supervisor_orders_at_any_level_that_is_not_below_the_one_in_force(level: int) -> None:
    matter = overdue(2)
    if level < 2:
        with pytest.raises(Invalid):
            ordering.supervise_by_hand(matter.case, "请说明。", matter.now, OFFICED, level)
    else:
        assert ordering.supervise_by_hand(matter.case, "请说明。", matter.now, OFFICED, level).level == level
    with pytest.raises(Invalid):
        ordering.supervise_by_hand(matter.case, "请说明。", matter.now, OFFICED, 4)
