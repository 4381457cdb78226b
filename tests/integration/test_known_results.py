"""A matter that was answered is told again, not investigated again: at once, or by the clerk in one click."""

import pytest
from msgspec.structs import replace

from chalicelib.desk import after_reply, cities, known, notifying, routing, tracking
from chalicelib.domain.assessment import FactKind
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Changed, Invalid, RuleBroken, WrongState
from chalicelib.domain.events import Registered, Replied
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.receipts import spoken
from chalicelib.domain.words import Action, DeclineGround, Outcome, ReworkGround, State
from chalicelib.entrypoints.views import status_view
from chalicelib.storage import cases, facts, notices
from chalicelib.storage.submissions import load_submission
from tests.integration.desk import Desk
from tests.integration.test_races import sound
from tests.integration.visitor import Visitor
from tests.integration.watching import everything, outbox, sent
from tests.integration.wire import as_read

HERS = "13800007001"
CLEARLY = {
    "title": "解放路小学门口的斑马线磨没了",
    "text": "解放路小学门口的斑马线已经磨得看不见了，早晚接送孩子时车都不让行，请尽快重新划线，并考虑装一个减速带。",
}


def answered(desk: Desk, **changes: object) -> Case:
    """A matter of hers that was answered."""
    case = desk.replied(phone=HERS, **{**CLEARLY, **changes})
    assert case.state is State.REPLIED
    return case


def again(desk: Desk, **changes: object) -> Case:
    """She writes two days later, the same unless ``changes`` says otherwise."""
    case = desk.later(days=2).routed(**{"phone": HERS, **CLEARLY, **changes})
    assert fold(cases.record_of(case.case_id)) == case
    return case


def kinds(case: Case) -> list[str]:
    """What happened to a case."""
    return [event.kind for event in cases.record_of(case.case_id)]


def reply_of(case: Case) -> Replied:
    """The reply with which a case ended."""
    payload = cases.record_of(case.case_id)[-1].payload
    assert isinstance(payload, Replied)
    return payload


def test_the_same_letter_of_the_same_person_gets_the_known_result_in_one_commit(desk: Desk) -> None:
    first = answered(desk)
    case = again(desk)
    assert kinds(case) == ["Filed", "Registered", "Replied"]
    told = reply_of(case)
    original = reply_of(first)
    assert (told.text, told.outcome, told.unit) == (original.text, original.outcome, first.unit)
    assert (told.known_from, told.known_at) == (first.case_id, first.voices[0].answered_at)
    assert (case.state, case.first_petition, case.left_to_clerk) == (State.REPLIED, False, False)
    assert sound(case.case_id)
    assert not [one for one in outbox() if one.startswith("routing.") and one.endswith(".000001")]


def shown(status: tracking.Status, language: str) -> dict[str, str]:
    """The one reply that the citizen's page shows."""
    replies = as_read(status_view(status, cities.current(), language))["replies"]
    assert isinstance(replies, list)
    assert len(replies) == 1
    return dict(replies[0])


def test_she_reads_when_and_by_whom_it_was_answered_and_what_she_can_do(desk: Desk) -> None:
    first = answered(desk)
    again(desk)
    status = tracking.track(desk.receipts[-1].number, desk.now)
    assert Action.RATE in status.may
    assert Action.ASK_REVIEW not in status.may
    for language, words in (
        ("zh", ("答复过", "评价", "回访", "复查")),
        ("en", ("answered", "rate", "call you back", "review")),
    ):
        reply = shown(status, language)
        assert all(word in reply["known"] for word in words)
        assert "2026-03-02" in reply["known"]
        assert reply["text"] == reply_of(first).text
    assert first.case_id not in repr(status_view(status, desk.city, "zh"))


def test_her_notice_says_that_it_was_answered_before(desk: Desk) -> None:
    first = answered(desk)
    case = again(desk)
    for message in sent(Topic.NOTICES):
        notifying.notify(message, desk.now)
    told = [one for one in notices.of_case(case.case_id) if one.subject.startswith("来信反映的事项此前已答复")]
    assert [one.recipient for one in told] == [desk.receipts[-1].number]
    unit = desk.city.unit(first.unit)
    assert unit is not None
    assert unit.name.zh in told[0].text
    assert "2026-03-02" in told[0].text


