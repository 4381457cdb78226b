"""What was decided on advice, as everybody may read it: one list for each outcome, in the order of publication."""

from collections.abc import Iterable, Sequence

from chalicelib.domain.case import Case
from chalicelib.domain.deciding import Decision, Place
from chalicelib.domain.events import DecisionPublished, Event
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.words import Outcome
from chalicelib.storage.keys import decision_key, decisions_key
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem


def changes(before: Case | None, after: Case, events: Iterable[Event]) -> tuple[list[DeskItem], list[DeskItem]]:
    """What a step of a case puts into the public lists, and what it takes out of them."""
    was = before.published if before is not None else None
    if after.published == was:
        return [], []
    gone = [] if was is None else [DeskItem(*decision_key(was.outcome, day_in_shanghai(was.at), after.case_id))]
    put = [_item(after, event, event.payload) for event in events if isinstance(event.payload, DecisionPublished)]
    if after.published is None:
        return [], gone
    return put[-1:], [item for item in gone if (item.pk, item.sk) != (put[-1].pk, put[-1].sk)]


def _item(case: Case, event: Event, said: DecisionPublished) -> DeskItem:
    decision = Decision(case.case_id, said.title, said.text, said.outcome, case.answered_by or "", event.at)
    return DeskItem(*decision_key(decision.outcome, decision.day, case.case_id), body=pack(decision))


def latest(outcome: Outcome, before: Place | None, limit: int) -> Sequence[Decision]:
    """The decisions of one outcome before a place of their list, latest day first."""
    place = None if before is None else DeskItem.sk < _sort_key(outcome, before)
    found = DeskItem.query(decisions_key(outcome), place, scan_index_forward=False, limit=limit)
    return [unpack(item.body, Decision) for item in found]


def _sort_key(outcome: Outcome, place: Place) -> str:
    return decision_key(outcome, place.day, place.case_id)[1] if place.case_id else f"{place.day:%Y-%m-%d}"


def earliest(outcome: Outcome) -> Decision | None:
    """The decision with which a list begins; None when it is empty."""
    item = next(iter(DeskItem.query(decisions_key(outcome), limit=1)), None)
    return None if item is None else unpack(item.body, Decision)
