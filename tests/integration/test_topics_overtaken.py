"""热点 put right by hand against what is so no more, and by letters that meet each other."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.desk import topic_finding, topic_tending, topics, topics_by_hand
from chalicelib.desk.topics import Filters
from chalicelib.domain.errors import Changed, Invalid
from chalicelib.domain.hot_topics import LONGEST_NAME, MOST_MOVED, MOST_PARTS, Hand, Hot, Member, Thresholds
from chalicelib.storage import topics as store
from chalicelib.storage.submissions import load_submission
from chalicelib.storage.table import DeskItem
from tests.integration.desk import Desk
from tests.integration.test_topics import BUS, CLERK, MIXER, SAID, crowd, found, only, other, written
from tests.integration.watching import everything, outbox, overtaken


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    topic_finding.forget_commons()


def standing(desk: Desk) -> list[Hot]:
    """The topics there are, the largest first."""
    return sorted(store.ranked(desk.now - timedelta(days=90), 10), key=lambda one: -one.letters)


def two_topics(desk: Desk) -> tuple[Hot, Hot]:
    """One of three letters about the mixer, one of two about the bus."""
    crowd(desk, 3)
    for number in range(2):
        other(desk, title=f"{BUS['title']}{'啊' * number}", text=f"{BUS['text']}{'真的' * (number + 3)}")
    mixer, bus = standing(desk)
    return mixer, bus


def nothing_by_which_it_is_found(desk: Desk) -> None:
    """The postings are gone: what comes now stands alone, whatever it is like."""
    for key in [key for key in everything() if key.startswith("topic-gram#")]:
        DeskItem(key.split(" ")[0], "posting").delete()


@pytest.mark.parametrize(
    ("name", "code"), [("", "topic.name_needed"), (" \n ", "topic.name_needed"), ("站" * 61, "field.too_long")]
)
def test_a_topic_gets_no_name_that_says_nothing_or_too_much(desk: Desk, name: str, code: str) -> None:
    topic = crowd(desk, 2)
    with pytest.raises(Invalid) as refused:
        topics_by_hand.rename(topic.id, topic.version, name, CLERK, desk.now)
    assert [(one.field, one.code) for one in refused.value.errors] == [("name", code)]
    assert only(desk) == topic
    topics_by_hand.rename(topic.id, topic.version, f" {'站' * LONGEST_NAME} ", CLERK, desk.now)
    assert only(desk).called == "站" * LONGEST_NAME


def test_a_topic_is_put_together_of_so_many_and_no_more(desk: Desk) -> None:
    mixer, bus = two_topics(desk)
    full = replace(mixer, parts=tuple(f"{number:016}" for number in range(MOST_PARTS)))
    store.topic_item(full).save()
    with pytest.raises(Invalid) as refused:
        topics_by_hand.merge(mixer.id, mixer.version, bus.id, CLERK, desk.now)
    assert [(one.field, one.code) for one in refused.value.errors] == [("other", "topic.too_many_parts")]
    assert standing(desk) == [full, bus]


def test_too_many_letters_and_too_long_a_name_split_nothing_off(desk: Desk) -> None:
    topic = crowd(desk, 2)
    more = [Member(f"{number:012}", f"{number:012}", desk.now, "搅拌站") for number in range(MOST_MOVED + 1)]
    for member in more:
        store.member_item(topic.id, member).save()
    receipts = [member.receipt for member in more]
    with pytest.raises(Invalid) as refused:
        topics_by_hand.split(topic.id, topic.version, receipts, "站" * (LONGEST_NAME + 1), CLERK, desk.now)
    assert [(one.field, one.code) for one in refused.value.errors] == [
        ("letters", "topic.too_many_letters"),
        ("name", "field.too_long"),
    ]
    assert only(desk) == topic


def test_what_was_split_off_and_is_part_of_another_by_now_is_not_brought_back(desk: Desk) -> None:
    mixer, bus = two_topics(desk)
    receipts = [one.number for one in desk.receipts[:1]]
    new = topics_by_hand.split(mixer.id, mixer.version, receipts, "另一处搅拌站", CLERK, desk.now)
    topics_by_hand.merge(bus.id, bus.version, new, CLERK, desk.now)
    now = store.load_topics([mixer.id])[mixer.id]
    with pytest.raises(Changed):
        topics_by_hand.undo(mixer.id, now.version, 1, CLERK, desk.now)
    assert store.load_topics([mixer.id])[mixer.id] == now
    assert topics.story(CLERK, new, desk.now).seen.topic.id == bus.id


def test_a_letter_that_is_taken_back_while_others_write_leaves_at_the_next_try(desk: Desk) -> None:
    crowd(desk, 3)
    receipt = desk.receipts[0].number
    with overtaken(times=100), pytest.raises(Changed):
        topics_by_hand.forget(receipt, load_submission(receipt).filed_at, desk.now)
    assert only(desk).letters == 3
    with overtaken(times=1):
        topics_by_hand.forget(receipt, load_submission(receipt).filed_at, desk.now)
    assert only(desk).letters == 2


def test_a_letter_that_others_beat_to_its_topic_time_after_time_comes_again(desk: Desk) -> None:
    crowd(desk, 2)
    case_id = desk.routed(title=f"{MIXER}好", text=f"{SAID[2]}我家在第九排。", area="990102").case_id
    with overtaken(times=100), pytest.raises(Changed):
        found(desk, case_id)
    assert only(desk).letters == 2
    assert [one for one in outbox() if one.startswith(f"routing.{case_id}")]
    with overtaken(times=1):
        found(desk, case_id)
    assert only(desk).letters == 3
    assert not [one for one in outbox() if one.startswith(f"routing.{case_id}")]


def test_topics_that_have_become_one_matter_are_put_together_at_night(desk: Desk) -> None:
    crowd(desk, 3)
    nothing_by_which_it_is_found(desk)
    for number in (3, 4):
        written(desk, number)
    mixer, again = standing(desk)
    assert (mixer.letters, again.letters) == (3, 2)
    with overtaken(times=1):
        left_for_tomorrow = topic_tending.tend(desk.now)
    assert (left_for_tomorrow.merged, left_for_tomorrow.joined, len(standing(desk))) == (0, 0, 2)
    time = iter([True] * (Thresholds().window + 1))  # for each day of the window, and once more
    assert topic_tending.tend(desk.now, lambda: next(time, False)).left, "the day's time is over before any is moved"
    assert len(standing(desk)) == 2
    assert topic_tending.tend(desk.now).merged == 1
    (whole,) = topics.room(desk.now, Filters()).topics
    assert (whole.topic.id, whole.letters) == (mixer.id, 5)
    assert [(act.what, act.login) for act in whole.topic.history] == [(Hand.MERGED, "")]


def test_letters_that_stood_alone_become_a_topic_of_their_own_at_night(desk: Desk) -> None:
    for number in (0, 1, 2):
        written(desk, number)
        nothing_by_which_it_is_found(desk)
        desk.later(hours=1)
    assert standing(desk) == []
    assert topic_tending.tend(desk.now).joined == 3
    assert only(desk).letters == 3
    assert {one.topic for one in store.sketches_of(desk.now.date())} == {only(desk).id}
