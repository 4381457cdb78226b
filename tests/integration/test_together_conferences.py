"""Joint conferences (会办) by the console's own forms: called, put off, called off, held, and two clerks at one."""

from datetime import timedelta

import pytest

from chalicelib.desk import arranging, handling, tracking
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Changed
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role, State
from chalicelib.entrypoints.views import status_view
from chalicelib.storage import cases, notices
from tests.integration.desk import Desk
from tests.integration.test_races import between, sound
from tests.integration.together import (
    ASSISTING,
    LEAD,
    OTHER,
    accepted,
    conference_form,
    inbox,
    minute,
    of,
    queue,
    refused,
    result_form,
    sitting,
    step,
    told,
    with_lead,
)
from tests.integration.wire import as_read


def called(desk: Desk, *members: str) -> Case:
    """A case whose conference is in two days."""
    return step(desk.clerk, with_lead(desk), "conference", **conference_form(desk, *members))


def conferred(desk: Desk, *members: str) -> Case:
    """A case that was called into conference three days ago, for yesterday."""
    clerk, at = desk.clerk, desk.now - timedelta(days=3)
    desk.now = at
    case = desk.registered()
    case = handling.accept(case.case_id, case.version, clerk, at)
    case = handling.dispatch(case.case_id, case.version, clerk, at, LEAD)
    case = handling.sign(case.case_id, case.version, of(LEAD), at)
    on, said = at + timedelta(days=2), ("三楼会议室", members or (LEAD, ASSISTING), "明确由谁牵头。")
    case = arranging.call_conference(case.case_id, case.version, clerk, at, on, *said)
    desk.later(days=3)
    return case


def seen_by_the_citizen(desk: Desk, case: Case) -> dict[str, object]:
    """What the first citizen of a case is shown."""
    return as_read(status_view(tracking.track(case.receipts[0], desk.now), desk.city, "zh"))


def test_the_members_are_told_see_the_case_and_have_it_in_their_list(now: Desk) -> None:
    case = called(now, LEAD, ASSISTING)
    assert case.state is State.IN_CONFERENCE
    told(now)
    for person in (of(ASSISTING), of(ASSISTING, Role.HEAD), of(LEAD)):
        assert inbox(person, case)[0] == "ConferenceCalled"
    assert inbox(of(OTHER), case) == []
    listed = queue(of(ASSISTING), "beside")
    assert case.case_id in listed
    assert "请本单位参加" in listed
    page = sitting(of(ASSISTING), case).page
    assert "三楼会议室" in page
    assert "明确由谁牵头。" in page
    assert "会办" in queue(now.clerk, "desk")


def test_the_citizen_is_told_the_day_and_need_not_come(now: Desk) -> None:
    case = called(now)
    told(now)
    seen = seen_by_the_citizen(now, case)
    assert seen["state_name"] == "会办中"
    assert case.conference is not None
    on = minute(case.conference.on).replace("T", " ")
    assert f"定于{on}会办" in str(seen["steps"])
    assert any(on in one.text and "不必到场" in one.text for one in notices.of_day(now.now))
    assert "三楼会议室" not in str(seen)


def test_a_conference_cannot_be_written_up_before_its_day(now: Desk) -> None:
    case = called(now)
    page = sitting(now.clerk, case)
    assert "/conference-result" not in page.page
    page.send(f"/console/cases/{case.case_id}/conference-result", **result_form(LEAD))
    assert page.status == 409
    assert "会办还没有开" in page.page


@pytest.mark.parametrize(("lead", "state"), [(LEAD, State.IN_HANDLING), (OTHER, State.DISPATCHED)])
def test_one_opinion_comes_of_it_and_one_lead(now: Desk, lead: str, state: State) -> None:
    case = conferred(now, LEAD, ASSISTING, OTHER)
    assert "/conference-result" in sitting(now.clerk, case).page
    case = step(now.clerk, case, "conference-result", **result_form(lead))
    assert (case.state, case.unit, case.conference) == (state, lead, None)
    told(now)
    assert inbox(of(ASSISTING), case)[0] == "ConferenceHeld"
    assert case.case_id not in queue(of(ASSISTING), "beside")
    assert sitting(of(ASSISTING), case).status == 404
    assert "机密的争论记录" in sitting(of(lead), case).page
    seen = seen_by_the_citizen(now, case)
    name = now.city.unit(lead)
    assert name is not None
    assert f"由{name.name.zh}牵头办理" in str(seen["steps"])
    assert "机密的争论记录" not in str(seen), "the citizen sees that it was held, not the minutes"
    assert "由一家牵头。" not in str(seen)


