"""The room of the keepers' exam: an exam from the preview to the results by forms alone."""

import csv
import io

import pytest
from msgspec.structs import replace

from chalicelib.desk import cities, exams
from chalicelib.domain.city import Name
from chalicelib.domain.exam import ExamState
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role
from chalicelib.storage import exams as stored
from tests.integration.desk import Desk
from tests.integration.examining import (
    FULL_MARKS,
    LEADER,
    REPLY,
    answered,
    exam_form,
    papers,
    planned,
    read,
    sent_all,
    set_clock,
    started,
)
from tests.integration.visitor import Visitor

ROOM = "/console/exams"


@pytest.fixture
def console(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The console looks at the desk's own clock."""
    set_clock(desk, monkeypatch, "console.visits", "console.session")
    return desk


def leader() -> Visitor:
    """The leader, signed in."""
    return Visitor(LEADER).sign_in()


def filled_in(**changes: str) -> dict[str, str]:
    """The form but for what the page puts into it."""
    return {name: value for name, value in exam_form(**changes).items() if name != "key"}


def test_an_empty_room_says_what_to_do(console: Desk) -> None:
    page = leader().get(ROOM).page
    assert "还没有排过测试" in page
    assert "排一次测试" in page


def test_a_preview_shows_who_gets_what_and_keeps_nothing(console: Desk) -> None:
    person = leader().get(ROOM)
    person.send(ROOM, step="preview", **filled_in(all="yes", **{"text.2": "这是一次测试，请回答。"}))
    assert person.status == 200
    assert "11个信箱，2封信轮流发" in person.page
    assert "第2封信里有“测试”两个字" in person.page
    assert "这些信箱不收所写信件的类型，不发：阳光纪检" in person.page
    assert "2026-03-03 09:" in person.page
    assert "这是一次测试，请回答。</textarea>" in person.page
    assert exams.shelf(LEADER) == []
    one = person.send(ROOM, step="preview", **filled_in(**{"title.2": "", "text.2": ""})).page
    assert "只有一封信" in one


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(console: Desk) -> None:
    person = leader().get(ROOM)
    person.send(ROOM, step="plan", **filled_in(name="", **{"points.read": "40"}))
    assert person.status == 400
    assert "各项分值合计须为100分，现在是130分" in person.page
    assert 'name="name" required maxlength="60" value="" aria-invalid="true"' in person.page
    assert "家门口巷子的路灯坏了半个月" in person.page
    assert exams.shelf(LEADER) == []


def test_an_exam_goes_from_the_form_to_the_results_by_forms_alone(console: Desk) -> None:
    desk, person = console, leader().get(ROOM)
    assert person.send(ROOM, step="plan", **filled_in()).status == 303
    place = person.location.partition("?")[0]
    exam_id = place.rpartition("/")[2]
    assert "已排定，未开始" in person.get(place).page
    assert person.send(f"{place}/sending").status == 303
    desk.later(days=1, hours=6).swept()
    person = leader()
    page = person.get(place).page
    assert "正在发信" in page
    assert '<progress max="6" value="2"' in page
    desk.later(days=2).swept()
    desk.route_all()
    first, second, third, *_ = papers(stored.load(exam_id))
    person = leader()
    answered(desk, first)
    answered(desk, second)
    read(desk, third)

    page = person.get(place).page
    assert "给下一份答复评分（还有2份）" in page
    rows = page.partition("<tbody>")[2]
    assert rows.index("没有打开") < rows.index("待评分"), "who never read comes first"
    person.get(f"{place}/papers/{first.mailbox}")
    assert REPLY in person.page
    assert "评分，看下一份" in person.page
    refused = person.send(f"{place}/papers/{first.mailbox}", **{**FULL_MARKS, "points.manner": "11"})
    assert refused.status == 400
    assert "请填0到10之间的整数" in refused.page
    assert 'value="11"' in refused.page
    person.send(f"{place}/papers/{first.mailbox}", **FULL_MARKS)
    assert person.location == f"{place}/papers/{second.mailbox}?done=mark"
    too_early = person.get(place).send(f"{place}/closure")
    assert too_early.status == 409
    assert "还有1份答复没有评分" in too_early.page
    person.get(f"{place}/papers/{second.mailbox}").send(f"{place}/papers/{second.mailbox}", **FULL_MARKS)
    assert person.location == f"{place}?done=mark"
    person.get(f"{place}/papers/{second.mailbox}").send(
        f"{place}/papers/{second.mailbox}", **{**FULL_MARKS, "points.answers": "0"}
    )
    assert "以此为准" in person.get(f"{place}/papers/{second.mailbox}").page
    person.get(place).send(f"{place}/closure")
    assert stored.load(exam_id).state is ExamState.CLOSED
    page = person.get(place).page
    assert "成绩已定" in page
    assert "结束测试</button>" not in page
    assert person.get(f"{place}/papers/{first.mailbox}").status == 200
    assert "评分，看下一份" not in person.page


def test_somebody_who_marks_what_another_has_marked_meanwhile_is_told(console: Desk) -> None:
    desk = console
    exam = sent_all(desk)
    paper = papers(exam)[0]
    answered(desk, paper)
    place = f"{ROOM}/{exam.id}/papers/{paper.mailbox}"
    one, other = leader().get(place), Visitor(desk.supervisor).sign_in().get(place)
    assert one.send(place, **FULL_MARKS).status == 303
    late = other.send(place, **{**FULL_MARKS, "points.answers": "3"})
    assert late.status == 409
    assert 'value="3"' in late.page
    assert "高远（市长）" in late.page
    assert len(papers(exam)[0].looks) == 1


def test_it_can_be_stopped_from_its_page(console: Desk) -> None:
    desk = console
    exam = started(desk)
    desk.later(days=1, hours=2).swept()
    person = leader().get(f"{ROOM}/{exam.id}")
    assert person.send(f"{ROOM}/{exam.id}/stop").status == 303
    assert "由高远（市长）停止" in person.get(f"{ROOM}/{exam.id}").page
    assert person.send(f"{ROOM}/{exam.id}/stop").status == 409


@pytest.mark.parametrize("order", ["attention", "mailbox", "unit", "read", "answered", "points", "passed", "nonsense"])
def test_results_are_in_the_order_of_the_link_on_the_page_and_in_the_table(console: Desk, order: str) -> None:
    desk = console
    exam = sent_all(desk)
    for paper in papers(exam)[2:4]:
        desk.later(minutes=20)
        answered(desk, paper)
    person = leader().get(f"{ROOM}/{exam.id}?by={order}")
    assert person.status == 200
    shown = [one.paper.mailbox for one in exams.room(exam.id, LEADER, order).results]
    on_page = [f"/papers/{mailbox}" for mailbox in shown]
    rows = person.page.partition("<tbody>")[2]
    assert sorted(on_page, key=rows.index) == on_page
    table = person.get(f"{ROOM}/{exam.id}/results?by={order}").page.removeprefix("\ufeff")
    names = {box.id: box.name.zh for box in desk.city.mailboxes}
    assert [row[0] for row in csv.reader(io.StringIO(table))][1:] == [names[mailbox] for mailbox in shown]


def test_the_table_for_a_spreadsheet_runs_nothing(console: Desk) -> None:
    desk = console
    exam = sent_all(desk)
    boxes = tuple(replace(box, name=Name("=cmd|'/C calc'!A0", "=1+1")) for box in desk.city.mailboxes)
    cities.use(replace(desk.city, mailboxes=boxes, version=desk.city.version + 1))
    person = leader().get(f"{ROOM}/{exam.id}/results")
    assert person.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert person.page.startswith("\ufeff信箱,箱主单位")
    assert "'=cmd|" in person.page
    assert not [line for line in person.page.splitlines() if line.startswith("=")]


@pytest.mark.parametrize("role", [Role.CLERK, Role.HANDLER, Role.HEAD, Role.ADMINISTRATOR])
def test_nobody_else_sees_any_of_it(console: Desk, role: Role) -> None:
    exam = planned(console)
    person = Visitor(Staff("somebody", "某人", role, console.city.desk_unit)).sign_in()
    for path in (ROOM, f"{ROOM}/{exam.id}", f"{ROOM}/{exam.id}/results", f"{ROOM}/{exam.id}/papers/county-yanxi"):
        assert person.get(path).status == 403
        assert exam.name not in person.page


def test_a_county_s_supervisor_is_let_in_by_role_and_turned_away_by_unit(console: Desk) -> None:
    exam = planned(console)
    person = Visitor(Staff("county", "某人", Role.SUPERVISOR, "yanxi")).sign_in()
    for path in (ROOM, f"{ROOM}/{exam.id}"):
        assert person.get(path).status == 403
        assert exam.name not in person.page


def test_a_thousand_boxes_can_be_ticked_in_one_form(console: Desk) -> None:
    person = leader().get(ROOM)
    ticked = {f"box.unknown-{number}": "yes" for number in range(1_020)}
    assert person.send(ROOM, step="plan", **ticked, **filled_in()).status == 303


def test_an_exam_that_does_not_exist_is_not_found(console: Desk) -> None:
    assert leader().get(f"{ROOM}/nothing").status == 404
    assert leader().get(f"{ROOM}/{'x' * 5_000}").status == 404
