"""Who is told of what is handled together, and that nobody is written to where there is nobody to tell."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from chalicelib.domain import events as happened
from chalicelib.domain.chain import GENESIS, link
from chalicelib.domain.events import DESK, Event, Payload
from chalicelib.domain.notices import NOTICES, Audience, notice_of
from chalicelib.domain.words import ClockName, Light, State
from tests.unit.matter import Matter, salt

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


def of(payload: Payload) -> Event:
    """An event that says so."""
    return link("482710935526", 2, AT, DESK, payload, GENESIS, salt)


@pytest.mark.parametrize(("light", "desk_too"), [(Light.YELLOW, False), (Light.RED, True)])
def test_a_part_that_is_owed_is_the_units_own_trouble_until_it_is_late(light: Light, desk_too: bool) -> None:
    notice = notice_of(of(happened.AssistanceDue("fire-rescue", light)))
    assert notice is not None
    assert Audience.ASSISTING in notice.staff
    assert ({Audience.DESK, Audience.SUPERVISORS} <= set(notice.staff)) is desk_too


@pytest.mark.parametrize("light", list(Light))
def test_an_owner_hears_of_a_red_light_only(light: Light) -> None:
    notice = notice_of(of(happened.LightChanged(light, ClockName.HANDLE)))
    assert (notice is not None) is (light is Light.RED)


def test_a_red_light_of_a_case_that_nobody_owns_is_no_message() -> None:
    notice = notice_of(of(happened.LightChanged(Light.RED, ClockName.HANDLE)))
    case = Matter().at(State.IN_HANDLING).case
    assert notice is not None
    assert not notice.reaches(case, case)
    assert notice.reaches(case, replace(case, owner="mayor"))


def test_a_signature_is_a_message_only_where_another_was_asked_first() -> None:
    notice = NOTICES[happened.Signed]
    case = Matter().at(State.DISPATCHED).case
    assert not notice.reaches(case, case)
    assert notice.reaches(replace(case, first_asked="transport"), case)


@pytest.mark.parametrize(
    "payload",
    [happened.AssistanceAsked, happened.Assisted, happened.AssistanceDue, happened.ConferenceHeld, happened.OwnerNamed],
)
def test_no_citizen_is_written_to_about_what_the_units_settle_among_themselves(payload: type[Payload]) -> None:
    assert NOTICES[payload].citizen is None
