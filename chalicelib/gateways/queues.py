"""SQS: messages on their way to the next step."""

from msgspec import Struct

from chalicelib.config import config
from chalicelib.domain.messages import AnyMessage, Topic
from chalicelib.gateways.aws import client

MOST_IN_A_BATCH = 10
LONGEST_DELAY = 900  # seconds


def send(messages: list[tuple[AnyMessage, str]]) -> None:
    """Send messages, each with its body, in as few calls as the queues allow.

    Raises botocore's ClientError or EndpointConnectionError, and RuntimeError when the queue refused some.
    """
    for topic in Topic:
        bodies = [(message, body) for message, body in messages if message.topic is topic]
        for start in range(0, len(bodies), MOST_IN_A_BATCH):
            _send_batch(queue_of(topic), [body for _, body in bodies[start : start + MOST_IN_A_BATCH]])


def queue_of(topic: Topic) -> str:
    """The queue's URL."""
    return {
        Topic.ROUTING: config().routing_queue,
        Topic.NOTICES: config().notices_queue,
        Topic.WEBHOOKS: config().webhooks_queue,
        Topic.MAIL: config().mail_queue,
    }[topic]


def dead_letters_of(topic: Topic) -> str:
    """The URL of the queue that keeps what could not be acted upon."""
    return {
        Topic.ROUTING: config().routing_dead_letters,
        Topic.NOTICES: config().notices_dead_letters,
        Topic.WEBHOOKS: config().webhooks_dead_letters,
        Topic.MAIL: config().mail_dead_letters,
    }[topic]


def _send_batch(queue: str, bodies: list[str]) -> None:
    entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
    answer = client("sqs").send_message_batch(QueueUrl=queue, Entries=entries)
    if answer.get("Failed"):
        raise RuntimeError(f"{len(answer['Failed'])} of {len(entries)} messages were refused by the queue")


def send_later(message: AnyMessage, body: str, seconds: float) -> None:
    """Send one message that nobody is handed for so many ``seconds``, at most a quarter of an hour."""
    delay = min(LONGEST_DELAY, max(0, round(seconds)))
    client("sqs").send_message(QueueUrl=queue_of(message.topic), MessageBody=body, DelaySeconds=delay)


def come_back(topic: Topic, receipt_handle: str, seconds: int) -> None:
    """Let a message that was not acted upon come back after ``seconds``, at most the queue's twelve hours."""
    client("sqs").change_message_visibility(
        QueueUrl=queue_of(topic), ReceiptHandle=receipt_handle, VisibilityTimeout=min(seconds, 43_200)
    )


def let_die(message: AnyMessage, body: str) -> None:
    """Lay a message that was given up among the dead letters: the alarm sees it, and a person may move it back."""
    client("sqs").send_message(QueueUrl=dead_letters_of(message.topic), MessageBody=body)


class Taken(Struct, frozen=True):
    """A message taken from a queue; it comes back by itself unless it is forgotten."""

    body: str
    handle: str


def waiting(queue: str) -> int:
    """About how many messages wait in a queue."""
    told = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
    return int(told["Attributes"]["ApproximateNumberOfMessages"])


def take(queue: str) -> list[Taken]:
    """Up to ten messages of a queue; none when it is empty."""
    answer = client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=60)
    return [Taken(message["Body"], message["ReceiptHandle"]) for message in answer.get("Messages", [])]


def put_back(queue: str, body: str) -> None:
    """Send one message."""
    client("sqs").send_message(QueueUrl=queue, MessageBody=body)


def forget(queue: str, handle: str) -> None:
    """Remove a message that was taken."""
    client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=handle)
