"""What an administrator sees of an endpoint's deliveries, and has done about them: a test, one sent again, a replay."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from chalicelib.desk import delivering, posting
from chalicelib.desk.committing import send
from chalicelib.desk.endpoints import find
from chalicelib.desk.told import Ping, PingEvent
from chalicelib.domain.city import Endpoint
from chalicelib.domain.errors import FieldError, Invalid, NotFound, RuleBroken
from chalicelib.domain.hook_health import Health
from chalicelib.domain.hooks import PING
from chalicelib.domain.messages import Message
from chalicelib.storage import deliveries, hooks, waiting
from chalicelib.storage.deliveries import Delivery, Logged
from chalicelib.storage.unit_of_work import Work, commit
from chalicelib.storage.waiting import Listed

PAGE = 20
SHOWN_GIVEN_UP = 20
MOST_REPLAYED = 1_000
AT_ONCE = 50  # messages of one commit
FURTHEST = deliveries.KEPT


class Standing(Struct, frozen=True):
    """An endpoint at a glance. ``waits`` and ``given_up``: how many, counted up to a thousand."""

    endpoint: Endpoint
    health: Health
    waits: int
    given_up: int

    @property
    def state(self) -> str:
        """In one word: "paused", "gone", "failing", "well", or "new" for what was never sent anything."""
        if not self.endpoint.enabled:
            return self.endpoint.closed_why or "paused"
        if self.health.failures:
            return "failing"
        return "well" if self.health.delivered_at is not None else "new"


class Opened(Struct, frozen=True):
    """One attempt, with what was sent."""

    delivery: Delivery
    body: str


def standing_of(endpoint: Endpoint) -> Standing:
    """How it goes with an endpoint."""
    return Standing(endpoint, hooks.health(endpoint.id), *waiting.counts(endpoint.id))


def log(endpoint_id: str, failed_only: bool, before: str) -> Logged:
    """A page of its attempts, the latest first, or of those that failed. Raises NotFound for a page that is none."""
    if before and not deliveries.is_place(before):
        raise NotFound()
    read = deliveries.failures if failed_only else deliveries.log
    return read(endpoint_id, PAGE, before)


def given_up(endpoint_id: str) -> list[Listed]:
    """The latest of what nobody tries any more."""
    return waiting.given_up(endpoint_id, SHOWN_GIVEN_UP)


def opened(endpoint_id: str, place: str) -> Opened:
    """One attempt. Raises NotFound."""
    delivery = deliveries.one(find(endpoint_id).id, place)
    if delivery is None:
        raise NotFound()
    body = hooks.told(deliveries.message_of(delivery)) if delivery.case_id else delivery.body
    return Opened(delivery, body or "")


def test(endpoint_id: str, at: datetime) -> Delivery:
    """Send a ``test.ping`` now, also to an endpoint that is paused; gives what came of it. Raises NotFound."""
    endpoint = find(endpoint_id)
    body = msgspec.json.encode(PingEvent(PING, at, Ping(endpoint.id))).decode()
    planned = Delivery(endpoint.id, f"test.{secrets.token_hex(8)}", 1, at, None, 0, "", PING, body=body)
    done = posting.post(endpoint, body, planned).delivery
    if done.taken and endpoint.enabled:
        delivering.answered(endpoint, at)
    return done


def send_again(endpoint_id: str, place: str, at: datetime) -> None:
    """Send what an attempt was of again, with its first id and body. Raises NotFound, and RuleBroken while closed."""
    _open(endpoint_id)
    delivery = opened(endpoint_id, place).delivery
    if not delivery.case_id:
        raise NotFound()
    _send_anew([deliveries.message_of(delivery)], at)


def send_given_up(endpoint_id: str, at: datetime) -> int:
    """Send all that was given up again, at most a thousand; gives how many. Raises as ``send_again``."""
    endpoint = _open(endpoint_id)
    return _send_anew([one.message for one in waiting.given_up(endpoint.id, MOST_REPLAYED)], at)


def to_replay(endpoint_id: str, begins: datetime, ends: datetime, at: datetime) -> list[Message]:
    """What an endpoint was told, or was to be told, from ``begins`` until before ``ends``.

    Raises Invalid for a period that is none, is forgotten, or holds more than is sent at once.
    """
    if ends <= begins:
        raise Invalid([FieldError("ends", "hooks.replay.order")])
    if begins < at - FURTHEST - timedelta(days=1):
        raise Invalid([FieldError("begins", "hooks.replay.forgotten", (("days", str(FURTHEST.days)),))])
    found = deliveries.steps_between(endpoint_id, begins, ends, MOST_REPLAYED + 1)
    if len(found) > MOST_REPLAYED:
        raise Invalid([FieldError("ends", "hooks.replay.most", (("most", str(MOST_REPLAYED)),))])
    return found


def replay(endpoint_id: str, begins: datetime, ends: datetime, at: datetime) -> int:
    """Send it again; gives how many. Raises as ``to_replay`` and ``send_again``."""
    _open(endpoint_id)
    return _send_anew(to_replay(endpoint_id, begins, ends, at), at)


def _open(endpoint_id: str) -> Endpoint:
    endpoint = find(endpoint_id)
    if not endpoint.enabled:
        raise RuleBroken("hooks.closed")
    return endpoint


def _send_anew(messages: Sequence[Message], at: datetime) -> int:
    """Each begins anew, as on its first day, case by case in the order of the steps. What a crash leaves out of the
    queue, the sweep sends; what it leaves uncommitted was not counted as sent, and is sent by asking once more.
    """
    in_order = sorted(messages, key=lambda message: message.id)
    for start in range(0, len(in_order), AT_ONCE):
        batch = in_order[start : start + AT_ONCE]
        commit(Work(at, messages=list(batch)))
        send(batch)
    return len(in_order)
