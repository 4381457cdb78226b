"""Supervision orders through the use cases and the console: offices, inboxes, the room, the circular, the file."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.desk import cities, handling, ordering, working
from chalicelib.domain.case import Case
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Found, InspectionWay, Kind, Outcome, ReworkGround, Role, State
from chalicelib.storage import cases
from tests.integration.desk import Desk
from tests.integration.telling import tell
from tests.integration.visitor import Visitor
from tests.integration.watching import everything

ROOM = "/console/supervision"
NAME = "欧阳文山"


@pytest.fixture
def now(desk: Desk) -> Desk:
    """The desk so that its letters are overdue today: pages are drawn by the clock on the wall."""
    desk.now = datetime.now(UTC) - timedelta(days=100)
    return desk


def inspector(desk: Desk) -> Staff:
    """A supervisor of the general offices' inspection room."""
    return Staff("ducha", "程立", Role.SUPERVISOR, desk.city.supervised_by(2)[0].id, supervises=2)


def officer(desk: Desk, role: Role = Role.HANDLER) -> Staff:
    """Somebody of the discipline commission."""
    return Staff(f"jijian-{role}", "清一", role, desk.city.supervised_by(3)[0].id, supervises=3)


def leader() -> Staff:
    """A leader whose own mailbox it is."""
    return Staff("shizhang", "江平", Role.LEADER, None, ("petitions",))


def at_level(desk: Desk, level: int, **changes: object) -> Case:
    """A case under an order of ``level``, swept as it went."""
    case = desk.signed(**changes)
    while case.order is None or case.order.level < level:
        moment = case.next_due_at(desk.now)
        assert moment is not None
        desk.now = max(moment, desk.now)
        desk.swept()
        case = cases.load(case.case_id)
    return case


def inbox(staff: Staff) -> list[str]:
    """What lies in somebody's inbox, the earliest first."""
    return [entry.kind for entry in reversed(working.inbox_of(staff))]


def test_each_level_is_laid_before_its_office_and_the_unit(desk: Desk) -> None:
    case = at_level(desk, 3)
    assert tell(desk) == []
    assert inbox(desk.supervisor).count("Supervised") == 1
    assert inbox(inspector(desk)).count("Supervised") == 1
    for role in (Role.HANDLER, Role.HEAD):
        assert inbox(officer(desk, role)).count("Supervised") == 1
    assert inbox(desk.handler(case)).count("Supervised") == 3


def test_an_order_is_answered_inspected_and_released_and_everybody_hears_of_it(desk: Desk) -> None:
    case = at_level(desk, 2)
    tell(desk)
    case = ordering.answer_order(case.case_id, case.version, desk.handler(case), desk.now, "月底前办好。")
    tell(desk)
    assert inbox(inspector(desk))[-1] == "OrderAnswered"
    way, found = InspectionWay.ON_SITE, Found.DONE
    case = ordering.inspect(case.case_id, case.version, inspector(desk), desk.now, way, found, "已经办好。")
    assert case.order is None
    tell(desk)
    assert inbox(desk.handler(case))[-2:] == ["OrderInspected", "OrderReleased"]


def test_an_order_left_unanswered_is_told_to_the_head_and_the_office_once(desk: Desk) -> None:
    case = at_level(desk, 1)
    desk.later(days=20).swept()
    desk.swept()
    tell(desk)
    assert inbox(desk.head(case)).count("OrderOverdue") == 1
    assert inbox(desk.supervisor).count("OrderOverdue") == 1
    assert "OrderOverdue" not in inbox(desk.handler(case))


