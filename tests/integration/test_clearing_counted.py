"""The morning's list counts yesterday's letters alone, reads the open cases page by page, and is endorsed by day."""

import pytest

from chalicelib.desk import clearing
from chalicelib.domain.clearing import Part
from chalicelib.domain.errors import NotFound
from chalicelib.domain.people import Staff
from chalicelib.domain.roots import ONE_DAY, day_of
from chalicelib.domain.words import Kind, Role
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.test_clearing_lists import unclear


def test_what_came_the_day_before_yesterday_is_no_arrival_of_yesterday(desk: Desk) -> None:
    desk.registered()
    desk.later(days=1).registered(title="另一件", text=f"{UNCLEAR['text']}说的是楼上漏水，和前一件没有关系。")
    made = clearing.make(desk.later(days=1).now)
    assert (made.yesterday.total, made.yesterday.by_kind) == (1, {Kind.APPEAL: 1})
    assert made.counts[Part.DISPATCH] == 2, "both still wait"


def test_a_list_of_many_open_cases_is_read_page_by_page_and_misses_none(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clearing, "PAGE", 1)
    waiting = {desk.registered(**unclear(number)).case_id for number in range(3)}
    made = clearing.make(desk.now)
    assert {one.case_id for one in made.parts[Part.DISPATCH]} == waiting


def test_a_day_that_has_no_list_cannot_be_endorsed(desk: Desk) -> None:
    leader, today = Staff("mayor", "高远", Role.LEADER), day_of(desk.now)
    with pytest.raises(NotFound):
        clearing.endorse(leader, today, "已阅。", desk.now)
    clearing.make(desk.now)
    clearing.endorse(leader, today, "已阅。", desk.now)
    with pytest.raises(NotFound):
        clearing.endorse(leader, today - ONE_DAY, "已阅。", desk.now)
    assert clearing.days(1)[0].endorsed_by == ("高远",)
