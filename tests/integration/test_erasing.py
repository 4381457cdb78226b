"""What a citizen has erased after the term: nothing of hers is left, and every proof of the record holds."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.desk import cities, closing_days, erasing, handling, routing, tracking, working
from chalicelib.domain.errors import DataErased, RuleBroken
from chalicelib.domain.messages import Topic
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.terms import calendar_days
from chalicelib.domain.words import Kind, State
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_submission
from infra.verify import verify
from tests.integration.agency import Sender
from tests.integration.belongings import (
    HERS,
    LONG_AGO,
    SAID,
    STAFF_SAID,
    answered,
    ask,
    erased,
    file,
    lived,
    request,
    sound,
    standing_in_plain,
)
from tests.integration.desk import Desk
from tests.integration.telling import tell
from tests.integration.test_races import between
from tests.integration.visitor import Visitor
from tests.integration.watching import everything, in_plain, lost, sent
from tests.integration.watching import objects as stored_objects
from tests.integration.wire import Page

pytestmark = pytest.mark.usefixtures("not_far_back", "empty_bucket")


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
