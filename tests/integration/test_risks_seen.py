"""What a letter shows of risks is marked as it comes, and told at once to whom it concerns, and to nobody else."""

import pytest

from chalicelib.desk import handling, notifying, tracking, working
from chalicelib.domain.errors import Invalid, NotAllowed, NotFound, NotYours, RuleBroken
from chalicelib.domain.events import RiskMarked
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Kind, Role, State
from chalicelib.storage import cases, outbox
from chalicelib.storage.notices import inbox
from tests.integration.desk import CLEAR, Desk
from tests.integration.visitor import Visitor
from tests.integration.watching import everything, sent

DESPAIR = "夜里睡不着，有时候真的不想活了。"
CLERK = Staff("clerk", "何静", Role.CLERK, "petition-office")
LEADER = Staff("leader", "高远", Role.LEADER, None, ("leader-mayor",))
OFFICER = Staff("officer", "纪明", Role.HANDLER, "discipline")


def in_despair(desk: Desk, **changes: object) -> str:
    """A letter that the rules are sure of, and that shows a risk."""
    return desk.routed(**{"title": CLEAR["title"], "text": CLEAR["text"] + DESPAIR, **changes}).case_id


def told(desk: Desk) -> None:
    """Every notice that waits is sent."""
    for message in sent(Topic.NOTICES):
        if outbox.waits(message):
            notifying.notify(message, desk.now)


def test_a_sure_letter_goes_to_its_unit_as_urgent_and_is_marked_in_the_same_commit(desk: Desk) -> None:
    case = cases.load(in_despair(desk))
    record = cases.record_of(case.case_id)
    assert [event.kind for event in record] == ["Filed", "Registered", "RiskMarked", "Accepted", "Dispatched"]
    marked = record[2].payload
    assert isinstance(marked, RiskMarked)
    assert (marked.found, marked.shown, marked.receipt) == (("suicide",), "不想活了", case.receipts[0])
    assert (case.state, case.urgent, case.risks, case.alarm) == (State.DISPATCHED, True, ("suicide",), True)
    assert fold(record) == case


def test_clerks_unit_and_leaders_are_told_at_once_and_no_citizen_is(desk: Desk) -> None:
    Visitor(LEADER).sign_in()
    case = cases.load(in_despair(desk))
    told(desk)
    for box in ("desk", f"handlers#{case.unit}", "leader#leader"):
        assert "RiskMarked" in [entry.kind for entry in inbox(box) if entry.case_id == case.case_id], box
    assert working.dossier(LEADER, case.case_id, desk.now).readable
    assert case.case_id in [one.case_id for one in working.worklist(LEADER, "alarms", 10).cases]
    assert case.case_id in [one.case_id for one in working.worklist(CLERK, "alarms", 10).cases]


def test_of_a_group_the_clerks_are_told_and_the_leaders_are_not(desk: Desk) -> None:
    Visitor(LEADER).sign_in()
    case_id = in_despair(desk, text=CLEAR["text"] + "我们三百多户业主联名要求处理。")
    told(desk)
    assert (cases.load(case_id).risks, cases.load(case_id).urgent) == (("crowd",), False)
    assert "RiskMarked" in [entry.kind for entry in inbox("desk") if entry.case_id == case_id]
    assert inbox("leader#leader") == []
    with pytest.raises(NotFound):
        working.dossier(LEADER, case_id, desk.now)


def test_risks_come_first_on_the_clerks_list(desk: Desk) -> None:
    plain = desk.registered()
    marked = desk.registered(text="我想了很久还是写了这封信，再不处理我就找记者。")
    alarm = desk.registered(title="一件说不清的事", text=f"我想了很久还是写了这封信。{DESPAIR}")
    listed = [one.case_id for one in working.worklist(CLERK, "desk", 10).cases]
    assert listed == [alarm.case_id, marked.case_id, plain.case_id]


def test_a_clerk_who_registers_before_the_rules_do_marks_it_as_well(desk: Desk) -> None:
    receipt = desk.filed(text=CLEAR["text"] + DESPAIR)
    case = desk.case_of(receipt)
    after = handling.register(case.case_id, case.version, desk.clerk, desk.now, "construction.street_order", "990102")
    assert (after.state, after.risks, after.urgent) == (State.REGISTERED, ("suicide",), True)
    desk.route_all()
    assert [event.kind for event in cases.record_of(case.case_id)].count("RiskMarked") == 1


