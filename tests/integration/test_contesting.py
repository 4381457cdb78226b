"""申诉 at the desk: from the table to the ruling, told to both, and the month counted anew with it."""

import re
from datetime import datetime, timedelta, tzinfo
from importlib import import_module

import pytest
from msgspec.structs import replace

from chalicelib.desk import assessing, cities, contesting, counting, run_sheets
from chalicelib.domain.assessment import FactKey, FactKind
from chalicelib.domain.city import City
from chalicelib.domain.contests import Contest, ContestState, ContestStep
from chalicelib.domain.errors import Changed, Invalid, NotAllowed, NotFound, RuleBroken
from chalicelib.domain.runs import LeftOut
from chalicelib.domain.words import Role
from chalicelib.storage import assessments, contests
from chalicelib.storage.notices import inbox
from chalicelib.storage.unit_of_work import Work
from chalicelib.storage.unit_of_work import commit as committed
from tests.integration.runs import (
    APRIL,
    CONTEST_OVER,
    COUNTED_AT,
    LEADER,
    MARCH,
    SUPERVISOR,
    case,
    head_of,
    month_of_all,
    on_record,
    small,
)
from tests.integration.visitor import Visitor
from tests.integration.watching import everything

LATE = FactKey(case(2000), FactKind.DUE, case(2000))
ANSWER = FactKey(case(2000), FactKind.REPLIED, case(2000))


@pytest.fixture
def unit(city: City) -> str:
    """A unit of a small city whose March is counted; one of its six matters was late."""
    units = month_of_all(small(city))
    for number in (2000, 3000, 3001):
        on_record(case(number))
    assessing.assess(MARCH, COUNTED_AT)
    return units[1]


def contested(unit: str, *facts: FactKey) -> list[Contest]:
    """The head contests."""
    return contesting.contest(MARCH, facts or (LATE,), "当天停电，系统打不开。", head_of(unit), COUNTED_AT)


def ruled(unit: str, fact: FactKey = LATE, step: ContestStep = ContestStep.UPHOLD) -> Contest:
    """The petition office rules."""
    return contesting.rule(MARCH, unit, fact, step, "供电局证明属实。", SUPERVISOR, COUNTED_AT)


def due_of(unit: str) -> int:
    """How many answers fell due in the unit's table."""
    table = assessing.table(MARCH)
    assert table is not None
    row = table.row(unit)
    assert row is not None
    return row.due


def test_a_contest_that_is_upheld_is_counted_at_once_and_both_are_told(unit: str) -> None:
    before = assessing.table(MARCH)
    contested(unit, LATE, ANSWER)
    assert assessing.table(MARCH) == before, "while it waits nothing changes"
    assert [entry.kind for entry in inbox("supervisors")] == ["FactContested"]
    ruled(unit)
    assert due_of(unit) == 6, "the late answer stands yet"
    ruled(unit, ANSWER)
    assert due_of(unit) == 5
    table = assessing.run_table(MARCH)
    assert table is not None
    assert {line.unit: line.left_out for line in table.lines if line.left_out} == {unit: 2}
    assert {entry.kind for name in ("heads", "handlers") for entry in inbox(f"{name}#{unit}")} == {"ContestUpheld"}
    plan = assessments.plan_of(MARCH)
    assert plan is not None
    out = tuple(LeftOut(unit, one.case_id, one.kind.value, one.receipt) for one in (LATE, ANSWER))
    assert counting.evaluated(plan, out).stand == table.run.stand
    assert assessing.recount(MARCH, LEADER).same, "the proof counts with the rulings"


def test_a_contest_that_is_dismissed_or_withdrawn_changes_nothing(unit: str) -> None:
    before = assessing.table(MARCH)
    contested(unit)
    contesting.withdraw(MARCH, LATE, head_of(unit), COUNTED_AT)
    contested(unit)
    known = ruled(unit, step=ContestStep.DISMISS)
    assert (known.state, known.version) == (ContestState.DISMISSED, 4)
    assert known.ruled is not None
    assert known.ruled.name == SUPERVISOR.name
    assert assessing.table(MARCH) == before
    with pytest.raises(RuleBroken):
        contested(unit)


