"""Risks are read out of letters precisely, in linear time, and marked, taken off and set again with a reason."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.city import default_city
from chalicelib.domain.errors import Invalid
from chalicelib.domain.marking import risks_seen, set_risk
from chalicelib.domain.moves import OPEN_TO_RISKS, open_to
from chalicelib.domain.name import Name
from chalicelib.domain.risk_words import Count, Pair, Risk
from chalicelib.domain.risks import RiskReader, number_of
from chalicelib.domain.words import Action, Role, State
from tests.patience import never_stuck
from tests.unit.matter import Matter, acting

CITY = default_city()
READER = RiskReader(CITY.risks)


def found(text: str) -> dict[str, tuple[str, ...]]:
    return {one.risk.id: one.words for one in READER.read("一件事", text)}


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("我真的不想活了，谁来管管。", "suicide"),
        ("再不解决我就从楼上跳楼。", "suicide"),
        ("昨晚小区燃气泄漏，没人来修。", "danger"),
        ("这堵墙随时可能倒塌，下面就是学校。", "danger"),
        ("孩子在幼儿园被老师体罚，孩子被打伤了。", "minors"),
        ("老师殴打学生，家长敢怒不敢言。", "minors"),
        ("包工头拖欠我们十二个人工资八个月。", "wages"),
        ("小区三百多户业主联名反对建变电站。", "crowd"),
        ("我们要集体上访。", "crowd"),
        ("再不处理我就找记者。", "media"),
    ],
)
def test_a_letter_shows_the_risk_and_the_words_that_show_it(text: str, risk: str) -> None:
    seen = found(text)
    assert set(seen) == {risk}
    assert all(part in text for word in seen[risk] for part in word.split("…"))


@pytest.mark.parametrize(
    "text",
    [
        "商场天天喊跳楼价，喇叭吵死人。",
        "小区里的儿童游乐场坏了，学生公寓也停水。",
        "这种自杀式的装修太难看。",
        "修这座桥能减轻生产运输的负担。",
        "请物业检查燃气管道，防止燃气泄漏。",
        "我不会自杀，请放心。",
        "村里共有三百多户，路一直没修。",
        "业主大会有十二户要求换物业。",
        "高峰期事故车堵路半小时。",
        "公司工资不高，但没有拖过。",
        "电动车不能停楼道，预防触电。",
    ],
)
def test_a_word_inside_a_harmless_one_or_taken_back_or_too_few_people_is_no_risk(text: str) -> None:
    assert found(text) == {}


WORDS = sorted({word for risk in CITY.risks for word in risk.words})
PADDING = st.text(alphabet="甲乙丙丁戊己庚辛", min_size=0, max_size=6)


@given(st.sampled_from(WORDS), PADDING, PADDING)
def test_risk_words_inside_a_longer_harmless_word_are_not_found(word: str, before: str, after: str) -> None:
    harmless = f"壬{word}癸"
    risk = Risk("one", Name("某", "one"), words=(word,), harmless=(harmless,))
    text = f"{before}{harmless}{after}"
    assert RiskReader((risk,)).read(text) == ()
    assert RiskReader((risk,)).read(f"{before}壬{word}{after}") != ()


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("300多", 300),
        ("三百", 300),
        ("几百", 300),
        ("两百多", 200),
        ("上千", 1000),
        ("十二", 12),
        ("3万", 30_000),
        ("一千二百", 1200),
        ("", 0),
    ],
)
def test_a_number_is_read_as_the_least_it_can_mean(written: str, number: int) -> None:
    assert number_of(written) == number


def test_a_pair_stands_in_its_order_and_not_too_far_apart() -> None:
    risk = Risk("one", Name("某", "one"), pairs=(Pair(("拖欠",), ("工资",), within=4),))
    reader = RiskReader((risk,))
    assert reader.read("拖欠我们工资")[0].words == ("拖欠…工资",)
    assert reader.read("工资没有拖欠") == ()
    assert reader.read("拖欠了好几个项目的工资") == ()


def test_a_count_needs_its_number_and_a_word_near_by() -> None:
    risk = Risk("one", Name("某", "one"), counts=(Count(("户",), 100, ("联名",), 6),))
    reader = RiskReader((risk,))
    assert reader.read("一百二十户联名")[0].words == ("一百二十户", "联名")
    assert reader.read("联名的有300户")
    assert reader.read("99户联名") == ()
    assert reader.read("300户没有水喝，天天盼着，后来才联名") == ()


def test_no_letter_holds_up_the_reader() -> None:
    said = "三百多户业主联名反对，孩子被人欺负，随时可能爆炸。"
    with never_stuck():
        found = READER.read(said * 4_000)
    assert {risk.words for risk in found} == {risk.words for risk in READER.read(said * 40)}


def test_few_real_letters_are_called_a_danger_to_life(letters: Path) -> None:
    with (letters / "replies_dev.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))[:1000]
    seen = [{one.risk.id for one in READER.read(row["title"], row["body"])} for row in rows]
    assert sum(bool(ids & {"danger", "suicide"}) for ids in seen) <= 0.03 * len(rows)
    assert sum(bool(ids) for ids in seen) <= 0.08 * len(rows)


def test_what_stands_already_is_not_marked_again() -> None:
    case = Matter().at(State.REGISTERED).case
    seen = READER.read("我不想活了，包工头拖欠工资。")
    marked = risks_seen(case, seen, "482710935526", CITY)
    assert marked is not None
    assert (marked.risks, marked.found, marked.urgent, marked.alarm) == (
        ("suicide", "wages"),
        ("suicide", "wages"),
        True,
        True,
    )
    standing = Matter().at(State.REGISTERED).happens(marked).case
    assert (standing.urgent, standing.alarm) == (True, True)
    assert risks_seen(standing, seen, "482710935526", CITY) is None
    assert risks_seen(case, (), "482710935526", CITY) is None


def test_what_is_taken_off_can_be_set_again_and_leaves_the_rules_urgency_alone() -> None:
    marked = risks_seen(Matter().at(State.REGISTERED).case, READER.read("我不想活了。"), "1", CITY)
    assert marked is not None
    matter = Matter().at(State.REGISTERED).happens(marked)
    matter = matter.happens(set_risk(matter.case, "suicide", False, "打过电话，是气话。", CITY))
    assert (matter.case.risks, matter.case.alarm, matter.case.urgent) == ((), False, False)
    matter = matter.happens(set_risk(matter.case, "suicide", True, "家属说确有此意。", CITY))
    assert (matter.case.risks, matter.case.urgent) == (("suicide",), True)


@pytest.mark.parametrize(
    ("risk", "stands", "words", "field"),
    [
        ("wages", False, "没有这回事", "risk"),
        ("nothing", True, "有这回事", "risk"),
        ("wages", True, "  ", "words"),
        ("wages", True, "字" * 2001, "words"),
    ],
)
def test_a_mark_that_changes_nothing_or_has_no_reason_is_refused(
    risk: str, stands: bool, words: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        set_risk(Matter().at(State.REGISTERED).case, risk, stands, words, CITY)
    assert [one.field for one in refused.value.errors] == [field]


@pytest.mark.parametrize("state", [State.REGISTERED, State.DISPATCHED, State.REPLIED])
@pytest.mark.parametrize("role", sorted(Role))
def test_the_clerk_marks_risks_until_the_answer_and_nobody_else(role: Role, state: State) -> None:
    matter = Matter().at(state)
    by = acting(role, matter.case)
    may = Action.MARK_RISK in open_to(matter.case, by, matter.now)
    assert may is (role is Role.CLERK and state in OPEN_TO_RISKS)
