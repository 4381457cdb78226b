"""Two cases of one matter, noticed late: joined, told to whom it concerns, split again; and what the clerk is shown."""

import pytest

from chalicelib.desk import handling, kinship, notifying, tracking
from chalicelib.domain.case import Case
from chalicelib.domain.errors import RuleBroken
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Topic
from chalicelib.domain.words import Action, Kind, State
from chalicelib.entrypoints.views import status_view
from chalicelib.storage import cases, notices
from chalicelib.storage.submissions import load_submission
from tests.integration.desk import Desk
from tests.integration.test_races import sound
from tests.integration.visitor import Visitor
from tests.integration.watching import sent, watched

HERS = "13800008001"
BRIDGE = {
    "title": "东门桥栏杆断了",
    "text": "东门桥北侧的栏杆断了一截，只拉了一根绳子，孩子放学都从那里过，天黑了根本看不见，请赶快修好。",
}
ALIKE = {
    "title": "东门桥栏杆断了很危险",
    "text": "东门桥北侧的栏杆断了一截，只拉了一根绳子，孩子放学都从那里过，天黑了根本看不见，半个月没有人管，请抓紧。",
}


def two_cases(desk: Desk) -> tuple[Case, Case]:
    """The earlier and the later case of one matter, which two units have."""
    first = desk.dispatched(**BRIDGE)
    second = desk.later(days=1).dispatched(**ALIKE)
    assert first.case_id != second.case_id
    assert sound(first.case_id)
    return first, second


def entries(case: Case, role: str = "handlers") -> set[tuple[str, str]]:
    """The inbox of a case's unit."""
    return {(entry.kind, entry.case_id) for entry in notices.inbox(f"{role}#{case.unit}")}


def told(desk: Desk) -> None:
    """The queue of notices is worked off, each message twice."""
    for message in (*sent(Topic.NOTICES), *sent(Topic.NOTICES)):
        notifying.notify(message, desk.now)


def test_a_case_that_a_unit_has_is_joined_and_everybody_is_told(desk: Desk) -> None:
    first, second = two_cases(desk)
    told(desk)
    handling.join(second.case_id, second.version, desk.clerk, desk.now, first.case_id)
    told(desk)
    for role in ("handlers", "heads"):
        assert ("Joined", second.case_id) in entries(second, role)
        assert ("VoiceAdded", first.case_id) in entries(first, role)
    subjects = {one.subject.partition("（")[0] for one in notices.of_case(second.case_id)}
    assert "来信已并案办理" in subjects
    for case_id in (first.case_id, second.case_id):
        assert sound(case_id)


def test_each_joined_citizen_keeps_receipt_notices_reply_and_rating(desk: Desk) -> None:
    first, second = two_cases(desk)
    handling.join(second.case_id, second.version, desk.clerk, desk.now, first.case_id)
    case = cases.load(first.case_id)
    desk.answered(case)
    told(desk)
    one, other = desk.receipts
    desk.rated(one, "satisfied")
    views = [status_view(tracking.track(receipt.number, desk.now), desk.city, "zh") for receipt in (one, other)]
    assert [view.receipt for view in views] == [one.number, other.number]
    assert [view.title for view in views] == [BRIDGE["title"], ALIKE["title"]]
    assert [len(view.replies) for view in views] == [1, 1]
    assert [view.rating is not None for view in views] == [True, False]
    assert [Action.RATE in view.may for view in views] == [False, True]
    recipients = {one.recipient for one in notices.of_day(desk.now) if one.subject.startswith("来信已答复")}
    assert recipients == {one.number, other.number}


def test_split_again_it_is_back_at_the_register_and_can_be_joined_once_more(desk: Desk) -> None:
    first, second = two_cases(desk)
    receipt = desk.receipts[1].number
    handling.join(second.case_id, second.version, desk.clerk, desk.now, first.case_id)
    into = cases.load(first.case_id)
    handling.split(into.case_id, into.version, desk.clerk, desk.now, receipt, "是另一座桥。")
    back = cases.load(second.case_id)
    assert (back.state, back.unit, back.receipts) == (State.REGISTERED, None, (receipt,))
    assert cases.load(first.case_id).receipts == (desk.receipts[0].number,)
    told(desk)
    handling.join(back.case_id, back.version, desk.clerk, desk.now, first.case_id)
    assert tracking.track(receipt, desk.now).case.case_id == first.case_id
    for case_id in (first.case_id, second.case_id):
        assert sound(case_id)


