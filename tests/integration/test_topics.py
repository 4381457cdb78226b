"""热点问题 on a desk at work: letters find their topic, leaders are told once, people put it right by hand."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from chalicelib.desk import routing, topic_finding, topic_tending, topics, topics_by_hand, tracking
from chalicelib.desk.topics import Filters
from chalicelib.domain.errors import Changed, Invalid, NotAllowed
from chalicelib.domain.hot_topics import Hot, Thresholds
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role
from chalicelib.storage import cases, notices
from chalicelib.storage import topics as store
from chalicelib.storage.outbox import waits
from chalicelib.storage.submissions import load_submission
from chalicelib.storage.table import DeskItem
from tests.integration.desk import Desk
from tests.integration.test_console import PEOPLE, visitor
from tests.integration.watching import everything, outbox, watched

MIXER = "幸福里小区旁搅拌站噪音粉尘扰民"
SAID = (
    "幸福里小区东侧的混凝土搅拌站昼夜施工，噪音很大，粉尘满天，我们不敢开窗，请环保部门查处。",
    "幸福里小区旁边建了混凝土搅拌站，夜里机器轰鸣，粉尘飘进家里，孩子睡不着，请求查处搅拌站。",
    "我住幸福里小区，东侧搅拌站的噪音和粉尘让人没法生活，混凝土车昼夜不停，请环保部门来看看。",
    "幸福里小区的居民深受搅拌站之害，混凝土搅拌站昼夜施工，粉尘噪音扰民，请尽快查处。",
)
BUS = {"title": "十七路公交车末班太早", "text": "十七路公交车晚上七点就收车，加班的人回不了家，希望延长运营时间。"}
CLERK, LEADER, SUPERVISOR = PEOPLE[Role.CLERK], PEOPLE[Role.LEADER], PEOPLE[Role.SUPERVISOR]


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    topic_finding.forget_commons()


def written(desk: Desk, number: int, **changes: object) -> str:
    """One letter about the mixer, its topic found; gives its receipt. Its words are its own: it is not joined."""
    text = (
        f"{SAID[number % 4]}我家在第{number + 1}排。{'关于' * (number % 3)}这件事{chr(0x4E00 + 37 * number)}已经很久。"
    )
    case = desk.routed(**{"title": f"{MIXER}{chr(0x5E00 + 53 * number)}", "text": text, "area": "990102", **changes})
    found(desk, case.case_id)
    return desk.receipts[-1].number


def found(desk: Desk, case_id: str) -> None:
    """The letter by which a case began looks for its topic."""
    for event in cases.record_of(case_id):
        if event.kind in ("Registered", "Joined"):
            routing.route(Message(Topic.ROUTING, case_id, event.number), desk.now)


def other(desk: Desk, **changes: object) -> str:
    """One letter about something else; gives its case."""
    case_id = desk.routed(**{"area": "990102", **changes}).case_id
    found(desk, case_id)
    return case_id


def crowd(desk: Desk, people: int, **changes: object) -> Hot:
    """A topic of so many people."""
    for number in range(people):
        written(desk, number, **changes)
        desk.later(hours=9)
    return only(desk)


def only(desk: Desk) -> Hot:
    """The one topic there is."""
    standing = store.ranked(desk.now - timedelta(days=90), 10)
    assert len(standing) == 1, [topic.title for topic in standing]
    return standing[0]


def told(staff: Staff = LEADER) -> list[str]:
    """What stands in a leader's inbox of topics."""
    return [entry.kind for entry in notices.inbox(f"leader#{staff.login}") if entry.kind.startswith("Topic")]


def test_letters_of_several_people_about_one_matter_become_one_topic(desk: Desk) -> None:
    other(desk, **BUS)
    topic = crowd(desk, 3)
    assert (topic.letters, len(topic.voices)) == (3, 3)
    assert "搅拌站" in topic.title
    assert topic.place == "幸福里小区" or "福里" in topic.place
    seen = topics.room(desk.now, Filters()).topics
    assert [(one.pulse.people, one.letters) for one in seen] == [(3, 3)]


