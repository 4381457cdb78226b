"""Routing: rules first, then the subject, the place and the competent unit; what is not sure is left with reasons."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import chalicelib.web
from chalicelib.city import default_city
from chalicelib.domain.city import Category, Name, Rule
from chalicelib.domain.lexicon import Lexicon
from chalicelib.domain.routing import RoutedLetter, Routing, risks_in, route
from chalicelib.domain.words import Kind, Level

CITY = default_city()
CATALOGUES = Path(chalicelib.web.__file__).parent / "catalogue"

LAMPS = "这条街的路灯坏了一个多月，晚上黑得看不见路，下水道井盖也松了，请派人修。"
STALLS = "门口每天占道经营，流动摊贩把人行道堵死了。"


def letter(text: str, **changes: object) -> RoutedLetter:
    """An appeal to the hotline from nowhere in particular."""
    plain = RoutedLetter(mailbox="hotline", kind=Kind.APPEAL, title="反映一件事", text=text, area=None, place="")
    return replace(plain, **changes)


def codes(routing: Routing) -> list[str]:
    return [reason.code for reason in routing.reasons]


def params(routing: Routing, code: str) -> dict[str, str]:
    return next(reason.params for reason in routing.reasons if reason.code == code)


# The place ----------------------------------------------------------------------------------------------------------


def test_a_matter_goes_to_the_bureau_of_the_county_that_the_citizen_chose() -> None:
    routing = route(letter(LAMPS, area="990102"), CITY)
    assert (routing.category, routing.unit, routing.sure) == (
        "construction.municipal_works",
        "dizhou-urban-management",
        True,
    )
    assert codes(routing) == ["reason.words", "reason.place_chosen", "reason.competent"]
    assert params(routing, "reason.words")["words"] == "路灯、下水道、井盖"


def test_an_estate_named_in_the_text_tells_the_street_and_its_bureau() -> None:
    routing = route(letter("锦绣澜庭" + LAMPS), CITY)
    assert (routing.area, routing.unit, routing.sure) == ("990103001", "wanglan-urban-management", True)


def test_the_text_makes_the_chosen_county_finer() -> None:
    assert route(letter("我家在双槐镇上槐村。" + LAMPS, area="990121"), CITY).area == "990121102"


def test_a_whole_city_in_the_title_does_not_hide_the_town_in_the_text() -> None:
    routing = route(letter("双槐镇" + LAMPS, title="云汀市路灯"), CITY)
    assert (routing.area, routing.sure) == ("990121102", True)


def test_two_towns_of_one_county_are_that_countys_matter() -> None:
    routing = route(letter("石碓镇和双槐镇之间，" + LAMPS), CITY)
    assert (routing.area, routing.unit, routing.sure) == ("990121", "qingfeng-urban-management", True)


def test_places_in_two_counties_are_left_to_the_clerk() -> None:
    routing = route(letter("从石碓镇到竹料村，" + LAMPS), CITY)
    assert not routing.sure
    assert params(routing, "reason.many_places")["areas_zh"] == "石碓镇、竹纸镇"


def test_a_place_that_contradicts_the_chosen_one_is_left_to_the_clerk() -> None:
    routing = route(letter("石碓镇" + LAMPS, area="990103"), CITY)
    assert not routing.sure
    assert routing.unit == "wanglan-urban-management"
    assert "reason.place_contradiction" in codes(routing)


def test_where_the_place_decides_and_is_not_known_the_clerk_is_asked() -> None:
    routing = route(letter(LAMPS), CITY)
    assert (routing.sure, routing.unit, routing.area) == (False, "urban-management", None)
    assert "reason.no_place" in codes(routing)


def test_the_whole_city_is_no_place_where_the_county_decides() -> None:
    assert "reason.place_too_wide" in codes(route(letter(LAMPS, area="990100"), CITY))


def test_a_matter_of_the_whole_city_needs_no_place() -> None:
    routing = route(letter("请问住房公积金贷款最高能贷多少？公积金提取要什么材料？"), CITY)
    assert (routing.unit, routing.sure) == ("provident-fund", True)


def test_places_in_two_counties_do_not_trouble_a_matter_of_the_whole_city() -> None:
    routing = route(letter("从石碓镇到竹料村的公交线路，公交车一天只有两班。"), CITY)
    assert (routing.unit, routing.sure) == ("buses", True)


def test_a_villages_matter_goes_to_its_town() -> None:
    routing = route(letter("双槐镇上槐村三年没有村务公开，村集体的账没人看过。"), CITY)
    assert (routing.category, routing.unit) == ("rural.village_affairs", "qingfeng-shuanghuai")


# The subject --------------------------------------------------------------------------------------------------------


def test_a_letter_that_says_nothing_is_left_to_the_clerk() -> None:
    routing = route(letter("上次那个情况还是老样子。"), CITY)
    assert routing == replace(routing, category=None, unit=None, sure=False)
    assert codes(routing) == ["reason.no_category"]


def test_one_plain_word_is_not_enough() -> None:
    routing = route(letter("那边有积水。", area="990102"), CITY)
    assert not routing.sure
    assert routing.unit == "dizhou-urban-management"
    assert "reason.few_words" in codes(routing)


def test_two_subjects_of_two_units_are_left_to_the_clerk_with_both_named() -> None:
    routing = route(letter("小区物业服务差，物业费照收，家里又总是停水，水压低。", area="990102"), CITY)
    assert not routing.sure
    assert {"category_zh", "rival_zh"} <= set(params(routing, "reason.close_categories"))


def test_two_subjects_of_one_unit_are_no_doubt() -> None:
    routing = route(letter("占道经营，流动摊贩，垃圾桶，垃圾站。", area="990102"), CITY)
    assert (routing.unit, routing.sure) == ("dizhou-urban-management", True)


def test_a_word_counts_more_in_the_title() -> None:
    text = "学校门口占道经营，老师和学生都走不过去。"
    assert route(letter(text, title="学校门口", area="990102"), CITY).category == "education.schools"
    assert route(letter(text, title="占道经营没人管", area="990102"), CITY).category == "construction.street_order"


def test_a_unit_that_is_addressed_and_not_competent_is_pointed_out() -> None:
    routing = route(letter("尊敬的教育局领导：" + STALLS + "小贩摆摊到半夜。", area="990102"), CITY)
    assert (routing.unit, routing.sure) == ("dizhou-urban-management", False)
    assert params(routing, "reason.named_unit_differs")["words"] == "教育局"


def test_a_unit_that_is_addressed_tips_the_scale() -> None:
    text = "小区旁边夜间施工，噪音大，物业服务差。"
    plain = route(letter(text, area="990102"), CITY)
    addressed = route(letter("住建局领导：" + text, area="990102"), CITY)
    assert plain.category != addressed.category == "construction.property_service"


# The rules ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mailbox", [box.id for box in CITY.mailboxes if Kind.ACCUSATION in box.kinds])
def test_an_accusation_goes_to_the_discipline_unit_whatever_it_says(mailbox: str) -> None:
    accusation = letter("双槐镇某村支书贪污征地补偿款，法院判决书在此。", mailbox=mailbox, kind=Kind.ACCUSATION)
    routing = route(accusation, CITY)
    assert (routing.unit, routing.sure) == ("discipline", True)


def test_no_rule_sends_an_accusation_outside_the_discipline_line() -> None:
    astray = Rule("astray", Name("交城管", "to the bureau"), kinds=(Kind.ACCUSATION,), unit="urban-management")
    routing = route(letter(STALLS, mailbox="petitions", kind=Kind.ACCUSATION), replace(CITY, rules=(astray,)))
    assert routing.unit == "discipline"
    nobody = replace(CITY, rules=(astray,), units=tuple(unit for unit in CITY.units if unit.id != "discipline"))
    routing = route(letter(STALLS, mailbox="petitions", kind=Kind.ACCUSATION), nobody)
    assert (routing.unit, routing.sure) == (None, False)


def test_the_reasons_of_an_accusation_repeat_nothing_of_it() -> None:
    accusation = letter("双槐镇教育局学校老师收受红包。", mailbox="discipline", kind=Kind.ACCUSATION)
    routing = route(accusation, CITY)
    assert codes(routing) == ["reason.rule"]
    assert routing.area is None


def test_no_category_and_no_rule_by_its_words_tells_what_an_accusation_is_about() -> None:
    by_words = Rule("stalls", Name("涉及摊贩", "stalls"), any_words=("摊贩",), category="construction.municipal_works")
    city = replace(CITY, rules=(by_words,))
    assert route(letter(STALLS), city).category == "construction.municipal_works"
    routing = route(letter(STALLS, mailbox="discipline", kind=Kind.ACCUSATION), city)
    assert (routing.category, routing.reasons) == (None, ())


def test_what_reads_like_an_accusation_is_held_before_anybody_sees_it() -> None:
    routing = route(letter("石碓镇城管中队长收受红包，占道经营从不管。"), CITY)
    assert not routing.sure
    assert "疑似检举控告" in params(routing, "reason.rule")["rule_zh"]


def test_a_matter_before_the_courts_is_held_with_the_reason() -> None:
    routing = route(letter("不服一审判决，请求改判。", area="990121"), CITY)
    assert not routing.sure
    assert "诉访分离" in params(routing, "reason.rule")["rule_zh"]


def test_a_life_in_danger_is_urgent_and_a_person_looks_at_once() -> None:
    assert not route(letter("我真的不想活了。"), CITY).sure
    (seen,) = risks_in(CITY, "来信", "我真的不想活了。")
    assert (seen.risk.id, seen.risk.urgent, seen.risk.alarm) == ("suicide", True, True)


def test_unpaid_wages_are_urgent_and_go_where_the_work_was() -> None:
    routing = route(letter("在云锦广场工地做工，包工头欠我们农民工工资八个月。"), CITY)
    assert (routing.urgent, routing.sure, routing.unit) == (True, True, "wanglan-human-resources")


def test_a_danger_is_urgent_and_still_dispatched_by_rule() -> None:
    routing = route(letter("机车新村燃气泄漏，燃气公司没人接电话。"), CITY)
    assert (routing.urgent, routing.sure, routing.unit) == (True, True, "gas")


def test_a_leaders_instruction_is_checked_before_dispatch() -> None:
    assert not route(letter(LAMPS + "市长批示过的。", area="990102"), CITY).sure


def test_a_rule_holds_only_where_all_its_conditions_do() -> None:
    narrow = Rule("narrow", Name("试", "try"), kinds=(Kind.ADVICE,), areas=("990102",), any_words=("路灯",), hold=True)
    city = replace(CITY, rules=(narrow,))
    assert route(letter(LAMPS, area="990102"), city).sure
    assert not route(letter(LAMPS, area="990102", kind=Kind.ADVICE), city).sure


# The mailboxes ------------------------------------------------------------------------------------------------------


def test_a_county_mailbox_says_the_place() -> None:
    routing = route(letter(LAMPS, mailbox="county-yanxi"), CITY)
    assert (routing.area, routing.unit, routing.sure) == ("990122", "yanxi-urban-management", True)


def test_what_a_county_mailbox_cannot_tell_goes_to_its_own_keeper() -> None:
    routing = route(letter("上次那个情况还是老样子。", mailbox="county-yanxi"), CITY)
    assert (routing.unit, routing.sure) == ("yanxi", True)


def test_a_county_mailbox_does_not_keep_another_countys_matter() -> None:
    routing = route(letter("石碓镇" + LAMPS, mailbox="county-yanxi"), CITY)
    assert not routing.sure
    assert "reason.place_contradiction" in codes(routing)


def test_the_diligence_line_goes_to_the_discipline_unit() -> None:
    routing = route(letter("办事窗口推诿，跑了七趟。", mailbox="diligence"), CITY)
    assert (routing.unit, routing.sure) == ("discipline", True)


# The reasons, the words, the time -----------------------------------------------------------------------------------


def test_every_reason_has_its_sentence_in_both_languages() -> None:
    written = {
        code
        for source in ("routing.py", "places.py", "subjects.py")
        for code in _reason_codes((Path(chalicelib.web.__file__).parent.parent / "domain" / source).read_text("utf-8"))
    }
    for language in ("zh", "en"):
        sentences = json.loads((CATALOGUES / language / "routing.json").read_text(encoding="utf-8"))
        assert set(sentences) == written


def _reason_codes(source: str) -> set[str]:
    return {piece.split('"')[0] for piece in source.split('"') if piece.startswith("reason.")}


SAMPLES = [
    letter(LAMPS, area="990102"),
    letter(LAMPS),
    letter("锦绣澜庭" + LAMPS),
    letter(LAMPS, mailbox="county-yanxi"),
    letter("从石碓镇到竹料村，" + LAMPS),
    letter("石碓镇" + LAMPS, area="990103"),
    letter(LAMPS, area="990100"),
    letter("上次那个情况还是老样子。", mailbox="county-yanxi"),
    letter("不服一审判决。"),
    letter("那边有积水。", area="990102"),
    letter("小区物业服务差，物业费照收，家里又总是停水，水压低。", area="990102"),
    letter("尊敬的教育局领导：" + STALLS, area="990102"),
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_reason_carries_all_that_its_sentence_needs(sample: RoutedLetter, language: str) -> None:
    sentences = json.loads((CATALOGUES / language / "routing.json").read_text(encoding="utf-8"))
    for reason in route(sample, CITY).reasons:
        assert sentences[reason.code].format(**reason.params)


def test_a_subject_that_no_unit_answers_for_is_named() -> None:
    orphan = Category("x", Name("月球", "The Moon"), "moon", Level.CITY, strong_words=("月球基地", "登月"))
    routing = route(letter("月球基地登月。"), replace(CITY, categories=(orphan,)))
    assert (routing.unit, routing.sure) == (None, False)
    assert "reason.no_unit" in codes(routing)


def test_the_longest_word_is_found_and_none_inside_it() -> None:
    found = Lexicon([("公交", 1), ("公交车", 2), ("车站", 3)]).find("坐公交车站着，去公交")
    assert [(hit.word, hit.meanings) for hit in found] == [("公交车", (2,)), ("公交", (1,))]


def test_an_office_that_changes_its_words_is_understood_at_once() -> None:
    lamps = next(category for category in CITY.categories if category.id == "construction.municipal_works")
    words = replace(lamps, strong_words=("萤火灯笼", "夜光灯笼"))
    changed = replace(CITY, version=2, categories=(words,))
    odd = letter("萤火灯笼，夜光灯笼。", area="990102")
    assert route(odd, CITY).category is None
    assert route(odd, changed).category == "construction.municipal_works"
    assert route(odd, CITY).category is None


@given(
    text=st.text(max_size=300),
    title=st.text(max_size=40),
    kind=st.sampled_from(Kind),
    mailbox=st.sampled_from([*(box.id for box in CITY.mailboxes), "unknown"]),
    area=st.sampled_from([None, *(area.code for area in CITY.areas)]),
)
def test_any_letter_is_routed_to_a_unit_that_exists_or_left_with_a_reason(
    text: str, title: str, kind: Kind, mailbox: str, area: str | None
) -> None:
    written = RoutedLetter(mailbox, kind, title, text, area, "")
    routing = route(written, CITY)
    assert routing == route(written, CITY)
    assert routing.reasons
    assert routing.unit is None or CITY.unit(routing.unit)
    assert routing.unit is not None or not routing.sure


def test_nearly_every_real_letter_shows_a_category_and_most_are_sure_once_the_place_is_known(letters: Path) -> None:
    with (letters / "replies_dev.csv").open(encoding="utf-8", newline="") as file:
        routed = [route(letter(row["body"], title=row["title"], area="990121"), CITY) for row in csv.DictReader(file)]
    assert sum(routing.category is not None for routing in routed) / len(routed) > 0.97
    assert sum(routing.sure for routing in routed) / len(routed) > 0.6
