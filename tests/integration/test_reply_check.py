"""The reply check at work: told before a reply is sent, shown to who approves it, recorded, counted, never a block."""

import pytest

from chalicelib.desk import assessing, checking, handling
from chalicelib.domain.case import Case
from chalicelib.domain.events import Drafted, Replied
from chalicelib.domain.figures import Part
from chalicelib.domain.reply_marks import Code, Marked
from chalicelib.domain.words import Kind, Outcome
from chalicelib.storage import cases
from chalicelib.storage.facts import ledger_of
from tests.integration.belongings import HERS, LONG_AGO, SAID, erased, lived
from tests.integration.desk import Desk
from tests.integration.runs import MARCH
from tests.integration.test_assessing import COUNTED_AT, row_of
from tests.integration.visitor import Visitor

ASKS = "请问占道的摊点什么时候能清走？每天傍晚小贩在路口占道经营，把盲道和非机动车道都堵了，请城管来管一管。"
THIN = "您好！来信收悉，我们高度重视。"
FULL = (
    "我局3月2日到路口现场核实，占道摊点已劝离，每日17时起有两名队员值守至22时，3月10日前划好停车线。电话0999-5550123。"
)

pytestmark = pytest.mark.usefixtures("empty_bucket")


def place_of(case: Case) -> str:
    return f"/console/cases/{case.case_id}"


def last(case: Case, kind: type[Drafted | Replied]) -> Marked | None:
    """The check that was recorded with the last reply or draft of a case."""
    payloads = [event.payload for event in cases.record_of(case.case_id)]
    return [one for one in payloads if isinstance(one, kind)][-1].check


def test_the_handler_reads_the_questions_first_and_what_is_missing_before_she_sends(desk: Desk) -> None:
    case = desk.signed(text=ASKS)
    handler = Visitor(desk.handler(case)).sign_in().get(place_of(case))
    assert "来信里问到的" in handler.page
    assert "请问占道的摊点什么时候能清走？" in handler.page
    before = cases.load(case.case_id)
    looked = handler.send(f"{place_of(case)}/draft", check="yes", text=THIN, outcome="solved")
    assert looked.status == 200
    assert THIN in looked.page, "what was typed is kept"
    assert "这只是提示，不改也可以照常提交" in looked.page
    for told in ("答其所问", "只写了重视", "没有留联系电话", "<q>请问占道的摊点什么时候能清走？</q>"):
        assert told in looked.page
    assert cases.load(case.case_id) == before, "nothing is recorded by looking"
    assert "<script" not in looked.page


def test_a_reply_that_lacks_something_is_sent_by_one_click_and_that_is_said_once(desk: Desk) -> None:
    case = desk.signed(text=ASKS)
    handler = Visitor(desk.handler(case)).sign_in().get(place_of(case))
    sent = handler.send(f"{place_of(case)}/draft", text=THIN, outcome="solved")
    assert sent.status == 303
    assert "下面几项还可以补充" in handler.get(sent.location).page
    assert "下面几项还可以补充" not in handler.get(place_of(case)).page
    kept = last(case, Drafted)
    assert kept is not None
    assert {Code.QUESTIONS, Code.MEASURE, Code.CONTACT} <= set(kept.missing)
    assert "答复质量提示" in handler.page, "it stands in the record"


def test_the_head_sees_what_the_draft_lacks_and_may_approve_it_all_the_same(desk: Desk) -> None:
    case = desk.signed(text=ASKS)
    case = handling.draft(case.case_id, case.version, desk.handler(case), desk.now, THIN, Outcome.SOLVED)
    head = Visitor(desk.head(case)).sign_in().get(place_of(case))
    assert "是否退回修改由您决定" in head.page
    assert head.send(f"{place_of(case)}/reply").status == 303
    assert last(case, Replied) == last(case, Drafted)


def test_a_full_reply_has_nothing_to_be_told(desk: Desk) -> None:
    case = desk.signed(text=ASKS)
    handler = Visitor(desk.handler(case)).sign_in().get(place_of(case))
    looked = handler.send(f"{place_of(case)}/draft", check="yes", text=FULL, outcome="solved")
    assert "该有的都有了" in looked.page
    sent = handler.send(f"{place_of(case)}/draft", text=FULL, outcome="solved")
    assert "下面几项还可以补充" not in handler.get(sent.location).page
    assert last(case, Drafted) == Marked(1, 100)


def test_odd_forms_are_looked_at_and_break_nothing(desk: Desk) -> None:
    case = desk.signed()
    handler = Visitor(desk.handler(case)).sign_in().get(place_of(case))
    for fields in (
        {},
        {"text": "\x00'\"<b>" * 6_000, "outcome": "odd"},
        {"text": "好", "outcome": "by_date", "done_on": "x"},
    ):
        looked = handler.get(place_of(case)).send(f"{place_of(case)}/draft", check="yes", **fields)
        assert looked.status == 200
        assert "<b>'" not in looked.page


