"""One's own data: a copy of all of it, and its erasure after the term, after which every proof of the record holds."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from chalice.test import Client
from msgspec.structs import replace

from chalicelib.config import config
from chalicelib.desk import cities, closing_days, copying, erasing, handling, routing, tracking, working
from chalicelib.desk.submitting import Receipt
from chalicelib.domain.case import Case
from chalicelib.domain.errors import DataErased, RuleBroken
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.terms import calendar_days
from chalicelib.domain.words import Kind, Outcome, State
from chalicelib.entrypoints.own_data import copy_view
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_submission
from chalicelib.storage.throttle import FREE_TRIES
from infra.verify import verify
from tests.integration.agency import Sender
from tests.integration.desk import Desk
from tests.integration.telling import tell
from tests.integration.test_intake_api import Page, is_refusal
from tests.integration.test_races import between
from tests.integration.test_uploading import PNG, uploaded
from tests.integration.test_uploading import objects as stored_objects
from tests.integration.visitor import Visitor
from tests.integration.watching import everything, in_plain, lost, sent

HERS = {
    "title": "望江路夜市油烟扰民",
    "text": "望江路夜市每晚油烟直冲楼上，老人咳嗽睡不着，请管一管，我住在三栋五单元。",
    "place": "望江路夜市三栋五单元",
    "name": "端木清扬",
    "phone": "13912345678",
    "email": "duanmu@example.cn",
}
SAID = {"added": "昨晚又冒了一次烟，有视频。", "rating": "这回总算清净了。", "file": "油烟视频截图.png"}
STAFF_SAID = {"note": "已约见夜市摊主。", "reply": "您好，油烟净化器已经装好。", "dispatched": "请执法队今晚去。"}
LONG_AGO = timedelta(days=2000)


@pytest.fixture(autouse=True)
def _not_far_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first closing looks back a year, which is slow on moto."""
    monkeypatch.setattr(closing_days, "BEGINS_WITHIN", 3)


@pytest.fixture(autouse=True)
def _empty_bucket(table: str) -> Iterator[None]:
    """The bucket is empty again after each test."""
    yield
    for key in stored_objects():
        boto3.client("s3").delete_object(Bucket=config().uploads_bucket, Key=key)


@pytest.fixture
def page(table: str) -> Iterator[Page]:
    """The citizen's page."""
    from app import app

    with Client(app) as client:
        yield Page(client)


def file(desk: Desk) -> str:
    """A file of hers, uploaded."""
    leave = desk.leave(name=SAID["file"], size=len(PNG))
    uploaded(leave, PNG)
    return leave.ticket


def lived(desk: Desk) -> tuple[Case, Receipt]:
    """A matter of one citizen from its filing to its end, everybody told."""
    receipt = desk.filed(**HERS, uploads=[file(desk)])
    desk.route_all()
    case = desk.case_of(receipt)
    if case.unit is None:
        case = handling.accept(case.case_id, case.version, desk.clerk, desk.now)
        handling.dispatch(case.case_id, case.version, desk.clerk, desk.now, desk.some_unit, STAFF_SAID["dispatched"])
        case = desk.case_of(receipt)
    desk.supplemented(receipt, SAID["added"], uploads=[file(desk)])
    desk.route_all()
    answered(desk, receipt)
    desk.rated(receipt, "satisfied", SAID["rating"])
    assert tell(desk) == []
    return desk.case_of(receipt), receipt


def answered(desk: Desk, receipt: Receipt) -> None:
    """The unit notes, looks who it is, and replies."""
    case = desk.case_of(receipt)
    handler, number = desk.handler(case), case.case_id
    case = handling.sign(number, case.version, handler, desk.now)
    case = handling.note(number, case.version, handler, desk.now, STAFF_SAID["note"], False)
    working.petitioner_of(handler, number, receipt.number, desk.now)
    case = handling.draft(number, case.version, handler, desk.now, STAFF_SAID["reply"], Outcome.SOLVED)
    handling.reply(number, case.version, desk.head(case), desk.now)


def erased(desk: Desk, receipt: Receipt) -> None:
    """She asks for it, and the queue is worked off."""
    erasing.erase(receipt.number, desk.now)
    desk.route_all()


