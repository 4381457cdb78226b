"""What an office sets, and the desk's wrapped key: one item each."""

from collections.abc import Iterable
from datetime import UTC, datetime

from pynamodb.exceptions import PutError

from chalicelib.domain.city import City
from chalicelib.domain.setting_terms import TermsChange
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, condition_failed, get
from chalicelib.storage.unit_of_work import Work, commit

_TERMS = "terms"


def load_city() -> City | None:
    """The city as it was last set; None on a table that is still empty."""
    item = get("settings", "city")
    return None if item is None else unpack(item.body, City)


def save_city(city: City, beside: Iterable[DeskItem] = ()) -> None:
    """Set the city, keeping each version beside the one in force, and what else goes with it: all or nothing.

    Raises Changed when another has set it so far.
    """
    body = pack(city)
    kept = DeskItem("settings", f"city#{city.version:06}", body=body)
    in_force = DeskItem("settings", "city", body=body, version=city.version)
    commit(Work(datetime.now(UTC), newer=[in_force], kept=[kept, *beside]))


def terms_change_item(change: TermsChange) -> DeskItem:
    """Who changed which terms, as the table keeps it."""
    return DeskItem(_TERMS, f"{change.version:06}", body=pack(change))


def terms_changes(limit: int) -> list[TermsChange]:
    """The last changes of the terms, latest first."""
    found = DeskItem.query(_TERMS, scan_index_forward=False, limit=limit, consistent_read=True)
    return [unpack(item.body, TermsChange) for item in found]


def load_wrapped_key() -> str | None:
    """The desk's key as KMS wrapped it; None before the first use."""
    item = get("settings", "key")
    return None if item is None else item.body


def save_wrapped_key(wrapped: str) -> str:
    """Keep the first key that anybody made; gives the one that is kept."""
    try:
        DeskItem("settings", "key", body=wrapped).save(DeskItem.pk.does_not_exist())
    except PutError as error:
        if not condition_failed(error):
            raise
        kept = load_wrapped_key()
        assert kept is not None  # the condition failed because it is there
        return kept
    return wrapped


def replace_wrapped_key(before: str, after: str) -> None:
    """Keep the desk's key as it is wrapped now. Raises pynamodb's PutError when it is not as it was before."""
    DeskItem("settings", "key", body=after).save(DeskItem.body == before)