def test_a_leader_is_told_of_each_finding_and_the_room_of_each_inspection_due(desk: Desk) -> None:
    case = desk.signed()
    case = ordering.order_inspection(case.case_id, case.version, leader(), desk.now, "每周查一次。")
    desk.later(days=22).swept()
    case = cases.load(case.case_id)
    assert case.inspection is not None
    assert case.inspection.due
    assert [kind for key, item in everything().items() if (kind := item.get("worklist", {}).get("S")) == "to-inspect"]
    desk.swept()
    tell(desk)
    assert inbox(desk.supervisor).count("InspectionDue") == 1, "three weeks late, and told of one"
    way = InspectionWay.PHONE
    case = ordering.inspect(case.case_id, case.version, desk.supervisor, desk.now, way, Found.IN_HAND, "正在办。")
    tell(desk)
    assert inbox(leader())[-1] == "OrderInspected"
    assert "to-inspect" not in {item.get("worklist", {}).get("S") for item in everything().values()}
    case = ordering.end_inspection(case.case_id, case.version, leader(), desk.now, "")
    assert case.inspection is None


def test_the_keeper_of_the_mailbox_is_reminded_and_sees_no_letter(now: Desk) -> None:
    box = replace(next(box for box in now.city.mailboxes if box.id == "petitions"), keeper="dizhou")
    mailboxes = (box, *(other for other in now.city.mailboxes if other.id != box.id))
    cities.use(replace(now.city, version=now.city.version + 1, mailboxes=mailboxes))
    case = now.signed(name=NAME)
    moment = case.keeper_at(now.now)
    assert moment is not None
    now.now = moment
    assert now.swept().happened == {"KeeperReminded": 1}
    tell(now)
    keeper = Staff("xiangzhu", "箱主", Role.HANDLER, box.keeper)
    assert inbox(keeper) == ["KeeperReminded"]
    sees = Visitor(keeper).sign_in()
    assert case.title in sees.get(f"/console/queue?list={box.id}").page
    page = sees.get(f"/console/cases/{case.case_id}").page
    assert "箱主" in page
    assert "欧" not in page
    assert "占道经营，把盲道" not in page
    assert sees.send(f"/console/cases/{case.case_id}/reminder", words="请抓紧办理。").status == 303
    assert sees.get(f"/console/cases/{case.case_id}/file").status == 403


def test_the_room_shows_each_office_its_orders(now: Desk) -> None:
    third = at_level(now, 3, title="等得最久的一件")
    second = at_level(now, 2, title="老楼漏水", text="我家住顶楼，一下雨天花板就往下滴水，墙皮掉了一地，请派人来修。")
    first = at_level(
        now, 1, title="工资没有发", text="在饭店端盘子三个月，老板一直拖着工钱不给，说没有合同，请帮我要回来。"
    )
    assert [cases.load(case.case_id).highest_level for case in (first, second, third)] == [1, 2, 3]
    for staff, sees in (
        (now.supervisor, [True, True, True]),
        (inspector(now), [False, True, True]),
        (officer(now, Role.HEAD), [False, False, True]),
    ):
        room = Visitor(staff).sign_in().get(ROOM)
        assert room.status == 200
        assert [f"/console/cases/{case.case_id}" in room.page for case in (first, second, third)] == sees
        queue = Visitor(staff).sign_in().get("/console/queue?list=level%233").page
        assert third.title in queue


def test_the_room_is_empty_when_nothing_is_late(now: Desk) -> None:
    room = Visitor(now.supervisor).sign_in().get(ROOM)
    assert room.status == 200
    assert "没有黄灯、红灯和督办事项" in room.page


def test_a_handler_of_a_unit_that_supervises_nothing_has_no_such_room(now: Desk) -> None:
    handler = Visitor(Staff("other", "某人", Role.HANDLER, now.dispatched().unit)).sign_in()
    assert handler.get(ROOM).status == 403
    assert ROOM not in handler.get("/console/queue").page


def test_a_circular_lists_the_chosen_matters_by_unit_and_no_accusation(now: Desk) -> None:
    one, other = at_level(now, 1, title="甲事"), at_level(now, 1, title="乙事")
    case = cases.load(one.case_id)
    assert case.order is not None
    level = case.order.level
    visitor = Visitor(now.supervisor).sign_in()
    both = visitor.get(f"{ROOM}/circular?level={level}").page
    assert "甲事" in both
    chosen = visitor.get(f"{ROOM}/circular?level={level}&case.{one.case_id}=yes").page
    assert "甲事" in chosen
    assert "乙事" not in chosen
    assert other.case_id
    assert visitor.get(f"{ROOM}/circular?level=3").status == 200
    assert visitor.get(f"{ROOM}/circular?level=9").status == 400


