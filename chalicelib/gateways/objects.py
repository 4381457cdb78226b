"""S3: the files that citizens send, and those that the desk makes."""

from datetime import timedelta

from botocore.exceptions import ClientError
from msgspec import Struct

from chalicelib.config import config
from chalicelib.gateways.aws import client

HEAD_BYTES = 8192  # enough for every signature, Office's inner names included


class TooLong(Exception):
    """An object that is longer than anybody may read at once."""


class Post(Struct, frozen=True):
    """A form that S3 accepts one file by."""

    url: str
    fields: dict[str, str]


class Head(Struct, frozen=True):
    """What an object begins with, how long it is in bytes, and the tag that changes with its content."""

    first_bytes: bytes
    size: int
    etag: str


def presigned_post(key: str, content_type: str, size: int, lasts: timedelta) -> Post:
    """Leave to put one object of exactly ``size`` bytes at ``key``; made locally, without a call."""
    made = client("s3").generate_presigned_post(
        config().uploads_bucket,
        key,
        Fields={"Content-Type": content_type},
        Conditions=[{"Content-Type": content_type}, ["content-length-range", size, size]],
        ExpiresIn=int(lasts.total_seconds()),
    )
    return Post(config().uploads_url or f"{config().public_origin}/uploads/", made["fields"])


def presigned_get(key: str, name: str, lasts: timedelta) -> str:
    """An address at which the object can be fetched for a while, as a download under ``name``."""
    from urllib.parse import quote, urlsplit

    url = client("s3").generate_presigned_url(
        "get_object",
        Params={
            "Bucket": config().uploads_bucket,
            "Key": key,
            "ResponseContentDisposition": f"attachment; filename*=UTF-8''{quote(name)}",
        },
        ExpiresIn=int(lasts.total_seconds()),
    )
    if not config().local:
        return str(url)
    parts = urlsplit(url)  # on a developer's machine the front hands the bucket's path through
    return f"{config().public_origin}/uploads/{key}?{parts.query}"


def head(key: str) -> Head | None:
    """The first bytes and the size of an object; None when there is none."""
    try:
        got = client("s3").get_object(Bucket=config().uploads_bucket, Key=key, Range=f"bytes=0-{HEAD_BYTES - 1}")
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "404", "InvalidRange"):
            return None
        raise
    whole = got.get("ContentRange", "").rpartition("/")[2]
    first = got["Body"].read(HEAD_BYTES)
    return Head(first, int(whole) if whole.isdigit() else int(got["ContentLength"]), str(got["ETag"]))


def whole(key: str, largest: int) -> bytes | None:
    """An object's content; None when there is none. Raises TooLong for more than ``largest`` bytes."""
    try:
        got = client("s3").get_object(Bucket=config().uploads_bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
            return None
        raise
    if int(got["ContentLength"]) > largest:
        raise TooLong(f"{got['ContentLength']} bytes")
    content: bytes = got["Body"].read()
    return content


def put(key: str, content: bytes, content_type: str) -> None:
    """Put an object that we made ourselves."""
    client("s3").put_object(Bucket=config().uploads_bucket, Key=key, Body=content, ContentType=content_type)


def copy(key: str, to: str, content_type: str, etag: str) -> None:
    """Copy an object, giving it the type that its content has.

    Raises botocore's ClientError when it is no longer the one whose ``etag`` was seen.
    """
    client("s3").copy_object(
        Bucket=config().uploads_bucket,
        CopySource={"Bucket": config().uploads_bucket, "Key": key},
        CopySourceIfMatch=etag,
        Key=to,
        ContentType=content_type,
        MetadataDirective="REPLACE",
    )


def remove(key: str) -> None:
    """Remove an object; none is none."""
    client("s3").delete_object(Bucket=config().uploads_bucket, Key=key)
