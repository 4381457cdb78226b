"""Other agencies are told of public steps, and the discipline system of warnings: Standard Webhooks, tried ten times in
three days, then shown to a person. Who does not answer is left alone, and costs nobody else a moment.
"""

from datetime import datetime

import msgspec
from msgspec import Struct

from chalicelib.desk import cities, posting
from chalicelib.desk.committing import send
from chalicelib.desk.endpoints import close
from chalicelib.desk.posting import Tried
from chalicelib.desk.retrying import again
from chalicelib.desk.telling import body_of
from chalicelib.domain import hook_health
from chalicelib.domain.city import Endpoint
from chalicelib.domain.hook_health import GONE, Health
from chalicelib.domain.messages import Message
from chalicelib.seen.going import Measure, count
from chalicelib.storage import hooks, outbox, waiting
from chalicelib.storage.deliveries import Delivery
from chalicelib.storage.waiting import Waiting

MOST_LET_GO = 2_000  # of what waits for an endpoint that answers again; the rest goes at its own next try


class _Typed(Struct):
    type: str


def deliver(message: Message, at: datetime) -> None:
    """Deliver one step to one endpoint, unless that was done; what is not taken is tried again by itself.

    A message that comes before its time waits on, unless the endpoint has answered another since.
    """
    stands = waiting.standing(message)
    if stands is None:
        return
    endpoint = _endpoint(message)
    if endpoint is None:
        outbox.done(message)  # nobody is to be told any more
        return
    if not endpoint.enabled:
        waiting.give_up(message, stands.tries, at)  # a person sees it, and may have it sent once it is open again
        return
    health = hooks.health(endpoint.id)
    if health.failures and stands.not_before is not None and at < stands.not_before:
        return  # it stands in the index of what is due, and comes again
    if _left_alone(endpoint, health, at):
        again(message, stands.tries + 1, at, not_before=health.not_before)
        return
    _try(endpoint, message, stands, at)


def _endpoint(message: Message) -> Endpoint | None:
    """The endpoint as it is; asked for anew where this process knows of none that is open."""
    known = cities.current().endpoint(message.endpoint)
    return known if known is not None and known.enabled else cities.refreshed().endpoint(message.endpoint)


def _left_alone(endpoint: Endpoint, health: Health, at: datetime) -> bool:
    """Whether nothing is sent there now. Of an endpoint that is down, one message alone tries at a time."""
    if health.left_alone(at):
        return True
    if not health.down:
        return False
    mine = hooks.change_health(
        endpoint.id, lambda known: None if known.left_alone(at) else hook_health.probing(known, at)
    )
    return mine is None


def _try(endpoint: Endpoint, message: Message, stands: Waiting, at: datetime) -> None:
    body = hooks.told(message)
    if body is None:
        body = body_of(message, endpoint).decode()
        hooks.keep_told(message, body, at)
    attempt = stands.tries + 1
    kind = msgspec.json.decode(body, type=_Typed).type
    planned = Delivery(endpoint.id, message.id, attempt, at, None, 0, "", kind, message.case_id, message.event)
    tried = posting.post(endpoint, body, planned)
    if tried.delivery.taken:
        outbox.done(message)
        answered(endpoint, at)
    elif tried.delivery.status == GONE:
        close(endpoint.id, "gone", at)
        waiting.give_up(message, attempt, at)
    else:
        _failed(endpoint, message, stands, tried, at)


def answered(endpoint: Endpoint, at: datetime) -> None:
    """Note that the endpoint took something. If it had not for a while, what waits for it goes out, case by case in the
    order of the steps.
    """
    before = hooks.health(endpoint.id)
    hooks.change_health(endpoint.id, lambda known: hook_health.took(known, at))
    if before.failures:
        waits = waiting.waiting(endpoint.id, MOST_LET_GO)
        send(sorted((one.message for one in waits), key=lambda message: message.id))


def _failed(endpoint: Endpoint, message: Message, stands: Waiting, tried: Tried, at: datetime) -> None:
    asked = tried.asked
    count(Measure.WEBHOOKS_FAILED)
    hooks.change_health(
        endpoint.id, lambda known: hook_health.failed(known, at, tried.delivery.status, tried.said, asked)
    )
    again(message, stands.tries + 1, at, asked)
