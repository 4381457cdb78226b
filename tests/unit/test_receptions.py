"""Receptions: places are never oversold, past days are not booked, and each booking is settled once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.city import default_city
from chalicelib.domain import receptions as rules
from chalicelib.domain.errors import Changed, Invalid, NotFound, Refused
from chalicelib.domain.people import Staff
from chalicelib.domain.reception_errors import Begun, CalledOff, Full, NotYet, Settled
from chalicelib.domain.reception_figures import figures
from chalicelib.domain.receptions import BookingState, Plan, Reception, ReceptionKind
from chalicelib.domain.words import Role

START = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)  # Thursday, nine o'clock in Shanghai
BEFORE, DURING = START - timedelta(days=2), START + timedelta(minutes=30)
CITY = default_city()
LEADERS = {"gao": Staff("gao", "高远", Role.LEADER)}


def reception(places: int = 3, minutes: int = 20, leader: str | None = "gao") -> Reception:
    """A leader's day that nobody has booked yet."""
    plan = Plan(ReceptionKind.LEADER, "高远（市委书记）", leader, (), START, "接待中心一楼", places, minutes)
    return Reception("r", plan, 1, "clerk")


def book(on: Reception, who: str, at: datetime = BEFORE, people: int = 1) -> Reception:
    """``who`` books; number, person and form follow from the name."""
    return rules.book(on, who, people, who, who, at)


def booked(*names: str, places: int = 3) -> Reception:
    """A reception on which these people booked."""
    on = reception(places)
    for name in names:
        on = book(on, name)
    return on


def places_of(on: Reception) -> list[int]:
    """The places taken, in the order of the list."""
    return [booking.place for booking in on.bookings]


@given(
    places=st.integers(1, 5),
    steps=st.lists(
        st.tuples(
            st.sampled_from(["book", "cancel", "hear", "miss", "shift", "release", "shrink", "off"]),
            st.integers(0, 8),
            st.sampled_from([BEFORE, START - timedelta(seconds=1), START, DURING, START + timedelta(days=1)]),
        ),
        max_size=40,
    ),
)
def test_whatever_people_do_in_whatever_order_places_are_never_oversold(
    places: int, steps: list[tuple[str, int, datetime]]
) -> None:
    on = reception(places)
    for step, number, at in steps:
        who = f"p{number}"
        before = on
        try:
            match step:
                case "book":
                    on = book(on, who, at)
                case "cancel":
                    on = rules.cancel(on, who, at)
                case "hear":
                    on = rules.hear(on, who, "1", False, at)
                case "miss":
                    on = rules.miss(on, who, at)
                case "shift":
                    on = rules.shift(on, who, places - 1, "另有安排", "何静", at)
                case "release":
                    on = rules.release(on, who, "本人来电", "何静", at)
                case "shrink":
                    smaller = replace(on.plan, places=max(1, number))
                    on = rules.change(on, smaller, "缩减", "何静", at, len(on.changes))
                case _:
                    on = rules.call_off(on, "临时有事", "何静", at)
        except Refused:
            assert on is before
            continue
        assert on.version == before.version + 1
        assert len(on.bookings) <= on.plan.places
        assert on.free >= 0
        assert places_of(on) == sorted(set(places_of(on)))
        assert all(0 <= place < on.plan.places for place in places_of(on))
        assert len({booking.person for booking in on.bookings}) == len(on.bookings)
        if step == "book":
            assert at < START
        if before.called_off:
            assert step == "cancel"


def test_the_last_place_is_taken_once_and_who_comes_after_is_told_that_it_is_full() -> None:
    on = booked("甲", "乙", "丙")
    with pytest.raises(Full):
        book(on, "丁")


def test_places_go_in_the_order_of_the_day_and_a_place_given_back_goes_to_the_next() -> None:
    on = booked("甲", "乙", "丙")
    assert [on.time_of(one) - START for one in on.bookings] == [timedelta(minutes=20 * place) for place in range(3)]
    on = book(rules.cancel(on, "乙", BEFORE), "丁")
    assert [(one.number, one.place) for one in on.bookings] == [("甲", 0), ("丁", 1), ("丙", 2)]