def request(case: Case) -> Message:
    """The message by which the rest is erased."""
    return Message(Topic.ROUTING, case.case_id, cases.load(case.case_id).version)


def ask(page: Page, receipt: Receipt, what: str) -> Any:
    """What her page asks."""
    return page.post(f"/api/submissions/{receipt.number}/{what}", {"code": receipt.code})


def standing_in_plain(texts: dict[str, str]) -> set[str]:
    """Which of ``texts`` can still be read in the table or in the queues."""
    plain = in_plain()
    return {name for name, text in texts.items() if text in plain}


def sound(case: Case) -> bool:
    """Whether the case is what its record tells, and every proof of the whole desk holds."""
    return fold(cases.record_of(case.case_id)) == cases.load(case.case_id) and verify().faults == []


# A copy -------------------------------------------------------------------------------------------------------------


def test_the_copy_holds_everything_that_the_desk_keeps_of_her(desk: Desk) -> None:
    case, receipt = lived(desk)
    copy = copy_view(copying.copy_of(receipt.number, desk.now), desk.city, "zh")
    plain = json.dumps(copy, ensure_ascii=False)
    for text in (*HERS.values(), *SAID.values(), STAFF_SAID["reply"]):
        assert text in plain, text
    assert STAFF_SAID["note"] not in plain
    kinds = {cases.event(case.case_id, one.event).kind for one in copying.copy_of(receipt.number, desk.now).notices}
    assert {"Registered", "Replied"} <= kinds
    notices = copy["notices"]
    assert isinstance(notices, list)
    assert {one["to"] for one in notices} == {"139******78", "d***@example.cn"}
    looks = copy["looks"]
    assert isinstance(looks, list)
    assert [(one["what"], one["by"]) for one in looks] == [("查看来信人信息", "承办人")]
    assert "孙立" not in plain


def test_the_copy_of_one_holds_nothing_of_the_others_of_the_same_matter(desk: Desk) -> None:
    first = desk.filed(**HERS)
    desk.route_all()
    other = {**HERS, "name": "公孙弘", "phone": "13811112222", "email": "gongsun@example.cn", "place": "望江路夜市"}
    second = desk.later(hours=1).filed(**other)
    desk.route_all()
    assert desk.case_of(first).case_id == desk.case_of(second).case_id
    desk.supplemented(first, SAID["added"])
    working.petitioner_of(desk.clerk, desk.case_of(first).case_id, first.number, desk.now)
    answered(desk, first)
    desk.rated(first, "not", SAID["rating"])
    tell(desk)
    plain = json.dumps(copy_view(copying.copy_of(second.number, desk.now), desk.city, "zh"), ensure_ascii=False)
    assert "公孙弘" in plain
    for secret in (HERS["name"], HERS["phone"], HERS["place"], SAID["added"], SAID["rating"], first.number, first.code):
        assert secret not in plain
    assert copying.copy_of(second.number, desk.now).looks == ()


def test_the_copy_of_an_accusation_is_opened_for_its_writer_and_tells_every_look_at_it(desk: Desk) -> None:
    receipt = desk.filed(**HERS, kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION), uploads=[file(desk)])
    desk.route_all()
    case = desk.case_of(receipt)
    working.dossier(desk.handler(case), case.case_id, desk.now)
    working.file_of(desk.handler(case), case.case_id, receipt.number, 0, desk.now)
    copy = copy_view(copying.copy_of(receipt.number, desk.now), desk.city, "zh")
    plain = json.dumps(copy, ensure_ascii=False)
    assert all(text in plain for text in (*HERS.values(), SAID["file"]))
    assert len(copying.copy_of(receipt.number, desk.now).looks) == 2


def test_the_copy_is_given_as_a_file_for_number_and_code_and_kept_by_nobody(desk: Desk, page: Page) -> None:
    _, receipt = lived(desk)
    answer = ask(page, receipt, "copy")
    assert answer.status == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="sunlight-{receipt.number}.json"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.body["name"] == HERS["name"]