def test_who_came_with_a_joined_case_leaves_with_it(desk: Desk) -> None:
    first, second = two_cases(desk)
    third = desk.later(hours=1).registered()
    third_receipt = desk.receipts[2].number
    handling.join(third.case_id, third.version, desk.clerk, desk.now, second.case_id)
    second = cases.load(second.case_id)
    handling.join(second.case_id, second.version, desk.clerk, desk.now, first.case_id)
    into = cases.load(first.case_id)
    handling.split(into.case_id, into.version, desk.clerk, desk.now, third_receipt, "是另一座桥。")
    assert tracking.track(third_receipt, desk.now).case.case_id == second.case_id
    assert cases.load(first.case_id).receipts == (desk.receipts[0].number,)


def test_nobody_is_made_to_wait_longer_by_joining(desk: Desk) -> None:
    first, second = two_cases(desk)
    with pytest.raises(RuleBroken) as refused:
        handling.join(first.case_id, first.version, desk.clerk, desk.now, second.case_id)
    assert refused.value.code == "join.later"


def test_the_clerk_is_shown_what_may_be_the_same_from_either_side(desk: Desk) -> None:
    first, second = two_cases(desk)
    for case, other, receipt in ((second, first, desk.receipts[1]), (first, second, desk.receipts[0])):
        [found] = kinship.likely(case, load_submission(receipt.number), desk.clerk.actor, desk.now)
        assert found.case.case_id == other.case_id
        assert 0.4 <= found.similarity < 0.85
        assert (found.ending, found.into) == (second, first), "the later joins the earlier, whichever is looked at"


def test_what_is_shown_costs_five_reads_and_no_scan(desk: Desk) -> None:
    _, second = two_cases(desk)
    submission = load_submission(desk.receipts[1].number)
    with watched() as calls:
        assert kinship.likely(second, submission, desk.clerk.actor, desk.now)
    assert sorted(calls) == ["BatchGetItem"] * 4 + ["Query"]


def test_no_more_than_five_are_shown_the_likest_first(desk: Desk) -> None:
    for number in range(7):
        words = f"{'很' * number}急{'请你们来看一看' * number}。"
        case = desk.later(minutes=1).routed(
            title=BRIDGE["title"] + words, text=BRIDGE["text"] + words, phone="13800008001"
        )
        case = case if case.joined_to is None else _apart(desk, case)
    found = kinship.likely(case, load_submission(desk.receipts[-1].number), desk.clerk.actor, desk.now)
    assert len(found) == 5
    assert [one.similarity for one in found] == sorted((one.similarity for one in found), reverse=True)
    assert all(one.one_person for one in found)


def _apart(desk: Desk, joined: Case) -> Case:
    """Split off what the rules had joined."""
    into = cases.load(joined.joined_to or "")
    handling.split(into.case_id, into.version, desk.clerk, desk.now, joined.receipts[0], "不是一件事。")
    return cases.load(joined.case_id)


def test_a_sealed_case_is_shown_beside_no_other(desk: Desk) -> None:
    box = desk.mailbox_for(Kind.ACCUSATION)
    desk.routed(kind="accusation", mailbox=box, phone="13800008002", **BRIDGE)
    case = desk.routed(phone="13800008002", **BRIDGE)
    assert kinship.likely(case, load_submission(desk.receipts[1].number), desk.clerk.actor, desk.now) == []


def test_one_click_on_the_page_joins(now: Desk) -> None:
    first, second = two_cases(now)
    clerk = Visitor(now.clerk).sign_in().get(f"/console/cases/{first.case_id}")
    part = clerk.page.partition('class="card likely"')[2].partition("</section>")[0]
    assert ALIKE["title"] in part
    assert f'action="/console/cases/{second.case_id}/joining"' in part
    version = part.partition('name="version" value="')[2].partition('"')[0]
    answer = clerk.send(f"/console/cases/{second.case_id}/joining", into=first.case_id, version=version)
    assert answer.status == 303
    after = cases.load(second.case_id)
    assert after.joined_to == first.case_id
    assert fold(cases.record_of(first.case_id)) == cases.load(first.case_id)


def test_where_the_other_was_answered_its_result_can_be_told_in_one_click(now: Desk) -> None:
    first = now.replied(**BRIDGE)
    case = now.routed(**ALIKE)
    assert case.state is State.REGISTERED
    clerk = Visitor(now.clerk).sign_in().get(f"/console/cases/{case.case_id}")
    link = f"/console/cases/{case.case_id}?known={first.case_id}"
    assert link in clerk.page
    form = clerk.get(link).page.partition("/known-result")[2].partition("</form>")[0]
    assert "占道摊点已劝离" in form


def test_a_handler_is_shown_nothing_of_other_units_cases(now: Desk) -> None:
    _, second = two_cases(now)
    page = Visitor(now.handler(second)).sign_in().get(f"/console/cases/{second.case_id}").page
    assert 'class="card likely"' not in page
