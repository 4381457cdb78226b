"""安静时段: when they end, what is not held back, and what no office may set."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.errors import Invalid
from chalicelib.domain.quiet import NEEDED, Quiet, held_until, read_quiet
from chalicelib.domain.ways import Way

NIGHT = Quiet(time(21), time(8), (Way.SMS,))
CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 366 * 24 * 60).map(lambda minutes: NEW_YEAR + timedelta(minutes=minutes))


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    """A moment of March 2026 in Shanghai."""
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("made", "until"),
    [
        (at(20, 59), None),
        (at(21), at(8, day=3)),
        (at(23, 59), at(8, day=3)),
        (at(0, day=3), at(8, day=3)),
        (at(7, 59, day=3), at(8, day=3)),
        (at(8, day=3), None),
    ],
)
def test_what_is_made_at_night_waits_for_the_morning(made: datetime, until: datetime | None) -> None:
    assert NIGHT.until("sms", made) == until
    assert NIGHT.until("mail", made) is None


@given(CLOCKS, CLOCKS, MOMENTS)
def test_the_hours_end_outside_of_themselves_and_within_a_day(start: time, end: time, moment: datetime) -> None:
    quiet = Quiet(start, end, (Way.SMS,))
    until = quiet.until("sms", moment)
    if until is not None:
        assert moment < until <= moment + timedelta(days=1)
        assert quiet.until("sms", until) is None
        assert until.astimezone(SHANGHAI).time() == end


def test_news_of_what_begins_soon_is_not_held_back_beyond_its_use() -> None:
    evening, morning = at(22), at(8, day=3)
    assert held_until(NIGHT, "sms", evening, morning + NEEDED) == morning
    assert held_until(NIGHT, "sms", evening, morning + NEEDED - timedelta(minutes=1)) is None
    assert held_until(NIGHT, "sms", evening, evening - timedelta(hours=1)) == morning, "what is over can wait"
    assert held_until(NIGHT, "sms", evening) == morning


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ({"start": "21:00", "end": "21:00", "quiet.sms": "yes"}, {"end"}),
        ({"start": "08:00", "end": "22:30", "quiet.sms": "yes"}, {"end"}),
        ({"start": "25:00", "end": "", "quiet.sms": "yes"}, {"start", "end"}),
        ({"start": "<b>", "end": "8"}, {"start", "end"}),
        ({}, {"start", "end"}),
    ],
)
def test_hours_that_are_none_are_refused_by_the_name_of_their_field(form: dict[str, str], fields: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        read_quiet(form)
    assert {error.field for error in refused.value.errors} == fields


def test_the_hours_that_are_proposed_are_taken() -> None:
    assert read_quiet({"start": "21:00", "end": "08:00", "quiet.sms": "yes", "quiet.mail": "no"}) == NIGHT
    assert read_quiet({"start": "21:00", "end": "21:00"}).ways == (), "for no way: there are none"
