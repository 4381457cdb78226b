"""The queues' functions: each message alone, twice as once, poison apart, and the rest of the batch goes on."""

import json
from collections.abc import Callable

import pytest

from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.words import State
from chalicelib.entrypoints import queues
from chalicelib.storage import cases, notices
from chalicelib.storage.records import pack
from chalicelib.storage.submissions import load_submission
from tests.integration.desk import Desk
from tests.integration.watching import everything, lost, outbox, peeked, sent

POISON = [
    "",
    "x",
    "{",
    "null",
    "[]",
    "5",
    "{}",
    '{"topic":"routing"}',
    '{"topic":"nowhere","case_id":"1","event":1}',
    '{"topic":"routing","case_id":1,"event":1}',
    '{"topic":"routing","case_id":"000000000000","event":1}',
    '{"topic":"routing","case_id":"","event":1}',
    '{"topic":"routing","case_id":"1","event":"1"}',
    "\x00",
    "9" * 5000,
    "[" * 10_000,
]


def record(number: int, body: str, received: int = 1) -> dict[str, object]:
    """One message as Lambda hands it over."""
    return {
        "messageId": f"00000000-0000-4000-8000-{number:012}",
        "receiptHandle": f"handle-{number}",
        "body": body,
        "attributes": {"ApproximateReceiveCount": str(received)},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
    }


def batch(*bodies: str) -> dict[str, list[dict[str, object]]]:
    """A batch as Lambda hands it over."""
    return {"Records": [record(number, body) for number, body in enumerate(bodies)]}


def failed(answer: queues.Batch) -> list[int]:
    """The places in the batch of what is to come again."""
    return [int(one["itemIdentifier"].rpartition("-")[2]) for one in answer["batchItemFailures"]]


def routing_body(desk: Desk, **changes: object) -> str:
    """A submission's own message, as it stands in the queue."""
    receipt = desk.filed(**changes)
    return pack(Message(Topic.ROUTING, load_submission(receipt.number).case_id, 1))


def test_a_batch_of_submissions_is_routed(now: Desk) -> None:
    bodies = [routing_body(now, title=f"第{number}件", text=f"{number}号楼前店外经营。") for number in range(5)]
    assert queues.route_submissions(batch(*bodies)) == {"batchItemFailures": []}
    assert {now.case_of(receipt).state for receipt in now.receipts} <= {State.DISPATCHED, State.REGISTERED}


@pytest.mark.parametrize("poison", POISON, ids=range(len(POISON)))
def test_poison_comes_again_alone_and_the_others_go_on(now: Desk, poison: str) -> None:
    first, last = routing_body(now), routing_body(now, title="别的事", text="下水道堵了，污水漫到路上。")
    assert failed(queues.route_submissions(batch(first, poison, last))) == [1]
    assert all(now.case_of(receipt).state is not State.RECEIVED for receipt in now.receipts)


@pytest.mark.parametrize("consumer", [queues.route_submissions, queues.send_notices, queues.deliver_webhooks])
def test_every_consumer_survives_poison(now: Desk, consumer: Callable[..., queues.Batch]) -> None:
    nowhere = [body for body in POISON if "000000000000" not in body and '""' not in body]
    assert failed(consumer(batch(*nowhere))) == list(range(len(nowhere)))
    assert consumer({"Records": []}) == {"batchItemFailures": []}


def test_the_same_message_twice_in_one_batch_and_in_the_next_is_done_once(now: Desk) -> None:
    body = routing_body(now)
    queues.route_submissions(batch(body, body))
    before = everything()
    assert queues.route_submissions(batch(body, body, body)) == {"batchItemFailures": []}
    assert everything() == before
    assert now.case_of(now.receipts[0]).version == 4


