"""Beyond the straight road, through the whole application: questions, extensions, calls, rework, reviews, referrals."""

import uuid

import pytest

from chalicelib.desk import notifying, tracking
from chalicelib.domain.case import Case
from chalicelib.domain.errors import RuleBroken
from chalicelib.domain.messages import Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.receipts import spoken
from chalicelib.domain.words import Action, Kind, Light, ReviewLevel, Role, State
from chalicelib.storage import cases, notices
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.together import sitting, step
from tests.integration.visitor import Visitor
from tests.integration.watching import sent

LANGUAGES = ("zh", "en")


def reviewer(case: Case) -> Staff:
    """The head of the unit that reviews."""
    assert case.review is not None
    return Staff(f"reviewer-{case.review.reviewer}", "复查员", Role.HEAD, case.review.reviewer)


def asked_for_review(desk: Desk, case: Case, why: str = "答复没有写明依据。") -> Case:
    """The first citizen asks for the next review."""
    raw = {"key": uuid.uuid4().hex, "why": why}
    tracking.ask_review(case.receipts[0], raw, desk.now)
    tracking.ask_review(case.receipts[0], raw, desk.now)  # the button was pressed twice
    return cases.load(case.case_id)


def told(desk: Desk, case: Case) -> set[str]:
    """The subjects of all notices about the case, once the queue is worked off."""
    for message in sent(Topic.NOTICES):
        notifying.notify(message, desk.now)
    return {one.subject.partition("（")[0] for one in notices.of_day(desk.now) if one.case_id == case.case_id}


def test_a_question_stops_the_clock_and_the_answer_starts_it_again(now: Desk) -> None:
    case = now.signed()
    case = step(now.handler(case), case, "question", question="请补充是几号楼几单元。")
    assert (case.state, case.light) == (State.WAITING, Light.GREY)
    status = tracking.track(case.receipts[0], now.now)
    assert Action.SUPPLEMENT in status.may
    assert "请您补充情况" in told(now, case)
    now.later(days=3).supplemented(now.receipts[-1], "三号楼二单元。")
    case = cases.load(case.case_id)
    assert (case.state, case.light) == (State.IN_HANDLING, Light.GREEN)
    assert "三号楼二单元" in sitting(now.handler(case), case).page


def test_a_unit_goes_on_without_the_answer(now: Desk) -> None:
    case = now.signed()
    case = step(now.handler(case), case, "question", question="请补充门牌号。")
    case = step(now.head(case), case, "resumption")
    assert case.state is State.IN_HANDLING


def test_an_extension_goes_from_the_unit_to_its_head_to_the_desk_to_the_citizen(now: Desk) -> None:
    case = now.signed()
    due = case.deadline
    case = step(now.handler(case), case, "extension", reason="需要专家鉴定。", days="10")
    assert "extension-grant" not in sitting(now.clerk, case).page
    case = step(now.head(case), case, "extension-endorsement")
    assert case.case_id in Visitor(now.clerk).sign_in().get("/console/queue?list=extensions").page
    case = step(now.clerk, case, "extension-grant")
    assert due is not None
    assert case.deadline is not None
    assert (case.deadline.due_at - due.due_at).days == 10
    assert "办理期限延长" in told(now, case)


@pytest.mark.parametrize("days", ["0", "31", "ten", "", "-1", "9" * 30, "１０"])
def test_days_that_cannot_be_given_are_refused_by_name_and_the_reason_stays_typed(now: Desk, days: str) -> None:
    case = now.signed()
    person = sitting(now.handler(case), case)
    answer = person.send(f"/console/cases/{case.case_id}/extension", reason="需要专家鉴定。", days=days)
    assert answer.status == 400
    assert "需要专家鉴定。" in answer.page
    assert 'name="days"' in answer.page
    assert cases.load(case.case_id).version == case.version


