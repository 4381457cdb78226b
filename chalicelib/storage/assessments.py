"""The tables of the months."""

from datetime import date

from chalicelib.domain.ranking import Assessment
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, under

LATEST = "assessments"


def save(assessment: Assessment) -> None:
    """Keep a month's table. Counted again from the same facts it is the same, so the last one written may stand."""
    DeskItem(LATEST, f"{assessment.month:%Y-%m}", body=pack(assessment)).save()


def load(month: date) -> Assessment | None:
    """A month's table; None before it was counted."""
    item = get(LATEST, f"{month:%Y-%m}")
    return None if item is None else unpack(item.body, Assessment)


def months() -> list[date]:
    """The months that have a table, latest first."""
    return [date.fromisoformat(f"{item.sk}-01") for item in under(LATEST)][::-1]
