"""What was lost goes back into the desk at work, which goes on meanwhile: nothing newer is written over."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.domain.folding import fold
from chalicelib.storage import cases
from chalicelib.storage.unit_of_work import Work, items_of
from infra.kept import Item
from infra.restore.comparing import CASE, Key

NOT_THERE = "attribute_not_exists(pk)"


def bring_back(database: Any, live: str, restored: str, lost: Iterable[Key], broken: Iterable[Key]) -> dict[str, int]:
    """Put back ``lost`` where nothing is by now, and ``broken`` (events whose chain does not hold) over what is there;
    then make the cases concerned anew from their events. Gives how many of each.
    """
    put = {"put_back": 0, "mended": 0, "there_again": 0}
    touched: set[str] = set()
    for key in lost:
        item = _item(database, restored, key)
        if item is None or key[1] == CASE:
            touched |= _case_of(key)
            continue
        put["put_back" if _put_new(database, live, item) else "there_again"] += 1
        touched |= _case_of(key)
    for key in broken:
        item = _item(database, restored, key)
        if item is not None:
            database.put_item(TableName=live, Item=item)
            put["mended"] += 1
            touched |= _case_of(key)
    put["cases_made_anew"] = sum(_made_anew(case) for case in sorted(touched))
    return put


def _case_of(key: Key) -> set[str]:
    kind, _, number = key[0].partition("#")
    return {number} if kind == CASE and key[1].split("#")[0] in (CASE, "event") else set()


def _item(database: Any, table: str, key: Key) -> Item | None:
    found = database.get_item(TableName=table, Key={"pk": {"S": key[0]}, "sk": {"S": key[1]}}, ConsistentRead=True)
    item: Item | None = found.get("Item")
    return item


def _put_new(database: Any, table: str, item: Item) -> bool:
    try:
        database.put_item(TableName=table, Item=item, ConditionExpression=NOT_THERE)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


def _made_anew(case_id: str) -> bool:
    """The case and the lists it stands in, as its events give them; of a record with gaps nothing can be made."""
    record = cases.record_of(case_id)
    if not record or [event.number for event in record] != list(range(1, len(record) + 1)):
        return False
    work = Work(datetime.now(UTC))
    work.move(None, fold(record), [])
    for item in items_of(work)[0]:
        item.save()
    return True