@pytest.mark.parametrize("what", ["copy", "erasure"])
def test_wrong_codes_are_refused_and_slowed_as_in_tracking(desk: Desk, page: Page, what: str) -> None:
    receipt = desk.filed()
    before = {key for key in everything() if not key.startswith("tries#")}
    path = f"/api/submissions/{receipt.number}/{what}"
    wrong = "A" * 8 if receipt.code != "A" * 8 else "B" * 8
    codes: list[object] = [wrong, None, 5, "", [], "\ud800"]
    for code in codes[:FREE_TRIES]:
        answer = page.post(path, {"code": code})
        assert answer.status == 404
        assert is_refusal(answer)
    while page.post(path, {"code": wrong}).status == 404:
        pass
    assert page.post(path, {"code": receipt.code}).status == 429
    assert {key for key in everything() if not key.startswith("tries#")} == before


# Too early ----------------------------------------------------------------------------------------------------------


def test_while_the_matter_goes_on_nothing_is_erased_and_the_rule_is_named(desk: Desk, page: Page) -> None:
    case = desk.signed(**HERS)
    before = everything()
    with pytest.raises(RuleBroken, match=r"erasure\.going_on"):
        erasing.erase(case.receipts[0], desk.now + LONG_AGO)
    assert everything() == before
    answer = ask(page, desk.receipts[0], "erasure")
    assert (answer.status, answer.body["error"]["code"]) == (409, "erasure.going_on")
    assert "1826" in answer.body["error"]["message"]


def test_before_the_term_is_over_it_is_told_from_when_it_is_possible(desk: Desk) -> None:
    case, receipt = lived(desk)
    assert case.state is State.CONCLUDED
    before = everything()
    with pytest.raises(RuleBroken) as refused:
        erasing.erase(receipt.number, desk.now + timedelta(days=1825))
    assert refused.value.code == "erasure.too_early"
    assert refused.value.params["day"] == "2031-03-04"  # 1826 days end on a Sunday: the Monday after is the last
    assert everything() == before
    assert not tracking.track(receipt.number, desk.now).erasable
    assert tracking.track(receipt.number, desk.now + LONG_AGO).erasable


def test_the_term_runs_from_the_last_end_and_an_office_sets_it(desk: Desk) -> None:
    _, receipt = lived(desk)
    terms = replace(cities.known().terms, retention=calendar_days(10))
    desk.city = cities.use(replace(desk.city, version=desk.city.version + 1, terms=terms))
    case = desk.later(days=9).case_of(receipt)
    from chalicelib.desk import after_reply
    from chalicelib.domain.words import ReworkGround

    after_reply.rework(case.case_id, case.version, desk.clerk, desk.now, ReworkGround.NOT_DONE, "还有油烟。")
    desk.later(days=20)
    with pytest.raises(RuleBroken, match="going_on"):
        erasing.erase(receipt.number, desk.now)


def test_for_who_withdrew_the_term_runs_from_then_though_the_matter_goes_on(desk: Desk) -> None:
    first = desk.filed(**HERS)
    second = desk.filed(**{**HERS, "phone": "13811112222"})
    desk.route_all()
    case = desk.case_of(second)
    assert case.receipts == (first.number, second.number)
    tracking.withdraw(second.number, {"reason": "我搬走了不住这里。"}, desk.now)
    desk.now += LONG_AGO
    erased(desk, second)
    assert desk.case_of(first).receipts == (first.number,)
    assert "我搬走了" not in in_plain()
    assert sound(case)
    with pytest.raises(RuleBroken, match="going_on"):
        erasing.erase(first.number, desk.now)


# Erased -------------------------------------------------------------------------------------------------------------


