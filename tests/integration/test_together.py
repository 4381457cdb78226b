"""What is handled together, by the console's forms: direct handling, a leader's instruction, assistance, an owner."""

from datetime import timedelta

import pytest

from chalicelib.desk import signing_in, supervising, tracking
from chalicelib.domain.case import Case
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Light, Outcome, Role, State
from chalicelib.entrypoints.views import status_view
from chalicelib.storage import cases, notices
from tests.integration.desk import Desk
from tests.integration.together import (
    ASSISTING,
    LEAD,
    MAYOR,
    OTHER,
    SECRETARY,
    accepted,
    asked,
    inbox,
    of,
    queue,
    refused,
    sitting,
    step,
    told,
    with_lead,
)
from tests.integration.visitor import PASSWORD, Visitor
from tests.integration.watching import everything
from tests.integration.wire import as_read

REPLY = "已核实并当场解决。联系人：何静，电话 0999-5550000。"


@pytest.fixture
def leaders(now: Desk) -> None:
    """Two leaders have accounts."""
    for leader in (MAYOR, SECRETARY):
        signing_in.open_account(leader, PASSWORD)


def citizen_sees(desk: Desk, case: Case) -> dict[str, object]:
    """What the first citizen of a case is shown."""
    return as_read(status_view(tracking.track(case.receipts[0], desk.now), desk.city, "zh"))


def step_kinds(seen: dict[str, object]) -> list[str]:
    """The kinds of the steps that a citizen is shown."""
    steps = seen["steps"]
    assert isinstance(steps, list)
    return [str(one["kind"]) for one in steps]


# The desk itself ----------------------------------------------------------------------------------------------------


def test_the_clerks_handle_a_simple_matter_themselves_and_another_of_them_approves(now: Desk) -> None:
    case = step(now.clerk, accepted(now), "direct-handling")
    assert (case.state, case.unit, case.direct) == (State.IN_HANDLING, now.city.desk_unit, True)
    assert case.case_id in queue(now.clerk, "direct")
    assert case.case_id not in queue(now.clerk, "desk")
    case = step(now.clerk, case, "note", text="已电话核实。", public="yes")
    case = step(now.clerk, case, "draft", text=REPLY, outcome="solved")
    own = sitting(now.clerk, case)
    assert f"/cases/{case.case_id}/reply" not in own.page
    assert "须由另一位同事审签" in own.page
    own.send(f"/console/cases/{case.case_id}/reply")
    assert own.status == 409
    assert "起草人不能审签自己的答复" in own.page
    colleague = Staff("clerk-2", "赵敏", Role.CLERK, now.city.desk_unit)
    assert step(colleague, case, "reply").state is State.REPLIED
    assert case.case_id not in queue(now.clerk, "direct")
    assert "HandledDirectly" in step_kinds(citizen_sees(now, case))


def test_the_head_of_the_petition_office_approves_what_a_clerk_drafted(now: Desk) -> None:
    case = step(now.clerk, accepted(now), "direct-handling")
    case = step(now.clerk, case, "draft", text=REPLY, outcome="solved")
    told(now)
    head = of(now.city.desk_unit, Role.HEAD)
    assert case.case_id in queue(head, "open")
    assert "Drafted" in inbox(head, case)
    case = step(head, case, "draft-return", words="请写明电话。")
    told(now)
    assert "SentBack" in inbox(now.clerk, case), "the clerks are the handlers of such a case"
    case = step(now.clerk, case, "draft", text=REPLY, outcome="solved")
    assert step(head, case, "reply").state is State.REPLIED


def test_a_citizen_is_told_that_the_petition_office_handles_it(now: Desk) -> None:
    case = step(now.clerk, accepted(now), "direct-handling")
    told(now)
    said = [one.text for one in notices.of_day(now.now) if one.case_id == case.case_id]
    assert any("云汀市信访局办理" in text for text in said)