def test_the_unsatisfied_stand_in_the_ledger_until_they_are_reached_and_the_matter_is_done_again(now: Desk) -> None:
    case = now.replied()
    now.rated(now.receipts[-1], "not", "没有人来修。")
    case = cases.load(case.case_id)
    clerk = Visitor(now.clerk).sign_in().get("/console/queue?list=calls")
    assert case.case_id in clerk.page
    case = step(now.clerk, case, "call", reached="no", solved="no", satisfaction="not", words="无人接听。")
    assert case.call_back_due
    case = step(now.clerk, case, "call", reached="yes", solved="no", satisfaction="not", words="还没有修好。")
    assert not case.call_back_due
    case = step(now.clerk, case, "rework", ground="not_done", words="答复的事没有办到。")
    assert (case.state, case.reworks) == (State.IN_HANDLING, 1)
    assert "您反映的事项重新办理" in told(now, case)
    case = now.answered(case)
    status = tracking.track(case.receipts[0], now.now)
    assert [event.kind for event in status.events].count("Replied") == 2
    assert Action.RATE in status.may


def test_a_reply_goes_to_review_to_re_review_and_to_its_end(now: Desk) -> None:
    case = asked_for_review(now, now.replied())
    assert (case.state, case.supplements) == (State.IN_REVIEW, 1)
    head = reviewer(case)
    assert case.case_id in Visitor(head).sign_in().get("/console/queue").page
    assert "答复没有写明依据" in sitting(head, case).page
    case = step(head, case, "hearing", on="2026-03-20", present="信访监督员三人", minutes="各方陈述了意见。")
    case = step(head, case, "opinion", upheld="yes", text="原答复事实清楚，予以维持。")
    assert (case.state, case.reviewed) == (State.CONCLUDED, ReviewLevel.REVIEW)
    case = asked_for_review(now, case, "仍然不服。")
    case = step(reviewer(case), case, "opinion", upheld="yes", text="维持复查意见。")
    assert case.state is State.TERMINATED
    subjects = told(now, case)
    assert {"复查复核请求已收到", "复查复核意见", "信访程序终结"} <= subjects
    status = tracking.track(case.receipts[0], now.now)
    assert Action.ASK_REVIEW not in status.may
    with pytest.raises(Exception, match="wrong_state"):
        asked_for_review(now, case, "再来一次。")


def test_a_reply_that_is_not_upheld_goes_back_to_the_unit(now: Desk) -> None:
    case = asked_for_review(now, now.replied())
    unit = case.unit
    case = step(reviewer(case), case, "opinion", upheld="no", text="事实没有查清。")
    assert (case.state, case.unit, case.reworks) == (State.IN_HANDLING, unit, 1)


def test_what_is_another_agency_s_is_referred_and_its_number_kept(now: Desk) -> None:
    case = now.registered()
    case = step(now.clerk, case, "referral", agency="邻市信访局", words="事情发生在邻市。", their_number="邻信2026-7")
    assert case.state is State.REFERRED
    assert "来信已转送" in told(now, case)
    page = sitting(now.clerk, case).page
    assert "邻市信访局" in page
    assert "邻信2026-7" in page


def test_review_is_closed_to_what_is_no_appeal(now: Desk) -> None:
    case = now.replied(kind=Kind.CONSULTATION.value)
    with pytest.raises(RuleBroken):
        asked_for_review(now, case)


def test_an_empty_reason_for_review_is_refused_by_name(now: Desk) -> None:
    case = now.replied()
    before = case.version
    with pytest.raises(Exception, match="invalid"):
        tracking.ask_review(case.receipts[0], {"key": uuid.uuid4().hex, "why": "  "}, now.now)
    assert cases.load(case.case_id).version == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_long_life_is_there_in_both_languages(now: Desk, language: str) -> None:
    case = now.signed(**{**UNCLEAR, "area": ""})
    case = step(now.handler(case), case, "question", question="门牌号？")
    for staff in (now.clerk, now.handler(case), now.head(case)):
        person = Visitor(staff).sign_in().get(f"/console/cases/{case.case_id}?lang={language}")
        assert person.status == 200
    case = step(now.head(case), case, "resumption")
    case = asked_for_review(now, now.answered(case))
    person = Visitor(reviewer(case)).sign_in().get(f"/console/cases/{case.case_id}?lang={language}")
    assert person.status == 200


