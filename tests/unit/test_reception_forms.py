"""What is written down for a reception, by the clerk and by the citizen, is read field by field."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.city import default_city
from chalicelib.domain.errors import Invalid
from chalicelib.domain.people import Staff
from chalicelib.domain.reception_forms import LONGEST_ABOUT, MOST_PLACES, PLANNED_AHEAD, read_booking, read_plan
from chalicelib.domain.receptions import MOST_PEOPLE, Plan, ReceptionKind
from chalicelib.domain.words import Role

START = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)  # Thursday, nine o'clock in Shanghai
BEFORE = START - timedelta(days=2)
CITY = default_city()
LEADERS = {"gao": Staff("gao", "高远", Role.LEADER)}


def plan_form(**changes: object) -> dict[str, object]:
    """What a clerk fills in."""
    return {
        "kind": "leader",
        "host": "高远（市委书记）",
        "leader": "gao",
        "day": "2026-03-05",
        "time": "09:00",
        "place": "接待中心",
        "places": "6",
        "minutes": "30",
        **changes,
    }


def wrong_in_plan(**changes: object) -> set[str]:
    """The fields that are refused."""
    try:
        read_plan(plan_form(**changes), CITY, LEADERS, BEFORE)
    except Invalid as refused:
        return {error.field for error in refused.errors}
    return set()


def test_a_plan_is_read_in_shanghai_s_time() -> None:
    plan = read_plan(plan_form(), CITY, LEADERS, BEFORE)
    assert plan == Plan(ReceptionKind.LEADER, "高远（市委书记）", "gao", (), START, "接待中心", 6, 30)
    assert read_plan(plan_form(host=""), CITY, LEADERS, BEFORE).host == "高远"


def test_a_joint_reception_has_two_units_at_least_and_no_leader() -> None:
    units = {"unit.housing": "yes", "unit.urban-management": "yes"}
    plan = read_plan(plan_form(kind="joint", **units), CITY, LEADERS, BEFORE)
    assert (plan.leader, plan.host, set(plan.units)) == (None, "", {"housing", "urban-management"})
    assert wrong_in_plan(kind="joint", **{"unit.housing": "yes"}) == {"units"}
    assert wrong_in_plan(kind="joint", **{"unit.housing": "yes", "unit.no-such-unit": "yes"}) == {"units"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", ""),
        ("kind", "party"),
        ("host", "长" * 51),
        ("leader", "nobody"),
        ("day", ""),
        ("day", "2026-03-02"),
        ("day", "0001-01-01"),
        ("day", "9999-12-31"),
        ("day", str((BEFORE + PLANNED_AHEAD + timedelta(days=1)).date())),
        ("day", "tomorrow"),
        ("time", ""),
        ("time", "24:00"),
        ("time", "9"),
        ("place", ""),
        ("place", "长" * 201),
        ("places", "0"),
        ("places", str(MOST_PLACES + 1)),
        ("places", "٣"),
        ("places", "1e1"),
        ("places", "9" * 5000),
        ("minutes", "4"),
        ("minutes", ""),
    ],
)
def test_what_cannot_be_planned_is_refused_by_its_field(field: str, value: str) -> None:
    assert wrong_in_plan(**{field: value}) == {field}


def test_a_leader_s_reception_names_who_receives() -> None:
    assert wrong_in_plan(host="", leader="") == {"host"}


def booking_form(**changes: object) -> dict[str, object]:
    """What a citizen fills in."""
    return {"key": "0123456789abcdef", "name": "欧阳春华", "phone": "199 0000 1234", "about": "水压低", **changes}


def test_a_booking_without_a_number_of_people_is_for_one() -> None:
    form = read_booking(booking_form(), "zh")
    assert (form.people, form.visitor.petitioner.phone, form.visitor.about) == (1, "19900001234", "水压低")
    assert read_booking(booking_form(people=MOST_PEOPLE), "zh").people == MOST_PEOPLE


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", ""),
        ("key", "short"),
        ("name", ""),
        ("name", "长" * 51),
        ("name", ["a"]),
        ("phone", ""),
        ("phone", "call me"),
        ("about", ""),
        ("about", "长" * (LONGEST_ABOUT + 1)),
        ("about", "\ud800"),
        ("about", None),
        ("people", 0),
        ("people", MOST_PEOPLE + 1),
        ("people", True),
        ("people", 1.5),
        ("people", None),
        ("people", {}),
    ],
)
def test_what_cannot_be_booked_is_refused_by_its_field(field: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        read_booking(booking_form(**{field: value}), "zh")
    assert {error.field for error in refused.value.errors} == {field}


def test_an_address_for_mail_does_not_stand_for_the_telephone() -> None:
    with pytest.raises(Invalid) as refused:
        read_booking(booking_form(phone="", email="a@example.cn"), "zh")
    assert {error.field for error in refused.value.errors} == {"phone"}
