"""What an office may change in its working calendar, and what is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import amending
from chalicelib.domain.amending import HOLIDAYS, LOOKS_BACK, Stretch
from chalicelib.domain.calendar import CalendarDay, WorkingCalendar
from chalicelib.domain.errors import FieldError, Invalid, NotFound

TODAY = date(2026, 11, 10)
KNOWN = WorkingCalendar(frozenset({date(2026, 10, 1)}), frozenset({date(2026, 10, 10)}), date(2026, 12, 31))
NAMES = {**{name: name for name in HOLIDAYS}, "exchanged": "exchanged"}
YEAR = {
    "year": "2027",
    **{"from_new_year": "2027-01-01", "to_new_year": "2027-01-03"},
    **{"from_spring": "2027-02-05", "to_spring": "2027-02-13"},
    **{"from_qingming": "2027-04-03", "to_qingming": "2027-04-05"},
    **{"from_labour": "2027-05-01", "to_labour": "2027-05-05"},
    **{"from_dragon_boat": "2027-06-09", "to_dragon_boat": "2027-06-09"},
    **{"from_mid_autumn": "2027-09-15", "to_mid_autumn": "2027-09-17"},
    **{"from_national": "2027-10-01", "to_national": "2027-10-07"},
    **{"work_1": "2027-02-20", "work_2": "2027-05-08", "work_3": "2027-10-09"},
}


def added(days: tuple[CalendarDay, ...] = (), /, **raw: str) -> tuple[CalendarDay, ...]:
    """The days with what a form adds to them."""
    form = {"to": "", "working": "no", "note": "台风停工", **raw}
    return amending.add(days, KNOWN.amended(days), form, TODAY)


def refused(days: tuple[CalendarDay, ...] = (), /, **raw: str) -> tuple[str, str]:
    """The field and the ground of a form that is refused."""
    with pytest.raises(Invalid) as error:
        added(days, **raw)
    return error.value.errors[0].field, error.value.errors[0].code


def test_a_day_off_in_a_typhoon_is_off_and_the_rest_is_as_it_was() -> None:
    days = added(day="2026-11-11")
    calendar = KNOWN.amended(days)
    assert not calendar.is_working_day(date(2026, 11, 11))
    assert calendar.is_working_day(date(2026, 11, 12))
    assert not calendar.is_working_day(date(2026, 10, 1))
    assert calendar.covered_until == KNOWN.covered_until


def test_an_office_may_work_on_a_holiday_and_rest_on_a_day_given_in_exchange() -> None:
    calendar = KNOWN.amended((CalendarDay(date(2026, 10, 1), True, ""), CalendarDay(date(2026, 10, 10), False, "")))
    assert calendar.is_working_day(date(2026, 10, 1))
    assert not calendar.is_working_day(date(2026, 10, 10))


def test_of_a_stretch_the_weekend_that_is_off_anyway_is_passed_over() -> None:
    days = added(day="2026-11-12", to="2026-11-17")
    assert [one.day.day for one in days] == [12, 13, 16, 17]
    assert amending.stretches(days, KNOWN.amended(days)) == [
        Stretch(date(2026, 11, 12), date(2026, 11, 17), False, "台风停工")
    ]


@pytest.mark.parametrize(
    ("raw", "field", "code"),
    [
        ({"day": ""}, "day", "field.empty"),
        ({"day": "2026-13-01"}, "day", "field.not_day"),
        ({"day": "2026-11-14"}, "day", "calendar.already.no"),
        ({"day": "2026-11-11", "working": "yes"}, "day", "calendar.already.yes"),
        ({"day": "2026-11-11", "working": "maybe"}, "working", "field.unknown_choice"),
        ({"day": "2026-11-11", "note": " "}, "note", "field.empty"),
        ({"day": "2026-11-11", "note": "长" * 31}, "note", "field.too_long"),
        ({"day": "2026-10-09"}, "day", "calendar.too_old"),
        ({"day": "2028-01-01"}, "day", "calendar.too_far"),
        ({"day": "2026-11-12", "to": "2026-11-11"}, "to", "calendar.backwards"),
        ({"day": "2026-11-12", "to": "2026-12-13"}, "to", "calendar.too_long"),
    ],
)
def test_what_is_no_amendment_is_refused_by_its_field(raw: dict[str, str], field: str, code: str) -> None:
    assert refused(**raw) == (field, code)


def test_a_day_is_amended_once_until_that_is_taken_back() -> None:
    days = added(day="2026-11-12")
    assert refused(days, day="2026-11-11", to="2026-11-13") == ("day", "calendar.twice")
    assert refused(days, day="2026-11-12", working="yes") == ("day", "calendar.twice")
    assert amending.remove(days, {"day": "2026-11-12"}, TODAY) == ()
    with pytest.raises(NotFound):
        amending.remove((), {"day": "2026-11-12"}, TODAY)
    with pytest.raises(NotFound):
        amending.remove(days, {}, TODAY)


def test_what_is_long_past_is_not_rewritten() -> None:
    days = (CalendarDay(date(2026, 9, 1), False, "台风"),)
    with pytest.raises(Invalid) as refusal:
        amending.remove(days, {"day": "2026-09-01"}, TODAY)
    assert list(refusal.value.errors) == [FieldError("day", "calendar.too_old", (("days", str(LOOKS_BACK)),))]


@given(st.integers(-31, 300), st.integers(0, 30), st.booleans())
def test_what_is_added_and_taken_back_leaves_the_calendar_as_it_was(by: int, long: int, working: bool) -> None:
    first = TODAY + timedelta(days=by)
    raw = {"day": f"{first}", "to": f"{first + timedelta(days=long)}", "working": "yes" if working else "no"}
    try:
        days = added(**raw)
    except Invalid:
        return
    calendar = KNOWN.amended(days)
    assert all(calendar.is_working_day(first + timedelta(days=number)) is working for number in range(long + 1))
    (stretch,) = amending.stretches(days, calendar)
    assert amending.remove(days, {"day": f"{stretch.first}", "to": f"{stretch.last}"}, TODAY) == ()
    assert KNOWN.amended(()).fingerprint == KNOWN.fingerprint != calendar.fingerprint


def year_with(days: tuple[CalendarDay, ...] = (), /, **changed: str) -> tuple[int, tuple[CalendarDay, ...]]:
    """Next year as a form enters it."""
    return amending.add_year(days, KNOWN.amended(days), {**YEAR, **changed}, NAMES, TODAY)


def test_a_year_that_is_entered_whole_is_known_to_its_end() -> None:
    year, days = year_with()
    calendar = KNOWN.amended(days, (year,))
    assert year == 2027
    assert calendar.covered_until == date(2027, 12, 31)
    assert not calendar.is_working_day(date(2027, 2, 8))
    assert calendar.is_working_day(date(2027, 2, 20))
    assert {one.note for one in days if one.working} == {"exchanged"}
    assert all(one.day.weekday() < 5 for one in days if not one.working)


def test_a_year_s_days_without_the_word_that_they_are_all_make_nothing_known() -> None:
    _, days = year_with()
    assert KNOWN.amended(days).covered_until == date(2026, 12, 31)
    assert KNOWN.amended(days, (2028,)).covered_until == date(2026, 12, 31)  # there is a gap before


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"to_spring": ""}, "to_spring", "field.empty"),
        ({"from_new_year": "2027-01-02"}, "from_new_year", "calendar.misses_law"),
        ({"to_national": "2027-10-02"}, "from_national", "calendar.misses_law"),
        ({"from_qingming": "2026-04-03"}, "from_qingming", "calendar.not_in_year"),
        ({"from_qingming": "2027-04-06"}, "from_qingming", "calendar.not_in_year"),
        ({"work_4": "2027-03-03"}, "work_4", "calendar.no_weekend"),
        ({"work_4": "2027-10-02"}, "work_4", "calendar.off_and_worked"),
        ({"work_4": "2028-01-08"}, "work_4", "calendar.not_in_year"),
        ({"work_4": "2027-02-20"}, "work_4", "calendar.twice"),
        ({"to_spring": "2027-02-08", "to_national": "2027-10-03"}, "year", "calendar.too_few"),
        ({"year": "2028"}, "year", "calendar.not_next"),
    ],
)
def test_a_year_with_something_missing_is_refused_by_its_field(changed: dict[str, str], field: str, code: str) -> None:
    with pytest.raises(Invalid) as error:
        year_with(**changed)
    assert (field, code) in [(one.field, one.code) for one in error.value.errors]


def test_what_was_amended_before_the_year_was_announced_stays_as_it_is() -> None:
    before = (CalendarDay(date(2027, 2, 5), False, "放假半月"),)
    _, days = year_with(before)
    assert [one.note for one in days if one.day == date(2027, 2, 5)] == ["放假半月"]
    with pytest.raises(Invalid):
        year_with((CalendarDay(date(2027, 2, 5), True, "值班"), CalendarDay(date(2027, 2, 8), True, "值班")))
