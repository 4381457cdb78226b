"""What the queues' functions do with a batch: each message alone, and a partial answer (invariant 3)."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from chalicelib.desk import delivering, mailing, notifying, passing, queued, routing
from chalicelib.desk.sending import NotAllTold
from chalicelib.domain.errors import SlowDown
from chalicelib.domain.messages import AgencyMessage, AnyMessage, Topic, Webhook
from chalicelib.seen.going import about
from chalicelib.seen.lines import failure

logger = logging.getLogger(__name__)

NOTICES_HIDDEN = 360  # seconds after which the queue brings a notice again by itself
Batch = dict[str, list[dict[str, str]]]
M = TypeVar("M")


def route_submissions(event: dict[str, list[dict[str, object]]]) -> Batch:
    """Route each submission of the batch."""
    return _each(event, queued.read, lambda message, _: routing.route(message, datetime.now(UTC)))


def send_notices(event: dict[str, list[dict[str, object]]]) -> Batch:
    """Tell whoever is to be told."""
    return _each(event, queued.read_any, _tell)


def _tell(message: AnyMessage, record: dict[str, object]) -> None:
    try:
        notifying.notify(message, datetime.now(UTC))
    except NotAllTold as failed:
        if failed.retry_after_seconds > NOTICES_HIDDEN:
            queued.put_off(Topic.NOTICES, str(record["receiptHandle"]), failed.retry_after_seconds)
        raise


def deliver_webhooks(event: dict[str, list[dict[str, object]]]) -> Batch:
    """Deliver each step to its agency; what is not taken waits in the outbox for its next try."""
    return _each(event, queued.read_webhook, lambda message, _: _deliver(message, datetime.now(UTC)))


def _deliver(message: Webhook, now: datetime) -> None:
    if isinstance(message, AgencyMessage):
        passing.pass_on(message, now)
    else:
        delivering.deliver(message, now)


def receive_mail(event: dict[str, list[dict[str, object]]]) -> Batch:
    """Take in each mail; of a sender who writes too much, the next ones come again later."""
    return _each(event, mailing.places_in, _receive)


def _receive(places: tuple[str, ...], record: dict[str, object]) -> None:
    try:
        for place in places:
            mailing.receive(place, datetime.now(UTC))
    except SlowDown as slow:
        queued.put_off(Topic.MAIL, str(record["receiptHandle"]), slow.seconds)
        raise


def _each(
    event: dict[str, list[dict[str, object]]], read: Callable[[str], M], act: Callable[[M, dict[str, object]], None]
) -> Batch:
    """The identifiers of the messages that are to come again; the others are done with.

    Any failure is one message's own: it comes again, and after the queue's limit lies in the dead letters.
    """
    failed: list[dict[str, str]] = []
    for record in event["Records"]:
        try:
            message = read(str(record["body"]))
            about(getattr(message, "case_id", ""), getattr(message, "event", 0))
            act(message, record)
        except Exception as error:
            logger.error("a message failed, and comes again", extra={"queued": record["messageId"], **failure(error)})
            failed.append({"itemIdentifier": str(record["messageId"])})
    return {"batchItemFailures": failed}