def test_who_joins_in_despair_marks_the_case_that_goes_on(desk: Desk) -> None:
    first = desk.routed(phone="13800001111")
    desk.later(days=1)
    again = desk.routed(text=CLEAR["text"] + "不想活了。", phone="13800001111")
    assert again.joined_to == first.case_id
    assert cases.load(first.case_id).risks == ("suicide",)


def test_what_a_citizen_adds_is_read_too_and_adding_twice_marks_once(desk: Desk) -> None:
    receipt = desk.filed()
    desk.route_all()
    for _ in range(2):
        tracking.supplement(receipt.number, {"key": "a" * 32, "text": DESPAIR}, desk.now)
    kinds = [event.kind for event in cases.record_of(desk.case_of(receipt).case_id)]
    assert kinds.count("RiskMarked") == 1
    assert desk.case_of(receipt).alarm


def test_the_clerk_takes_it_off_with_a_reason_and_sets_it_again(desk: Desk) -> None:
    case = cases.load(in_despair(desk))
    lifted = handling.mark_risk(
        case.case_id, case.version, desk.clerk, desk.now, "suicide", False, "通过电话，没有危险。"
    )
    assert (lifted.risks, lifted.alarm, lifted.urgent) == ((), False, False)
    assert working.worklist(CLERK, "alarms", 10).cases == ()
    again = handling.mark_risk(lifted.case_id, lifted.version, desk.clerk, desk.now, "suicide", True, "家属又来电话。")
    assert (again.risks, again.alarm) == (("suicide",), True)
    with pytest.raises(Invalid):
        handling.mark_risk(again.case_id, again.version, desk.clerk, desk.now, "suicide", False, "")


def test_of_a_sealed_accusation_only_that_there_is_a_risk_is_known_outside(desk: Desk) -> None:
    case = desk.routed(
        kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION), title="举报", text=f"局长打人。{DESPAIR}"
    )
    assert case.sealed
    assert case.risks == ("suicide",)
    Visitor(LEADER).sign_in()
    told(desk)
    assert inbox("leader#leader") == []
    assert "不想活了" not in str(everything())
    with pytest.raises(NotFound):
        working.dossier(LEADER, case.case_id, desk.now)
    with pytest.raises(RuleBroken):
        handling.mark_risk(case.case_id, case.version, desk.clerk, desk.now, "suicide", False, "误报")
    seen = Visitor(CLERK).sign_in().get("/console/queue").get(f"/console/cases/{case.case_id}").page
    assert '<b class="risk">风险</b>' in seen
    assert "有人轻生" not in seen
    own = Visitor(OFFICER).sign_in().get(f"/console/cases/{case.case_id}").page
    assert "风险 · 有人轻生" in own
    assert "不想活了" in own
    lifted = cases.load(case.case_id)
    after = handling.mark_risk(case.case_id, lifted.version, OFFICER, desk.now, "suicide", False, "已核实。")
    assert after.risks == ()


def test_only_who_reads_the_letter_marks(desk: Desk) -> None:
    case = cases.load(in_despair(desk))
    for staff in (desk.handler(case), desk.supervisor):
        with pytest.raises((NotAllowed, NotYours, RuleBroken)):
            handling.mark_risk(case.case_id, case.version, staff, desk.now, "suicide", False, "误报")


def test_the_page_says_what_to_do_and_takes_the_mark_off_by_its_form(desk: Desk) -> None:
    case_id = in_despair(desk)
    clerk = Visitor(CLERK).sign_in().get(f"/console/cases/{case_id}")
    assert "有人可能轻生：现在就打电话" in clerk.page
    assert "110" in clerk.page
    refused = clerk.send(
        f"/console/cases/{case_id}/risk", risk="off:suicide", words="", version=f"{cases.load(case_id).version}"
    )
    assert refused.status == 400
    clerk.get(f"/console/cases/{case_id}")
    assert clerk.send(f"/console/cases/{case_id}/risk", risk="nonsense", words="误报").status == 400
    clerk.get(f"/console/cases/{case_id}")
    assert clerk.send(f"/console/cases/{case_id}/risk", risk="off:suicide", words="通过电话。").status == 303
    assert cases.load(case_id).risks == ()
    assert "有人可能轻生" not in clerk.get(f"/console/cases/{case_id}").page


def test_a_message_delivered_twice_marks_once(desk: Desk) -> None:
    from chalicelib.desk import routing

    case_id = in_despair(desk)
    before = everything()
    routing.route(Message(Topic.ROUTING, case_id, 1), desk.now)
    assert everything() == before