def test_after_the_term_nothing_of_hers_is_left_and_every_proof_holds(desk: Desk) -> None:
    case, receipt = lived(desk)
    closing_days.close_days(desk.now + timedelta(days=1))
    record = cases.record_of(case.case_id)
    assert len(stored_objects()) == 2
    assert verify().faults == []
    desk.now += LONG_AGO
    erased(desk, receipt)
    assert standing_in_plain({**HERS, **SAID, **STAFF_SAID}) == set()
    assert stored_objects() == []
    kept = {key.split()[1].partition("#")[0] for key in everything() if key.startswith(f"receipt#{receipt.number}")}
    assert kept == {"submission"}
    assert not [key for key in everything() if key.startswith(("band#", "inbox#"))]
    assert not [key for key in everything() if "notice#" in key]
    assert not any("person" in item for item in everything().values())
    assert sound(case)
    after = cases.record_of(case.case_id)
    assert [event.hash for event in after[: len(record)]] == [event.hash for event in record]
    assert after[-1].kind == "Erased"
    for event in record:
        assert event.salt not in in_plain() or not event.salt


def test_afterwards_her_number_tells_only_that_and_when_it_was_erased(desk: Desk, page: Page) -> None:
    _, receipt = lived(desk)
    desk.now += LONG_AGO
    began = erasing.erase(receipt.number, desk.now)
    seen = page.post("/api/tracking", {"receipt": receipt.number, "code": receipt.code})
    assert (seen.status, seen.body["error"]["code"]) == (410, "data_being_erased")
    desk.route_all()
    day = f"{day_in_shanghai(desk.now)}"
    asked = {"receipt": receipt.number, "code": receipt.code}
    paths = ["/api/tracking", *(f"/api/submissions/{receipt.number}/{what}" for what in ("copy", "rating"))]
    for path in paths:
        rating = {"solved": "yes", "attitude": "good", "satisfaction": "satisfied"}
        answer = page.post(path, {**asked, **rating})
        assert (answer.status, answer.body["error"]["code"]) == (410, "data_erased")
        assert day in answer.body["error"]["message"]
    again = ask(page, receipt, "erasure")
    assert (again.status, again.body["done"]) == (200, True)
    assert again.body["erased_at"] == began.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    told = page.post("/api/verification", asked)
    assert (told.status, told.body["holds"]) == (200, True)
    links = [link for link in told.body["records"][0]["events"] if link["line"]]
    assert [(link["words"], link["salt"]) for link in links] == [({}, "")] * len(links)
    assert ["title"] in [link["erased"] for link in links]


def test_at_the_console_the_case_still_stands_and_says_why_it_is_empty(desk: Desk) -> None:
    case, receipt = lived(desk)
    desk.now += LONG_AGO
    erasing.erase(receipt.number, desk.now)
    for _ in range(2):
        clerk = Visitor(desk.clerk).sign_in().get(f"/console/cases/{case.case_id}")
        assert clerk.status == 200
        assert "应来信人要求已删除" in clerk.page
        assert not [text for text in (*HERS.values(), SAID["added"], SAID["file"]) if text in clerk.page]
        desk.route_all()
    assert STAFF_SAID["reply"] not in Visitor(desk.clerk).sign_in().get(f"/console/cases/{case.case_id}").page


def test_what_others_wrote_of_the_same_matter_stays_until_they_ask_too(desk: Desk) -> None:
    theirs = {"name": "公孙弘", "phone": "13811112222", "text": HERS["text"] + "拜托了。"}
    first = desk.filed(**HERS)
    desk.route_all()
    second = desk.later(hours=1).filed(**{**HERS, **theirs, "email": ""})
    desk.route_all()
    case = desk.case_of(second)
    assert case.receipts == (first.number, second.number)
    answered(desk, first)
    desk.rated(first, "satisfied", SAID["rating"])
    desk.rated(second, "satisfied", "我这边也好了。")
    tell(desk)
    desk.now += LONG_AGO
    erased(desk, first)
    assert standing_in_plain({**SAID, "place": "三栋五单元，"}) == set()
    assert standing_in_plain(STAFF_SAID) == {"note", "reply"}
    status = tracking.track(second.number, desk.now)
    assert theirs["text"] == status.text
    assert "我这边也好了。" in repr(status.events)
    assert sound(case)
    assert cases.load(case.case_id).title == ""
    erased(desk, second)
    assert standing_in_plain({**HERS, **theirs, **SAID, **STAFF_SAID, "too": "我这边也好了。"}) == set()
    assert sound(case)
    own = cases.load(load_submission(second.number).case_id)
    assert (own.title, own.state) == ("", State.JOINED)