def test_the_same_words_about_another_place_are_another_matter(desk: Desk) -> None:
    crowd(desk, 3)
    for number in range(2):
        text = SAID[number].replace("幸福里小区", "槐树湾小区")
        other(desk, title=MIXER.replace("幸福里小区", "槐树湾小区"), text=text)
    standing = store.ranked(desk.now - timedelta(days=90), 10)
    assert sorted(topic.letters for topic in standing) == [2, 3]


def test_one_person_writing_again_and_again_is_one_voice_and_no_topic_is_shown(desk: Desk) -> None:
    for number in range(3):
        written(desk, number, phone="19900000001")
        desk.later(days=2)
    assert topics.room(desk.now, Filters()).topics == ()
    assert len(only(desk).voices) == 1


def test_a_letter_delivered_twice_is_counted_once(desk: Desk) -> None:
    crowd(desk, 3)
    before = everything()
    for receipt in desk.receipts:
        found(desk, load_submission(receipt.number).case_id)
    assert everything() == before
    assert not {one for one in outbox() if one.startswith("routing")}


def test_a_joined_letter_counts_in_the_topic_too(desk: Desk) -> None:
    crowd(desk, 2)
    again = other(desk, title=f"{MIXER}{chr(0x5E00)}", text=f"{SAID[0]}我家在第1排。这件事{chr(0x4E00)}已经很久。")
    assert cases.load(again).joined_to is not None
    assert only(desk).letters == 3


def test_neither_accusations_nor_test_letters_are_compared(desk: Desk) -> None:
    for number in range(3):
        written(desk, number, kind="accusation", mailbox="discipline")
    assert not [key for key in everything() if key.startswith(("sketches#", "topic"))]


def test_adding_a_letter_reads_as_much_with_many_letters_stored_as_with_few(desk: Desk) -> None:
    def reads_of_one(number: int) -> list[str]:
        receipt = desk.filed(title=f"{MIXER}{chr(0x5E00 + 53 * number)}", text=SAID[number % 4] + f"第{number}户。")
        case_id = load_submission(receipt.number).case_id
        routing.route(Message(Topic.ROUTING, case_id, 1), desk.now)
        event = next(one for one in cases.record_of(case_id) if one.kind in ("Registered", "Joined"))
        with watched() as calls:
            routing.route(Message(Topic.ROUTING, case_id, event.number), desk.now)
        return [call for call in calls if "Get" in call or "Query" in call]

    crowd(desk, 4)
    few = reads_of_one(20)
    for number in range(40):
        stored = store.Sketch(f"{number:012}", "x", desk.now, "", person=str(number))
        store.sketch_item(stored).save()
    for gram in range(300):
        store.posting_items([gram], "2026-03-02/000000000001", desk.now, {})[0].save()
    many = reads_of_one(21)
    assert len(few) == len(many) <= 14


def test_leaders_are_told_once_at_the_threshold_and_again_at_twice_as_many(desk: Desk) -> None:
    visitor(Role.LEADER)
    topics_by_hand.set_thresholds(Thresholds(people=2, budding_people=90), LEADER, desk.now)
    counted = []
    for number in range(5):
        written(desk, number)
        counted.append(len(told()))
        desk.later(days=1)
    assert counted == [0, 1, 1, 2, 2]
    assert set(told()) == {"TopicHot"}


def test_a_budding_topic_is_told_of_once(desk: Desk) -> None:
    visitor(Role.LEADER)
    for number in range(4):
        written(desk, number)
        desk.later(hours=1)
    assert told() == ["TopicBudding"]
    entry = notices.inbox(f"leader#{LEADER.login}")[0]
    assert entry.link == f"/console/topics/{only(desk).id}"
    assert "苗头" in visitor(Role.LEADER).get("/console/inbox").page


