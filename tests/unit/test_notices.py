"""Who is told of which step."""

import pytest

from chalicelib.domain import events as happened
from chalicelib.domain.events import PAYLOADS
from chalicelib.domain.notices import NOTICES, PUBLIC_STEPS, Audience, is_public, notice_of
from chalicelib.domain.words import State
from tests.unit.matter import Matter

INTERNAL = (
    happened.LeftToClerk,
    happened.Drafted,
    happened.SentBack,
    happened.Noted,
    happened.Rated,
    happened.Supplemented,
    happened.LightChanged,
    happened.Reminded,
    happened.Supervised,
    happened.Instructed,
    happened.VoiceAdded,
    happened.VoiceWithdrawn,
)


def test_every_step_that_is_told_is_a_kind_of_event() -> None:
    assert set(NOTICES) <= set(PAYLOADS.values())
    assert set(PUBLIC_STEPS) <= set(PAYLOADS.values())


@pytest.mark.parametrize("payload", INTERNAL)
def test_what_is_internal_is_told_to_no_citizen_and_no_agency(payload: type[happened.Payload]) -> None:
    notice = NOTICES.get(payload)
    assert notice is None or notice.citizen is None
    assert payload not in PUBLIC_STEPS


@pytest.mark.parametrize(
    ("payload", "template"),
    [
        (happened.Registered, "receipt"),
        (happened.Accepted, "accepted"),
        (happened.Declined, "declined"),
        (happened.Joined, "joined"),
        (happened.Dispatched, "dispatched"),
        (happened.Replied, "replied"),
        (happened.RatingAsked, "rating_asked"),
        (happened.Withdrawn, "withdrawn"),
    ],
)
def test_the_citizen_is_told_of_each_step_that_concerns_her(payload: type[happened.Payload], template: str) -> None:
    assert NOTICES[payload].citizen == template


def test_the_unit_is_told_of_what_it_must_do_and_the_head_of_what_she_must_approve() -> None:
    assert Audience.UNIT in NOTICES[happened.Dispatched].staff
    assert NOTICES[happened.Drafted].staff == (Audience.HEADS,)
    assert NOTICES[happened.SentBack].staff == (Audience.HANDLERS,)
    assert Audience.DESK in NOTICES[happened.Returned].staff
    assert Audience.OFFICE in NOTICES[happened.Supervised].staff


def test_the_road_of_a_whole_petition_tells_its_public_steps_in_order() -> None:
    events = Matter().at(State.CONCLUDED).events
    assert [event.kind for event in events if is_public(event)] == [
        "Registered",
        "Accepted",
        "Dispatched",
        "Replied",
        "Concluded",
    ]
    assert notice_of(events[0]) is None, "filing answers by itself"
