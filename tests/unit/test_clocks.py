"""Clocks and the lights they show: the promise and the law run together, the nearer one is shown."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import SHANGHAI, WorkingCalendar
from chalicelib.domain.clocks import Clock, Nearness, exact_clock, next_change, start_clock, worst_light, yellow_at
from chalicelib.domain.terms import Term, calendar_days, hours, working_days
from chalicelib.domain.words import ClockName, Light

WEEKS = WorkingCalendar(frozenset(), frozenset(), date(2026, 12, 31))
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
TICK = timedelta(microseconds=1)

moments = st.timedeltas(timedelta(0), timedelta(days=970)).map(lambda by: datetime(2024, 1, 1, tzinfo=UTC) + by)
terms = st.one_of(st.integers(1, 60).map(working_days), st.integers(1, 90).map(calendar_days), st.just(hours(24)))
clocks = st.builds(
    lambda at, promise, law: start_clock(ClockName.HANDLE, at, promise=promise, law=law, calendar=WEEKS),
    moments,
    terms,
    st.none() | terms,
)


def handling(promise: Term | None, law: Term | None = None, at: datetime = MONDAY) -> Clock:
    """A clock of the term to answer."""
    return start_clock(ClockName.HANDLE, at, promise=promise, law=law, calendar=WEEKS)


def test_the_light_follows_the_nearer_of_promise_and_law_and_both_stay_in_the_record() -> None:
    clock = handling(working_days(5), calendar_days(60))
    assert clock.promised_by == datetime(2026, 3, 10, tzinfo=SHANGHAI)
    assert clock.lawful_by == datetime(2026, 5, 2, tzinfo=SHANGHAI)  # ends with the 1st of May, a Friday
    assert clock.due_at == clock.promised_by
    assert handling(calendar_days(60), calendar_days(15)).due_at == datetime(2026, 3, 18, tzinfo=SHANGHAI)
    assert handling(None, calendar_days(15)).due_at == datetime(2026, 3, 18, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("promise", "law", "kept"),
    [
        (working_days(5), calendar_days(60), "5w/60d"),
        (working_days(2), None, "2w"),
        (None, calendar_days(30), "/30d"),
    ],
)
def test_a_clock_keeps_the_promise_and_the_law_that_it_was_counted_from(
    promise: Term | None, law: Term | None, kept: str
) -> None:
    clock = handling(promise, law)
    assert (clock.set_by, clock.promise, clock.law) == (kept, promise, law)


def test_a_clock_without_any_term_is_refused() -> None:
    with pytest.raises(ValueError, match="term"):
        handling(None, None)


@pytest.mark.parametrize(
    ("term", "yellow"),
    [
        # until the 7th, 0:00: 111 hours; two thirds are 74, two working days before the end is sooner, at 63
        (working_days(4), datetime(2026, 3, 5, tzinfo=SHANGHAI)),
        # until the 10th, 0:00: 183 hours; two working days before, Friday, is sooner than half of it, 91.5 hours
        (working_days(5), MONDAY + timedelta(hours=91, minutes=30)),
        # until the 4th, 0:00: 39 hours; both measures come sooner than half of it, 19.5 hours
        (working_days(1), MONDAY + timedelta(hours=19, minutes=30)),
        # until the 2nd of May, 0:00: 1,455 hours, two thirds are 970
        (calendar_days(60), MONDAY + timedelta(hours=970)),
    ],
)
def test_a_light_is_yellow_in_the_last_third_or_two_working_days_but_never_in_the_first_half(
    term: Term, yellow: datetime
) -> None:
    clock = handling(term)
    assert clock.yellow_at == yellow
    assert clock.light_at(yellow - TICK) is Light.GREEN
    assert clock.light_at(yellow) is Light.YELLOW


def test_who_answers_at_the_very_end_of_the_term_is_in_time() -> None:
    clock = handling(working_days(5))
    assert clock.light_at(clock.due_at) is Light.YELLOW
    assert clock.light_at(clock.due_at + TICK) is Light.RED
    assert clock.red_at == clock.due_at + TICK


def test_one_measure_for_all_letters_is_exact_to_the_second() -> None:
    clock = exact_clock(ClockName.HANDLE, MONDAY, 60)
    assert clock.due_at == MONDAY + timedelta(days=60)
    assert clock.yellow_at == MONDAY + timedelta(days=40)
    assert clock.lawful_by is None


def test_a_promise_within_the_announced_year_is_firm_though_the_laws_term_runs_past_it() -> None:
    december = datetime(2026, 12, 14, 9, 0, tzinfo=SHANGHAI)
    assert not handling(working_days(5), calendar_days(60), december).provisional
    assert handling(None, calendar_days(60), december).provisional


def test_a_case_shows_the_darkest_light_of_its_clocks_and_none_when_none_runs() -> None:
    soon, late = handling(working_days(1)), handling(calendar_days(60))
    assert worst_light([], MONDAY) is None
    assert worst_light([late, soon], MONDAY) is Light.GREEN
    assert worst_light([late, soon], soon.yellow_at) is Light.YELLOW
    assert worst_light([late, soon], soon.red_at) is Light.RED
    assert [clock.light_at(late.yellow_at) for clock in (late, soon)] == [Light.YELLOW, Light.RED]
    assert worst_light([late, soon], late.yellow_at) is Light.RED


def test_a_clock_that_is_red_changes_no_more() -> None:
    clock = handling(working_days(1))
    assert next_change([clock], clock.due_at) == clock.red_at
    assert next_change([clock], clock.red_at) is None
    assert next_change([], MONDAY) is None


@given(clocks)
def test_a_clock_is_born_green_and_passes_through_yellow_to_red(clock: Clock) -> None:
    assert clock.started_at < clock.yellow_at < clock.due_at < clock.red_at
    assert clock.yellow_at - clock.started_at >= (clock.due_at - clock.started_at) / 2
    seen = [clock.light_at(at) for at in (clock.started_at, clock.yellow_at, clock.red_at)]
    assert seen == [Light.GREEN, Light.YELLOW, Light.RED]


@given(st.lists(clocks, max_size=4), moments)
def test_between_one_change_and_the_next_no_clocks_light_moves(running: list[Clock], now: datetime) -> None:
    change = next_change(running, now)
    if change is None:
        assert worst_light(running, now) in (None, Light.RED)
        return
    assert change > now
    assert [clock.light_at(change - TICK) for clock in running] == [clock.light_at(now) for clock in running]
    assert [clock.light_at(change) for clock in running] != [clock.light_at(now) for clock in running]


@given(st.lists(clocks, min_size=1, max_size=4), moments, st.timedeltas(timedelta(0), timedelta(days=200)))
def test_a_light_never_brightens_by_itself(running: list[Clock], now: datetime, after: timedelta) -> None:
    darkness = [Light.GREEN, Light.YELLOW, Light.RED]
    before, later = worst_light(running, now), worst_light(running, now + after)
    assert before is not None
    assert later is not None
    assert darkness.index(before) <= darkness.index(later)


@pytest.mark.parametrize(
    ("near", "term", "yellow_before_end"),
    [
        (Nearness(parts=4, working_days=0), calendar_days(60), timedelta(days=15)),
        (Nearness(parts=10, working_days=0), calendar_days(60), timedelta(days=6)),
        (Nearness(parts=2, working_days=0), calendar_days(60), timedelta(days=30)),
        (Nearness(parts=10, working_days=5), working_days(20), timedelta(days=7)),
    ],
)
def test_an_office_says_when_its_lights_turn_yellow_by_the_length_of_the_term(
    near: Nearness, term: Term, yellow_before_end: timedelta
) -> None:
    clock = start_clock(ClockName.HANDLE, MONDAY, promise=None, law=term, calendar=WEEKS, near=near)
    assert abs(clock.due_at - clock.yellow_at - yellow_before_end) <= timedelta(days=1)


@given(st.integers(2, 10), st.integers(0, 20), st.integers(1, 400))
def test_no_setting_makes_a_clock_yellow_in_the_first_half_or_after_its_end(parts: int, days: int, term: int) -> None:
    near = Nearness(parts, days)
    clock = start_clock(ClockName.HANDLE, MONDAY, promise=None, law=calendar_days(term), calendar=WEEKS, near=near)
    assert MONDAY + (clock.due_at - MONDAY) / 2 <= clock.yellow_at <= clock.due_at


def test_a_clock_that_is_put_off_ends_and_warns_later_by_whole_days_and_remembers_how_many() -> None:
    clock = handling(working_days(5), calendar_days(60))
    later = clock.put_off(3)
    by = timedelta(days=3)
    assert (later.started_at, later.promised_by, later.lawful_by) == (MONDAY, clock.due_at + by, clock.lawful_by + by)  # type: ignore[operator]
    assert later.yellow_at == clock.yellow_at + by
    assert (later.days_put_off, later.put_off(4).days_put_off) == (3, 7)


def test_a_clock_of_the_law_alone_or_of_a_promise_alone_is_put_off_too() -> None:
    for clock in (handling(None, calendar_days(15)), handling(working_days(5))):
        later = clock.put_off(10)
        assert later.due_at == clock.due_at + timedelta(days=10)
        assert (later.promised_by is None, later.lawful_by is None) == (
            clock.promised_by is None,
            clock.lawful_by is None,
        )


def test_another_agencys_date_does_not_move_when_the_clock_is_put_off_and_warns_as_before() -> None:
    clock = handling(working_days(5))
    bound = clock.bound(clock.due_at - timedelta(days=2), WEEKS, Nearness())
    later = bound.put_off(10)
    assert (later.due_at, later.yellow_at, later.is_bound) == (bound.due_at, bound.yellow_at, True)


def test_another_agencys_date_is_warned_of_in_its_own_time_and_lifted_leaves_the_clock_as_it_was() -> None:
    by = MONDAY + timedelta(days=12)
    first = handling(calendar_days(60))
    for own in (first, first.put_off(10)):
        bound = own.bound(by, WEEKS, Nearness())
        assert (bound.due_at, bound.yellow_at, bound.is_bound) == (by, yellow_at(MONDAY, by, WEEKS, Nearness()), True)
        assert bound.bound(None, WEEKS, Nearness()) == own
        late = own.bound(own.due_at + TICK, WEEKS, Nearness())
        assert (late.due_at, late.yellow_at, late.is_bound) == (own.due_at, own.yellow_at, False)


def test_a_clock_of_so_many_times_24_hours_runs_from_the_moment_itself() -> None:
    clock = exact_clock(ClockName.HANDLE, MONDAY, 15)
    assert (clock.name, clock.started_at, clock.yellow_at) == (ClockName.HANDLE, MONDAY, MONDAY + timedelta(days=10))
    assert (clock.due_at, clock.lawful_by) == (MONDAY + timedelta(days=15), None)
