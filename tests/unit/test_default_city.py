"""The default city holds together: whatever a letter is about, wherever it lies, there is somebody to answer it."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import chalicelib.city
from chalicelib.city import BadCityData, default_city, load_city_files
from chalicelib.domain.city import Area, City, Name
from chalicelib.domain.city_faults import faults_of
from chalicelib.domain.words import Kind, Level, UnitClass
from infra.seed import DEMO_ACCOUNTS

FOLDER = Path(chalicelib.city.__file__).parent
HEIGHT = {Level.TOWNSHIP: 0, Level.COUNTY: 1, Level.CITY: 2}
UNDER = {Level.CITY: Level.COUNTY, Level.COUNTY: Level.TOWNSHIP}


@pytest.fixture(scope="module")
def city() -> City:
    return default_city()


def names(value: object) -> Iterator[Name]:
    """Every bilingual name in what an office sets."""
    if isinstance(value, Name):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from names(item)
    elif hasattr(value, "__dataclass_fields__"):
        for field in value.__dataclass_fields__:
            yield from names(getattr(value, field))


def test_it_holds_together(city: City) -> None:
    assert faults_of(city) == []


def test_the_areas_are_three_levels_of_one_city(city: City) -> None:
    (top,) = [area for area in city.areas if area.parent is None]
    assert top.level is Level.CITY
    for area in city.areas:
        parent = city.area(area.parent)
        assert parent is None or UNDER[parent.level] is area.level
    levels = Counter(area.level for area in city.areas)
    assert levels[Level.COUNTY] >= 5
    assert levels[Level.TOWNSHIP] >= 25


def test_no_name_means_two_places(city: City) -> None:
    called = Counter(name for area in city.areas for name in {area.name.zh, *area.aliases})
    assert [name for name, times in called.items() if times > 1] == []


def test_every_place_has_an_office_of_its_own(city: City) -> None:
    for area in city.areas:
        assert any(unit.area == area.code and unit.level is area.level for unit in city.units), area.name.zh


def test_every_subject_has_a_competent_unit_wherever_it_lies(city: City) -> None:
    for category in city.categories:
        for area in city.areas:
            able = [
                unit
                for unit in city.units
                if category.function in unit.functions
                and HEIGHT[unit.level] >= HEIGHT[category.level]
                and city.within(area.code, unit.area)
            ]
            assert able, (category.name.zh, area.name.zh)


def test_every_subject_has_units_at_its_own_level_in_every_such_area(city: City) -> None:
    for category in city.categories:
        for area in city.areas:
            if area.level is category.level:
                assert any(category.function in unit.functions and unit.area == area.code for unit in city.units), (
                    category.name.zh,
                    area.name.zh,
                )


def test_no_two_units_compete_for_a_function_in_one_place(city: City) -> None:
    held = Counter((function, unit.area) for unit in city.units for function in unit.functions)
    assert [held_twice for held_twice, times in held.items() if times > 1] == []


def test_the_words_of_a_subject_are_words(city: City) -> None:
    for category in city.categories:
        words = (*category.strong_words, *category.words)
        assert category.strong_words
        assert category.group is not None
        assert all(len(word) >= 2 and word == word.strip() for word in words), category.id
        assert len(set(words)) == len(words), category.id
    assert all(word.strip() == word and len(word) >= 2 for rule in city.rules for word in rule.any_words)


def test_every_name_is_there_in_both_languages(city: City) -> None:
    for name in names(city):
        assert name.zh.strip()
        assert name.en.strip()
        assert not any("\u4e00" <= char <= "\u9fff" for char in name.en), name.en


def test_the_telephone_numbers_are_no_real_ones(city: City) -> None:
    assert all(unit.phone.startswith("0999-555") for unit in city.units)
    assert len({unit.phone for unit in city.units}) == len(city.units)


def test_an_accusation_goes_to_the_discipline_unit_from_every_mailbox_that_takes_one(city: City) -> None:
    assert any(Kind.ACCUSATION in box.kinds for box in city.mailboxes)
    first = city.rules[0]
    assert first.kinds == (Kind.ACCUSATION,)
    assert first.unit == "discipline"
    assert not first.any_words


def test_the_leaders_own_mailboxes_are_read_by_somebody_who_can_sign_in(city: City) -> None:
    logins = {account.login for account in DEMO_ACCOUNTS}
    own = [box.leader for box in city.mailboxes if box.leader]
    assert own
    assert set(own) <= logins


def test_every_demo_account_belongs_to_a_unit_that_exists(city: City) -> None:
    assert all(account.unit is None or city.unit(account.unit) for account in DEMO_ACCOUNTS)
    assert all(len(account.password) >= 10 for account in DEMO_ACCOUNTS)


def test_the_desk_itself_is_never_ranked(city: City) -> None:
    assert [unit.id for unit in city.units if unit.unit_class is UnitClass.DESK] == [city.desk_unit]


def test_no_field_of_a_city_file_is_unknown(city: City) -> None:
    understood = msgspec.to_builtins(city)
    for kind in ("areas", "units", "mailboxes", "categories", "rules"):
        written = json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
        for item, known in zip(written, understood[kind], strict=True):
            assert set(item) <= set(known), (kind, item)


def test_the_whole_city_fits_into_one_item_of_the_table(city: City) -> None:
    assert len(msgspec.json.encode(city)) < 300_000  # bytes; DynamoDB takes 400 KB


def test_a_city_survives_being_kept_as_json(city: City) -> None:
    assert msgspec.json.decode(msgspec.json.encode(city), type=City) == city


def test_a_broken_city_file_is_named_with_the_place_of_the_fault(tmp_path: Path) -> None:
    for file in FOLDER.glob("*.json"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    areas = json.loads((FOLDER / "areas.json").read_text(encoding="utf-8"))
    areas[3]["level"] = "village"
    (tmp_path / "areas.json").write_text(json.dumps(areas), encoding="utf-8")
    with pytest.raises(BadCityData, match=r"areas\.json.*village.*\$\[3\]\.level"):
        load_city_files(tmp_path)


def test_an_area_lies_within_itself_and_all_above_it(city: City) -> None:
    def upwards(area: Area | None) -> Iterator[str]:
        while area is not None:
            yield area.code
            area = city.area(area.parent)

    for area in city.areas:
        assert all(city.within(area.code, above) for above in upwards(area))
