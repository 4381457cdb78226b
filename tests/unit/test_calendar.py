"""Working days and the ends of terms (《民法典》 art. 201, 203)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import SHANGHAI, WorkingCalendar, default_calendar
from chalicelib.domain.terms import calendar_days, hours, working_days

# The first days of October 2026: three weekdays off, and the Saturday before worked in exchange.
OCTOBER = WorkingCalendar(
    holidays=frozenset({date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 5)}),
    makeup_days=frozenset({date(2026, 9, 26)}),
    covered_until=date(2026, 12, 31),
)

moments = st.timedeltas(timedelta(0), timedelta(days=2450)).map(lambda by: datetime(2020, 1, 1, tzinfo=UTC) + by)
few = st.integers(1, 40)


def shanghai(text: str) -> datetime:
    """A time as it stands on paper."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 9, 25), True),  # a Friday
        (date(2026, 9, 26), True),  # a Saturday worked in exchange
        (date(2026, 9, 27), False),  # a Sunday
        (date(2026, 10, 1), False),  # a Thursday off
        (date(2026, 10, 6), True),
    ],
)
def test_offices_work_on_weekdays_but_holidays_and_on_the_weekends_given_in_exchange(day: date, worked: bool) -> None:
    assert OCTOBER.is_working_day(day) is worked


@pytest.mark.parametrize(
    ("days", "filed", "over"),
    [
        (1, "2026-09-22T10:00", "2026-09-24T00:00"),  # Tuesday: until the end of Wednesday
        (1, "2026-09-22T00:00", "2026-09-24T00:00"),  # at whatever hour
        (1, "2026-09-22T23:59", "2026-09-24T00:00"),
        (1, "2026-09-25T10:00", "2026-09-27T00:00"),  # Friday: the worked Saturday counts
        (5, "2026-09-28T10:00", "2026-10-09T00:00"),  # Tue Wed | Thu Fri off, weekend, Mon off | Tue Wed Thu
        (1, "2026-10-03T10:00", "2026-10-07T00:00"),  # filed on a day off
    ],
)
def test_working_days_are_counted_from_the_day_after_to_midnight_of_the_last(days: int, filed: str, over: str) -> None:
    assert OCTOBER.end_of(working_days(days), shanghai(filed)).at == shanghai(over)


@pytest.mark.parametrize(
    ("days", "filed", "over"),
    [
        (15, "2026-09-01T10:00", "2026-09-17T00:00"),  # ends with the 16th
        (4, "2026-09-22T10:00", "2026-09-27T00:00"),  # on a Saturday that is worked
        (5, "2026-09-22T10:00", "2026-09-29T00:00"),  # on a Sunday: with the Monday
        (3, "2026-09-28T10:00", "2026-10-07T00:00"),  # on the 1st of October: with the first day of work
    ],
)
def test_calendar_days_that_end_on_a_day_off_end_with_the_next_working_day(days: int, filed: str, over: str) -> None:
    assert OCTOBER.end_of(calendar_days(days), shanghai(filed)).at == shanghai(over)


def test_the_day_of_filing_is_shanghais_not_greenwichs() -> None:
    late_monday_in_utc = datetime(2026, 9, 21, 17, 0, tzinfo=UTC)  # one o'clock on Tuesday in Shanghai
    assert OCTOBER.end_of(working_days(1), late_monday_in_utc).at == shanghai("2026-09-24T00:00")


def test_hours_are_exact_even_over_a_holiday() -> None:
    filed = shanghai("2026-09-30T16:20")
    assert OCTOBER.end_of(hours(24), filed).at == filed + timedelta(hours=24)


def test_a_deadline_past_the_announced_year_is_provisional_and_intake_goes_on() -> None:
    filed = shanghai("2026-12-25T10:00")
    assert not OCTOBER.end_of(working_days(4), filed).provisional  # the 31st itself
    beyond = OCTOBER.end_of(working_days(5), filed)
    assert beyond.provisional
    assert beyond.at == shanghai("2027-01-02T00:00")  # by the week alone: the 1st is a Friday


def test_two_working_days_before_a_friday_midnight_is_the_morning_of_thursday() -> None:
    assert OCTOBER.before(shanghai("2026-09-19T00:00"), 2) == shanghai("2026-09-17T00:00")
    assert OCTOBER.before(shanghai("2026-10-07T00:00"), 2) == shanghai("2026-09-30T00:00")  # over the holiday


@given(moments, few)
def test_a_term_of_working_days_holds_just_so_many_of_them_after_its_first_day(start: datetime, days: int) -> None:
    end = OCTOBER.end_of(working_days(days), start).at.astimezone(SHANGHAI)
    first = start.astimezone(SHANGHAI).date()
    counted = [first + timedelta(days=n) for n in range(1, (end.date() - first).days)]
    assert sum(map(OCTOBER.is_working_day, counted)) == days
    assert OCTOBER.is_working_day(counted[-1])


@given(moments, few)
def test_a_term_in_days_ends_at_midnight_in_shanghai_after_a_working_day(start: datetime, days: int) -> None:
    for term in (working_days(days), calendar_days(days)):
        end = OCTOBER.end_of(term, start).at
        assert end.tzinfo is UTC
        assert end.astimezone(SHANGHAI).time() == time()
        assert OCTOBER.is_working_day((end - timedelta(hours=1)).astimezone(SHANGHAI).date())
        assert end >= start + timedelta(days=days)


@given(moments, few, few)
def test_a_longer_term_never_ends_earlier(start: datetime, one: int, other: int) -> None:
    shorter, longer = sorted((one, other))
    for term in (working_days, calendar_days, hours):
        assert OCTOBER.end_of(term(shorter), start).at <= OCTOBER.end_of(term(longer), start).at


def test_the_state_councils_calendar_knows_the_spring_festival_and_its_exchanged_weekends() -> None:
    calendar = default_calendar()
    assert not calendar.is_working_day(date(2026, 2, 17))  # the first day of the year of the horse
    assert calendar.is_working_day(date(2026, 2, 14))  # a Saturday worked in exchange
    assert not calendar.is_working_day(date(2026, 10, 1))
    assert calendar.covered_until >= date(2026, 12, 31)
    assert calendar is default_calendar()


def test_the_calendar_agrees_with_its_package_on_every_day_of_2026() -> None:
    import chinese_calendar

    calendar = default_calendar()
    for number in range(365):
        day = date(2026, 1, 1) + timedelta(days=number)
        assert calendar.is_working_day(day) == chinese_calendar.is_workday(day), day
