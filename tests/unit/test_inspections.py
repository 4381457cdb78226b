"""督查 until a matter is done, whom reminders and lights reach, and that none of it needs a punctual sweep."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain import events as happened
from chalicelib.domain import supervision
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Invalid, NotYours, RuleBroken
from chalicelib.domain.events import Actor
from chalicelib.domain.moves import permit
from chalicelib.domain.terms import Terms
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import Action, Found, Kind, Light, Role, State
from tests.unit.matter import ACTORS, MONDAY, OTHER_UNIT, TRADE, UNIT, Matter
from tests.unit.ordered import DESK, HANDLER, LEADER, OFFICED, inspects, moments, overdue, supervisor


def inspected() -> Matter:
    """A matter that a leader has inspected."""
    return Matter(trade=OFFICED).filed(kind=Kind.ADVICE).at(State.IN_HANDLING).take(Action.ORDER_INSPECTION, LEADER)


def test_a_matter_is_inspected_every_week_until_it_is_done() -> None:
    matter = inspected()
    due = [one for one in moments(matter, MONDAY + timedelta(days=30)) if isinstance(one, happened.InspectionDue)]
    assert len(due) == 4
    assert matter.case.inspection is not None
    assert matter.case.inspection.due
    inspects(matter, Found.IN_HAND)
    assert matter.case.inspection is not None
    assert not matter.case.inspection.due
    inspects(matter, Found.DONE)
    assert matter.case.inspection is None


def test_a_sweep_three_weeks_late_tells_of_one_inspection() -> None:
    late, punctual = inspected(), inspected()
    until = MONDAY + timedelta(days=29)
    late.now = until
    assert len([one for one in late.swept() if isinstance(one, happened.InspectionDue)]) == 1
    list(moments(punctual, until))
    assert late.case.inspection == punctual.case.inspection
    assert not late.swept()


def test_the_leaders_own_word_ends_it_and_no_other_leaders() -> None:
    matter = inspected()
    with pytest.raises(RuleBroken):
        matter.take(Action.END_INSPECTION, Actor(Role.LEADER, "another", None, "别的领导"))
    matter.take(Action.END_INSPECTION, LEADER)
    assert matter.case.inspection is None


def test_only_the_head_of_an_office_that_supervises_it_orders_inspections_besides_leaders() -> None:
    matter = overdue()
    assert permit(matter.case, Action.ORDER_INSPECTION, Actor(Role.HEAD, "juzhang", DESK), matter.now)
    for unit in (UNIT, OTHER_UNIT):
        with pytest.raises(NotYours):
            permit(matter.case, Action.ORDER_INSPECTION, Actor(Role.HEAD, "head", unit), matter.now)


def reminders(matter: Matter, days: int) -> list[datetime]:
    """When the keeper is reminded."""
    list(moments(matter, matter.now + timedelta(days=days)))
    return [event.at for event in matter.events if event.kind == "KeeperReminded"]


def test_half_of_the_way_to_yellow_the_keeper_is_told_once() -> None:
    matter = Matter().at(State.IN_HANDLING)
    clock = next(clock for clock in matter.case.clocks)
    assert reminders(matter, 30) == [clock.started_at + (clock.yellow_at - clock.started_at) / 2]


@pytest.mark.parametrize(
    ("trade", "kind"),
    [(TRADE, Kind.CONSULTATION), (replace(TRADE, terms=Terms(keeper_reminder_percent=0)), Kind.APPEAL)],
    ids=["of a day's term", "where the office wants none"],
)
def test_no_keeper_is_told(trade: Trade, kind: Kind) -> None:
    assert reminders(Matter(trade=trade).filed(kind=kind).at(State.IN_HANDLING), 30) == []


def test_a_keeper_is_not_told_of_the_half_of_a_term_that_is_nearly_over() -> None:
    matter = Matter().at(State.IN_HANDLING)
    matter.now = matter.case.clocks[0].yellow_at
    assert [type(one).__name__ for one in matter.swept()] == ["LightChanged", "Reminded"]
    assert matter.case.keeper_told == matter.case.clocks[0].started_at


def test_what_is_done_again_has_a_term_of_its_own_to_be_told_of() -> None:
    matter = Matter().at(State.REPLIED).take(Action.REWORK, ACTORS[Role.CLERK])
    assert len(reminders(matter, 10)) == 1


def test_a_red_light_tells_the_unit_only_where_no_order_does() -> None:
    matter = Matter().at(State.DISPATCHED)
    list(moments(matter, MONDAY + timedelta(days=20)))
    reds = [event.payload for event in matter.events if isinstance(event.payload, happened.LightChanged)]
    told = [(one.clock, one.tells) for one in reds if one.light is Light.RED]
    assert told == [("sign", False), ("handle", True)], "an order came with the first, and stood at the second"


PRESSING = ("answer", "in_hand", "not_done", "done", "false_reply", "release", "order", "inspections")


def does(matter: Matter, what: str) -> None:
    """Somebody does something about the matter, if it can be done; what fell due is recorded first."""
    matter.swept()
    action = {
        "answer": Action.ANSWER_ORDER,
        "release": Action.RELEASE,
        "order": Action.SUPERVISE,
        "inspections": Action.ORDER_INSPECTION,
    }.get(what, Action.INSPECT)
    by = {Action.ANSWER_ORDER: HANDLER, Action.ORDER_INSPECTION: LEADER}.get(action, supervisor(None))
    try:
        permit(matter.case, action, by, matter.now)
        if action is Action.INSPECT:
            inspects(matter, Found(what))
        else:
            matter.take(action, by)
    except (RuleBroken, Invalid):
        return


def standing(case: Case, now: datetime) -> tuple[object, ...]:
    """What must not depend on when the sweep ran."""
    watched = (case.order, case.orders, case.highest_level, case.released, case.inspection, case.false_reply)
    return (*watched, case.light, case.keeper_told, set(case.reminded), case.next_due_at(now))


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.integers(1, 45 * 24), st.sampled_from(PRESSING)), min_size=1, max_size=7))
def test_however_late_the_sweep_comes_orders_and_inspections_stand_as_if_it_were_punctual(
    steps: list[tuple[int, str]],
) -> None:
    late, punctual = (Matter(trade=OFFICED).at(State.IN_HANDLING) for _ in range(2))
    for hours, what in steps:
        until = late.now + timedelta(hours=hours)
        list(moments(punctual, until))
        late.now = until
        does(late, what)
        does(punctual, what)
        assert supervision.due_now(late.case, until, OFFICED) == []
    assert standing(late.case, late.now) == standing(punctual.case, punctual.now)
