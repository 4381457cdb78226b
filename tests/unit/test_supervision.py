"""Lights, reminders and the three levels, each at its moment, whoever comes late."""

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain import ordering, supervision
from chalicelib.domain.errors import Invalid
from chalicelib.domain.events import Concluded, LightChanged, RatingAsked, Reminded, StoodSettled, Supervised
from chalicelib.domain.words import Action, ClockName, Kind, Light, Role, State
from tests.unit.matter import ACTORS, MONDAY, SECOND, TRADE, Matter, content

OPEN = [state for state in State if Matter().at(state).case.clocks]


def due(matter: Matter) -> list[str]:
    """The names of what is due now."""
    return [type(payload).__name__ for payload in supervision.due_now(matter.case, matter.now, TRADE)]


def first_moment(matter: Matter, light: Light) -> datetime:
    """When the nearest clock turns to ``light``."""
    clock = matter.case.deadline
    assert clock is not None
    return clock.yellow_at if light is Light.YELLOW else clock.red_at


def test_at_yellow_a_reminder_goes_out_and_no_supervision() -> None:
    matter = Matter().at(State.IN_HANDLING)
    matter.now = first_moment(matter, Light.YELLOW)
    assert due(matter) == ["LightChanged", "Reminded"]
    matter.swept()
    assert matter.case.light is Light.YELLOW
    assert matter.case.order is None


def test_at_red_the_petition_office_supervises() -> None:
    matter = Matter().at(State.IN_HANDLING)
    matter.now = first_moment(matter, Light.YELLOW)
    matter.swept()
    matter.now = first_moment(matter, Light.RED)
    assert due(matter) == ["LightChanged", "Supervised"]
    matter.swept()
    assert matter.case.light is Light.RED
    assert matter.case.order is not None
    assert matter.case.order.level == 1


def test_the_last_moment_of_the_term_is_still_in_time() -> None:
    matter = Matter().at(State.IN_HANDLING)
    clock = matter.case.deadline
    assert clock is not None
    matter.now = clock.due_at
    assert "Supervised" not in due(matter)


@pytest.mark.parametrize("state", OPEN)
def test_a_month_after_each_level_comes_the_next_up_to_the_third(state: State) -> None:
    matter = Matter().at(state)
    seen = []
    while (moment := matter.case.next_due_at(matter.now)) is not None:
        matter.now = moment
        seen += [(payload.level, matter.now) for payload in matter.swept() if isinstance(payload, Supervised)]
    assert [level for level, _ in seen] == [1, 2, 3]
    assert all(later - earlier >= timedelta(days=29) for (_, earlier), (_, later) in itertools.pairwise(seen))
    assert matter.case.highest_level == 3


@settings(deadline=None)
@given(st.sampled_from(OPEN), st.sampled_from(Kind), st.lists(st.integers(1, 40 * 24 * 4), max_size=8))
def test_a_sweep_that_comes_late_leaves_the_ladder_where_a_punctual_one_does(
    state: State, kind: Kind, quarters: list[int]
) -> None:
    if kind is Kind.ACCUSATION and state in (State.RETURNED, State.IN_CONFERENCE, State.WITH_AGENCY):
        return  # an accusation is not returned, and neither a conference nor another agency hears of it
    if kind is not Kind.APPEAL and state is State.IN_REVIEW:
        return  # the law gives review to appeals
    late, punctual = Matter().filed(kind=kind).at(state), Matter().filed(kind=kind).at(state)
    for quarter_hours in quarters:
        late.later(minutes=15 * quarter_hours)
        late.swept()
    while (moment := punctual.case.next_due_at(punctual.now)) is not None and moment <= late.now:
        punctual.now = moment
        punctual.swept()
    assert punctual.case.order == late.case.order
    assert punctual.case.light == late.case.light
    assert punctual.case.highest_level == late.case.highest_level
    assert set(punctual.case.reminded) == set(late.case.reminded)
    assert punctual.case.next_due_at(late.now) == late.case.next_due_at(late.now)


@settings(deadline=None)
@given(st.sampled_from(list(State)), st.integers(0, 200 * 24))
def test_a_sweep_does_nothing_the_second_time(state: State, hours: int) -> None:
    matter = Matter().at(state).later(hours=hours)
    matter.swept()
    assert matter.swept() == []


def test_a_case_nobody_signed_for_turns_red_once_more_when_its_answer_is_due() -> None:
    matter = Matter().at(State.DISPATCHED)
    reds = []
    while (moment := matter.case.next_due_at(matter.now)) is not None and moment < MONDAY + timedelta(days=20):
        matter.now = moment
        reds += [told.clock for told in matter.swept() if isinstance(told, LightChanged) and told.light is Light.RED]
    assert reds == [ClockName.SIGN, ClockName.HANDLE]


def test_each_clock_is_reminded_of_once() -> None:
    matter = Matter().at(State.DISPATCHED)
    reminded = []
    while (moment := matter.case.next_due_at(matter.now)) is not None:
        matter.now = moment
        reminded += [payload.clock for payload in matter.swept() if isinstance(payload, Reminded)]
    assert len(reminded) == 2
    assert set(reminded) == {ClockName.HANDLE, ClockName.SIGN}


