"""When the desk talks: sessions of working days, the eve of a holiday, a make-up day, always, and never."""

from datetime import date, datetime, timedelta

import pytest

from chalicelib.domain.calendar import SHANGHAI, WorkingCalendar
from chalicelib.domain.errors import Invalid
from chalicelib.domain.setting_talk import read_hours
from chalicelib.domain.talk_hours import Session, TalkHours, open_at, opens_next

USUAL = TalkHours()
CALENDAR = WorkingCalendar(
    holidays=frozenset(date(2026, 10, day) for day in (1, 2, 5, 6, 7)),
    makeup_days=frozenset({date(2026, 10, 10)}),  # a Saturday
    covered_until=date(2026, 12, 31),
)


def shanghai(text: str) -> datetime:
    """A moment in Shanghai, of 2026: "09-30 17:00"."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("09-30 08:59", "09-30 09:00"),
        ("09-30 09:00", None),
        ("09-30 11:59", None),
        ("09-30 12:00", "09-30 13:30"),
        ("09-30 16:59", None),
        ("09-30 17:00", "10-08 09:00"),  # over the national holiday
        ("10-04 10:00", "10-08 09:00"),
        ("10-09 18:00", "10-10 09:00"),  # a Saturday that is worked
        ("10-10 10:00", None),
        ("10-11 10:00", "10-12 09:00"),
    ],
)
def test_the_desk_talks_in_the_sessions_of_working_days(at: str, opens: str | None) -> None:
    moment = shanghai(at)
    assert open_at(USUAL, CALENDAR, moment) is (opens is None)
    if opens is not None:
        assert opens_next(USUAL, CALENDAR, moment) == shanghai(opens)


def test_an_open_desk_still_says_when_its_next_session_begins() -> None:
    assert opens_next(USUAL, CALENDAR, shanghai("09-30 10:00")) == shanghai("09-30 13:30")


def test_always_is_always_and_off_is_never() -> None:
    night = shanghai("10-04 03:00")
    always, off = TalkHours(always=True), TalkHours(on=False, always=True)
    assert open_at(always, CALENDAR, night)
    assert not open_at(off, CALENDAR, night)
    assert opens_next(always, CALENDAR, night) is opens_next(off, CALENDAR, night) is None


def test_a_session_may_last_to_midnight() -> None:
    late = TalkHours(sessions=(Session("18:00", "24:00"),))
    assert open_at(late, CALENDAR, shanghai("09-30 23:59"))
    assert not open_at(late, CALENDAR, shanghai("09-30 23:59") + timedelta(minutes=1))


FORM = {"on": "yes", "opens1": "09:00", "closes1": "12:00", "opens2": "13:30", "closes2": "17:00", "phrases": "您好。"}


def test_hours_are_read_from_a_form() -> None:
    assert read_hours(FORM) == TalkHours(phrases=("您好。",))
    one = read_hours({**FORM, "opens2": "", "closes2": "", "phrases": " 您好。 \r\n\r\n再见。"})
    assert (one.sessions, one.phrases) == ((Session("09:00", "12:00"),), ("您好。", "再见。"))
    assert read_hours({"always": "yes"}) == TalkHours(on=False, always=True, sessions=())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"opens1": "9:00"}, "opens1"),
        ({"closes1": "25:00"}, "closes1"),
        ({"closes1": "24:30"}, "closes1"),
        ({"closes1": ""}, "closes1"),
        ({"closes1": "09:00"}, "closes1"),
        ({"opens2": "11:00"}, "opens2"),
        ({"opens1": "", "closes1": "", "opens2": "", "closes2": ""}, "opens1"),
        ({"phrases": "\n".join("好" * 13)}, "phrases"),
        ({"phrases": "好" * 201}, "phrases"),
        ({"opens1": "０９:００"}, "opens1"),
    ],
)
def test_hours_that_cannot_be_are_refused_by_name(changes: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_hours({**FORM, **changes})
    assert [error.field for error in refused.value.errors] == [field]
