"""Names that look like places are remembered, and proposed once several people agree."""

import pytest

from chalicelib.city import default_city, default_gazetteer
from chalicelib.domain.place_hints import MOST_HINTS, Sighting, Witness, agreed, hints_in
from chalicelib.domain.places import place_names

KNOWN = place_names(default_city(), default_gazetteer())


@pytest.mark.parametrize(
    ("text", "name"),
    [("我住在金梧小区，路灯坏了。", "金梧小区"), ("从石榴巷到车站没有路灯", "石榴巷"), ("蓝溪花园停水", "蓝溪花园")],
)
def test_what_looks_like_the_name_of_a_place_is_found(text: str, name: str) -> None:
    assert name in hints_in((text,), KNOWN)


def test_what_is_known_already_is_not() -> None:
    assert hints_in(("我住在幸福小区，双槐镇上槐村的亲戚也来了。",), KNOWN) == ()


def test_a_long_letter_leaves_no_more_than_a_few() -> None:
    names = "，".join(f"{chr(0x4E00 + 7 * number)}{chr(0x6000 + number)}小区" for number in range(200))
    assert len(hints_in((names,), KNOWN)) == MOST_HINTS


def seen(name: str, *people: str) -> Sighting:
    return Sighting(name, "990103003", tuple(Witness(one, f"case {one}") for one in people))


def test_several_people_must_agree_and_one_who_writes_thrice_is_one() -> None:
    assert agreed([seen("金梧小区", "a", "b")], 3) == []
    assert agreed([seen("金梧小区", "a", "b", "c")], 3)
    sighting = seen("金梧小区", "a")
    assert len(sighting.with_one(Witness("a", "another")).seen) == 1
    assert sighting.with_one(Witness("a", "another")).seen[0].case_id == "another"


def test_of_a_name_inside_another_the_longer_is_proposed() -> None:
    both = [seen("金梧小区", "a", "b", "c"), seen("梧小区", "a", "b", "c")]
    assert [one.name for one in agreed(both, 3)] == ["金梧小区"]
    wider = [seen("金梧小区", "a", "b", "c"), seen("梧小区", "a", "b", "c", "d")]
    assert [one.name for one in agreed(wider, 3)] == ["金梧小区", "梧小区"]