def test_two_who_act_at_once_are_told_and_lose_no_word(now: Desk) -> None:
    case = now.signed()
    slow = sitting(now.handler(case), case)
    step(now.head(case), case, "question", question="门牌号？")
    answer = slow.send(f"/console/cases/{case.case_id}/question", question="请补充楼号，我写了很久。")
    assert answer.status == 409
    assert "请来信人补充" in answer.page
    assert cases.load(case.case_id).version == case.version + 1


def test_the_reviewer_of_one_matter_sees_no_other_of_the_unit(now: Desk) -> None:
    case = asked_for_review(now, now.replied())
    other = now.replied(title="清晨商贩占道", text="清晨商贩占道经营，把消防通道堵住了，救护车开不进来，请城管处理。")
    assert (other.unit, other.case_id == case.case_id) == (case.unit, False)
    stranger = Visitor(reviewer(case)).sign_in()
    assert stranger.get(f"/console/cases/{case.case_id}").status == 200
    assert stranger.get(f"/console/cases/{other.case_id}").status == 404


@pytest.mark.parametrize("end", [State.CONCLUDED, State.TERMINATED])
def test_a_letter_about_what_was_answered_already_waits_for_the_clerk_with_that_case_named(
    now: Desk, end: State
) -> None:
    case = now.replied()
    if end is State.TERMINATED:
        for _ in range(2):
            case = asked_for_review(now, case)
            case = step(reviewer(case), case, "opinion", upheld="yes", text="予以维持。")
    else:
        case = step(now.clerk, case, "conclusion")
    assert case.state is end
    again = now.later(seconds=5).routed()
    assert again.left_to_clerk
    page = sitting(now.clerk, again).page
    assert spoken(case.case_id) in page
    assert ("已复核终结" in page) == (end is State.TERMINATED)


def test_what_was_joined_by_mistake_is_split_off_and_handled_by_itself(now: Desk) -> None:
    case = now.dispatched()
    other = now.routed(name="李建国", phone="13822223333")
    case = cases.load(case.case_id)
    assert (other.joined_to, len(case.receipts)) == (case.case_id, 2)
    case = step(now.clerk, case, "splitting", receipt=other.receipts[0], words="说的是另一个路口。")
    other = cases.load(other.case_id)
    assert (other.state, other.joined_to, other.light) == (State.REGISTERED, None, Light.GREEN)
    assert case.receipts == (now.receipts[0].number,)
    assert "来信单独办理" in told(now, other)
    status = tracking.track(other.receipts[0], now.now)
    assert (status.case.case_id, status.joined) == (other.case_id, False)
    assert now.answered(case).state is State.REPLIED  # the one who stays is answered by herself
    assert step(now.clerk, cases.load(other.case_id), "acceptance").state is State.ACCEPTED


def test_the_letter_that_began_a_matter_is_not_split_off_from_it(now: Desk) -> None:
    case = now.dispatched()
    now.routed(name="李建国", phone="13822223333")
    case = cases.load(case.case_id)
    person = sitting(now.clerk, case)
    for receipt in (case.receipts[0], "100000000009", "", "abc"):
        answer = person.send(f"/console/cases/{case.case_id}/splitting", receipt=receipt, words="说的是另一件事。")
        assert answer.status in (400, 404)
        person = sitting(now.clerk, case)
    assert cases.load(case.case_id).version == case.version


def test_what_was_returned_twice_is_arbitrated_and_kept(now: Desk) -> None:
    case = now.dispatched()
    unit = case.unit or ""
    for _ in range(2):
        case = step(now.head(case), case, "return", ground="不属于本单位职责。")
        case = step(now.clerk, case, "dispatch", unit=unit, note="经核定由你单位办理。")
    assert "不属本单位" not in sitting(now.head(case), case).page
    answer = sitting(now.head(case), case).send(f"/console/cases/{case.case_id}/return", ground="还是不属于。")
    assert answer.status == 409
    assert "裁定" in answer.page
