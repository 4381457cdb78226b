"""Masking is a first proposal: what looks like a person is hidden, what a decision says of things is not."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.domain.masking import mask

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=12)
NAMES = st.sampled_from(("顾怀远", "欧阳若兰", "王秀英", "秋水", "李明"))
TEXTS = st.lists(
    st.one_of(
        HAN,
        NAMES,
        st.sampled_from(
            ("同志", "先生", "联系人", "号", "栋", "室", "，", "。", "\n", " ", "-", "：", "苏A12345", "@", "No. ")
        ),
        st.integers(0, 10**19).map(str),
        st.text(max_size=6),
    ),
    max_size=15,
).map("".join)


@pytest.mark.parametrize(
    ("written", "names", "masked"),
    [
        ("顾怀远同志：建议采纳。", ["顾怀远"], "顾某某同志：建议采纳。"),
        ("感谢王建国先生的建议。", [], "感谢王某某先生的建议。"),
        ("欧阳若兰女士来信。", ["欧阳若兰"], "欧某某女士来信。"),
        ("Dear Mary Smith, thank you.", ["Mary Smith"], "Dear M., thank you."),
        ("联系人：李工，电话 0000-1234567。", [], "联系人：某某，电话 *******。"),
        ("联系人文物科伍岳，请来电。", [], "联系人某某，请来电。"),
        ("手机138 0000 1234，或＋86-13800001234", [], "手机*******，或*******"),
        ("打１３８００００１２３４", [], "打*******"),
        ("电话一三八零零零零一二三四", [], "电话*******"),
        ("身份证11010519491231002X", [], "身份证*******"),
        ("写信到 xiu.ying@example.cn 。", [], "写信到 *** 。"),
        ("车牌苏A·12345、粤BD12345", [], "车牌苏******、粤******"),
        ("幸福路12号院3栋2单元402室", [], "幸福路*号院*栋*单元*室"),
        ("柳巷十二号，3-2-402室", [], "柳巷*号，*室"),
        ("No. 12 Lake Road, room 4b", [], "No. * Lake Road, room *"),
    ],
)
def test_what_points_to_a_person_is_hidden(written: str, names: list[str], masked: str) -> None:
    assert mask(written, names) == masked


@pytest.mark.parametrize(
    "said",
    [
        "32栋木楼列为不可移动文物点，拆卖立案1起。",
        "地铁1号线每日23时、次日0时10分各一班，票价2元。",
        "2026-03-02前安装座椅18条，3月2号验收。",
        "2026-03-02 09:00至17:30开放，志愿者120名。",
        "请拨打12345，紧急情况拨110。",
    ],
)
def test_what_says_how_much_and_when_stays(said: str) -> None:
    assert mask(said) == said


def digits_of(text: str) -> list[str]:
    """Runs of digits that stand together, dates left out."""
    without_dates = re.sub(r"(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}(?!\d)", "、", text)
    return re.findall(r"[0-9]{7,}", without_dates)


@given(TEXTS, st.lists(NAMES, max_size=3))
@example("2026-03-0213800001234", [])
@example("138-0000-1234X", [])
def test_whatever_is_written_no_long_number_is_left(text: str, names: list[str]) -> None:
    assert digits_of(mask(text, names)) == []


@given(TEXTS, st.lists(NAMES, min_size=1, max_size=3))
def test_a_name_that_is_known_is_nowhere_left(text: str, names: list[str]) -> None:
    masked = mask(text, names)
    assert all(name not in masked for name in names)


@given(TEXTS, st.lists(NAMES, max_size=3))
def test_masked_twice_is_masked_once(text: str, names: list[str]) -> None:
    once = mask(text, names)
    assert mask(once, names) == once


@given(st.lists(st.sampled_from(("", " ", "的", "王")), max_size=4))
def test_a_name_of_one_character_hides_nothing(names: list[str]) -> None:
    assert mask("王家的路灯修好了。", names) == "王家的路灯修好了。"


@given(HAN, st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(("", " ", "-", "－", "·")))
def test_a_telephone_number_is_hidden_however_it_is_parted(words: str, number: str, between: str) -> None:
    written = f"{words}{number[:3]}{between}{number[3:7]}{between}{number[7:]}。"
    left = "".join(char for char in unicodedata.normalize("NFKC", mask(written)) if char.isdigit() and char.isascii())
    assert len(left) < 7
