"""What could not be told: a person sees it, has it sent again, or tells it by telephone and says so."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.desk.committing import finish
from chalicelib.domain.errors import Changed, NotFound
from chalicelib.domain.messages import AnswerMessage, AnyMessage, Message, ReceptionMessage, Topic
from chalicelib.domain.people import Staff
from chalicelib.storage import notices
from chalicelib.storage.notices import Attempted, Sending, Settlement
from chalicelib.storage.notices import Settled as Settled
from chalicelib.storage.unit_of_work import Work, commit

SHOWN = 200
_OPEN = frozenset({Sending.FAILED, Sending.LEFT, Sending.UNREACHABLE})


class Untold(Struct, frozen=True):
    """What was not told: ``failed`` for the provider's sake, ``unreachable`` as the address takes nothing."""

    failed: tuple[Attempted, ...]
    unreachable: tuple[Attempted, ...]


def untold() -> Untold:
    """What nobody has seen to yet, the longest first."""
    return Untold(*(tuple(notices.waiting(name, SHOWN)) for name in (notices.FAILED, notices.UNREACHABLE)))


def failures() -> int:
    """How many notices wait for a person; counted up to a hundred."""
    return notices.failures()


def send_again(place: str, name: str, at: datetime) -> None:
    """Have one notice sent again; for a day it is tried again. Raises NotFound, Changed when it is seen to already."""
    _again(_open(place, name, at), at)


def send_all_again(at: datetime) -> int:
    """Have sent again what the provider did not take, as far as it is shown; gives how many."""
    sent = 0
    for attempt in notices.waiting(notices.FAILED, SHOWN):
        if _is_open(attempt, at):
            try:
                _again(attempt, at)
            except Changed:
                continue  # it is being sent at this moment, or another saw to it
            sent += 1
    return sent


def _again(attempt: Attempted, at: datetime) -> None:
    """The message is in the outbox once more; whoever was told is not told again."""
    asked = replace(
        attempt, state=Sending.FAILED, at=at, since=at, rounds=attempt.rounds + 1, no_other=False, settlement=None
    )
    finish(at=at, newer=[notices.notice_item(asked)], messages=[_message_of(attempt)])


def _message_of(attempt: Attempted) -> AnyMessage:
    if attempt.talk:
        return AnswerMessage(attempt.way, attempt.talk, attempt.event)
    if attempt.reception:
        return ReceptionMessage(attempt.reception, attempt.event)
    return Message(Topic.NOTICES, attempt.case_id, attempt.event)


def settle(place: str, name: str, how: Settled, by: Staff, at: datetime) -> None:
    """A person has told it, or it need not be told any more: who, when and how stand with the notice for good.

    Raises NotFound, Changed when it is seen to already.
    """
    attempt = _open(place, name, at)
    settlement = Settlement(how, at, by.login, by.name)
    settled = replace(attempt, state=Sending.SETTLED, rounds=attempt.rounds + 1, settlement=settlement)
    commit(Work(at, newer=[notices.notice_item(settled)]))


def _open(place: str, name: str, at: datetime) -> Attempted:
    attempt = notices.at_key(place, name)
    if attempt is None:
        raise NotFound()
    if not _is_open(attempt, at):
        raise Changed()
    return attempt


def _is_open(attempt: Attempted, at: datetime) -> bool:
    """Also one whose function was cut off, once that is certain."""
    cut_off = attempt.state is Sending.SENDING and at - attempt.at >= notices.TRIED_AGAIN_AFTER
    return attempt.state in _OPEN or cut_off


def keys_of(attempts: Iterable[Attempted]) -> list[tuple[Attempted, str, str]]:
    """Each with the key by which a form names it."""
    return [(attempt, *notices.key_of(attempt)) for attempt in attempts]


def told_on(day: datetime) -> list[Attempted]:
    """Every notice to citizens on the day of ``day``, latest first."""
    return notices.of_day(day)
