"""A table from a backup: of any second of 35 days, or of one backup; beside the one at work, or in its place."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

LONGEST = {"Delay": 20, "MaxAttempts": 1080}  # six hours: AWS promises no time, and tells of big tables that took some


class NotFetched(Exception):
    """Nothing was restored, and why."""


def name_beside(table: str, at: datetime | None, backup: str) -> str:
    """The name of the restored table: the same for the same moment, so that a second run finds the first one's."""
    mark = f"{at.astimezone(UTC):%Y%m%dT%H%M%S}" if at is not None else backup.rpartition("/")[2]
    return f"{table[: 255 - len(mark) - 4]}-of-{mark}"


def is_there(database: Any, table: str) -> bool:
    """Whether a table of that name exists."""
    try:
        database.describe_table(TableName=table)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return False
        raise
    return True


def beside(database: Any, table: str, at: datetime | None, backup: str, key: str = "") -> str:
    """The name of a table that holds what ``table`` held ``at`` that moment, or what ``backup`` (an ARN) holds.

    ``key``: ARN of the KMS key to keep it under. It stays until somebody deletes it. Raises ClientError for what AWS
    does not restore.
    """
    name = name_beside(table, at, backup)
    if not is_there(database, name):
        if backup:
            database.restore_table_from_backup(TargetTableName=name, BackupArn=backup, **_under(key))
        else:
            assert at is not None  # one of the two is given
            database.restore_table_to_point_in_time(
                SourceTableName=table, TargetTableName=name, RestoreDateTime=at, **_under(key)
            )
    database.get_waiter("table_exists").wait(TableName=name, WaiterConfig=LONGEST)
    return name


def in_its_place(database: Any, table: str, backup: str, key: str = "") -> str:
    """``table``, which is gone, again under its own name, so that stack and functions find it; gives the backup.

    Without ``backup`` the last one there is: of a table with point-in-time recovery DynamoDB keeps one for 35 days when
    it is deleted. What a restored table does not bring along is set again: recovery, time to live, protection. Raises
    NotFetched.
    """
    backup = backup or _last_backup(database, table)
    database.restore_table_from_backup(TargetTableName=table, BackupArn=backup, **_under(key))
    database.get_waiter("table_exists").wait(TableName=table, WaiterConfig=LONGEST)
    database.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    database.update_time_to_live(TableName=table, TimeToLiveSpecification={"AttributeName": "expires", "Enabled": True})
    database.update_table(TableName=table, DeletionProtectionEnabled=True)
    return backup


def _under(key: str) -> Mapping[str, Any]:
    return {"SSESpecificationOverride": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}} if key else {}


def _last_backup(database: Any, table: str) -> str:
    found = database.list_backups(TableName=table, BackupType="ALL")["BackupSummaries"]
    if not found:
        raise NotFetched(f"{table} is gone, and no backup of it is left")
    last = max(found, key=lambda one: one["BackupCreationDateTime"])
    return str(last["BackupArn"])
