"""Who booked comes back with number and code: what has changed, when and why, and what to do next."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.desk import booking, receiving
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.receptions import Reception
from chalicelib.entrypoints.reception_views import standing_view
from tests.integration.desk import Desk
from tests.integration.receiving import MATTER, booked, joint, plan_form, planned
from tests.integration.test_receptions_api import BOOKINGS, DAYS, book
from tests.integration.wire import Page, as_read


def seen(desk: Desk, number: str, language: str = "zh") -> dict[str, Any]:
    """What she is shown."""
    return as_read(standing_view(booking.look_up(number), desk.city, language, desk.now))


def changed(desk: Desk, reception: Reception, **changes: str) -> None:
    """The clerk plans it anew."""
    form = plan_form(reception.plan.starts_at, **changes)
    revision = str(len(receiving.day(reception.id, desk.clerk, desk.now).reception.changes))
    receiving.change(reception.id, {**form, "reason": "会议冲突", "revision": revision}, desk.clerk, desk.now)


def on_paper(at: datetime) -> str:
    """As it stands on paper."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def test_a_day_that_was_moved_or_called_off_says_so_to_who_booked(page: Page, desk: Desk) -> None:
    desk.now = datetime.now(UTC).replace(second=0, microsecond=0)  # the API reads the real clock
    reception = planned(desk)
    made = book(page, reception.id).body
    assert (made["changes"], "带上身份证" in made["next"]) == ([], True)
    pair = {"number": made["number"], "code": made["code"]}
    moved = {**plan_form(desk.now + timedelta(days=6)), "reason": "会议冲突", "revision": "0"}
    receiving.change(reception.id, moved, desk.clerk, datetime.now(UTC))
    told = page.post(BOOKINGS, pair).body
    [change] = told["changes"]
    assert (change["kind"], change["reason"]) == ("moved", "会议冲突")
    assert told["comes_at"] != made["comes_at"]
    receiving.call_off(reception.id, {"reason": "领导出差"}, desk.clerk, datetime.now(UTC))
    told = page.post(BOOKINGS, pair).body
    assert told["reception"]["called_off"] == "领导出差"
    assert [(one["kind"], one["reason"]) for one in told["changes"]][-1] == ("called_off", "领导出差")
    assert told["next"].startswith("请不要再来")
    late = book(page, reception.id)
    assert (late.status, late.body["error"]["code"]) == (409, "reception_called_off")
    assert page.ask("GET", DAYS).body["receptions"][0]["free"] == 0


def test_every_change_says_what_was_and_what_is_in_either_language(desk: Desk) -> None:
    reception = planned(desk)
    number = booked(desk, reception).standing.number
    old = reception.plan.starts_at
    desk.later(hours=1)
    changed(desk, reception, place="二楼会议室", host="江平（市长）")
    desk.later(hours=1)
    receiving.rebook(reception.id, number, {"turn": "2", "reason": "本人来电"}, desk.clerk, desk.now)
    first, second = seen(desk, number)["changes"]
    assert first["words"] == (
        "地点由“市人民来访接待中心一楼”改为“二楼会议室”；接访人由“高远（市委书记）”改为“江平（市长）”"
    )
    assert second["words"] == f"时间由{on_paper(old)}改为{on_paper(old + timedelta(minutes=40))}"
    assert [first["at"], second["at"]] == [f"{desk.now - timedelta(hours=back):%Y-%m-%dT%H:%M:%SZ}" for back in (1, 0)]
    english = seen(desk, number, "en")
    assert english["changes"][1]["words"].startswith("Time changed from")
    assert "identity card" in english["next"]


def test_who_booked_later_sees_no_change_of_before(desk: Desk) -> None:
    reception = joint(desk)
    changed(desk, reception, place="二楼会议室")
    desk.later(minutes=1)
    assert seen(desk, booked(desk, reception).standing.number)["changes"] == []


def test_a_booking_that_the_office_cancelled_says_why_and_one_of_her_own_does_not(desk: Desk) -> None:
    reception = planned(desk)
    taken_off, own = (booked(desk, reception).standing.number for _ in range(2))
    receiving.rebook(reception.id, taken_off, {"turn": "off", "reason": "已另行答复"}, desk.clerk, desk.now)
    booking.cancel(own, desk.now)
    [change] = seen(desk, taken_off)["changes"]
    assert (change["words"], change["reason"]) == ("预约已由接待人员取消", "已另行答复")
    assert seen(desk, own)["changes"] == []
    for number in (taken_off, own):
        assert "重新预约" in seen(desk, number)["next"]


@pytest.mark.parametrize(("step", "words"), [("hear", "回执号和查询码"), ("miss", "改约其他场次"), ("", "尽快到场")])
def test_from_the_day_on_the_next_step_is_another(desk: Desk, step: str, words: str) -> None:
    reception = planned(desk, days=1)
    number = booked(desk, reception).standing.number
    desk.later(days=1)
    if step == "hear":
        receiving.hear(reception.id, number, MATTER, desk.clerk, desk.now)
    if step == "miss":
        receiving.miss(reception.id, number, desk.clerk, desk.now)
    assert words in seen(desk, number)["next"]