# A leader's instruction ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.REGISTERED, State.ACCEPTED])
def test_a_leader_says_in_one_form_whose_it_is_and_what_is_to_be_done(now: Desk, leaders: None, state: State) -> None:
    case = now.registered(mailbox="leader-mayor")
    if state is State.ACCEPTED:
        case = step(now.clerk, case, "acceptance")
    case = step(MAYOR, case, "instructed-dispatch", unit=LEAD, words="三日内到现场。")
    assert (case.state, case.unit) == (State.DISPATCHED, LEAD)
    assert "三日内到现场。" in sitting(of(LEAD), case).page
    seen = citizen_sees(now, case)
    assert step_kinds(seen)[-1] == "Dispatched"
    assert "三日内到现场" not in str(seen), "an instruction is the desk's own"


def test_a_leader_instructs_without_words_or_a_unit_that_is_none_and_nothing_happens(now: Desk, leaders: None) -> None:
    case = now.registered(mailbox="leader-mayor")
    assert "必须填写" in refused(MAYOR, case, "instructed-dispatch", unit=LEAD, words=" ").page
    assert "三日内" in refused(MAYOR, case, "instructed-dispatch", unit="nowhere", words="三日内").page


def test_a_leader_orders_done_again_what_came_to_his_mailbox_or_what_he_owns_and_nothing_else(
    now: Desk, leaders: None
) -> None:
    own = now.answered(step(now.clerk, with_lead(now, mailbox="leader-mayor"), "owner", owner="secretary"))
    for leader in (MAYOR, SECRETARY):
        again = step(leader, cases.load(own.case_id), "rework", ground="not_done", words="没有办到。")
        assert again.state is State.IN_HANDLING
        now.answered(again)
    other = now.answered(
        with_lead(now, **{"title": "另一件说不清的事", "text": "这是完全不同的另一封来信，写的是别的。"})
    )
    assert sitting(MAYOR, other).status == 404


# Assistance ---------------------------------------------------------------------------------------------------------


def test_an_assisting_unit_is_told_gives_its_part_and_the_lead_reads_it(now: Desk) -> None:
    case = asked(now, with_lead(now))
    told(now)
    assert inbox(of(ASSISTING), case) == inbox(of(ASSISTING, Role.HEAD), case) == ["AssistanceAsked"]
    listed = queue(of(ASSISTING), "beside")
    assert case.case_id in listed
    assert "协办期限" in listed
    assert "请本单位协办" in listed
    page = sitting(of(ASSISTING), case)
    assert "请到现场查看消防通道。" in page.page
    assert "/draft" not in page.page
    assert "云汀市消防救援支队" in sitting(of(LEAD), case).page
    case = step(of(ASSISTING), case, "assisting-part", text="通道已清出，消火栓有水。")
    assert case.assisting == ()
    assert case.case_id not in queue(of(ASSISTING), "beside")
    lead = sitting(of(LEAD), case).page
    assert "通道已清出，消火栓有水。" in lead
    assert "按期提交" in lead
    told(now)
    assert inbox(of(LEAD), case)[0] == "Assisted"
    seen = citizen_sees(now, case)
    assert step_kinds(seen)[-2:] == ["AssistanceAsked", "Assisted"]
    assert "通道已清出" not in str(seen), "the part goes to the lead"
    assert "消防通道" not in str(seen)


def test_a_late_part_calls_the_unit_then_the_desk_and_the_supervisors(now: Desk) -> None:
    case = asked(now, with_lead(now))
    clock = case.assists[0].clock
    supervising.sweep(clock.yellow_at)
    told(now)
    assert inbox(of(ASSISTING), case)[0] == "AssistanceDue"
    assert "AssistanceDue" not in inbox(now.clerk, case) + inbox(now.supervisor, case)
    supervising.sweep(clock.red_at)
    told(now)
    assert inbox(of(ASSISTING), case).count("AssistanceDue") == 2
    for person in (now.clerk, now.supervisor, of(LEAD)):
        assert "AssistanceDue" in inbox(person, case)
    assert cases.load(case.case_id).assists_overdue == (ASSISTING,)
    assert sitting(now.supervisor, case).status == 200, "who is told can look"


