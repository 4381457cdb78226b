"""What was decided on advice: published by the clerk, read by everybody, taken down when its writer wishes it."""

import html
import re

import pytest

from chalicelib.desk import cities, erasing, handling, publishing, tracking, working
from chalicelib.desk.after_reply import rework
from chalicelib.desk.committing import finish, untouched
from chalicelib.domain.errors import Changed, Invalid, NotAllowed, RuleBroken
from chalicelib.domain.events import Reason, VoiceAdded
from chalicelib.domain.folding import fold
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Action, Kind, Outcome, ReworkGround, Role, State
from chalicelib.storage import cases, decisions
from tests.integration.advising import ADVICE, SAID, act, awaiting, decided, public, publish, shown
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.telling import BOTH, of_step, tell
from tests.integration.test_races import between, sound
from tests.integration.visitor import Visitor
from tests.integration.watching import everything
from tests.integration.wire import Page, is_refusal


def test_what_the_clerk_publishes_everybody_reads_in_the_outcome_of_the_reply(page: Page, now: Desk) -> None:
    case = publish(now, decided(now, Outcome.NOT_ADOPTED))
    assert shown(page).body["decisions"] == []
    told = shown(page, "?outcome=not_adopted")
    (one,) = told.body["decisions"]
    assert (one["title"], one["text"], one["outcome_name"]) == (*SAID, "建议未采纳")
    assert one["unit_name"] == cities.current().unit(case.unit).name.zh  # type: ignore[union-attr]
    assert told.headers["cache-control"] == "public, max-age=300"
    assert told.headers["vary"] == "Accept-Language"
    assert shown(page, "?outcome=not_adopted", "en").body["decisions"][0]["outcome_name"].isascii()
    assert sound(case.case_id)


def test_the_public_list_tells_nothing_of_who_wrote(page: Page, now: Desk) -> None:
    publish(now, decided(now, name="欧阳春华", phone="19900001234", email="chunhua@example.cn"))
    told = str(shown(page).body)
    for secret in ("欧阳", "1990000", "chunhua", now.receipts[-1].number, now.receipts[-1].code, "clerk", "赵敏"):
        assert secret not in told


def test_the_clerk_finds_what_is_to_be_published_and_not_again_what_is(desk: Desk) -> None:
    case = decided(desk)
    assert awaiting(desk) == [case.case_id]
    publish(desk, case)
    assert awaiting(desk) == []


def test_advice_whose_writer_did_not_consent_is_neither_asked_for_nor_published(desk: Desk) -> None:
    case = decided(desk, may_publish=False)
    assert awaiting(desk) == []
    with pytest.raises(RuleBroken) as refused:
        publish(desk, case)
    assert refused.value.code == "decision.no_consent"
    assert public() == []


def test_what_is_withheld_leaves_the_clerks_list(desk: Desk) -> None:
    case = decided(desk)
    publishing.withhold_decision(case.case_id, case.version, desk.clerk, desk.now, "与另一件重复。")
    assert awaiting(desk) == []


def test_nobody_else_publishes(desk: Desk) -> None:
    case = decided(desk)
    for staff in (desk.handler(case), desk.head(case)):
        with pytest.raises(NotAllowed):
            publishing.publish_decision(case.case_id, case.version, staff, desk.now, *SAID)
    assert public() == []


def test_an_accusation_is_never_published(desk: Desk) -> None:
    case = desk.routed(kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION), may_publish=True)
    with pytest.raises(NotAllowed):
        publish(desk, case)
    assert (public(), awaiting(desk)) == ([], [])


