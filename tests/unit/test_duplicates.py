"""判重: nearly the same words about the same place are one matter; about another place they are another."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.duplicates import (
    Kinship,
    Letter,
    Verdict,
    bands,
    judge,
    normalised,
    says_nothing_new,
    similarity,
    trails,
)
from chalicelib.domain.elsewhere import places_named
from tests.patience import never_stuck

LAMPS = (
    "我们每天下班都要走这条路，最近一个多月{place}附近的路灯一直不亮，晚上漆黑一片，老人和孩子出行很不安全，"
    "已经有人摔伤，多次打电话都没有人来修，请尽快派人维修。"
)
NOISE = (
    "楼下的烧烤店每天营业到凌晨三点，油烟直接排到居民窗口，客人大声喧哗，孩子无法入睡，"
    "物业说管不了，希望有关部门上门查处，还我们一个安静的夜晚。"
)
ONE, OTHER = "a" * 64, "b" * 64

chinese = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=300)
anything = st.text(max_size=200)


def letter(text: str, person: str | None = None, area: str | None = None, title: str = "路灯不亮") -> Letter:
    """What somebody wrote."""
    return Letter(title, text, area, person)


def lamps(place: str, person: str | None = None, area: str | None = None) -> Letter:
    """The letter about the lamps of ``place``."""
    return letter(LAMPS.format(place=place), person, area)


def kinship(new: Letter, old: Letter) -> Kinship:
    """What the two have to do with each other; the same whichever came first."""
    verdict = judge(new, old)
    assert judge(old, new) == verdict
    return verdict.kinship


def test_the_same_words_by_another_person_are_the_same_matter() -> None:
    assert judge(lamps("东湖小区", ONE), lamps("东湖小区", OTHER)) == Verdict(Kinship.SAME_MATTER, 1.0)


def test_the_same_words_by_the_same_person_are_a_repeat() -> None:
    assert kinship(lamps("东湖小区", ONE), lamps("东湖小区", ONE)) is Kinship.REPEAT


def test_two_letters_of_which_nobody_knows_the_writer_are_not_taken_for_one_persons() -> None:
    assert kinship(lamps("东湖小区"), lamps("东湖小区")) is Kinship.SAME_MATTER


def test_courtesies_punctuation_and_width_make_no_difference() -> None:
    bare = lamps("东湖小区", ONE)
    polite = letter("尊敬的各位领导，您好！" + bare.text.replace("，", ", ") + "　此致　敬礼！", OTHER)
    assert normalised(polite) == normalised(bare)
    assert kinship(polite, bare) is Kinship.SAME_MATTER


def test_a_person_who_writes_again_in_other_words_repeats_the_matter_and_another_person_is_left_to_the_clerk() -> None:
    first = lamps("东湖小区", ONE)
    again = first.text.replace("最近一个多月", "两个月了").replace(
        "多次打电话都没有人来修，", "上次来信之后仍无人过问，"
    )
    assert kinship(letter(again, ONE), first) is Kinship.REPEAT
    assert kinship(letter(again, OTHER), first) is Kinship.APART


def test_different_matters_are_apart_even_of_one_person() -> None:
    assert kinship(letter(NOISE, ONE), lamps("东湖小区", ONE)) is Kinship.APART


@pytest.mark.parametrize("person", [ONE, OTHER])
@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("东湖小区", "西湖小区"),
        ("张家村", "李家村"),
        ("人民路", "人民南路"),
        ("第三小学", "第五小学"),
        ("东湖小区3栋", "东湖小区5栋"),
        ("东湖小区三号楼", "东湖小区五号楼"),
        ("地铁3号线", "地铁5号线"),
        ("东湖花园一期", "东湖花园二期"),
        ("市一中", "市二中"),
    ],
)
def test_nearly_the_same_words_about_another_place_are_another_matter(here: str, there: str, person: str) -> None:
    assert kinship(lamps(here, person), lamps(there, ONE)) is Kinship.APART


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("菜市场北门", "菜市场南门"),
        ("城东桥头", "城西桥头"),
        ("红星桥", "红旗桥"),
        ("龙泉寺", "虎泉寺"),
        ("幸福里", "团结里"),
        ("公交801路", "公交805路"),
        ("和平街旁门牌12号", "和平街旁门牌128号"),
        ("公告2025118号", "公告2025119号"),
    ],
)
def test_another_persons_letter_that_points_elsewhere_is_another_matter(here: str, there: str) -> None:
    assert kinship(lamps(here, OTHER), lamps(there, ONE)) is Kinship.APART


def test_who_writes_again_may_name_by_another_mark_where_it_is_and_another_person_may_not() -> None:
    assert kinship(lamps("老码头", ONE), lamps("新超市", ONE)) is Kinship.REPEAT
    assert kinship(lamps("老码头", OTHER), lamps("新超市", ONE)) is Kinship.APART


def test_who_words_every_clause_a_little_anew_repeats_the_matter_and_another_person_is_left_to_the_clerk() -> None:
    first = lamps("东湖小区", ONE)
    again = letter(
        "我们每天上班都走这路，这一个月东湖小区附近的路灯都不亮，晚上漆黑一片，老人和孩子出行不安全，"
        "有人摔过，打过电话没有人修，请派人修。"
    )
    assert kinship(replace(again, person=ONE), first) is Kinship.REPEAT
    assert kinship(replace(again, person=OTHER), first) is Kinship.APART


def test_who_leaves_the_place_out_may_mean_the_same_one() -> None:
    assert kinship(lamps("我们小区", OTHER), lamps("东湖小区", ONE)) is Kinship.SAME_MATTER


def test_two_areas_that_the_writers_chose_keep_letters_apart() -> None:
    assert kinship(lamps("路口", ONE, "360101"), lamps("路口", ONE, "360102")) is Kinship.APART
    assert kinship(lamps("路口", OTHER, "360101"), lamps("路口", ONE, "360101")) is Kinship.SAME_MATTER
    assert kinship(lamps("路口", OTHER, "360101"), lamps("路口", ONE, None)) is Kinship.SAME_MATTER


@pytest.mark.parametrize("text", ["", "谢谢领导！", "。。。", "路灯不亮"])
def test_too_short_a_letter_is_never_joined_to_another_persons(text: str) -> None:
    assert kinship(letter(text, OTHER, title=""), letter(text, ONE, title="")) is Kinship.APART


def test_a_short_repeat_is_one_only_in_nearly_the_same_words() -> None:
    asked = "您好，请问申请高龄补贴需要准备哪些材料，到什么地方办理？"
    assert kinship(letter(asked, ONE, title="咨询"), letter(asked, ONE, title="咨询")) is Kinship.REPEAT
    other = asked.replace("高龄补贴", "油茶种植补助")
    assert judge(letter(other, ONE, title="咨询"), letter(asked, ONE, title="咨询")).similarity > 0.7
    assert kinship(letter(other, ONE, title="咨询"), letter(asked, ONE, title="咨询")) is Kinship.APART


@pytest.mark.parametrize("change", ["请市里督办。", "盼复！", "此事已经反映三次。"])
def test_alike_letters_share_a_band_and_different_ones_share_none(change: str) -> None:
    old, new = lamps("东湖小区"), letter(change + LAMPS.format(place="东湖小区"))
    assert set(bands(old)) & set(bands(new))
    assert not set(bands(old)) & set(bands(letter(NOISE, title="油烟扰民")))


def test_the_bands_are_the_same_in_every_process() -> None:
    """They are kept in the table: a change of the hash would lose every letter from before."""
    assert bands(lamps("东湖小区"))[:2] == ("00.fc689d9e", "01.b9a9d914")


def test_a_letter_that_says_nothing_has_no_bands() -> None:
    assert bands(letter("！？……", title="您好")) == ()
    assert len(bands(letter("灯", title=""))) == 16


@given(anything, anything)
def test_any_letter_has_sixteen_bands_or_none_and_its_twin_the_same(title: str, text: str) -> None:
    found = bands(Letter(title, text, None, None))
    assert found == bands(Letter(title, text, "360101", ONE))
    assert len(set(found)) in (0, 16)
    assert (not found) is (normalised(Letter(title, text, None, None)) == "")


@given(chinese, chinese)
def test_likeness_is_mutual_and_one_only_for_equal_texts(here: str, there: str) -> None:
    alike = similarity(here, there)
    assert 0 <= alike <= 1
    assert alike == similarity(there, here)
    assert (alike == 1) is (here == there)


@given(anything, anything, st.sampled_from([ONE, OTHER, None]), st.sampled_from([ONE, None]))
def test_the_verdict_does_not_depend_on_which_letter_came_first(
    here: str, there: str, person: str | None, other: str | None
) -> None:
    kinship(letter(here, person), letter(there, other))


def test_the_longest_letter_is_compared_whole() -> None:
    long = "".join(chr(0x4E00 + number * 7919 % 5000) for number in range(5000))
    new, old = letter(long, ONE), letter(long[:2500] + long[2600:], OTHER)
    with never_stuck():
        assert set(bands(new)) & set(bands(old))
        assert judge(new, old).similarity > 0.9


CAMPAIGN = (
    "我们是{home}的住户，家住{home}{house}，强烈要求取消城东垃圾焚烧厂项目，离居民太近，臭气和灰尘严重影响健康，"
    "请市里重新选址，公开环境评价，给{home}的老百姓一个交代。"
)


def campaign(home: str, house: str = "", person: str = OTHER) -> Letter:
    """A letter that many send with their own address put in."""
    return Letter("坚决反对建设垃圾焚烧厂", CAMPAIGN.format(home=home, house=house), None, person)


def test_a_campaigns_letters_are_one_matter_only_where_no_home_differs() -> None:
    assert kinship(campaign("东湖小区"), campaign("东湖小区", person=ONE)) is Kinship.SAME_MATTER
    assert kinship(campaign("东湖小区"), campaign("红旗家园", person=ONE)) is Kinship.APART
    assert kinship(campaign("东湖小区", "3栋"), campaign("东湖小区", "5栋", ONE)) is Kinship.APART


@pytest.mark.parametrize("person", [ONE, OTHER])
@pytest.mark.parametrize(
    ("here", "there"),
    [("公寓", "二手房"), ("驾校", "健身房"), ("魅力之城", "英祥春天"), ("甲公司", "乙公司"), ("高龄补贴", "油茶补助")],
)
def test_one_word_put_for_another_throughout_is_another_matter(here: str, there: str, person: str) -> None:
    words = "我想咨询{thing}的事情，上个月去窗口问过，人家说{thing}要等通知，请问{thing}什么时候能办，要带什么材料？"
    assert kinship(letter(words.format(thing=here), person), letter(words.format(thing=there), ONE)) is Kinship.APART


def test_who_is_written_to_and_slips_of_the_pen_make_no_other_matter() -> None:
    first = lamps("东湖小区", ONE)
    assert kinship(
        letter(f"市长：{first.text}请市长过问。", OTHER), letter(f"书记：{first.text}请书记过问。", ONE)
    ) is (Kinship.SAME_MATTER)
    assert kinship(letter(first.text.replace("漆黑", "黑漆"), OTHER), first) is Kinship.SAME_MATTER


def test_a_date_or_a_point_of_a_list_is_no_place() -> None:
    points = "1、路灯三个月不亮；2、没有人来修；3、已经有人摔伤，老人和孩子都不敢出门，请尽快派人维修，谢谢理解和支持。"
    other = points.replace("三个月", "四个月").replace("1、", "").replace("2、", "1、").replace("3、", "2、")
    assert kinship(letter(points, OTHER), letter(other, ONE)) is Kinship.SAME_MATTER


def test_who_says_the_same_and_more_repeats_it() -> None:
    first = lamps("东湖小区", ONE)
    more = first.text + "另外，自从上次反映之后，物业又把楼道的灯也关了。" * 4
    assert similarity(normalised(letter(more)), normalised(first)) < 0.7
    assert kinship(letter(more, ONE), first) is Kinship.REPEAT
    assert kinship(letter(more, OTHER), first) is Kinship.SAME_MATTER
    much = letter(more + "楼下的烧烤店也吵得人睡不着，油烟直排，孩子没法写作业，请一并查处。" * 5, OTHER)
    assert kinship(much, first) is Kinship.APART, "the clerk is shown it"
    assert kinship(replace(much, person=ONE), first) is Kinship.REPEAT


def test_one_person_under_one_title_repeats_the_matter_in_other_words() -> None:
    title = "东湖小区南门的路灯长期不亮无人维修"
    first = Letter(title, "东湖小区南门的路灯从九月起不亮，老人摔伤了，请尽快派人来修。", None, ONE)
    again = Letter(title, "上次反映东湖小区南门的路灯，到今天还没有人来修，老人晚上都不敢出门。", None, ONE)
    assert kinship(again, first) is Kinship.REPEAT
    assert kinship(replace(again, person=OTHER), first) is Kinship.APART
    assert kinship(replace(again, title="再说一件事"), replace(first, title="咨询")) is Kinship.APART


places = st.text(st.sampled_from("东西南北金银龙虎红白山河松柳"), min_size=2, max_size=2)
numbers = st.integers(1, 999).map(str)


@given(places, places, st.sampled_from(["小区", "路", "村", "花园", "小学"]), st.sampled_from([ONE, OTHER]))
def test_another_name_anywhere_keeps_letters_apart(here: str, there: str, kind: str, person: str) -> None:
    if sorted(here) != sorted(there):
        assert kinship(lamps(here + kind, person), lamps(there + kind, ONE)) is Kinship.APART


@given(numbers, numbers, st.sampled_from(["栋", "号院", "单元", "组"]), st.sampled_from([ONE, OTHER]))
def test_another_number_of_a_house_keeps_letters_apart(here: str, there: str, kind: str, person: str) -> None:
    if here != there:
        assert kinship(lamps(f"东湖{here}{kind}", person), lamps(f"东湖{there}{kind}", ONE)) is Kinship.APART


@given(chinese.filter(lambda text: len(text) >= 40), st.sampled_from([ONE, OTHER, None]))
def test_the_very_same_letter_is_one_matter(text: str, person: str | None) -> None:
    found = kinship(letter(text, person), letter(text, ONE))
    assert found is (Kinship.REPEAT if person == ONE else Kinship.SAME_MATTER)


def test_letters_in_other_words_about_one_place_share_a_trail() -> None:
    one = letter("东湖小区南门的路灯坏了，没有人来修。", title="路灯不亮")
    other = letter("住在东湖小区的老人晚上不敢出门，因为外面太黑。", title="太黑了")
    assert not set(bands(one)) & set(bands(other))
    assert set(trails(one)) & set(trails(other))
    assert trails(one)[:16] == bands(one)
    assert trails(letter("！！", title="您好")) == ()


def test_a_county_and_our_estate_are_no_places_to_be_found_by() -> None:
    assert places_named("我们小区停水", "荻洲区的生活小区，附近小区都停水") == []
    assert places_named("东湖小区停水", "柳岸路、柳岸路和东湖小区") == ["东湖小区", "柳岸路"]


TRAPS = [("233931", "242792"), ("209032", "246598"), ("200546", "268914")]


@pytest.fixture(scope="module")
def topics(letters: Path) -> dict[str, dict[str, str]]:
    """Real letters by their numbers."""
    with (letters / "topics_dev.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def pairs(letters: Path, topics: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    """Pairs of real letters that are alike by their characters."""
    with (letters / "similar_pairs_dev.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row["id_a"] in topics and row["id_b"] in topics]


def _real(row: dict[str, str], person: str | None) -> Letter:
    return Letter(row["title"], row["body"], None, person)


@pytest.mark.parametrize("trap", TRAPS)
@pytest.mark.parametrize("person", [ONE, OTHER])
def test_the_known_traps_among_real_letters_are_not_walked_into(
    topics: dict[str, dict[str, str]], trap: tuple[str, str], person: str
) -> None:
    here, there = (topics[number] for number in trap)
    assert kinship(_real(here, person), _real(there, ONE)) is Kinship.APART


def test_most_real_repeats_are_recognised(topics: dict[str, dict[str, str]], pairs: list[dict[str, str]]) -> None:
    alike = [pair for pair in pairs if float(pair["jaccard3"]) >= 0.8 and pair["same_user"] == "1"]
    found = [
        kinship(*(_real(topics[pair[side]], topics[pair[side]]["user"]) for side in ("id_a", "id_b"))) for pair in alike
    ]
    assert len(found) > 50
    assert found.count(Kinship.REPEAT) / len(found) > 0.9


def test_nearly_all_real_letters_that_are_joined_share_a_band(
    topics: dict[str, dict[str, str]], pairs: list[dict[str, str]]
) -> None:
    shared = []
    for pair in pairs:
        here, there = (_real(topics[pair[side]], None) for side in ("id_a", "id_b"))
        if kinship(here, there) is Kinship.SAME_MATTER:
            shared.append(bool(set(bands(here)) & set(bands(there))))
    assert len(shared) > 50
    assert sum(shared) / len(shared) > 0.95


WRITTEN = Letter(
    "柳岸路的路灯不亮",
    "柳岸路从菜市场到小学的路灯全都不亮，孩子放学要摸黑走，请尽快派人检修，并告诉我们什么时候能修好。",
    None,
    None,
)


def test_who_says_the_same_again_says_nothing_new_however_courteous() -> None:
    again = replace(WRITTEN, text=f"尊敬的领导：您好！{WRITTEN.text.replace('，', ', ')} 谢谢！")
    assert says_nothing_new(WRITTEN, WRITTEN)
    assert says_nothing_new(again, WRITTEN)


@pytest.mark.parametrize(
    "again",
    [
        replace(WRITTEN, text=WRITTEN.text + "还是不亮。"),
        replace(WRITTEN, text=WRITTEN.text.replace("全都不亮", "又不亮了")),
        replace(WRITTEN, text=WRITTEN.text.replace("柳岸路", "柳堤路")),
        replace(WRITTEN, title="再说柳岸路的路灯不亮"),
        replace(WRITTEN, area="990102"),
        replace(WRITTEN, text=WRITTEN.text[:28]),
    ],
    ids=["one clause more", "another word", "another road", "another title", "another area", "much left out"],
)
def test_one_word_more_is_something_new(again: Letter) -> None:
    assert not says_nothing_new(again, WRITTEN)


def test_a_short_letter_is_never_the_same_for_sure() -> None:
    short = Letter("路灯不亮", "请来修。", None, None)
    assert not says_nothing_new(short, short)


@given(st.text(), st.text())
def test_what_is_added_to_a_letter_is_new_unless_it_says_nothing(title: str, more: str) -> None:
    added = replace(WRITTEN, text=f"{WRITTEN.text}。{more}")
    if says_nothing_new(added, WRITTEN):
        kept = normalised(Letter("", more, None, None))
        assert not kept or kept in normalised(WRITTEN)