def test_only_what_was_counted_for_the_unit_is_contested(unit: str) -> None:
    for fact in (replace(LATE, kind=FactKind.SUPERVISED), replace(LATE, case_id=case(3000)), replace(LATE, receipt="")):
        with pytest.raises(NotFound):
            contested(unit, fact)
    with pytest.raises(Invalid):
        contesting.contest(MARCH, [], "停电。", head_of(unit), COUNTED_AT)
    assert list(contests.of_month(MARCH)) == []


def test_after_publication_nothing_is_contested_or_ruled(unit: str) -> None:
    run = assessments.load(MARCH)
    assert run is not None
    assessing.publish(MARCH, run.version, LEADER, CONTEST_OVER)
    kept = everything()
    with pytest.raises(RuleBroken):
        contested(unit)
    assert everything() == kept


def test_two_units_that_contest_at_once_both_do(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = assessments.plan_of(MARCH)
    assert plan is not None
    other = plan.units[3].unit
    honest, waiting = committed, [True]

    def commit(work: Work) -> None:
        if waiting:
            waiting.pop()
            contested(other, FactKey(case(3000), FactKind.DUE, case(3000)))
        honest(work)

    monkeypatch.setattr(contesting, "commit", commit)
    contested(unit)
    assert {one.unit for one in contests.of_month(MARCH)} == {unit, other}


def test_two_supervisors_who_rule_on_two_contests_at_once_are_both_counted(
    unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    contested(unit, LATE, ANSWER)
    honest, waiting = committed, [True]

    def commit(work: Work) -> None:
        if waiting:
            waiting.pop()
            ruled(unit, ANSWER)
        honest(work)

    monkeypatch.setattr(contesting, "commit", commit)
    ruled(unit)
    run = assessments.load(MARCH)
    assert run is not None
    assert len(run.left_out) == 2
    assert due_of(unit) == 5


def test_of_two_supervisors_who_rule_on_one_contest_at_once_the_second_is_told(
    unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    contested(unit)
    honest, waiting = committed, [True]

    def commit(work: Work) -> None:
        if waiting:
            waiting.pop()
            ruled(unit, step=ContestStep.DISMISS)
        honest(work)

    monkeypatch.setattr(contesting, "commit", commit)
    with pytest.raises(Changed):
        ruled(unit)
    assert [one.state for one in contests.of_month(MARCH)] == [ContestState.DISMISSED]
    assert due_of(unit) == 6


def test_a_run_published_while_a_head_writes_is_not_contested(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    honest, waiting = committed, [True]

    def commit(work: Work) -> None:
        if waiting:
            waiting.pop()
            assessing.publish(MARCH, 1, LEADER, CONTEST_OVER)
        honest(work)

    monkeypatch.setattr(contesting, "commit", commit)
    with pytest.raises(RuleBroken):
        contested(unit)
    assert list(contests.of_month(MARCH)) == []


# At the console.


def test_a_head_contests_from_the_table_and_a_supervisor_rules(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at_noon(monkeypatch)
    head = Visitor(head_of(unit)).sign_in().get("/console/assessment?month=2026-03")
    link = f"/console/assessment/2026-03/contests?case={case(2000)}"
    assert link in head.page
    assert f"contests?case={case(3000)}" not in head.page, "another unit's is not hers to contest"
    head.get(link)
    boxes = re.findall(r'name="fact" value="([^"]+)"', head.page)
    assert f"{case(2000)}.due.{case(2000)}" in boxes
    head.send("/console/assessment/2026-03/contests", words="停电")
    assert (head.status, "请勾选" in head.page) == (400, True)
    head.get(link).send("/console/assessment/2026-03/contests", fact=boxes[0], words="停电")
    assert head.status == 303
    assert "待裁定" in head.get("/console/assessment/2026-03/contests").page
    judge = Visitor(SUPERVISOR).sign_in().get("/console/inbox")
    assert "/console/assessment/2026-03/contests" in judge.page
    judge.get("/console/assessment/2026-03/contests")
    judge.send("/console/assessment/2026-03/contests/ruling", words="", step="uphold")
    assert judge.status == 400
    judge.get("/console/assessment/2026-03/contests")
    judge.send("/console/assessment/2026-03/contests/ruling", words="属实", step="uphold")
    assert judge.status == 303
    assert "申诉成立" in judge.get("/console/assessment?month=2026-03").page
    assert "属实" in head.get("/console/assessment/2026-03/contests").page


def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noon of 1 April, when March is counted and open to contest."""

    class Stopped:
        @staticmethod
        def now(zone: tzinfo) -> datetime:
            return (COUNTED_AT + timedelta(hours=12)).astimezone(zone)

    for room in ("visits", "session"):
        monkeypatch.setattr(import_module(f"chalicelib.entrypoints.console.{room}"), "datetime", Stopped)


def test_a_leader_publishes_from_the_page_and_a_supervisor_proves_it(unit: str) -> None:
    judge = Visitor(SUPERVISOR).sign_in().get("/console/assessment?month=2026-03")
    assert "/publication" not in judge.page
    leader = Visitor(LEADER).sign_in().get("/console/assessment?month=2026-03")
    leader.send("/console/assessment/2026-03/publication")
    assert leader.status == 303
    assert "已公布，不再改动" in leader.get("/console/assessment").page
    judge.get("/console/assessment").send("/console/assessment/2026-03/recount", start="0")
    assert "完全一致" in judge.page
    assert "2026-03" in leader.get("/console/assessment?view=year").page or "1个月" in leader.page


def test_a_supervisor_has_a_past_month_counted(city: City) -> None:
    small(city)
    judge = Visitor(SUPERVISOR).sign_in().get("/console/assessment")
    month = re.findall(r'<option value="(\d{4}-\d\d)">', judge.page)[0]
    judge.send("/console/assessment", month=month)
    assert judge.status == 303
    assert f"{assessing.months()[0]:%Y-%m}" == month
    assert judge.get("/console/assessment").send("/console/assessment", month="2999-01").status == 409


def test_the_mailboxes_are_shown_to_their_keeper_first_and_as_a_spreadsheet(unit: str) -> None:
    leader = Visitor(LEADER).sign_in().get("/console/assessment?view=mailboxes&month=2026-03")
    assert leader.status == 200
    assert "领导信箱·市长" in leader.page
    keeper = Visitor(head_of("petition-office")).sign_in().get("/console/assessment?view=mailboxes")
    assert keeper.page.index("本单位的信箱") < keeper.page.index("其他信箱")
    answer = leader.get("/console/assessment/2026-03-mailboxes.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "领导信箱·市长" in answer.page
    lines = [line.split(",") for line in answer.page.splitlines()]
    mayor = next(line for line in lines if line[0] == "领导信箱·市长")
    assert mayor[3:5] == ["10", "10"]
    assert {len(line) for line in lines} == {15}


def test_who_has_no_part_in_contests_sees_none_and_what_was_not_contested_is_not_found(unit: str) -> None:
    clerk = replace(SUPERVISOR, role=Role.CLERK)
    with pytest.raises(NotAllowed):
        contesting.docket(MARCH, clerk, COUNTED_AT)
    with pytest.raises(NotAllowed):
        contesting.facts_behind(MARCH, SUPERVISOR, case(2000))
    with pytest.raises(NotFound):
        contesting.docket(APRIL, SUPERVISOR, COUNTED_AT)
    with pytest.raises(NotFound):
        contesting.withdraw(MARCH, LATE, head_of(unit), COUNTED_AT)
    with pytest.raises(NotFound):
        ruled(unit)


def test_a_contest_of_a_matter_that_the_month_tells_nothing_of_is_shown_without_its_fact(unit: str) -> None:
    [one] = contested(unit)
    other = replace(one, fact=replace(LATE, case_id=case(9000)))
    committed(Work(COUNTED_AT, new=[contests.item(other)]))
    docket = contesting.docket(MARCH, SUPERVISOR, COUNTED_AT)
    told = dict(zip((one.fact.case_id for one in docket.contests), docket.told, strict=True))
    assert [fact.key for fact in told[case(2000)]] == [LATE]
    assert told[case(9000)] == ()


def test_a_year_s_table_comes_as_a_spreadsheet_whose_figures_are_those_of_its_months(unit: str) -> None:
    assessing.publish(MARCH, 1, LEADER, CONTEST_OVER)
    judge = Visitor(SUPERVISOR).sign_in()
    header, *lines = [line.split(",") for line in judge.get("/console/assessment/2026.csv").page.splitlines()]
    assert {len(line) for line in (header, *lines)} == {len(run_sheets.SUM_COLUMNS)}
    known = cities.current().unit(unit)
    assert known is not None
    [own] = [line for line in lines if line[0] == known.name.zh]
    assert own[2:6] == ["1", "1", "6", "6"]
