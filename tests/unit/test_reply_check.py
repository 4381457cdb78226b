"""答复质量提示: what a reply is told it lacks, on invented letters."""

import csv
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.assessment import Fact, FactKind, assess_unit
from chalicelib.domain.events import Drafted
from chalicelib.domain.figures import Part
from chalicelib.domain.ranking import Assessed, Row, rank
from chalicelib.domain.reply_check import LONG, Answering, Asked, Check, Mark, State, check
from chalicelib.domain.reply_contacts import telephones_in
from chalicelib.domain.reply_copies import Other, copy_bands
from chalicelib.domain.reply_dates import days_in, tells_when
from chalicelib.domain.reply_marks import WORTH, Code
from chalicelib.domain.reply_questions import LONGEST, Type, questions_of
from chalicelib.domain.reply_rules import ReplyRules
from chalicelib.domain.words import Kind, Outcome, UnitClass
from chalicelib.web.messages import LANGUAGES, catalogue
from tests.patience import never_stuck
from tests.unit.month import FORMULA, MARCH, received, replied

RULES = ReplyRules()
ON = date(2026, 3, 4)
LAMP = Asked(
    "梧桐巷路灯不亮",
    "梧桐巷从一月起整条巷子的路灯都不亮，老人夜里出门容易摔跤。请问什么时候能修好？另外能否在巷口加装一盏灯？",
    Kind.APPEAL,
)
GOOD = (
    "您好！您反映的梧桐巷路灯不亮的问题，我局3月3日到现场核实，系电缆受潮。已安排市政公司更换电缆，"
    "将于3月12日前修好。巷口加装一盏灯的建议已列入今年的改造计划，6月底前完成。"
    "联系人：路灯管理科刘工，电话0999-5550123。"
)


def looked_at(text: str, asked: Asked = LAMP, **changes: object) -> Check:
    """The check of a reply."""
    others = changes.pop("others", ())
    assert isinstance(others, tuple)
    return check(asked, replace(Answering(text, ON), **changes), RULES, others)


def missing(text: str, asked: Asked = LAMP, **changes: object) -> set[Code]:
    """What a reply is told it lacks."""
    return {mark.code for mark in looked_at(text, asked, **changes).missing}


def mark_of(found: Check, code: Code) -> Mark:
    """One mark of a check."""
    return next(mark for mark in found.marks if mark.code is code)


def test_a_reply_that_says_what_when_and_who_lacks_nothing() -> None:
    found = looked_at(GOOD)
    assert (found.total, found.missing) == (100, ())
    assert found.said(mark_of(found, Code.CONTACT)) == ("0999-5550123",)


@pytest.mark.parametrize(
    ("reply", "lacking"),
    [
        (GOOD.replace("，电话0999-5550123", ""), {Code.CONTACT}),
        ("您好！留言已收悉。", {Code.QUESTIONS, Code.MEASURE, Code.CONTACT, Code.PHRASES, Code.SUBSTANCE}),
        ("", {Code.QUESTIONS, Code.MEASURE, Code.CONTACT, Code.SUBSTANCE}),
        (
            "我局将尽快更换梧桐巷的路灯电缆，巷口加装一盏灯的建议也会一并研究，请市民朋友放心，电话0999-5550123。",
            {Code.QUESTIONS, Code.DATE},
        ),
        (
            "感谢您对我们工作的关心和支持。对您反映的问题，我局高度重视，进一步加强路灯工作。2026年3月4日",
            {Code.QUESTIONS, Code.MEASURE, Code.CONTACT, Code.PHRASES, Code.SUBSTANCE},
        ),
    ],
)
def test_each_lack_is_told_and_no_other(reply: str, lacking: set[Code]) -> None:
    assert missing(reply) == lacking


def test_the_question_that_was_not_answered_is_quoted_back() -> None:
    found = looked_at(
        "经我局3月3日现场核实，梧桐巷路灯不亮系电缆受潮，已安排市政公司更换，3月12日前修好，电话0999-5550123。",
        replace(LAMP, text="请问路灯什么时候能修好？请问孩子在盲校寄宿可以申领交通补助吗？"),
    )
    assert [mark.quoted for mark in found.missing] == [("请问孩子在盲校寄宿可以申领交通补助吗？",)]
    assert mark_of(found, Code.QUESTIONS).points == WORTH[Code.QUESTIONS] // 2


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("请问什么时候能修好？", Type.WHEN),
        ("能否在巷口加装一盏灯？", Type.WHETHER),
        ("请问低保怎么申请？", Type.OPEN),
        ("咨询退休村干部如何申领补助", Type.OPEN),
        ("难道老百姓的死活就没人管吗？", None),
        ("请问天理何在？", None),
        ("为什么别的小区有我们没有？", None),
        ("路灯坏了三个月。", None),
    ],
)
def test_what_is_asked_is_told_from_what_is_exclaimed(sentence: str, kind: Type | None) -> None:
    assert [one.type for one in questions_of("", sentence)] == ([] if kind is None else [kind])