def test_two_topics_are_merged_by_hand_and_taken_apart_again(desk: Desk) -> None:
    crowd(desk, 3)
    for number in range(2):
        other(desk, title=f"{BUS['title']}{'啊' * number}", text=f"{BUS['text']}{'真的' * (number + 3)}")
    mixer, bus = sorted(store.ranked(desk.now - timedelta(days=90), 10), key=lambda one: -one.letters)
    topics_by_hand.merge(mixer.id, mixer.version, bus.id, CLERK, desk.now)
    (whole,) = topics.room(desk.now, Filters()).topics
    assert (whole.pulse.people, whole.letters) == (5, 5)
    assert topics.story(CLERK, bus.id, desk.now).seen.topic.id == mixer.id
    written(desk, 9)
    assert topics.story(CLERK, mixer.id, desk.now).seen.letters == 6
    now = store.load_topics([mixer.id])[mixer.id]
    with pytest.raises(Changed):
        topics_by_hand.undo(mixer.id, mixer.version, 1, CLERK, desk.now)
    topics_by_hand.undo(mixer.id, now.version, 1, SUPERVISOR, desk.now)
    assert sorted(one.letters for one in topics.room(desk.now, Filters()).topics) == [2, 4]
    assert store.load_topics([mixer.id])[mixer.id].history[0].undone_by == "严督"


def test_letters_split_off_stay_apart_even_from_the_nightly_run(desk: Desk) -> None:
    topic = crowd(desk, 4)
    receipts = [one.number for one in desk.receipts[:2]]
    new = topics_by_hand.split(topic.id, topic.version, receipts, "另一处搅拌站", CLERK, desk.now)
    topic_tending.tend(desk.now)
    assert sorted(one.letters for one in topics.room(desk.now, Filters()).topics) == [2, 2]
    assert store.load_topics([new])[new].called == "另一处搅拌站"
    now = store.load_topics([topic.id])[topic.id]
    topics_by_hand.undo(topic.id, now.version, 1, CLERK, desk.now)
    assert topics.story(CLERK, new, desk.now).seen.letters == 4


def test_a_name_given_by_hand_stays_and_can_be_taken_back(desk: Desk) -> None:
    topic = crowd(desk, 2)
    topics_by_hand.rename(topic.id, topic.version, "幸福里搅拌站", CLERK, desk.now)
    written(desk, 5)
    assert only(desk).called == "幸福里搅拌站"
    topics_by_hand.undo(topic.id, only(desk).version, 1, CLERK, desk.now)
    assert "搅拌站" in only(desk).called != "幸福里搅拌站"


def test_the_nightly_run_puts_together_what_was_left_alone_and_twice_is_once(desk: Desk) -> None:
    crowd(desk, 2)
    for key in [key for key in everything() if key.startswith("topic-gram#")]:
        DeskItem(key.split(" ")[0], "posting").delete()
    written(desk, 12)
    assert only(desk).letters == 2
    assert topic_tending.tend(desk.now).joined == 1
    assert only(desk).letters == 3
    again = topic_tending.tend(desk.now)
    assert (again.joined, again.merged) == (0, 0)
    assert topic_tending.tend(desk.now, lambda: False).left


def test_an_erased_letter_leaves_its_topic(desk: Desk, not_far_back: None) -> None:
    crowd(desk, 3)
    receipt = desk.receipts[0].number
    topics_by_hand.forget(receipt, load_submission(receipt).filed_at, desk.now)
    topics_by_hand.forget(receipt, load_submission(receipt).filed_at, desk.now)
    assert only(desk).letters == 2
    assert not [key for key in everything() if key.endswith((f" {receipt}", f"letter#{receipt}"))]


def test_a_letter_that_its_writer_takes_back_leaves_its_topic_once(desk: Desk, not_far_back: None) -> None:
    crowd(desk, 3)
    receipt = desk.receipts[0].number
    tracking.withdraw(receipt, {"reason": "已经解决了"}, desk.now)
    case_id = load_submission(receipt).case_id
    [told] = [event for event in cases.record_of(case_id) if event.kind == "Withdrawn"]
    message = Message(Topic.ROUTING, case_id, told.number)
    assert waits(message)
    for _ in range(2):
        routing.route(message, desk.now)
    assert only(desk).letters == 2
    assert not waits(message)
    assert not [key for key in everything() if key.endswith((f" {receipt}", f"letter#{receipt}"))]


ROLES = (Role.CLERK, Role.SUPERVISOR, Role.LEADER, Role.HANDLER, Role.HEAD, Role.ADMINISTRATOR, Role.LAY_SUPERVISOR)