def test_of_two_clerks_who_publish_at_once_one_is_told_and_one_text_stands(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = decided(desk)
    between(monkeypatch, lambda: publish(desk, case, "先到的"))
    with pytest.raises(Changed):
        publish(desk, case, "后到的")
    monkeypatch.undo()
    assert [one.title for one in decisions.latest(Outcome.ADOPTED, None, 9)] == ["先到的"]
    assert sound(case.case_id)


def test_a_clerk_is_told_when_the_citizen_took_her_consent_back_just_before(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, receipt = decided(desk), desk.receipts[-1]
    between(monkeypatch, lambda: tracking.withdraw_consent(receipt.number, {}, desk.now))
    with pytest.raises(Changed):
        publish(desk, case)
    monkeypatch.undo()
    assert (public(), awaiting(desk)) == ([], [])


def test_a_citizens_word_counts_even_when_the_clerk_was_faster(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case, receipt = decided(desk), desk.receipts[-1]
    between(monkeypatch, lambda: publish(desk, case))
    tracking.withdraw_consent(receipt.number, {}, desk.now)
    monkeypatch.undo()
    assert public() == []
    kinds = [event.kind for event in cases.record_of(case.case_id)]
    assert kinds[-3:] == ["DecisionPublished", "ConsentWithdrawn", "DecisionTakenDown"]


def test_a_citizen_reads_that_her_advice_is_public_and_takes_her_consent_back(page: Page, now: Desk) -> None:
    publish(now, decided(now))
    receipt = now.receipts[-1]
    (one,) = shown(page).body["decisions"]
    seen = page.post("/api/tracking", {"receipt": receipt.number, "code": receipt.code}).body
    assert seen["decision"] == {"id": one["id"], "outcome": "adopted", "outcome_name": "建议采纳"}
    assert "withdraw_consent" in seen["may"]
    after = act(page, receipt, "consent-withdrawal")
    assert after.status == 201
    assert after.body["decision"] is None
    assert "withdraw_consent" not in after.body["may"]
    assert after.body["steps"][-1]["detail"] == "来信人不再同意公开"
    assert shown(page).body["decisions"] == []
    before = everything()
    assert act(page, receipt, "consent-withdrawal").status == 201, "said twice it is so all the same"
    assert everything() == before


def test_nobody_takes_back_a_consent_without_the_code(page: Page, now: Desk) -> None:
    publish(now, decided(now))
    answer = page.post(f"/api/submissions/{now.receipts[-1].number}/consent-withdrawal", {"code": "00000000"})
    assert (answer.status, is_refusal(answer)) == (404, True)
    assert len(shown(page).body["decisions"]) == 1


def test_a_joined_citizen_who_takes_back_her_consent_takes_it_down_for_all(desk: Desk) -> None:
    case = desk.signed(**{**UNCLEAR, **ADVICE})
    other = desk.filed(**{**UNCLEAR, **ADVICE, "title": "公交站装椅子"})
    joining = desk.case_of(other)
    handling.register(joining.case_id, joining.version, desk.clerk, desk.now, None, None)
    joining = cases.load(joining.case_id)
    handling.join(joining.case_id, joining.version, desk.clerk, desk.now, case.case_id)
    case = cases.load(case.case_id)
    case = handling.draft(case.case_id, case.version, desk.handler(case), desk.now, "采纳。", Outcome.ADOPTED)
    case = publish(desk, handling.reply(case.case_id, case.version, desk.head(case), desk.now))
    assert case.published is not None
    assert set(case.published.quoted) == {desk.receipts[0].number, other.number}
    tracking.withdraw_consent(other.number, {}, desk.now)
    assert public() == []
    assert awaiting(desk) == [case.case_id], "the other one still lets it be published"
    assert fold(cases.record_of(case.case_id)) == cases.load(case.case_id)


def test_the_desk_takes_it_down_with_a_reason_and_may_publish_it_mended(desk: Desk) -> None:
    case = publish(desk, decided(desk))
    with pytest.raises(Invalid):
        publishing.take_down_decision(case.case_id, case.version, desk.clerk, desk.now, " ")
    case = publishing.take_down_decision(case.case_id, case.version, desk.clerk, desk.now, "单位名称写错了。")
    assert (public(), awaiting(desk)) == ([], [])
    publish(desk, case, "改好的")
    assert [one.title for one in decisions.latest(Outcome.ADOPTED, None, 9)] == ["改好的"]


def test_what_is_done_again_is_public_no_longer_and_the_desk_is_told(desk: Desk) -> None:
    case = publish(desk, decided(desk))
    rework(case.case_id, case.version, desk.clerk, desk.now, ReworkGround.NOT_DONE, "座椅没有装。")
    assert public() == []
    assert tell(desk) == []
    assert "DecisionTakenDown" in [entry.kind for entry in working.inbox_of(desk.clerk)]


@pytest.mark.parametrize("title", ["", " \n", "\x00", "长" * 101])
def test_a_title_that_cannot_be_taken_is_refused_and_what_was_typed_stays(now: Desk, title: str) -> None:
    case = decided(now)
    clerk = Visitor(Staff("clerk", "何静", Role.CLERK, "petition-office")).sign_in()
    place = f"/console/cases/{case.case_id}"
    answer = clerk.get(place).send(f"{place}/publication", title=title, text="写了很久的内容")
    assert answer.status == 400
    assert "写了很久的内容" in answer.page
    assert public() == []


def test_the_clerks_form_begins_with_the_reply_masked(now: Desk) -> None:
    reply = "顾怀远同志：建议采纳，将在幸福路12号院门口装座椅。联系人：李工，电话0999-5550123，11月底完成。"
    case = decided(now, reply=reply, name="顾怀远", title="顾怀远建议在站台加座椅")
    clerk = Visitor(Staff("clerk", "何静", Role.CLERK, "petition-office")).sign_in()
    page = clerk.get(f"/console/cases/{case.case_id}").page
    form = html.unescape(page[page.index('/publication"') : page.index('/withholding"')])
    assert "顾某某同志：建议采纳，将在幸福路*号院门口装座椅。联系人：某某，电话*******，11月底完成。" in form
    assert 'value="顾某某建议在站台加座椅"' in form
    assert "请逐字核对" in form
    assert re.search(r"<details[^>]* open[^>]*>\s*<summary>公开采纳情况", page), "it is what is most likely next"
    assert "来信人同意公开，等待公开" in page


def test_the_form_is_offered_to_no_one_else_and_not_without_consent(now: Desk) -> None:
    case, kept = decided(now), decided(now, may_publish=False, title="另一个建议", text="建议把图书馆开到晚上十点。")
    unit = Visitor(Staff("head", "刘平", Role.HEAD, case.unit)).sign_in()
    assert "/publication" not in unit.get(f"/console/cases/{case.case_id}").page
    clerk = Visitor(Staff("clerk", "何静", Role.CLERK, "petition-office")).sign_in()
    assert "/publication" not in clerk.get(f"/console/cases/{kept.case_id}").page
    assert "来信人没有同意公开" in clerk.page
    listed = clerk.get("/console/queue?list=to-publish").page
    assert case.case_id in listed
    assert kept.case_id not in listed


def test_a_public_case_says_so_at_the_console_and_can_be_taken_down_there(page: Page, now: Desk) -> None:
    case = publish(now, decided(now))
    (one,) = shown(page).body["decisions"]
    clerk = Visitor(Staff("clerk", "何静", Role.CLERK, "petition-office")).sign_in()
    place = f"/console/cases/{case.case_id}"
    assert f'href="/decisions.html#adopted/{one["id"]}"' in clerk.get(place).page
    assert clerk.send(f"{place}/retraction", words="写错了").status == 303
    assert shown(page).body["decisions"] == []


def test_only_who_consents_can_be_quoted_and_the_clerk_is_told_so(now: Desk) -> None:
    case = now.signed(**{**UNCLEAR, **ADVICE})
    added = VoiceAdded("000000000001", "case-of-another", now.now, None, Reason("basis.person", {}))
    finish(untouched(case).then([added], now.clerk.actor, now.now), at=now.now)
    case = cases.load(case.case_id)
    assert case.consenting == (now.receipts[0].number,)
    assert len(case.receipts) == 2


WORDS = {
    "advice": ("谢谢您的建议", "是否采纳", "建议采纳"),
    "consultation": ("您的咨询", "答复您", "答复您的咨询"),
    "thanks": ("谢谢您的来信", "谢意", "感谢信"),
    "appeal": ("您的来信", "答复您", "问题解决了没有"),
}


@pytest.mark.parametrize("kind", WORDS)
def test_each_kind_of_letter_is_told_what_fits_it(desk: Desk, kind: str) -> None:
    outcome = Outcome.ADOPTED if kind == "advice" else Outcome.EXPLAINED
    case = decided(desk, outcome, kind=kind, **BOTH)
    assert tell(desk) == []
    thanks, what, reply = WORDS[kind]
    for one in of_step(case, "Accepted"):
        assert thanks in one.text
        assert what in one.text
    assert all(reply in one.text for one in of_step(case, "Replied"))
    assert {one.way for one in of_step(case, "Replied")} == {"sms", "mail"}
    if kind in ("advice", "thanks"):
        assert not any("办理" in one.text or "解决" in one.text for one in of_step(case, "Dispatched") if one.text)


@pytest.mark.parametrize(
    ("kind", "said"), [("advice", "认真研究"), ("thanks", "谢意"), ("consultation", "答复您的问题")]
)
def test_the_step_of_acceptance_says_what_happens_next(page: Page, now: Desk, kind: str, said: str) -> None:
    decided(now, Outcome.ADOPTED if kind == "advice" else Outcome.EXPLAINED, kind=kind)
    receipt = now.receipts[-1]
    steps = page.post("/api/tracking", {"receipt": receipt.number, "code": receipt.code}).body["steps"]
    accepted = next(step for step in steps if step["kind"] == "Accepted")
    assert said in accepted["detail"]


def test_an_appeals_acceptance_is_told_as_before(page: Page, now: Desk) -> None:
    now.dispatched()
    receipt = now.receipts[-1]
    steps = page.post("/api/tracking", {"receipt": receipt.number, "code": receipt.code}).body["steps"]
    assert next(step["detail"] for step in steps if step["kind"] == "Accepted") == ""


def test_what_was_published_does_not_move_the_case(desk: Desk) -> None:
    case = decided(desk)
    after = publish(desk, case)
    assert (after.state, after.unit, after.clocks) == (State.REPLIED, case.unit, case.clocks)
    assert Action.TAKE_DOWN_DECISION in working.dossier(desk.clerk, case.case_id, desk.now).actions


def test_whoever_has_her_data_erased_takes_back_her_consent_with_it(desk: Desk) -> None:
    case = decided(desk)
    publish(desk, case)
    desk.later(days=30).swept()
    erasing.erase(case.receipts[0], desk.later(days=6 * 366).now)
    assert public() == []
    assert cases.load(case.case_id).published is None