def test_an_accusation_is_erased_like_anything_else(desk: Desk) -> None:
    receipt = desk.filed(**HERS, kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION), uploads=[file(desk)])
    desk.route_all()
    tracking.withdraw(receipt.number, {"reason": "不想再提。"}, desk.now)
    case = desk.case_of(receipt)
    desk.now += LONG_AGO
    erased(desk, receipt)
    assert stored_objects() == []
    assert sound(case)
    assert not any(event.salt for event in cases.record_of(case.case_id))
    working.dossier(desk.handler(case), case.case_id, desk.now)
    with pytest.raises(DataErased):
        tracking.track(receipt.number, desk.now)


def test_an_agency_that_referred_it_still_learns_how_it_stands(desk: Desk, province: Sender) -> None:
    who = {name: HERS[name] for name in ("name", "phone", "email")}
    referred = province.refer(petitioner=who, **{name: HERS[name] for name in ("title", "text", "place")}).body
    desk.route_all()
    tracking.withdraw(referred["receipt"], {"reason": ""}, desk.now)
    before = province.ask().body
    erasing.erase(referred["receipt"], desk.now + LONG_AGO)
    desk.route_all()
    assert province.ask().body == before
    assert standing_in_plain(HERS) == set()


# Cut off in the middle ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["DeleteObject", "DeleteItem", "TransactWriteItems"])
def test_what_is_cut_off_is_told_as_going_on_and_comes_to_its_end_later(desk: Desk, operation: str) -> None:
    case, receipt = lived(desk)
    desk.now += LONG_AGO
    erasing.erase(receipt.number, desk.now)
    message = request(case)
    with lost(operation), pytest.raises(Exception, match=r".*"):
        routing.route(message, desk.now)
    assert verify().faults == []
    with pytest.raises(DataErased) as told:
        tracking.track(receipt.number, desk.now)
    assert told.value.code == "data_being_erased"
    assert standing_in_plain({name: HERS[name] for name in ("name", "phone", "place", "email")}) == set()
    routing.route(message, desk.now)
    routing.route(message, desk.now)
    assert standing_in_plain({**HERS, **SAID, **STAFF_SAID}) == set()
    assert stored_objects() == []
    assert sound(case)


def test_a_request_that_cannot_be_written_erases_nothing_that_she_is_shown(desk: Desk) -> None:
    _, receipt = lived(desk)
    desk.now += LONG_AGO
    before = tracking.track(receipt.number, desk.now)
    with lost("TransactWriteItems"), pytest.raises(Exception, match=r".*"):
        erasing.erase(receipt.number, desk.now)
    assert tracking.track(receipt.number, desk.now) == before


def test_what_was_committed_and_never_sent_is_sent_by_the_sweep(desk: Desk) -> None:
    _, receipt = lived(desk)
    desk.now += LONG_AGO
    with lost("SendMessageBatch"), lost("SendMessage"):
        erasing.erase(receipt.number, desk.now)
    assert request(cases.load(load_submission(receipt.number).case_id)) not in sent(Topic.ROUTING)
    desk.later(minutes=3).swept()
    desk.route_all()
    assert standing_in_plain({**HERS, **SAID, **STAFF_SAID}) == set()


def test_asked_twice_at_once_it_is_erased_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case, receipt = lived(desk)
    desk.now += LONG_AGO
    between(monkeypatch, lambda: erasing.erase(receipt.number, desk.now))
    erasing.erase(receipt.number, desk.now)
    assert [event.kind for event in cases.record_of(case.case_id)].count("Erased") == 1
    desk.route_all()
    assert sound(case)


def test_with_hundreds_of_texts_it_is_done_in_several_commits(desk: Desk) -> None:
    case = desk.signed(**HERS)
    for number in range(95):
        case = handling.note(case.case_id, case.version, desk.handler(case), desk.now, f"第{number}次到场查看。", False)
    desk.withdrawn(desk.receipts[0])
    desk.now += LONG_AGO
    erased(desk, desk.receipts[0])
    assert "次到场查看" not in in_plain()
    assert sound(case)
