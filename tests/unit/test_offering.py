"""What is public and near to a letter is offered to its writer; strangers' matters and other areas are not."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.deciding import Decision, Matter
from chalicelib.domain.offering import MOST_OFFERED, OFFERED_FROM, nearness, offered
from chalicelib.domain.words import Outcome

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TITLE, TEXT = "滨河路路灯不亮", "滨河路从桥头到市场的路灯半个月不亮，晚上老人出门看不见路，请派人来修。"
LAMPS = "滨河路从桥头到市场的路灯已经全部修好，晚上出门看得见路了。"


def public(text: str, title: str = "", area: str | None = None, number: int = 1) -> Matter:
    """A matter with its decision."""
    decision = Decision(f"31000000000{number}", title, text, Outcome.SOLVED, "urban-management", AT)
    return Matter(AT, None, area, decision)


@pytest.mark.parametrize(
    ("title", "text"),
    [("", ""), ("。", "！？ \n"), ("修", ""), ("", "🏮")],
)
def test_a_letter_that_says_nothing_is_near_to_nothing(title: str, text: str) -> None:
    assert nearness(title, text, public(LAMPS)) == 0
    assert nearness(TITLE, TEXT, public(text, title)) == 0
    assert offered(title, text, None, [public(LAMPS)]) == []


def test_one_place_named_by_both_makes_up_for_fewer_words() -> None:
    told = "滨河路那里的污水井盖丢了，晚上已经补上。"
    there, elsewhere = public(told), public(told.replace("滨河路", "人民路"))
    assert 0 < nearness(TITLE, TEXT, there) < OFFERED_FROM
    assert nearness(TITLE, TEXT, elsewhere) == 0


@pytest.mark.parametrize(
    ("hers", "its", "shown"),
    [
        (None, None, True),
        ("990101", None, True),
        (None, "990101", True),
        ("990101", "990101", True),
        ("990101", "990102", False),
    ],
)
def test_what_lies_in_another_area_is_not_offered_where_both_say_one(
    hers: str | None, its: str | None, shown: bool
) -> None:
    assert bool(offered(TITLE, TEXT, hers, [public(LAMPS, area=its)])) is shown


@given(st.permutations([TEXT, LAMPS, TEXT[:20], LAMPS[:20], "学校门口堵车，请交警来。"]))
def test_at_most_three_are_offered_and_the_nearest_first(texts: list[str]) -> None:
    found = offered(TITLE, TEXT, None, [public(text, number=number) for number, text in enumerate(texts)])
    assert len(found) == MOST_OFFERED
    near = [nearness(TITLE, TEXT, one) for one in found]
    assert near == sorted(near, reverse=True)
    assert found[0].decision.text in (TEXT, TEXT[:20])