@pytest.mark.parametrize("role", ROLES)
def test_who_may_see_the_room_and_who_may_put_it_right(desk: Desk, role: Role) -> None:
    desk.now = datetime.now(UTC) - timedelta(days=1)
    person = visitor(role)
    if role not in (Role.CLERK, Role.SUPERVISOR, Role.LEADER):
        assert person.get("/console/topics").status == 403
        assert person.get("/console/topics/0123456789abcdef").status == 403
        return
    topic = crowd(desk, 2, name="钱多多", text=f"{SAID[0]}我叫钱多多，电话13800001111。")
    person.get("/console/topics")
    assert person.status == 200
    assert "搅拌站" in person.page
    assert "2人" in person.page
    page = person.get(f"/console/topics/{topic.id}").page
    assert ("分出去" in page) is (role is not Role.LEADER)
    assert "13800001111" not in page
    assert "钱多多" not in page
    person.get("/console/topics")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page + person.page)
    answer = person.post(
        f"/console/topics/{topic.id}/name",
        csrf=csrf[1] if csrf else "",
        version=str(only(desk).version),
        name="搅拌站",
    )
    assert answer.status == (403 if role is Role.LEADER else 303)


def test_a_name_in_the_title_is_masked(desk: Desk) -> None:
    desk.now = datetime.now(UTC) - timedelta(days=1)
    crowd(desk, 2, name="钱多多", title="钱多多反映幸福里小区旁搅拌站噪音粉尘扰民")
    page = visitor(Role.LEADER).get("/console/topics").page
    assert "搅拌站" in page
    assert "钱多多" not in page


HOSTILE = ("", "x" * 5_000, "<script>alert(1)</script>", "\u202e\u0000\ud7ff", "../../..", "%00", "１２", "-1")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_forms_are_refused_in_words(desk: Desk, text: str) -> None:
    desk.now = datetime.now(UTC) - timedelta(days=1)
    topic = crowd(desk, 2)
    person = visitor(Role.SUPERVISOR)
    hidden = person.get(f"/console/topics/{topic.id}").hidden()
    path = f"/console/topics/{topic.id}"
    fields = {"csrf": hidden["csrf"], "version": hidden["version"]}
    statuses = [
        person.post(f"{path}/merger", **fields, other=text).status,
        person.post(f"{path}/split", **fields, **{f"letter-{text}": "yes"}).status,
        person.post(f"{path}/undoing", **fields, number=text).status,
        person.post("/console/topics/settings", **fields, people=text, window=text).status,
        person.get(f"/console/topics?area={quote(text[:9])}&days=-4&category=%22").status,
    ]
    assert all(status in (200, 400, 404, 409) for status in statuses), statuses
    assert "<script>" not in person.page


def test_hostile_letters_find_a_topic_or_none(desk: Desk) -> None:
    desk.now = datetime.now(UTC) - timedelta(hours=9)
    for text in ("啊", "!" * 40, "A" * 3_000, "\u202e倒过来" * 30, "🙂" * 300, "<b>路</b>" * 100):
        other(desk, title=text[:30], text=text)
        desk.later(hours=1)
    assert visitor(Role.CLERK).get("/console/topics").status == 200
    assert topic_tending.tend(desk.now).counted == len(desk.receipts)


def test_thresholds_are_set_within_reason_by_those_who_answer_for_them(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        topics_by_hand.set_thresholds(Thresholds(people=5), CLERK, desk.now)
    with pytest.raises(Invalid):
        topics_by_hand.set_thresholds(Thresholds(people=1), SUPERVISOR, desk.now)
    topics_by_hand.set_thresholds(Thresholds(people=5), SUPERVISOR, desk.now)
    with pytest.raises(Changed):
        topics_by_hand.set_thresholds(Thresholds(people=6), SUPERVISOR, desk.now)
    assert store.thresholds().people == 5


def test_an_empty_desk_says_what_will_stand_here(city: object) -> None:
    assert "目前没有热点" in visitor(Role.LEADER).get("/console/topics").page