def test_the_log_of_a_failure_tells_its_class_and_place_and_no_citizens_words(
    now: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    queues.route_submissions(batch('{"topic":"我叫王秀英，住在三栋","case_id":"1","event":1}'))
    logged = [vars(entry) for entry in caplog.records if "failed" in entry.message]
    assert [entry["error"] for entry in logged] == ["ValidationError"]
    assert "王秀英" not in caplog.text + str(logged)
    assert logged[0]["places"]


def test_work_that_could_not_be_committed_comes_again_and_is_done_then(now: Desk) -> None:
    body = routing_body(now)
    with lost("TransactWriteItems"):
        assert failed(queues.route_submissions(batch(body))) == [0]
    assert now.case_of(now.receipts[0]).state is State.RECEIVED
    assert failed(queues.route_submissions(batch(body))) == []
    assert now.case_of(now.receipts[0]).state is State.DISPATCHED


def test_each_citizen_is_told_of_each_step_once_however_often_the_message_comes(now: Desk) -> None:
    queues.route_submissions(batch(routing_body(now)))
    case = now.case_of(now.receipts[0])
    bodies = [body for body, _ in peeked(Topic.NOTICES)]
    for _ in range(2):
        assert queues.send_notices(batch(*bodies, *bodies)) == {"batchItemFailures": []}
    told = [(attempt.event, attempt.way, attempt.attempts) for attempt in notices.of_case(case.case_id)]
    assert told == [(2, "sms", 1), (3, "sms", 1), (4, "sms", 1)]
    assert not any(identity.startswith("notices.") for identity in outbox())
    assert len(notices.inbox(f"handlers#{case.unit}")) == 1


def test_every_joined_citizen_is_told_of_the_reply(now: Desk) -> None:
    for _ in range(3):
        queues.route_submissions(batch(routing_body(now)))
    case = now.answered(now.case_of(now.receipts[0]))
    assert len(case.receipts) == 3
    queues.send_notices(batch(*[body for body, _ in peeked(Topic.NOTICES)]))
    replied = [attempt for attempt in notices.of_case(case.case_id) if attempt.event == case.version]
    assert {attempt.recipient for attempt in replied} == set(case.receipts)
    for attempt in replied:
        others = set(case.receipts) - {attempt.recipient}
        assert not any(other in attempt.text for other in others)


def test_a_notice_of_an_accusation_says_no_word_of_it(now: Desk) -> None:
    from chalicelib.domain.words import Kind

    box = now.mailbox_for(Kind.ACCUSATION)
    words = {"title": "举报钱主任", "text": "他在茶楼收了两条烟和一个信封。", "email": "witness@example.cn"}
    queues.route_submissions(batch(routing_body(now, kind="accusation", mailbox=box, **words)))
    queues.send_notices(batch(*[body for body, _ in peeked(Topic.NOTICES)]))
    case = now.case_of(now.receipts[0])
    told = notices.of_case(case.case_id)
    assert told
    seen = json.dumps(list(everything().values()), ensure_ascii=False)
    for secret in ("钱主任", "两条烟", "茶楼", "witness@example.cn"):
        assert secret not in seen
        assert not any(secret in attempt.text + attempt.subject for attempt in told)


def test_a_step_for_an_agency_that_cannot_be_reached_comes_again_and_is_recorded(now: Desk) -> None:
    now.tell_an_agency()
    queues.route_submissions(batch(routing_body(now)))
    waiting = peeked(Topic.WEBHOOKS)
    assert waiting
    event = {"Records": [record(0, waiting[0][0]) | {"receiptHandle": waiting[0][1]}]}
    assert failed(queues.deliver_webhooks(event)) == [], "its next try is in the outbox, no matter what the queue does"
    message = json.loads(waiting[0][0])
    assert any(identity == f"webhooks.{message['case_id']}.{message['event']:06}.province" for identity in outbox()), (
        "it stays until it is delivered"
    )


def test_the_functions_of_the_application_are_these(now: Desk) -> None:
    from chalice.test import Client

    from app import app

    body = routing_body(now)
    with Client(app) as client:
        event = client.events.generate_sqs_event(message_bodies=[body, "poison"])
        answer = client.lambda_.invoke("route_submissions", event).payload
    assert len(answer["batchItemFailures"]) == 1
    assert now.case_of(now.receipts[0]).state is State.DISPATCHED
    assert cases.load(now.case_of(now.receipts[0]).case_id).version == 4
    assert len(sent(Topic.NOTICES)) == 3
