"""晒网: what is proposed, what a leader lets everybody read, and that nothing else is ever public."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.desk import assessing, handling, honouring, tracking
from chalicelib.domain.assessment import Fact, FactKind
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Changed, Invalid, NotAllowed, NotFound, RuleBroken
from chalicelib.domain.facts import month_of
from chalicelib.domain.honours import Candidate, Ground, Honours
from chalicelib.domain.people import Staff
from chalicelib.domain.runs import following
from chalicelib.domain.spans import Span
from chalicelib.domain.words import Kind, Role
from chalicelib.entrypoints.wording import iso
from chalicelib.storage import assessments, cases
from chalicelib.storage import honours as kept
from chalicelib.storage.facts import ledger_of
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.runs import LEADER, SUPERVISOR, tell
from tests.integration.visitor import Visitor, request

MARCH, QUARTER = Span("2026-03"), Span("2026-Q1")
WORDS = "收到来信当天就到现场处理，来信人满意。"


def good(desk: Desk, **changes: object) -> Case:
    """A case answered within the hour, solved, its writer satisfied."""
    case = desk.replied(**changes)
    desk.later(hours=1).rated(desk.receipts[-1])
    return cases.load(case.case_id)


def counted(month: date = MARCH.months[0]) -> datetime:
    """The month is over and counted; gives a moment after the time to contest."""
    first = following(month)
    at = datetime.fromisoformat(f"{first}T00:30:00+08:00")
    assessing.assess(month, at)
    return at + timedelta(days=11)


def published(month: date = MARCH.months[0]) -> datetime:
    """And published."""
    at = counted(month)
    run = assessments.load(month)
    assert run is not None
    assessing.publish(month, run.version, LEADER, at)
    return at


def picked(case: Case, at: datetime, title: str = "", of: Span = MARCH, ground: Ground = Ground.SWIFT) -> Honours:
    """A supervisor puts the case on the list."""
    candidate = Candidate(str(case.unit), case.case_id, ground)
    return honouring.pick(of, kept.load(of.name).version, candidate, title, WORDS, SUPERVISOR, at)


def approved(case: Case, at: datetime, of: Span = MARCH) -> Honours:
    """A leader lets everybody read it."""
    return honouring.approve(of, kept.load(of.name).version, case.case_id, LEADER, at)


def public(span: str = "", language: str = "zh") -> dict[str, Any]:
    """What everybody can read."""
    path = f"/api/honours?span={span}" if span else "/api/honours"
    answer = request("GET", path, headers={"Accept-Language": language})
    assert answer.headers["Cache-Control"] == "public, max-age=300" or answer.status_code == 400
    assert answer.headers["Vary"] == "Accept-Language"
    body: dict[str, Any] = json.loads(answer.body)
    return body


def praises(case: Case, at: datetime) -> list[Fact]:
    """The facts of praise in the unit's month."""
    told = ledger_of(str(case.unit), month_of(at))
    return [fact for one in told for fact in one.facts if fact.kind is FactKind.PRAISED]


def test_the_best_and_the_worst_are_proposed_with_the_ground(desk: Desk) -> None:
    best = good(desk)
    slow = desk.drafted(**UNCLEAR)
    desk.later(days=5)
    slow = handling.reply(slow.case_id, slow.version, desk.head(slow), desk.now)
    desk.rated(desk.receipts[-1])
    worst = desk.signed(**{**UNCLEAR, "title": "另一件说不清的事情"})
    order = Fact(FactKind.SUPERVISED, worst.case_id, "", desk.now, level=2)
    tell(str(worst.unit), worst.case_id, [order])
    counted()
    room = honouring.room(MARCH, SUPERVISOR)
    proposed = {one.candidate.case_id: one.candidate.ground for one in room.proposals}
    assert proposed == {best.case_id: Ground.SWIFT, worst.case_id: Ground.SUPERVISED}, "five days are not half of five"
    assert honouring.room(MARCH, LEADER).proposals == ()
    assert {one.candidate.case_id for one in honouring.room(QUARTER, SUPERVISOR).proposals} == set(proposed)