def test_every_form_of_an_order_works_in_the_console(now: Desk) -> None:
    now.now = datetime.now(UTC) - timedelta(days=10)
    case = now.signed(name=NAME)
    now.later(days=9, hours=23).swept()
    place = f"/console/cases/{case.case_id}"
    supervisor = Visitor(now.supervisor).sign_in()
    assert supervisor.get(place).send(f"{place}/supervision", level="2", words="请说明原因。").status == 303
    assert supervisor.get(place).send(f"{place}/supervision", level="1", words="请说明原因。").status == 400
    handler = Visitor(now.handler(case)).sign_in()
    assert handler.get(place).send(f"{place}/order-answer", words="正在施工，月底前完成。").status == 303
    room = Visitor(inspector(now)).sign_in()
    refused = room.get(place).send(f"{place}/finding", way="on_site", words="到现场看过。")
    assert refused.status == 400
    assert "到现场看过。" in refused.page
    assert room.get(place).send(f"{place}/finding", way="on_site", found="in_hand", words="正在施工。").status == 303
    assert room.get(place).send(f"{place}/release", words="可以按期办结。").status == 303
    assert cases.load(case.case_id).order is None


def test_the_file_tells_everything_and_hides_who_wrote(now: Desk) -> None:
    text = f"我叫{NAME}，电话13912345678，住在解放路12号，路口占道经营很久了，请城管来管一管，谢谢你们。"
    case = at_level(now, 3, name=NAME, text=text)
    case = ordering.answer_order(case.case_id, case.version, now.handler(case), now.now, f"已与{NAME}联系。")
    file = Visitor(officer(now)).sign_in().get(f"/console/cases/{case.case_id}/file")
    assert file.status == 200
    for told in ("督办单", "第3号", "已与欧某某联系", "办理经过", "占道经营"):
        assert told in file.page
    for hidden in (NAME, "13912345678", "12号"):
        assert hidden not in file.page
    page = Visitor(officer(now)).sign_in().get(f"/console/cases/{case.case_id}").page
    assert NAME not in page
    assert "13912345678" not in page


def test_the_file_of_an_accusation_is_its_own_units_and_each_look_is_on_record(now: Desk) -> None:
    case = now.dispatched(kind="accusation", mailbox=now.mailbox_for(Kind.ACCUSATION), title="举报", text="举报" * 20)
    own = Visitor(now.handler(case)).sign_in()
    assert own.get(f"/console/cases/{case.case_id}/file").status == 200
    assert [event.kind for event in cases.record_of(case.case_id)][-1] == "Looked"
    now.later(days=100).swept()
    assert Visitor(now.supervisor).sign_in().get(f"/console/cases/{case.case_id}/file").status == 403


def test_a_reply_found_false_is_offered_for_rework_first(now: Desk) -> None:
    case = at_level(now, 1)
    case = handling.draft(case.case_id, case.version, now.handler(case), now.now, "已经办好。", Outcome.SOLVED)
    case = handling.reply(case.case_id, case.version, now.head(case), now.now)
    way, found = InspectionWay.PHONE, Found.FALSE_REPLY
    case = ordering.inspect(case.case_id, case.version, now.supervisor, now.now, way, found, "并没有办。")
    assert case.state is State.REPLIED
    assert case.order is not None
    page = Visitor(now.supervisor).sign_in().get(f"/console/cases/{case.case_id}").page
    assert "查实答复不实" in page
    assert page.index(f"/console/cases/{case.case_id}/rework") < page.index(f"/console/cases/{case.case_id}/finding")
    assert ReworkGround.NOT_DONE.value in page
