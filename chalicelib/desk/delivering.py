"""Other agencies are told of public steps, and the discipline system of warnings: Standard Webhooks, retried for more
than a day, then shown to a person.
"""

import random
import time
from datetime import UTC, datetime

from chalicelib.desk import cities
from chalicelib.desk.agencies import set_enabled
from chalicelib.desk.telling import body_of
from chalicelib.domain.city import City, Endpoint
from chalicelib.domain.messages import Message
from chalicelib.gateways import webhooks
from chalicelib.storage import deliveries, outbox
from chalicelib.storage.deliveries import Delivery

SCHEDULE = (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
"""Seconds before the second to the eighth attempt (the specification's example, kept within SQS's twelve hours)."""

JITTER = 0.1
LONGEST_PAUSE = 42_000  # seconds; a message can be hidden for twelve hours from when it was received
GONE = 410


class NotDelivered(Exception):
    """The other side did not take it. ``retry_after_seconds``: when to try again."""

    def __init__(self, retry_after_seconds: int, why: str) -> None:
        super().__init__(why)
        self.retry_after_seconds = retry_after_seconds


def deliver(message: Message, attempt: int, at: datetime) -> None:
    """Deliver one step to one agency, unless that was done. Raises NotDelivered when it is to be tried again."""
    if not outbox.waits(message):
        return
    endpoint = _endpoint(cities.current(), message.endpoint) or _endpoint(cities.refreshed(), message.endpoint)
    if endpoint is None:
        outbox.done(message)  # nobody is to be told any more
        return
    outbox.leave_to_queue(message)
    answer = _attempted(endpoint, message, attempt, body_of(message, endpoint), at)
    if answer is not None and 200 <= answer.status < 300:
        outbox.done(message)
        return
    if answer is not None and answer.status == GONE:
        set_enabled(endpoint.id, False)
        outbox.done(message)
        return
    raise NotDelivered(retry_in(attempt, answer.retry_after if answer else None), f"{endpoint.id}, attempt {attempt}")


def _endpoint(city: City, endpoint_id: str | None) -> Endpoint | None:
    return next((endpoint for endpoint in city.endpoints if endpoint.id == endpoint_id and endpoint.enabled), None)


def _attempted(
    endpoint: Endpoint, message: Message, attempt: int, body: bytes, at: datetime
) -> webhooks.Answered | None:
    """One attempt, recorded whatever comes of it; None when there was no answer."""
    began = time.monotonic()
    answer, why = _posted(endpoint, message, body, at)
    milliseconds = round((time.monotonic() - began) * 1000)
    status, said = (answer.status, answer.body) if answer is not None else (None, why)
    deliveries.keep(Delivery(endpoint.id, message.id, attempt, at, status, milliseconds, said))
    return answer


def _posted(endpoint: Endpoint, message: Message, body: bytes, at: datetime) -> tuple[webhooks.Answered | None, str]:
    """The answer, or why there is none."""
    from standardwebhooks import Webhook  # 40 ms, and only here

    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Sunlight/1",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(at.timestamp())),
        # the library takes the clock's figures for UTC, whatever the time's zone
        "webhook-signature": Webhook(endpoint.secret).sign(message.id, at.astimezone(UTC), body.decode()),
    }
    try:
        return webhooks.post(endpoint.url, headers, body), ""
    except (webhooks.NoAnswer, webhooks.Refused) as error:
        return None, f"{type(error).__name__}: {error}"


def retry_in(attempt: int, asked: int | None = None) -> int:
    """Seconds until the attempt after ``attempt``, spread by a tenth lest all come at once; never before what the other
    side ``asked`` for, as far as the queue can wait.
    """
    pause = SCHEDULE[min(attempt, len(SCHEDULE)) - 1]
    spread = pause * (1 + random.uniform(-JITTER, JITTER))
    return min(LONGEST_PAUSE, max(1, round(spread), asked or 0))
