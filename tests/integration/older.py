"""A table as an older release left it: tests/infrastructure/older tells how it was written."""

import base64
import json
import lzma
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chalicelib.config import config
from chalicelib.desk import cities, vault
from chalicelib.gateways import aws

FILE = Path(__file__).parents[1] / "infrastructure" / "older" / "before-public-lists.json.xz"
SEEDED_AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def take_in() -> list[dict[str, Any]]:
    """Fill the test's empty table with what the older release wrote, its key wrapped by the test's own KMS."""
    written = json.loads(lzma.decompress(FILE.read_bytes()))
    wrapped = aws.client("kms").encrypt(
        KeyId=config().kms_key,
        Plaintext=base64.b64decode(written["key"]),
        EncryptionContext={"purpose": "sunlight-desk"},
    )
    items: list[dict[str, Any]] = written["items"]
    for item in items:
        if (item["pk"]["S"], item["sk"]["S"]) == ("settings", "key"):
            item["body"]["S"] = base64.b64encode(wrapped["CiphertextBlob"]).decode()
    for start in range(0, len(items), 25):
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
        aws.client("dynamodb").batch_write_item(RequestItems={config().table: puts})
    vault.vault.cache_clear()
    cities.refreshed()
    return items
