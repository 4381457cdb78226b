"""The subject list has up to three levels, and whatever is chosen at one of them works."""

import pytest
from msgspec.structs import replace

from chalicelib.city import default_city
from chalicelib.domain.assessment import Fact, FactKind
from chalicelib.domain.city_faults import faults_of
from chalicelib.domain.facts import About
from chalicelib.domain.name import Name
from chalicelib.domain.reports import Table, Tally
from chalicelib.domain.routing import RoutedLetter, route
from chalicelib.domain.subject_list import Matter, classes_of, counts_as, every_level, subject_id
from chalicelib.domain.words import Channel, Kind, Level
from tests.unit.matter import MONDAY

CITY = default_city()
TOILETS = "construction.sanitation.toilets"


def letter(text: str, category: str = "", area: str | None = "990102") -> RoutedLetter:
    return RoutedLetter("petitions", Kind.APPEAL, "", text, area, "", category)


def test_the_default_city_has_a_third_level_for_its_main_subjects() -> None:
    deep = [one for one in CITY.categories if one.matters]
    assert len(deep) >= 25
    assert all(2 <= len(one.matters) <= 5 for one in deep)


def test_what_is_chosen_is_found_at_every_level() -> None:
    matter, subject, top = (CITY.category(one) for one in (TOILETS, "construction.sanitation", "construction"))
    assert matter is not None
    assert subject is not None
    assert top is not None
    assert (matter.function, matter.level, matter.group) == (subject.function, subject.level, subject.group)
    assert (top.name.zh, top.function) == ("城乡建设", "")
    assert CITY.category("construction.sanitation.nothing") is None
    assert CITY.category("constructio") is None
    assert CITY.category("") is None


def test_a_letter_is_of_the_matter_that_its_words_say() -> None:
    routing = route(letter("公厕三天没有人打扫，公共厕所臭得进不去，环卫工说人手不够。"), CITY)
    assert (routing.category, routing.unit) == (TOILETS, "dizhou-urban-management")
    assert route(letter("环卫工人手不够，环卫作业半夜才来。"), CITY).category == "construction.sanitation"


def test_two_matters_that_say_as_much_leave_it_at_their_subject() -> None:
    assert route(letter("公厕和垃圾桶都没有人打扫。"), CITY).category == "construction.sanitation"


def test_a_third_level_gives_a_subject_no_more_weight_than_its_own_words_did() -> None:
    flat = replace(CITY, categories=tuple(replace(one, matters=()) for one in CITY.categories))
    for text in ("公厕三天没有人打扫。", "路灯不亮，井盖也坏了。", "小区物业费乱收，业委会不管，停水。"):
        deep, plain = route(letter(text), CITY), route(letter(text), flat)
        assert subject_id(deep.category or "") == plain.category
        assert (deep.unit, deep.sure) == (plain.unit, plain.sure)


def test_a_chosen_class_keeps_the_letter_inside_it_and_a_chosen_subject_is_only_refined() -> None:
    text = "公厕三天没有人打扫，公共厕所臭得进不去，学校也不管。"
    assert route(letter(text, "construction"), CITY).category == TOILETS
    assert (route(letter(text, "education"), CITY).category or "").startswith("education.")
    assert route(letter(text, "construction.parking"), CITY).category == "construction.parking"
    assert route(letter(text, "construction.sanitation"), CITY).category == TOILETS
    assert route(letter("没有说什么。", "education"), CITY).category is None
    chosen = route(letter("停水三天。", TOILETS), CITY)
    assert (chosen.category, chosen.sure) == (TOILETS, True)


def test_a_matter_of_another_function_goes_to_another_unit() -> None:
    subject = CITY.category("construction.sanitation")
    assert subject is not None
    moved = replace(subject.matters[0], function="water_supply", level=Level.CITY)
    changed = replace(subject, matters=(moved, *subject.matters[1:]))
    city = replace(CITY, categories=tuple(changed if one is subject else one for one in CITY.categories))
    text = "公厕三天没有人打扫，公共厕所臭得进不去，环卫工说人手不够。"
    assert route(letter(text), CITY).unit == "dizhou-urban-management"
    assert route(letter(text, TOILETS), city).unit == "water-supply"


def test_figures_by_subject_roll_up_by_the_id_alone() -> None:
    tally = Tally()
    for number, category in enumerate((TOILETS, "construction.sanitation", "construction.sanitation.sorting")):
        about = About(Kind.APPEAL, Channel.WEB, "petitions", "990102", category)
        tally.add("", f"{number}", about, [Fact(FactKind.ARRIVED, f"{number}", f"{number}", MONDAY)])
    totals = tally.totals()
    assert set(totals.of(Table.CATEGORY)) == {"construction.sanitation"}
    assert set(totals.of(Table.TOPIC)) == {"construction.sanitation|990102"}


def test_the_keys_of_the_two_level_list_stay_what_they_were() -> None:
    assert all(subject_id(one.id) == one.id for one in CITY.categories)
    assert {subject_id(one.id) for one in every_level(CITY.categories)} == {one.id for one in CITY.categories}
    assert counts_as(TOILETS, "construction")
    assert not counts_as("constructions.x", "construction")


def test_the_clerks_list_stands_by_classes() -> None:
    classes = classes_of(CITY.categories)
    assert [one.id for one in classes][:2] == ["construction", "utilities"]
    assert sum(len(one.categories) for one in classes) == len(CITY.categories)
    flat = replace(CITY.categories[0], id="noise", group=None)
    assert classes_of((CITY.categories[1], flat))[0].id == ""


@pytest.mark.parametrize(
    ("matter", "fault"),
    [
        (Matter("construction.parking.toilets", Name("公厕", "Toilets")), "must begin with that and a dot"),
        (Matter("construction.sanitation.", Name("公厕", "Toilets")), "must begin with that and a dot"),
        (Matter("construction.sanitation.sorting", Name("公厕", "Toilets")), "is there 2 times"),
        (Matter("construction.sanitation.x", Name("公厕", "Toilets"), function="magic"), "competent for magic"),
        (Matter("construction.sanitation.x", Name("公厕", "Toilets"), words=("厕",)), "at least two characters"),
    ],
)
def test_a_third_level_that_does_not_hold_together_is_named(matter: Matter, fault: str) -> None:
    subject = CITY.category("construction.sanitation")
    assert subject is not None
    changed = replace(subject, matters=(*subject.matters, matter))
    city = replace(CITY, categories=tuple(changed if one is subject else one for one in CITY.categories))
    assert [one for one in faults_of(city) if fault in one]


def test_ids_that_do_not_show_their_place_are_named() -> None:
    first = CITY.categories[0]
    deep, alone = replace(first, id="construction.a.b", matters=()), replace(first, id="alone")
    other = replace(CITY.categories[1], group=Name("别的", "Other"))
    for changed, fault in ((deep, "more than two parts"), (alone, "class.subject"), (other, "others of its kind")):
        city = replace(CITY, categories=(changed, *CITY.categories[2:]), rules=())
        assert [one for one in faults_of(city) if fault in one], fault
