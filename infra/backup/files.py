"""The file: a zip of the items in DynamoDB's JSON, the objects, and what is needed to see that it is whole.

What is personal is in it as the desk keeps it, encrypted; the key that opens it is in it too, wrapped by KMS. So
whoever finds the file and has not the right to that KMS key reads no name in it. Texts of letters, which the table
holds in plain, are in plain: keep the file as you keep the table.
"""

import base64
import hashlib
import json
import os
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import MsgspecError, Struct
from msgspec import json as read

from infra import kept
from infra.kept import Item

ITEMS, OBJECTS, ABOUT = "items.jsonl", "objects/", "about.json"
FORMAT = 1
NOT_KEPT = ("incoming/", "papers/")  # what nobody has filed yet, and what was handed out for a day
KEY = ("settings", "key")
PURPOSE = {"purpose": "sunlight-desk"}


class NotReadable(Exception):
    """The file is none of ours, or not whole. Nothing was changed."""


class NotEmpty(Exception):
    """There is a desk already, whose data would be lost."""


class About(Struct, frozen=True):
    """What the file says of itself. ``digest``: of all items; ``files``: each object's content type and digest."""

    format: int
    at: datetime
    items: int
    digest: str
    files: dict[str, tuple[str, str]]


def write(database: Any, storage: Any, table: str, bucket: str, file: Path, at: datetime) -> About:
    """Everything into ``file``, which is there whole or not at all."""
    part = file.with_suffix(f"{file.suffix}.part")
    digest, number, files = hashlib.sha256(), 0, {}
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # nobody else's to read
    with os.fdopen(descriptor, "wb") as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(ITEMS, "w", force_zip64=True) as lines:
            for item in kept.items(database, table):
                line = json.dumps(item, ensure_ascii=False, sort_keys=True).encode() + b"\n"
                digest.update(line)
                lines.write(line)
                number += 1
        for key in kept.objects(storage, bucket):
            if not key.startswith(NOT_KEPT):
                found = storage.get_object(Bucket=bucket, Key=key)
                content = found["Body"].read()
                archive.writestr(OBJECTS + key, content)
                files[key] = (found["ContentType"], hashlib.sha256(content).hexdigest())
        about = About(FORMAT, at, number, digest.hexdigest(), files)
        archive.writestr(ABOUT, read.encode(about))
    part.rename(file)
    return about


def take_in(database: Any, storage: Any, kms: Any, table: str, bucket: str, key: str, file: Path) -> About:
    """Everything from ``file`` into an empty desk. ``key``: the KMS key of that desk, under which its own key goes.

    The file is read to its end and checked before anything is written. Raises NotReadable, NotEmpty; ClientError where
    KMS does not let the caller use the key that the file was wrapped by.
    """
    try:
        archive = zipfile.ZipFile(file)
        about = read.decode(archive.read(ABOUT), type=About)
        _check(archive, about)
    except (OSError, zipfile.BadZipFile, KeyError, MsgspecError, EOFError) as error:
        raise NotReadable(f"{file} is not a whole backup of a desk: {error}") from error
    if next(iter(kept.items(database, table)), None) is not None:
        raise NotEmpty("this desk is not empty: restore into a new stack, or bring back single items by `make restore`")
    with archive, archive.open(ITEMS) as lines:
        wrapped: list[Item] = []

        def items() -> Any:
            for line in lines:
                item = json.loads(line)
                if kept.key_of(item) == KEY:
                    wrapped.append(_wrapped_anew(kms, key, item))
                else:
                    yield item

        kept.put(database, table, items())
        for name, (content_type, _) in about.files.items():
            storage.put_object(Bucket=bucket, Key=name, Body=archive.read(OBJECTS + name), ContentType=content_type)
        kept.put(database, table, wrapped)  # last: a desk without it is one that was cut off
    return about


def _check(archive: zipfile.ZipFile, about: About) -> None:
    if about.format != FORMAT:
        raise NotReadable(f"it is of format {about.format}, and this version reads {FORMAT}")
    digest = hashlib.sha256()
    with archive.open(ITEMS) as lines:
        for line in lines:
            digest.update(line)
    if digest.hexdigest() != about.digest:
        raise NotReadable("its items are not as they were written")
    for name, (_, wanted) in about.files.items():
        if hashlib.sha256(archive.read(OBJECTS + name)).hexdigest() != wanted:
            raise NotReadable("one of its files is not as it was written")


def _wrapped_anew(kms: Any, key: str, item: Item) -> Item:
    """The desk's key under the new desk's KMS key. It is never in the clear outside KMS."""
    made = kms.re_encrypt(
        CiphertextBlob=base64.b64decode(item["body"]["S"]),
        SourceEncryptionContext=PURPOSE,
        DestinationKeyId=key,
        DestinationEncryptionContext=PURPOSE,
    )
    return {**item, "body": {"S": base64.b64encode(made["CiphertextBlob"]).decode()}}