def test_the_desk_calls_assistance_off_and_the_unit_is_told(now: Desk) -> None:
    case = step(now.clerk, asked(now, with_lead(now)), "assistance-end", unit=ASSISTING, words="不需要了。")
    told(now)
    assert inbox(of(ASSISTING), case)[0] == "AssistanceCalledOff"
    assert case.case_id not in queue(of(ASSISTING), "beside")
    assert sitting(of(ASSISTING), case).status == 404


@pytest.mark.parametrize(("unit", "why"), [(LEAD, "就是主办单位"), (ASSISTING, "已经请"), ("nowhere", "没有这个选项")])
def test_assistance_that_makes_no_sense_is_refused_and_the_words_stay_typed(now: Desk, unit: str, why: str) -> None:
    case = asked(now, with_lead(now))
    page = refused(now.clerk, case, "assistance", unit=unit, words="再请一次。").page
    assert why in page
    assert "再请一次。" in page


# The owner ----------------------------------------------------------------------------------------------------------


def test_an_owned_case_stands_in_the_leaders_list_and_before_everybody(now: Desk, leaders: None) -> None:
    case = step(now.clerk, with_lead(now), "owner", owner="mayor", words="请市长包案。")
    assert case.owner == "mayor"
    assert case.case_id in queue(MAYOR, "owned")
    assert case.case_id not in queue(SECRETARY, "owned")
    assert "江平" in sitting(of(LEAD), case).page
    told(now)
    assert inbox(MAYOR, case) == ["OwnerNamed"]
    assert inbox(SECRETARY, case) == []
    seen = citizen_sees(now, case)
    assert seen["owner_name"] == "江平"
    assert "请市长包案" not in str(seen)


def test_the_owner_hears_of_the_red_light_and_of_the_reply_and_of_nothing_in_between(now: Desk, leaders: None) -> None:
    case = step(now.clerk, with_lead(now), "owner", owner="mayor")
    clock = case.deadline
    assert clock is not None
    supervising.sweep(clock.yellow_at)
    supervising.sweep(clock.red_at)
    now.now = clock.red_at + timedelta(hours=1)
    now.answered(cases.load(case.case_id))
    told(now)
    assert inbox(MAYOR, case) == ["Replied", "LightChanged", "OwnerNamed"]


def test_another_leader_takes_a_case_over_and_the_first_one_has_it_no_more(now: Desk, leaders: None) -> None:
    case = step(now.clerk, with_lead(now), "owner", owner="mayor")
    case = step(now.clerk, case, "owner", owner="secretary")
    assert case.case_id not in queue(MAYOR, "owned")
    assert case.case_id in queue(SECRETARY, "owned")
    assert citizen_sees(now, case)["owner_name"] == "高远"


@pytest.mark.parametrize("login", ["", "clerk", "nobody", "mayor#", "leader#mayor", "\x00", "江平"])
def test_only_a_leader_can_own_a_case(now: Desk, leaders: None, login: str) -> None:
    refused(now.clerk, with_lead(now), "owner", owner=login, words="")


def test_where_nobody_owns_it_no_message_is_made_for_a_red_light(now: Desk) -> None:
    case = with_lead(now)
    told(now)
    clock = case.deadline
    assert clock is not None
    supervising.sweep(clock.red_at)
    waiting = [key for key in everything() if key.startswith(f"outbox#notices.{case.case_id}")]
    kinds = {cases.event(case.case_id, int(key.split()[0][-6:])).kind for key in waiting}
    assert "LightChanged" not in kinds


# Whoever was asked first --------------------------------------------------------------------------------------------