def test_the_first_citizens_own_review_stays_open_with_her_first_receipt(desk: Desk) -> None:
    answered(desk)
    again(desk)
    first, second = (tracking.track(receipt.number, desk.now) for receipt in desk.receipts)
    assert Action.ASK_REVIEW in first.may
    assert Action.ASK_REVIEW not in second.may


def test_a_known_result_counts_for_nobody_and_neither_does_what_is_said_of_it(desk: Desk) -> None:
    first = answered(desk)
    before = {key for key in everything() if key.startswith("facts#")}
    case = again(desk)
    desk.rated(desk.receipts[-1], "not", "还是没有划。")
    assert {key for key in everything() if key.startswith("facts#")} == before
    assert cases.load(case.case_id).call_back_due
    assert first.unit is not None
    assert all(
        fact.case_id == first.case_id for fact in facts.facts_of_month(first.unit, desk.now.date().replace(day=1))
    )


def test_what_is_done_again_after_a_known_result_counts(desk: Desk) -> None:
    answered(desk)
    case = again(desk)
    desk.rated(desk.receipts[-1], "not", "还是没有划。")
    case = cases.load(case.case_id)
    case = after_reply.rework(case.case_id, case.version, desk.clerk, desk.now, ReworkGround.NOT_DONE, "请到现场再看。")
    assert case.known_from == ""
    case = desk.answered(case)
    assert case.unit is not None
    told = facts.facts_of_month(case.unit, desk.now.date().replace(day=1))
    kinds = [fact.kind for fact in told if fact.case_id == case.case_id]
    assert sorted(kinds) == [FactKind.CHECKED, FactKind.REPLIED, FactKind.REWORKED]


def test_delivered_twice_it_is_told_once(desk: Desk) -> None:
    answered(desk)
    case = again(desk)
    before = everything()
    for _ in range(2):
        routing.route(Message(Topic.ROUTING, case.case_id, 1), desk.now)
    assert everything() == before


def test_a_third_letter_is_told_from_the_matter_that_was_investigated(desk: Desk) -> None:
    first = answered(desk)
    again(desk)
    assert reply_of(again(desk)).known_from == first.case_id


