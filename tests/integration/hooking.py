"""Endpoints that are told, and the queue and the sweep at work: whatever is due is tried at its time."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.desk import cities, queued
from chalicelib.desk.delivering import deliver
from chalicelib.domain.city import Endpoint, Name
from chalicelib.domain.messages import Message, Topic
from chalicelib.gateways import queues
from chalicelib.storage import settings, waiting
from tests.integration.desk import Desk
from tests.integration.receiver import SECRET


def hook(name: str, url: str, **settings: object) -> Endpoint:
    """An endpoint at ``url``."""
    return Endpoint(name, Name(name, name), url, **{"secret": SECRET, **settings})  # type: ignore[arg-type]


def tell(*endpoints: Endpoint) -> None:
    """From now on these are told, and no others."""
    known = cities.known()
    settings.save_city(cities.use(replace(known, version=known.version + 1, endpoints=endpoints)))


def work_off(desk: Desk) -> None:
    """Everything in the queue is handed over, now."""
    queue = queues.queue_of(Topic.WEBHOOKS)
    while taken := queues.take(queue):
        for one in taken:
            deliver(queued.read(one.body), desk.now)
            queues.forget(queue, one.handle)


def next_try(message: Message) -> datetime:
    """When a message is tried again."""
    stands = waiting.standing(message)
    assert stands is not None
    assert stands.not_before is not None
    return stands.not_before


def go_on(desk: Desk, *names: str, **by: float) -> None:
    """Time passes; each message that waits for one of these endpoints is tried when its time has come."""
    until = desk.now + timedelta(**by)
    while True:
        due = [one for name in names for one in waiting.waiting(name, 100) if one.at <= until]
        if not due:
            break
        first = min(due, key=lambda one: (one.at, one.message.id))
        desk.now = max(desk.now, first.at)
        deliver(first.message, desk.now)
        work_off(desk)
    desk.now = until
