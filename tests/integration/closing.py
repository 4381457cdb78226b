"""Days that are closed, and records that were tampered with."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.config import config
from tests.integration.watching import everything, own

MONDAY = date(2026, 3, 2)


ONE_DAY = timedelta(days=1)


VERIFICATION, ROOTS = "/api/verification", "/api/roots"


def midnight(nights: int = 1) -> datetime:
    """Ten minutes past midnight in Shanghai, when days are closed."""
    return datetime(2026, 3, 2, 16, 10, tzinfo=UTC) + ONE_DAY * (nights - 1)


def stored_roots() -> dict[str, Any]:
    """All that closing days has written."""
    return {key: item for key, item in everything().items() if key.startswith(("roots", "leaves"))}


def altered(pk: str, sk: str, change: Callable[[str], str]) -> None:
    """Somebody with all rights alters an item's body where it lies."""
    client = own("dynamodb")
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    item = client.get_item(TableName=config().table, Key=key)["Item"]
    client.put_item(TableName=config().table, Item={**item, "body": {"S": change(item["body"]["S"])}})
