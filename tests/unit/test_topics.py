"""热点: what is one matter and what is not, how hot it is, and what an evaluation reads out of a file."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.grouping import group
from chalicelib.domain.heat import heat, pulse
from chalicelib.domain.hot_topics import (
    CUT_WHEN_NEW,
    SETTLED_FROM,
    Member,
    Thresholds,
    cut_of,
    new_topic,
    recounted,
    seen,
)
from chalicelib.domain.topic_words import Commons, likeness, mean_of, profile_of, read
from chalicelib.domain.topics import Told, find
from infra.learn.topics import UnfitFile, best_match_f1, day_of, evaluate

TODAY = date(2026, 3, 2)
NEW = Commons(0, {})
MIXER = "{place}东侧的混凝土搅拌站昼夜施工，噪音大，粉尘满天，居民不敢开窗，请环保部门查处。"
OTHERS = (
    ("十七路公交车末班太早", "晚上七点就收车，加班的人回不了家，希望延长运营时间。"),
    ("退休金少发了两个月", "社保窗口说系统升级，到现在没有补发，请核实。"),
    ("中学门口红绿灯坏了", "学生过马路很危险，交警也不在，请尽快修好。"),
    ("装修押金物业不退", "房子装修完半年，物业一直拖着押金不肯退。"),
)


def letter(number: int, place: str = "幸福里小区", **changes: object) -> Told:
    """A letter about the mixer at ``place``."""
    told = Told(f"{number:03}", f"p{number}", f"{place}旁搅拌站噪音粉尘扰民", MIXER.format(place=place), TODAY)
    fields = {name: getattr(told, name) for name in Told.__struct_fields__}
    return Told(**{**fields, **changes})


def among_others(*letters: Told) -> list[Told]:
    """Letters with enough about something else that what is common shows."""
    crowd = [
        Told(f"x{number}", f"x{number}", f"{title}{chr(0x4E00 + 31 * number)}", text, TODAY)
        for number, (title, text) in enumerate(OTHERS * 6)
    ]
    return [*letters, *crowd]


def topics_of(letters: list[Told], wanted: str = "搅拌站") -> list[tuple[str, ...]]:
    """The ids of the topics about the mixer."""
    return [topic.ids for topic in find(letters) if wanted in topic.title]


def test_several_people_about_one_matter_at_one_place_are_one_topic() -> None:
    assert topics_of(among_others(*(letter(number) for number in range(4)))) == [("000", "001", "002", "003")]


def test_nearly_the_same_words_about_another_place_stay_apart() -> None:
    letters = [letter(0), letter(1), letter(2, "槐树湾小区"), letter(3, "槐树湾小区")]
    assert sorted(topics_of(among_others(*letters))) == [("000", "001"), ("002", "003")]


@given(st.integers(0, 3), st.integers(0, 3))
@settings(deadline=None, max_examples=12)
def test_two_letters_are_as_alike_in_either_order_of_coming(one: int, other: int) -> None:
    """The guarantee: of two letters alone neither order nor number decides; in a crowd the likest are joined first."""
    places = ("幸福里小区", "槐树湾小区", "", "幸福里小区东门")
    here = profile_of(read("搅拌站扰民", MIXER.format(place=places[one])), NEW)
    there = profile_of(read("搅拌站扰民", MIXER.format(place=places[other])), NEW)
    assert likeness(here, there) == pytest.approx(likeness(there, here))
    graph = [{1: likeness(here, there)}, {0: likeness(there, here)}]
    turned = [{1: likeness(there, here)}, {0: likeness(here, there)}]
    assert group(graph, [1, 1], 0.2) == group(turned, [1, 1], 0.2)


@given(st.text(max_size=400), st.text(max_size=400))
@settings(deadline=None, max_examples=60)
def test_any_text_is_compared_and_no_likeness_leaves_its_bounds(one: str, other: str) -> None:
    here, there = profile_of(read(one, other), NEW), profile_of(read(other, one), NEW)
    assert 0 <= likeness(here, there) <= 1.000001
    mean = mean_of([here, there])
    assert mean.size == 2
    assert likeness(mean, here) <= 1.000001


def test_several_letters_as_one_stand_where_a_third_of_them_do() -> None:
    areas = (("a", "b"), ("a",), ("a",), ("c",))
    mean = mean_of([profile_of(read("搅拌站", "幸福里小区的搅拌站", codes), NEW) for codes in areas[:3]])
    assert (set(mean.districts), mean.size) == ({"a", "b"}, 3)
    mean = mean_of([mean, profile_of(read("搅拌站", "槐树湾小区的搅拌站", areas[3]), NEW)])
    assert (set(mean.districts), mean.size) == ({"a", "b"}, 4)


def test_a_desk_that_knows_enough_letters_asks_for_the_likeness_that_was_set_and_a_new_one_for_more() -> None:
    cuts = [cut_of(Commons(letters, {}), 0.1) for letters in (0, SETTLED_FROM // 2, SETTLED_FROM, 3 * SETTLED_FROM)]
    assert cuts == pytest.approx([CUT_WHEN_NEW, (CUT_WHEN_NEW + 0.1) / 2, 0.1, 0.1])


def test_what_a_person_took_apart_is_never_grouped() -> None:
    alike = [{1: 0.9, 2: 0.5}, {0: 0.9, 2: 0.8}, {0: 0.5, 1: 0.8}]
    assert group([dict(one) for one in alike], [1, 1, 1], 0.3) == [[0, 1, 2]]
    found = group([dict(one) for one in alike], [1, 1, 1], 0.3, {(0, 2)})
    assert not any({0, 2} <= set(nodes) for nodes in found)


def test_one_person_writing_ten_times_is_less_than_two_people() -> None:
    often = [letter(number, person="same") for number in range(10)]
    twice = [letter(20, "槐树湾小区"), letter(21, "槐树湾小区")]
    first, second, *_ = [topic for topic in find(among_others(*often, *twice)) if "搅拌站" in topic.title]
    assert (first.people, second.people) == (2, 1)


def test_thousands_of_votes_weigh_less_than_a_dozen_people() -> None:
    alone, crowd = pulse([TODAY], TODAY), pulse([TODAY] * 12, TODAY)
    assert heat(alone, votes=2_097) < heat(crowd)
    assert heat(alone, votes=2_097) > heat(alone)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=40), st.integers(0, 400))
@settings(deadline=None, max_examples=60)
def test_one_voice_more_never_cools_a_topic_that_stands_as_it_stood(ages: list[int], age: int) -> None:
    days = [TODAY - timedelta(days=one) for one in ages]
    before = heat(pulse(days, TODAY))
    assert heat(pulse([*days, TODAY], TODAY)) > before * 0.89
    assert heat(pulse([*days, *days], TODAY)) >= before
    assert heat(pulse([TODAY - timedelta(days=age)], TODAY)) > 0


def test_who_wrote_before_the_window_counts_no_more() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    members = [Member(str(number), "", at - timedelta(days=60 * number), "题", f"p{number}") for number in range(3)]
    topic = recounted(new_topic("t", members[0], None, None), members, Thresholds())
    assert seen(topic, (), at, Thresholds(window=90)).pulse.people == 2
    assert seen(topic, (), at, Thresholds(window=365)).pulse.people == 3


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-11-02 10:18:00", date(2019, 11, 2)),
        ("2019/1/2 9:00", date(2019, 1, 2)),
        ("2019年3月4日", date(2019, 3, 4)),
        ("20190304", date(2019, 3, 4)),
        ("43600.5", date(2019, 5, 15)),
        ("2019-02-30", None),
        ("", None),
        ("昨天", None),
    ],
)
def test_a_day_is_read_however_it_is_written(text: str, day: date | None) -> None:
    assert day_of(text) == day


def test_a_file_is_evaluated_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    file = tmp_path / "letters.csv"
    rows = [
        f"{one.id},{one.person},{one.title},{one.text},{'m' if one.id < 'x' else ''}"
        for one in among_others(letter(1), letter(2), letter(3))
    ]
    file.write_text("id,user,title,body,problem\n" + "\n".join(rows), encoding="utf-8-sig")
    result = evaluate(file)
    assert result["best_match_f1"] == {"m": 1.0}
    assert result["best_match_f1_mean"] == 1.0
    file.write_text("id,body\n1,x", encoding="utf-8")
    with pytest.raises(UnfitFile, match="title"):
        evaluate(file)
    assert best_match_f1({"a": frozenset({"1", "2"})}, [("1", "2", "3"), ("9",)]) == {"a": 0.8}


def test_real_letters_give_the_largest_matter_first(letters: Path, tmp_path: Path) -> None:
    lines = (letters / "topics_dev.csv").read_text(encoding="utf-8-sig")
    file = tmp_path / "slice.csv"
    rows = list(csv.DictReader(io.StringIO(lines)))
    chosen = [row for row in rows if row["problem"]] + [row for row in rows if not row["problem"]][::8]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(chosen)
    result = evaluate(file)
    mean, found = result["best_match_f1_mean"], result["topics"]
    assert isinstance(mean, float)
    assert mean >= 0.85
    assert isinstance(found, list)
    largest = {row["id"] for row in chosen if row["problem"] == "lifa_mixer"}
    first = set(found[0]["ids"])
    assert len(first & largest) >= 0.8 * len(largest)
    assert len(first & largest) >= 0.9 * len(first)
