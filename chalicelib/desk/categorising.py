"""What a clerk decides that a letter is about: kept beside the step, for the figures and for the next model."""

from collections.abc import Iterable, Iterator

from chalicelib.desk import cities
from chalicelib.desk.committing import Step
from chalicelib.domain import learning as rules
from chalicelib.domain.case import Case
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.events import Accepted, Dispatched, Event, Registered
from chalicelib.domain.routing import competent
from chalicelib.domain.said import ModelSays
from chalicelib.domain.words import Role
from chalicelib.storage import cases
from chalicelib.storage.learning import decided_item
from chalicelib.storage.table import DeskItem


def known_category(category: str | None) -> None:
    """Raises Invalid naming the field for a category that the city does not have."""
    if category is not None and cities.current().category(category) is None:
        raise Invalid([FieldError("category", "field.unknown_choice", (("value", category),))])


def unit_for(case: Case, category: str | None) -> str | None:
    """The unit to suggest once a clerk has decided on ``category``; None where she has not, or there is none."""
    return competent(category, case.area, cities.current()) if category else None


def kept_of(step: Step) -> Iterable[DeskItem]:
    """What is kept of a step in which a clerk decided what a letter is about; nothing of accusations and test letters.

    Reads the record where there was such a decision, for what had been said before.
    """
    case, category = step.after, _decided_in(step.events)
    found = cities.current().category(category)
    if found is None or case.sealed or not case.counted:
        return ()
    proposed, says = _said_before(cases.record_of(case.case_id))
    first = case.voices[0]
    at = step.events[-1].at
    one = rules.decided(case.case_id, first.receipt, case.opened_at, at, found, proposed, says, cities.current())
    return (decided_item(one),)


def _decided_in(events: Iterable[Event]) -> str | None:
    decisions = (
        event.payload.category
        for event in events
        if isinstance(event.payload, Registered | Accepted | Dispatched) and event.by.role is Role.CLERK
    )
    return next((category for category in decisions if category), None)


def _said_before(record: Iterable[Event]) -> tuple[str | None, ModelSays | None]:
    """What the desk had registered it as, and what the model had said."""
    registered: Iterator[Event] = (event for event in record if isinstance(event.payload, Registered))
    event = next(registered, None)
    if event is None or event.by.role is not Role.DESK or not isinstance(event.payload, Registered):
        return None, None
    return event.payload.category, event.payload.model_says
