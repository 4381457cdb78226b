"""What an administrator looks after: accounts, and the messages that nobody could act upon."""

from chalicelib.domain.messages import Topic
from chalicelib.domain.people import Staff
from chalicelib.gateways import queues
from chalicelib.storage import accounts, deliveries
from chalicelib.storage.accounts import Account
from chalicelib.storage.deliveries import Delivery

MOST_AT_ONCE = 500
PASSED_SHOWN = 20


def all_accounts() -> list[Account]:
    """Every account, by login."""
    return list(accounts.accounts())


def by_login() -> dict[str, Staff]:
    """Everybody who has an account, by login."""
    return {account.staff.login: account.staff for account in accounts.accounts()}


def passed_to(agency: str) -> list[Delivery]:
    """The last attempts to hand something to another agency's desk, latest first."""
    return deliveries.latest(agency, PASSED_SHOWN)


def dead_letters(topic: Topic) -> int:
    """How many messages lie in the dead-letter queue of ``topic``, about."""
    return queues.waiting(queues.dead_letters_of(topic))


def redrive(topic: Topic) -> int:
    """Move the dead letters of ``topic`` back to their queue; gives how many. Each is removed only once it is sent."""
    moved = 0
    while moved < MOST_AT_ONCE:
        taken = queues.take(queues.dead_letters_of(topic))
        if not taken:
            break
        for letter in taken:
            queues.put_back(queues.queue_of(topic), letter.body)
            queues.forget(queues.dead_letters_of(topic), letter.handle)
            moved += 1
    return moved
