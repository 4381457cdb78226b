"""Who booked is told what concerns her, as it stands, while it is of use; and is reminded the day before, once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain import receptions as rules
from chalicelib.domain.errors import Refused
from chalicelib.domain.reception_news import (
    known_until,
    news_of,
    place_after,
    plan_after,
    recipients,
    remind_at,
    seen_by,
)
from chalicelib.domain.receptions import NewsKind, Plan, Reception, ReceptionKind

START = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)  # Thursday, nine o'clock in Shanghai
EVE = START - timedelta(days=1)  # nine o'clock of the day before
BEFORE = START - timedelta(days=3)
LATER = BEFORE + timedelta(hours=1)


def booked(*names: str, at: datetime = BEFORE) -> Reception:
    """A leader's day with five places on which these people booked, in this order."""
    plan = Plan(ReceptionKind.LEADER, "高远（市委书记）", "gao", (), START, "一楼", 5, 20)
    on = Reception("r", plan, 1, "clerk")
    for name in names:
        on = rules.book(on, name, 1, name, name, at)
    return on


def changed(on: Reception, at: datetime = LATER, **what: Any) -> Reception:
    """It is planned anew."""
    return rules.change(on, replace(on.plan, **what), "会议冲突", "何静", at, len(on.changes))


def taken(on: Reception, step: str, number: int, at: datetime) -> Reception:
    """One step, taken by or for the person of ``number``."""
    who = f"p{number}"
    match step:
        case "book":
            return rules.book(on, who, 1, who, who, at)
        case "cancel":
            return rules.cancel(on, who, at)
        case "shift":
            return rules.shift(on, who, number, "因", "何静", at)
        case "release":
            return rules.release(on, who, "因", "何静", at)
        case "move":
            return changed(on, at, place=f"{number}楼")
        case "places":
            return changed(on, at)
        case "off":
            return rules.call_off(on, "因", "何静", at)
        case _:
            return rules.remind(on, at)


def told(on: Reception, at: datetime = LATER, number: int = 0) -> tuple[str, ...]:
    """Who is told of the last news, or of that of ``number``."""
    return recipients(on, news_of(on, number or on.news[-1].number), at)


@pytest.mark.parametrize(
    "what",
    [
        {"starts_at": START + timedelta(hours=1)},
        {"place": "二楼"},
        {"host": "江平（市长）"},
        {"kind": ReceptionKind.JOINT, "host": "", "units": ("housing", "justice")},
    ],
)
def test_everybody_who_booked_is_told_when_time_place_or_host_change(what: dict[str, Any]) -> None:
    assert told(changed(booked("甲", "乙"), **what)) == ("甲", "乙")


@pytest.mark.parametrize("what", [{"places": 2}, {"leader": None}, {}])
def test_nobody_is_told_of_what_makes_no_difference_to_who_comes(what: dict[str, Any]) -> None:
    assert told(changed(booked("甲", "乙"), **what)) == ()


def test_shorter_turns_move_all_but_the_first() -> None:
    assert told(changed(booked("甲", "乙", "丙"), minutes=15)) == ("乙", "丙")


def test_everybody_is_told_that_it_is_called_off() -> None:
    assert told(rules.call_off(booked("甲", "乙"), "领导出差", "何静", LATER)) == ("甲", "乙")


def test_who_gave_the_place_back_meanwhile_is_left_in_peace() -> None:
    on = rules.cancel(changed(booked("甲", "乙"), place="二楼"), "甲", LATER)
    assert told(on) == ("乙",)


def test_who_booked_after_the_change_knew_it() -> None:
    on = rules.book(changed(booked("甲"), place="二楼"), "乙", 1, "乙", "乙", LATER + timedelta(minutes=1))
    assert told(on) == ("甲",)
    assert seen_by(on, "乙") == ()


def test_what_has_become_untrue_is_not_told_any_more() -> None:
    on = changed(changed(booked("甲"), place="二楼"), LATER + timedelta(minutes=1), place="三楼")
    assert told(on, number=1) == ()
    assert told(on, number=2) == ("甲",)
    off = rules.call_off(on, "领导出差", "何静", LATER)
    assert (told(off, number=2), told(off, number=3)) == ((), ("甲",))


def test_a_later_change_that_is_nothing_to_her_does_not_hide_the_earlier_one() -> None:
    on = changed(changed(booked("甲"), place="二楼"), LATER + timedelta(minutes=1), places=3)
    assert told(on, number=1) == ("甲",)


def test_a_booking_that_the_office_changes_is_told_to_its_citizen_alone() -> None:
    on = rules.shift(booked("甲", "乙"), "甲", 4, "本人来电", "何静", LATER)
    assert [(one.number, one.place) for one in on.bookings] == [("乙", 1), ("甲", 4)]
    assert told(on) == ("甲",)
    gone = rules.release(on, "乙", "本人来电", "何静", LATER)
    assert told(gone) == ("乙",)
    assert [one.kind for one in seen_by(gone, "乙")] == [NewsKind.RELEASED]


