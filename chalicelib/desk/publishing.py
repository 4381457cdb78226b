"""What was decided on advice becomes public, or does not: the clerk's steps, and what everybody may read.

The public item is written and deleted by ``committing.finish``, in one commit with the event that says so.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from chalicelib.desk.handling import take
from chalicelib.desk.veiling import veil
from chalicelib.desk.working import Dossier
from chalicelib.desk.written import words_of
from chalicelib.domain import deciding
from chalicelib.domain.case import Case
from chalicelib.domain.deciding import Decision, Place
from chalicelib.domain.events import Replied
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Action, Outcome
from chalicelib.storage import decisions
from chalicelib.storage.submissions import load_submission

SHOWN = 20  # decisions a page


class Proposal(Struct, frozen=True):
    """A first draft of what is published, masked by rule: a person reads and mends it."""

    title: str
    text: str


class Shelf(Struct, frozen=True):
    """A page of the public list. ``following``: where the next page begins; ``months``: all the list reaches."""

    decisions: tuple[Decision, ...]
    following: Place | None
    months: tuple[tuple[int, int], ...]


def proposal(dossier: Dossier) -> Proposal | None:
    """What the clerk may start from; None for who may not publish."""
    case = dossier.case
    if Action.PUBLISH_DECISION not in dossier.actions:
        return None
    hide = veil(voice.receipt for voice in case.voices)
    title, _ = words_of(load_submission(case.consenting[0]))
    replies = [event.payload.text for event in dossier.events if isinstance(event.payload, Replied)]
    return Proposal(hide(title), hide(replies[-1]))


def publish_decision(case_id: str, version: int, by: Staff, at: datetime, title: str, text: str) -> Case:
    """公开采纳情况."""
    return take(
        case_id,
        version,
        Action.PUBLISH_DECISION,
        by,
        at,
        lambda case: deciding.publish_decision(case, title, text),
    )


def withhold_decision(case_id: str, version: int, by: Staff, at: datetime, words: str) -> Case:
    """不予公开, with the reason."""
    return take(case_id, version, Action.WITHHOLD_DECISION, by, at, lambda case: deciding.withhold_decision(words))


def take_down_decision(case_id: str, version: int, by: Staff, at: datetime, words: str) -> Case:
    """撤下公开, with the reason."""
    return take(case_id, version, Action.TAKE_DOWN_DECISION, by, at, lambda case: deciding.take_down_decision(words))


def shelf(outcome: Outcome, before: Place | None) -> Shelf:
    """What everybody may read of one outcome, from a place of its list on."""
    found = decisions.latest(outcome, before, SHOWN + 1)
    shown = tuple(found[:SHOWN])
    more = Place(shown[-1].day, shown[-1].case_id) if len(found) > SHOWN else None
    return Shelf(shown, more, _months(outcome, found[0] if before is None and found else None))


def _months(outcome: Outcome, newest: Decision | None) -> tuple[tuple[int, int], ...]:
    oldest = decisions.earliest(outcome)
    if oldest is None:
        return ()
    last = (newest or _newest(outcome) or oldest).day
    first = oldest.day.year * 12 + oldest.day.month - 1
    numbers: Sequence[int] = range(last.year * 12 + last.month - 1, first - 1, -1)
    return tuple((number // 12, number % 12 + 1) for number in numbers)


def _newest(outcome: Outcome) -> Decision | None:
    return next(iter(decisions.latest(outcome, None, 1)), None)
