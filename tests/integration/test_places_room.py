"""The gazetteer in force: kept in parts, learnt from corrections, looked after in the console."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from chalicelib.city import default_gazetteer
from chalicelib.desk import aliases, cities, erasing, gazetteers, handling
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Changed, Invalid, NotFound
from chalicelib.domain.gazetteer import Place, PlaceKind
from chalicelib.domain.people import Staff
from chalicelib.domain.place_hints import State
from chalicelib.domain.words import Role
from chalicelib.storage import aliases as kept
from chalicelib.storage import cases
from infra.lists.__main__ import write_places, write_subjects
from infra.lists.sheets import NotTaken
from tests.integration.desk import Desk
from tests.integration.visitor import Visitor
from tests.integration.watching import everything

CLERK = Staff("clerk", "何静", Role.CLERK, "petition-office")
ADMINISTRATOR = Staff("admin", "方圆", Role.ADMINISTRATOR, "petition-office")
TOWN = "990103003"
LIST = "level1,level2,level3\n城乡建设,停车管理,停车收费\n城乡建设,停车管理,立体车库\n农业,农机,\n"
SHEET = "name,kind,area,aliases\n金梧小区,小区,澜岸街道,金梧、老金梧\n东环路,道路,990103003、云锦街道,\n"


def corrected(desk: Desk, text: str, phone: str, area: str = TOWN) -> Case:
    """A letter that the desk could not place, and that a clerk then put where it belongs."""
    case = desk.registered(title="一件说不清的事情", text=text, phone=phone)
    return handling.correct_area(case.case_id, case.version, CLERK, desk.now, area)


def three_agree(desk: Desk) -> list[Case]:
    texts = ("我住在金梧小区，请和我联系。", "金梧小区这边也有人想说说。", "还是上回那件事，在金梧小区门口。")
    return [corrected(desk, text, f"1380000222{number}") for number, text in enumerate(texts)]


def test_a_letter_that_names_an_estate_says_so_on_its_case(desk: Desk) -> None:
    case = desk.routed(text="幸福小区门口占道经营，小贩把盲道都堵了，请城管来管一管。", area="")
    assert (case.area, case.place) == (TOWN, "幸福小区")
    page = Visitor(CLERK).sign_in().get(f"/console/cases/{case.case_id}").page
    assert "幸福小区（澜岸街道）" in page


def test_the_clerk_corrects_the_place_and_another_unit_is_suggested(desk: Desk) -> None:
    case = desk.routed(text="幸福小区门口占道经营，小贩把盲道都堵了，请城管来管一管。", area="")
    after = handling.correct_area(case.case_id, case.version, CLERK, desk.now, "990121100")
    assert (after.area, after.place, after.suggested_unit) == ("990121100", "", "qingfeng-urban-management")
    with pytest.raises(Invalid):
        handling.correct_area(case.case_id, after.version, CLERK, desk.now, "990121100")
    with pytest.raises(Invalid):
        handling.correct_area(case.case_id, after.version, CLERK, desk.now, "000000")


def test_a_name_is_proposed_once_three_people_agree_and_finds_the_place_when_accepted(desk: Desk) -> None:
    first, second, third = three_agree(desk)
    (proposal,) = aliases.proposals()
    assert (proposal.name, proposal.area) == ("金梧小区", TOWN)
    assert set(proposal.cases) == {first.case_id, second.case_id, third.case_id}
    aliases.accept_as_new(TOWN, "金梧小区", PlaceKind.ESTATE, CLERK, desk.now)
    assert desk.registered(title="金梧小区", text="请和我联系一下。", phone="13899990000").area == TOWN
    with pytest.raises(Changed):
        aliases.accept_as_new(TOWN, "金梧小区", PlaceKind.ESTATE, CLERK, desk.now)
    aliases.take_back(TOWN, "金梧小区", desk.now)
    assert [one.state for one in aliases.proposals()] == [State.OPEN]
    assert len(gazetteers.of(cities.refreshed())) == len(default_gazetteer())


def test_one_person_who_writes_thrice_proposes_nothing(desk: Desk) -> None:
    for text in (
        "我住在金梧小区，请和我联系。",
        "说的是另一件事，还是金梧小区。",
        "又想起一件，在金梧小区门口。",
    ):
        desk.later(days=20)
        corrected(desk, text, "13800002220")
    assert aliases.proposals() == []


def test_what_was_rejected_is_never_proposed_again_and_can_be_taken_back(desk: Desk) -> None:
    three_agree(desk)
    aliases.reject(TOWN, "金梧小区", CLERK, desk.now)
    corrected(desk, "金梧小区的邻居也写一封。", "13800003333")
    assert [one.state for one in aliases.proposals()] == [State.REJECTED]
    aliases.take_back(TOWN, "金梧小区", desk.now)
    with pytest.raises(Changed):
        aliases.take_back(TOWN, "金梧小区", desk.now)
    assert [one.state for one in aliases.proposals()] == [State.OPEN]


def test_another_name_of_a_known_place_is_learnt(desk: Desk) -> None:
    three_agree(desk)
    with pytest.raises(Invalid):
        aliases.accept_as_alias(TOWN, "金梧小区", "没有这个小区", CLERK, desk.now)
    aliases.accept_as_alias(TOWN, "金梧小区", "幸福小区", CLERK, desk.now)
    case = desk.registered(title="金梧小区", text="请和我联系一下。", phone="13899990000")
    assert (case.area, case.place) == (TOWN, "幸福小区")
    aliases.take_back(TOWN, "金梧小区", desk.now)
    assert not any(one.learnt for one in gazetteers.of(cities.refreshed()))


def test_an_erased_letter_agrees_with_nobody_and_its_place_is_gone(desk: Desk) -> None:
    case = corrected(desk, "我住在金梧小区，请和我联系。", "13800002220")
    (seen,) = kept.sightings(TOWN, ["金梧小区"]).values()
    assert [one.case_id for one in seen.seen] == [case.case_id]
    from chalicelib.storage.submissions import load_submission

    aliases.forget(load_submission(case.receipts[0]), TOWN, desk.now)
    assert kept.sightings(TOWN, ["金梧小区"]) == {}
    named = desk.routed(text="幸福小区门口占道经营，小贩把盲道都堵了，请城管来管一管。", area="")
    hers = erasing._hers(cases.record_of(named.case_id))
    assert [event.kind for event in hers] == ["Filed", "Registered"]


def test_a_gazetteer_of_twenty_thousand_is_kept_in_parts_beside_a_small_city(desk: Desk) -> None:
    many = tuple(Place(f"第{number}小区", PlaceKind.ESTATE, (TOWN,)) for number in range(20_000))
    city = gazetteers.change(lambda _, places: many)
    assert len(city.gazetteer) == 64
    items = everything()
    assert all(len(str(item)) < 300_000 for item in items)
    gazetteers._known = None
    assert set(gazetteers.of(cities.refreshed())) == set(many)
    more = gazetteers.change(lambda _, places: (*places, Place("新梧小区", PlaceKind.ESTATE, (TOWN,))))
    assert len(set(more.gazetteer) - set(city.gazetteer)) == 1  # one part is written anew


def test_the_room_searches_adds_and_removes_and_keeps_what_was_typed(desk: Desk) -> None:
    admin = Visitor(ADMINISTRATOR).sign_in().get("/console/places")
    assert "没有待收录的地名" in admin.page
    assert "幸福小区" in admin.get("/console/places?q=幸福".encode().decode()).page
    form = {"name": "金梧小区", "kind": "estate", "area": TOWN, "area_2": "", "aliases": "金梧，老金梧"}
    assert admin.send("/console/places", **form, csrf=admin.hidden()["csrf"]).status == 303
    assert admin.location == "/console/places?done=places_added"
    again = admin.get("/console/places").send("/console/places", **form)
    assert again.status == 400
    assert "已经有了" in again.page
    assert 'value="金梧小区"' in again.page
    admin.get("/console/places")
    assert admin.send("/console/places/removal", name="金梧小区", areas=TOWN).status == 303
    admin.get("/console/places")
    assert admin.send("/console/places/removal", name="金梧小区", areas=TOWN).status == 400


def test_a_proposal_is_decided_in_the_room_with_the_letters_behind_it(desk: Desk) -> None:
    found = three_agree(desk)
    clerk = Visitor(CLERK).sign_in().get("/console/places")
    assert all(f"/console/cases/{one.case_id}" in clerk.page for one in found)
    send = {"proposal": "金梧小区", "area": TOWN}
    assert clerk.send("/console/places/proposals/place", **send, kind="castle").status == 400
    clerk.get("/console/places")
    assert clerk.send("/console/places/proposals/place", **send, kind="estate").status == 303
    assert "已收录" in clerk.get("/console/places").page
    assert clerk.send("/console/places/proposals/undoing", **send).status == 303
    clerk.get("/console/places")
    assert clerk.send("/console/places/proposals/rejection", proposal="别处", area=TOWN).status == 404
    clerk.get("/console/places")
    assert clerk.send("/console/places/letters", letters="99").status == 400
    clerk.get("/console/places")
    assert clerk.send("/console/places/letters", letters="2").status == 303
    assert cities.refreshed().alias_letters == 2


def test_a_proposal_that_nobody_made_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        aliases.reject(TOWN, "别处", CLERK, desk.now)


def folder_of(tmp_path: Path) -> Path:
    import chalicelib.city

    for file in Path(chalicelib.city.__file__).parent.glob("*.json"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def test_an_offices_own_subject_list_keeps_what_it_had_by_name(tmp_path: Path) -> None:
    from chalicelib.city import load_city_files

    folder, file = folder_of(tmp_path), tmp_path / "list.csv"
    file.write_text(
        "level1,level2,level3\n城乡建设,停车管理,停车收费\n城乡建设,停车管理,立体车库\n农业,农机,\n", "utf-8-sig"
    )
    told = write_subjects(file, folder)
    assert "农机" in told
    assert "环境卫生与垃圾" in told
    parking, machines = load_city_files(folder).categories
    assert (parking.id, parking.function) == ("construction.parking", "urban_management")
    assert [matter.name.zh for matter in parking.matters] == ["停车收费", "立体车库"]
    assert parking.matters[0].words
    assert (machines.function, machines.id.count(".")) == ("", 1)
    assert write_subjects(file, folder).startswith("categories.json: 2 subjects, 2 matters")
    assert load_city_files(folder).categories == (parking, machines)  # the same list gives the same ids


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("level1,level2,level3\n城建,,公厕\n", "line 2: 公厕 is on the third level"),
        ("level1,level2,level3\n,路灯,\n", "line 2: level1 is empty"),
        ("level1,level2,level3\n城建,路灯,\n城建,路灯,\n", "line 3: the same as line 2"),
        ("class,subject\n城建,路灯\n", "line 1: the column level1 is missing"),
        ("level1,level2,level3\n", "there is nothing in it"),
    ],
)
def test_a_subject_list_that_cannot_be_taken_is_named_by_its_line(text: str, fault: str, tmp_path: Path) -> None:
    folder, file = folder_of(tmp_path), tmp_path / "list.csv"
    before = (folder / "categories.json").read_bytes()
    file.write_text(text, "utf-8")
    with pytest.raises(NotTaken, match=fault):
        write_subjects(file, folder)
    assert (folder / "categories.json").read_bytes() == before


def test_an_offices_own_places_are_taken_and_each_wrong_line_is_named(tmp_path: Path) -> None:
    from chalicelib.city import load_places

    folder, file = folder_of(tmp_path), tmp_path / "places.csv"
    file.write_text(
        "name,kind,area,aliases\n金梧小区,小区,澜岸街道,金梧、老金梧\n东环路,道路,990103003、云锦街道,\n", "utf-8"
    )
    assert write_places(file, folder) == "places.json: 2 places"
    assert load_places(folder)[1].areas == (TOWN, "990103001")
    file.write_text("name,kind,area\n金,城堡,无名镇\n金梧小区,小区,澜岸街道\n金梧小区,小区,澜岸街道\n", "utf-8")
    with pytest.raises(NotTaken) as refused:
        write_places(file, folder)
    assert [one[:7] for one in refused.value.faults] == ["line 2:", "line 2:", "line 2:", "line 4:"]
    file.write_bytes("名称".encode("gbk"))
    with pytest.raises(NotTaken, match="UTF-8"):
        write_places(file, folder)


def test_the_default_city_reads_no_more_than_its_own_files(desk: Desk) -> None:
    assert gazetteers.of(cities.current()) is default_gazetteer()
    assert gazetteers.of(replace(cities.current(), gazetteer=())) == ()
