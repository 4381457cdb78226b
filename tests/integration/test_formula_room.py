"""考核办法: the room, the trial, and the table that shows how every figure came about."""

import re
from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from chalicelib.desk import assessing, enacting, formulas
from chalicelib.domain.enacting import Draft
from chalicelib.domain.errors import NotAllowed
from chalicelib.domain.evaluating import evaluate
from chalicelib.domain.formula import Formula, three_rates
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Kind, Role
from chalicelib.storage import assessments
from chalicelib.storage import formulas as stored
from tests.integration.desk import Desk
from tests.integration.test_assessing import COUNTED_AT, MARCH, month_of_six, row_of
from tests.integration.test_console import PEOPLE, visitor
from tests.integration.visitor import Visitor
from tests.integration.watching import everything
from tests.unit.test_formula import form_of

NOW = datetime(2026, 4, 9, 2, 0, tzinfo=UTC)
APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
SUPERVISOR, LEADER = PEOPLE[Role.SUPERVISOR], PEOPLE[Role.LEADER]
INSPECTOR = Staff("inspector", "白检", Role.SUPERVISOR, "urban-management")


def places(page: str) -> list[str]:
    """The places of a form's choice of months."""
    return re.findall(r'<option value="(\d{4}-\d\d)"', page.partition('name="since"')[2].partition("</select>")[0])


# The room.


OF_THE_OFFICES = [one for one in (*PEOPLE.values(), INSPECTOR) if one.role is not Role.LAY_SUPERVISOR]


@pytest.mark.parametrize("person", OF_THE_OFFICES, ids=lambda person: person.login)
def test_who_may_do_what_in_the_room(city: object, person: Staff) -> None:
    proposes = person.role is Role.SUPERVISOR and person.unit == "petition-office"
    decides = person.role is Role.LEADER
    one = Visitor(person).sign_in().get("/console/formula")
    assert one.status == 200
    assert ('formaction="/console/formula/draft"' in one.page) is proposes
    assert one.post("/console/formula/draft", **one.hidden(), **form_of(three_rates())).status == (
        303 if proposes else 403
    )
    lock = str(enacting.room(NOW).lock)
    if not proposes:
        enacting.propose(form_of(three_rates()), 0, SUPERVISOR, NOW)
        lock = "1"
    one.get("/console/formula")
    assert ('action="/console/formula/versions"' in one.page) is decides
    since = {"since": f"{enacting.room(datetime.now(UTC)).open_months[0]:%Y-%m}"}
    token = {"csrf": one.hidden()["csrf"]}
    enacted = one.post("/console/formula/versions", lock=lock, **since, **token).status
    assert enacted == (303 if decides else 403)
    assert [version.version for version in formulas.versions()] == ([2, 1] if decides else [1])
    seen = {"seen": "2" if decides else "1"}
    restored = one.post("/console/formula/versions/1/restoring", **seen, **since, **token).status
    assert restored == (303 if decides else 403)
    dropped = one.post("/console/formula/draft/removal", lock=str(enacting.room(NOW).lock), **token).status
    assert dropped == (409 if decides else 303 if proposes else 403), "the leader's is in force, and no draft is left"


def test_a_draft_goes_from_the_supervisor_to_the_leader_by_forms_alone(city: object) -> None:
    supervisor = visitor(Role.SUPERVISOR).get("/console/formula")
    numbers = form_of(Formula(response=20, ranked=(three_rates().ranked[0],)))
    assert supervisor.send("/console/formula/draft", note="签收要快", **numbers).status == 303
    leader = visitor(Role.LEADER).get("/console/formula")
    for told in (
        "严督于",
        "签收要快",
        "响应率：15 → 20",
        "参加排名的单位：市直部门，县区，乡镇街道，公用事业 → 市直部门",
    ):
        assert told in leader.page
    since = places(leader.page)[0]
    lock = re.findall(r'name="lock" value="(\d+)"', leader.page)[0]
    leader.post("/console/formula/versions", csrf=leader.hidden()["csrf"], lock=lock, since=since)
    assert leader.status == 303
    page = leader.get(leader.location).page
    assert "已启用" in page
    assert "第2版" in page
    assert "高远于" in page
    undo = page.partition("/console/formula/versions/1/restoring")[2]
    assert "撤销第2版，恢复第1版" in undo
    assert Visitor(PEOPLE[Role.CLERK]).sign_in().get("/console/formula").page.count("restoring") == 0


def test_a_form_that_cannot_be_taken_keeps_what_was_typed_and_marks_what_is_wrong(city: object) -> None:
    supervisor = visitor(Role.SUPERVISOR).get("/console/formula")
    supervisor.send("/console/formula/draft", note="试试", **form_of(Formula(response=33), level_1="9"))
    assert supervisor.status == 400
    assert 'name="response"' in supervisor.page
    assert 'value="33"' in supervisor.page
    assert 'value="试试"' in supervisor.page
    assert 'id="wrong-level_2"' in supervisor.page
    assert enacting.room(NOW).draft is None