def test_who_does_not_write_the_reply_gets_no_check_of_it(desk: Desk) -> None:
    case = desk.signed(text=ASKS)
    for staff in (desk.clerk, desk.supervisor):
        page = Visitor(staff).sign_in().get(place_of(case)).send(f"{place_of(case)}/draft", check="yes", text=THIN).page
        assert "这只是提示" not in page
        assert "来信里问到的" not in page
    case = handling.draft(case.case_id, case.version, desk.handler(case), desk.now, THIN, Outcome.SOLVED)
    clerk = Visitor(desk.clerk).sign_in().get(place_of(case)).page
    assert "可补充：" in clerk, "who may read the draft reads its marks"


def test_a_draft_that_somebody_else_was_faster_with_is_kept_for_its_writer(desk: Desk) -> None:
    case = desk.signed(text=ASKS)
    handler = Visitor(desk.handler(case)).sign_in().get(place_of(case))
    handling.draft(case.case_id, case.version, desk.handler(case), desk.now, FULL, Outcome.SOLVED)
    looked = handler.send(f"{place_of(case)}/draft", check="yes", text=THIN, outcome="solved")
    assert looked.status == 200
    assert THIN in looked.page


def test_a_sealed_accusation_is_checked_for_its_keeper_and_leaves_no_bands(desk: Desk) -> None:
    case = desk.signed(kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION), text=ASKS)
    case = handling.draft(case.case_id, case.version, desk.handler(case), desk.now, FULL, Outcome.SOLVED)
    assert last(case, Drafted) is not None
    page = Visitor(desk.clerk).sign_in().get(place_of(case)).page
    assert "可补充" not in page
    assert "什么时候能清走" not in page
    case = handling.reply(case.case_id, case.version, desk.head(case), desk.now)
    other = desk.signed(title="楼道堆物", text="三单元楼道里堆满了旧家具，消防通道走不过去，请物业和社区来人清理。")
    assert not checking.checked(other, checking.letter_of(other), FULL, None, desk.now).kept.missing


def test_a_reply_taken_from_another_matter_of_the_unit_is_told_with_its_number(desk: Desk) -> None:
    first = desk.signed(text=ASKS)
    first = handling.draft(first.case_id, first.version, desk.handler(first), desk.now, FULL, Outcome.SOLVED)
    first = handling.reply(first.case_id, first.version, desk.head(first), desk.now)
    other = desk.registered()
    other = handling.accept(other.case_id, other.version, desk.clerk, desk.now)
    assert first.unit is not None
    other = handling.dispatch(other.case_id, other.version, desk.clerk, desk.now, first.unit)
    found = checking.checked(other, checking.letter_of(other), FULL, Outcome.SOLVED, desk.now)
    assert [mark.quoted for mark in found.missing if mark.code is Code.COPY] == [(first.case_id,)]
    same = desk.signed(text=ASKS + "今天又来了。", area="990103")
    if same.case_id != first.case_id and same.unit == first.unit:
        again = checking.checked(same, checking.letter_of(same), FULL, Outcome.SOLVED, desk.now)
        assert Code.COPY not in again.kept.missing


def test_the_month_counts_the_last_check_of_each_case_and_opens_on_what_lacked(desk: Desk) -> None:
    thin, full = desk.signed(text=ASKS), desk.signed(text=ASKS + "请快一点。", area="990103")
    for case, text in ((thin, THIN), (full, FULL)):
        case = handling.draft(case.case_id, case.version, desk.handler(case), desk.now, text, Outcome.SOLVED)
        handling.reply(case.case_id, case.version, desk.head(case), desk.now)
    assert thin.unit is not None
    points = [fact.points for told in ledger_of(thin.unit, MARCH) for fact in told.facts if fact.points is not None]
    row = row_of(assessing.assess(MARCH, COUNTED_AT), thin.unit)
    quality = next(one for one in row.components if one.part is Part.QUALITY)
    assert quality.weight == 0.0
    assert thin.case_id in quality.cases
    assert float(quality.rate.good) * 100 == sum(points)
    page = Visitor(desk.handler(thin)).sign_in().get("/console/assessment?month=2026-03").page
    assert "答复质量" in page
    assert "答复有可补充之处的：" in page


def test_a_reply_to_an_erased_letter_is_held_against_nothing_that_was_added_to_it(desk: Desk) -> None:
    case, receipt = lived(desk)
    assert SAID["added"] in checking.letter_of(case).text
    desk.now += LONG_AGO
    erased(desk, receipt)
    asked = checking.letter_of(cases.load(case.case_id))
    assert not {word for word in (*HERS.values(), SAID["added"]) if word in f"{asked.title}{asked.text}"}
    assert asked.kind is case.kind
