"""Other agencies are told of public steps: Standard Webhooks, retried for more than a day, then shown to a person."""

import random
import re
import time
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from chalicelib.desk import cities
from chalicelib.desk.agencies import set_enabled
from chalicelib.domain.case import Case
from chalicelib.domain.city import City, Endpoint
from chalicelib.domain.events import Event
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Message
from chalicelib.gateways import webhooks
from chalicelib.storage import cases, deliveries, outbox
from chalicelib.storage.deliveries import Delivery
from chalicelib.storage.submissions import load_submission

SCHEDULE = (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
"""Seconds before the second to the eighth attempt (the specification's example, kept within SQS's twelve hours)."""

JITTER = 0.1
_WORD = re.compile(r"(?<!^)(?=[A-Z])")  # ReviewAsked is told as review_asked
LONGEST_PAUSE = 42_000  # seconds; a message can be hidden for twelve hours from when it was received
GONE = 410


class NotDelivered(Exception):
    """The other side did not take it. ``retry_after_seconds``: when to try again."""

    def __init__(self, retry_after_seconds: int, why: str) -> None:
        super().__init__(why)
        self.retry_after_seconds = retry_after_seconds


class Told(Struct, frozen=True):
    """What an agency is told of a step, as things stood then: of no person, and of a title only when its writer lets it
    be published. ``docs/webhooks.md`` is its schema.
    """

    case: str
    step: str
    number: int
    at: datetime
    state: str
    kind: str
    mailbox: str
    category: str | None
    area: str | None
    unit: str | None
    unit_name: str | None
    light: str | None
    title: str | None
    joined_to: str | None
    your_number: str | None  # the receiver's own number, when the matter came from it


class Envelope(Struct, frozen=True):
    """The body of a webhook, as the specification recommends it."""

    type: str
    timestamp: datetime
    data: Told


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


def body_of(message: Message, endpoint: Endpoint) -> bytes:
    """What an agency is told of a step; the same at every attempt, whatever has happened since."""
    events = cases.record_of(message.case_id)[: message.event]
    return msgspec.json.encode(_envelope(fold(events), events[-1], endpoint))


def _envelope(case: Case, event: Event, endpoint: Endpoint) -> Envelope:
    first = load_submission(case.voices[0].receipt)
    unit = cities.known().unit(case.unit)
    told = Told(
        case=case.case_id,
        step=_WORD.sub("_", event.kind).lower(),
        number=event.number,
        at=event.at,
        state=case.state,
        kind=case.kind,
        mailbox=case.mailbox,
        category=case.category,
        area=case.area,
        unit=case.unit,
        unit_name=unit.name.zh if unit else None,
        light=case.light,
        title=case.title or None if case.voices[0].may_publish and not case.sealed else None,
        joined_to=case.joined_to,
        your_number=first.agency_number if first.agency is not None and first.agency == endpoint.agency else None,
    )
    return Envelope(f"case.{told.step}", event.at, told)


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