def test_a_conference_that_is_put_off_tells_also_who_need_not_come_any_more(now: Desk) -> None:
    case = called(now, LEAD, ASSISTING)
    form = conference_form(now, LEAD, OTHER, on=minute(now.now + timedelta(days=5)), words="改期。")
    assert "重新召集即改期" in sitting(now.clerk, case).page
    case = step(now.clerk, case, "conference", **form)
    told(now)
    assert inbox(of(ASSISTING), case) == ["ConferenceCalled", "ConferenceCalled"]
    assert inbox(of(OTHER), case) == ["ConferenceCalled"]
    assert case.case_id not in queue(of(ASSISTING), "beside")
    assert case.case_id in queue(of(OTHER), "beside")


def test_a_conference_that_is_called_off_leaves_the_matter_where_it_stood(now: Desk) -> None:
    case = step(now.clerk, called(now), "conference-end", words="两家已谈妥。")
    assert (case.state, case.unit) == (State.IN_HANDLING, LEAD)
    told(now)
    assert inbox(of(ASSISTING), case)[0] == "ConferenceCalledOff"
    assert case.case_id not in queue(of(ASSISTING), "beside")
    fresh = accepted(now, title="又一件说不清的事情", text="这封信写的是另外一个地方的另外一件麻烦事。")
    again = step(
        now.clerk, step(now.clerk, fresh, "conference", **conference_form(now)), "conference-end", words="罢。"
    )
    assert again.state is State.ACCEPTED


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"on": ""}, "请填日期和时间"),
        ({"on": "明天下午"}, "请填日期和时间"),
        ({"on": "2020-01-01T09:00"}, "会办时间须在现在之后"),
        ({"on": "9999-12-31T23:59"}, "最多安排在60天以内"),
        ({"on": "0001-01-01T00:00"}, "请填日期和时间"),
        ({"on": "2026-03-02T09:00:00+14:00"}, "请填日期和时间"),
        ({"place": ""}, "必须填写"),
        ({"place": "x" * 201}, "最多200个字"),
        ({"words": "\x00"}, "看不见的特殊字符"),
        ({"unit.fire-rescue": "no"}, "请选2到20个单位参加"),
        ({"unit.fire-rescue": "yes' OR 1=1"}, "请选2到20个单位参加"),
    ],
)
def test_a_conference_that_cannot_be_called_is_refused_by_name_and_keeps_what_was_typed(
    now: Desk, changes: dict[str, str], why: str
) -> None:
    form = conference_form(now, LEAD, ASSISTING, **{"words": "明确<b>由谁</b>牵头。", **changes})
    page = refused(now.clerk, with_lead(now), "conference", **form).page
    assert why in page
    assert "<b>由谁" not in page
    assert "unit.urban-management" in page


def test_a_form_with_more_boxes_than_any_city_has_is_turned_away(now: Desk) -> None:
    case = with_lead(now)
    flood = {f"unit.no-{number}": "yes" for number in range(2_600)}
    assert refused(now.clerk, case, "conference", **conference_form(now), **flood).status == 403
    every = {f"unit.{unit.id}": "yes" for unit in now.city.units}
    assert "请选2到20个单位" in refused(now.clerk, case, "conference", **{**conference_form(now), **every}).page


def test_of_two_clerks_one_calls_it_off_and_the_other_is_told_and_keeps_her_minutes(now: Desk) -> None:
    case = conferred(now)
    writer = sitting(now.clerk, case)
    other = Staff("clerk-2", "赵敏", Role.CLERK, now.city.desk_unit)
    step(other, case, "conference-end", words="两家已谈妥。")
    writer.send(f"/console/cases/{case.case_id}/conference-result", **result_form(OTHER))
    assert writer.status == 409
    assert "刚才有别人办理了" in writer.page
    assert "取消会办" in writer.page
    assert "机密的争论记录。" in writer.page
    assert cases.load(case.case_id).state is State.IN_HANDLING


def test_of_two_clerks_who_write_it_up_in_the_same_moment_one_wins(now: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = conferred(now)

    def held(lead: str) -> Case:
        return arranging.hold_conference(case.case_id, case.version, now.clerk, now.now, *("说", "记", "定"), lead)

    between(monkeypatch, lambda: held(LEAD))
    with pytest.raises(Changed):
        held(OTHER)
    assert [event.kind for event in cases.record_of(case.case_id)].count("ConferenceHeld") == 1
    assert cases.load(case.case_id).unit == LEAD
    assert sound(case.case_id)
