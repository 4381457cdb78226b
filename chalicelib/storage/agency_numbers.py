"""By what numbers the desks of other agencies know our cases."""

from chalicelib.storage.keys import agency_number_key
from chalicelib.storage.table import DeskItem, get


def number_item(agency: str, number: str, case_id: str) -> DeskItem:
    """That ``agency`` knows ``case_id`` by ``number``."""
    return DeskItem(*agency_number_key(agency, number), body=case_id)


def case_known_by(agency: str, number: str) -> str | None:
    """The case that ``agency`` knows by ``number``; None for none of ours."""
    item = get(*agency_number_key(agency, number))
    return item.body if item is not None else None
