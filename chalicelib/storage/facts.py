"""The ledgers of the months: one partition for a unit's month, one item for each of its cases.

A case's facts are a set: writing one twice is writing it once, and counting a month reads each case once.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct
from msgspec.structs import replace
from pynamodb.expressions.update import Action

from chalicelib.domain.assessment import Fact
from chalicelib.domain.facts import About, Entry
from chalicelib.storage.keys import ledger_key
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, under


class Told(Struct, frozen=True):
    """What a month's ledger says of one case."""

    case_id: str
    about: About
    facts: tuple[Fact, ...]


def ledger_item(entry: Entry) -> DeskItem:
    """The ledger's item as it stands when ``entry`` is all that is known of the case in the month."""
    return DeskItem(*ledger_key(entry.unit, entry.month, entry.case_id), body=pack(entry.about), facts=_packed(entry))


def ledger_update(entry: Entry) -> tuple[DeskItem, list[Action]]:
    """The ledger's item, and what ``entry`` adds to it, whatever stands there already."""
    item = DeskItem(*ledger_key(entry.unit, entry.month, entry.case_id))
    return item, [DeskItem.body.set(pack(entry.about)), DeskItem.facts.add(_packed(entry))]


def _packed(entry: Entry) -> set[str]:
    return {pack(replace(fact, case_id="")) for fact in entry.facts}  # the item's key says which case


def ledger_of(unit: str, month: date) -> Iterator[Told]:
    """What is known of a unit's month (of the city's: ``domain.facts.CITY``), by its cases' numbers."""
    for item in under(ledger_key(unit, month)[0]):
        facts = (replace(unpack(fact, Fact), case_id=item.sk) for fact in item.facts)
        yield Told(
            item.sk, unpack(item.body, About), tuple(sorted(facts, key=lambda fact: (fact.at, fact.kind, fact.receipt)))
        )


def facts_of(told: Iterable[Told]) -> Iterator[Fact]:
    """All facts of some cases."""
    for one in told:
        yield from one.facts


def facts_of_month(unit: str, month: date) -> Iterator[Fact]:
    """The facts of a unit's month."""
    return facts_of(ledger_of(unit, month))