def test_of_a_long_question_its_end_is_quoted() -> None:
    asked = f"{'楼' * LONGEST}里的电梯什么时候能修好？"
    assert [one.text for one in questions_of("", asked)] == [f"…{asked[-LONGEST:]}"]
    assert [one.text for one in questions_of("", asked[-LONGEST:])] == [asked[-LONGEST:]]


@pytest.mark.parametrize(
    ("promise", "asked_for"),
    [
        ("我们将于近期拆除该处围挡。", True),
        ("我们将于4月底前拆除该处围挡。", False),
        ("我们将在5个工作日内拆除该处围挡。", False),
        ("该围挡已经拆除。", False),
        ("我们将继续加强巡查清理。", False),
        ("该处围挡将不拆除。", False),
        ("去年立案，我们将尽快拆除该处围挡。", True),
    ],
)
def test_a_day_is_asked_for_where_something_with_an_end_is_promised(promise: str, asked_for: bool) -> None:
    assert (Code.DATE in missing(promise)) is asked_for


def test_the_day_that_the_form_promises_counts_and_the_day_of_signing_does_not() -> None:
    assert Code.DATE not in missing("我们将尽快拆除该处围挡。", dated=True)
    assert Code.DATE in missing("我们将尽快拆除该处围挡。 2026年3月4日")
    assert days_in("已办结。2026年3月4日") == ()
    assert not tells_when("2025年12月", ON)
    assert tells_when("2026年3月12日", ON)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("电话0999-5550123", 1),
        ("13912345678", 1),
        ("拨打12345", 1),
        ("请致电5550123转802", 1),
        ("(0999)55501234、0999—5550124", 2),
        ("占地5550123平方米", 0),
        ("身份证110101199003071234", 0),
        ("京政发〔2026〕12号", 0),
    ],
)
def test_a_telephone_number_is_known_by_its_shape_and_by_what_stands_before_it(text: str, numbers: int) -> None:
    assert len(list(telephones_in(text))) == numbers


def test_a_solved_matter_needs_a_deed_where_a_consultation_is_answered_by_the_rule() -> None:
    rule = (
        "根据市里的规定，巷口加装路灯由街道统一申报，不属于个人申请的范围，梧桐巷什么时候修好目前无法确定，电话12345。"
    )
    assert Code.MEASURE not in missing(rule)
    assert Code.MEASURE in missing("根据规定不属于本局职责，电话12345。", outcome=Outcome.SOLVED)
    for length, lacks in ((LONG - 1, True), (LONG, False)):
        told = "梧" * length
        assert (Code.MEASURE in missing(told)) is lacks, "who tells so much explains, in whatever words"
        assert Code.MEASURE in missing(told, outcome=Outcome.SOLVED)
    assert Code.MEASURE not in missing("好的。", replace(LAMP, kind=Kind.CONSULTATION))
    assert missing("谢谢您的鼓励！", replace(LAMP, kind=Kind.THANKS)) == set()


def test_a_reply_taken_from_another_matter_is_noticed_and_one_to_the_same_matter_is_not() -> None:
    other = Other(
        "26-1", GOOD.replace("3月12日", "3月15日"), "广场舞音响太吵", "每天晚上广场舞的音响开得很大，孩子没法写作业。"
    )
    found = looked_at(GOOD, others=(other,))
    assert [(mark.code, mark.quoted) for mark in found.missing] == [(Code.COPY, ("26-1",))]
    again = replace(other, title="梧桐巷路灯又坏了", letter=LAMP.text)
    assert missing(GOOD, others=(again,)) == set()
    assert missing(GOOD, others=(replace(other, text="完全不同的一件事，请到窗口办理。" * 4),)) == set()
    assert set(copy_bands(GOOD, RULES)) & set(copy_bands(other.text, RULES))
    assert copy_bands("已办结。", RULES) == ()


def test_an_office_that_sets_a_word_is_checked_by_it() -> None:
    own = replace(RULES, phrases=("祝顺心如意",), fewest=200)
    found = check(LAMP, Answering(GOOD, ON), own)
    assert {mark.code for mark in found.missing} == {Code.SUBSTANCE}
    nothing = ReplyRules(phrases=(), measures=(), promises=(), announced=(), lasting=(), finite=(), grounds=(),
                         undated=(), yes_or_no=(), synonyms=())  # fmt: skip
    assert 0 <= check(LAMP, Answering(GOOD, ON), nothing).total <= 100


