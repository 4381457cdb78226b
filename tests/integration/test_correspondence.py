"""What the desks of other agencies are written of each step: the same letter whenever it is made up."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.desk import cities, correspondence, handling, tracking, transferring
from chalicelib.desk.correspondence import Sort
from chalicelib.domain.case import Case
from chalicelib.domain.words import DeclineGround, Outcome, State
from chalicelib.storage import cases
from tests.integration.agency import Sender
from tests.integration.belongings import LONG_AGO, erased
from tests.integration.desk import CLEAR, UNCLEAR, Desk
from tests.integration.desks import WORDS, below, passed_on, tells, transferred

LATER = "又坏了一盏。"
ANSWER = {"text": "您好！路灯已经修复。", "outcome": "solved"}
Step = Callable[[Desk, Case], object]
Told = tuple[Sort, dict[str, Any]]


def written(case: Case, agency: str, kind: str) -> list[Told]:
    """What the agency is written of the last step of this kind."""
    record, known = cases.record_of(case.case_id), cities.known().agency(agency)
    assert known is not None
    number = max(event.number for event in record if event.kind == kind)
    return [(one.sort, json.loads(one.body)) for one in correspondence.letters(record, number, known)]


def referred(desk: Desk, province: Sender, **changes: object) -> Case:
    """A petition that the province has referred, routed."""
    answer = province.refer(**changes)
    assert answer.status == 201
    desk.later(seconds=1).route_all()
    return cases.load(answer.body["case"])


def declined(desk: Desk, case: Case) -> None:
    handling.decline(case.case_id, case.version, desk.clerk, desk.now, DeclineGround.COURT, "请向区人民法院起诉。")


def referred_on(desk: Desk, case: Case) -> None:
    handling.refer(case.case_id, case.version, desk.clerk, desk.now, "市供电公司", "请依职责办理。")


def answered_by_a_date(desk: Desk, case: Case) -> None:
    case = handling.accept(case.case_id, case.version, desk.clerk, desk.now)
    case = handling.dispatch(case.case_id, case.version, desk.clerk, desk.now, desk.some_unit)
    case = handling.sign(case.case_id, case.version, desk.handler(case), desk.now)
    words, day = "您好，我们会在期限内装好。联系人：李工，电话 0000-1234567。", (desk.now + timedelta(days=14)).date()
    case = handling.draft(case.case_id, case.version, desk.handler(case), desk.now, words, Outcome.BY_DATE, day)
    handling.reply(case.case_id, case.version, desk.head(case), desk.now)


@pytest.mark.parametrize(
    ("step", "kind", "state", "words"),
    [
        (declined, "Declined", "declined", ("涉法涉诉", "请向区人民法院起诉。")),
        (referred_on, "Referred", "referred", ("市供电公司", "请依职责办理。")),
        (answered_by_a_date, "Replied", "replied", ()),
    ],
)
def test_whoever_referred_it_reads_what_became_of_it_with_its_reason(
    province: Sender, desk: Desk, step: Step, kind: str, state: str, words: tuple[str, ...]
) -> None:
    case = referred(desk, province, **UNCLEAR)
    step(desk, case)
    [(sort, said)] = written(case, "province", kind)
    assert (sort, said["state"], said["their_number"]) == (Sort.STATUS, state, case.receipts[0])
    assert all(word in said.get("words", "") for word in words)
    promised = (desk.now + timedelta(days=14)).date().isoformat()
    assert said.get("done_on") == (promised if kind == "Replied" else None), "the day itself, not the midnight after it"
    assert written(case, "county", kind) == [], "no other desk is told"


def test_of_two_referred_petitions_in_one_case_the_withdrawn_one_is_told_of_and_the_other_is_not(
    province: Sender, desk: Desk
) -> None:
    case = referred(desk, province, number="1")
    other = {"name": "李建国", "phone": "13912340000", "email": ""}
    second = referred(desk, province, number="2", petitioner=other)
    assert second.joined_to == case.case_id
    tracking.withdraw(second.receipts[0], {"reason": "已经解决。"}, desk.now)
    told = written(case, "province", "VoiceWithdrawn")
    assert [(said["number"], said["state"]) for _, said in told] == [("2", "withdrawn")]
    with_a_unit = cases.load(case.case_id)
    tracking.withdraw(case.receipts[0], {"reason": "已经解决。"}, desk.now)
    assert with_a_unit.receipts == case.receipts[:1]
    told = written(case, "province", "Withdrawn")
    assert [(said["number"], said["state"]) for _, said in told] == [("1", "withdrawn")], "the other was told of before"


def test_the_desk_between_tells_the_one_above_who_handles_it_and_who_answered(
    province: Sender, county: Sender, desk: Desk
) -> None:
    case = referred(desk, province, **UNCLEAR)
    with below(desk):
        case = transferring.transfer(case.case_id, case.version, desk.clerk, desk.now, "county", WORDS)
        passed_on()
        tells(county, case, "in_handling", at=datetime.now(UTC).isoformat())
        tells(county, case, "replied", **ANSWER)
    names = {kind: written(case, "province", kind)[0][1] for kind in ("Transferred", "AgencyReported", "Replied")}
    assert [said["state"] for said in names.values()] == ["dispatched", "in_handling", "replied"]
    assert [said["unit_name"] for said in names.values()] == ["county"] * 3
    assert names["Replied"]["text"] == ANSWER["text"]
    assert written(case, "county", "AgencyReported") == [], "nobody is told what it said itself"


def test_what_was_added_before_goes_with_the_petition_and_what_came_after_goes_by_itself(
    desk: Desk, county: Sender
) -> None:
    case = desk.registered(happened_on="2026-03-01")
    desk.supplemented(desk.receipts[0], "已拍了照片。")
    with below(desk):
        case = cases.load(case.case_id)
        case = transferring.transfer(case.case_id, case.version, desk.clerk, desk.now, "county", WORDS)
    desk.later(minutes=5).supplemented(desk.receipts[0], LATER)
    (sort, petition), *more = written(case, "county", "Transferred")
    assert (sort, petition["happened_on"]) == (Sort.PETITION, "2026-03-01")
    assert [(sort, said["text"]) for sort, said in more] == [(Sort.SUPPLEMENT, "已拍了照片。")]
    [(sort, said)] = written(case, "county", "Supplemented")
    assert (sort, said["text"]) == (Sort.SUPPLEMENT, LATER)


@pytest.mark.usefixtures("not_far_back", "empty_bucket")
def test_her_withdrawal_is_told_below_and_what_she_has_erased_is_written_to_nobody(desk: Desk, county: Sender) -> None:
    with below(desk):
        case = transferred(desk)
    receipt = desk.receipts[0]
    desk.later(minutes=5).supplemented(receipt, LATER)
    desk.later(minutes=5).withdrawn(receipt)
    assert written(case, "county", "Withdrawn") == [(Sort.WITHDRAWAL, {"reason": "已经解决。"})]
    assert len(written(case, "county", "Supplemented")) == 1
    desk.now += LONG_AGO
    erased(desk, receipt)
    assert written(case, "county", "Supplemented") == []


def test_a_case_called_back_or_given_more_time_is_written_of_below(desk: Desk, county: Sender) -> None:
    with below(desk):
        case = transferred(desk)
    case = transferring.extend(case.case_id, case.version, desk.clerk, desk.now, "县里要请专家鉴定。", 10)
    [(sort, said)] = written(case, "county", "ExtensionGranted")
    assert (sort, set(said)) == (Sort.DEADLINE, {"deadline"})
    case = transferring.recall(case.case_id, case.version, desk.clerk, desk.now, "市里直接办。")
    assert written(case, "county", "TransferReturned") == [(Sort.WITHDRAWAL, {"reason": "市里直接办。"})]


def test_a_term_that_is_over_sets_the_other_desk_no_date(province: Sender, county: Sender, desk: Desk) -> None:
    date = (desk.now + timedelta(days=1)).isoformat()
    case = referred(desk, province, **{**CLEAR, **UNCLEAR}, deadline=date)
    with below(desk):
        desk.later(days=2)
        case = cases.load(case.case_id)
        case = transferring.transfer(case.case_id, case.version, desk.clerk, desk.now, "county", WORDS)
    assert case.state is State.WITH_AGENCY
    [(sort, said)] = written(case, "county", "Transferred")
    assert sort is Sort.PETITION
    assert "deadline" not in said
