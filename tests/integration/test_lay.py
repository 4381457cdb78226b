"""信访监督员 at the desk: invited, masked, answered, heard, and counted."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from app import app
from chalicelib.desk import attending, inviting, lay_ledger, notifying, receiving, reception_lay, signing_in, tracking
from chalicelib.desk.committing import finish, untouched
from chalicelib.desk.copying import copy_of
from chalicelib.desk.working import inbox_of
from chalicelib.domain.case import Case
from chalicelib.domain.city import City
from chalicelib.domain.errors import NotAllowed, NotFound
from chalicelib.domain.events import Noted
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.receptions import Reception
from chalicelib.domain.words import Kind, Role, View
from chalicelib.entrypoints.own_data import copy_view
from chalicelib.storage import cases, receptions
from chalicelib.storage.unit_of_work import Work, commit
from infra.seed import DEMO_ACCOUNTS
from infra.seed.lay import look_on
from infra.seed.playing import play
from infra.seed.receptions import receive
from infra.seed.staff import demo_staff, desk_staff
from infra.seed.stories import End, stories
from infra.seed.working_off import work_off
from tests.integration.desk import Desk
from tests.integration.receiving import booked, planned
from tests.integration.together import inbox, refused, sitting, step
from tests.integration.visitor import PASSWORD, Visitor
from tests.integration.watching import sent
from tests.integration.wire import as_read

WANG = Staff("wang", "王建国", Role.LAY_SUPERVISOR, area="990102")
LI = Staff("li", "李芳", Role.LAY_SUPERVISOR)
ZHOU = Staff("zhou", "周平", Role.LAY_SUPERVISOR)
NAME, PHONE, MAIL = "欧阳<b>春华", "19900001234", "ouyang@example.com"
TEXT = f"我叫{NAME}，住沿江路12号3单元501室，电话{PHONE}，邮箱{MAIL}。欧阳<b>春 华再次请求处理，199-0000-1234。"


@pytest.fixture
def now(desk: Desk) -> Desk:
    """The desk today, with three lay supervisors."""
    desk.now = datetime.now(UTC)
    for one in (WANG, LI, ZHOU):
        signing_in.open_account(one, PASSWORD)
    return desk


def in_review(desk: Desk) -> Case:
    """A case whose citizen asked for review, with a hostile letter."""
    case = desk.replied(name=NAME, phone=PHONE, email=MAIL, title=f"{NAME}家门口占道经营", text=TEXT)
    raw = {"key": uuid.uuid4().hex, "why": f"{NAME}不服，请打{PHONE}。"}
    tracking.ask_review(case.receipts[0], raw, desk.now)
    return cases.load(case.case_id)


def reviewer(case: Case) -> Staff:
    """The head of the unit that reviews."""
    assert case.review is not None
    return Staff("reviewer", "复查员", Role.HEAD, case.review.reviewer)


def invited(desk: Desk, case: Case, *whom: Staff, **fields: str) -> Case:
    """The clerk invites to a hearing of tomorrow."""
    on = f"{desk.now + timedelta(days=2):%Y-%m-%d}"
    ticked = {f"lay.{one.login}": "yes" for one in whom}
    form = {"occasion": "hearing", "on": on, "place": "二楼听证室", "words": "请看程序。", **ticked, **fields}
    return step(desk.clerk, case, "lay-invitation", **form)


def told(desk: Desk) -> None:
    """The notices' queue is worked off."""
    for message in sent(Topic.NOTICES):
        notifying.notify(message, desk.now)


def place(case: Case) -> str:
    return f"/console/invited/cases/{case.case_id}"


