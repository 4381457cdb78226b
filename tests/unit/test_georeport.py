"""Open311: what a program of others sends is read to the letter, or refused by the specification's own names."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain import georeport
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.georeport import LONGEST_SPAN, LONGEST_TITLE, MOST_IDS, NoJurisdiction, NoService, as_form
from tests.unit.matter import CITY

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SERVICE = replace(CITY.categories[0])
SAID = {"description": "路灯坏了。晚上看不见路。", "address_string": "滨河路12号"}
HOSTILE = st.text(alphabet=st.sampled_from("0123456789.,+-:TZeEnaif ∞一<'\x00\ud800。"), max_size=45)


def faults(refused: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    """Which field, and why."""
    return {one.field: one.code for one in refused.value.errors}


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ({}, NOW - LONGEST_SPAN, NOW),
        ({"start_date": "2026-01-01T08:00:00+08:00"}, datetime(2026, 1, 1, tzinfo=UTC), None),
        ({"end_date": "2026-01-01T00:00:00Z"}, None, datetime(2026, 1, 1, tzinfo=UTC)),
        (
            {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
            datetime(2026, 1, 1, tzinfo=UTC),
            datetime(2026, 1, 1, tzinfo=UTC),
        ),
    ],
)
def test_a_span_that_is_half_said_reaches_ninety_days_from_the_end_that_is_said(
    asked: dict[str, str], start: datetime | None, end: datetime | None
) -> None:
    found = georeport.read_filter(asked, NOW)
    assert found.start == (start or found.end - LONGEST_SPAN)
    assert found.end == (end or found.start + LONGEST_SPAN)


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("start_date", "end_date", "status", "service_code", "service_request_id"), HOSTILE),
    )
)
def test_whatever_is_asked_is_a_span_of_ninety_days_at_most_or_refused_by_its_name(asked: dict[str, str]) -> None:
    try:
        found = georeport.read_filter(asked, NOW)
    except Invalid as refused:
        named = {one.field for one in refused.errors}
    else:
        named = set()
        assert timedelta() <= found.end - found.start <= LONGEST_SPAN
        assert len(set(found.ids)) == len(found.ids) <= MOST_IDS
        assert found.statuses <= {georeport.OPEN, georeport.CLOSED}
        assert all(one == one.strip() != "" for one in (*found.ids, *found.services))
    assert named <= set(asked)


@pytest.mark.parametrize(
    ("start", "end", "named"),
    [
        ("2026-01-01T00:00:00Z", "2026-04-01T00:00:00.000001Z", {"start_date": "open311.span"}),
        ("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", {"end_date": "open311.span"}),
        ("2026-01-02T00:00:00", "2026-01-02", {"start_date": "open311.moment", "end_date": "open311.moment"}),
        ("1969-12-31T23:59:59Z", "yesterday", {"start_date": "open311.moment", "end_date": "open311.moment"}),
    ],
)
def test_a_span_is_of_ninety_days_at_most_forward_and_in_a_zone(start: str, end: str, named: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        georeport.read_filter({"start_date": start, "end_date": end}, NOW)
    assert faults(refused) == named


def test_a_number_asked_for_twice_counts_once_and_one_too_many_is_refused() -> None:
    most = ",".join(str(number) for number in range(MOST_IDS))
    assert len(georeport.read_filter({"service_request_id": f"{most}, 0,,"}, NOW).ids) == MOST_IDS
    with pytest.raises(Invalid) as refused:
        georeport.read_filter({"service_request_id": f"{most},x", "status": "closed,ajar"}, NOW)
    assert faults(refused) == {"service_request_id": "field.too_many", "status": "field.unknown_choice"}


def test_the_city_s_own_jurisdiction_need_not_be_named_and_no_other_is_taken() -> None:
    for asked in ("", georeport.jurisdiction_of(CITY)):
        georeport.check_jurisdiction(asked, CITY)
    with pytest.raises(NoJurisdiction):
        georeport.check_jurisdiction("city.gov", CITY)


def test_a_service_is_a_subject_of_the_city_and_nothing_else() -> None:
    assert georeport.service_of(SERVICE.id, CITY) == SERVICE
    with pytest.raises(NoService):
        georeport.service_of("no-such", CITY)
    with pytest.raises(Invalid) as refused:
        georeport.service_of("", CITY)
    assert faults(refused) == {"service_code": "field.empty"}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"description": " \n"}, {"description": "field.empty"}),
        ({"attribute[kind]": "accusation"}, {"attribute[kind]": "open311.accusation"}),
        ({"attribute[may_publish]": "YES"}, {"attribute[may_publish]": "field.unknown_choice"}),
        ({"attribute[keep_name_from_unit]": "1"}, {"attribute[keep_name_from_unit]": "field.unknown_choice"}),
        ({"address_string": " "}, {"address_string": "open311.place"}),
        ({"lat": "23.7"}, {"long": "field.empty"}),
        ({"long": "114.6"}, {"lat": "field.empty"}),
        ({"lat": "90.0001", "long": "-180.1"}, {"lat": "open311.degrees", "long": "open311.degrees"}),
        ({"lat": "nan", "long": "inf"}, {"lat": "open311.degrees", "long": "open311.degrees"}),
        ({"lat": "二十三", "long": "0." + "1" * 30}, {"lat": "open311.degrees", "long": "open311.degrees"}),
        (
            {"description": "", "lat": "x", "attribute[may_publish]": "?"},
            {
                "description": "field.empty",
                "lat": "open311.degrees",
                "long": "field.empty",
                "attribute[may_publish]": "field.unknown_choice",
            },
        ),
    ],
)
def test_every_field_that_cannot_be_taken_is_named_at_once(changes: dict[str, str], named: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        as_form({**SAID, **changes}, SERVICE, "hotline")
    assert faults(refused) == named


@pytest.mark.parametrize(
    ("said", "place", "area"),
    [
        ({"lat": "-90", "long": "180"}, "(-90, 180)", ""),
        ({"lat": "0", "long": "0", "address_string": " 桥头 "}, "桥头 (0, 0)", ""),
        ({"address_id": "990102"}, "", "990102"),
        ({"address_id": "990102", "attribute[area]": "990103"}, "", "990103"),
    ],
)
def test_a_place_is_an_address_a_point_or_a_division(said: dict[str, str], place: str, area: str) -> None:
    form = as_form({"description": "路灯坏了", **said}, SERVICE, "hotline")
    assert (form["place"], form["area"]) == (place, area)


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [("秀英", "王", "王秀英"), ("Mary", "Wong", "Mary Wong"), ("", "王", "王"), ("Cher", " ", "Cher"), ("", "", "")],
)
def test_a_name_is_written_as_its_language_writes_it_and_none_is_anonymous(first: str, last: str, name: str) -> None:
    form = as_form({**SAID, "first_name": first, "last_name": last}, SERVICE, "hotline")
    assert (form["name"], form["anonymous"]) == (name, not name)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("路灯坏了。晚上看不见路。", "路灯坏了"),
        ("It is 3.5 km away. Come soon.", "It is 3.5 km away"),
        ("路" * LONGEST_TITLE, "路" * LONGEST_TITLE),
        ("路" * (LONGEST_TITLE + 1), "路" * (LONGEST_TITLE - 1) + "…"),
        ("！！！快来人", SERVICE.name.zh),
    ],
)
def test_the_title_is_the_first_sentence_or_the_subject_where_it_says_nothing(said: str, title: str) -> None:
    form = as_form({**SAID, "description": said}, SERVICE, "hotline")
    assert (form["title"], form["text"]) == (title, said)


def test_a_fault_of_the_desk_s_own_form_has_the_specification_s_name_and_keeps_what_it_says() -> None:
    told = FieldError("place", "field.too_long", (("longest", "200"),))
    assert georeport.as_theirs(told) == replace(told, field="address_string")
    assert georeport.as_theirs(replace(told, field="phone")).field == "phone"