@pytest.mark.parametrize(
    "changes",
    [
        {"text": CLEARLY["text"] + "到现在还没有划。"},
        {"title": "再次反映斑马线"},
        {"place": "北门"},
        {"happened_on": "2026-03-03"},
        {"name": "李建国"},
        {"area": "990102"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_whoever_says_something_new_is_read_by_a_person(desk: Desk, changes: dict[str, object]) -> None:
    first = answered(desk, area="")
    case = again(desk, **{"area": "", **changes})
    assert case.left_to_clerk
    registered = cases.record_of(case.case_id)[1].payload
    assert isinstance(registered, Registered)
    if registered.reasons[0].code == "reason.known_result":
        assert registered.reasons[0].params == {"number": spoken(first.case_id)}


def test_another_person_waits_for_the_clerk(desk: Desk) -> None:
    answered(desk)
    assert again(desk, phone="13800007002").left_to_clerk


def test_a_result_that_somebody_found_fault_with_is_not_told_by_itself(desk: Desk) -> None:
    answered(desk)
    desk.rated(desk.receipts[0], "not", "没有划。")
    assert again(desk).left_to_clerk


def test_fault_found_with_the_telling_stops_the_next_telling(desk: Desk) -> None:
    answered(desk)
    again(desk)
    desk.rated(desk.receipts[-1], "not", "没有划。")
    assert again(desk).left_to_clerk


def test_a_result_under_review_is_not_told_by_itself(desk: Desk) -> None:
    case = answered(desk)
    raw = {"key": "0123456789abcdef", "why": "答复没有写明依据。"}
    tracking.ask_review(case.receipts[0], raw, desk.now)
    assert again(desk).left_to_clerk


def test_a_matter_that_is_done_again_takes_the_letter_in(desk: Desk) -> None:
    case = answered(desk)
    after_reply.rework(case.case_id, case.version, desk.clerk, desk.now, ReworkGround.NOT_DONE, "没有办到。")
    assert again(desk).joined_to == case.case_id


def test_an_answer_of_three_months_ago_is_not_told_by_itself(desk: Desk) -> None:
    answered(desk)
    desk.later(days=91)
    assert "Replied" not in kinds(again(desk))


def test_a_short_letter_says_too_little_to_be_the_same(desk: Desk) -> None:
    answered(desk, title="垃圾没人收", text="垃圾三天没有人收了，请管一管。")
    assert "Replied" not in kinds(again(desk, title="垃圾没人收", text="垃圾三天没有人收了，请管一管。"))


def test_a_result_that_falls_while_it_is_being_told_is_not_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = answered(desk)
    receipt = desk.later(days=2).filed(phone=HERS, **CLEARLY)
    message = Message(Topic.ROUTING, load_submission(receipt.number).case_id, 1)
    honest = known.told_at_once

    def told_at_once(*rest: object) -> object:
        told = honest(*rest)  # type: ignore[arg-type]
        monkeypatch.setattr(known, "told_at_once", honest)
        after_reply.rework(first.case_id, first.version, desk.clerk, desk.now, ReworkGround.NOT_DONE, "没有办到。")
        return told

    monkeypatch.setattr(known, "told_at_once", told_at_once)
    with pytest.raises(Changed):
        routing.route(message, desk.now)
    assert kinds(desk.case_of(receipt)) == ["Filed"]
    routing.route(message, desk.now)  # the queue brings it again
    assert desk.case_of(receipt).case_id == first.case_id


@pytest.mark.parametrize("reworked", [False, True])
def test_of_two_who_work_on_one_message_one_tells_and_the_other_is_silent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, reworked: bool
) -> None:
    first = answered(desk)
    receipt = desk.later(days=2).filed(phone=HERS, **CLEARLY)
    message = Message(Topic.ROUTING, load_submission(receipt.number).case_id, 1)
    honest = known.told_at_once

    def told_at_once(*rest: object) -> object:
        told = honest(*rest)  # type: ignore[arg-type]
        monkeypatch.setattr(known, "told_at_once", honest)
        routing.route(message, desk.now)
        if reworked:
            after_reply.rework(first.case_id, first.version, desk.clerk, desk.now, ReworkGround.NOT_DONE, "没有办到。")
        return told

    monkeypatch.setattr(known, "told_at_once", told_at_once)
    routing.route(message, desk.now)
    assert kinds(desk.case_of(receipt)) == ["Filed", "Registered", "Replied"]
    assert sound(message.case_id)


def known_by_hand(desk: Desk, case: Case, first: Case, **changes: object) -> Case:
    """The clerk tells the result of ``first``."""
    said = {"text": "同一事项已经答复：标线已经补划。", "outcome": Outcome.SOLVED, **changes}
    return known.answer_known(case.case_id, case.version, desk.clerk, desk.now, first.case_id, **said)  # type: ignore[arg-type]


def test_a_result_that_falls_while_the_clerk_tells_it_is_not_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = answered(desk)
    case = again(desk, phone="13800007002")
    honest = known._handled

    def handled(case_id: str) -> Case:
        earlier = honest(case_id)
        after_reply.rework(first.case_id, first.version, desk.clerk, desk.now, ReworkGround.NOT_DONE, "没有办到。")
        return earlier

    monkeypatch.setattr(known, "_handled", handled)
    with pytest.raises(Changed):
        known_by_hand(desk, case, first)
    monkeypatch.undo()
    with pytest.raises(Invalid):  # and now it has no result any more
        known_by_hand(desk, case, first)
    assert cases.load(case.case_id) == case


def test_a_clerk_who_has_the_former_answer_before_her_is_told_of_the_new_one(desk: Desk) -> None:
    first = answered(desk)
    case = again(desk, phone="13800007002")
    shown = known.result_of(first.case_id)
    assert shown is not None
    at = desk.now
    reworked = after_reply.rework(first.case_id, first.version, desk.clerk, at, ReworkGround.NOT_DONE, "没有办到。")
    desk.answered(reworked)
    with pytest.raises(RuleBroken) as refused:
        known_by_hand(desk, case, first, seen=shown.seen)
    assert refused.value.code == "known.answered_anew"
    latest = known.result_of(first.case_id)
    assert latest is not None
    assert known_by_hand(desk, case, first, seen=latest.seen).state is State.REPLIED


def test_nothing_is_known_of_a_case_itself_of_an_open_one_or_of_a_sealed_one(desk: Desk) -> None:
    first = answered(desk)
    case = again(desk, phone="13800007002")
    unlike = desk.registered()
    sealed = desk.routed(
        kind="accusation", mailbox=next(box.id for box in desk.city.mailboxes if "accusation" in box.kinds)
    )
    for wrong in (case, unlike, sealed):
        with pytest.raises(Invalid):
            known_by_hand(desk, case, wrong)
    done = known_by_hand(desk, case, first)
    with pytest.raises(WrongState):
        known_by_hand(desk, done, first)


def test_the_clerk_tells_a_known_result_in_one_click(now: Desk) -> None:
    first = answered(now)
    case = again(now.later(days=-2), phone="13800007002")
    clerk = Visitor(now.clerk).sign_in().get(f"/console/cases/{case.case_id}")
    form = clerk.page.partition("/known-result")[2].partition("</form>")[0]
    assert reply_of(first).text in form
    assert spoken(first.case_id) in form
    assert "请删去第一位来信人的姓名" in form
    assert clerk.page.index("/known-result") < clerk.page.index("/acceptance")
    sent_form = {"earlier": spoken(first.case_id), "text": reply_of(first).text, "outcome": "solved"}
    answer = clerk.send(f"/console/cases/{case.case_id}/known-result", **sent_form)
    assert answer.status == 303
    after = cases.load(case.case_id)
    assert (after.state, after.known_from) == (State.REPLIED, first.case_id)
    assert first.case_id in Visitor(now.clerk).sign_in().get(f"/console/cases/{case.case_id}").page


@pytest.mark.parametrize("earlier", ["", "0" * 3000, "１２３", "../..", "999999999999", "<b>"])
def test_a_number_that_is_none_tells_nothing_and_loses_no_word(now: Desk, earlier: str) -> None:
    answered(now)
    case = again(now.later(days=-2), phone="13800007002")
    clerk = Visitor(now.clerk).sign_in().get(f"/console/cases/{case.case_id}")
    place = f"/console/cases/{case.case_id}/known-result"
    refused = clerk.send(place, earlier=earlier, text="我改过的话。", outcome="solved", seen="x" * 5000)
    assert 400 <= refused.status < 500
    assert "我改过的话。" in refused.page
    assert cases.load(case.case_id).version == case.version
    assert clerk.get(f"/console/cases/{case.case_id}?known={earlier[:60]}").status == 200


def test_a_terminated_matter_is_declined_with_ground_and_way_filled_in(now: Desk) -> None:
    first = answered(now)
    for key in ("0123456789abcdef", "fedcba9876543210"):
        tracking.ask_review(first.receipts[0], {"key": key, "why": "不同意。"}, now.now)
        first = cases.load(first.case_id)
        assert first.review is not None
        head = now.head(first)
        head = replace(head, login=f"head-{first.review.reviewer}", unit=first.review.reviewer)
        first = after_reply.decide_review(first.case_id, first.version, head, now.now, True, "维持。")
    assert first.state is State.TERMINATED
    case = again(now.later(days=-2))
    assert case.left_to_clerk
    clerk = Visitor(now.clerk).sign_in().get(f"/console/cases/{case.case_id}")
    form = clerk.page.partition("/refusal")[2].partition("</form>")[0]
    assert '<option value="already_terminated" selected>' in form
    assert "第三十六条" in form
    where_to = form.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    answer = clerk.send(
        f"/console/cases/{case.case_id}/refusal", ground=DeclineGround.ALREADY_TERMINATED, where_to=where_to
    )
    assert answer.status == 303
    assert cases.load(case.case_id).state is State.DECLINED
