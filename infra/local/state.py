"""All data of a local desk as one file: a zip of JSON lines and objects."""

import base64
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.local.engine import Engine
from infra.local.stack import Stack, client

ITEMS = "items.jsonl"
KEY = "key.json"
OBJECTS = "objects/"
TYPES = "types.json"  # each object's content type
WRITTEN_AT_ONCE = 25  # BatchWriteItem's limit


class NotReadable(RuntimeError):
    """The file is not one that ``export`` wrote."""


def export(engine: Engine, stack: Stack, file: Path) -> str:
    """Write everything to ``file``; says what was written.

    The desk's key is wrapped by this machine's KMS, which no other machine has: it goes with the data, unwrapped. Such
    a file is for a demonstration's data only, and as secret as they are.
    """
    items = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        lines = []
        for item in _items(engine, stack):
            lines.append(json.dumps(item, ensure_ascii=False, sort_keys=True))
            items += 1
        archive.writestr(ITEMS, "\n".join(lines))
        archive.writestr(KEY, json.dumps(_unwrapped(engine, stack)))
        types: dict[str, str] = {}
        storage, bucket = client(engine, "s3"), stack.outputs["UploadsBucketName"]
        for page in storage.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for entry in page.get("Contents", []):
                kept = storage.get_object(Bucket=bucket, Key=entry["Key"])
                archive.writestr(OBJECTS + entry["Key"], kept["Body"].read())
                types[entry["Key"]] = kept["ContentType"]
        archive.writestr(TYPES, json.dumps(types, ensure_ascii=False))
    return f"{items} items and {len(types)} files written to {file}"


def take_in(engine: Engine, stack: Stack, file: Path) -> str:
    """Replace everything by what ``file`` holds; says what was taken. Raises NotReadable and then changes nothing."""
    try:
        archive = zipfile.ZipFile(file)
        items = [json.loads(line) for line in archive.read(ITEMS).decode("utf-8").splitlines()]
        key = json.loads(archive.read(KEY))
        types = json.loads(archive.read(TYPES))
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise NotReadable(f"{file} is not an export of this desk: {error}") from error
    with archive:
        _clear(engine, stack)
        _write(engine, stack, [item for item in items if not _is_key(item)] + _wrapped(engine, stack, key))
        storage, bucket = client(engine, "s3"), stack.outputs["UploadsBucketName"]
        for name, content_type in types.items():
            storage.put_object(Bucket=bucket, Key=name, Body=archive.read(OBJECTS + name), ContentType=content_type)
    return f"{len(items)} items and {len(types)} files taken from {file}"


def _items(engine: Engine, stack: Stack) -> Iterator[dict[str, Any]]:
    """Every item. An export reads all there is; nothing that serves a request does."""
    pages = client(engine, "dynamodb").get_paginator("scan").paginate(TableName=stack.outputs["TableName"])
    for page in pages:
        yield from page["Items"]


def _is_key(item: dict[str, Any]) -> bool:
    return bool(item["pk"]["S"] == "settings" and item["sk"]["S"] == "key")


_PURPOSE = {"purpose": "sunlight-desk"}


def _unwrapped(engine: Engine, stack: Stack) -> str | None:
    for item in _items(engine, stack):
        if _is_key(item):
            opened = client(engine, "kms").decrypt(
                CiphertextBlob=base64.b64decode(item["body"]["S"]),
                KeyId=stack.outputs["DeskKeyArn"],
                EncryptionContext=_PURPOSE,
            )
            return base64.b64encode(opened["Plaintext"]).decode()
    return None


def _wrapped(engine: Engine, stack: Stack, key: str | None) -> list[dict[str, Any]]:
    if key is None:
        return []
    made = client(engine, "kms").encrypt(
        KeyId=stack.outputs["DeskKeyArn"], Plaintext=base64.b64decode(key), EncryptionContext=_PURPOSE
    )
    body = base64.b64encode(made["CiphertextBlob"]).decode()
    return [{"pk": {"S": "settings"}, "sk": {"S": "key"}, "body": {"S": body}}]


def _clear(engine: Engine, stack: Stack) -> None:
    keys = [{"pk": item["pk"], "sk": item["sk"]} for item in _items(engine, stack)]
    _batched(engine, stack, [{"DeleteRequest": {"Key": key}} for key in keys])
    storage, bucket = client(engine, "s3"), stack.outputs["UploadsBucketName"]
    for page in storage.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for entry in page.get("Contents", []):
            storage.delete_object(Bucket=bucket, Key=entry["Key"])


def _write(engine: Engine, stack: Stack, items: list[dict[str, Any]]) -> None:
    _batched(engine, stack, [{"PutRequest": {"Item": item}} for item in items])


def _batched(engine: Engine, stack: Stack, requests: list[dict[str, Any]]) -> None:
    database, table = client(engine, "dynamodb"), stack.outputs["TableName"]
    for start in range(0, len(requests), WRITTEN_AT_ONCE):
        left = {table: requests[start : start + WRITTEN_AT_ONCE]}
        while left:
            left = database.batch_write_item(RequestItems=left).get("UnprocessedItems", {})
