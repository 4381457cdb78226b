"""A test letter looks like any other to the people examined, and is nothing to anybody else: no figure has it."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.desk import after_reply, assessing, backlog, handling, kinship, publishing, tracking, working
from chalicelib.desk.committing import caught_up
from chalicelib.desk.vault import vault
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Invalid, RuleBroken
from chalicelib.domain.exam import Exam
from chalicelib.domain.exam_marks import Paper
from chalicelib.domain.handling import can_be_joined
from chalicelib.domain.known import has_result
from chalicelib.domain.messages import Topic
from chalicelib.domain.moves import open_to
from chalicelib.domain.people import Staff
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.words import Action, Outcome, ReworkGround, Role, State
from chalicelib.storage import cases
from chalicelib.storage.notices import of_case
from chalicelib.storage.placing import BACKLOG, CALLS, TO_PUBLISH
from chalicelib.storage.submissions import load_submission
from tests.integration.desk import CLEAR, Desk
from tests.integration.examining import LEADER, answered, closed, papers, routed, sent_all, set_clock, told
from tests.integration.visitor import Visitor, request
from tests.integration.watching import everything, sent

MAILBOX = "county-yanxi"
ONE_BOX = {"class.county": "", f"box.{MAILBOX}": "yes"}
UNTELLING = {
    "title.1": "一件说不清的事情",
    "text.1": "我想了很久还是写了这封信，希望有人看到之后能告诉我该找谁。",
    "title.2": "",
    "text.2": "",
}
TELLTALES = ("测试", "箱主", "考试", "drill", "exam", "春季")


def the_paper(desk: Desk, **changes: str) -> tuple[Exam, Paper]:
    """An exam of one mailbox, and what became of its letter."""
    exam = sent_all(desk, **{**ONE_BOX, **UNTELLING, **changes})
    [paper] = papers(exam)
    return exam, paper


@pytest.fixture
def console(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The console looks at the desk's own clock."""
    set_clock(desk, monkeypatch, "console.visits", "console.session", "intake")
    return desk


def like_it(desk: Desk, paper: Paper) -> Case:
    """The same letter by a citizen who leaves no name, to the same mailbox at the same moment."""
    now, desk.now = desk.now, paper.sent_at
    case = desk.routed(
        mailbox=MAILBOX,
        kind="consultation",
        title=UNTELLING["title.1"],
        text=UNTELLING["text.1"],
        area="",
        anonymous=True,
        name="",
        phone="",
        may_publish=False,
    )
    desk.now = now
    return case


def without_numbers(page: str) -> str:
    """A page but for the numbers by which any two cases differ."""
    page = re.sub(r'name="csrf" value="[^"]*"', "", page)
    return re.sub(r"\d", "0", page)


def keeper(role: Role) -> Visitor:
    """Somebody of the unit, signed in."""
    return Visitor(Staff(f"yanxi-{role}", "孙立", role, "yanxi")).sign_in()


@pytest.mark.parametrize("step", ["dispatched", "replied"])
def test_a_test_letter_s_page_is_letter_for_letter_that_of_any_other(console: Desk, step: str) -> None:
    desk = console
    _, paper = the_paper(desk)
    other = like_it(desk, paper)
    assert other.unit == "yanxi"
    if step == "replied":
        answered(desk, paper)
        answered(desk, replace(paper, case_id=other.case_id))
    pages = []
    for case_id in (paper.case_id, other.case_id):
        for role in (Role.HANDLER, Role.HEAD):
            page = keeper(role).get(f"/console/cases/{case_id}")
            assert page.status == 200
            pages.append(without_numbers(page.page))
        clerk = Visitor(desk.clerk).sign_in().get(f"/console/cases/{case_id}")
        pages.append(without_numbers(clerk.page))
    for own, others in zip(pages[:3], pages[3:], strict=True):
        assert own.splitlines() == others.splitlines()


def test_no_page_list_inbox_or_public_answer_tells_of_it(console: Desk) -> None:
    desk = console
    exam, paper = the_paper(desk)
    told(desk)
    answered(desk, paper)
    told(desk)
    pages = {}
    for role in (Role.HANDLER, Role.HEAD):
        person = keeper(role)
        for path in (
            "/console/queue",
            "/console/queue?list=replied",
            "/console/inbox",
            "/console/assessment",
            "/console/receptions",
            f"/console/cases/{paper.case_id}",
        ):
            pages[f"{role} {path}"] = person.get(path).page
        assert UNTELLING["title.1"] in pages[f"{role} /console/queue?list=replied"]
        assert UNTELLING["title.1"] in pages[f"{role} /console/inbox"]
        assert person.get("/console/exams").status == 403
        assert person.get(f"/console/exams/{exam.id}").status == 403
    clerk = Visitor(desk.clerk).sign_in()
    for path in ("/console/queue", f"/console/cases/{paper.case_id}", "/console/supervision", "/console/messages"):
        pages[f"clerk {path}"] = clerk.get(path).page
    body = json.dumps({"receipt": paper.receipt, "code": vault().code_of(paper.receipt)}).encode()
    headers = {"Content-Type": "application/json", "Accept-Language": "zh"}
    tracked = request("POST", "/api/tracking", body, headers)
    assert tracked.status_code == 200
    pages["tracking"] = tracked.body.decode()
    for path in ("/api/desk", "/api/roots", "/api/campaign", "/api/decisions"):
        pages[path] = request("GET", path, headers=headers).body.decode()
    for where, page in pages.items():
        assert exam.id not in page, where
        for word in TELLTALES:
            assert word not in page, (where, word)


