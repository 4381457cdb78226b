"""A topic as the desk keeps it: who counts, what it is called, when leaders are told, and what can be taken back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.heat import heat, pulse
from chalicelib.domain.hot_topics import (
    BUDDING_AGAIN_DAYS,
    MOST_NAMES,
    Act,
    Alarm,
    Hand,
    Hot,
    Member,
    Thresholds,
    alarm_of,
    new_topic,
    recounted,
    seen,
    undoable,
    with_letter,
)

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
RULES = Thresholds()


def letter(number: int, days: float = 0, person: str | None = None, signers: int = 0) -> Member:
    """The letter of somebody, so many days after Monday."""
    who = f"p{number}" if person is None else person
    return Member(f"{number:012}", f"c{number}", MORNING + timedelta(days=days), f"搅拌站扰民之{number}", who, signers)


def topic(*letters: Member, names: tuple[str, ...] = ()) -> Hot:
    """The topic of these letters."""
    found = new_topic("t", letters[0], None, None)
    for one in letters:
        found = with_letter(found, one, names, RULES)
    return found


def alarms(*letters: Member) -> list[Alarm]:
    """Of what leaders are told while the letters come in, one after another."""
    found, told = new_topic("t", letters[0], None, None), []
    for one in letters:
        found = with_letter(found, one, (), RULES)
        alarm, found = alarm_of(found, seen(found, (), one.at, RULES), one.at, RULES)
        told += [alarm] if alarm else []
    return told


def test_who_writes_often_is_one_voice_who_signed_is_one_and_the_unknown_are_one_together() -> None:
    assert set(topic(letter(1), letter(2, person="p1"), letter(3, person=""), letter(4, person="")).voices) == {
        "p1",
        "-",
    }
    assert len(topic(letter(1, signers=20)).voices) == 20
    assert topic(letter(1), letter(2, person="p1")).letters == 2


def test_who_wrote_again_after_a_whole_window_speaks_anew() -> None:
    first = date(2026, 3, 2)
    for days, day in ((RULES.window - 1, first), (RULES.window, first + timedelta(days=RULES.window))):
        assert topic(letter(1), letter(2, days, "p1")).voices == {"p1": day}


def test_letters_that_come_in_any_order_count_the_earliest_day_of_each() -> None:
    late, early = letter(1, 5), letter(2, 1, "p1")
    found = topic(late, early)
    assert found.voices == {"p1": date(2026, 3, 3)}
    assert (found.first_at, found.last_at) == (early.at, late.at)


def test_a_place_is_named_by_a_third_of_the_letters_or_by_none() -> None:
    three = [letter(number) for number in range(3)]
    assert topic(*three[:1], names=("a7县",)).place == "A7县"
    some = with_letter(topic(*three[:2]), three[2], ("滨河路",), RULES)
    assert some.place == "滨河路"
    assert with_letter(some, letter(9), (), RULES).place == ""
    crowded = topic(letter(1), names=tuple(f"路{number}" for number in range(MOST_NAMES + 5)))
    assert len(crowded.named) == MOST_NAMES


def test_without_a_letter_that_gave_it_its_title_a_topic_takes_another_s() -> None:
    first, second = letter(1), letter(2)
    both = topic(first, second)
    assert both.called == first.title
    assert recounted(both, [first, second], RULES).title == first.title
    assert recounted(both, [second], RULES).title == second.title
    assert replace(both, name="搅拌站").called == "搅拌站"
    assert recounted(both, [], RULES).letters == 0


def test_leaders_are_told_at_the_threshold_and_at_each_doubling() -> None:
    slowly = [letter(number, number * 2) for number in range(RULES.people * 4)]
    assert alarms(*slowly[: RULES.people - 1]) == []
    assert alarms(*slowly[: RULES.people]) == [Alarm.HOT]
    assert alarms(*slowly[: RULES.people * 2 - 1]) == [Alarm.HOT]
    assert alarms(*slowly) == [Alarm.HOT] * 3


def test_what_buds_is_told_of_once_a_fortnight_and_not_beside_the_other() -> None:
    rush = [letter(number) for number in range(RULES.budding_people)]
    assert alarms(*rush[:-1]) == []
    assert alarms(*rush, letter(7), letter(8)) == [Alarm.BUDDING]
    again = [letter(20 + number, BUDDING_AGAIN_DAYS) for number in range(3)]
    assert alarms(*rush, *again) == [Alarm.BUDDING] * 2
    assert alarms(*(letter(number) for number in range(RULES.people))) == [Alarm.BUDDING, Alarm.HOT]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 200)), min_size=1, max_size=30))
def test_what_was_counted_letter_by_letter_is_what_counting_anew_gives(said: list[tuple[int, int]]) -> None:
    said.sort(key=lambda one: one[1])
    members = [letter(number, days, f"p{who}") for number, (who, days) in enumerate(said)]
    found = topic(*members)
    anew = recounted(found, members, RULES)
    assert (anew.voices, anew.days, anew.letters) == (found.voices, found.days, found.letters)
    at = members[-1].at
    now = seen(found, (), at, RULES)
    assert now.pulse.people <= len(found.voices)
    assert sum(number for _, number in now.series) == now.letters <= found.letters
    assert seen(found, (found,), at, RULES).pulse == now.pulse, "nobody counts twice for a part"


def test_nobody_is_no_heat_and_votes_weigh_little() -> None:
    today = date(2026, 3, 2)
    assert heat(pulse([], today), 10**6) == 0
    one, two = pulse([today], today), pulse([today, today], today)
    assert heat(one) < heat(one, 5) < heat(one, 10**6) < heat(two, 10**9)


def act(number: int, what: Hand, other: str = "", undone: str = "") -> Act:
    """A step by hand."""
    return Act(number, what, MORNING, "clerk", "何静", other, undone_by=undone)


@pytest.mark.parametrize(
    ("one", "possible"),
    [
        (act(1, Hand.RENAMED), False),
        (act(2, Hand.RENAMED), True),
        (act(3, Hand.RENAMED, undone="何静"), False),
        (act(4, Hand.MERGED, "part"), True),
        (act(5, Hand.MERGED, "gone"), False),
        (act(6, Hand.SPLIT, "other"), True),
        (act(7, Hand.SPLIT, "again"), False),
    ],
)
def test_a_step_is_taken_back_while_it_is_the_last_word(one: Act, possible: bool) -> None:
    names = (act(1, Hand.RENAMED), act(2, Hand.RENAMED), act(3, Hand.RENAMED, undone="何静"))
    found = replace(topic(letter(1)), parts=("part",), apart=("other",), history=names)
    assert undoable(found, one) is possible