@given(late=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
def test_a_reception_that_has_begun_or_is_over_is_not_booked(late: timedelta) -> None:
    assert not reception().open_at(START + late)
    with pytest.raises(Begun):
        book(reception(), "甲", START + late)


def test_one_telephone_has_one_place_on_a_reception() -> None:
    with pytest.raises(Invalid) as refused:
        book(booked("甲"), "甲")
    assert [error.field for error in refused.value.errors] == ["phone"]


def test_a_booking_is_cancelled_until_the_reception_begins() -> None:
    on = booked("甲")
    assert rules.cancel(on, "甲", START - timedelta(seconds=1)).free == 3
    with pytest.raises(Begun):
        rules.cancel(on, "甲", START)
    with pytest.raises(NotFound):
        rules.cancel(rules.cancel(on, "甲", BEFORE), "甲", BEFORE)


def test_nobody_is_heard_before_the_day_and_everybody_from_its_first_minute_on() -> None:
    on = booked("甲")
    midnight = START - timedelta(hours=9)
    steps: tuple[Callable[[datetime], Reception], ...] = (
        lambda at: rules.hear(on, "甲", "1", False, at),
        lambda at: rules.miss(on, "甲", at),
    )
    for step in steps:
        with pytest.raises(NotYet):
            step(midnight - timedelta(seconds=1))
        assert step(midnight).version == on.version + 1


def test_a_matter_is_heard_once_and_who_comes_late_is_heard_all_the_same() -> None:
    on = rules.miss(booked("甲"), "甲", DURING)
    on = rules.hear(on, "甲", "482710935526", True, DURING)
    assert [(one.state, one.receipt, one.sealed) for one in on.bookings] == [(BookingState.HEARD, "482710935526", True)]
    again: tuple[Callable[[], Reception], ...] = (
        lambda: rules.hear(on, "甲", "1", False, DURING),
        lambda: rules.miss(on, "甲", DURING),
    )
    for step in again:
        with pytest.raises(Settled):
            step()
    with pytest.raises(Settled):
        rules.cancel(on, "甲", BEFORE)


def test_a_change_keeps_what_it_changed_and_takes_no_booked_place_away() -> None:
    on = booked("甲", "乙")
    moved = replace(on.plan, starts_at=START + timedelta(days=1), places=2)
    after = rules.change(on, moved, "会议冲突", "何静", BEFORE, 0)
    assert after.plan == moved
    assert after.changes[0].before == on.plan
    with pytest.raises(Invalid):
        rules.change(after, replace(moved, places=1), "缩减", "何静", BEFORE, 1)
    with pytest.raises(Changed):
        rules.change(after, moved, "又改", "张三", BEFORE, 0)
    with pytest.raises(Begun):
        rules.change(on, moved, "太晚", "何静", START, 0)


def test_what_was_called_off_is_neither_booked_changed_heard_nor_called_off_again() -> None:
    on = rules.call_off(booked("甲"), "领导出差", "何静", BEFORE)
    assert not on.open_at(BEFORE)
    steps: tuple[Callable[[], Reception], ...] = (
        lambda: book(on, "乙"),
        lambda: rules.change(on, on.plan, "改", "何静", BEFORE, 0),
        lambda: rules.hear(on, "甲", "1", False, DURING),
        lambda: rules.call_off(on, "再次", "何静", BEFORE),
    )
    for step in steps:
        with pytest.raises(CalledOff):
            step()


def test_a_reception_on_which_somebody_was_heard_is_not_called_off_nor_is_one_of_yesterday() -> None:
    with pytest.raises(Settled):
        rules.call_off(rules.hear(booked("甲"), "甲", "1", False, DURING), "迟了", "何静", DURING)
    with pytest.raises(Begun):
        rules.call_off(booked("甲"), "迟了", "何静", START + timedelta(days=1))


def test_a_month_counts_the_sessions_held_the_people_who_came_and_the_cases() -> None:
    on = book(book(reception(), "甲", people=5), "乙")
    on = rules.miss(rules.hear(on, "甲", "1", False, DURING), "乙", DURING)
    joint = replace(on, plan=replace(on.plan, kind=ReceptionKind.JOINT))
    earlier = replace(reception(), plan=replace(on.plan, starts_at=START - timedelta(days=6)))
    off = rules.call_off(reception(), "取消", "何静", BEFORE)
    ahead = replace(reception(), plan=replace(on.plan, starts_at=START + timedelta(days=30)))
    counted = figures([earlier, on, joint, off, ahead], DURING)
    assert [(one.month, one.kind, one.sessions, one.people, one.cases) for one in counted] == [
        (date(2026, 3, 1), ReceptionKind.LEADER, 1, 5, 1),
        (date(2026, 3, 1), ReceptionKind.JOINT, 1, 5, 1),
        (date(2026, 2, 1), ReceptionKind.LEADER, 1, 0, 0),
    ]