def test_after_the_end_the_unit_sees_that_it_was_one_and_what_it_got(console: Desk) -> None:
    desk = console
    exam, paper = the_paper(desk)
    answered(desk, paper)
    closed(desk.later(minutes=1), exam)
    person = keeper(Role.HANDLER)
    assert "箱主测试成绩" in person.get("/console/inbox").page
    page = person.get(f"/console/cases/{paper.case_id}").page
    assert f"这是一封测试信：{exam.name}" in page
    assert "本件是箱主测试的来信" in page
    assert '<form method="post" action="/console/cases' not in page


def test_no_citizen_is_told_anything_and_no_agency_either(desk: Desk) -> None:
    desk.tell_an_agency()
    exam, paper = the_paper(desk)
    answered(desk, paper)
    closed(desk, exam)
    assert sent(Topic.WEBHOOKS) == []
    notices = [message for message in sent(Topic.NOTICES) if message.case_id == paper.case_id]
    kinds = {cases.event(message.case_id, message.event).kind for message in notices}
    assert kinds == {"Dispatched", "Drafted"}, "of these the unit is told"
    told(desk)
    assert of_case(paper.case_id) == []
    assert load_submission(paper.receipt).anonymous
    assert f"receipt#{paper.receipt} petitioner" not in everything()
    assert "person" not in everything()[f"receipt#{paper.receipt} submission"]


def test_it_is_compared_with_no_letter_and_no_letter_with_it(desk: Desk) -> None:
    clear = {"kind.1": "appeal", "title.1": CLEAR["title"], "text.1": CLEAR["text"]}
    first = desk.routed(mailbox=MAILBOX)
    _, paper = the_paper(desk, **clear)
    drill = cases.load(paper.case_id)
    assert (drill.state, drill.joined_to, drill.unit) == (State.DISPATCHED, None, "yanxi")
    assert cases.load(first.case_id).receipts == first.receipts
    bands = [item["body"]["S"] for key, item in everything().items() if key.startswith("band#")]
    assert bands
    assert not [body for body in bands if paper.receipt in body]
    submission = load_submission(paper.receipt)
    assert kinship.likely(drill, submission, desk.clerk.actor, desk.now) == []
    for case, into in ((drill, first), (first, drill)):
        with pytest.raises(Invalid):
            handling.join(case.case_id, cases.load(case.case_id).version, desk.clerk, desk.now, into.case_id)


def test_time_brings_its_lights_and_the_reminder_and_nothing_else(desk: Desk) -> None:
    _, paper = the_paper(desk)
    for days in (3, 10, 40, 200, 400):
        desk.now = paper.sent_at + timedelta(days=days)
        desk.swept()
    kinds = [event.kind for event in cases.record_of(paper.case_id)][4:]
    assert set(kinds) == {"LightChanged", "Reminded"}
    case = cases.load(paper.case_id)
    assert (case.order, case.highest_level, case.backlog, case.next_due_at(desk.now)) == (None, 0, False, None)
    assert Action.SUPERVISE not in open_to(case, desk.supervisor.actor, desk.now)


def test_nothing_follows_its_answer_by_itself(desk: Desk) -> None:
    _, paper = the_paper(desk)
    case = answered(desk, paper)
    for days in (3, 16, 100, 400):
        desk.now = paper.sent_at + timedelta(days=days)
        desk.swept()
    after = cases.load(paper.case_id)
    assert (after.state, after.version, after.call_back_due) == (State.REPLIED, case.version, False)


def test_when_it_is_over_nobody_takes_it_up_again(desk: Desk) -> None:
    exam, paper = the_paper(desk)
    answered(desk, paper)
    closed(desk.later(minutes=1), exam)
    case = cases.load(paper.case_id)
    with pytest.raises(RuleBroken):
        after_reply.rework(case.case_id, case.version, desk.clerk, desk.now, ReworkGround.NOT_DONE, "再办一次。")


def _facts(desk: Desk, case: Case) -> object:
    return [key for key in everything() if key.startswith("ledger#") and case.case_id in key]


def _assessed(desk: Desk, case: Case) -> object:
    table = assessing.assess(day_in_shanghai(desk.now).replace(day=1), desk.now + timedelta(days=40))
    return [row.unit for row in table.rows if row.unit == case.unit]


def _watched(desk: Desk, case: Case) -> object:
    late = desk.now + timedelta(days=30)
    step = caught_up(cases.load(case.case_id), late)
    from chalicelib.storage.unit_of_work import case_item

    return case_item(step.after, late).watch


