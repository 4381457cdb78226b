"""Places finer than the areas: the finest decides, a road through several leaves it to others, nothing else moves."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.city import default_city, default_gazetteer
from chalicelib.domain.errors import Invalid
from chalicelib.domain.gazetteer import (
    Place,
    PlaceKind,
    added,
    gazetteer_faults,
    matching,
    part_of,
    redrawn,
    removed,
    taught,
    untaught,
)
from chalicelib.domain.places import Placed, place_names, place_of
from tests.patience import never_stuck

CITY, PLACES = default_city(), default_gazetteer()
NAMES = place_names(CITY, PLACES)
OFTEN = Counter(one.name for one in PLACES)
ESTATES = [one for one in PLACES if one.kind is PlaceKind.ESTATE and OFTEN[one.name] == 1]
TOWNS = [area.code for area in CITY.areas if len(area.code) == 9]


def placed(text: str, chosen: str | None = None) -> Placed:
    return place_of(chosen, (text,), None, NAMES, CITY)


def test_the_default_gazetteer_holds_together() -> None:
    assert len(PLACES) >= 150
    assert list(gazetteer_faults(PLACES, CITY)) == []
    assert {one.kind for one in PLACES} == set(PlaceKind)
    known = {name for area in CITY.areas for name in (area.name.zh, *area.aliases)}
    assert not [one.name for one in PLACES if known & set(one.names)]


def test_a_letter_that_names_only_an_estate_goes_to_its_street() -> None:
    assert ESTATES
    for estate in ESTATES:
        found = placed(f"{estate.name}的路灯坏了很久。")
        assert (found.area, found.place, found.doubts) == (estate.areas[0], estate.name, ())


def test_the_estate_narrows_what_the_citizen_chose() -> None:
    found = placed("幸福小区的路灯坏了。", "990103")
    assert (found.area, found.place) == ("990103003", "幸福小区")


def test_another_name_of_a_place_finds_it_by_its_own() -> None:
    assert placed("市民中心门口").place == "云汀市民服务中心"


def test_a_road_through_two_counties_leaves_the_doubt_unless_another_name_decides() -> None:
    assert [one.code for one in placed("云汀大道没有路灯").doubts] == ["reason.many_places"]
    decided = placed("云汀大道靠近望澜区那一段，到云锦天城门口都没有路灯")
    assert (decided.area, decided.doubts) == ("990103001", ())
    assert placed("云汀大道没有路灯", "990102").area == "990102001"


def test_one_name_in_two_places_is_decided_by_the_county_that_is_named() -> None:
    assert placed("阳光花园停水").doubts
    assert placed("枫城镇阳光花园停水").area == "990121100"


def test_a_place_elsewhere_than_was_chosen_stays_a_doubt() -> None:
    assert [one.code for one in placed("幸福小区停水", "990121").doubts] == ["reason.place_contradiction"]


def test_a_road_that_leads_on_into_what_was_chosen_contradicts_nothing() -> None:
    found = placed("人民路停水", "990102001")
    assert (found.area, found.place, found.doubts) == ("990102001", "人民路", ())


NAME = st.text(alphabet="甲乙丙丁东湖花园小区云锦路", min_size=2, max_size=6)


@settings(max_examples=60)
@given(NAME, st.sampled_from(TOWNS), st.lists(st.sampled_from([one.name for one in PLACES]), max_size=3), NAME)
def test_adding_a_place_never_changes_the_area_of_a_letter_that_does_not_name_it(
    name: str, town: str, named: list[str], more: str
) -> None:
    text = f"{'，'.join(named)}。{more}"
    if name in text:
        return
    richer = place_names(CITY, (*PLACES, Place(name, PlaceKind.ESTATE, (town,))))
    assert place_of(None, (text,), None, richer, CITY) == placed(text)


def test_twenty_thousand_places_are_made_ready_and_read() -> None:
    many = tuple(Place(f"阳光{number}号小区", PlaceKind.ESTATE, (TOWNS[number % 30],)) for number in range(20_000))
    with never_stuck():
        found = place_of(None, ("阳光1999号小区和阳光花房" * 50,), None, place_names(CITY, many), CITY)
    assert found.area == TOWNS[1999 % 30]


def test_a_place_is_always_kept_in_the_same_part() -> None:
    assert part_of("幸福小区") == part_of("幸福小区")
    assert len({part_of(one.name) for one in PLACES}) > 40


def test_places_are_added_taught_and_taken_back() -> None:
    new = Place("梧桐苑", PlaceKind.ESTATE, ("990103003",), by_hand=True)
    more = added(PLACES, new, CITY)
    assert new in more
    called = taught(more, "梧桐苑", ("990103003",), "老梧桐")
    assert matching(called, "老梧桐", 5)[0][0].name == "梧桐苑"
    assert untaught(called, "老梧桐", ("990103003",)) == more
    assert untaught(more, "梧桐苑", ("990103003",)) == PLACES
    assert removed(more, "梧桐苑", ("990103003",)) == PLACES


@pytest.mark.parametrize(
    "place",
    [
        Place("幸福小区", PlaceKind.ESTATE, ("990103003",)),
        Place("某", PlaceKind.ESTATE, ("990103003",)),
        Place("某处", PlaceKind.ESTATE, ("000000",)),
        Place("某处", PlaceKind.ESTATE, ()),
        Place("某处", PlaceKind.ESTATE, ("990103003",), aliases=("字" * 31,)),
        Place("某\n处", PlaceKind.ESTATE, ("990103003",)),
    ],
)
def test_a_place_that_is_there_or_does_not_fit_is_refused(place: Place) -> None:
    with pytest.raises(Invalid):
        added(PLACES, place, CITY)


def test_an_offices_new_file_keeps_what_was_learnt_and_added_by_hand() -> None:
    by_hand = Place("梧桐苑", PlaceKind.ESTATE, ("990103003",), by_hand=True)
    in_force = (*taught(PLACES, "幸福小区", ("990103003",), "幸福里"), by_hand)
    drawn = redrawn(PLACES[:100], in_force)
    assert by_hand in drawn
    assert len(drawn) == 101
    known = next((one for one in drawn if one.name == "幸福小区"), None)
    assert known is None or known.learnt == ("幸福里",)