def test_a_stale_draft_form_is_told_so_with_what_was_typed_and_can_then_be_sent_again(city: object) -> None:
    slow = visitor(Role.SUPERVISOR).get("/console/formula")
    enacting.propose(form_of(Formula(response=20)), 0, SUPERVISOR, NOW)
    slow.send("/console/formula/draft", **form_of(Formula(response=44)))
    assert slow.status == 409
    assert "刚才有别人改了考核办法" in slow.page
    assert "响应率：15 → 20" in slow.page, "what the other proposes"
    assert 'value="44"' in slow.page
    locks = re.findall(r'name="lock" value="(\d+)"', slow.page)
    slow.post("/console/formula/draft", csrf=slow.hidden()["csrf"], lock=locks[-1], **form_of(Formula(response=44)))
    assert slow.status == 303


@pytest.mark.parametrize("query", ["preset=three_rates", "preset=default", "version=1", "preset=none", "version=77"])
def test_the_form_can_begin_with_other_numbers(city: object, query: str) -> None:
    page = visitor(Role.HANDLER).get(f"/console/formula?{query}").page
    value = "0" if query == "preset=three_rates" else "25"
    assert re.search(rf'name="timeliness"[^>]*value="{value}"', page)


def test_without_any_results_the_room_says_that_there_is_nothing_to_try(city: object) -> None:
    leader = visitor(Role.LEADER).get("/console/formula")
    assert "还没有出考核结果的月份" in leader.page
    assert leader.send("/console/formula/trial", month="2026-03", **form_of(three_rates())).status == 200


# What if.


def tried(desk: Desk) -> Visitor:
    """A handler in the room, with March counted."""
    month_of_six(desk)
    assessing.assess(MARCH, COUNTED_AT)
    return visitor(Role.HANDLER).get("/console/formula")


def test_a_trial_shows_the_scores_as_they_are_and_as_they_would_be_and_writes_nothing(desk: Desk) -> None:
    handler = tried(desk)
    before = everything()
    row = assessing.table(MARCH)
    assert row is not None
    handler.send("/console/formula/trial", month="2026-03", **form_of(Formula(timeliness=0)))
    assert handler.status == 200
    trial = enacting.tried(MARCH, Formula(timeliness=0))
    assert trial is not None
    move = next(move for one in trial.classes for move in one.moves if move.before.score is not None)
    assert f"{move.before.score:.2f} → <b>{move.after.score:.2f}</b>" in handler.page
    assert "按期率：25 → 0" in handler.page
    assert 'name="timeliness" type="number" inputmode="numeric" min="0" max="100" step="1" required value="0"' in (
        handler.page
    )
    assert everything() == before


def test_a_trial_by_the_numbers_in_force_moves_nobody(desk: Desk) -> None:
    handler = tried(desk)
    handler.send("/console/formula/trial", month="2026-03", **form_of(Formula()))
    assert "各单位名次都不变" in handler.page
    assert "与现行办法相同" in handler.page


def test_what_is_tried_is_what_a_month_would_be_counted_by(desk: Desk) -> None:
    unit = month_of_six(desk)
    other = Formula(solution=90, partly=10, fewest_ranked=2)
    assessing.assess(MARCH, COUNTED_AT)
    trial = enacting.tried(MARCH, other)
    assert trial is not None
    after = next(move.after for one in trial.classes for move in one.moves if move.after.unit == unit)
    plan = assessments.plan_of(MARCH)
    assert plan is not None
    counted = evaluate(plan, assessments.frozen_months(MARCH), replace(other, version=2), ())
    assert next(line.row for line in counted.lines if line.unit == unit) == after


def test_a_month_without_a_table_cannot_be_tried(city: object) -> None:
    assert enacting.tried(MARCH, Formula()) is None


def test_only_a_supervisor_of_the_petition_office_changes_a_draft_even_by_hand(city: object) -> None:
    with pytest.raises(NotAllowed):
        enacting.propose(form_of(Formula()), 0, INSPECTOR, NOW)
    assert stored.draft() is None
    stored.save_draft(Draft(1, Formula(), "s", "严督", NOW), NOW)
    with pytest.raises(NotAllowed):
        enacting.drop(1, INSPECTOR, NOW)


# The table.


def test_every_figure_of_the_table_opens_on_how_it_came_about(desk: Desk) -> None:
    handler = tried(desk)
    page = handler.get("/console/assessment?month=2026-03").page
    assert "按考核办法第1版计算" in page
    assert '<svg class="score-bar"' in page
    assert re.search(r'<rect class="p-response" x="[\d.]+" width="[\d.]+"', page)
    assert "style=" not in page
    for told in ("4/6 = 66.67%", "未按期答复的：", "其余4人全好，不列出。", "6件全好。", "解决1人", "未解决1人"):
        assert told in page
    assert "一级督办：2件 × 1分" in page
    summaries = re.findall(r"<details name=\"how\"><summary>([^\n]*?)</summary>", page)
    assert len(summaries) == 9, "score, count, six rates that could be measured, penalty"


def test_a_sealed_accusation_is_counted_and_no_list_of_the_table_names_it(desk: Desk) -> None:
    case = desk.routed(kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION))
    assert case.unit is not None
    row = row_of(assessing.assess(MARCH, COUNTED_AT), case.unit)
    assert (row.received, row.cases, row.left_out.sealed, row.score) == (1, 0, 1, None)
    page = visitor(Role.HANDLER).get("/console/assessment?month=2026-03").page
    assert "密封件1件，只计数" in page
    assert case.case_id not in page
