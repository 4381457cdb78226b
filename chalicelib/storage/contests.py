"""What units contest of a month that is counted: one item a fact, found by its month."""

from collections.abc import Iterator
from datetime import date

from chalicelib.domain.assessment import FactKey
from chalicelib.domain.contests import Contest
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, under


def item(contest: Contest) -> DeskItem:
    """A contest as the table keeps it: at the version after the one that was read."""
    return DeskItem(*_key(contest.month, contest.unit, contest.fact), body=pack(contest), version=contest.version)


def load(month: date, unit: str, fact: FactKey) -> Contest | None:
    """What there is of a fact; None where nobody has contested it."""
    found = get(*_key(month, unit, fact))
    return None if found is None else unpack(found.body, Contest)


def of_month(month: date, unit: str | None = None) -> Iterator[Contest]:
    """The contests of a month, or of one unit in it."""
    prefix = f"{unit}#" if unit is not None else ""
    return (unpack(found.body, Contest) for found in under(f"contest#{month:%Y-%m}", prefix))


def _key(month: date, unit: str, fact: FactKey) -> tuple[str, str]:
    return f"contest#{month:%Y-%m}", f"{unit}#{fact.case_id}#{fact.kind}#{fact.receipt}"