def _backlog(desk: Desk, case: Case) -> object:
    return caught_up(cases.load(case.case_id), desk.now + timedelta(days=400)).after.backlog


def _supervised(desk: Desk, case: Case) -> object:
    return caught_up(cases.load(case.case_id), desk.now + timedelta(days=40)).after.highest_level


def _joinable(desk: Desk, case: Case) -> object:
    return can_be_joined(case)


OPEN_PLACES: dict[str, Callable[[Desk, Case], object]] = {
    "facts": _facts,
    "assessment": _assessed,
    "supervisors' lists": _watched,
    "backlog": _backlog,
    "supervision": _supervised,
    "joining": _joinable,
}


@pytest.mark.parametrize("place", OPEN_PLACES)
def test_an_open_test_letter_is_left_out_where_any_other_counts(desk: Desk, place: str) -> None:
    _, paper = the_paper(desk)
    drill = cases.load(paper.case_id)
    other = like_it(desk, paper)
    look = OPEN_PLACES[place]
    if place == "assessment":
        assert not look(desk, replace(drill, unit="dizhou"))
        everything_of = [key for key in everything() if key.startswith(f"ledger#{drill.unit}")]
        assert all(other.case_id in key for key in everything_of)
    else:
        assert not look(desk, drill)
    assert look(desk, other)


def test_a_month_of_test_letters_alone_is_an_empty_table(desk: Desk) -> None:
    exam = sent_all(desk)
    for paper in papers(exam)[:3]:
        answered(desk, paper)
    desk.later(days=20).swept()
    closed(desk, exam)
    table = assessing.assess(day_in_shanghai(desk.now).replace(day=1), desk.now + timedelta(days=40))
    assert {(row.received, row.replied, row.cases, row.score) for row in table.rows} <= {(0, 0, 0, None)}
    assert not [key for key in everything() if key.startswith("ledger#")]


def advice(desk: Desk, drill: bool) -> Case:
    """A piece of advice that its unit has adopted."""
    words = {"kind.1": "advice"}
    if drill:
        _, paper = the_paper(desk, **words)
    else:
        case = desk.routed(mailbox=MAILBOX, kind="advice", area="", title="装一面镜子", text="路口请装一面镜子。")
        paper = Paper(MAILBOX, "yanxi", 0, case.voices[0].receipt, case.case_id, desk.now, desk.now)
    case, handler, head = cases.load(paper.case_id), *(Staff(role, "某人", role, "yanxi") for role in UNIT)
    case = handling.sign(case.case_id, case.version, handler, desk.now)
    case = handling.draft(case.case_id, case.version, handler, desk.now, "已经采纳。", Outcome.ADOPTED)
    return handling.reply(case.case_id, case.version, head, desk.now)


UNIT = (Role.HANDLER, Role.HEAD)
ANSWERED_PLACES: dict[str, Callable[[Case, Desk], object]] = {
    "to be published": lambda case, desk: case.awaits_publication,
    "publishable": lambda case, desk: Action.PUBLISH_DECISION in open_to(case, desk.clerk.actor, desk.now),
    "known result": lambda case, desk: has_result(case),
    "rating": lambda case, desk: case.window_ends_at,
    "asked to rate": lambda case, desk: case.ask_rating_at,
    "next moment": lambda case, desk: case.next_due_at(desk.now),
    "facts": lambda case, desk: _facts(desk, case),
}


@pytest.mark.parametrize("place", ANSWERED_PLACES)
def test_an_answered_test_letter_is_left_out_where_any_other_counts(desk: Desk, place: str) -> None:
    assert not ANSWERED_PLACES[place](advice(desk, drill=True), desk)
    assert ANSWERED_PLACES[place](advice(desk, drill=False), desk)


def test_done_again_however_often_it_is_no_backlog_and_stands_in_no_list_of_the_campaign(desk: Desk) -> None:
    _, paper = the_paper(desk)
    case = answered(desk, paper)
    for _ in range(3):
        after_reply.rework(case.case_id, case.version, desk.clerk, desk.now, ReworkGround.NOT_DONE, "没有说清楚。")
        case = answered(desk, paper)
    assert (case.reworks, case.backlog) == (3, False)
    worklists = {item["worklist"]["S"] for item in everything().values() if "worklist" in item}
    assert not worklists & {BACKLOG, TO_PUBLISH, CALLS}
    assert backlog.room(desk.supervisor, desk.now, backlog.Starts()).campaign.total == 0
    assert publishing.shelf(Outcome.ADOPTED, None).decisions == ()


def test_a_leader_s_own_letters_have_it_like_any_other(desk: Desk) -> None:
    exam = sent_all(desk, **{"class.county": "", "box.leader-mayor": "yes"})
    [paper] = papers(exam)
    listed = working.worklist(LEADER, "leader-mayor", 10)
    assert [case.case_id for case in listed.cases] == [paper.case_id]
    routed(desk)
    assert tracking.track(paper.receipt, desk.now).case.case_id == paper.case_id