def test_a_turn_that_is_taken_or_is_none_is_not_given_away() -> None:
    on = booked("甲", "乙")
    for place in (0, 1, 5, -2):
        with pytest.raises(Refused) as refused:
            rules.shift(on, "甲", place, "本人来电", "何静", LATER)
        assert refused.value.code == "reception_turn_taken"


def test_what_her_turn_was_is_known_through_a_shift_and_a_move() -> None:
    moved = changed(booked("甲"), starts_at=START + timedelta(days=1))
    on = changed(rules.shift(moved, "甲", 3, "本人来电", "何静", LATER), place="二楼")
    turns = [plan_after(on, one).turn(place_after(on, one, on.bookings[0])) for one in on.news]
    hour_later = START + timedelta(days=1, hours=1)
    assert turns == [START + timedelta(days=1), hour_later, hour_later]


def test_what_she_knew_is_how_it_stood_before_the_first_news_that_she_was_not_sent() -> None:
    once = changed(booked("甲"), place="二楼")
    on = changed(rules.shift(once, "甲", 3, "本人来电", "何静", LATER), place="三楼")
    last = on.news[-1]
    assert known_until(on, last, "甲", set()) == (on.news[0].before, 0)
    assert known_until(on, last, "甲", {1}) == (once.plan, 0)
    assert known_until(on, last, "甲", {1, 2}) == (once.plan, 3)
    late = rules.book(on, "乙", 1, "乙", "乙", LATER + timedelta(minutes=1))
    again = changed(late, LATER + timedelta(minutes=2), place="四楼")
    assert known_until(again, again.news[-1], "乙", set()) == (on.plan, 0)
    gone = rules.release(again, "甲", "本人来电", "何静", LATER)
    assert known_until(gone, gone.news[-1], "甲", set()) == (again.plan, 3)


def test_nothing_is_told_of_a_day_that_is_over() -> None:
    on = changed(booked("甲"), place="二楼")
    assert told(on, START + timedelta(hours=14)) == ("甲",)
    assert told(on, START + timedelta(hours=15)) == ()


def test_the_reminder_is_due_at_nine_of_the_day_before() -> None:
    assert remind_at(booked("甲")) == EVE
    assert remind_at(booked()) is None


def test_who_books_on_the_day_before_needs_no_reminder() -> None:
    assert remind_at(booked("甲", at=EVE)) is None
    on = rules.remind(rules.book(booked("甲"), "乙", 1, "乙", "乙", EVE + timedelta(minutes=9)), EVE)
    assert told(on, EVE) == ("甲",)


def test_nobody_is_reminded_twice_nor_of_what_is_called_off() -> None:
    assert remind_at(rules.remind(booked("甲"), EVE)) is None
    assert remind_at(rules.call_off(booked("甲"), "领导出差", "何静", LATER)) is None


def test_a_day_that_is_moved_is_reminded_of_again_but_not_right_after_the_move() -> None:
    reminded = rules.remind(booked("甲"), EVE)
    week = changed(reminded, EVE + timedelta(hours=1), starts_at=START + timedelta(days=7))
    assert remind_at(week) == EVE + timedelta(days=7)
    assert remind_at(changed(reminded, EVE + timedelta(hours=1), starts_at=START + timedelta(hours=2))) is None
    assert remind_at(changed(reminded, EVE + timedelta(hours=1), place="二楼")) is None


def test_a_reminder_that_comes_after_her_turn_is_none() -> None:
    on = rules.remind(booked("甲", "乙"), EVE)
    assert told(on, START) == ("乙",)
    assert told(on, START + timedelta(minutes=20)) == ()


def test_a_reminder_hides_no_change_that_is_still_to_be_told() -> None:
    on = rules.remind(changed(booked("甲"), place="二楼"), EVE)
    assert (told(on, EVE, number=1), told(on, EVE, number=2)) == (("甲",), ("甲",))
    moved = changed(on, EVE + timedelta(hours=1), place="三楼")
    assert told(moved, EVE, number=2) == ()


@example([("book", 0), ("release", 0), ("book", 0), ("move", 0)])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["book", "cancel", "shift", "release", "move", "places", "off", "remind"]),
            st.integers(0, 4),
        ),
        max_size=25,
    )
)
def test_whatever_happens_each_citizen_is_told_the_last_that_concerns_her_and_nothing_older(
    steps: list[tuple[str, int]],
) -> None:
    on, at = booked(), BEFORE
    for step, number in steps:
        at += timedelta(minutes=1)
        try:
            on = taken(on, step, number, at)
        except Refused:
            continue
    assert [one.number for one in on.news] == list(range(1, len(on.news) + 1))
    for booking in on.bookings:
        of_her = [one.number for one in on.news if booking.number in recipients(on, one, at)]
        seen = [one.number for one in seen_by(on, booking.number)]
        assert of_her == [number for number in of_her if number >= max(seen, default=0)]
        assert (max(seen) in of_her) if seen else True