def test_nothing_is_public_before_a_leader_approves_and_nothing_after_it_is_taken_down(desk: Desk) -> None:
    case = good(desk)
    at = published()
    picked(case, at, "及时清理占道经营")
    assert (public()["praised"], public()["blamed"]) == ([], [])
    assert WORDS not in json.dumps(public("2026-Q1"), ensure_ascii=False)
    with pytest.raises(NotAllowed):
        honouring.approve(MARCH, 1, case.case_id, SUPERVISOR, at)
    approved(case, at)
    unit = desk.city.unit(case.unit)
    assert unit is not None
    shown = {"unit_name": unit.name.zh, "title": "及时清理占道经营", "sentence": WORDS}
    assert public("2026-03")["praised"] == [shown]
    assert public("2026-03", "en")["praised"][0]["unit_name"] == unit.name.en
    with pytest.raises(RuleBroken):
        picked(case, at)
    with pytest.raises(Invalid):
        honouring.take_down(MARCH, 2, case.case_id, " ", LEADER, at)
    honouring.take_down(MARCH, 2, case.case_id, "情况有变。", LEADER, at)
    assert public("2026-03")["praised"] == []
    assert kept.load("2026-03").picks[0].why == "情况有变。"


def test_praise_is_one_fact_of_the_units_current_month_however_often_a_case_is_praised(desk: Desk) -> None:
    case = good(desk)
    at = counted()
    picked(case, at)
    approved(case, at)
    assert [(fact.case_id, fact.at) for fact in praises(case, at)] == [(case.case_id, at)]
    later = at + timedelta(days=40)
    picked(case, later, of=QUARTER)
    approved(case, later, of=QUARTER)
    honouring.take_down(MARCH, 2, case.case_id, "重复。", LEADER, later)
    picked(case, later)
    approved(case, later)
    assert len(praises(case, at)) == 1
    assert praises(case, later) == []
    assert assessing.recount(MARCH.months[0], LEADER).same, "the month it was praised for is what it was"


def test_blame_writes_no_fact(desk: Desk) -> None:
    case = good(desk)
    at = counted()
    picked(case, at, ground=Ground.UNSATISFIED)
    approved(case, at)
    assert praises(case, at) == []
    assert [one["sentence"] for one in public("2026-03")["blamed"]] == [WORDS]


def test_a_sealed_case_never_appears(desk: Desk) -> None:
    mailbox = desk.mailbox_for(Kind.ACCUSATION)
    sealed = desk.routed(kind="accusation", mailbox=mailbox)
    assert sealed.sealed
    unit = sealed.unit or desk.some_unit
    for told_sealed in (True, False):  # even where the ledger would not say so
        facts = [Fact(FactKind.SUPERVISED, sealed.case_id, "", desk.now, level=3)]
        tell(unit, sealed.case_id, facts, sealed=told_sealed)
        for key in (f"run#{MARCH.name}", "runs"):
            forget(key)
        at = counted()
        assert honouring.room(MARCH, SUPERVISOR).proposals == ()
        candidate = Candidate(unit, sealed.case_id, Ground.SUPERVISED)
        with pytest.raises(RuleBroken) as refused:
            honouring.pick(MARCH, 0, candidate, "", WORDS, SUPERVISOR, at)
        assert refused.value.code == "honour.sealed"
    assert sealed.case_id not in json.dumps(public())


def forget(partition: str) -> None:
    """Nothing is kept of a run."""
    from chalicelib.storage.table import DeskItem, under

    for item in list(under(partition)):
        DeskItem(item.pk, item.sk).delete()


def test_a_title_is_shown_only_while_its_writers_consent(desk: Desk) -> None:
    shy = good(desk, may_publish=False)
    case = good(desk, **UNCLEAR)
    at = counted()
    with pytest.raises(RuleBroken) as refused:
        picked(shy, at, "占道经营")
    assert refused.value.code == "honour.no_consent"
    picked(shy, at)
    picked(case, at, "一件说不清的事情")
    approved(shy, at)
    approved(case, at)
    assert {one["title"] for one in public("2026-03")["praised"]} == {None, "一件说不清的事情"}
    tracking.withdraw_consent(desk.receipts[-1].number, {}, at)
    assert [one["title"] for one in public("2026-03")["praised"]] == [None, None]


