"""The room of receptions: who may enter and do what, and a day from the plan to the slip by forms alone."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.desk import booking, receiving, signing_in
from chalicelib.domain.receptions import BookingState
from chalicelib.domain.words import Channel, Role
from chalicelib.storage import receptions
from chalicelib.storage.submissions import load_submission
from chalicelib.storage.unit_of_work import Work, commit
from tests.integration.desk import Desk
from tests.integration.receiving import MATTER, booked, booking_form, joint, plan_form, planned
from tests.integration.test_console import PEOPLE, visitor
from tests.integration.visitor import Visitor
from tests.integration.watching import everything

ROOM = "/console/receptions"


def of_today(desk: Desk, **changes: str) -> tuple[str, str]:
    """A reception that is heard today: its address and the number of the one booking on it."""
    reception = planned(desk, days=2, **changes)
    made = booked(desk, reception, name="欧阳春华", phone="19900001234", about="家里进水了")
    stored = receptions.load(reception.id)  # nobody waits for the day: its clock is put back
    begun = replace(
        stored, plan=replace(stored.plan, starts_at=desk.now - timedelta(minutes=1)), version=stored.version + 1
    )
    commit(Work(desk.now, versioned=[receptions.reception_item(begun)]))
    return f"{ROOM}/{reception.id}", made.standing.number


def token(person: Visitor) -> str:
    """What must come with each form of theirs, also where no page shows them one."""
    seat = signing_in.seat_of(person.cookie.partition("=")[2], datetime.now(UTC))
    assert seat is not None
    return seat.csrf


def test_an_empty_room_says_what_to_do(city: object) -> None:
    clerk = visitor(Role.CLERK).get(ROOM)
    assert "没有安排好的接访" in clerk.page
    assert f'action="{ROOM}"' in clerk.page
    leader = visitor(Role.LEADER).get(ROOM)
    assert "没有安排好的接访" in leader.page
    assert f'action="{ROOM}"' not in leader.page


def test_a_day_goes_from_the_plan_to_the_slip_by_forms_alone(now: Desk) -> None:
    clerk = visitor(Role.CLERK).get(ROOM)
    assert clerk.send(ROOM, **plan_form(now.now + timedelta(days=1))).status == 303
    place = clerk.location.partition("?")[0]
    reception = place.rpartition("/")[2]
    assert "还没有人预约" in clerk.get(place).page
    made = booking.book(reception, booking_form(), "zh", "203.0.113.9", now.now)
    assert made.standing.state is BookingState.BOOKED
    early = clerk.get(place).send(f"{place}/bookings/{made.standing.number}/hearing", **MATTER)
    assert early.status == 409
    assert "还没到接访这一天" in early.page

    place, number = of_today(now, host="江平（市长）")
    page = clerk.get(place).page
    assert "欧某某" in page
    assert "家里进水了" in page
    slip = clerk.send(f"{place}/bookings/{number}/hearing", **MATTER)
    assert slip.status == 200
    receipt, code = (re.search(rf"{mark}>([^<]+)<", slip.page) for mark in ("data-receipt", "data-code"))
    assert receipt is not None
    assert code is not None
    submission = load_submission(receipt[1].replace(" ", ""))
    assert (submission.channel, submission.title) == (Channel.RECEPTION, MATTER["title"])
    later = clerk.get(place).page
    assert receipt[1] in later
    assert code[1] not in later
    assert f'action="{place}/cancellation"' not in later
    assert "江平（市长）" in clerk.get(ROOM).page


def test_who_did_not_come_is_marked_so_and_may_still_be_heard(now: Desk) -> None:
    place, number = of_today(now)
    clerk = visitor(Role.CLERK).get(place)
    assert clerk.send(f"{place}/bookings/{number}/absence").status == 303
    assert "没有来" in clerk.get(place).page
    assert clerk.send(f"{place}/bookings/{number}/hearing", **MATTER).status == 200


def test_what_was_typed_is_still_there_when_it_is_refused(now: Desk) -> None:
    clerk = visitor(Role.CLERK).get(ROOM)
    form = plan_form(now.now + timedelta(days=1), place="二楼会议室", day="2020-01-01", places="0")
    refused = clerk.send(ROOM, **form)
    assert refused.status == 400
    assert "二楼会议室" in refused.page
    assert "时间须在现在之后" in refused.page
    assert "1到40" in refused.page
    place, number = of_today(now)
    refused = clerk.get(place).send(f"{place}/bookings/{number}/hearing", **{**MATTER, "title": "长" * 101})
    assert refused.status == 400
    assert MATTER["text"] in refused.page
    assert not [key for key in everything() if key.endswith(" submission")]


def test_a_joint_reception_is_planned_with_the_units_that_are_ticked(now: Desk) -> None:
    clerk = visitor(Role.CLERK).get(ROOM)
    form = plan_form(now.now + timedelta(days=1), kind="joint")
    assert clerk.send(ROOM, **form, **{"unit.housing": "yes"}).status == 400
    assert "至少要有2个部门" in clerk.page
    assert re.search(r'name="unit\.housing" value="yes" checked', clerk.page)
    assert clerk.send(ROOM, **form, **{"unit.housing": "yes", "unit.education": "yes"}).status == 303
    page = clerk.get(clerk.location).page
    assert "云汀市住房和城乡建设局、云汀市教育局" in page


def test_a_change_and_a_cancellation_stand_on_the_page_with_their_reason(now: Desk) -> None:
    reception = planned(now)
    booked(now, reception)
    place = f"{ROOM}/{reception.id}"
    first, second = visitor(Role.CLERK).get(place), visitor(Role.CLERK).get(place)
    moved = plan_form(now.now + timedelta(days=9), place="二楼")
    assert first.send(place, **moved, reason="会议冲突").status == 303
    page = first.get(place).page
    assert "会议冲突" in page
    assert "没有送达的，请打电话告知" in page
    overtaken = second.send(place, **moved, reason="另有安排")
    assert overtaken.status == 409
    assert "另有安排" in overtaken.page
    assert first.get(place).send(f"{place}/cancellation", reason="").status == 400
    assert first.get(place).send(f"{place}/cancellation", reason="领导出差").status == 303
    page = first.get(place).page
    assert "领导出差" in page
    assert f'action="{place}"' not in page
    assert "已取消" in first.get(ROOM).page


def test_a_look_at_who_booked_shows_it_once_and_stands_on_the_page(now: Desk) -> None:
    place, number = of_today(now)
    clerk = visitor(Role.CLERK).get(place)
    assert "19900001234" not in clerk.page
    shown = clerk.send(f"{place}/bookings/{number}/visitor")
    assert "欧阳春华" in shown.page
    assert "19900001234" in shown.page
    again = visitor(Role.SUPERVISOR).get(place).page
    assert "欧阳春华" not in again
    assert "何静（clerk）查看了" in again


def test_the_supervisor_sees_every_day_but_not_what_it_is_about(now: Desk) -> None:
    place, _ = of_today(now)
    supervisor = visitor(Role.SUPERVISOR)
    assert place in supervisor.get(ROOM).page
    page = supervisor.get(place).page
    assert "欧某某" in page
    assert "家里进水了" not in page
    assert "<textarea" not in page


def test_a_leader_sees_the_own_day_and_no_other(now: Desk) -> None:
    leader = visitor(Role.LEADER)
    own, _ = of_today(now, leader="leader")
    other, _ = of_today(now)
    assert own in leader.get(ROOM).page
    assert other not in leader.page
    assert "家里进水了" in leader.get(own).page
    assert leader.get(other).status == 404


@pytest.mark.parametrize("role", sorted(PEOPLE))
@pytest.mark.parametrize(
    ("step", "allowed"),
    [
        ("", 400),  # the form is not filled in
        ("/cancellation", 303),
        ("/bookings/{number}", 409),  # it has begun
        ("/bookings/{number}/absence", 303),
        ("/bookings/{number}/visitor", 200),
        ("/bookings/{number}/hearing", 200),
    ],
)
def test_every_step_is_the_clerk_s_alone(role: Role, step: str, allowed: int, now: Desk) -> None:
    visitor(Role.LEADER)
    place, number = of_today(now, leader="leader")
    person = visitor(role)
    before = everything()
    form = {"csrf": token(person), "reason": "改", "turn": "off", **MATTER}
    answer = person.post(place + step.format(number=number), **form)
    assert answer.status == allowed if role is Role.CLERK else answer.status in (403, 404)
    assert (everything() == before) == (role is not Role.CLERK or allowed >= 400)


@pytest.mark.parametrize("role", sorted(PEOPLE))
def test_nobody_but_the_clerk_plans(role: Role, now: Desk) -> None:
    person = visitor(role)
    answer = person.post(ROOM, csrf=token(person), **plan_form(now.now + timedelta(days=1)))
    assert answer.status == (303 if role is Role.CLERK else 403)
    assert len(receiving.calendar(now.clerk, now.now).coming) == (1 if role is Role.CLERK else 0)


def test_a_form_without_its_token_does_nothing(now: Desk) -> None:
    place, number = of_today(now)
    clerk = visitor(Role.CLERK).get(place)
    for path in (ROOM, place, f"{place}/cancellation", f"{place}/bookings/{number}/hearing"):
        form = {**plan_form(now.now + timedelta(days=1)), **MATTER, "kind": "leader", "reason": "x"}
        assert clerk.post(path, **{**form, "csrf": "forged"}).status == 403
    [one] = receptions.load(place.rpartition("/")[2]).bookings
    assert one.state is BookingState.BOOKED


def test_a_day_and_a_booking_that_do_not_exist_are_not_found(now: Desk) -> None:
    place, number = of_today(now)
    clerk = visitor(Role.CLERK).get(place)
    for path in (f"{ROOM}/none", f"{ROOM}/{'x' * 500}"):
        assert clerk.get(path).status == 404
    clerk.get(place)
    for path in (
        f"{place}/bookings/1/hearing",
        f"{place}/bookings/1/visitor",
        f"{ROOM}/none/bookings/{number}/absence",
    ):
        assert clerk.post(path, csrf=token(clerk), **MATTER).status == 404, path


def test_markup_in_a_booking_is_text_on_the_page(now: Desk) -> None:
    reception = joint(now)
    booked(now, reception, name="<b>王</b>", about="<script>alert(1)</script>")
    page = visitor(Role.CLERK).get(f"{ROOM}/{reception.id}").page
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_room_speaks_english_to_who_asks_for_it(now: Desk) -> None:
    place, _ = of_today(now)
    clerk = visitor(Role.CLERK)
    for path in (ROOM, place):
        headings = re.findall(
            r"<(?:h1|h2|th|summary|label|legend|button)[^>]*>([^<]+)", clerk.get(f"{path}?lang=en").page
        )
        own = [one for one in headings if re.search(r"[\u4e00-\u9fff]", one) and "高远" not in one and one != "中文"]
        assert not own


def test_a_matter_keeps_the_name_from_the_unit_when_the_visitor_asks(now: Desk) -> None:
    place, number = of_today(now)
    slip = visitor(Role.CLERK).get(place).send(f"{place}/bookings/{number}/hearing", **MATTER, keep_name="yes")
    receipt = re.search(r"data-receipt>([^<]+)<", slip.page)
    assert receipt is not None
    assert load_submission(receipt[1].replace(" ", "")).keep_name_from_unit
