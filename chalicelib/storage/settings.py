"""What an office sets, and the desk's wrapped key: one item each."""

from pynamodb.exceptions import PutError

from chalicelib.domain.city import City
from chalicelib.domain.errors import Changed
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get


def load_city() -> City | None:
    """The city as it was last set; None on a table that is still empty."""
    item = get("settings", "city")
    return None if item is None else unpack(item.body, City)


def save_city(city: City) -> None:
    """Set the city, keeping each version beside the one in force. Raises Changed when another has set it so far."""
    body = pack(city)
    older = DeskItem.pk.does_not_exist() | (DeskItem.version < city.version)
    try:
        DeskItem("settings", "city", body=body, version=city.version).save(older)
    except PutError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        raise Changed() from error
    DeskItem("settings", f"city#{city.version:06}", body=body).save()


def load_wrapped_key() -> str | None:
    """The desk's key as KMS wrapped it; None before the first use."""
    item = get("settings", "key")
    return None if item is None else item.body


def save_wrapped_key(wrapped: str) -> str:
    """Keep the first key that anybody made; gives the one that is kept."""
    try:
        DeskItem("settings", "key", body=wrapped).save(DeskItem.pk.does_not_exist())
    except PutError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        kept = load_wrapped_key()
        assert kept is not None  # the condition failed because it is there
        return kept
    return wrapped