def test_an_invitation_is_answered_by_one_click_and_the_opinion_reaches_office_and_citizen(now: Desk) -> None:
    case = invited(now, in_review(now), WANG)
    told(now)
    wang = Visitor(WANG).sign_in()
    assert wang.location == "/console"
    assert wang.get("/console").location == "/console/invited"
    assert "等您答复" in wang.get("/console/invited").page
    assert "请您参加" in wang.get("/console/inbox").page
    assert wang.get(place(case)).send(f"{place(case)}/answer", coming="yes").status == 303
    hearing = {"on": "2026-03-20", "present": "各方代表", "minutes": f"{NAME}陈述，电话{PHONE}。", "lay.wang": "yes"}
    case = step(reviewer(case), cases.load(case.case_id), "hearing", **hearing)
    told(now)
    assert "请写下您的意见" in wang.get("/console/inbox").page
    refusal = wang.get(place(case)).send(f"{place(case)}/opinion", view="agree", words="  ")
    assert refusal.status == 400
    assert wang.get(place(case)).send(f"{place(case)}/opinion", view="agree", words="先前的话。").status == 303
    wang.get(place(case)).send(f"{place(case)}/opinion", view="partly", words="程序完整，期限<偏长。")
    told(now)
    after = cases.load(case.case_id)
    assert fold(cases.record_of(case.case_id)) == after
    assert {"LayAnswered", "OpinionGiven"} <= set(inbox(now.clerk, case))
    for staff in (now.clerk, reviewer(after)):
        page = sitting(staff, after).page
        assert "监督员意见" in page
        assert "期限&lt;偏长" in page
        assert "先前的话。" in page.partition("先前的意见")[2]
    assert "期限&lt;偏长" not in sitting(now.handler(after), after).page
    status = tracking.track(after.receipts[0], now.now)
    assert [(one.payload.view, one.payload.words) for one in status.lay_opinions] == [  # type: ignore[union-attr]
        (View.PARTLY, "程序完整，期限<偏长。")
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_to_the_citizen_the_supervisor_is_a_family_name(now: Desk, language: str) -> None:
    case = invited(now, in_review(now), WANG)
    attending.opine(case.case_id, WANG, now.now, View.AGREE, "程序完整。")
    said = as_read(copy_view(copy_of(case.receipts[0], now.now), now.city, language))["lay_opinions"]
    assert isinstance(said, list)
    assert [(one["name"], one["words"]) for one in said] == [
        ({"zh": "王监督员", "en": "Lay supervisor 王."}[language], "程序完整。")
    ]
    assert "建国" not in str(said)


def test_their_pages_hold_nothing_by_which_the_citizen_is_known(now: Desk) -> None:
    case = in_review(now)
    case = handling_note(now, case)
    case = invited(now, case, WANG)
    told(now)
    hearing = {"on": "2026-03-20", "present": f"{NAME}到场", "minutes": f"{NAME}陈述，电话{PHONE}，沿江路12号。"}
    case = step(reviewer(case), cases.load(case.case_id), "hearing", **hearing)
    wang = Visitor(WANG).sign_in()
    for path in ("/console/invited", place(case), "/console/inbox"):
        page = wang.get(path).page
        assert wang.status == 200
        assert "占道经营" in page
        for known in ("欧阳", "春华", "春 华", PHONE, "199-0000", "1234", MAIL, "ouyang", "12号", "501", "内部"):
            assert known not in page, (path, known)
        for receipt in case.receipts:
            assert receipt not in page
        assert "<b>春" not in page


def handling_note(desk: Desk, case: Case) -> Case:
    """The record holds an internal note."""
    finish(untouched(case).then([Noted("内部记录", False)], desk.clerk.actor, desk.now), at=desk.now)
    return cases.load(case.case_id)


def test_whoever_is_not_invited_or_no_longer_or_too_late_finds_nothing(now: Desk) -> None:
    case = invited(now, in_review(now), WANG)
    told(now)
    li = Visitor(LI).sign_in()
    assert li.get(place(case)).status == 404
    assert li.get("/console/invited").page.count("占道") == 0
    wang = Visitor(WANG).sign_in().get(place(case))
    assert wang.status == 200
    case = step(now.clerk, case, "lay-invitation-end", login="wang", words="改期。")
    told(now)
    for answer in (wang.get(place(case)), wang.send(f"{place(case)}/answer", coming="yes")):
        assert answer.status in (403, 404)
    with pytest.raises(NotFound):
        attending.opine(case.case_id, WANG, now.now, View.AGREE, "好")
    for path in ("/console/invited", "/console/inbox"):
        assert "占道" not in wang.get(path).page
    assert "邀请已撤回" in wang.page


def test_thirty_days_after_the_end_it_is_gone(now: Desk) -> None:
    case = invited(now, in_review(now), WANG)
    case = step(reviewer(case), case, "opinion", upheld="yes", text="维持原答复。")
    assert attending.visible(WANG, case.case_id, now.now).ends_at is not None
    late = now.now + timedelta(days=32)
    with pytest.raises(NotFound):
        attending.visible(WANG, case.case_id, late)
    assert attending.room(WANG, late).cases == ()


LAY_ROUTES = {"/console/invited", "/console/inbox"}
NO_ROOMS = ("/console/session", "/console/assets", "/console/account", "/console/oidc", "/console/invited")


def test_a_lay_supervisor_enters_no_other_room(now: Desk) -> None:
    case = invited(now, in_review(now), WANG)
    wang = Visitor(WANG).sign_in()
    rooms = [path for path, by in app.routes.items() if path.startswith("/console/") and "GET" in by]
    for path in sorted(room for room in rooms if not room.startswith(NO_ROOMS)):
        address = re.sub(r"\{(\w+)\}", lambda found: case.case_id, path)
        nowhere = path.endswith("{proxy+}")  # no room, for nobody
        assert wang.get(address).status == (404 if nowhere else 200 if path in LAY_ROUTES else 403), path


def test_two_opinions_at_once_are_both_on_record(now: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = invited(now, in_review(now), WANG, LI)
    honest, left = cases.load, [1]

    def load(case_id: str) -> Case:
        found = honest(case_id)
        if left[0]:
            left[0] = 0
            attending.opine(case.case_id, LI, now.now, View.DISAGREE, "不公开。")
        return found

    monkeypatch.setattr(cases, "load", load)
    attending.opine(case.case_id, WANG, now.now, View.AGREE, "程序完整。")
    said = [event.payload.login for event in cases.record_of(case.case_id) if event.kind == "OpinionGiven"]  # type: ignore[union-attr]
    assert said == ["li", "wang"]


def test_a_lot_is_on_record_with_how_many_it_was_drawn_of(now: Desk) -> None:
    case = invited(now, in_review(now), draw="yes")
    drawn = [event.payload for event in cases.record_of(case.case_id) if event.kind == "LayInvited"]
    assert len({one.login for one in drawn}) == 2  # type: ignore[union-attr]
    assert all(one.basis.params == {"number": "2", "of": "3"} for one in drawn)  # type: ignore[union-attr]
    assert "抽签产生：3人中抽出2人" in sitting(now.clerk, case).page


def test_nobody_chosen_is_refused_and_what_was_typed_stays(now: Desk) -> None:
    on = f"{now.now + timedelta(days=2):%Y-%m-%d}"
    page = refused(
        now.clerk, in_review(now), "lay-invitation", occasion="hearing", on=on, place="三楼会议室", words=""
    ).page
    assert "请至少选一位信访监督员" in page
    assert "三楼会议室" in page


def test_the_proposal_begins_with_the_same_area_and_tells_who_was_never_invited(now: Desk) -> None:
    case = in_review(now)
    first, *rest = inviting.candidates(case.area, case.lay, now.now)
    assert (first.staff.login, first.near, first.times) == ("wang", True, 0)
    invited(now, case, WANG)
    other = inviting.candidates(case.area, (), now.now)
    assert (other[0].staff.login, other[0].times) == ("wang", 1)
    assert {one.staff.login for one in rest} == {"li", "zhou"}


def test_the_ledger_counts_and_whom_nobody_invites_stands_first(now: Desk) -> None:
    case = invited(now, in_review(now), WANG, LI)
    attending.answer(case.case_id, WANG, now.now, True, "")
    case = step(now.clerk, cases.load(case.case_id), "lay-invitation-end", login="li", words="")
    hearing = {"on": "2026-03-20", "present": "各方", "minutes": "陈述", "lay.wang": "yes"}
    step(reviewer(case), case, "hearing", **hearing)
    attending.opine(case.case_id, WANG, now.now, View.AGREE, "程序完整。")
    table = lay_ledger.ledger(lay_ledger.this_year(now.now))
    counts = {row.staff.login: (row.invited, row.coming, row.came, row.opinions) for row in table.rows}
    assert counts == {"wang": (1, 1, 1, 1), "li": (0, 0, 0, 0), "zhou": (0, 0, 0, 0)}
    assert table.rows[-1].staff.login == "wang"
    clerk = Visitor(now.clerk).sign_in().get("/console/lay")
    assert "2位没有受邀" in clerk.page
    assert clerk.get(f"/console/lay/{table.year}.csv").status == 200
    assert clerk.page.startswith("\ufeff")
    assert clerk.get("/console/lay/9999.csv").status == 404


def test_a_name_that_runs_in_a_spreadsheet_is_a_text(now: Desk) -> None:
    signing_in.open_account(replace(ZHOU, name="=1+1"), PASSWORD)
    assert "'=1+1" in lay_ledger.as_csv(lay_ledger.ledger(2026), ["姓名"], "zh")


def test_an_account_of_a_lay_supervisor_has_an_area_and_no_unit(now: Desk) -> None:
    admin = Visitor(Staff("admin", "方圆", Role.ADMINISTRATOR)).sign_in().get("/console/admin")
    form = {"login": "new", "name": "新人", "role": "lay_supervisor", "unit": "education", "password": PASSWORD}
    assert admin.send("/console/admin/accounts", **form, area="990102").status == 303
    assert "新人" in admin.get("/console/admin").page
    made = next(one.staff for one in inviting.candidates(None, (), now.now) if one.staff.login == "new")
    assert (made.unit, made.area) == (None, "990102")
    assert admin.send("/console/admin/accounts", **form, area="nowhere").status == 400


def begun(desk: Desk, reception: Reception) -> Reception:
    """The reception's clock is put back: it has just begun."""
    stored = receptions.load(reception.id)
    plan = replace(stored.plan, starts_at=desk.now - timedelta(minutes=1))
    after = replace(stored, plan=plan, version=stored.version + 1)
    commit(Work(desk.now, versioned=[receptions.reception_item(after)]))
    return after


def test_a_reception_is_seen_without_names_and_told_of(now: Desk, city: City) -> None:
    reception = planned(now, days=2)
    booked(now, reception, name=NAME, phone=PHONE, about=f"{NAME}家进水，沿江路12号，{PHONE}")
    room = f"/console/receptions/{reception.id}"
    clerk = Visitor(now.clerk).sign_in().get(room)
    assert clerk.send(f"{room}/lay", **{"lay.wang": "yes"}).status == 303
    wang = Visitor(WANG).sign_in()
    own = f"/console/invited/receptions/{reception.id}"
    assert "请您参加" in wang.get("/console/inbox").page
    page = wang.get(own).page
    assert "家进水" in page
    for known in ("欧阳", "春华", PHONE, "12号"):
        assert known not in page
    early = wang.send(f"{own}/opinion", view="agree", saw="窗口有序", words="好")
    assert early.status == 409
    assert wang.get(own).send(f"{own}/answer", coming="yes").status == 303
    begun(now, reception)
    assert wang.get(own).send(f"{own}/opinion", view="agree", saw="窗口<有序", words="接待耐心。").status == 303
    page = clerk.get(room).page
    assert "窗口&lt;有序" in page
    assert "参加" in page
    assert [entry.kind for entry in inbox_of(now.clerk) if entry.reception] == ["OpinionGiven", "LayAnswered"]
    assert Visitor(LI).sign_in().get(own).status == 404
    clerk.get(room).send(f"{room}/lay/withdrawal", login="wang")
    assert wang.get(own).status == 404
    with pytest.raises(NotFound):
        reception_lay.seen(reception.id, WANG, now.now)
    assert "窗口&lt;有序" in clerk.get(room).page, "what was said stays"


def test_only_the_office_invites_to_a_reception_and_a_change_reaches_who_comes(now: Desk) -> None:
    reception = planned(now, days=2)
    for role in set(Role) - {Role.CLERK, Role.SUPERVISOR}:
        with pytest.raises(NotAllowed):
            reception_lay.invite(reception.id, {"lay.wang": "yes"}, Staff("x", "某", role, "housing"), now.now)
    reception_lay.invite(reception.id, {"draw": "yes"}, now.clerk, now.now)
    receiving.call_off(reception.id, {"reason": "场地检修。"}, now.clerk, now.now)
    invitations = receptions.load(reception.id).lay
    assert [one.basis.params for one in invitations if one.basis] == [{"number": "2", "of": "3"}] * 2
    there = [one.login for one in invitations]
    drawn = next(one for one in (WANG, LI, ZHOU) if one.login == there[0])
    assert [one.kind for one in attending.inbox_of(drawn, now.now)] == ["ReceptionCalledOff", "LayInvited"]
    row = next(one for one in lay_ledger.ledger(lay_ledger.this_year(now.now)).rows if one.staff == drawn)
    assert (row.invited, row.came) == (1, 0)


def test_the_demo_city_has_a_hearing_and_a_reception_with_an_opinion(city: City) -> None:
    at = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
    for account in DEMO_ACCOUNTS:
        signing_in.open_account(demo_staff(account, city), account.password)
    answered = [one for one in stories() if one.end is End.RATED and one.kind is Kind.APPEAL and 8 < one.days_ago < 20]
    play(tuple(answered[:3]), at, work_off)
    receive(at, work_off)
    look_on(at, work_off)
    lay = desk_staff(Role.LAY_SUPERVISOR, city)
    room = attending.room(lay, at)
    [case], [(reception, _)] = room.cases, room.receptions
    assert [event.payload.view for event in attending.visible(lay, case.case.case_id, at).opinions] == [View.PARTLY]  # type: ignore[union-attr]
    assert [one.view for one in reception.opinions] == [View.AGREE]
    counts = {row.staff.login: row.came for row in lay_ledger.ledger(2026).rows}
    assert counts == {"wangjg": 2, "lifang": 0}
