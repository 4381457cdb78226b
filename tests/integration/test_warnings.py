"""Every warning goes to the discipline system by itself, and to nobody else; of an accusation hardly anything."""

import json
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.desk import cities, endpoints, ordering
from chalicelib.desk.telling import body_of
from chalicelib.domain import hooks
from chalicelib.domain.case import Case
from chalicelib.domain.city import Endpoint, Name
from chalicelib.domain.errors import Invalid
from chalicelib.domain.messages import Topic
from chalicelib.domain.notices import is_public, is_warning
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Found, InspectionWay, Kind, Role
from chalicelib.storage import cases
from tests.integration.desk import Desk
from tests.integration.visitor import Visitor
from tests.integration.watching import sent

PLAIN = Endpoint("province", Name("省信访局", "Province"), "http://127.0.0.1:9/", "whsec_" + "A" * 32)
WARNED = Endpoint(
    "jijian", Name("纪检监察系统", "Discipline"), "http://127.0.0.1:9/", "whsec_" + "B" * 32, warnings=True
)
ADDRESS = "https://93.184.215.14/hooks"  # public, and asked nothing here
SEALED_SAYS = {
    "case",
    "step",
    "number",
    "at",
    "light",
    "level",
    "unit",
    "unit_name",
    "deadline",
    "answer_by",
}


@pytest.fixture
def warned(desk: Desk) -> Desk:
    """The province is told of public steps, the discipline system of warnings too."""
    desk.city = cities.use(replace(desk.city, version=desk.city.version + 1, endpoints=(PLAIN, WARNED)))
    return desk


def left_alone(desk: Desk, case: Case, days: int = 90) -> Case:
    """The case after so many days of nobody's work, swept whenever something was due."""
    until = desk.now + timedelta(days=days)
    while (moment := case.next_due_at(desk.now)) is not None and moment <= until:
        desk.now = max(moment, desk.now)
        desk.swept()
        case = cases.load(case.case_id)
    return case


def told(endpoint: Endpoint) -> list[dict[str, Any]]:
    """The bodies that wait for ``endpoint``, in the order of the steps; each sweep has sent what waited once more."""
    waiting = {one.event: one for one in sent(Topic.WEBHOOKS) if one.endpoint == endpoint.id}
    return [json.loads(body_of(waiting[number], endpoint)) for number in sorted(waiting)]


def test_the_discipline_system_is_told_of_every_light_reminder_and_order(warned: Desk) -> None:
    case = left_alone(warned, warned.signed())
    types = [body["type"] for body in told(WARNED)]
    assert types.count("warning.light_changed") == 2
    assert types.count("warning.keeper_reminded") == 1
    assert types.count("warning.reminded") == 1
    assert types.count("warning.supervised") == 3
    assert types.count("warning.order_overdue") == 3
    record = cases.record_of(case.case_id)
    assert len(types) == sum(is_warning(event) or is_public(event) for event in record)


def test_whoever_is_told_of_public_steps_is_told_what_they_always_were(warned: Desk) -> None:
    case = left_alone(warned, warned.signed())
    bodies = told(PLAIN)
    assert [body["type"] for body in bodies] == [
        f"case.{event.kind.lower()}" for event in cases.record_of(case.case_id) if is_public(event)
    ]
    assert all("level" not in body["data"] and "file" not in body["data"] for body in bodies)


def test_an_order_is_told_with_its_level_its_term_and_its_ground_and_at_the_third_with_the_file(warned: Desk) -> None:
    case = left_alone(warned, warned.signed())
    orders = [body["data"] for body in told(WARNED) if body["type"] == "warning.supervised"]
    assert [(one["level"], one["order"], one["ground"]) for one in orders] == [
        (1, 1, "逾期未办结"),
        (2, 2, "督办后仍未办结"),
        (3, 3, "督办后仍未办结"),
    ]
    assert all(one["answer_by"] and one["light"] == "red" for one in orders)
    assert [one["file"] for one in orders][:2] == [None, None]
    assert orders[2]["file"].endswith(f"/console/cases/{case.case_id}/file")


def test_answer_finding_and_release_are_told_too(warned: Desk) -> None:
    case = left_alone(warned, warned.signed(), days=10)
    case = ordering.answer_order(case.case_id, case.version, warned.handler(case), warned.now, "已经办好。")
    way, found = InspectionWay.PHONE, Found.DONE
    ordering.inspect(case.case_id, case.version, warned.supervisor, warned.now, way, found, "已经办好。")
    last = [(body["type"], body["data"]["level"], body["data"]["found"]) for body in told(WARNED)[-3:]]
    assert last == [
        ("warning.order_answered", 1, None),
        ("warning.order_inspected", 1, "done"),
        ("warning.order_released", 1, None),
    ]
    assert "已经办好" not in json.dumps(told(WARNED), ensure_ascii=False)


def test_of_an_accusation_only_number_light_level_unit_and_times_are_told(warned: Desk) -> None:
    secret = "站长收受信封"
    box = warned.mailbox_for(Kind.ACCUSATION)
    case = warned.dispatched(kind="accusation", mailbox=box, title=secret, text=secret * 10)
    case = left_alone(warned, case)
    bodies = told(WARNED)
    assert {body["type"] for body in bodies} >= {"warning.light_changed", "warning.supervised"}
    assert all(set(body["data"]) == SEALED_SAYS for body in bodies)
    assert secret not in json.dumps(bodies, ensure_ascii=False)
    assert box not in [body["data"].get("mailbox") for body in bodies]
    assert told(PLAIN) == []


@pytest.fixture
def administrator(desk: Desk) -> Visitor:
    """An administrator at the console."""
    return Visitor(Staff("admin", "方圆", Role.ADMINISTRATOR, desk.city.desk_unit)).sign_in()


def test_an_administrator_ticks_whom_warnings_go_to(administrator: Visitor) -> None:
    page = administrator.get("/console/hooks").page
    assert 'name="warnings"' in page
    assert "检举控告也推送" in page
    administrator.send("/console/hooks", name="纪检监察系统", url=ADDRESS, warnings="yes")
    administrator.get("/console/hooks").send("/console/hooks", name="省信访局", url=ADDRESS)
    assert [one.warnings for one in cities.refreshed().endpoints] == [True, False]
    refused = administrator.get("/console/hooks").send("/console/hooks", name="某机关", url=ADDRESS, warnings="perhaps")
    assert refused.status == 400


def test_warnings_go_to_three_at_most(desk: Desk) -> None:
    for number in range(hooks.MOST_WARNED):
        endpoints.add_endpoint({"name": f"机关{number}", "url": ADDRESS, "warnings": "yes"})
    with pytest.raises(Invalid) as refused:
        endpoints.add_endpoint({"name": "又一家", "url": ADDRESS, "warnings": "yes"})
    assert [error.field for error in refused.value.errors] == ["warnings"]
    assert endpoints.add_endpoint({"name": "又一家", "url": ADDRESS}).warnings is False
