"""积案化解 on a desk at work: the room, naming an owner there, who may see what, the public figures, the reminders."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.desk import (
    after_reply,
    arranging,
    backlog,
    cities,
    handling,
    notifying,
    signing_in,
    supervising,
    tracking,
)
from chalicelib.domain.case import Case
from chalicelib.domain.messages import Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.terms import calendar_days
from chalicelib.domain.words import Kind, ReworkGround, Role, State
from chalicelib.entrypoints.views import status_view
from chalicelib.entrypoints.wording import iso
from chalicelib.storage import cases, notices
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.test_console import PEOPLE, visitor
from tests.integration.visitor import PASSWORD, Visitor, request
from tests.integration.watching import everything, sent, watched
from tests.integration.wire import as_read

ROOM = "/console/backlog"
MAYOR = Staff("mayor", "江平", Role.LEADER, None, (), "市长")
SECRETARY = Staff("secretary", "高远", Role.LEADER, None, (), "市委书记")


@pytest.fixture(autouse=True)
def figures_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "_known", None)


@pytest.fixture
def now(desk: Desk) -> Desk:
    """A desk ten days ago, where a matter is backlog after three days or one rework; two leaders have accounts."""
    terms = replace(desk.city.terms, backlog_age=calendar_days(3), backlog_reworks=1)
    desk.city = cities.use(replace(desk.city, terms=terms, version=desk.city.version + 1))
    desk.now = datetime.now(UTC) - timedelta(days=10)
    for leader in (MAYOR, SECRETARY):
        signing_in.open_account(leader, PASSWORD)
    return desk


def old(desk: Desk, **changes: object) -> Case:
    """A matter that is backlog by its age. Its text is its own: it is joined to no other."""
    number = len(desk.receipts)
    text = f"{UNCLEAR['text']}这是第{number}件，与别的都不相干。{'甲乙丙丁戊己庚辛'[number] * 40}"
    own = {"title": f"第{number}件难事", "text": text}
    case = desk.signed(**{**UNCLEAR, **own, **changes})
    supervising.sweep(desk.now + timedelta(days=6))
    return cases.load(case.case_id)


def owned(desk: Desk, case: Case, leader: Staff) -> Case:
    """A leader owns it."""
    return arranging.name_owner(case.case_id, case.version, desk.clerk, desk.now + timedelta(days=7), leader.login)


def figures() -> dict[str, object]:
    """The public figures as they are now."""
    backlog._known = None
    answer = request("GET", "/api/campaign")
    told: dict[str, object] = json.loads(answer.body)
    return told


def shares(desk: Desk) -> list[tuple[str, int, int]]:
    """Owner, total, settled: as the room counts them."""
    room = backlog.room(desk.clerk, desk.now, backlog.Starts())
    return [(share.owner, share.total, share.settled) for share in room.campaign.shares]


def test_an_empty_campaign_says_what_would_count_as_backlog(now: Desk) -> None:
    page = visitor(Role.CLERK).get(ROOM).page
    assert "没有积案" in page
    assert "自来信起满3日仍未答复，或者重办1次以上" in page
    assert figures()["total"] == 0


def test_the_figures_follow_answers_rework_joins_and_withdrawals(now: Desk) -> None:
    first, second, third, fourth = (old(now) for _ in range(4))
    owned(now, first, MAYOR)
    owned(now, second, SECRETARY)
    assert shares(now) == [("mayor", 1, 0), ("secretary", 1, 0), ("", 2, 0)]
    now.later(days=8)
    first = now.answered(cases.load(first.case_id))
    assert shares(now) == [("mayor", 1, 1), ("secretary", 1, 0), ("", 2, 0)]
    first = after_reply.rework(first.case_id, first.version, now.clerk, now.now, ReworkGround.NOT_DONE, "没有办。")
    assert shares(now) == [("mayor", 1, 0), ("secretary", 1, 0), ("", 2, 0)]
    tracking.withdraw(now.receipts[2].number, {"reason": "不办了。"}, now.now)
    assert cases.load(third.case_id).state is State.WITHDRAWN
    assert shares(now) == [("mayor", 1, 0), ("secretary", 1, 0), ("", 2, 1)]
    fourth = cases.load(fourth.case_id)
    handling.join(fourth.case_id, fourth.version, now.clerk, now.now, second.case_id)
    assert shares(now) == [("mayor", 1, 0), ("secretary", 1, 0), ("", 1, 1)]
    assert len([key for key in everything() if " list#backlog" in key]) == 3


def test_a_leader_named_anew_takes_it_over(now: Desk) -> None:
    case = owned(now, old(now), MAYOR)
    assert shares(now) == [("mayor", 1, 0)]
    owned(now, case, SECRETARY)
    assert shares(now) == [("secretary", 1, 0)]


def test_the_figures_read_keys_and_no_case(now: Desk) -> None:
    for _ in range(3):
        old(now)
    with watched() as calls:
        backlog.published(now.now)
    assert calls.count("Query") == 3, "two lists and the accounts"
    assert "BatchGetItem" not in calls
    with watched() as calls:
        backlog.published(now.now + timedelta(minutes=4))
    assert not calls, "five minutes long nothing is read again"


def test_a_clerk_names_the_owner_in_the_room(now: Desk) -> None:
    case = old(now)
    now.now = datetime.now(UTC)
    clerk = visitor(Role.CLERK).get(ROOM)
    assert "还没有领导包案（1件）" in clerk.page
    assert case.title in clerk.page
    assert clerk.send(f"{ROOM}/{case.case_id}/owner", owner="mayor").status == 303
    page = clerk.get(clerk.location).page
    assert "还没有领导包案" not in page
    assert "江平（市长）" in page
    assert cases.load(case.case_id).owner == "mayor"


def test_of_two_clerks_at_once_the_slower_is_told_and_sees_who_owns_it(now: Desk) -> None:
    case = old(now)
    slow, fast = visitor(Role.CLERK).get(ROOM), visitor(Role.SUPERVISOR).get(ROOM)
    assert fast.send(f"{ROOM}/{case.case_id}/owner", owner="mayor").status == 303
    refused = slow.send(f"{ROOM}/{case.case_id}/owner", owner="secretary")
    assert refused.status == 409
    assert "可能别人已经确定了包案领导" in refused.page
    assert "江平（市长）" in refused.page
    assert cases.load(case.case_id).owner == "mayor"


def test_what_was_chosen_is_kept_when_the_case_moved_meanwhile(now: Desk) -> None:
    case = old(now)
    clerk = visitor(Role.CLERK).get(ROOM)
    handling.note(case.case_id, case.version, now.handler(case), datetime.now(UTC), "到现场看过。", True)
    refused = clerk.send(f"{ROOM}/{case.case_id}/owner", owner="secretary")
    assert refused.status == 409
    assert '<option value="secretary" selected>' in refused.page
    assert refused.send(f"{ROOM}/{case.case_id}/owner", owner="secretary").status == 303


def test_without_a_leader_or_a_token_nothing_is_named(now: Desk) -> None:
    case = old(now)
    clerk = visitor(Role.CLERK).get(ROOM)
    assert clerk.post(f"{ROOM}/{case.case_id}/owner", version=str(case.version), owner="mayor").status == 403
    clerk.get(ROOM)
    nobody = clerk.send(f"{ROOM}/{case.case_id}/owner", owner="")
    assert nobody.status == 400
    assert "请选包案领导" in nobody.page
    assert cases.load(case.case_id).owner is None


def test_a_leader_sees_the_titles_of_his_own_and_all_figures_and_names_nobody(now: Desk) -> None:
    his, other, waiting = old(now), old(now), old(now)
    owned(now, other, SECRETARY)
    owned(now, his, MAYOR)
    page = Visitor(MAYOR).sign_in().get(ROOM).page
    assert his.title in page
    assert other.title not in page
    assert waiting.title not in page
    assert "/owner" not in page
    opened = page.partition('id="open"')[2]
    assert opened.index(his.title) < opened.index("标题不在您的知悉范围"), "his own come first"
    assert re.search(r'class="own"><td>江平（市长）</td><td class="figure">1</td>', page)


def test_handlers_and_administrators_do_not_enter(now: Desk) -> None:
    for role in (Role.HANDLER, Role.HEAD, Role.ADMINISTRATOR):
        assert visitor(role).get(ROOM).status == 403


def test_a_sealed_accusation_is_neither_counted_nor_told(now: Desk) -> None:
    mailbox = now.mailbox_for(Kind.ACCUSATION)
    case = now.routed(
        mailbox=mailbox, kind="accusation", title="举报某人", text="某单位负责人长期收受礼金，请查处。" * 3
    )
    supervising.sweep(now.now + timedelta(days=9))
    assert not cases.load(case.case_id).backlog
    assert shares(now) == []
    assert figures()["total"] == 0
    assert "没有积案" in visitor(Role.CLERK).get(ROOM).page


def test_the_lists_are_paged_and_every_case_is_on_one_page(now: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "SHOWN", 2)
    titles = {old(now).title for _ in range(5)}
    clerk, seen, place = visitor(Role.CLERK), [], ROOM
    while place:
        page = clerk.get(place).page
        seen += re.findall(r"第\d+件难事", page)
        following = re.search(r'href="(\?unowned=\d+)', page)
        place = f"{ROOM}{following[1]}" if following else ""
    assert sorted(seen) == sorted(titles)
    assert clerk.get(f"{ROOM}?unowned=x&open=-1&settled=99999999").status == 200


def test_everybody_may_see_figures_and_no_title(now: Desk) -> None:
    first, second = old(now), old(now)
    owned(now, first, MAYOR)
    now.later(days=8).answered(cases.load(first.case_id))
    told = figures()
    assert (told["total"], told["settled"], told["percent"], told["unowned"]) == (2, 1, 50.0, 1)
    assert told["leaders"] == [
        {"name": "江平", "office": "市长", "total": 1, "settled": 1, "open": 0, "percent": 100.0}
    ]
    answer = request("GET", "/api/campaign")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    for secret in (first.title, second.title, first.case_id, "mayor"):
        assert secret not in answer.body.decode()


def test_a_city_may_keep_its_figures_to_itself(now: Desk) -> None:
    admin = visitor(Role.ADMINISTRATOR).get("/console/admin")
    assert admin.send("/console/admin/campaign/closure").status == 303
    assert figures() == {"public": False}
    admin.get("/console/admin").send("/console/admin/campaign/reopening")
    assert figures()["public"] is True


def test_the_desk_and_the_supervisors_are_told_of_entering_and_of_a_missing_owner(now: Desk) -> None:
    case = old(now)
    supervising.sweep(now.now + timedelta(days=17))
    supervising.sweep(now.now + timedelta(days=40))
    for message in sent(Topic.NOTICES):
        notifying.notify(message, now.now)
    for name in ("desk", "supervisors"):
        kinds = [entry.kind for entry in notices.inbox(name) if entry.case_id == case.case_id]
        assert (kinds.count("BacklogEntered"), kinds.count("OwnerMissing")) == (1, 1)


def test_a_citizen_sees_that_her_matter_is_in_the_campaign_and_who_owns_it(now: Desk) -> None:
    case = old(now)
    receipt = now.receipts[-1].number

    def told() -> dict[str, object]:
        return as_read(status_view(tracking.track(receipt, now.now + timedelta(days=8)), cities.current(), "zh"))

    assert case.backlog_since is not None
    assert told()["campaign"] == {"since": iso(case.backlog_since), "owner": None, "settled": False}
    owned(now, case, MAYOR)
    campaign = told()["campaign"]
    assert isinstance(campaign, dict)
    assert campaign["owner"] == "江平（市长）"
    steps = told()["steps"]
    assert isinstance(steps, list)
    assert {"BacklogEntered", "OwnerNamed"} <= {one["kind"] for one in steps}


def test_who_is_not_in_the_campaign_reads_nothing_of_it(now: Desk) -> None:
    now.signed()
    told = status_view(tracking.track(now.receipts[-1].number, now.now), cities.current(), "zh")
    assert told.campaign is None


def test_roles_see_the_page_in_both_languages(now: Desk) -> None:
    owned(now, old(now), MAYOR)
    old(now)
    for role in (Role.CLERK, Role.SUPERVISOR, Role.LEADER):
        for language, words in (("zh", "化解率"), ("en", "Settled rate")):
            assert words in Visitor(PEOPLE[role]).sign_in().get(f"{ROOM}?lang={language}").page