PIECES = st.sampled_from(
    ["请问", "何时", "？", "。", "\n", "将", "尽快", "拆除", "已核实", "根据规定", "高度重视", "感谢您的关心",
     "0999-5550123", "3月", "12",
     "2026年3月4日", "*", "(", "\x00", "😀", "a", "１２"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=40).map("".join))


@given(title=TEXTS, letter=TEXTS, reply=TEXTS, kind=st.sampled_from(Kind), outcome=st.sampled_from([None, *Outcome]))
def test_no_text_breaks_the_check_and_its_parts_make_the_total(
    title: str, letter: str, reply: str, kind: Kind, outcome: Outcome | None
) -> None:
    found = check(Asked(title, letter, kind), Answering(reply, ON, outcome), RULES, [Other("x", letter, title, reply)])
    assert [mark.code for mark in found.marks] == list(Code)
    assert found.total == sum(mark.points for mark in found.marks) <= 100
    for mark in found.marks:
        assert (mark.points < mark.most) is (mark.state is State.MISSING)
        assert all(0 <= one.start < one.end <= len(reply) for one in mark.stretches)
        for language in LANGUAGES:
            assert not mark.advice or catalogue(language)[mark.advice].format(**mark.params)


@given(letter=TEXTS, reply=TEXTS, kind=st.sampled_from(Kind))
def test_a_day_more_never_makes_a_reply_worse(letter: str, reply: str, kind: Kind) -> None:
    asked = Asked("", letter, kind)
    before = check(asked, Answering(f"{reply}。", ON), RULES).total
    assert check(asked, Answering(f"{reply}。2026年9月30日前。", ON), RULES).total >= before


@pytest.mark.parametrize("piece", ["将尽快", "感谢您", "请问何时", "0", "1-", "二〇", "已", "a", "（0", "？", "领导的"])
def test_no_words_stall_the_check(piece: str) -> None:
    long = piece * (20_000 // len(piece))
    with never_stuck():
        check(Asked(long[:200], long, Kind.APPEAL), Answering(long, ON), RULES)


def test_what_is_kept_has_no_words_and_events_of_before_read_as_they_were() -> None:
    kept = looked_at("您好！留言已收悉。").kept
    assert "留言" not in msgspec.json.encode(kept).decode()
    old = Drafted("您好。", Outcome.SOLVED)
    assert msgspec.json.decode(msgspec.json.encode(old)) == {"text": "您好。", "outcome": "solved"}
    assert msgspec.json.decode(b'{"text": "a", "outcome": "solved"}', type=Drafted).check is None


def checked_fact(case: str, points: int) -> Fact:
    """A reply went out that was worth so many points."""
    return Fact(FactKind.CHECKED, case, "", MARCH, points=points)


def rank_of(facts: list[Fact]) -> tuple[Row, ...]:
    """The table of one unit."""
    return rank([Assessed("u", UnitClass.DEPARTMENT, assess_unit(facts, FORMULA))], FORMULA)


def test_a_month_without_checks_has_the_lines_it_had_and_one_with_them_opens_on_its_cases() -> None:
    plain = [*(received(case) for case in "ab"), *(replied(case) for case in "ab")]
    [row] = rank_of(plain)
    assert Part.QUALITY not in {one.part for one in row.components}
    [row] = rank_of([*plain, checked_fact("a", 100), checked_fact("b", 60)])
    quality = next(one for one in row.components if one.part is Part.QUALITY)
    assert (quality.value, quality.of, quality.cases, quality.weight) == (0.8, 2, ("b",), 0.0)


def test_rates_on_real_replies_stay_where_they_were_read(letters: Path) -> None:
    with (letters / "replies_dev.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[::8]
    found = [check(Asked(row["title"], row["body"], Kind.APPEAL), Answering(row["reply"], ON), RULES) for row in rows]
    rate = {code: sum(mark_of(one, code).state is State.MISSING for one in found) / len(found) for code in Code}
    assert rate[Code.QUESTIONS] < 0.06
    assert rate[Code.PHRASES] < 0.06
    assert 0.02 < rate[Code.SUBSTANCE] < 0.2
    stubs = [one for one, row in zip(found, rows, strict=True) if row["stub"] == "1"]
    assert sum(one.total < 90 for one in stubs) >= 0.8 * len(stubs)
