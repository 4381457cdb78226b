"""The facts of the assessment: one partition for a unit's month, so that scoring reads just that."""

from collections.abc import Iterable, Iterator
from datetime import date

from chalicelib.domain.assessment import Fact
from chalicelib.domain.events import Event
from chalicelib.domain.facts import UnitFact
from chalicelib.storage.keys import facts_key
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, under


def facts_items(event: Event, told: Iterable[UnitFact]) -> list[DeskItem]:
    """What an event means, as the table keeps it: one item a unit and month, however many citizens the case has."""
    kept: dict[str, list[Fact]] = {}
    for fact in told:
        kept.setdefault(facts_key(fact.unit, fact.month), []).append(fact.fact)
    place = f"{event.case_id}#{event.number:06}"
    return [DeskItem(key, place, body=pack(facts)) for key, facts in kept.items()]


def facts_of_month(unit: str, month: date) -> Iterator[Fact]:
    """What is known of a unit's month."""
    for item in under(facts_key(unit, month)):
        yield from unpack(item.body, tuple[Fact, ...])
