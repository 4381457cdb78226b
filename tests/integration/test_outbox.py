"""Nothing is sent before it is committed, and nothing committed is left unsent."""

from datetime import timedelta

import pytest
from botocore.exceptions import EndpointConnectionError
from pynamodb.exceptions import TransactWriteError

from chalicelib.desk import routing
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.words import State
from chalicelib.gateways import queues
from chalicelib.storage import outbox as kept
from chalicelib.storage.outbox import RESEND_EVERY
from chalicelib.storage.records import pack
from chalicelib.storage.submissions import load_submission
from chalicelib.storage.unit_of_work import RESEND_AFTER
from tests.integration.desk import Desk
from tests.integration.watching import everything, lost, outbox, sent


@pytest.fixture
def crash(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The process dies between commit and send."""

    def die(messages: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://nowhere.invalid")

    monkeypatch.setattr(queues, "send", die)
    return monkeypatch


def test_what_a_crash_left_unsent_is_sent_by_the_sweep(desk: Desk, crash: pytest.MonkeyPatch) -> None:
    receipt = desk.filed()
    message = Message(Topic.ROUTING, load_submission(receipt.number).case_id, 1)
    assert outbox() == {message.id}
    assert sent(Topic.ROUTING) == []
    crash.undo()
    desk.now += RESEND_AFTER - timedelta(seconds=1)
    assert desk.swept().resent == 0, "it may be on its way still"
    assert desk.later(seconds=1).swept().resent == 1
    assert sent(Topic.ROUTING) == [message]
    desk.route_all()
    assert desk.case_of(receipt).state is State.DISPATCHED


def test_the_network_lost_at_the_send_itself_loses_nothing_either(desk: Desk) -> None:
    with lost("SendMessageBatch"):
        receipt = desk.filed()
    assert receipt.number
    assert sent(Topic.ROUTING) == []
    desk.now += RESEND_AFTER
    desk.swept()
    assert [message.case_id for message in sent(Topic.ROUTING)] == [load_submission(receipt.number).case_id]


def test_a_process_that_dies_outright_after_the_commit_loses_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(messages: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(queues, "send", killed)
    with pytest.raises(KeyboardInterrupt):
        desk.filed()
    monkeypatch.undo()
    desk.now += RESEND_AFTER
    assert desk.swept().resent == 1
    desk.route_all().route_all()  # it is registered, then it finds its topic
    assert outbox()
    assert all(not identity.startswith("routing.") for identity in outbox())


def test_what_is_sent_again_is_acted_upon_once(desk: Desk) -> None:
    receipt = desk.filed()
    desk.now += RESEND_AFTER
    assert desk.swept().resent == 1
    assert len(sent(Topic.ROUTING)) == 2
    desk.route_all().route_all()
    case = desk.case_of(receipt)
    before = everything()
    desk.route_all()
    assert everything() == before
    assert case.version == 4


def test_a_message_still_lost_is_sent_again_every_hour_and_not_at_every_sweep(
    desk: Desk, crash: pytest.MonkeyPatch
) -> None:
    desk.filed()
    desk.now += RESEND_AFTER
    assert desk.swept().resent == 1
    assert desk.later(minutes=15).swept().resent == 0
    desk.now += RESEND_EVERY
    assert desk.swept().resent == 1
    assert len(outbox()) == 1


def test_what_was_acted_upon_is_gone_from_the_outbox_with_the_work(desk: Desk) -> None:
    case = desk.routed().case_id
    desk.route_all()
    assert not any(identity.startswith("routing.") for identity in outbox())
    notices = {identity for identity in outbox() if identity.startswith("notices.")}
    assert notices == {f"notices.{case}.{number:06}" for number in (2, 3, 4)}


def test_a_message_that_was_done_is_not_brought_back_by_the_sweep_that_had_seen_it(desk: Desk) -> None:
    receipt = desk.filed()
    message = Message(Topic.ROUTING, load_submission(receipt.number).case_id, 1)
    routing.route(message, desk.now)
    kept.postpone(message, desk.now)
    assert message.id not in outbox()
    assert not kept.waits(message)


def test_work_that_fails_sends_nothing(desk: Desk) -> None:
    with lost("TransactWriteItems"), pytest.raises(TransactWriteError):
        desk.filed()
    assert sent(Topic.ROUTING) == []
    assert outbox() == set()


def test_more_than_ten_messages_are_sent_in_batches(desk: Desk) -> None:
    messages = [Message(Topic.NOTICES, "1", number) for number in range(23)]
    queues.send([(message, pack(message)) for message in messages])
    assert len(sent(Topic.NOTICES)) == 23
