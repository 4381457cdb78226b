"""Works off the messages that the stories sent, at the stories' time, so that the running desk does not today."""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.desk.notifying import notify
from chalicelib.desk.routing import route
from chalicelib.domain.messages import AnyMessage, Message, Topic
from chalicelib.gateways.aws import client
from chalicelib.gateways.queues import queue_of
from chalicelib.storage.records import unpack_message

FIRST = 1  # the event by which a case begins: whoever is still to be routed waits for the running desk


def work_off(at: datetime) -> None:
    """Tell everybody what was sent by ``at``, and let the letters find their topics. Routing was done by the stories;
    nothing leaves a local desk.
    """
    for message in _waiting(Topic.ROUTING):
        if isinstance(message, Message) and message.event > FIRST:
            route(message, at)
    for message in _waiting(Topic.NOTICES):
        notify(message, at)


def _waiting(topic: Topic) -> Iterator[AnyMessage]:
    """The messages of a queue that is this process's own, until it is empty."""
    sqs, queue = client("sqs"), queue_of(topic)
    while True:
        batch = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        if not batch:
            return
        for received in batch:
            yield unpack_message(received["Body"])
        sqs.delete_message_batch(
            QueueUrl=queue,
            Entries=[
                {"Id": str(number), "ReceiptHandle": received["ReceiptHandle"]} for number, received in enumerate(batch)
            ],
        )
