"""The desk's one table: every item has a key, a body in JSON, and the index keys by which it is found."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.connection.table import TableConnection
from pynamodb.exceptions import PynamoDBException
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.config import config


class _Due(GlobalSecondaryIndex["DeskItem"]):
    """Sparse: what will change, or must be sent, by itself, in the order of its moment."""

    class Meta:
        index_name = "due"
        projection = AllProjection()

    due_shard = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class _Worklist(GlobalSecondaryIndex["DeskItem"]):
    """What waits for the desk or for a unit, nearest deadline first."""

    class Meta:
        index_name = "worklist"
        projection = AllProjection()

    worklist = UnicodeAttribute(hash_key=True)
    worklist_at = UnicodeAttribute(range_key=True)


class _Watch(GlobalSecondaryIndex["DeskItem"]):
    """What the supervisors look at."""

    class Meta:
        index_name = "watch"
        projection = AllProjection()

    watch = UnicodeAttribute(hash_key=True)
    watch_at = UnicodeAttribute(range_key=True)


class _Mailbox(GlobalSecondaryIndex["DeskItem"]):
    """What came to one mailbox, in the order of coming."""

    class Meta:
        index_name = "mailbox"
        projection = AllProjection()

    mailbox = UnicodeAttribute(hash_key=True)
    mailbox_at = UnicodeAttribute(range_key=True)


class _Person(GlobalSecondaryIndex["DeskItem"]):
    """What one person wrote. The key is a keyed digest, never the person's data."""

    class Meta:
        index_name = "person"
        projection = KeysOnlyProjection()

    person = UnicodeAttribute(hash_key=True)
    person_at = UnicodeAttribute(range_key=True)


class _Day(GlobalSecondaryIndex["DeskItem"]):
    """The events of one day, in the order of their hashes. These are spread evenly, so a busy day can be split."""

    class Meta:
        index_name = "day"
        projection = KeysOnlyProjection()

    day = UnicodeAttribute(hash_key=True)
    day_hash = UnicodeAttribute(range_key=True)


class DeskItem(Model):
    """One item of the table."""

    class Meta:
        table_name = ""  # set by ``configure``
        region = "cn-north-1"
        # well inside the gateway's 29 s, two tries included
        connect_timeout_seconds = 2
        read_timeout_seconds = 6
        max_retry_attempts = 2

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    body = UnicodeAttribute()
    version = NumberAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    worklist = UnicodeAttribute(null=True)
    worklist_at = UnicodeAttribute(null=True)
    watch = UnicodeAttribute(null=True)
    watch_at = UnicodeAttribute(null=True)
    mailbox = UnicodeAttribute(null=True)
    mailbox_at = UnicodeAttribute(null=True)
    person = UnicodeAttribute(null=True)
    person_at = UnicodeAttribute(null=True)
    day = UnicodeAttribute(null=True)
    day_hash = UnicodeAttribute(null=True)
    facts = UnicodeSetAttribute(null=True)  # of a month's ledger
    expires = NumberAttribute(null=True)  # seconds since 1970, for DynamoDB's time to live

    due_index = _Due()
    worklist_index = _Worklist()
    watch_index = _Watch()
    mailbox_index = _Mailbox()
    person_index = _Person()
    day_index = _Day()

    @classmethod
    def _get_connection(cls) -> TableConnection:
        """The connection to this process's table; its name is read at the first use, for packaging imports us too."""
        if not cls.Meta.table_name:
            configure()
        return super()._get_connection()


def configure() -> None:
    """Point the model at this process's table. The first use does it; tests and tools do it again."""
    import botocore.session

    DeskItem.Meta.table_name = config().table
    DeskItem.Meta.region = botocore.session.get_session().get_config_variable("region") or "cn-north-1"
    DeskItem._connection = None
    raw_client.cache_clear()


@cache
def raw_client() -> Any:
    """The botocore client below the model, for reads of many items with a projection and for counted capacity."""
    return DeskItem._get_connection().connection.client


def get(pk: str, sk: str, *, consistent: bool = True) -> DeskItem | None:
    """The item at a key; None when there is none."""
    try:
        return DeskItem.get(pk, sk, consistent_read=consistent)
    except DeskItem.DoesNotExist:
        return None


def under(pk: str, prefix: str = "", *, consistent: bool = True) -> Iterator[DeskItem]:
    """The items of one partition whose sort key begins with ``prefix``, in order."""
    condition = DeskItem.sk.startswith(prefix) if prefix else None
    return iter(DeskItem.query(pk, condition, consistent_read=consistent))


def condition_failed(error: PynamoDBException) -> bool:
    """Whether DynamoDB refused for the condition of the write. A line that broke has no answer to look at, and PynamoDB
    itself stumbles over that.
    """
    answer = getattr(error.cause, "response", None) or {}
    return bool(answer.get("Error", {}).get("Code") == "ConditionalCheckFailedException")


def stamp(at: datetime) -> str:
    """``at`` in UTC as a text of fixed width that sorts as time does."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    """The moment that ``stamp`` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
