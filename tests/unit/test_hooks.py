"""What an endpoint is told of, by which keys it is signed, when it is tried again, and when it is left alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.city import default_city
from chalicelib.domain import hook_health
from chalicelib.domain.city import City, Endpoint, Name
from chalicelib.domain.hook_health import Health
from chalicelib.domain.hooks import (
    GROUPS,
    LONGEST_ASKED,
    PAUSES,
    STEP_TYPES,
    WARNING_TYPES,
    live_keys,
    pause_after,
)
from chalicelib.storage.records import pack, unpack
from chalicelib.web.messages import LANGUAGES, catalogue

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PLAIN = Endpoint("a", Name("甲", "A"), "https://a.example/", "whsec_new")
OLD_ENDPOINT = '{"id":"a","name":{"zh":"甲","en":"A"},"url":"https://a.example/","secret":"whsec_x"}'


def test_every_type_that_is_told_can_be_chosen_and_is_explained_in_both_languages() -> None:
    offered = [one for _, types in GROUPS for one in types]
    assert sorted(offered) == sorted((*STEP_TYPES, *WARNING_TYPES))
    for language in LANGUAGES:
        known = catalogue(language)
        for group, types in GROUPS:
            assert f"hook.group.{group}" in known
            for one in types:
                assert ("：" if language == "zh" else ": ") in known[f"hook.type.{one}"], one


def test_a_city_that_was_kept_before_endpoints_had_choices_is_read_as_it_was_meant() -> None:
    kept = pack(replace(default_city(), endpoints=(PLAIN,)))
    before = kept.replace(pack(PLAIN), OLD_ENDPOINT)
    assert before != kept
    [endpoint] = unpack(before, City).endpoints
    assert (endpoint.types, endpoint.units, endpoint.thin, endpoint.enabled) == ((), (), False, True)
    assert live_keys(endpoint, NOW) == ("whsec_x",)


def test_of_two_keys_the_newest_signs_first_and_the_older_ends_by_itself() -> None:
    rotating = replace(PLAIN, older_secret="whsec_old", older_until=NOW + timedelta(hours=24))
    assert live_keys(rotating, NOW) == ("whsec_new", "whsec_old")
    assert live_keys(rotating, NOW + timedelta(hours=24) - timedelta(seconds=1)) == ("whsec_new", "whsec_old")
    assert live_keys(rotating, NOW + timedelta(hours=24)) == ("whsec_new",)
    assert live_keys(PLAIN, NOW) == ("whsec_new",)


def test_the_schedule_is_the_specification_s() -> None:
    minutes = [pause / timedelta(minutes=1) for pause in PAUSES]
    assert minutes == [5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440]
    assert pause_after(len(PAUSES) + 1, 0) is None


@given(st.integers(1, len(PAUSES)), st.floats(-1, 1), st.none() | st.timedeltas(timedelta(0), timedelta(days=999)))
def test_a_pause_is_within_a_tenth_of_the_schedule_and_never_before_what_was_asked_within_two_days(
    tries: int, spread: float, asked: timedelta | None
) -> None:
    pause = pause_after(tries, spread, asked)
    assert pause is not None
    second = timedelta(microseconds=1)
    if asked is None or asked <= PAUSES[tries - 1] * 0.9:
        assert PAUSES[tries - 1] * 0.9 - second <= pause <= PAUSES[tries - 1] * 1.1 + second
    else:
        assert pause >= min(asked, LONGEST_ASKED)
        assert pause <= max(PAUSES[tries - 1] * 1.1 + second, LONGEST_ASKED)


def after(times: int, status: int | None = 500, asked: timedelta | None = None) -> Health:
    """After so many failures, a minute apart."""
    health = Health(delivered_at=NOW - timedelta(days=1))
    for number in range(times):
        health = hook_health.failed(health, NOW + timedelta(minutes=number), status, "why", asked)
    return health


def test_four_failures_leave_an_endpoint_open_and_the_fifth_does_not() -> None:
    assert (after(4).down, after(4).not_before) == (False, None)
    assert after(5).down
    assert after(5).not_before == NOW + timedelta(minutes=4 + 5)
    assert after(6).not_before == NOW + timedelta(minutes=5 + 30)
    assert after(20).not_before == NOW + timedelta(minutes=19 + 60)
    assert after(20).failing_since == NOW
    assert after(20).delivered_at == NOW - timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "asked", "left_alone"),
    [
        (429, None, 60),
        (503, None, 60),
        (502, timedelta(seconds=5), 5),
        (429, timedelta(hours=20), 72_000),
        (503, timedelta(days=30), 172_800),
        (500, timedelta(minutes=2), 120),
        (500, None, 0),
        (None, None, 0),
        (404, None, 0),
    ],
)
def test_a_busy_endpoint_is_left_alone_as_long_as_it_asks(
    status: int | None, asked: timedelta | None, left_alone: int
) -> None:
    health = after(1, status, asked)
    assert health.left_alone(NOW + timedelta(seconds=left_alone - 1)) is (left_alone > 0)
    assert not health.left_alone(NOW + timedelta(seconds=left_alone))


def test_a_success_forgets_all_failures_and_is_noted_once_a_minute() -> None:
    well = hook_health.took(after(9), NOW)
    assert well == Health(delivered_at=NOW)
    assert hook_health.took(well, NOW + timedelta(seconds=59)) is well
    assert hook_health.took(well, NOW + timedelta(seconds=60)).delivered_at == NOW + timedelta(seconds=60)