def test_who_was_asked_first_answers_for_it_until_another_has_signed(now: Desk) -> None:
    case = step(now.clerk, accepted(now), "dispatch", unit=LEAD)
    form = sitting(of(LEAD), case).page
    assert "可以退回" in form
    case = step(of(LEAD), case, "return", ground="不属我局职责。")
    case = step(now.clerk, case, "dispatch", unit=OTHER)
    listed = queue(of(LEAD), "beside")
    assert case.case_id in listed
    assert "本单位首问负责" in listed
    seen = citizen_sees(now, case)
    unit = now.city.unit(LEAD)
    assert unit is not None
    assert seen["first_asked"] == {"unit_name": unit.name.zh, "phone": unit.phone}
    case = step(of(LEAD), case, "note", text="已告诉来信人正在改派。", public="yes")
    assert "已告诉来信人正在改派" in str(citizen_sees(now, case))
    case = step(of(OTHER), case, "signature")
    told(now)
    assert inbox(of(LEAD), case)[0] == "Signed"
    assert "Signed" not in inbox(of(OTHER), case)
    assert case.case_id not in queue(of(LEAD), "beside")
    assert citizen_sees(now, case)["first_asked"] is None
    assert sitting(of(LEAD), case).status == 404


def test_a_unit_cannot_return_what_it_had_too_long(now: Desk) -> None:
    case = step(now.clerk, accepted(now), "dispatch", unit=LEAD)
    assert case.return_until is not None
    from chalicelib.desk import handling
    from chalicelib.domain.errors import RuleBroken

    with pytest.raises(RuleBroken) as late:
        handling.return_to_desk(case.case_id, case.version, of(LEAD), case.return_until + timedelta(seconds=1), "晚了")
    assert late.value.code == "return.too_late"


# A promise ----------------------------------------------------------------------------------------------------------


def test_a_promised_day_is_shown_and_called_about_when_it_has_come(now: Desk) -> None:
    case = with_lead(now)
    day = (now.now + timedelta(days=20)).date().isoformat()
    case = step(of(LEAD), case, "draft", text=REPLY, outcome="by_date", done_on=day)
    assert day in sitting(of(LEAD, Role.HEAD), case).page
    case = step(of(LEAD, Role.HEAD), case, "reply")
    assert f"承诺{day}前办结" in sitting(now.clerk, case).page
    seen = citizen_sees(now, case)
    assert seen["promised_by"]
    assert f"承诺{day}前办结" in str(seen["steps"])
    told(now)
    assert any(f"承诺{day}前办结" in one.text for one in notices.of_day(now.now) if one.case_id == case.case_id)
    assert case.done_by is not None
    supervising.sweep(case.done_by)
    told(now)
    assert "CallBackDue" in inbox(now.clerk, case)
    assert cases.load(case.case_id).call_back_due


@pytest.mark.parametrize(
    "day", ["", "2020-01-01", "9999-12-31", "明天", "2026-13-01", "2026-02-30", "0001-01-01", "20270101"]
)
def test_a_promise_without_a_day_to_come_is_refused_and_the_reply_stays_typed(now: Desk, day: str) -> None:
    page = refused(of(LEAD), with_lead(now), "draft", text=REPLY, outcome="by_date", done_on=day).page
    assert REPLY in page
    assert 'name="done_on"' in page


def test_a_reply_offers_the_outcomes_of_its_kind_and_takes_no_other(now: Desk) -> None:
    case = with_lead(now)
    page = sitting(of(LEAD), case).page
    assert f'value="{Outcome.BY_DATE}"' in page
    assert f'value="{Outcome.ADOPTED}"' not in page
    refused(of(LEAD), case, "draft", text=REPLY, outcome="adopted")


def test_a_light_that_stands_for_nobody_else_is_not_changed_by_assistance(now: Desk) -> None:
    case = asked(now, with_lead(now))
    supervising.sweep(case.assists[0].clock.red_at - timedelta(minutes=1))
    after = cases.load(case.case_id)
    assert after.light in (Light.GREEN, Light.YELLOW)


def test_lists_that_are_empty_say_so_in_their_own_words(now: Desk, leaders: None) -> None:
    assert "没有信访局直接办理的事项" in queue(now.clerk, "direct")
    assert "没有请本单位协办" in queue(of(OTHER), "beside")
    assert "您现在没有包案" in queue(MAYOR, "owned")
    assert Visitor(of(OTHER)).sign_in().get("/console/queue?list=owned").status == 403