def test_only_a_case_that_was_counted_for_the_unit_is_picked(desk: Desk) -> None:
    case = good(desk)
    at = counted()
    for candidate in (
        Candidate("education", case.case_id, Ground.SWIFT),
        Candidate(str(case.unit), "0" * 12, Ground.SWIFT),
    ):
        with pytest.raises(RuleBroken):
            honouring.pick(MARCH, 0, candidate, "", WORDS, SUPERVISOR, at)
    with pytest.raises(NotFound):
        honouring.approve(MARCH, 0, case.case_id, LEADER, at)


def test_two_supervisors_at_once_do_not_undo_each_other(desk: Desk) -> None:
    first, second = good(desk), good(desk, **UNCLEAR)
    at = counted()
    picked(first, at)
    candidate = Candidate(str(second.unit), second.case_id, Ground.SWIFT)
    with pytest.raises(Changed):
        honouring.pick(MARCH, 0, candidate, "", WORDS, SUPERVISOR, at)
    assert [one.case_id for one in kept.load(MARCH.name).picks] == [first.case_id]


def test_the_ranking_is_public_once_its_run_is_published_and_not_before(desk: Desk) -> None:
    for number in range(5):
        good(desk, **{**UNCLEAR, "title": f"第{number}件", "text": f"{UNCLEAR['text']}{number}"})
    case = good(desk)
    counted()
    assert public() == {"spans": [], "span": None}
    at = published()
    told = public()
    assert told["spans"] == ["2026-Q1", "2026-03"]
    month = public("2026-03")
    units = [unit for group in month["classes"] for unit in group["units"]]
    unit = next(one for one in units if one["rank"] == 1)
    assert unit["score"] > 90
    assert unit["rates"]["timeliness"] == 100.0
    assert {group["class"] for group in month["classes"]}.isdisjoint({"desk"})
    assert month["published_at"] == iso(at)
    assert case.case_id not in json.dumps(month)
    assert request("GET", "/api/honours?span=2026-04").status_code == 400
    assert request("GET", "/api/honours?span=<script>").status_code == 400


# At the console.


def test_a_supervisor_picks_with_what_looks_like_a_name_hidden_and_a_leader_approves(desk: Desk) -> None:
    case = good(desk)
    counted()
    judge = Visitor(SUPERVISOR).sign_in().get("/console/honours?span=2026-03")
    assert "系统推荐表扬的" in judge.page
    fields = {"unit": str(case.unit), "case": case.case_id, "ground": "swift", "title": ""}
    judge.send("/console/honours/2026-03/picks", **fields, sentence="王秀英的电话13800001234，当天办好。")
    assert judge.status == 400
    assert "13800001234" not in judge.page
    assert "王秀英" not in judge.page
    assert "请核对后列入" in judge.page
    judge.send("/console/honours/2026-03/picks", **fields, looked="yes", sentence="当天办好。")
    assert judge.status == 303
    assert "待审定，未公开" in judge.get("/console/honours?span=2026-03").page
    leader = Visitor(LEADER).sign_in().get("/console/honours?span=2026-03")
    leader.send("/console/honours/2026-03/approval")
    assert leader.status == 303
    assert "已公开" in leader.get("/console/honours?span=2026-03").page
    leader.send("/console/honours/2026-03/taking-down", words="重复")
    assert leader.status == 303
    assert "已撤下" in leader.get("/console/honours?span=2026-03").page


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CITIZEN, Role.DESK, Role.AGENCY}))
def test_who_may_do_what_with_the_list(desk: Desk, role: Role) -> None:
    case = good(desk)
    counted()
    person = Visitor(Staff("someone", "某人", role, "petition-office")).sign_in().get("/console/honours")
    fields = {"unit": str(case.unit), "case": case.case_id, "ground": "swift", "sentence": "办好。", "version": "0"}
    allowed = {
        "picks": Role.SUPERVISOR,
        "removal": Role.SUPERVISOR,
        "approval": Role.LEADER,
        "taking-down": Role.LEADER,
    }
    for place, only in allowed.items():
        csrf = person.get("/console/honours").hidden().get("csrf") or person.get("/console/assessment").hidden().get(
            "csrf", ""
        )
        person.post(f"/console/honours/2026-03/{place}", **fields, csrf=csrf, words="重复")
        assert (person.status in (403,)) is (role is not only)
