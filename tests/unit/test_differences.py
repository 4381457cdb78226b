"""Where two texts differ: nothing is lost, nothing is invented, and the marks are phrases."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.differences import SHORTEST_COMMON, Change, Piece, Side, changes, compared, held
from tests.patience import never_stuck

texts = st.text(st.sampled_from("路灯不亮请修，。小区东西南北12\n"), max_size=80)


@given(texts, texts)
def test_each_side_is_its_own_text_again(here: str, there: str) -> None:
    pieces = compared(here, there)
    assert "".join(piece.text for piece in pieces if piece.side is not Side.THERE) == here
    assert "".join(piece.text for piece in pieces if piece.side is not Side.HERE) == there
    assert all(piece.text for piece in pieces)


@given(texts, texts)
def test_neighbours_are_of_different_sides_and_what_goes_stands_before_what_comes(here: str, there: str) -> None:
    sides = [piece.side for piece in compared(here, there)]
    neighbours = set(itertools.pairwise(sides))
    assert all(one is not other for one, other in neighbours)
    assert (Side.THERE, Side.HERE) not in neighbours


@given(texts)
def test_one_text_has_no_difference_from_itself(text: str) -> None:
    pieces = compared(text, text)
    assert changes(pieces) == []
    assert held(pieces) == (1.0 if len(text) >= 4 else 0.0)


def test_two_single_characters_in_common_are_no_agreement() -> None:
    assert compared("我们的小区停水三天了", "我们的小区断电好几天没有人管了") == (
        Piece(Side.BOTH, "我们的小区"),
        Piece(Side.HERE, "停水三天"),
        Piece(Side.THERE, "断电好几天没有人管"),
        Piece(Side.BOTH, "了"),
    )
    assert SHORTEST_COMMON == 3


def test_a_change_is_told_with_what_stands_around_it() -> None:
    assert changes(compared("请修东湖小区的路灯", "请修西湖小区的路灯谢谢")) == [
        Change("请修", "东", "西", "湖小区的"),
        Change("区的路灯", "", "谢谢", ""),
    ]


def test_what_the_longer_letter_holds_of_the_shorter_is_counted_by_phrases() -> None:
    short = "东湖小区的路灯不亮，请尽快来修。"
    assert held(compared(short, f"您好。{short}另外，井盖也坏了。")) > 0.9
    assert held(compared("一二三四五六七八", "一九二九三九四九五九六九七九八九")) == 0.0


def test_letters_of_twenty_thousand_characters_are_marked() -> None:
    clauses = [f"第{number}件事是路灯不亮没有人来修" for number in range(1_400)]
    here = "，".join(clauses)
    there = "，".join([*clauses[:700], "这一句是后来加的", *clauses[720:]])
    assert len(here) > 20_000
    with never_stuck():
        pieces = compared(here, there[::-1]), compared(here, there)
    assert len(changes(pieces[1])) <= 2
