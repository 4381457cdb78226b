"""S3: the files that citizens send, and those that the desk makes."""

from datetime import datetime, timedelta

from botocore.exceptions import ClientError
from msgspec import Struct

from chalicelib.config import config
from chalicelib.gateways.aws import client

HEAD_BYTES = 8192  # enough for every signature, Office's inner names included


class TooLong(Exception):
    """An object that is longer than anybody may read at once: ``size`` bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size} bytes")
        self.size = size


class Post(Struct, frozen=True):
    """A form that S3 accepts one file by."""

    url: str
    fields: dict[str, str]


class Brought(Struct, frozen=True):
    """What an object holds, and when it came."""

    content: bytes
    at: datetime


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


def whole(key: str, largest: int) -> bytes | None:
    """An object's content; None when there is none. Raises TooLong for more than ``largest`` bytes."""
    found = fetched(key, largest)
    return None if found is None else found.content


def fetched(key: str, largest: int) -> Brought | None:
    """An object; None when there is none. Raises TooLong for more than ``largest`` bytes."""
    try:
        got = client("s3").get_object(Bucket=config().uploads_bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
            return None
        raise
    if int(got["ContentLength"]) > largest:
        raise TooLong(int(got["ContentLength"]))
    return Brought(got["Body"].read(), got["LastModified"])


def tag_of(key: str, name: str) -> str | None:
    """What an object is tagged with under ``name``; None for nothing."""
    tags = client("s3").get_object_tagging(Bucket=config().uploads_bucket, Key=key)["TagSet"]
    return next((str(tag["Value"]) for tag in tags if tag["Key"] == name), None)


def put(key: str, content: bytes, content_type: str) -> None:
    """Put an object that we made ourselves."""
    client("s3").put_object(Bucket=config().uploads_bucket, Key=key, Body=content, ContentType=content_type)


def remove(key: str) -> None:
    """Remove an object; none is none."""
    client("s3").delete_object(Bucket=config().uploads_bucket, Key=key)
