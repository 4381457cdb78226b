"""All data of a local desk as one file: a zip of JSON lines and objects."""

import base64
import json
import zipfile
from pathlib import Path
from typing import Any

from infra import kept
from infra.local.engine import Engine
from infra.local.stack import Stack, client

ITEMS = "items.jsonl"
KEY = "key.json"
OBJECTS = "objects/"
TYPES = "types.json"  # each object's content type


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
        for item in kept.items(client(engine, "dynamodb"), stack.outputs["TableName"]):
            lines.append(json.dumps(item, ensure_ascii=False, sort_keys=True))
            items += 1
        archive.writestr(ITEMS, "\n".join(lines))
        archive.writestr(KEY, json.dumps(_unwrapped(engine, stack)))
        types: dict[str, str] = {}
        storage, bucket = client(engine, "s3"), stack.outputs["UploadsBucketName"]
        for key in kept.objects(storage, bucket):
            found = storage.get_object(Bucket=bucket, Key=key)
            archive.writestr(OBJECTS + key, found["Body"].read())
            types[key] = found["ContentType"]
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
        there = [item for item in items if not _is_key(item)] + _wrapped(engine, stack, key)
        kept.put(client(engine, "dynamodb"), stack.outputs["TableName"], there)
        storage, bucket = client(engine, "s3"), stack.outputs["UploadsBucketName"]
        for name, content_type in types.items():
            storage.put_object(Bucket=bucket, Key=name, Body=archive.read(OBJECTS + name), ContentType=content_type)
    return f"{len(items)} items and {len(types)} files taken from {file}"


def _is_key(item: dict[str, Any]) -> bool:
    return bool(item["pk"]["S"] == "settings" and item["sk"]["S"] == "key")


_PURPOSE = {"purpose": "sunlight-desk"}


def _unwrapped(engine: Engine, stack: Stack) -> str | None:
    for item in kept.items(client(engine, "dynamodb"), stack.outputs["TableName"]):
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
    database, table = client(engine, "dynamodb"), stack.outputs["TableName"]
    kept.remove(database, table, [kept.key_of(item) for item in kept.items(database, table)])
    storage, bucket = client(engine, "s3"), stack.outputs["UploadsBucketName"]
    for key in list(kept.objects(storage, bucket)):
        storage.delete_object(Bucket=bucket, Key=key)