def test_an_order_by_hand_on_a_case_in_time_climbs_only_when_the_case_is_overdue() -> None:
    matter = Matter().filed(kind=Kind.ACCUSATION).at(State.IN_HANDLING)  # sixty days by law
    matter.take(Action.SUPERVISE, ACTORS[Role.SUPERVISOR])
    matter.later(days=45)
    assert "Supervised" not in due(matter)
    matter.swept()
    clock = matter.case.deadline
    assert clock is not None
    assert matter.case.next_due_at(matter.now) == clock.red_at
    matter.now = clock.red_at
    levels = [payload.level for payload in matter.swept() if isinstance(payload, Supervised)]
    assert levels == [2]
    assert matter.case.order is not None
    assert matter.case.order.next_level_at is not None
    assert matter.case.order.next_level_at >= matter.now + timedelta(days=29)


def test_an_order_whose_term_ends_with_the_case_s_own_is_overdue_before_the_next_one_is_given() -> None:
    as_long = replace(TRADE, terms=replace(TRADE.terms, supervision_order=TRADE.terms.supervision_step))
    matter = Matter(trade=as_long).filed(kind=Kind.ACCUSATION).at(State.IN_HANDLING)
    clock = matter.case.deadline
    assert clock is not None
    while as_long.ends(as_long.terms.supervision_order, matter.now) < clock.due_at:
        matter.later(days=1)
    matter.take(Action.SUPERVISE, ACTORS[Role.SUPERVISOR])
    assert matter.case.order is not None
    assert matter.case.order.answer_by == clock.due_at
    matter.now = clock.red_at
    told = [type(payload).__name__ for payload in supervision.due_now(matter.case, matter.now, as_long)]
    assert told == ["LightChanged", "Reminded", "OrderOverdue", "Supervised"]


def test_a_supervisor_orders_one_level_above_the_one_in_force_and_none_above_the_third() -> None:
    matter = Matter().at(State.IN_HANDLING)
    for level in (1, 2, 3):
        matter.take(Action.SUPERVISE, ACTORS[Role.SUPERVISOR])
        assert matter.case.order is not None
        assert matter.case.order.level == level
    with pytest.raises(Invalid):
        matter.take(Action.SUPERVISE, ACTORS[Role.SUPERVISOR])


@pytest.mark.parametrize("words", ["", "  \n", "　", "长" * 2_001, "请\x00办"])
def test_an_order_or_a_reminder_by_a_person_needs_words_that_can_be_read(words: str) -> None:
    with pytest.raises(Invalid):
        ordering.supervise_by_hand(Matter().at(State.IN_HANDLING).case, words, MONDAY, TRADE)
    with pytest.raises(Invalid):
        ordering.remind_by_hand(words)


def test_a_reply_ends_the_order_and_all_clocks() -> None:
    matter = Matter().at(State.AWAITING_APPROVAL).later(days=30)
    matter.take(Action.REPLY, ACTORS[Role.HEAD])
    assert matter.case.order is None
    assert matter.case.light is None
    assert matter.case.highest_level == 1, "what was, stays counted"


def test_after_three_days_the_rating_is_asked_for_once_and_after_the_window_the_case_is_concluded() -> None:
    matter = Matter().at(State.REPLIED)
    kinds = []
    while (moment := matter.case.next_due_at(matter.now)) is not None:
        matter.now = moment
        kinds += [type(payload) for payload in matter.swept()]
    assert kinds == [RatingAsked, Concluded, StoodSettled]
    assert matter.case.state is State.CONCLUDED


def test_a_sweep_that_comes_after_the_window_asks_nobody_for_a_rating_any_more() -> None:
    matter = Matter().at(State.REPLIED).later(days=40)
    assert due(matter) == ["Concluded"]


def test_who_has_rated_is_not_asked_to_rate() -> None:
    matter = Matter().at(State.AWAITING_APPROVAL).joined_by(SECOND)
    matter.take(Action.REPLY, ACTORS[Role.HEAD]).take(Action.RATE, ACTORS[Role.CITIZEN])
    matter.later(days=5)
    assert [payload.receipts for payload in matter.swept() if isinstance(payload, RatingAsked)] == [(SECOND,)]


def test_with_every_citizen_heard_nobody_is_asked() -> None:
    matter = Matter().at(State.AWAITING_APPROVAL).joined_by(SECOND)
    matter.take(Action.REPLY, ACTORS[Role.HEAD])
    matter.happens(content(), content(SECOND)).later(days=5)
    assert due(matter) == []


@pytest.mark.parametrize("state", [State.CONCLUDED, State.DECLINED, State.JOINED, State.WITHDRAWN])
def test_nothing_falls_due_on_an_ended_case(state: State) -> None:
    expected = ["StoodSettled"] if state is State.CONCLUDED else []  # that its writer did not come again
    assert due(Matter().at(state).later(days=1000)) == expected
