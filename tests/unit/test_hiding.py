"""What somebody from outside may read: no name, no number, no house, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.hiding import hidden
from chalicelib.domain.people import Petitioner, Signer

SHE = Petitioner("欧阳春华", "19900001234", "ouyang.ch@example.com", (Signer("诸葛小明", "19900005678"),))


@pytest.mark.parametrize(
    "text",
    [
        "我叫欧阳春华",
        "欧 阳 春 华",
        "欧·阳-春华",
        "电话19900001234",
        "电话 199-0000-1234",
        "电话１９９００００１２３４",
        "OUYANG.CH@EXAMPLE.COM",
        "诸葛小明也签了名，19900005678",
    ],
)
def test_who_wrote_or_signed_is_hidden_however_it_is_spaced(text: str) -> None:
    shown = hidden(text, [SHE])
    for part in ("欧", "春华", "诸葛", "小明", "1234", "１２３４", "5678", "ouyang", "OUYANG"):
        assert part not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("沿江路12号", "沿江路*号"),
        ("沿江新村9栋加装电梯", "沿江新村*栋加装电梯"),
        ("9＃楼", "*＃楼"),
        ("住3-2-501", "住*"),
        ("住3-501", "住*"),
        ("三单元二十室", "*单元*室"),
        ("2026-03-02来过", "2026-03-02来过"),
        ("花了300-500元", "花了300-500元"),
        ("沿江路很堵", "沿江路很堵"),
    ],
)
def test_an_address_ends_with_the_street(text: str, shown: str) -> None:
    assert hidden(text, []) == shown


@pytest.mark.parametrize("name", ["J. (Bob) O'Neil", "<b>李四</b>", "a+b*c", "张三.*", "王　五", "John Smith"])
def test_a_name_with_strange_characters_is_hidden_too(name: str) -> None:
    assert name.lower() not in hidden(f"我是{name}，{name.upper()}也是我。", [Petitioner(name)]).lower()


def test_a_short_latin_name_is_not_cut_out_of_longer_words() -> None:
    assert hidden("Al also walks", [Petitioner("Al")]) == "*** also walks"


@given(st.text(min_size=2, max_size=12).filter(lambda name: len("".join(name.split())) >= 2), st.text(max_size=20))
def test_a_name_is_never_in_what_is_shown(name: str, around: str) -> None:
    """But for one of stars and marks, which is what hiding itself writes, or of letters that stand in a longer word."""
    if any(char.isascii() or char in "某号栋幢弄室楼座层单元" for char in "".join(name.split())):
        return
    assert "".join(name.split()) not in hidden(f"{around}，{name}，{around}", [Petitioner(name)])
