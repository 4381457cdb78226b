"""一日一清理 on a desk at work: the morning's list made by the schedule, once; endorsed by a leader, as it was."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from chalice.test import Client

from app import app
from chalicelib.desk import clearing, receiving, supervising
from chalicelib.domain.clearing import Part
from chalicelib.domain.people import Staff
from chalicelib.domain.roots import day_of
from chalicelib.domain.words import Role
from chalicelib.storage import clearings
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.receiving import booked, planned
from tests.integration.test_console import visitor
from tests.integration.test_papers import fetched
from tests.integration.watching import everything, watched

pytestmark = pytest.mark.usefixtures("empty_bucket")

ROOM = "/console/reports"
ACCUSATION = {
    "kind": "accusation",
    "title": "举报收受礼金",
    "text": "举报某单位负责人收受礼金，请依法查处，我愿意配合调查。",
}


def unclear(number: int) -> dict[str, object]:
    """A letter of its own."""
    return {**UNCLEAR, "title": f"第{number}件难事", "text": f"{UNCLEAR['text']}{'甲乙丙丁戊己'[number] * 60}"}


@pytest.fixture
def now(desk: Desk) -> Desk:
    """A desk with something overdue, something sealed, something new, something that awaits approval."""
    desk.now = datetime.now(UTC) - timedelta(days=20)
    desk.signed(**unclear(0))
    desk.drafted(**unclear(1))
    desk.filed(**ACCUSATION)
    desk.route_all()
    desk.now = datetime.now(UTC)
    supervising.sweep(desk.now)
    desk.now -= timedelta(days=1)
    desk.registered(**unclear(2))
    desk.now += timedelta(days=1)
    desk.filed(**unclear(3))
    return desk


def test_the_list_says_what_must_not_wait(now: Desk) -> None:
    made = clearing.make(now.now)
    assert made.day == day_of(now.now)
    assert {part: made.counts[part] for part in Part} == {
        Part.REGISTRATION: 1,
        Part.DISPATCH: 1,
        Part.OVERDUE: made.counts[Part.SUPERVISED],
        Part.DUE_TODAY: made.counts[Part.DUE_TODAY],
        Part.DUE_TOMORROW: made.counts[Part.DUE_TOMORROW],
        Part.SUPERVISED: 3,
        Part.APPROVAL: 1,
    }
    assert sum(made.overdue_by_unit.values()) == made.counts[Part.OVERDUE] == 3
    assert (made.yesterday.total, sum(made.yesterday.by_channel.values())) == (1, 1)
    assert [matter.sealed for matter in made.parts[Part.OVERDUE]].count(True) == 1


def test_the_list_is_made_once_and_reads_each_open_case_once(now: Desk) -> None:
    with watched() as calls:
        made = clearing.make(now.now)
    assert calls.count("Scan") == 0
    assert calls.looked_at < 40
    kept = everything()
    now.filed(**unclear(4))
    assert clearing.make(now.now) == made
    assert {key for key in everything() if key.startswith("clearing")} == {
        key for key in kept if key.startswith("clearing")
    }


def test_the_schedule_makes_it_after_it_has_closed_the_day_and_twice_is_once(now: Desk) -> None:
    for _ in range(2):
        with Client(app) as client:
            event = client.events.generate_cw_event("aws.events", "Scheduled Event", {}, [])
            event["context"] = {}
            client.lambda_.invoke("close_day", event)
    assert [line.day for line in clearing.days(10)] == [day_of(now.now)]


def test_nothing_that_a_citizen_wrote_is_kept_in_the_list(now: Desk) -> None:
    clearing.make(now.now)
    kept = json.dumps(
        {key: item for key, item in everything().items() if key.startswith("clearing")}, ensure_ascii=False
    )
    assert "难事" not in kept
    assert "礼金" not in kept


def test_a_leader_endorses_it_and_a_day_that_nobody_endorsed_stays_marked(now: Desk) -> None:
    leader = visitor(Role.LEADER).get(ROOM)
    assert "今天的清单还没有生成" in leader.page
    assert "现在生成" not in visitor(Role.HEAD).get(ROOM).page
    clerk = visitor(Role.CLERK).get(ROOM)
    place = clerk.send(f"{ROOM}/day").location
    assert "还没有领导批阅" in clerk.get(ROOM).page
    page = leader.get(place)
    assert "第0件难事" not in page.page, "a leader knows of what came to the own mailbox, and no other title"
    assert page.send(f"{place}/endorsement", words="  ").status == 400
    for _ in range(2):
        assert leader.get(place).send(f"{place}/endorsement", words="请逐件过问。<b>").status == 303
    shown = leader.get(place).page
    assert shown.count("请逐件过问。&lt;b&gt;") == 1
    assert "高远" in shown
    assert "高远批阅" in clerk.get(ROOM).page
    assert clerk.get(place).send(f"{place}/endorsement", words="已阅").status == 403
    assert [one.words for one in clearings.endorsements(day_of(now.now))] == ["请逐件过问。<b>"]


def test_two_leaders_endorse_one_day_and_both_stand(now: Desk) -> None:
    clearing.make(now.now)
    for login in ("mayor", "secretary"):
        clearing.endorse(Staff(login, login, Role.LEADER), day_of(now.now), "已阅。", now.now)
    assert clearing.days(1)[0].endorsed_by == ("mayor", "secretary")


def test_what_was_endorsed_stays_and_beside_it_stands_how_things_are_now(now: Desk) -> None:
    clerk = visitor(Role.CLERK).get(ROOM)
    place = clerk.send(f"{ROOM}/day").location
    assert "第0件难事" in clerk.get(place).page
    matters = clearing.make(now.now).parts[Part.OVERDUE]
    open_one = next(now.case_of(receipt) for receipt in now.receipts[:1])
    assert open_one.case_id in {matter.case_id for matter in matters}
    now.answered(open_one)
    after = clerk.get(place).page
    row = after[after.index(f"/console/cases/{open_one.case_id}") :].partition("</tr>")[0]
    assert "办理中" in row
    assert "<b>已答复</b>" in row


def test_a_sealed_matter_is_a_number_with_its_unit(now: Desk) -> None:
    clerk = visitor(Role.CLERK).get(ROOM)
    place = clerk.send(f"{ROOM}/day").location
    page = clerk.get(place).page
    assert "礼金" not in page
    assert "检举控告（密封）" in page
    data = json.loads(clerk.get(f"{place}.json").page)
    sealed = [matter for matter in data["matters"]["overdue"] if matter["sealed"]]
    assert [(matter["state"], matter["due_at"], matter["level"]) for matter in sealed] == [(None, None, 0)]
    text = fetched(clerk.get(f"{place}.docx").location)
    assert "检举控告（密封）" in text
    assert "难事" not in text, "a paper outlives what is erased"


def test_a_head_sees_the_own_unit_s_matters_alone(now: Desk) -> None:
    made = clearing.make(now.now)
    head = visitor(Role.HEAD).get(f"{ROOM}/day/{made.day:%Y-%m-%d}")
    assert head.status == 200
    others = {one.case_id for part in made.parts.values() for one in part if one.unit != "urban-management"}
    assert others
    assert not [case for case in others if case in head.page.replace(" ", "")]


def test_the_day_s_receptions_are_on_the_list_and_those_called_off_are_not(now: Desk) -> None:
    reception = planned(now, days=2)
    booked(now, reception)
    other = planned(now, days=2.1)
    receiving.call_off(other.id, {"reason": "场地检修。"}, now.clerk, now.now)
    made = clearing.make(reception.plan.starts_at)
    assert [(one.reception, one.booked) for one in made.receptions] == [(reception.id, 1)]


@pytest.mark.parametrize("name", ["2026-13-01", "x", "2026-10-17"])
def test_a_day_without_a_list_is_not_found(name: str, city: object) -> None:
    assert visitor(Role.CLERK).get(f"{ROOM}/day/{name}").status == 404
