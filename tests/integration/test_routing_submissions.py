"""What becomes of a submission after it came: registered, joined, dispatched by rule or left to the clerk."""

from datetime import timedelta

import pytest

from chalicelib.desk import handling, routing
from chalicelib.domain.events import LeftToClerk, Registered, VoiceAdded
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.words import Kind, State
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_submission
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.watching import everything, outbox, sent


def routing_messages() -> set[str]:
    """The submissions that wait to be routed."""
    return {identity for identity in outbox() if identity.startswith("routing.") and identity.endswith(".000001")}


def test_a_clear_letter_is_registered_accepted_and_dispatched_in_one_commit_with_the_reasons(desk: Desk) -> None:
    case = desk.routed()
    record = cases.record_of(case.case_id)
    assert [event.kind for event in record] == ["Filed", "Registered", "Accepted", "Dispatched"]
    assert case.state is State.DISPATCHED
    assert case.unit is not None
    registered = record[1].payload
    assert isinstance(registered, Registered)
    assert registered.reasons
    assert case.deadline is not None
    assert case.next_due_at(desk.now) is not None
    assert fold(record) == case


def test_an_unclear_letter_is_left_to_the_clerk_with_the_reason(desk: Desk) -> None:
    case = desk.registered()
    left = cases.record_of(case.case_id)[-1].payload
    assert isinstance(left, LeftToClerk)
    assert left.reasons
    assert case.left_to_clerk
    assert case.unit is None
    assert any(message.case_id == case.case_id for message in sent(Topic.NOTICES))


def test_a_message_delivered_twice_routes_once(desk: Desk) -> None:
    case = desk.routed()
    before = everything()
    for _ in range(2):
        routing.route(Message(Topic.ROUTING, case.case_id, 1), desk.later(minutes=1).now)
    assert everything() == before
    assert routing_messages() == set()


def test_the_same_persons_repeat_is_joined_to_her_case(desk: Desk) -> None:
    first = desk.routed(phone="13800001111")
    desk.later(days=3)
    repeated = desk.routed(phone="13800001111")
    assert repeated.state is State.JOINED
    assert repeated.joined_to == first.case_id
    assert len(cases.load(first.case_id).voices) == 2
    assert cases.record_of(repeated.case_id)[-1].kind == "Joined"


def test_many_who_write_the_same_are_one_matter_with_many_voices(desk: Desk) -> None:
    first = desk.routed()
    for _ in range(4):
        assert desk.later(hours=1).routed().joined_to == first.case_id
    case = cases.load(first.case_id)
    assert len(case.receipts) == 5
    added = [event for event in cases.record_of(first.case_id) if isinstance(event.payload, VoiceAdded)]
    assert len(added) == 4
    assert fold(cases.record_of(first.case_id)) == case


def test_with_joining_off_every_letter_is_its_own_case(desk: Desk) -> None:
    desk.routed()
    receipt = desk.filed()
    case_id = load_submission(receipt.number).case_id
    routing.route(Message(Topic.ROUTING, case_id, 1), desk.now, join=False)
    assert cases.load(case_id).state is not State.JOINED


def test_a_letter_like_an_answered_one_is_a_case_of_its_own(desk: Desk) -> None:
    desk.replied()
    again = desk.later(days=1).routed()
    assert again.state is not State.JOINED


def test_a_repeat_after_the_answer_is_no_first_petition(desk: Desk) -> None:
    desk.answered(desk.routed(phone="13800002222"))
    assert desk.later(days=5).routed(phone="13800002222").first_petition is False
    assert desk.routed(phone="13800003333", **UNCLEAR).first_petition is True


def test_an_accusation_is_neither_joined_nor_joined_to(desk: Desk) -> None:
    box = desk.mailbox_for(Kind.ACCUSATION)
    words = {
        "title": "反映情况",
        "text": "某科长在工程招标中收受好处，有转账记录为证。",
        "mailbox": box,
        "phone": "13800004444",
    }
    first = desk.routed(kind="accusation", **words)
    second = desk.routed(kind="accusation", **words)
    assert first.state is second.state is State.DISPATCHED
    assert first.unit == second.unit == "discipline"
    assert not [key for key in everything() if key.startswith("band#")]


def test_an_accusation_tells_no_reason_in_the_accusers_words(desk: Desk) -> None:
    case = desk.routed(
        kind="accusation",
        mailbox=desk.mailbox_for(Kind.ACCUSATION),
        title="举报",
        text="城管局在荻洲区占道经营处罚中收钱。",
    )
    registered = cases.record_of(case.case_id)[1].payload
    assert isinstance(registered, Registered)
    assert "占道" not in repr(registered)
    assert "荻洲" not in repr(registered)


def test_a_clerk_who_was_faster_is_not_overruled(desk: Desk) -> None:
    receipt = desk.filed()
    case = desk.case_of(receipt)
    registered = handling.register(case.case_id, case.version, desk.clerk, desk.now, None, None)
    desk.route_all()
    assert desk.case_of(receipt) == registered
    assert routing_messages() == set()


def test_a_letter_that_waited_days_for_the_queue_is_brought_up_to_now_first(desk: Desk) -> None:
    receipt = desk.filed()
    desk.later(days=4).route_all()
    case = desk.case_of(receipt)
    kinds = [event.kind for event in cases.record_of(case.case_id)]
    assert kinds == ["Filed", "LightChanged", "Reminded", "Supervised", "Registered", "Accepted", "Dispatched"]


def test_a_repeat_after_three_months_is_a_new_matter(desk: Desk) -> None:
    first = desk.routed(phone="13800005555", **UNCLEAR)
    desk.later(days=91)
    again = desk.routed(
        phone="13800005555", title="另一件事", text="我家门口的路灯坏了一周，晚上一片漆黑，希望尽快修好。"
    )
    assert again.state is not State.JOINED
    assert again.case_id != first.case_id
    assert again.first_petition is True


def test_a_message_of_a_case_that_is_not_there_fails_loudly_and_comes_again(desk: Desk) -> None:
    from chalicelib.domain.errors import NotFound

    with pytest.raises(NotFound):
        routing.route(Message(Topic.ROUTING, "000000000000", 1), desk.now)


def test_later_letters_are_never_what_an_earlier_one_is_joined_to(desk: Desk) -> None:
    early = desk.filed()
    late_case = desk.later(minutes=5).routed()
    routing.route(Message(Topic.ROUTING, load_submission(early.number).case_id, 1), desk.now + timedelta(minutes=1))
    assert desk.case_of(early).case_id != late_case.case_id
    assert cases.load(late_case.case_id).state is not State.JOINED
